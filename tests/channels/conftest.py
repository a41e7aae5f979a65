"""A provider on this machine that answers as it is told."""

from collections.abc import Iterator

import pytest

from baton.channels.wire import Wire
from tests.nlu.outside.server import Server, running


@pytest.fixture
def provider() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Yield connections that give up soon: what hangs here hangs on purpose."""
    wire = Wire(patience=0.3)
    yield wire
    wire.close()
