"""What agents do often, done with one click, and what each click changed."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class Macro(models.Model):
    """A macro of a workspace (`core.macros`); a removed one is kept for its runs."""

    id = id_field()
    workspace_id = ref_field()
    name = models.CharField(max_length=40)
    title = models.CharField(max_length=60)
    tag = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    reply = models.TextField(blank=True)
    ending = models.CharField(max_length=10, blank=True)
    ending_value = models.CharField(max_length=40, blank=True)
    saved_at = models.DateTimeField()
    saved_by_id = ref_field()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "name"],
                condition=models.Q(removed_at=None),
                name="macro_by_name",
            ),
        ]


class MacroRun(models.Model):
    """One click on a macro; `before` is what the conversation and its contact were before."""

    id = id_field()
    workspace_id = ref_field()
    macro_id = ref_field()
    conversation_id = ref_field()
    user_id = ref_field()
    before = models.JSONField(default=dict)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # the last click in a conversation, and whether it can be undone
            models.Index(fields=["conversation_id", "at"], name="macro_run_last"),
        ]
