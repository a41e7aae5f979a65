"""Surveys: the answer finds the question it belongs to."""

from datetime import datetime

from baton.store.models import SurveyResponse


def record(conversation_id: str, kind: str, *, rating: int, score: float, now: datetime) -> bool:
    """Record an answer to the newest open survey of its kind; False when none is open."""
    newest = (
        SurveyResponse.objects.filter(conversation_id=conversation_id, kind=kind, answered_at=None)
        .order_by("-asked_at")
        .values_list("id", flat=True)
        .first()
    )
    if newest is None:
        return False
    SurveyResponse.objects.filter(id=newest).update(answered_at=now, rating=rating, score=score)
    return True


def find_answered(contact_id: str, kind: str) -> str | None:
    """Return the newest answer of a contact of a kind that asked for the first time."""
    mine = SurveyResponse.objects.filter(contact_id=contact_id, kind=kind, follows_id=None)
    answered = mine.exclude(answered_at=None).order_by("-answered_at")
    return answered.values_list("id", flat=True).first()


def find_newest_answered(contact_id: str) -> str | None:
    """Return the newest answer of a contact, of any kind."""
    mine = SurveyResponse.objects.filter(contact_id=contact_id).exclude(answered_at=None)
    return mine.order_by("-answered_at").values_list("id", flat=True).first()


def keep_words(response_id: str, words_sealed: bytes) -> None:
    """Keep what was said of an answer."""
    SurveyResponse.objects.filter(id=response_id).update(words_sealed=words_sealed)
