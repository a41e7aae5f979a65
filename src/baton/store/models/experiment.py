"""Experiments: what is tried on shares of the contacts."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class Experiment(models.Model):
    """An experiment as it was designed, from when to when it ran, and what was kept of it.

    `design` is a `core.experiments.Design` as JSON; `flow` and `field` are told again, for what
    runs at once. `kept` is the arm that was kept, "" for none; an experiment is never changed
    after it began, only ended.
    """

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    flow = models.CharField(max_length=60, blank=True, default="")
    field = models.CharField(max_length=40, blank=True, default="")
    design = models.TextField()
    owner_id = ref_field()
    hypothesis = models.CharField(max_length=300)
    began_at = models.DateTimeField()
    began_by_id = ref_field()
    ended_at = models.DateTimeField(null=True)
    ended_by_id = ref_field(null=True)
    kept = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "name"], name="experiment_name")
        ]
