"""The list of what is of a person has every table that names one."""

from django.apps import apps
from django.db import models

from baton.store.personal import HOLDINGS

NAMING = {"contact_id", "conversation_id", "message_id", "turn_id", "lane", "handoff_id"}
ELSEWHERE = {
    # What was counted: rows of conversations, without a word of theirs.
    "ArticleUse", "Assignment", "Breach", "Episode", "Invitation", "MissedEscalation",
    "ReviewVerdict", "SlaClock", "Stretch",
    # The proof itself.
    "Erasure", "LegalHold",
}  # fmt: skip


def test_no_table_that_names_a_person_is_forgotten() -> None:
    naming = {
        model.__name__
        for model in apps.get_app_config("store").get_models()
        if NAMING & {field.column for field in model._meta.concrete_fields}
    }
    assert naming - {one.model.__name__ for one in HOLDINGS} == ELSEWHERE


def test_what_stays_is_emptied_of_columns_that_are_there() -> None:
    for one in HOLDINGS:
        columns = {field.column: field for field in one.model._meta.concrete_fields}
        assert one.column in columns
        assert set(one.kept_without or ()) <= columns.keys()
        for name in one.sealed_empty:
            assert isinstance(columns[name], models.BinaryField)
