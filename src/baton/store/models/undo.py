"""What somebody of the staff has just done with a conversation, and may take back."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class Reversible(models.Model):
    """A deed in a conversation that who did it may take back for a moment.

    `act` is a word of `core.undoing.Act`; `stood` is how the conversation stood before, and
    what the deed made of it (`services.desk.undoing.Stood`). No word of a contact is in it.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    user_id = ref_field()
    act = models.CharField(max_length=10)
    stood = models.JSONField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["conversation_id", "at"], name="reversible_last"
            ),  # the last deed here
        ]
