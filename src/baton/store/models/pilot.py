"""Rollouts of flows: where each stands, what happened, and what shadow would have said."""

from django.db import models
from django.db.models import Q

from baton.store.models.base import id_field, ref_field


class Rollout(models.Model):
    """A flow on its way to everybody, one at a time; kept when it is over.

    `plan` and `stage` are names of `core.rollout`. `bounds` limit whom it reaches, lists by
    `channels`, `locations` and `products`, and a `segment`. `checks` are what somebody answered
    for: by name, who, when and in which words. `state` is running, completed, stopped or
    rolled_back; one that was rolled back keeps its flow off until a new one begins, and `runs` is
    what became of those in it, a word of `flows.charter.WhenRolledBack`.
    """

    id = id_field()
    workspace_id = ref_field()
    flow = models.CharField(max_length=60)
    plan = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    share = models.FloatField(default=0.0)
    bounds = models.JSONField(default=dict)
    checks = models.JSONField(default=dict)
    owner_id = ref_field()
    state = models.CharField(max_length=12)
    runs = models.CharField(max_length=12, blank=True, default="")
    began_at = models.DateTimeField()
    stage_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "flow"],
                condition=Q(ended_at=None),
                name="rollout_once",
            ),
        ]
        indexes = [
            # whom each flow reaches: the newest of each, which standards are loaded from
            models.Index(fields=["workspace_id", "flow", "id"], name="rollout_of_flow"),
        ]


class RolloutMark(models.Model):
    """Something on the time line of a rollout: a stage, a verdict, a stop, a word of somebody's.

    `told` is what the gates said then, as lines.
    """

    id = id_field()
    workspace_id = ref_field()
    rollout_id = ref_field()
    kind = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    share = models.FloatField(default=0.0)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)  # "user:<id>" or "system"
    reason = models.CharField(max_length=300, blank=True, default="")
    told = models.JSONField(default=list)

    class Meta:
        indexes = [
            # the time line
            models.Index(fields=["rollout_id", "id"], name="rollout_mark_line"),
        ]


class ShadowDraft(models.Model):
    """What a flow in shadow would have done: sealed words, a handoff's trigger, or an action.

    `verdict` is what somebody said of it beside the real answer: alike, differs or better.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    flow = models.CharField(max_length=60)
    version = models.IntegerField()
    text_sealed = models.BinaryField()
    trigger = models.CharField(max_length=40, blank=True, default="")
    does = models.CharField(max_length=60, blank=True, default="")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=10, blank=True, default="")
    judged_by_id = ref_field(null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # the drafts of a flow, the newest first
            models.Index(fields=["workspace_id", "flow", "id"], name="shadow_of_flow"),
        ]
