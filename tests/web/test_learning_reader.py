"""The learning loop with a reader that serves customers: what is taught is read.

It is the one without the encoder; how meaning is learned is tested in `tests/nlu`.
"""

from dataclasses import replace

import pytest

from baton.config import wiring
from baton.core.pack import Pack
from baton.core.teaching import MIN_EXAMPLES
from baton.nlu.reader import LocalReader
from baton.services import house as houses
from baton.services.reading import readers
from baton.services.workspace import lessons
from tests.support import overlap_reader
from tests.web.conftest import Gym, Screen
from tests.web.test_learning import ACTOR, NEW, WORDS, best_of


def _train(pack: Pack) -> LocalReader:
    return LocalReader(pack, plain=True)


@pytest.fixture
def gym(gym: Gym) -> Gym:
    house = replace(gym.house, reader_of=overlap_reader.plain_reader_of, train=_train)
    houses.install(house)
    return replace(gym, house=house, crew=wiring.crew_of(house, owner="test"))


@pytest.mark.req("FL5", "FQ10", "GV1")
def test_an_own_intent_and_a_correction_are_read_after_the_promotion(
    gym: Gym, robin: Screen
) -> None:
    lessons.make_intent(gym.house, robin.user, NEW, "\n".join(WORDS[:MIN_EXAMPLES]))
    asked = "may my camel stand in your garage"
    lessons.teach_by_hand(gym.house, robin.user, "parking", asked)
    row = readers.train(gym.house, gym.workspace.id, actor=ACTOR)
    assert row.refusals == []
    assert best_of(gym, WORDS[-1], "mia") != NEW.name
    readers.promote(gym.house, gym.workspace.id, row.number, actor=ACTOR)
    assert best_of(gym, WORDS[-1], "ben") == NEW.name
    assert best_of(gym, asked, "cat") == "parking"
    readers.back(gym.house, gym.workspace.id, actor=ACTOR)
    assert best_of(gym, WORDS[-1], "dan") != NEW.name
