"""What an email has beside its words."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class Letter(models.Model):
    """The head of an email; `id` is the message's own.

    `head_sealed` is its subject and, of one that came in, its Message-ID: other people's
    names stand in both. An automatic one came from a machine (RFC 3834) and is answered by
    nobody; one of a `stranger` came from another address than its contact's, in answer to a
    message that only the contact was sent; a disproved one is not from whom it says.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    head_sealed = models.BinaryField()
    is_inbound = models.BooleanField()
    is_automatic = models.BooleanField(default=False)
    is_from_stranger = models.BooleanField(default=False)
    is_disproved = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["conversation_id", "id"])]  # what an answer answers
