"""Short links in messages."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class ShortLink(models.Model):
    """A short address in one message, where it leads (sealed), and how often it was opened.

    `lane` is the contact's, so that a click is told of among everything about them.
    """

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    message_id = ref_field()
    lane = models.CharField(max_length=64)
    token = models.CharField(max_length=20, unique=True)
    target_sealed = models.BinaryField()
    clicks = models.IntegerField(default=0)
    first_opened_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["message_id"])]  # what a transcript tells of its links
