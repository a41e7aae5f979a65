"""What every table of the domain has in common."""

from django.db import models

from baton.core import ids


def id_field() -> "models.CharField[str, str]":
    """Return a primary key that holds an id of `core.ids`."""
    return models.CharField(primary_key=True, max_length=ids.LENGTH)


def ref_field(*, null: bool = False) -> "models.CharField[str, str]":
    """Return a column that holds the id of another row.

    The hot path writes rows set by set; a plain column keeps the order of those
    sets free. Rows are only ever erased through `services`, which knows them all.
    """
    return models.CharField(max_length=ids.LENGTH, null=null, blank=null)
