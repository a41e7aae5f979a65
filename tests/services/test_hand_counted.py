"""A world that was counted by hand: each figure of the dashboards beside the hand's.

Twenty matters of seventeen people of a gym in London, around the night in which the clocks go on.
The hand's counts stand in the tables, worked out from what everybody did and from nothing else.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from baton.config.stories import acts, founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Does, Says
from baton.config.stories.world import World
from baton.core import kpis as core
from baton.reports.kpis import KpiReading, kpis_by, kpis_of, kpis_over
from baton.reports.slices import Slice
from baton.services.desk import kpi_board, merging, parting, passing_on
from baton.services.desk.kpi_windows import Sought
from baton.services.evidence import days, keeping
from baton.services.privacy import erasing
from baton.services.privacy.manifest import Manifest
from baton.store.models import Contact, Conversation, Exposure, User
from tests.services.test_evidence import everything, rebuilt

OPEN = "What time do you open?"
NORTH = ("ann", "ben", "cat", "gus", "hal", "ida")
SOUTH = ("dan", "eve", "fay", "nan", "oli", "jon", "kit", "lea", "mae", "pam", "rex")
STORY = Story.model_validate(
    {
        "story": "hand",
        "title": "Counted by hand",
        "pack": "fitness",
        "starts": "2026-03-27T09:00:00Z",
        "people": {
            **{name: {"contact": "webchat"} for name in (*NORTH, *SOUTH)},
            "robin": {"user": "manager"},
            "sam": {"user": "agent", "skills": ["billing"]},
            "kim": {"user": "agent", "skills": ["billing"]},
        },
        "steps": [{"passes": "1s"}],
    }
)


class Hand:
    """Lets a world go on, by the clock of Greenwich."""

    def __init__(self, story: Story, manifest: Manifest | None = None) -> None:
        self.world: World = founding.make(story)
        self.manifest = manifest

    def at(self, moment: str) -> None:
        self.wait_until(datetime.fromisoformat(f"{moment}Z"))

    def wait_until(self, moment: datetime) -> None:
        self.world.pass_time(moment - self.world.now)

    def say(self, who: str, words: str) -> None:
        self.world.say(Says(who=who, text=(words,)))

    def act(self, who: str, act: str, on: str) -> None:
        house = self.world.house
        match act:
            case "erase":
                assert self.manifest is not None
                erasing.erase_now(
                    house, self.manifest, self.world.workspace_id, self.contact(on), "they asked"
                )
            case "move":
                conversation_id = self.world.conversation_of(on)
                passing_on.move_to_queue(house, self.world.users[who], conversation_id, "billing")
                self.world.run_idle()
            case _:
                told = {"who": who, "act": act, "on": on, **_TOLD.get(act, {})}
                acts.act(self.world, Does.model_validate(told))

    def contact(self, who: str) -> str:
        found = self.world.find_contact(who)
        assert found is not None
        return found.id

    def merged(self, who: str, other: str) -> str:
        sam = self.world.users["sam"]
        return merging.merge(
            self.world.house, sam, self.contact(who), self.contact(other), "a call"
        )

    def closed_at(self, who: str) -> datetime:
        found = Conversation.objects.get(id=self.world.conversation_of(who)).resolved_at
        assert found is not None
        return found

    def live_at(self, place: str, *people: str) -> None:
        ids = [self.world.known(who) for who in people]
        Contact.objects.filter(id__in=ids).update(location_id=place)
        for one in ids:
            self.deal(one, "short" if place == "north" else "long")

    def deal(self, contact_id: str, arm: str) -> None:
        Exposure.objects.create(
            id=f"x{contact_id[1:]}", workspace_id=self.world.workspace_id, contact_id=contact_id,
            flow="faq", version=1, split="hello", variant=arm, at=self.world.now,
        )  # fmt: skip

    def catch_up(self) -> None:
        keeping.catch_up(self.world.house, self.world.workspace_id)
        days.keep(self.world.house, self.world.workspace_id)

    @property
    def month(self) -> Slice:
        now = self.world.now
        return Slice(
            workspace_id=self.world.workspace_id, since=now - timedelta(days=28), until=now
        )

    @property
    def limits(self) -> core.Limits:
        return core.limits_of(self.world.policy, self.world.now)


PERSON = "Can I talk to a human?"
_TAKES = ("accept", "open_card", "reply")
FRIDAY: tuple[tuple[str, str, str | tuple[str, ...], str], ...] = (
    # when in Greenwich, who, says what and what came of it, or does what and to whom
    ("10:00", "ann", OPEN, "closed by the bot 10 minutes later, nobody back"),
    ("10:30", "ben", OPEN, ""),
    ("10:31", "ben", "thanks, that is all", "confirmed"),
    ("10:50", "ben", "5", "a mark of 100"),
    ("11:00", "cat", PERSON, ""),
    ("11:10", "sam", _TAKES, "cat"),
    ("11:30", "sam", ("resolve",), "cat"),
    ("11:50", "cat", "4", "a mark of 75"),
    ("12:00", "dan", PERSON, ""),
    ("12:05", "sam", _TAKES, "dan"),
    ("12:15", "sam", ("transfer",), "dan"),  # to kim
    ("12:45", "kim", ("resolve",), "dan"),
    ("13:00", "eve", PERSON, ""),
    ("13:20", "sam", ("accept",), "eve"),
    ("13:25", "sam", ("move",), "eve"),  # to another queue
    ("13:45", "kim", ("accept", "reply"), "eve"),  # the card was never opened
    ("14:00", "kim", ("resolve",), "eve"),
    ("14:20", "eve", "2", "a mark of 25"),
    ("14:30", "fay", PERSON, ""),
    ("14:40", "sam", _TAKES, "fay"),
    ("14:50", "sam", ("return_to_bot",), "fay"),
    ("14:51", "fay", OPEN, "closed by the bot"),
    ("15:30", "nan", PERSON, "erased while they wait"),
    ("16:00", "oli", "qwertz uiop", "not understood"),
    ("16:01", "oli", OPEN, "closed by the bot"),
    ("16:10", "rex", OPEN, "closed by the bot, erased on Monday"),
    ("16:30", "nan", ("erase",), "nan"),
    ("17:00", "gus", OPEN, "back 47 h 59 after the close"),
    ("17:30", "hal", OPEN, "back 48 h 01 after the close"),
    ("18:00", "ida", OPEN, "back 72 h 01 after the close: another matter"),
)
_TOLD = {
    "reply": {"text": "What was it?"}, "resolve": {"code": "answered"}, "transfer": {"code": "kim"},
}  # fmt: skip


def lived(folder: Path) -> Hand:
    """Return the world after all its days.

    Friday 27 March to Friday 3 April 2026; from Sunday 1 o'clock on London is an hour ahead.
    """
    hand = Hand(STORY, Manifest(path=folder / "erased"))
    live_friday(hand)
    live_on(hand)
    assert hand.world.faults() == ()
    return hand


def live_friday(hand: Hand) -> None:
    hand.live_at("north", *NORTH)
    hand.live_at("south", *SOUTH)
    for moment, who, said, whom in FRIDAY:
        hand.at(f"2026-03-27T{moment}")
        if isinstance(said, str):
            hand.say(who, said)
        else:
            for act in said:
                hand.act(who, act, whom)
    hand.at("2026-03-27T18:30")


def live_on(hand: Hand) -> None:
    say, at = hand.say, hand.at
    closed = {who: hand.closed_at(who) for who in ("gus", "hal", "ida")}
    at("2026-03-28T23:55")
    say("jon", OPEN)  # over midnight: it ends on Sunday
    hand.catch_up()
    at("2026-03-29T00:30")
    say("kit", OPEN)
    at("2026-03-29T01:30")  # half past two in London: the hour from one to two was none
    say("lea", OPEN)
    hand.wait_until(closed["gus"] + timedelta(hours=47, minutes=59))
    say("gus", OPEN)
    hand.wait_until(closed["hal"] + timedelta(hours=48, minutes=1))
    say("hal", OPEN)
    at("2026-03-29T22:30")
    say("mae", OPEN)
    at("2026-03-29T23:30")
    say("pam", OPEN)  # half past midnight in London: on Monday
    at("2026-03-30T12:00")
    record = hand.merged("lea", "mae")  # one person, as it seems
    hand.catch_up()
    hand.wait_until(closed["ida"] + timedelta(hours=72, minutes=1))
    say("ida", OPEN)
    hand.act("", "erase", "rex")
    at("2026-04-02T12:00")
    parting.unmerge(hand.world.house, hand.world.users["sam"], record)  # and two after all
    at("2026-04-03T12:00")
    hand.catch_up()


# Of the twenty, cat, dan, eve, fay and nan came to people. All are closed, fay's by the bot.
# The counts are those of the numerator and of the denominator; of a mean or a median the value.
WHOLE: Mapping[str, tuple[int, int, float]] = {
    "inquiries": (20, 20, 5.0),  # in four weeks
    "containment": (15, 20, 15 / 20),
    "escalation_rate": (5, 20, 5 / 20),
    "people_contacts": (5, 5, 5 / 4),
    "automated_resolution": (13, 20, 13 / 20),  # neither gus' first nor hal's: they came back
    "proven_resolution": (13, 20, 13 / 20),  # ben said so, the others stayed away for three days
    "wrongly_closed": (2, 16, 2 / 16),  # of the bot's closes, fay's among them
    "said_again": (1, 20, 1 / 20),  # oli
    "recontact_48h": (1, 20, 1 / 20),  # gus
    "recontact_72h": (2, 20, 2 / 20),  # gus and hal, and not ida
    "csat": (3, 3, 200 / 3),  # ben 100, cat 75, eve 25
    "csat_automated": (1, 1, 100),
    "csat_after_handoff": (2, 2, 50),
    "response_rate": (3, 19, 3 / 19),  # nobody asked nan
    "first_response": (20, 20, 0),
    "time_to_resolution": (18, 18, 600),  # thirteen took the bot's ten minutes
    "handoff_first_touch": (1, 5, 1 / 5),  # cat; fay went back to the bot, nan saw nobody
    "dropped_context": (1, 4, 1 / 4),  # eve
    "time_to_human": (4, 4, 598),  # 10 minutes, 5, 20 and 10, but for the 2 s until it was offered
    "handle_time": (4, 4, 1200),  # 20 minutes, 10 + 30, 5 + 15, and 10
    "abandonment_rate": (1, 5, 1 / 5),  # nan
    "opt_out_rate": (0, 19, 0),  # the surveys that we sent
    "finished_rate": (35, 35, 1),  # nineteen surveys, and sixteen who asked for the hours
}
_SHARES = ("containment", "recontact_72h")
BY: Mapping[str, tuple[tuple[str, ...], Mapping[str, tuple[tuple[int, int], ...]]]] = {
    # gus, hal and ida are there twice
    "location": (_SHARES, {"north": ((8, 9), (2, 9)), "south": ((7, 11), (0, 11))}),
    # the arm of a flow that did not speak before people came is none of theirs
    "variant": (
        _SHARES,
        {"faq.hello=short": ((8, 8), (2, 8)), "faq.hello=long": ((7, 7), (0, 7))},
    ),
    "intent": (_SHARES, {"opening_hours": ((15, 16), (2, 16)), "person_request": ((0, 4), (0, 4))}),
    "flow": (_SHARES, {"faq": ((15, 15), (2, 15)), "": ((0, 5), (0, 5))}),
    "channel": (_SHARES, {"webchat": ((15, 20), (2, 20))}),
    # where it waited last, as who moved it saw to
    "queue": (
        ("handoff_first_touch", "dropped_context"),
        {"general": ((1, 4), (0, 3)), "billing": ((0, 1), (1, 1))},
    ),
    # who had it first
    "agent": (("handoff_first_touch",), {"sam": ((1, 4),), "": ((0, 1),)}),
}
BY_DAY = {  # in London: pam's half past midnight is on Monday, jon's matter is Saturday's
    date(2026, 3, 27): ((7, 12), (2, 12)),
    date(2026, 3, 28): ((1, 1), (0, 1)),
    date(2026, 3, 29): ((5, 5), (0, 5)),
    date(2026, 3, 30): ((2, 2), (0, 2)),
}
LONDON = ZoneInfo("Europe/London")


def counts(found: Mapping[str, KpiReading], names: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((found[name].count, found[name].among) for name in names)


def judge(hand: Hand) -> None:
    """Hold the figures of everything, by dimension, by day and on dashboards against the hand's."""
    found = {name: one for name, one in kpis_of(hand.month, hand.limits).items() if one.among}
    assert {name: (one.count, one.among) for name, one in found.items()} == {
        name: told[:2] for name, told in WHOLE.items()
    }
    for name, one in found.items():
        assert one.value == pytest.approx(WHOLE[name][2]), name
    named = {user.id: name for name, user in hand.world.users.items()}
    for dimension, (names, wanted) in BY.items():
        by = kpis_by(dimension, hand.month, hand.limits, names)
        told = {named.get(str(value), value): counts(one, names) for value, one in by.items()}
        assert told == wanted, dimension
    over = kpis_over(hand.month, hand.limits, _SHARES, zone=LONDON, is_weekly=False)
    assert {day: counts(one, _SHARES) for day, one in over.items()} == BY_DAY
    robin = User.objects.get(id=hand.world.users["robin"].id)
    for view in ("overview", "people", "quality", "cohorts"):
        board = kpi_board.show(hand.world.house, robin, Sought(days=28), view)
        tiles = [tile.now for _, group in board.groups for tile in group]
        assert tiles
        assert {one.kpi.name: (one.count, one.among) for one in tiles} == {
            one.kpi.name: WHOLE[one.kpi.name][:2] for one in tiles
        }


@pytest.mark.django_db
@pytest.mark.req("RP7", "K1", "K3", "K5", "K7", "K20", "K31", "K33", "X9", "X10")
def test_each_figure_is_the_hands(tmp_path: Path) -> None:
    hand = lived(tmp_path)
    judge(hand)
    kept = everything()
    assert rebuilt(hand.world.house, hand.world.workspace_id) == kept


@pytest.mark.django_db
@pytest.mark.req("RP7")
def test_the_day_of_25_hours_has_all_that_began_on_it() -> None:
    people = {name: {"contact": "webchat"} for name in ("ann", "ben", "cat", "dan", "eve")}
    given = {"starts": "2026-10-24T22:00:00Z", "people": people}
    hand = Hand(Story.model_validate({**STORY.model_dump(include={"story", "title", "pack"}),
                                      "steps": [{"passes": "1s"}], **given}))  # fmt: skip
    # in London 0:30, then 1:30 twice, an hour apart, 23:30, and on Monday 0:05
    moments = ("24T23:30", "25T00:30", "25T01:30", "25T23:30", "26T00:05")
    for who, moment in zip(people, moments, strict=True):
        hand.at(f"2026-10-{moment}")
        hand.say(who, OPEN)
    hand.at("2026-10-27T12:00")
    hand.catch_up()
    over = kpis_over(hand.month, hand.limits, ("containment",), zone=LONDON, is_weekly=False)
    assert {day: one["containment"].among for day, one in over.items()} == {
        date(2026, 10, 25): 4,
        date(2026, 10, 26): 1,
    }
    weekly = kpis_over(hand.month, hand.limits, ("containment",), zone=LONDON, is_weekly=True)
    assert {day: one["containment"].among for day, one in weekly.items()} == {
        date(2026, 10, 19): 4,
        date(2026, 10, 26): 1,
    }
