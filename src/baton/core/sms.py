"""How many parts a text takes as SMS: carriers count, and charge, by the part.

Lengths and alphabet are those of 3GPP TS 23.038 (the GSM 7-bit default alphabet with its
extension table) and TS 23.040 (the header of concatenated messages).
"""

_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")  # each of these takes the room of two
_GSM_ALONE, _GSM_PART = 160, 153
_UCS_ALONE, _UCS_PART = 70, 67


def parts_of(text: str) -> int:
    """Return how many parts a text is sent in; an empty one takes a part as well."""
    if all(letter in _ALPHABET or letter in _EXTENSION for letter in text):
        room = len(text) + sum(letter in _EXTENSION for letter in text)
        return 1 if room <= _GSM_ALONE else -(-room // _GSM_PART)
    room = len(text.encode("utf-16-le")) // 2  # an emoji takes the room of two
    return 1 if room <= _UCS_ALONE else -(-room // _UCS_PART)
