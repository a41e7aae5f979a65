"""Which article answers: the most special one that fits the day and the place (FQ3)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.core.pack import Article
from tests.flows.scenes import a_pack

DAY = date(2026, 3, 2)


def an_article(
    name: str, *, begins: date | None = None, ends: date | None = None, place: str = ""
) -> Article:
    return Article(
        name=name, intent="hours", question=name, answer=name,
        valid_from=begins, valid_until=ends, location_id=place,
    )  # fmt: skip


GENERAL = an_article("general")
NOTICE = an_article("notice", begins=date(2026, 3, 1), ends=date(2026, 3, 3))
HERE = an_article("here", place="here")
HERE_NOTICE = an_article("here_notice", begins=DAY, ends=DAY, place="here")
THERE = an_article("there", place="there")


def chosen(*articles: Article, day: date | None = DAY, at: str = "here") -> str | None:
    pack = a_pack(articles=articles)
    found = pack.article_for("hours", day=day, location_id=at)
    return found.name if found else None


@pytest.mark.req("FQ3")
def test_the_most_special_one_that_fits_wins() -> None:
    assert chosen(GENERAL, NOTICE, HERE, HERE_NOTICE, THERE) == "here_notice"
    assert chosen(GENERAL, NOTICE, HERE, THERE) == "here"
    assert chosen(GENERAL, NOTICE, THERE) == "notice"
    assert chosen(GENERAL, THERE) == "general"
    assert chosen(THERE) is None


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 2, 28), "general"),
        (date(2026, 3, 1), "notice"),
        (date(2026, 3, 3), "notice"),
        (date(2026, 3, 4), "general"),
    ],
)
def test_the_first_and_the_last_day_belong_to_it(day: date, name: str) -> None:
    assert chosen(GENERAL, NOTICE, day=day) == name


def test_another_intent_is_not_answered() -> None:
    assert a_pack(articles=(GENERAL,)).article_for("parking") is None


@given(
    day=st.dates(),
    begins=st.none() | st.dates(),
    ends=st.none() | st.dates(),
    place=st.sampled_from(["", "here", "there"]),
)
def test_what_is_chosen_is_always_valid_and_of_this_place(
    day: date, begins: date | None, ends: date | None, place: str
) -> None:
    found = a_pack(articles=(an_article("one", begins=begins, ends=ends, place=place),))
    article = found.article_for("hours", day=day, location_id="here")
    fits = place != "there" and (begins or day) <= day <= (ends or day)
    assert (article is not None) is fits
