"""The failure log: automations that failed, why, who mends it, and what mended it."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class Failure(models.Model):
    """One conversation in which the automation failed (FL1).

    `cause` is a word of `core.failures.RootCause` or a label of people's own; `flow`, `version`
    and `rule` are where it failed, "" and 0 where nobody can say. `fix_seq` is the entry of the
    audit trail that tells of the change which mended it, null for one outside of Baton.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    flow = models.CharField(max_length=60, blank=True, default="")
    version = models.IntegerField(default=0)
    rule = models.CharField(max_length=40, blank=True, default="")
    cause = models.CharField(max_length=40)
    words = models.CharField(max_length=300, blank=True, default="")  # tokenised
    is_handed = models.BooleanField(default=False)
    owner_id = ref_field()
    logged_by_id = ref_field()
    logged_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    fixed_at = models.DateTimeField(null=True)
    fixed_by_id = ref_field(null=True)
    fix_words = models.CharField(max_length=300, blank=True, default="")
    fix_seq = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            # the list: what is open, due first
            models.Index(fields=["workspace_id", "fixed_at", "due_at"], name="failure_list"),
            # causes of a span, and what came after a fix
            models.Index(fields=["workspace_id", "logged_at"], name="failure_in_window"),
        ]
