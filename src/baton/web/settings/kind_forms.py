"""The form of each kind of system: one of our own, or one made of its settings.

That is so for an extension's, and where a form has a field for each setting and no more.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from django import forms

from baton.services.systems import kinds
from baton.services.systems.kinds import SystemSettings
from baton.web.settings import system_forms
from baton.web.settings.system_forms import FORMS, SystemForm

HIDDEN: Final = "hidden"
"""In the extra of a field's `msgspec.Meta`, true for what is never shown again."""

_MOST = 1_000


def form_of(kind: str) -> type[SystemForm]:
    """Return the form of a kind of system; raises KeyError for a kind that is not known."""
    if kind in FORMS:
        return FORMS[kind]
    told = {name: _field_of(field) for name, field in _fields_of(kind).items()}
    order = ("name", *told, "secret", "quiet_hours")
    left = {} if kinds.KINDS[kind].tells else {"quiet_hours": None}  # nothing is heard of it
    return type("ExtensionForm", (SystemForm,), {"field_order": order, **told, **left})


def settings_of(kind: str, form: SystemForm) -> SystemSettings:
    """Return what a valid form says of how a system of a kind is believed."""
    if kind in FORMS:
        return system_forms.settings_of(kind, form)
    given = {name: form.cleaned_data[name] for name in _fields_of(kind)}
    return kinds.KINDS[kind].settings(
        **{name: said.strip() if isinstance(said, str) else said for name, said in given.items()}
    )


def shown_of(settings: SystemSettings) -> dict[str, Any]:
    """Return settings as their form shows them; no secret is ever shown."""
    kind = kinds.kind_of(settings).name
    if kind in FORMS:
        return dict(system_forms.shown_of(settings))
    fields = _fields_of(kind)
    return {
        name: getattr(settings, name) for name, field in fields.items() if not _is_secret(field)
    }


def _fields_of(kind: str) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(kinds.KINDS[kind].settings)}


def _field_of(field: msgspec.structs.FieldInfo) -> forms.Field:
    told, meta = _type_of(field)
    said: dict[str, Any] = {
        "label": (meta.title or "") or field.name.replace("_", " ").capitalize(),
        "help_text": meta.description or "",
        "required": field.required,
    }
    if not field.required and field.default is not msgspec.NODEFAULT:
        said["initial"] = field.default
    if told is bool:
        return forms.BooleanField(**(said | {"required": False}))
    if told is int:
        return forms.IntegerField(min_value=_whole(meta.ge), max_value=_whole(meta.le), **said)
    widget = forms.PasswordInput(attrs={"autocomplete": "off"}) if _is_secret(field) else None
    return forms.CharField(max_length=meta.max_length or _MOST, widget=widget, **said)


def _whole(limit: float | None) -> int | None:
    return None if limit is None else int(limit)


def _is_secret(field: msgspec.structs.FieldInfo) -> bool:
    return bool((_type_of(field)[1].extra or {}).get(HIDDEN))


def _type_of(field: msgspec.structs.FieldInfo) -> tuple[type, msgspec.Meta]:
    if get_origin(field.type) is not Annotated:
        return field.type, msgspec.Meta()
    told, *notes = get_args(field.type)
    metas = (note for note in notes if isinstance(note, msgspec.Meta))
    return told, next(metas, msgspec.Meta())
