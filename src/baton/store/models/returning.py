"""What comes back: by which rules, what was shown for it, and what became of it."""

from django.db import models
from django.db.models import Q

from baton.store.models.base import id_field, ref_field


class ReturnRules(models.Model):
    """One version of a workspace's return policy, with who wrote it and why; it never changes.

    `document` is read by `core.return_policy`.
    """

    id = id_field()
    workspace_id = ref_field()
    version = models.IntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=60)  # "user:<id>"
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "version"], name="return_rules_once"),
        ]


class Return(models.Model):
    """Something that a contact sends back; `state` and `reason` are words of `core.returns`.

    `number` is what people read. `rules` is the version of the policy that decided it, 0 for
    none written; `outcome`, `refund_minor` and `findings` are what it said, and stay so when
    the policy changes; `is_unattended` that its money may go without a person. `decided_by`
    is "rules" or "user:<id>". `is_sampled` says that a person looks at it later, `audit` what
    they found ("", "right", "wrong"). `label` is the number of its prepaid label.
    """

    id = id_field()
    workspace_id = ref_field()
    number = models.CharField(max_length=20)
    contact_id = ref_field()
    order_id = ref_field()
    reason = models.CharField(max_length=12)
    words_sealed = models.BinaryField(default=b"")
    source = models.CharField(max_length=8)  # form, talk, desk
    state = models.CharField(max_length=12)
    rules = models.IntegerField(default=0)
    outcome = models.CharField(max_length=12, blank=True, default="")
    refund_minor = models.IntegerField(default=0)
    currency = models.CharField(max_length=3)
    findings = models.JSONField(default=list)
    is_unattended = models.BooleanField(default=False)
    flags = models.CharField(max_length=120, blank=True, default="")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True, default="")
    label = models.CharField(max_length=40, blank=True, default="")
    labelled_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    is_sampled = models.BooleanField(default=False)
    audit = models.CharField(max_length=8, blank=True, default="")
    audited_at = models.DateTimeField(null=True)
    audited_by_id = ref_field(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "number"], name="return_once"),
        ]
        indexes = [
            # the list, by what is to be done
            models.Index(fields=["workspace_id", "state", "asked_at"], name="return_by_state"),
            # how often an account sends back
            models.Index(fields=["contact_id", "asked_at"], name="return_of_contact"),
            # what of an order is back already
            models.Index(fields=["order_id"], name="return_of_order"),
            # what is to be looked at later
            models.Index(
                fields=["workspace_id", "decided_at"],
                condition=Q(is_sampled=True),
                name="return_sampled",
            ),
        ]


class ReturnItem(models.Model):
    """A line of the order and how many pieces of it come back."""

    id = id_field()
    workspace_id = ref_field()
    return_id = ref_field()
    line_id = ref_field()
    title = models.CharField(max_length=200)
    sku = models.CharField(max_length=80, blank=True, default="")
    category = models.CharField(max_length=80, blank=True, default="")
    quantity = models.IntegerField()
    unit_minor = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["return_id", "line_id"], name="return_item_once"),
        ]
        indexes = [models.Index(fields=["line_id"], name="return_item_of_line")]


class ReturnPhoto(models.Model):
    """A photo that was shown for a return, as it was measured (`services.returns.photos`).

    `digest` is that of its file. `look_a` to `look_d` are the quarters of its likeness, 16
    bits each, null where the picture is too plain to tell; `is_known` says that it, or one
    that looks the same, was shown for another return.
    """

    id = id_field()
    workspace_id = ref_field()
    return_id = ref_field()
    attachment_id = ref_field()
    side = models.IntegerField(default=0)
    sharpness = models.FloatField(default=0)
    digest = models.CharField(max_length=32)
    look_a = models.IntegerField(null=True)
    look_b = models.IntegerField(null=True)
    look_c = models.IntegerField(null=True)
    look_d = models.IntegerField(null=True)
    is_known = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["return_id", "attachment_id"], name="return_photo_once")
        ]
        indexes = [
            # whether it was shown before: the same file, or one that agrees in a quarter
            models.Index(fields=["workspace_id", "digest"], name="return_photo_digest"),
            models.Index(fields=["workspace_id", "look_a"], name="return_photo_a"),
            models.Index(fields=["workspace_id", "look_b"], name="return_photo_b"),
            models.Index(fields=["workspace_id", "look_c"], name="return_photo_c"),
            models.Index(fields=["workspace_id", "look_d"], name="return_photo_d"),
        ]
