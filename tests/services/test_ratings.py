"""A rating belongs to the question that it answers, whatever else was asked since."""

from datetime import UTC, datetime, timedelta

import pytest

from baton.store.models import SurveyResponse
from baton.store.queries import surveys

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.req("NP1", "NP21", "X19")
def test_a_rating_is_recorded_under_a_question_of_its_own_scale() -> None:
    for place, kind in enumerate(("nps", "csat", "visit")):
        SurveyResponse.objects.create(
            id=kind, workspace_id="w", conversation_id="c", kind=kind,
            asked_at=NOW + timedelta(hours=place),
        )  # fmt: skip
    assert surveys.record("c", "nps", rating=10, score=100.0, now=NOW)
    given = dict(SurveyResponse.objects.values_list("kind", "rating"))
    assert given == {"nps": 10, "csat": None, "visit": None}
    assert not surveys.record("c", "nps", rating=9, score=90.0, now=NOW)
