"""Who changed or saw what, when and why: append-only, each entry bound to the one before."""

from django.db import models

from baton.store.models.base import ref_field


class AuditEntry(models.Model):
    """One link of a workspace's chain; `details` holds tokens, never raw identifiers."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = ref_field()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)  # "bot", "system", "user:<id>", "contact:<id>"
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)  # "conversation:<id>", "handoff:<id>"
    details = models.TextField()  # canonical JSON, exactly as hashed
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # two writers can never both append after the same entry
            models.UniqueConstraint(fields=["workspace_id", "seq"], name="audit_chain"),
        ]
        indexes = [models.Index(fields=["workspace_id", "subject", "seq"])]  # who saw this card
