"""Who asks to be booked in is booked in, however it is worded; who wants something else is not.

The sentences were written before the examples were; none of them is taught.
"""

import pytest

from baton.core import wishing
from baton.nlu.reader import LocalReader
from baton.services.workspace import packs
from tests.support.fitness_reader import reader

BOOKS = """
could you get me a spot in pilates on friday
hiya, id like to do yoga tomorrow at 9 if theres room
pop me down for yoga saturday morning pls
book pilates 2nite
can u squeeze me into yoga at 7pm
any spaces left in tomorrows pilates?
me and my friend want to come to yoga on sunday, 2 places please
i would like to attend the pilates class on wednesday evening
can i come to yoga tonight?
i need help reserving a place in pilates
add me to the 6pm yoga list please
would it be possible to join the pilates session tomorrow
sign me up 4 yoga thurs
is there room for one more in yoga tonight
please enrol me in pilates for monday
hello! i want to take the yoga class at noon tomorrow
grab me a place in pilates tmrw
lets do yoga on tuesday at 6, book it for me
can i get a slot for pilates this weekend
yoga tomorow 8am, can you put my name down
"""
LEAST = 18
NO_WISH = """
how do i reserve a place online
how does booking work
how long before a class can i book
i cant come to yoga tomorrow
wont be coming to pilates tomorrow
sorry, have to skip yoga tonight, please cancel
cancel yoga tonight pls
can i switch my yoga to thursday
change my spot from 5pm to 6pm pilates
could my booking be an hour later
"""

GIVES_UP = """
free up my place for yoga tomorrow at 8am
please free up my place in pilates tomorrow
i cannot make it to yoga on thursday
i can't make it to pilates tomorrow morning
"""
LOOKS_FOR_ONE = """
is there a free place in yoga tomorrow at 8am
any free place for yoga on thursday
"""


@pytest.mark.req("ON21")
@pytest.mark.parametrize("name", ["fitness", "wellness"])
def test_who_asks_to_be_booked_is_and_who_wants_something_else_is_not(name: str) -> None:
    books, others = (block.strip().splitlines() for block in (BOOKS, NO_WISH))
    texts = (*books, *others)
    pack = packs.load_pack(name)
    taught = {line.casefold() for intent in pack.intents for line in intent.examples}
    assert not taught & {*texts}

    # The full reader of a second trade is a dear training; the plain one tells as much here.
    read = reader() if name == "fitness" else LocalReader(pack, plain=True)
    wish = {
        text: reading.best is not None
        and reading.best.name == "class_book"
        and not wishing.asks_how(text)
        for text, reading in zip(texts, read.read_many(texts), strict=True)
    }

    assert sum(wish[text] for text in books) >= LEAST
    assert [text for text in others if wish[text]] == []


@pytest.mark.req("ON21")
@pytest.mark.parametrize("name", ["fitness", "wellness"])
def test_who_gives_a_place_up_cancels_and_who_looks_for_a_free_one_books(name: str) -> None:
    gives, seeks = (block.strip().splitlines() for block in (GIVES_UP, LOOKS_FOR_ONE))
    read = reader() if name == "fitness" else LocalReader(packs.load_pack(name), plain=True)
    means = [one.best.name if one.best else "" for one in read.read_many((*gives, *seeks))]
    assert means == ["class_cancel"] * len(gives) + ["class_book"] * len(seeks)
