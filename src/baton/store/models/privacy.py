"""What protects a person's data: holds that keep it, and erasures that took it away."""

from django.db import models

from baton.core import ids
from baton.store.models.base import id_field, ref_field


class LegalHold(models.Model):
    """A reason to keep all that is known of a contact, whatever retention and wishes say."""

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    reason = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=40)  # "user:<id>" or "system"
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [
            # whether a contact's data must stay
            models.Index(fields=["contact_id"], condition=models.Q(lifted_at=None), name="held_now")
        ]


class KeptStop(models.Model):
    """A STOP that outlives who said it: an address, by its keyed hash, to which nothing goes.

    It names nobody, and is heeded when a list or another system brings the address back.
    """

    id = id_field()
    workspace_id = ref_field()
    token = models.CharField(max_length=64)  # as `Address.token`
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "token"], name="kept_stop_once")
        ]


class Erasure(models.Model):
    """The certificate that a person was erased, and before that the wish for it.

    It is carried out at `due_at`, unless it was taken back; `told` counts what went and what
    stays without them, by kind. It names nobody: the id leads to nothing any more.
    """

    id = id_field()
    workspace_id = ref_field()
    contact_id = ref_field()
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=40, blank=True, default="")
    done_at = models.DateTimeField(null=True)
    told = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # what is to be carried out next
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at=None, taken_back_at=None),
                name="erasure_due",
            ),
            models.Index(fields=["contact_id"], name="erasure_of"),  # what a contact's page tells
        ]


class LetGo(models.Model):
    """How far retention came in a workspace: whatever ended before is let go of, but for holds."""

    workspace_id = models.CharField(primary_key=True, max_length=ids.LENGTH)
    words_before = models.DateTimeField(null=True)
    promotions_before = models.DateTimeField(null=True)
    payloads_before = models.DateTimeField(null=True)


class WordMark(models.Model):
    """That a word stands in a message: a keyed hash, by which it is found without opening any."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = ref_field()
    conversation_id = ref_field()
    message_id = ref_field()
    mark = models.CharField(max_length=16)

    class Meta:
        indexes = [
            # the messages that a word stands in, the newest first
            models.Index(fields=["workspace_id", "mark", "message_id"], name="word_found"),
            models.Index(fields=["conversation_id"], name="words_of_conversation"),  # to forget
        ]


class WordsPlace(models.Model):
    """How far the words of a workspace's messages are marked: the last message, by its id."""

    workspace_id = models.CharField(primary_key=True, max_length=ids.LENGTH)
    reached = models.CharField(max_length=ids.LENGTH, blank=True, default="")
