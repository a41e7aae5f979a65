"""Where a workspace's alerts go beside its console."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class AlertHook(models.Model):
    """An address that is told of harm, signed; `problem` is why the last one did not arrive."""

    workspace_id = models.CharField(primary_key=True, max_length=32)
    url = models.CharField(max_length=500)
    secret_sealed = models.BinaryField()
    set_at = models.DateTimeField()
    set_by_id = ref_field()
    told_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, default="")


class StaffPushKey(models.Model):
    """The pair of keys by which a workspace may call its staff's browsers (VAPID, RFC 8292)."""

    workspace_id = models.CharField(primary_key=True, max_length=32)
    pair_sealed = models.BinaryField()


class StaffBrowser(models.Model):
    """A browser that calls one of the staff with no console open, while they are signed in there.

    `mark` is a keyed hash of where its push service takes messages: the browser has one row,
    whoever of the staff sits before it. `calls_at` is when it is, or was last, to call.
    """

    id = id_field()
    workspace_id = ref_field()
    user_id = ref_field()
    mark = models.CharField(max_length=32, unique=True)
    session_key = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    permission_sealed = models.BinaryField()
    since = models.DateTimeField()
    calls_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user_id"], name="browsers_of_user")]
