"""Talks with contacts who wanted to leave."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class Retention(models.Model):
    """One talk with somebody who wanted to leave: what they want, why, what was offered (E22).

    `wish` and `outcome` are words of `core.retention`, `churn_reason` and `offer` codes of
    the pack. An offer that costs something has an approval. The next time that they want to
    leave is another talk.
    """

    id = id_field()
    workspace_id = ref_field()
    conversation_id = ref_field()
    user_id = ref_field()
    wish = models.CharField(max_length=10)
    churn_reason = models.CharField(max_length=60)
    offer = models.CharField(max_length=60, blank=True)
    approval_id = ref_field(null=True)
    outcome = models.CharField(max_length=10)
    at = models.DateTimeField()
    told_at = models.DateTimeField()  # the last word on it

    class Meta:
        indexes = [
            models.Index(fields=["conversation_id", "at"], name="retention_talk"),
            # reports over a window: outcomes by reason
            models.Index(fields=["workspace_id", "told_at"], name="retention_window"),
        ]
