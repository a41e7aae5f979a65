"""Numbers as people spell them, up to the hundreds."""

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 10 * ten for ten, word in enumerate(_TENS, start=2)},
    "fourty": 40,
    "a": 1,
    "an": 1,
    "and": 0,
}
_ONE_TO_NINE = "|".join(_ONES[1:10])
_SMALL = "|".join(reversed(_ONES[1:]))  # "seventeen" before "seven"
_TEN = "|".join([*_TENS, "fourty"])

TO_TWELVE = rf"(?:1[0-2]|0?[1-9]|{'|'.join(reversed(_ONES[1:13]))})"
"""The hours of a clock, in figures or words."""

SPELLED = (
    rf"(?:(?:(?:a|{_ONE_TO_NINE}) hundred(?: and)?(?: |\b))?"
    rf"(?:(?:{_TEN})(?:[ -](?:{_ONE_TO_NINE}))?|{_SMALL})|(?:a|{_ONE_TO_NINE}) hundred)"
)
"""A number in words: "two", "forty-five", "a hundred and twenty"."""


def number_of(written: str) -> int:
    """Return what a number in figures, or one that fits `SPELLED`, comes to."""
    if written.isdecimal():
        return int(written)
    total = 0
    for word in written.replace("-", " ").split():
        total = total * 100 if word == "hundred" else total + _VALUES[word]
    return total
