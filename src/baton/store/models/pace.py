"""How fast inboxes may send."""

from django.db import models

from baton.store.models.base import id_field, ref_field


class SenderPace(models.Model):
    """The limits that somebody set for an inbox, and what it has given away; `id` is its own.

    The limits are those of `core.pace.Pace`, of which its provider tells `begun_per_day`;
    `free_at`, `day`, `count` and `begun` are a `core.pace.Taken`. Whoever sends holds the row
    while it takes moments from it.
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
    begun_per_day = models.IntegerField(default=0)
    begun = models.IntegerField(default=0)
