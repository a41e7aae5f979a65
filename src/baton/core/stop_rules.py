"""Which acts in a customer's own sentence are hard stops, by rule (X4).

An *act* is a word of the vocabulary, read with its object and with what stands around
it. Cancelling a class is a bounded task, cancelling a membership is not; a refund
demanded stops, a refund policy asked after does not; "claim my free towel" is no
law-suit. Every act is judged by itself, inside its sentence, so nothing said elsewhere
can take a stop away. Where the object stays open the safe side wins: a person.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from baton.core.hard_stops import HardStop
from baton.core.reading import Reading, Term
from baton.core.sentence import Sentence, sentences_of, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One act: its term, its sentence, all sentences, and what the last prompt was about."""

    act: Term
    sentence: Sentence
    place: int
    sentences: tuple[Sentence, ...]
    last_object: str | None


_Test: TypeAlias = Callable[[Scene], bool]

_JOINING = frozenset({"and", "plus", "also", "or", "as", "well", "n", "both"})
_SMALL = frozenset({"a", "an", "the", "my", "our", "your", "this", "that", "all", "any", "to"})
_ABOUT = frozenset({"on", "for", "about", "of", "around", "regarding", "if", "when", "you", "i"})
_OTHERS = frozenset({"you", "u", "they", "he", "she", "yall", "guys", "staff", "company"})
_TIMES = frozenset({"day", "days", "week", "weeks", "month", "months"})
_TIME_WORDS = 5  # "for just the two weeks"
_NOT = frozenset({"not", "never", "no", "wont", "dont", "cant", "cannot", "nothing"})
_SPEAKERS = frozenset({"i", "ive", "im", "id", "we", "weve", "were", "it", "its"})
_NEAR = 5  # "stop my gym membership only for ..."
_FAR = 14  # "... for two weeks from the ninth because of an operation, and then start again"
_SAME_FRAGMENT = 4  # "cancel" / "my class please": a sentence this short completes its neighbour
_SHORT_CALL = 3  # "agent please", "a human now"


def scenes_of(reading: Reading, last_object: str | None) -> Iterator[Scene]:
    """Yield every term in its sentence, if any is an act."""
    if not has_act(reading.terms):
        return
    sentences = sentences_of(reading)
    for place, sentence in enumerate(sentences):
        for act in sentence.terms:
            yield Scene(
                act=act,
                sentence=sentence,
                place=place,
                sentences=sentences,
                last_object=last_object,
            )


# What an act is about.


def _object_of(scene: Scene) -> str:
    """Return "booking" or "membership"; what stays open is a membership, the safe side."""
    here = _object_in(scene.sentence, scene.act)
    if here is not None:
        return here
    neighbours: list[Sentence] = []
    if scene.place > 0:
        neighbours.append(scene.sentences[scene.place - 1])
    if scene.place + 1 < len(scene.sentences):
        following = scene.sentences[scene.place + 1]
        if len(words_of(following.text[following.start : following.end])) <= _SAME_FRAGMENT:
            neighbours.append(following)
    objects = {term.concept for near in neighbours for term in near.of("membership", "booking")}
    if objects:
        return "booking" if objects == {"booking"} else "membership"
    return "booking" if scene.last_object == "booking" else "membership"


def _object_in(sentence: Sentence, act: Term) -> str | None:
    """Return the nearest object behind the act, with those joined to it; else the one before."""
    objects = sentence.of("membership", "booking")
    # One may hold the act: "late cancellation". What is joined to it counts all the same.
    holding = [o for o in sentence.of("booking") if o.start <= act.start and act.end <= o.end]
    behind = holding[:1] + [term for term in objects if term.start >= act.end]
    if not behind:
        before = [term for term in objects if term.end <= act.start]
        return before[-1].concept if before else None
    chosen = {behind[0].concept}
    for first, second in pairwise(behind):
        gap = sentence.gap(first, second)
        if gap is not None and not set(gap) <= _JOINING | _SMALL:
            break
        chosen.add(second.concept)
    return "membership" if "membership" in chosen else "booking"


# Conditions and excuses. Each reads one scene.


def _always(_scene: Scene) -> bool:
    return True


def _about_membership(scene: Scene) -> bool:
    return _object_of(scene) == "membership"


def _unwanted(scene: Scene) -> bool:
    """Tell whether the customer says that they do *not* want the act."""
    for term in scene.sentence.of("unwanted"):
        gap = scene.sentence.gap(term, scene.act)
        inside = term.start <= scene.act.start and scene.act.end <= term.end
        near = gap is not None and len(gap) <= 2  # noqa: PLR2004 - "don't want to have to cancel"
        # "I don't want a voucher, refund me": what is not wanted ends at the comma.
        is_apart = "," in scene.sentence.text[term.end : scene.act.start]
        if inside or (near and not is_apart):
            said_of = scene.sentence.before(term)[-1:]
            return not _OTHERS.intersection(said_of)
    return False


def _policy_asked(scene: Scene) -> bool:
    """Tell whether the act only names a policy: cancellation policy, terms for refunds."""
    act, sentence = scene.act, scene.sentence
    for policy in sentence.of("policy"):
        behind, before = sentence.gap(act, policy), sentence.gap(policy, act)
        if behind is not None and set(behind) <= _SMALL:
            return _names_no_membership(scene)
        if before and set(before) <= _SMALL | _ABOUT:
            return _names_no_membership(scene)
    return False


def _names_no_membership(scene: Scene) -> bool:
    # "refund policy for memberships" is still a policy; leaving one is the business of people.
    return scene.act.concept != "cancel" or _object_in(scene.sentence, scene.act) != "membership"


def _asked_in_general(scene: Scene) -> bool:
    """Tell whether a question is about how things are done, and not about the customer's case."""
    return scene.sentence.precedes(scene.act, "in_general", within=2) and not _words_about_me(scene)


def _paused_only(scene: Scene) -> bool:
    """Tell whether the act is bounded: "for two weeks", and taken up again. That is a freeze.

    Nothing less says so: "cancel for a month or for good", "end it, I may come back". Nor does
    it where somebody else goes on, or nobody: "end it, for weeks you resume billing me".
    """
    rest = scene.sentence.after(scene.act)
    for place, preposition in enumerate(rest[:_NEAR]):
        if preposition == "for" and _TIMES.intersection(rest[place + 1 : place + _TIME_WORDS]):
            break
    else:
        return False
    # "cancel it, I came for two weeks": there the time is of something else.
    if _SPEAKERS.intersection(rest[:place]) or (_OTHERS | _NOT).intersection(rest):
        return False
    return scene.sentence.follows(scene.act, "resumed", within=_FAR)


def _works_how(scene: Scene) -> bool:
    """Tell whether it is asked how such a thing works: how does cancelling work."""
    general = scene.sentence.precedes(scene.act, "in_general", within=1)
    return general and scene.sentence.follows(scene.act, "works_how", within=1)


def _words_about_me(scene: Scene) -> bool:
    # "Do you give refunds" is about the house, "do you have my refund" about a case.
    return bool({"my", "me", "our", "us", "i", "we"}.intersection(scene.sentence.before(scene.act)))


def _right_behind(*concepts: str) -> _Test:
    """Return a test: the act is followed by a concept with only small words between."""

    def test(scene: Scene) -> bool:
        gaps = (scene.sentence.gap(scene.act, other) for other in scene.sentence.of(*concepts))
        return any(gap is not None and set(gap) <= _SMALL for gap in gaps)

    return test


def _follows(*concepts: str, within: int) -> _Test:
    return lambda scene: scene.sentence.follows(scene.act, *concepts, within=within)


def _precedes(*concepts: str, within: int) -> _Test:
    return lambda scene: scene.sentence.precedes(scene.act, *concepts, within=within)


def _covered(*concepts: str) -> _Test:
    return lambda scene: scene.sentence.covered(scene.act, *concepts)


def _either(*tests: _Test) -> _Test:
    return lambda scene: any(test(scene) for test in tests)


def _both(*tests: _Test) -> _Test:
    return lambda scene: all(test(scene) for test in tests)


def _ends_thought(scene: Scene) -> bool:
    """Tell whether nothing follows that would give the verb another object ("leave my bag")."""
    rest = scene.sentence.after(scene.act)
    return not rest or scene.sentence.follows(scene.act, "leave_reason", within=0)


def _short_call(scene: Scene) -> bool:
    """Tell whether the message's sentence is little more than the word: "agent please"."""
    return len(scene.sentence.before(scene.act) + scene.sentence.after(scene.act)) < _SHORT_CALL


def _made_elsewhere(scene: Scene) -> bool:
    """Tell whether the sentence speaks of the business's own other houses."""
    rest = {*scene.sentence.after(scene.act), *scene.sentence.before(scene.act)}
    return bool({"your", "yours", "location", "locations", "branch"}.intersection(rest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An act that stops automation: where it holds, and what excuses it."""

    concept: str
    kind: HardStop
    holds: _Test = _always
    unless: tuple[_Test, ...] = ()


RULES: tuple[Rule, ...] = (
    Rule(
        concept="red_flag",
        kind=HardStop.RED_FLAG,
        unless=(_follows("weather_word", within=1),),
    ),
    Rule(
        concept="safety",
        kind=HardStop.SAFETY,
        unless=(_precedes("by", within=0), _follows("emergency_object", within=0)),
    ),
    Rule(
        concept="assault",
        kind=HardStop.SAFETY,
        unless=(_follows("harmless_after_assault", within=0),),
    ),
    Rule(concept="medical", kind=HardStop.MEDICAL),
    Rule(concept="legal", kind=HardStop.LEGAL),
    Rule(
        concept="claim",
        kind=HardStop.LEGAL,
        unless=(_follows("benefit", within=3), _covered("claims_of_others")),
    ),
    Rule(concept="chargeback", kind=HardStop.CHARGEBACK),
    Rule(concept="dispute", kind=HardStop.BILLING_DISPUTE),
    Rule(
        concept="charge",
        kind=HardStop.BILLING_DISPUTE,
        holds=_either(_follows("wrong", within=6), _precedes("wrong", within=4)),
    ),
    Rule(
        concept="took",
        kind=HardStop.BILLING_DISPUTE,
        holds=_follows("bank_account", within=4),
    ),
    Rule(
        concept="refund",
        kind=HardStop.REFUND,
        unless=(_unwanted, _policy_asked, _asked_in_general, _works_how),
    ),
    Rule(
        concept="cancel",
        kind=HardStop.MEMBERSHIP_CANCELLATION,
        holds=_about_membership,
        unless=(_unwanted, _policy_asked, _works_how, _paused_only),
    ),
    Rule(
        concept="end",
        kind=HardStop.MEMBERSHIP_CANCELLATION,
        holds=_right_behind("membership"),
        unless=(_unwanted, _paused_only),
    ),
    Rule(concept="competitor", kind=HardStop.LEAVING),
    Rule(concept="gone", kind=HardStop.LEAVING),
    Rule(
        concept="leave",
        kind=HardStop.LEAVING,
        holds=_both(_precedes("intending", within=1), _ends_thought),
        unless=(_unwanted,),
    ),
    Rule(
        concept="quit",
        kind=HardStop.LEAVING,
        holds=_ends_thought,
        unless=(_unwanted,),
    ),
    Rule(
        concept="other_gym",
        kind=HardStop.LEAVING,
        holds=_precedes("go", within=4),
        unless=(_made_elsewhere,),
    ),
    Rule(concept="complaint", kind=HardStop.COMPLAINT, unless=(_covered("no_complaint"),)),
    Rule(
        concept="speak",
        kind=HardStop.PERSON,
        holds=_follows("people", within=5),
        unless=(_unwanted,),
    ),
    Rule(concept="live_person", kind=HardStop.PERSON, unless=(_unwanted,)),
    Rule(
        concept="wanted_person",
        kind=HardStop.PERSON,
        holds=_either(_short_call, _precedes("want", within=2)),
        unless=(_unwanted,),
    ),
    Rule(concept="call_me", kind=HardStop.PERSON, unless=(_unwanted,)),
    Rule(
        concept="bot",
        kind=HardStop.PERSON,
        holds=_either(_precedes("against", "speak", "unwanted", within=4)),
    ),
)
"""Every act that stops automation; the order says nothing, `HANDLING` ranks the kinds."""

RULES_OF: dict[str, tuple[Rule, ...]] = {
    concept: tuple(rule for rule in RULES if rule.concept == concept)
    for concept in {rule.concept for rule in RULES}
}
"""The same rules by the concept of their act."""


def has_act(terms: Iterable[Term]) -> bool:
    """Return whether any term is an act that a rule looks at."""
    return any(term.concept in RULES_OF for term in terms)
