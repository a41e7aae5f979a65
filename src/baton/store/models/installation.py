"""What one installation remembers of itself."""

from django.db import models


class Installation(models.Model):
    """The single row that binds a database to the keyset that seals what is in it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    keyset_fingerprint = models.CharField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]
