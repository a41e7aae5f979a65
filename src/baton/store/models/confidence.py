"""Thresholds of confidence that people set, each change kept."""

from django.db import models

from baton.core import ids
from baton.store.models.base import id_field, ref_field


class ThresholdChange(models.Model):
    """One change of thresholds: who, when, why, from what to what, and when to look again.

    `scope` is workspace, flow or intent, `name` the flow's or the intent's ("" for the
    workspace). The newest version of a scope holds; null in the new values means that it
    takes again what is above it. The old values are those that held before.
    """

    id = id_field()
    workspace_id = ref_field()
    scope = models.CharField(max_length=10)
    name = models.CharField(max_length=60, blank=True)
    version = models.IntegerField()
    old_answer = models.FloatField()
    old_floor = models.FloatField()
    new_answer = models.FloatField(null=True)
    new_floor = models.FloatField(null=True)
    reason = models.CharField(max_length=300)
    review_on = models.DateField()
    changed_at = models.DateTimeField()
    changed_by_id = ref_field()
    # the change that this one takes back, "" for none
    puts_back_id = models.CharField(max_length=ids.LENGTH, blank=True)

    class Meta:
        constraints = [
            # also the newest of a scope, which standards are loaded from
            models.UniqueConstraint(
                fields=["workspace_id", "scope", "name", "version"], name="threshold_change_once"
            ),
        ]
        indexes = [models.Index(fields=["workspace_id", "id"], name="threshold_history")]
