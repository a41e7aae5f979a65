"""What providers said of messages that left this machine."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class Delivery(models.Model):
    """A message at its provider; `id` is the message's own.

    The fate itself stands on the message, where every channel has one; here is what only a
    provider knows. `receipt` is its name for the message, `code` its own word for a
    failure, `cost` what it takes for it in millionths of `currency` (`core.costs`).
    """

    id = id_field()
    workspace_id = ref_field()
    inbox_id = ref_field()
    receipt = models.CharField(max_length=128, blank=True)
    code = models.CharField(max_length=20, blank=True)
    parts = models.SmallIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["inbox_id", "changed_at"]),  # an inbox's health
            models.Index(fields=["workspace_id", "receipt"]),  # what a bare receipt speaks of
        ]
