"""How a message feels, from -1 (very negative) to 1 (very positive), by a small word list.

A signal for the monitor and for escalation (X34), not a judgement: words with weights,
turned by a "not" before them, raised by "very", capitals, exclamation marks and
repetition. The list is short on purpose: it holds what customers say to a business.
"""

import math
import re

from baton.nlu.text import Token, tokens

_SPREAD = 5.0  # how much feeling it takes to come near -1 or 1
_REACH = 3  # a "not" turns what stands at most so many words behind it
_FLIP = -0.7  # "not good" is less bad than "bad" is
_SHOUTING = 1.25
_SHOUTED_LETTERS = 8  # "OK" and "WIFI?" are no shouts
_SHOUTED_SHARE = 0.7
_PER_EXCLAMATION = 0.1
_MAX_EXCLAMATIONS = 3


def _weights(groups: dict[float, str]) -> dict[str, float]:
    return {word: weight for weight, words in groups.items() for word in words.split()}


_WORDS = _weights(
    {
        -4.0: (
            "scam scammers scammed fraud fraudulent disgusting disgrace disgraceful appalling"
            " vile despicable thieves stealing robbed criminals furious outrageous abysmal"
            " horrendous atrocious fuck fucking fucked bastards"
        ),
        -3.0: (
            "hate hated terrible horrible awful worst pathetic useless unacceptable ridiculous"
            " joke shocking incompetent liars lied lying rude filthy shameful angry outraged"
            " livid infuriating bullshit shit shitty crap garbage rubbish trash sucks dreadful"
            " insulting disrespectful nightmare rip-off ripoff stole cheated"
        ),
        -2.0: (
            "bad poor disappointed disappointing dissapointed dissapointing annoyed annoying"
            " upset frustrated frustrating frustration unhappy dirty broken unprofessional mess"
            " fail failed failing ignored ignoring worse stupid idiot idiots dumb fed disgusted"
            " overcharged misleading unfair wasted waste mad hopeless nonsense lousy gross nasty"
            " cheat damn hell unhelpful neglected tired sick"
        ),
        -1.0: (
            "slow wrong problem problems issue issues sad late confusing confused difficult"
            " unclear loud cold smelly crowded missing lost unfortunately complaint complain"
            " worried wait waiting waited mistake error stuck never nobody again cannot"
            " expensive overpriced boring sorry hurt pain"
        ),
        1.0: (
            "ok okay fine nice thanks thank thx cheers helpful help clean friendly easy quick"
            " glad please welcome fair works worked sorted interested appreciated"
        ),
        2.0: (
            "good great happy enjoy enjoyed enjoying loved like liked cool pleased better"
            " brilliant recommend impressed lovely fun smooth solved appreciate grateful"
        ),
        3.0: (
            "excellent amazing awesome fantastic perfect wonderful love best superb outstanding"
            " delighted incredible"
        ),
    }
)
_EMOJI = _weights(
    {
        -3.0: "🤬 😡 🖕 🤮 💩",
        -2.0: "😠 😤 👎 😭 🙄 😒 💔 😞 😩",
        -1.0: "😕 🙁 😢 😔 😬",
        1.0: "🙂 👌 🙏 💪",
        2.0: "😊 😀 😃 😄 👍 🎉 👏 😁",
        3.0: "😍 🥰 ❤ 🤩 💯",
    }
)
_PHRASES = (
    (re.compile(r"\b(?:money|cash) back\b"), -2.0),
    (re.compile(r"\b(?:fed up|sick of|tired of|had enough)\b"), -1.5),
    (re.compile(r"\b(?:third|fourth|fifth|tenth|hundredth) time\b|\bhow many times\b"), -2.0),
    (re.compile(r"\b(?:nobody|no one|noone) (?:answers|replies|helps|cares|picks)"), -2.0),
    (re.compile(r"\b(?:rip(?:ped)?|ripping) (?:me |us )?off\b"), -3.0),
    (re.compile(r"\bwtf\b|\bffs\b|\bomfg\b"), -2.5),
    (re.compile(r"\bdoes ?n[o']?t work\b|\bnot working\b|\bstill not\b"), -1.0),
)
_NEGATIONS = frozenset(
    {"not", "no", "never", "dont", "doesnt", "didnt", "isnt", "wasnt", "arent", "werent", "cant"}
    | {"cannot", "couldnt", "wont", "wouldnt", "without", "hardly", "barely", "aint", "shouldnt"}
    | {"havent", "hasnt", "nothing"}
)
_RAISING = {
    **dict.fromkeys(("very", "really", "so", "extremely", "totally", "absolutely"), 1.4),
    **dict.fromkeys(("completely", "super", "utterly", "fucking", "such", "too", "way"), 1.4),
    **dict.fromkeys(("bit", "little", "slightly", "somewhat", "kinda", "fairly"), 0.6),
}
_ANY_EMOJI = re.compile("|".join(map(re.escape, _EMOJI)))


def score(text: str, found: list[Token] | None = None) -> float:
    """Return the sentiment of a cleaned text; pass its tokens when they are at hand."""
    words = tokens(text) if found is None else found
    total = sum(_felt(place, words) for place, token in enumerate(words) if token.word in _WORDS)
    lowered = text.casefold()
    total += sum(weight for pattern, weight in _PHRASES if pattern.search(lowered))
    if not text.isascii():
        total += sum(_EMOJI[emoji] for emoji in _ANY_EMOJI.findall(text))
    if total == 0.0:
        return 0.0
    loudness = 1 + _PER_EXCLAMATION * min(text.count("!"), _MAX_EXCLAMATIONS)
    return math.tanh(total * loudness * (_SHOUTING if _is_shouting(text) else 1.0) / _SPREAD)


def _felt(place: int, words: list[Token]) -> float:
    """Return a word's weight, with what the words right before it make of it."""
    weight = _WORDS[words[place].word]
    for before in words[max(0, place - _REACH) : place]:
        if before.word in _NEGATIONS and before.word not in _WORDS:
            weight *= _FLIP
        elif before is words[place - 1]:
            weight *= _RAISING.get(before.word, 1.0)
    return weight


def _is_shouting(text: str) -> bool:
    letters = [letter for letter in text[:200] if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return len(letters) >= _SHOUTED_LETTERS and capitals > _SHOUTED_SHARE * len(letters)
