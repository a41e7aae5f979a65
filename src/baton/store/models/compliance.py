"""Compliance checks that were run, with what they found."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class ComplianceRun(models.Model):
    """One run of the check-list; `findings` are `core.compliance.Finding`s as JSON."""

    id = id_field()
    workspace_id = ref_field()
    at = models.DateTimeField()
    by = models.CharField(max_length=60)  # "user:<id>" or "system"
    is_passed = models.BooleanField()
    findings = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "id"])]  # the newest of a workspace
