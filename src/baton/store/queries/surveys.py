"""Surveys: the answer finds the question it belongs to."""

from datetime import datetime

from baton.store.models import SurveyResponse


def record(conversation_id: str, *, rating: int, score: float, now: datetime) -> bool:
    """Record an answer to the newest open survey; False when none is open."""
    newest = (
        SurveyResponse.objects.filter(conversation_id=conversation_id, answered_at=None)
        .order_by("-asked_at")
        .values_list("id", flat=True)
        .first()
    )
    if newest is None:
        return False
    SurveyResponse.objects.filter(id=newest).update(answered_at=now, rating=rating, score=score)
    return True
