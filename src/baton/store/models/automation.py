"""Flows, their versions and the runs of contacts through them."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class FlowVersion(models.Model):
    """An immutable version of a flow, with who published it and why (GV7, GV8).

    `source` is the YAML that `document` was read from, with its comments; "" where nobody
    kept it.
    """

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    version = models.IntegerField()
    document = models.JSONField()
    source = models.TextField(default="", blank=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "name", "version"], name="flow_version_once"
            ),
        ]


class Run(models.Model):
    """One contact going through one flow version; its state is sealed, since it holds answers."""

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    contact_id = ref_field()
    flow = models.CharField(max_length=60)
    version = models.IntegerField()
    step = models.CharField(max_length=60)
    status = models.CharField(max_length=10)  # waiting, ended, stopped
    state_sealed = models.BinaryField()
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["conversation_id", "status"])]  # the run that waits


class CannedResponse(models.Model):
    """An agent's saved reply, written by typing `/short_code`."""

    id = id_field()
    workspace_id = ref_field()
    short_code = models.CharField(max_length=40)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "short_code"], name="canned_by_code"),
        ]
