"""Texts whose only Liquid is names to fill in: what most messages are, in a tenth of its time.

`{{ run.starts_at | day }}` is a blank. A text of blanks is filled in here where Liquid would
say the very same; whatever is unusual about the text or a value is left to Liquid, whose
answer, or whose complaint, then counts.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

import msgspec
from liquid import BoundTemplate
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path, StringLiteral
from liquid.builtin.expressions.arguments import PositionalArgument
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.expressions.primitive import IntegerLiteral
from liquid.builtin.output import OutputNode
from liquid.exceptions import LiquidError

Filters: TypeAlias = Mapping[str, Callable[..., str]]
"""Ways of saying a value, by name; each takes the value, its arguments, and the `manner`."""


class Blank(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a text: the path of its value, and how it is said, step by step."""

    path: tuple[str, ...]
    said: tuple[tuple[Callable[..., str], tuple[str | int, ...]], ...]


Form: TypeAlias = tuple[str | Blank, ...]
"""A text in its parts, as they stand one behind the other."""


class _Unusual(Exception):  # noqa: N818 - no error: this is for Liquid
    """Something in a text is more than a blank."""


# Liquid gives these a meaning of their own where a value has no such entry.
_OF_LIQUID = frozenset({"size", "first", "last"})


def form_of(template: BoundTemplate, filters: Filters) -> Form | None:
    """Return a text as a form; None where it is more than words and blanks."""
    try:
        return tuple(_part_of(node, filters) for node in template.nodes)
    except _Unusual:
        return None


def _part_of(node: Node, filters: Filters) -> str | Blank:
    if type(node) is ContentNode:
        return node.text
    if type(node) is not OutputNode or type(node.expression) is not FilteredExpression:
        raise _Unusual
    expression = node.expression
    return Blank(
        path=_path_of(expression.left),
        said=tuple(_said_by(one, filters) for one in expression.filters or ()),
    )


def _path_of(left: object) -> tuple[str, ...]:
    if type(left) is not Path:
        raise _Unusual
    path = tuple(part for part in left.path if isinstance(part, str))
    if len(path) != len(left.path) or not _OF_LIQUID.isdisjoint(path):
        raise _Unusual
    return path


def _said_by(one: Filter, filters: Filters) -> tuple[Callable[..., str], tuple[str | int, ...]]:
    if one.name not in filters:
        raise _Unusual
    return filters[one.name], tuple(_literals(one.args))


def _literals(arguments: Iterable[object]) -> Iterable[str | int]:
    for argument in arguments:
        value = argument.value if type(argument) is PositionalArgument else None
        if not isinstance(value, StringLiteral | IntegerLiteral):
            raise _Unusual
        yield value.value


def fill(form: Form, facts: Mapping[str, object], manner: object) -> str | None:
    """Fill a form in; None where a value is missing or unusual, which Liquid is to judge."""
    try:
        return "".join(
            [part if isinstance(part, str) else _filled(part, facts, manner) for part in form]
        )
    except (_Unusual, LookupError, LiquidError, ArithmeticError, TypeError, ValueError):
        return None


def _filled(blank: Blank, facts: Mapping[str, object], manner: object) -> str:
    value: object = facts
    for name in blank.path:
        if value.__class__ is not dict and not isinstance(value, Mapping):
            raise _Unusual
        value = value[name]
    for say, given in blank.said:
        value = say(value, *given, manner=manner)
    if value.__class__ is int:
        return str(value)
    if value.__class__ is not str:
        raise _Unusual
    return value
