"""Escalation rules as people set them, each version kept, and escalations that were missed."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class EscalationRuleVersion(models.Model):
    """One version of an escalation rule: who, when, why, and when to look again.

    `name` is the rule's key in the log. A built-in rule (`core.escalation_rules.BUILT_IN`)
    keeps its limits in `document`, one of the workspace's own what `render_document` writes.
    The newest version of a name holds; one that is not `is_on` fires no more.
    """

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=40)
    version = models.IntegerField()
    title = models.CharField(max_length=80, blank=True)
    document = models.JSONField(default=dict)
    is_on = models.BooleanField(default=True)
    reason = models.CharField(max_length=300)
    review_on = models.DateField()
    reminded_at = models.DateTimeField(null=True)  # who leads was told that it is overdue
    changed_at = models.DateTimeField()
    changed_by_id = ref_field()

    class Meta:
        constraints = [
            # also the newest of a rule, which standards are loaded from
            models.UniqueConstraint(
                fields=["workspace_id", "name", "version"], name="rule_version_once"
            ),
        ]
        indexes = [models.Index(fields=["workspace_id", "id"], name="rule_history")]


class MissedEscalation(models.Model):
    """A person's word that a rule should have fired in a conversation and did not (E12)."""

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    rule = models.CharField(max_length=40)
    noted_by_id = ref_field()
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            # one word more takes it back
            models.UniqueConstraint(fields=["conversation_id", "rule"], name="missed_once"),
        ]
        indexes = [models.Index(fields=["workspace_id", "noted_at"], name="missed_in_window")]
