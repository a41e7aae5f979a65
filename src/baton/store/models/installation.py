"""What one installation remembers of itself."""

from django.db import models


class Installation(models.Model):
    """The single row that binds a database to the keyset that seals what is in it.

    `backed_up_at`, `backup_bytes` tell of the newest backup, on whichever machine it lies;
    `backup_problem` says why the last one could not be made, "" where it could.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    keyset_fingerprint = models.CharField(max_length=32)
    backed_up_at = models.DateTimeField(null=True)
    backup_bytes = models.BigIntegerField(default=0)
    backup_problem = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]


class SignInKey(models.Model):
    """The single key that what proves a second step is sealed with; sealed itself by the keyset."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    key_sealed = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_sign_in_key")]
