"""The names that an expression uses, read from its source."""

import re
from collections.abc import Iterator

_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_NAME = re.compile(r"(?<![\w.])(run|contact|business|location|event)\.([A-Za-z_]\w*)")
# With any of these an expression may be true although something that it names is missing.
_FORGIVING = re.compile(r"\|\||\?|\.(?:exists|exists_one|all|filter|map)\(|!\s*\(?\s*has\(")


def names_in(source: str) -> Iterator[tuple[str, int]]:
    """Yield each name of an expression, as "run.price", with the place where it stands."""
    for found in _NAME.finditer(_without_strings(source)):
        yield found[0], found.start()


def sure_names(condition: str) -> frozenset[str]:
    """Return the names that must be there when a condition is true."""
    if is_forgiving(condition):
        return frozenset()
    return frozenset(name for name, _ in names_in(condition))


def is_forgiving(source: str) -> bool:
    """Return whether an expression may have a value although a name in it is missing."""
    return _FORGIVING.search(_without_strings(source)) is not None


def _without_strings(source: str) -> str:
    """Return the source with its literal texts blanked, every place as it was."""
    return _STRING.sub(lambda found: " " * len(found[0]), source)
