"""How a Mindbody site is connected: by the key that its webhooks are signed with."""

import msgspec

KIND = "mindbody"
_MAX_WORD = 40


class MindbodySettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a site is understood.

    A class is told of without its name: it is called `class_word`, with who gives it.
    """

    class_word: str = "Class"


def problems_with(settings: MindbodySettings) -> dict[str, str]:
    """Return what cannot be used, by field."""
    if 1 <= len(settings.class_word.strip()) <= _MAX_WORD:
        return {}
    return {"class_word": f"Say in at most {_MAX_WORD} letters what contacts call a class."}
