"""How fast inboxes may send."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class SenderPace(models.Model):
    """The limits that somebody set for an inbox, and what it has given away; `id` is its own.

    The limits are those of `core.pace.Pace`; `free_at`, `day` and `count` are a
    `core.pace.Taken`. Whoever sends holds the row while it takes moments from it.
    """

    id = id_field()
    workspace_id = ref_field()
    per_second = models.IntegerField(default=0)
    per_minute = models.IntegerField(default=0)
    per_day = models.IntegerField(default=0)
    warm_up_from = models.IntegerField(default=0)
    warm_up_on = models.DateField(null=True)
    free_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    count = models.IntegerField(default=0)
