"""What every part of a story file is made of."""

from datetime import timedelta
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from baton.core.policy import parse_duration

_DURATION = {"type": "string", "pattern": "^[0-9]+[smhd]$", "examples": ["90s", "10m", "72h"]}
_TEXTS: dict[str, Any] = {
    "oneOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
    ]
}


def _parsed_span(value: object) -> object:
    return value if value is None else parse_duration(str(value))


def _listed(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bool | int | float):
        message = f'must be text: put it in quotes, "{value}"'
        raise ValueError(message)  # noqa: TRY004 - pydantic turns a ValueError alone into a problem
    return tuple(value) if isinstance(value, list) else value


Text: TypeAlias = Annotated[str, Field(min_length=1)]
Texts: TypeAlias = Annotated[
    tuple[Text, ...], Field(min_length=1), BeforeValidator(_listed), WithJsonSchema(_TEXTS)
]
Span: TypeAlias = Annotated[timedelta, BeforeValidator(_parsed_span), WithJsonSchema(_DURATION)]
Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Row: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z]{1,3}[0-9]{1,3}$")]
Number: TypeAlias = Annotated[int, Field(ge=0)]
Photo: TypeAlias = Literal[True, "tiny"] | Annotated[int, Field(ge=2, le=6)]
"""A good photo, one on which nothing can be seen, or several good ones."""


ContactChannel: TypeAlias = Literal["webchat", "sms", "whatsapp", "email", "push", "voice"]


class Part(BaseModel):
    """A mapping of a story: keys that it does not know are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
