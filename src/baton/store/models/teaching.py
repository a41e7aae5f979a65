"""What people taught, the readers made from it, and what is watched meanwhile."""

from django.db import models
from django.db.models import Q

from baton.core import ids
from baton.store.models.base import id_field, ref_field


class TaughtExample(models.Model):
    """A text that a person gave an intent; "" says that it means none of those known.

    Identifiers are taken out before it is sealed. `text_key` is a keyed hash of its
    words. A retired example is kept, because versions trained on it name it.
    """

    id = id_field()
    workspace_id = ref_field()
    text_sealed = models.BinaryField()
    text_key = models.CharField(max_length=32)
    intent = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=10)  # core.teaching.Provenance
    review_id = models.CharField(max_length=ids.LENGTH, blank=True)
    turn_id = models.CharField(max_length=ids.LENGTH, blank=True)
    article = models.CharField(max_length=60, blank=True)
    taught_by_id = ref_field()
    taught_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    retired_by_id = ref_field(null=True)

    class Meta:
        constraints = [
            # one text means one thing at a time
            models.UniqueConstraint(
                fields=["workspace_id", "text_key"],
                condition=Q(retired_at=None),
                name="taught_text_once",
            ),
        ]
        indexes = [models.Index(fields=["workspace_id", "taught_at"])]  # the list, newest first


class OwnIntent(models.Model):
    """An intent of the workspace's own; its examples are taught ones."""

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    request_type = models.CharField(max_length=60)
    wants = models.CharField(max_length=200)
    made_by_id = ref_field()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "name"],
                condition=Q(retired_at=None),
                name="own_intent_once",
            ),
        ]


class ReviewVerdict(models.Model):
    """What a person said about a reviewed turn, kept also when it is taken back (E37).

    `intent_read` is what the reader made of it, `intent_meant` what the person said.
    """

    id = id_field()
    workspace_id = ref_field()
    review_id = ref_field()
    turn_id = ref_field()
    reason = models.CharField(max_length=40)
    verdict = models.CharField(max_length=20)
    intent_read = models.CharField(max_length=60, blank=True)
    intent_meant = models.CharField(max_length=60, blank=True)
    example_id = models.CharField(max_length=ids.LENGTH, blank=True)  # what it taught
    given_by_id = ref_field()
    given_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # a person's newest verdict, to take back; and agreement over a span
            models.Index(fields=["workspace_id", "given_by_id", "given_at"]),
            models.Index(fields=["workspace_id", "given_at"]),
        ]


class StopMark(models.Model):
    """A person's word on a hard stop: missed here (`is_stop`), or none here (E37)."""

    id = id_field()
    workspace_id = ref_field()
    review_id = ref_field()
    turn_id = ref_field()
    kind = models.CharField(max_length=40)
    is_stop = models.BooleanField()
    text_sealed = models.BinaryField()
    marked_by_id = ref_field()
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review_id", "kind"], name="stop_mark_once"),
        ]
        indexes = [models.Index(fields=["workspace_id", "marked_at"])]  # what readers are held to


class ReviewSample(models.Model):
    """A week whose conversations were drawn from for review, both ways (FL8).

    `escalated` were handed over, of which `drawn` are looked at; `automated` matters the bot
    closed alone, of which `drawn_automated`.
    """

    id = id_field()
    workspace_id = ref_field()
    week = models.CharField(max_length=8)  # ISO, as in 2026-W10
    drawn_at = models.DateTimeField()
    drawn = models.IntegerField()
    escalated = models.IntegerField()
    automated = models.IntegerField(default=0)
    drawn_automated = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "week"], name="sample_once_a_week"),
        ]


class ReaderVersion(models.Model):
    """A reader of a workspace, as the lesson it is trained on; number 0 is the pack's own.

    `status` is training, failed, candidate, validating, live or retired. `example_ids`
    and `own_intents` are the exact lesson; `report` is a `core.evaluation.Evaluation`
    against version `held_against`. `previous` is what one step back leads to.
    """

    id = id_field()
    workspace_id = ref_field()
    number = models.IntegerField()
    status = models.CharField(max_length=12)
    progress = models.CharField(max_length=80, blank=True)
    progress_at = models.DateTimeField()
    example_ids = models.JSONField(default=list)
    own_intents = models.JSONField(default=list)
    made_by = models.CharField(max_length=60)  # an actor, as in the audit trail
    made_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    report = models.JSONField(null=True)
    refusals = models.JSONField(default=list)
    evaluated_at = models.DateTimeField(null=True)
    held_against = models.IntegerField(null=True)
    live_at = models.DateTimeField(null=True)
    live_by = models.CharField(max_length=60, blank=True)
    previous = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "number"], name="reader_by_number"),
            models.UniqueConstraint(
                fields=["workspace_id"], condition=Q(status="live"), name="reader_one_live"
            ),
            # two people who press the button at once make one candidate
            models.UniqueConstraint(
                fields=["workspace_id"], condition=Q(status="training"), name="reader_one_training"
            ),
        ]


class ValidationWindow(models.Model):
    """A span in which only one kind of change is made, so that its effect can be told (AB6).

    `purpose` is "reader", or what else is published in a window of its own ("copy",
    "flow"). It is over at `ends_at`, or when somebody closes it.
    """

    id = id_field()
    workspace_id = ref_field()
    purpose = models.CharField(max_length=20)
    subject = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=60)
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "ends_at"])]  # is one open?


class SupervisedPhase(models.Model):
    """A span in which nothing closes without a person: of a workspace, or of one intent (FQ10)."""

    id = id_field()
    workspace_id = ref_field()
    intent = models.CharField(max_length=60, blank=True)  # "" is the whole workspace
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "intent"],
                condition=Q(ended_at=None),
                name="one_phase_at_a_time",
            ),
        ]
