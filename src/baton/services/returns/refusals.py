"""Why something does not come back, in words for whoever wanted to send it."""

from collections.abc import Mapping

from baton.store.models import Return

_EN = {
    "window": "it came {seen} ago, and returns are possible for {against}",
    "paid": "nothing is left of what was paid for it",
    "returnable": "it is one of the things that cannot come back",
    "not_back_yet": "it is on its way back already, or was bought fewer times",
}
_ES = {
    "window": "llegó hace {seen} y se puede devolver durante {against}",
    "paid": "no queda nada de lo que se pagó",
    "returnable": "es uno de los artículos que no se devuelven",
    "not_back_yet": "ya está en camino de vuelta o se compró menos veces",
}
_BY_LANGUAGE: Mapping[str, Mapping[str, str]] = {"en": _EN, "es": _ES}
_DAYS = {"es": ("days", "días")}


def refusal_of(row: Return, language: str) -> str:
    """Return the first hard rule that is not met, in a language or in English; "" for none."""
    spoken = language.partition("-")[0]
    words = _BY_LANGUAGE.get(spoken, _EN)
    for one in row.findings:
        if one["weight"] == "hard" and not one["is_met"]:
            said = words[one["rule"]].format(seen=one["seen"], against=one["against"])
            return said.replace(*_DAYS[spoken]) if spoken in _DAYS else said
    return ""
