"""Readers beyond this machine that a workspace asks what was meant."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class OutsideReader(models.Model):
    """The outside reader of a workspace; without a row its messages are read here alone.

    `settings_sealed` is `nlu.outside.HttpSettings` or `DialogflowSettings` as JSON, by
    `kind`: sealed as a whole, since it holds the secret. `host` is who is asked, to be shown.
    `trouble` is why it is left alone since `troubled_at`, a word of `nlu.outside.OutsideFailed`;
    "" while it answers.
    """

    id = id_field()
    workspace_id = ref_field()
    kind = models.CharField(max_length=20)
    host = models.CharField(max_length=255)
    settings_sealed = models.BinaryField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=60)
    trouble = models.CharField(max_length=20, default="")
    troubled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id"], name="outside_reader_once"),
        ]
