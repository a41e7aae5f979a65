"""Flows that somebody is writing on."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class FlowDraft(models.Model):
    """A flow as it is being written, one a flow; it starts nothing until it is published.

    `source` is its YAML with comments; `base_version` the version it was begun from, 0 for
    a flow that was never published.
    """

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    source = models.TextField()
    base_version = models.IntegerField()
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=60)  # "user:<id>"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "name"], name="flow_draft_once"),
        ]
