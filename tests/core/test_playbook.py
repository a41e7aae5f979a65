"""The playbook: every stop of the bot has a play, and a pack's own comes first."""

import pytest

from baton.core import playbook
from baton.core.escalation import Reason
from baton.core.hard_stops import HardStop
from baton.core.playbook import Play
from baton.services.workspace import packs, playbooks


def _play(name: str, *when: str) -> Play:
    return Play(name=name, title=name, when=when, steps=("do it",), say="yes", never="no")


@pytest.mark.req("H24", "H25", "TP12")
def test_every_hard_stop_and_every_slip_of_the_bot_has_a_play_in_every_pack() -> None:
    slips = {Reason.FAILED_ATTEMPTS, Reason.REPEATING, Reason.NOT_HELPFUL, Reason.STRONG_SENTIMENT}
    for pack in packs.list_packs():
        plays = playbooks.playbook_of(pack)
        for cause in (*HardStop, *slips):
            assert playbook.find(plays, cause.value), (pack, cause)


def test_the_first_cause_that_is_known_is_what_counts_and_a_packs_own_play_hides_the_base() -> None:
    base = (_play("a", "refund"), _play("b", "person"))
    plays = playbook.joined(base, (_play("a", "refund", "other"),))
    assert [play.name for play in plays] == ["a", "b"]
    found = playbook.find(plays, "", "nothing", "other", "person")
    assert found is not None
    assert found.name == "a"
    assert playbook.find(plays, "") is None


@pytest.mark.req("H24", "TP12")
def test_the_opening_is_said_in_the_contacts_language_where_the_playbook_has_it() -> None:
    for play in playbooks.playbook_of("fitness"):
        assert play.opening_in("es-MX") == play.say_in["es"] != play.say
        assert play.opening_in("pt") == play.opening_in("") == play.say
