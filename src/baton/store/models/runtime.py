"""The tables of the durable engine; only `store.runtime_store` reads and writes them.

Bodies arrive encrypted and are dropped when the work is over. States are the words
of the runtime. The partial indexes keep finished rows out of every claim.
"""

from django.db import models
from django.db.models import Q

from baton.core import ids


def _workspace_field() -> "models.CharField[str, str]":
    return models.CharField(max_length=ids.LENGTH)


class RuntimeEvent(models.Model):
    """A fact in the inbox: pending, done or parked."""

    seq = models.BigAutoField(primary_key=True)
    workspace_id = _workspace_field()
    lane = models.TextField()
    kind = models.TextField()
    dedupe_key = models.TextField()
    body = models.BinaryField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, db_default="pending")
    failures = models.IntegerField(db_default=0)
    reason = models.TextField(db_default="")

    class Meta:
        db_table = "runtime_event"
        constraints = [
            # append: is this fact known already?
            models.UniqueConstraint(fields=["workspace_id", "dedupe_key"], name="event_dedupe"),
        ]
        indexes = [
            # claim: which facts are due, oldest first
            models.Index(fields=["due_at", "seq"], condition=Q(state="pending"), name="event_due"),
            # claim: a lane's oldest fact, and those that come along
            models.Index(
                fields=["workspace_id", "lane", "seq"],
                condition=Q(state="pending"),
                name="event_lane",
            ),
            # depth and redrive: what was set aside
            models.Index(fields=["seq"], condition=Q(state="parked"), name="event_parked"),
        ]


class RuntimeTimer(models.Model):
    """A wake-up that has not fired; `firing_key` will be the dedupe key of its fact."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = _workspace_field()
    key = models.TextField()
    firing_key = models.TextField()
    lane = models.TextField()
    kind = models.TextField()
    body = models.BinaryField()
    due_at = models.DateTimeField()

    class Meta:
        db_table = "runtime_timer"
        constraints = [
            # put and cancel: the timer of this key
            models.UniqueConstraint(fields=["workspace_id", "key"], name="timer_key"),
        ]
        indexes = [
            # fire_due and next_due_at: the earliest timers
            models.Index(fields=["due_at", "id"], name="timer_due"),
        ]


class RuntimeEffect(models.Model):
    """A thing to do outside; `state` is a word of `runtime.ports.EffectState`.

    `attempt` starts again when a person re-drives the effect, `claim` never does.
    """

    seq = models.BigAutoField(primary_key=True)
    effect_id = models.CharField(max_length=ids.LENGTH, unique=True)
    workspace_id = _workspace_field()
    lane = models.TextField()
    kind = models.TextField()
    intent_key = models.TextField()
    body = models.BinaryField()
    due_at = models.DateTimeField()
    repeatable = models.BooleanField()
    state = models.CharField(max_length=10, db_default="due")
    attempt = models.IntegerField(db_default=0)
    claim = models.IntegerField(db_default=0)
    owner = models.TextField(db_default="")
    claimed_until = models.DateTimeField(null=True)
    receipt = models.TextField(db_default="")
    reason = models.TextField(db_default="")

    class Meta:
        db_table = "runtime_effect"
        constraints = [
            # put: is this intent known already?
            models.UniqueConstraint(fields=["workspace_id", "intent_key"], name="effect_intent"),
        ]
        indexes = [
            # claim: which effects are due, oldest first
            models.Index(fields=["due_at", "seq"], condition=Q(state="due"), name="effect_due"),
            # claim: does another effect hold the lane?
            models.Index(
                fields=["workspace_id", "lane", "seq"],
                condition=Q(state__in=["due", "claimed"]),
                name="effect_lane",
            ),
            # claim: whose lease ran out
            models.Index(
                fields=["claimed_until"], condition=Q(state="claimed"), name="effect_lease"
            ),
            # depth and the list of what wants a person
            models.Index(
                fields=["seq"], condition=Q(state__in=["parked", "unknown"]), name="effect_stuck"
            ),
        ]


class RuntimeAttempt(models.Model):
    """One try of an effect and what came of it; never changed afterwards."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = _workspace_field()
    effect_id = models.CharField(max_length=ids.LENGTH)
    number = models.IntegerField()
    outcome = models.CharField(max_length=10)
    reason = models.TextField()
    receipt = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "runtime_attempt"
        indexes = [
            # the history of one effect, in order
            models.Index(fields=["effect_id", "id"], name="attempt_effect"),
        ]


class RuntimeLease(models.Model):
    """A named duty and who has it until when."""

    name = models.CharField(max_length=120, primary_key=True)
    owner = models.TextField()
    leased_until = models.DateTimeField()

    class Meta:
        db_table = "runtime_lease"


class RuntimeLane(models.Model):
    """A row to lock, on PostgreSQL: who holds it takes the lane's facts, or its effects.

    `box` is "inbox" or "outbox", so that deciding and sending do not wait for each other.
    """

    id = models.BigAutoField(primary_key=True)
    workspace_id = _workspace_field()
    lane = models.TextField()
    box = models.CharField(max_length=6)

    class Meta:
        db_table = "runtime_lane"
        constraints = [
            # every claim: the lock of this lane
            models.UniqueConstraint(fields=["workspace_id", "lane", "box"], name="lane_lock"),
        ]
