"""What KPIs are counted from: folded out of what happened, and rebuilt from it at any time."""

from django.db import models

from baton.core import ids
from baton.store.models.base import id_field, ref_field


class _Counted(models.Model):
    """What an episode and a human stretch have in common: by what they can be told apart.

    `flow`, `version` and `step` are those of the bot's last turn before people took over or
    the matter was closed, and `stage` is where that flow's rollout stood then, "" without one;
    `agent_id` who had it first, `queue` where it waited. `variants` are the arms that its contact
    was dealt by then, as ",reminders.timing=late,", of the flows that spoke and of limits tried.
    `location_id` and `segment` are the contact's when the conversation was opened, `pack` is the
    workspace's.
    """

    id = models.CharField(primary_key=True, max_length=64)
    workspace_id = ref_field()
    conversation_id = ref_field()
    began_at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    inbox_id = ref_field()
    intent = models.CharField(max_length=60, blank=True, default="")
    triage = models.CharField(max_length=10, blank=True, default="")
    flow = models.CharField(max_length=60, blank=True, default="")
    version = models.IntegerField(default=0)
    step = models.CharField(max_length=60, blank=True, default="")
    stage = models.CharField(max_length=20, blank=True, default="")
    variants = models.TextField(blank=True, default="")
    location_id = models.CharField(max_length=32, blank=True, default="")
    segment = models.CharField(max_length=60, blank=True, default="")
    pack = models.CharField(max_length=60, blank=True, default="")
    queue = models.CharField(max_length=40, blank=True, default="")
    agent_id = models.CharField(max_length=32, blank=True, default="")
    handoffs = models.IntegerField(default=0)
    touches = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    # all spans in seconds
    returned_after = models.IntegerField(null=True)
    waited = models.IntegerField(null=True)
    handled = models.IntegerField(default=0)

    class Meta:
        abstract = True


class Episode(_Counted):
    """One matter, from its contact's first word to its close; a return begins the next.

    A row of the read model: `services.evidence` folds it out of the audit trail and the
    rows of a conversation. `waited` and `reason` are those of its first human stretch, `handled`
    and `touches` those of all. `tags` are the contact's when the conversation was opened, and the
    four scores are those of its triage (DI14).
    """

    number = models.IntegerField()
    opened_by = models.CharField(max_length=10)
    ended_by = models.CharField(max_length=10, blank=True, default="")
    code = models.CharField(max_length=40, blank=True, default="")
    is_confirmed = models.BooleanField(default=False)
    bot_turns = models.IntegerField(default=0)
    failed_turns = models.IntegerField(default=0)
    answered_after = models.IntegerField(null=True)
    resolved_after = models.IntegerField(null=True)
    csat_asked = models.BooleanField(default=False)
    csat = models.FloatField(null=True)
    csat_after = models.IntegerField(null=True)  # from the close to the mark
    tags = models.TextField(blank=True, default="", db_default="")
    reason = models.CharField(max_length=40, blank=True, default="", db_default="")
    complexity = models.SmallIntegerField(null=True)
    emotion = models.SmallIntegerField(null=True)
    frequency = models.IntegerField(null=True)
    value = models.SmallIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "began_at"], name="episode_in_window"),
            # those of one conversation, to be folded again
            models.Index(fields=["conversation_id"], name="episode_of"),
        ]


class Stretch(_Counted):
    """One human stretch, as KPIs count it: a handoff from its offer to its end.

    A row of the read model. `began_at` is when it was offered; `nth` is its place among its
    episode's `handoffs`; `returned_after` tells of the episode's end.
    """

    episode_id = models.CharField(max_length=64)
    nth = models.IntegerField()
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    is_card_seen = models.BooleanField(null=True)
    is_restated = models.BooleanField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "began_at"], name="stretch_in_window"),
            models.Index(fields=["conversation_id"], name="stretch_of"),
        ]


class EvidencePlace(models.Model):
    """How far a workspace's audit trail has been folded into episodes."""

    workspace_id = models.CharField(primary_key=True, max_length=32)
    seq = models.BigIntegerField(default=0)


class Baseline(models.Model):
    """What a KPI was in a period that others are held against (K23); every version is kept.

    `flow` is whose it is, "" for all; the newest one of a KPI and flow holds. `among` rows were
    counted, `count` of them in the numerator; both are 0 for a figure that somebody brought
    from elsewhere. `total` and `squares` are the sums of a mean, null for anything else; `low`
    and `high` are where a median lay, which cannot be told again without its rows.
    """

    id = id_field()
    workspace_id = ref_field()
    kpi = models.CharField(max_length=40)
    flow = models.CharField(max_length=60, blank=True, default="")
    value = models.FloatField()
    count = models.IntegerField(default=0)
    among = models.IntegerField(default=0)
    total = models.FloatField(null=True)
    squares = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    set_at = models.DateTimeField()
    set_by_id = ref_field()
    reason = models.CharField(max_length=300)

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "flow", "kpi", "id"], name="baseline_newest")
        ]


class EvidenceDay(models.Model):
    """The rows of a grain that began on a day, by the UTC clock, as columns beside them.

    There is one of each day that has rows. `digest` is that of its columns; "" while some row
    of the day changed since they were made: then the rows themselves are read.
    """

    id = id_field()
    workspace_id = ref_field()
    grain = models.CharField(max_length=10)
    day = models.DateField()
    digest = models.CharField(max_length=32, blank=True, default="")
    columns = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "grain", "day"], name="evidence_day_once"
            )
        ]
        indexes = [
            # days to be made
            models.Index(
                fields=["workspace_id", "day"],
                condition=models.Q(digest=""),
                name="evidence_day_stale",
            )
        ]


class EvidenceMark(models.Model):
    """A row of a grain that has to be read again, or all of a day; "" stands for all.

    The database notes it itself (`store.marking`); it goes when the day is kept.
    """

    id = models.BigAutoField(primary_key=True)
    workspace_id = ref_field()
    grain = models.CharField(max_length=10)
    row_id = models.CharField(max_length=ids.LENGTH, blank=True)
    day = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["workspace_id", "grain", "day"], name="evidence_mark_of_day")
        ]


class SavedView(models.Model):
    """A dashboard as somebody saved it for all who read reports: its name, and its address."""

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=600)  # as in an address, of known fields alone
    saved_at = models.DateTimeField()
    saved_by_id = ref_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "name"], name="saved_view_once")
        ]
