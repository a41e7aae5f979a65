"""Settings > Escalation: the list, a rule that is tried and then saved, and verdicts by a click."""

import re
from datetime import timedelta

import pytest

from baton.store.models import Escalation, EscalationRuleVersion
from tests.web.conftest import START, Gym, Screen

BOARD = "/settings/escalation"
NEW = f"{BOARD}/new"
GIVEN = {
    "title": "Strollers",
    "act": "flag",
    "words": "stroller*\nlift",
    "reason": "They block the <lift>",
    "review_on": (START.date() + timedelta(days=30)).isoformat(),
    "is_on": "on",
    "seen": "0",
}


def shown_in(text: str) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]*)"', text)
    assert found
    return found[1]


@pytest.mark.req("E12", "E15", "E16")
def test_a_rule_is_tried_saved_and_judged(gym: Gym, sam: Screen, robin: Screen) -> None:
    spoken = gym.hear("mia", "Where can I park my strollers?")
    assert "You have none yet" in robin.get(BOARD).text
    form = robin.get(NEW).text
    assert "Try it on the last 200 conversations" in form
    hasty = robin.post(NEW, {**GIVEN, "act_on": "save"}, htmx=False)  # nobody saw what it does
    assert "It would have fired 1 time in 1 of the last 1 conversation<" in hasty.text
    assert not EscalationRuleVersion.objects.exists()
    saved = robin.post(NEW, {**GIVEN, "act_on": "save", "shown": shown_in(hasty.text)}, htmx=False)
    assert saved.headers["Location"] == f"{BOARD}?saved=strollers#saved"
    gym.hear("mia", "And where is the stroller lift?")
    board = robin.get(BOARD).text
    assert "says “stroller*” or “lift”" in board
    fired = Escalation.objects.get(trigger="strollers")
    page = sam.get(f"/inbox/{spoken}").text
    assert "Rules that fired (1)" in page
    assert "flagged: Strollers" in page
    assert "Step in" in page
    assert sam.post(f"/escalations/{fired.id}/verdict", verdict="noisy").status == 204
    assert sam.post(f"/escalations/of/{spoken}/missed", rule="refund").status == 204
    part = sam.get(f"/escalations/of/{spoken}", htmx=True).text
    assert 'value="noisy" aria-pressed="true"' in part
    assert "1 missed" in part
    rows = robin.get(f"{BOARD}/fired?rule=strollers&part=noisy").text
    assert spoken in rows
    history = robin.get(f"{BOARD}/rules/strollers").text
    assert "They block the &lt;lift&gt;" in history


def test_what_is_refused_stands_beside_its_field(robin: Screen) -> None:
    refused = robin.post(NEW, {**GIVEN, "words": "", "title": "", "act_on": "try"}, htmx=False)
    assert refused.status == 422
    assert "Give it a name that people will read." in refused.text
    assert "give at least one condition" in refused.text
    odd = robin.post(NEW, {**GIVEN, "when": "turn.moon > 1", "act_on": "try"}, htmx=False)
    assert "turn.moon is not known here" in odd.text
    limits = {"seen": "0", "reason": "Too many", "review_on": GIVEN["review_on"]}
    tried = robin.post(
        f"{BOARD}/rules/bot_turns", {**limits, "max_bot_turns": "3", "act_on": "try"}, htmx=False
    )
    assert "The limits of today fire 0 times." in tried.text
    wrong = robin.post(
        f"{BOARD}/rules/bot_turns", {**limits, "max_bot_turns": "99", "act_on": "try"}, htmx=False
    )
    assert "from 2 to 40" in wrong.text
    assert robin.get(f"{BOARD}/rules/refund").status == 404


def test_an_auditor_reads_and_an_agent_does_not(alex: Screen, sam: Screen) -> None:
    page = alex.get(BOARD)
    assert (page.status, "Write a rule" in page.text) == (200, False)
    assert sam.get(BOARD).status == 403
    assert alex.get(NEW).status == 403


@pytest.mark.req("H14", "H19", "K33", "K35", "CO9")
def test_the_handoff_report_opens_its_rows(gym: Gym, sam: Screen, robin: Screen) -> None:
    spoken = gym.hear("mia", "I want my money back, this is a scam")
    gym.step(minutes=3)
    sam.post(f"/inbox/{spoken}/take")
    sam.get(f"/inbox/{spoken}")
    sam.post(f"/inbox/{spoken}/reply", text="It is on its way.")
    sam.post(f"/inbox/{spoken}/resolve", code="refunded")
    page = robin.get("/reports/handoffs").text
    assert "Settled at the first touch" in page
    for query in (
        "measure=first_touch&part=numerator",
        "measure=dropped_context&part=denominator",
        "measure=taken&part=numerator",
        "measure=touches&part=numerator",
        "measure=touches&part=denominator",
    ):
        assert spoken in robin.get(f"/reports/handoffs/counted?{query}&days=7").text
    assert "Card without the number of an order" in page  # and what was found is opened too
    assert "Nothing stood against" not in page
    lacked = "/reports/handoffs/counted?measure=lacks_reference&part=settled&days=7"
    assert spoken in robin.get(lacked).text
    assert robin.get("/reports/handoffs/counted?measure=noisy&part=settled").status == 404
    none = robin.get("/reports/handoffs/counted?measure=noisy&part=numerator").text
    assert "This number counts nothing." in none
    assert sam.get("/reports/handoffs").status == 403
