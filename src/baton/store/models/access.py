"""How others get in: keys of the API, and who vouches for people."""

from django.db import models

from baton.core import ids
from baton.store.models.base import id_field, ref_field


class ApiKey(models.Model):
    """A key by which another system asks the API; the key itself is kept nowhere.

    `proof` is a keyed hash of it, `scopes` words of `core.scopes.Scope`, `locations` the ids of
    those that it is bound to, none for all (P10). It ends by being revoked, or on its day.
    """

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=60)
    proof = models.CharField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    locations = models.JSONField(default=list)
    made_by_id = ref_field()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["workspace_id"])]


class SignInProvider(models.Model):
    """Who vouches for the staff of a workspace: an OpenID Connect issuer, and how it knows us."""

    workspace_id = models.CharField(primary_key=True, max_length=ids.LENGTH)
    name = models.CharField(max_length=40)
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    secret_sealed = models.BinaryField()
    set_at = models.DateTimeField()


class SignInSubject(models.Model):
    """Whom an issuer knows by a name of its own; from the first time on, that name alone counts."""

    id = id_field()
    workspace_id = ref_field()
    user_id = ref_field()
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "issuer", "subject"], name="sign_in_subject"
            ),
            models.UniqueConstraint(
                fields=["workspace_id", "issuer", "user_id"], name="sign_in_user"
            ),
        ]
