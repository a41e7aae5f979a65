"""The list of everything that is sealed has every column that holds such a thing."""

from django.apps import apps
from django.db import models

from baton.store import sealed

BARE = {"store_evidenceday.columns"}
"""Bytes that are not sealed: counted figures, which name nobody."""


def test_no_column_is_forgotten() -> None:
    there = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_app_config("store").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField)
    }
    listed = {f"{one.table}.{one.column}" for one in sealed.COLUMNS}
    assert listed == there - BARE


def test_every_place_is_made_of_the_rows_own_columns() -> None:
    for one in sealed.COLUMNS:
        columns = {field.column for field in one.model._meta.concrete_fields}
        assert {one.key, *one.named} <= columns
        assert one.named, "a place that is the same for every row lets values change places"
