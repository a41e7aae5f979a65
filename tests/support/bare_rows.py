"""Rows of any table with just enough in them to be found: for tests about who finds them."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.db import models
from django.db.models.fields import NOT_PROVIDED

from baton.core import ids

_MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
_PLAIN: dict[type, object] = {
    models.DateTimeField: _MOMENT,
    models.DateField: date(2026, 3, 1),
    models.TimeField: time(9),
    models.JSONField: {},
    models.BinaryField: b"",
    models.BooleanField: False,
    models.FloatField: 0.0,
}


def bare(kind: type[models.Model], word: str, /, **given: object) -> Any:
    """Make a row: what may be empty is, texts say a word, and an id of ours is made of it."""
    told = {
        field.name: _value_of(field, word)
        for field in kind._meta.fields
        if field.name not in given and not _may_be_left(field)
    }
    return kind._default_manager.create(**told, **given)


def _may_be_left(field: "models.Field[Any, Any]") -> bool:
    return field.null or field.default is not NOT_PROVIDED or isinstance(field, models.AutoField)


def _value_of(field: "models.Field[Any, Any]", word: str) -> object:
    if field.primary_key:
        return (word.encode().hex() + "0" * ids.LENGTH)[: ids.LENGTH]
    for kind, value in _PLAIN.items():
        if isinstance(field, kind):
            return value
    if isinstance(field, models.IntegerField):
        return 1
    return word[: field.max_length or len(word)]
