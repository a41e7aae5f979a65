"""The pre-send policy: nothing after an opt-out, nothing of the bot's while a person owns."""

from itertools import product

import pytest

from baton.core import presend
from baton.core.ownership import Owner
from baton.core.presend import Allowed, Author, Notice, Refusal, Refused, Sending


@pytest.mark.req("C24")
@pytest.mark.parametrize(
    ("author", "owner", "is_opted_out", "notice"),
    list(product(Author, Owner, [False, True], [None, *Notice])),
)
def test_every_case(
    author: Author,
    owner: Owner,
    is_opted_out: bool,  # noqa: FBT001 - a table
    notice: Notice | None,
) -> None:
    decided = presend.decide(
        Sending(author=author, owner=owner, is_opted_out=is_opted_out, notice=notice)
    )
    if is_opted_out and notice is not Notice.CONSENT:
        assert decided == Refused(reason=Refusal.OPTED_OUT)
    elif author is Author.BOT and owner is not Owner.BOT and notice is None:
        assert decided == Refused(reason=Refusal.PERSON_OWNS)
    else:
        assert decided == Allowed()
