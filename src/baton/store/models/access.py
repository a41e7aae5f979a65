"""How machines get in: keys of the API."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class ApiKey(models.Model):
    """A key by which another system asks the API; the key itself is kept nowhere.

    `proof` is a keyed hash of it, `scopes` words of `core.scopes.Scope`. It ends by being
    revoked, or on its day.
    """

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    proof = models.CharField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    made_by_id = ref_field()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["workspace_id"])]
