"""Texts with Liquid placeholders, bounded in size; a missing value is an error, never a gap."""

from functools import lru_cache

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from baton.core.errors import InvalidInput
from baton.core.json import Json

MAX_TEXT = 4_000


class _Bounded(Environment):
    """Texts come from people in the console: a loop in one may not hold a worker up."""

    loop_iteration_limit = 1_000
    output_stream_limit = 4 * MAX_TEXT


_ENVIRONMENT = _Bounded(undefined=StrictUndefined, autoescape=False)


@lru_cache(maxsize=2_048)
def _template(text: str) -> BoundTemplate:
    return _ENVIRONMENT.from_string(text)


def render(text: str, facts: dict[str, Json]) -> str:
    """Fill a text in; raises InvalidInput naming what is wrong with it.

    `facts` maps names to values or to further maps, as in `{{ location.phone }}`.
    """
    if "{" not in text:
        return text
    try:
        return _template(text).render(**facts)[:MAX_TEXT]
    except LiquidError as error:
        raise InvalidInput({"text": str(error)}) from error
