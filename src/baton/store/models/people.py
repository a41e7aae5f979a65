"""Who works here and who is served: workspaces, staff, contacts and their permissions."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from baton.store.models.base import id_field, ref_field


class Workspace(models.Model):
    """A business: everything else belongs to one.

    `policy` holds overrides of the pack's policy, by field name of
    `core.policy.Policy`; `revision` counts up with every change of what workers
    keep in memory (policy, flows, locations); `audit_head` is the hash of its
    newest audit entry. With `paused_at` the bot begins nothing by itself. While it
    `is_setting_up`, `set_up_passed` names the steps that somebody said need nothing more.
    `wordings` is what contacts read where they agree to be written to, by channel, where
    it is the business's own.
    """

    id = id_field()
    name = models.CharField(max_length=120)
    pack = models.CharField(max_length=60)
    policy = models.JSONField(default=dict)
    revision = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    audit_seq = models.BigIntegerField(default=0)
    audit_head = models.CharField(max_length=64, default="")
    paused_at = models.DateTimeField(null=True)
    paused_by_id = ref_field(null=True)
    pause_reason = models.CharField(max_length=200, blank=True)
    is_setting_up = models.BooleanField(default=False)
    set_up_passed = models.JSONField(default=list)
    wordings = models.JSONField(default=dict)


class Location(models.Model):
    """A place of the business, with its zone and opening hours.

    `hours` maps a weekday ("mon") to intervals ["06:00", "21:00"]; `closed_on`
    lists dates (ISO) on which it stays shut.
    """

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300)
    phone = models.CharField(max_length=40, blank=True)
    map_url = models.URLField(blank=True)
    timezone = models.CharField(max_length=60, default="UTC")
    hours = models.JSONField(default=dict)
    closed_on = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["workspace_id"])]  # the facts of a workspace


class Inbox(models.Model):
    """One connected entrance of a channel: a web chat on the business's site, or a number.

    `token` is public and names the inbox in the widget's script line and in webhooks'
    addresses; `secret_sealed` signs identities and webhooks and is shown once. An empty
    `allowed_origins` lets any site embed the widget. `provider` is who carries the
    messages ("" for Baton itself), `settings_sealed` how it is reached, sealed as a whole
    since it holds its secrets; `sender` is the number, name or email address that contacts
    see.
    `former_sealed` is the secret before, which still proves webhooks until `former_until`.
    Whoever is first met by it belongs to `location_id`, "" for no one place.
    """

    id = id_field()
    workspace_id = ref_field()
    channel = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    token = models.CharField(max_length=40, unique=True)
    secret_sealed = models.BinaryField()
    allowed_origins = models.JSONField(default=list)
    greeting = models.CharField(max_length=300, blank=True)
    provider = models.CharField(max_length=20, blank=True, default="")
    sender = models.CharField(max_length=254, blank=True, default="")
    settings_sealed = models.BinaryField(default=b"")
    former_sealed = models.BinaryField(default=b"")
    former_until = models.DateTimeField(null=True)
    location_id = models.CharField(max_length=32, blank=True, default="")


class UserRows(BaseUserManager["User"]):
    """Creates staff accounts; the name `objects` is Django's."""


class User(AbstractBaseUser):
    """A login of the workspace's staff.

    `role` is a word of `core.roles.Role`; `skills` name queues beyond "general". Without a
    `capacity` of their own they hold as many conversations as the workspace's policy says.
    `authority_minor` is what they may grant, None as their role; `languages` are codes of
    those that they speak beside the texts' own. `hours` are when they work, by the clock of
    the place. `last_seen_at` is when their console last gave a sign of life.
    """

    id = id_field()
    workspace_id = ref_field()
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, default="agent")
    skills = models.JSONField(default=list)
    capacity = models.SmallIntegerField(null=True)
    authority_minor = models.BigIntegerField(null=True)
    languages = models.JSONField(default=list)
    hours = models.JSONField(default=dict)  # as a location's; empty is the place's own
    locations = models.JSONField(default=list)  # whose contacts are theirs; empty is everybody
    is_available = models.BooleanField(default=True)
    away_reason = models.CharField(max_length=80, blank=True, default="")
    last_seen_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    alerts = models.JSONField(default=dict)  # what calls them, as core.alerts writes it

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserRows()

    class Meta:
        indexes = [models.Index(fields=["workspace_id"])]  # the staff of a workspace


class Contact(models.Model):
    """The person served. `lane` orders everything that happens to them.

    One who was found to be another is `merged_into_id`: what they had is the other's, and
    what still comes for their lane is sent on. `is_joined` says that more than one address
    leads, or once led, to this lane, so that each fact is asked whose it is.
    """

    id = id_field()
    workspace_id = ref_field()
    lane = models.CharField(max_length=64)
    external_id = models.CharField(max_length=64, blank=True)  # a keyed hash, never the raw id
    name_sealed = models.BinaryField(default=b"")
    is_identified = models.BooleanField(default=False)
    membership = models.CharField(max_length=40, blank=True)
    timezone = models.CharField(max_length=60, blank=True)  # "" where the place's zone is taken
    timezone_from = models.CharField(max_length=10, blank=True)  # person or number: who says so
    language = models.CharField(max_length=10, blank=True)  # "" where the texts' own is taken
    language_from = models.CharField(max_length=10, blank=True)  # a word of core.language.Teller
    conversation_id = ref_field(null=True)  # the newest one, so that a turn loads in one query
    opted_out = models.CharField(max_length=200, blank=True)  # channels, joined by commas
    marks = models.JSONField(default=dict)  # tags, scores and offers, as flows left them
    preferred_channel = models.CharField(max_length=20, blank=True)  # as they or people said
    location_id = models.CharField(max_length=32, blank=True, default="")  # "" is no one place
    merged_into_id = ref_field(null=True)
    is_joined = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "lane"], name="contact_by_lane"),
        ]
        indexes = [models.Index(fields=["workspace_id", "external_id"])]  # identity from a site


class Address(models.Model):
    """A contact's handle on one channel; the raw handle stands in the vault alone.

    `lane` is where facts of this handle arrive: its contact's own, or one that is sent on
    to theirs. `verified_at` is when the contact was first proved to have the handle: they
    wrote from it, or the business's site vouched for them.
    """

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    channel = models.CharField(max_length=20)
    token = models.CharField(max_length=64)
    inbox_id = ref_field()
    lane = models.CharField(max_length=64)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "channel", "token"], name="address_by_token"
            ),
        ]
        indexes = [
            models.Index(fields=["contact_id"]),  # where to reach a contact
            models.Index(fields=["workspace_id", "lane"], name="address_lane"),  # whose a lane is
        ]


class Merge(models.Model):
    """Two contacts found to be one person: `other_id` became part of `contact_id`.

    `moved` lists what was the other's then, by kind and id, so that it can be given back;
    `opted_out` are the channels that the one who stays had not closed themselves.
    """

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    other_id = ref_field()
    actor = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    moved = models.JSONField(default=dict)
    opted_out = models.CharField(max_length=200, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["contact_id"], name="merge_contact"
            ),  # who became part of a contact
            models.Index(fields=["other_id"], name="merge_other"),  # what a contact became part of
        ]


class Consent(models.Model):
    """One change of a contact's permission for a channel and purpose (P1); newest wins.

    `at` is when the contact said so, `recorded_at` when it came to be known; `source` is
    where they said so, `wording` what they were shown, `evidence` what proves it (a form's
    or a webhook's id, a line of an import).
    """

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)  # a word of core.consent.Purpose, or "all"
    is_granted = models.BooleanField()
    is_pending = models.BooleanField(default=False)  # counts only once the contact confirms it
    request_id = ref_field(null=True)  # the message that asked them to
    source = models.CharField(max_length=60)
    wording = models.CharField(max_length=400, blank=True)
    evidence = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["contact_id", "channel", "at"])]  # permissions in force


class Suppression(models.Model):
    """A contact's channel to which nothing is sent: the address is bad, or a person barred it.

    `reason` is a word of `core.delivery.Undelivered` where a provider found the address bad,
    else a person's own; `actor` is "system" or "user:<id>". It holds until it is lifted.
    """

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    channel = models.CharField(max_length=20)
    reason = models.CharField(max_length=80)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["contact_id", "channel"])]  # asked before every send


class VaultEntry(models.Model):
    """A raw identifier behind its token; the only place where one is kept (invariant 10)."""

    id = id_field()
    workspace_id = ref_field()
    kind = models.CharField(max_length=20)
    token = models.CharField(max_length=64)
    value_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "token"], name="vault_by_token"),
        ]
