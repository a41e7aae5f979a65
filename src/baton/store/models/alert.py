"""Where a workspace's alerts go beside its console."""

from django.db import models

from baton.store.models.base import ref_field


class AlertHook(models.Model):
    """An address that is told of harm, signed; `problem` is why the last one did not arrive."""

    workspace_id = models.CharField(primary_key=True, max_length=32)
    url = models.CharField(max_length=500)
    secret_sealed = models.BinaryField()
    set_at = models.DateTimeField()
    set_by_id = ref_field()
    told_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, default="")
