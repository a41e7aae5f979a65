"""Files that came or went with messages: what they are, and their sealed bytes."""

from django.db import models
from django.db.models import Q

from baton.store.models.base import id_field, ref_field


class Attachment(models.Model):
    """A file with a message, or uploaded for one that is not sent yet.

    `kind` and `state` are words of `core.files`, `reason` one of `FileFault` or what the
    provider said; `media_type` is what the bytes tell, "" before they are here. `digest` is
    a keyed hash of the bytes. `reference_sealed` is the provider's name for a file that it
    holds. `lane` says whose it is while no message does.
    """

    id = id_field()
    workspace_id = ref_field()
    lane = models.CharField(max_length=64)
    contact_id = ref_field(null=True)
    conversation_id = ref_field(null=True)
    message_id = ref_field(null=True)
    kind = models.CharField(max_length=10)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.IntegerField(default=0)
    name_sealed = models.BinaryField(default=b"")
    digest = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=80, blank=True)
    reference_sealed = models.BinaryField(default=b"")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["message_id"]),  # the files of a page of messages
            models.Index(fields=["contact_id"]),  # all that there is of a contact
            # what was uploaded and not sent
            models.Index(
                fields=["workspace_id", "lane"],
                condition=Q(message_id=None),
                name="attachment_loose",
            ),
        ]


class AttachmentPart(models.Model):
    """One stretch of a file's bytes, sealed for its file and number.

    They lie in the database, so that one backup holds them and one erasure reaches them.
    """

    attachment_id = ref_field()
    number = models.SmallIntegerField()
    bytes_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attachment_id", "number"], name="part_once"),
        ]
