"""Ask a question and wait for the answer: a choice, a date, a number, or words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from msgspec.structs import replace
from typing_extensions import override

from baton.core import intake
from baton.core import text as texts
from baton.core.json import Json
from baton.flows import replies
from baton.flows.effects import Choice, Effect, KeepIntake, KeepWords, SendText
from baton.flows.fields import MOST_FACT, MOST_TAG, Fields
from baton.flows.moments import moment_in
from baton.flows.occasion import Occasions, conditions_in, find_way, occasions_of
from baton.flows.replies import ReplyKind
from baton.flows.scene import (
    Awaits,
    Go,
    Happened,
    Input,
    Outcome,
    Said,
    Scene,
    Stay,
    Step,
    TimeUp,
    Waiting,
    Way,
)
from baton.flows.values import ValueType
from baton.flows.wording import Wording, in_language, versions_below, wording_of

_MOST_TRIES = 2  # asked twice in vain, a person or another way helps better (E3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A choice, where it leads, and what it tells about the matter."""

    choice: Choice
    to: str
    queue: str
    labels: Mapping[str, str]

    def choice_in(self, locale: str) -> Choice:
        """Return it with the button in a language, where there is one."""
        return replace(self.choice, label=in_language(self.labels, locale) or self.choice.label)

    @property
    def words(self) -> frozenset[str]:
        """Every way to choose it, in any language."""
        return frozenset(texts.bare(word) for word in (*self.choice.words, *self.labels.values()))

    @property
    def topic(self) -> str:
        """What was chosen, suggested as a tag should people have to take over later."""
        return texts.bare(self.choice.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Step):
    """Ask; keep the answer under `save`, and go on with `then`.

    A `message` takes any words and passes them on, to be read by the next step. A
    `choice` is met by its number or its label. The others are read as what they are; the
    question is put again as `retry` says. After two answers in vain, and when something
    else is asked in between, `otherwise` takes the words as a message like any other;
    without `otherwise` they are not for this run, which goes on waiting.

    The question stands for `silence`, or until `before` the time named by `of`: a
    reminder can be answered until the next one goes out. When that moment has passed
    already, nothing is asked. `events` end it early, as they end a wait.

    With `other` the words that lead to `otherwise` are kept in that fact, to be acted on there.
    `hears` names the intents that an answer in free words may have: what is surely about
    something else is not for this run, as where `otherwise` is missing.

    With `intake` the words go into the contact's sealed intake, and the run keeps their name
    there: actions get the words, texts and conditions never do (X36).

    Example:
        {type: ask, kind: choice, text: "1 for billing, 2 for bookings", otherwise: answer,
         choices: [{key: "1", label: Billing, then: billing}]}
    """

    type: ClassVar[str] = "ask"
    about: ClassVar[str] = "Asks a question and waits for the answer."
    is_alike: ClassVar[bool] = True
    kind: ReplyKind
    wording: Wording
    options: tuple[Option, ...]
    save: str
    then: str
    otherwise: str
    retry: str
    retry_in: Mapping[str, str]
    silence: timedelta | None
    before: timedelta | None
    of: str
    on_silence: str
    occasions: Occasions
    comment: bool
    intake: bool
    other: str
    hears: tuple[str, ...]

    @classmethod
    @override
    def parse(cls, fields: Fields) -> "Ask":
        """Read the step's fields; each kind says what it needs besides the text."""
        kind = fields.word(
            "kind",
            "What is asked for.",
            default="message",
            options=tuple(one.value for one in ReplyKind),
        )
        step = cls(
            kind=ReplyKind(kind) if kind in tuple(ReplyKind) else ReplyKind.MESSAGE,
            wording=wording_of(fields, about="The question."),
            options=fields.entries("choices", "What can be chosen.", _option_of, is_required=False),
            save=fields.word("save", "The fact that keeps the answer.", default="", most=MOST_FACT),
            then=fields.step("then", "Where the answer leads.", default=""),
            otherwise=fields.step("otherwise", "Where other words lead.", default=""),
            retry=fields.text("retry", "How it asks again.", default=""),
            retry_in=fields.texts("retry_in", "That in other languages, by language."),
            silence=fields.duration("silence", "How long it waits."),
            before=fields.duration("before", "It waits until so long before the time `of`."),
            of=fields.word("of", "The fact that holds that time.", default="", most=MOST_FACT),
            on_silence=fields.step("on_silence", "Where silence leads.", default=""),
            occasions=occasions_of(fields),
            comment=fields.flag("comment", "The words are kept beside the contact's rating."),
            intake=fields.flag("intake", "The words are kept in the sealed intake alone."),
            other=fields.word(
                "other",
                "The fact that keeps other words, for `otherwise`.",
                default="",
                most=MOST_FACT,
            ),
            hears=fields.words("hears", "Intents of its answers; words of another are not for it."),
        )
        _check(step, fields)
        return step

    @override
    def enter(self, scene: Scene, said: Said | None) -> Outcome:
        """Ask the question, unless the moment until which it stands has passed."""
        due = self._due_at(scene)
        if due is not None and due <= scene.now:
            return Go(to=self.on_silence, passes_on=said is not None)
        return self._stay(scene, scene.say(self.wording, self._choices_in(scene)), tries=0)

    @override
    def resume(self, scene: Scene, given: Input) -> Outcome | None:
        """Take the reply, ask again, or go where silence, an event or other words lead."""
        match given:
            case TimeUp():
                return Go(to=self.on_silence) if self.on_silence else None
            case Said():
                return self._heard(scene, given)
            case Happened():
                return find_way(self.occasions, scene, given)
            case _:
                return None

    @override
    def keeps(self, said: Said) -> tuple[Effect, ...]:
        """Return the words that belong beside a rating: a complaint in them is one all the same."""
        if self.intake:
            return (KeepIntake(name=self.save, text=said.text),)
        return (KeepWords(text=said.text),) if self.comment else ()

    @property
    @override
    def ways(self) -> tuple[Way, ...]:
        """Where each choice, a good answer, other words, each event and silence lead."""
        saved = {self.save: replies.TYPE_OF[self.kind]} if self.save else {}
        by_choice = {"topic": ValueType.TEXT, "queue": ValueType.TEXT}
        ways = [
            Way(to=one.to, label=one.choice.label, saves=by_choice | saved, waits=True)
            for one in self.options
        ]
        if self.then:
            ways.append(Way(to=self.then, label="answered", saves=saved, waits=True))
        if self.otherwise:
            kept = {self.other: ValueType.TEXT} if self.other else {}
            ways.append(Way(to=self.otherwise, label="other words", saves=kept, waits=True))
        ways += [one.way for one in self.occasions]
        if self.on_silence:
            ways.append(Way(to=self.on_silence, label="silence", waits=True))
        return tuple(ways)

    @property
    @override
    def wordings(self) -> Mapping[str, Wording]:
        """The question."""
        return {"": self.wording}

    @property
    @override
    def texts(self) -> Mapping[str, str]:
        """How it asks again."""
        return (
            {"retry": self.retry} | versions_below("retry_in", self.retry_in) if self.retry else {}
        )

    @property
    @override
    def said_besides(self) -> Mapping[str, Mapping[str, str]]:
        """How it asks again."""
        return {"retry": self.retry_in} if self.retry else {}

    @property
    @override
    def expressions(self) -> Mapping[str, tuple[str, str]]:
        """The events' conditions."""
        return conditions_in(self.occasions)

    def _choices_in(self, scene: Scene) -> tuple[Choice, ...]:
        return tuple(one.choice_in(scene.manner.locale) for one in self.options)

    def _due_at(self, scene: Scene) -> datetime | None:
        if self.before is not None:
            return moment_in(scene.variables, self.of) - self.before
        return None if self.silence is None else scene.now + self.silence

    def _heard(self, scene: Scene, given: Said) -> Outcome | None:
        if self.kind is ReplyKind.MESSAGE:
            kept = {self.save: given.text} if self.save else {}
            return Go(to=self.then, passes_on=True, variables={**kept})
        if self.kind is ReplyKind.CHOICE:
            return self._chosen(scene, given)
        if self._is_else(scene, given):
            return None
        value = replies.find_value(self.kind, given, scene)
        if value is not None:
            if self.intake:
                value = intake.name_of(self.save)
            known: dict[str, Json] = {self.save: value} if self.save else {}
            return Go(to=self.then, effects=self.keeps(given), variables=known)
        tries = (scene.waiting.tries if scene.waiting else 0) + 1
        if tries >= _MOST_TRIES or given.also_asks((), scene.bands):
            return self._other_words(given)
        again = (
            scene.fill_in(self.retry, self.retry_in) if self.retry else scene.say(self.wording).text
        )
        return self._stay(scene, SendText(text=again), tries=tries)

    def _chosen(self, scene: Scene, given: Said) -> Outcome | None:
        by_word = {word: one for one in reversed(self.options) for word in one.words}
        for line in given.lines:
            chosen = by_word.get(texts.bare(line))
            if chosen and not given.also_asks(by_word, scene.bands):
                kept = {self.save: chosen.choice.key} if self.save else {}
                return Go(
                    to=chosen.to,
                    variables={"topic": chosen.topic, "queue": chosen.queue, **kept},
                )
        return None if self._is_else(scene, given) else self._other_words(given)

    def _other_words(self, given: Said) -> Go | None:
        if not self.otherwise:
            return None
        if self.other:
            return Go(to=self.otherwise, variables={self.other: given.text})
        return Go(to=self.otherwise, passes_on=True)

    def _is_else(self, scene: Scene, given: Said) -> bool:
        """Return whether words are surely about something that is no answer to the question."""
        return bool(self.hears) and given.is_surely_else(self.hears, scene.bands)

    def _stay(self, scene: Scene, words: SendText, *, tries: int) -> Stay:
        due = self._due_at(scene)
        awaits = {ReplyKind.MESSAGE: Awaits.MESSAGE, ReplyKind.CHOICE: Awaits.CHOICE}
        return Stay(
            waiting=Waiting(
                awaits=awaits.get(self.kind, Awaits.REPLY),
                choices=self._choices_in(scene),
                events=tuple(one.event for one in self.occasions),
                tries=tries,
            ),
            effects=(words,),
            wake_after=None if due is None else max(due - scene.now, timedelta(0)),
        )


def _option_of(fields: Fields) -> Option:
    return Option(
        choice=Choice(
            key=fields.word("key", "What to type."),
            label=fields.text("label", "What the button says."),
            also=fields.words("also", "Other words that choose it."),
        ),
        to=fields.step("then", "Where it leads."),
        queue=fields.word(
            "queue", "Who takes it, should people have to.", default="", most=MOST_TAG
        ),
        labels=fields.texts("labels", 'The button in other languages, by language ("es").'),
    )


def _check(step: Ask, fields: Fields) -> None:
    is_choice = step.kind is ReplyKind.CHOICE
    if is_choice is not bool(step.options):
        fields.problem("choices", "belong to a question of kind choice, which must have some")
    if not is_choice and not step.then:
        fields.problem("then", "is missing")
    if step.other and not step.otherwise:
        fields.problem("other", "needs otherwise beside it")
    if step.intake and (step.kind is not ReplyKind.TEXT or not step.save):
        fields.problem("intake", "belongs to a question of kind text that is saved")
    _check_end(step, fields)
    taken: dict[str, int] = {}
    for place, one in enumerate(step.options):
        for word in one.words:
            if word in taken:
                fields.problem(f"choices.{place}.key", f"{word!r} is taken by another choice")
            taken[word] = place


def _check_end(step: Ask, fields: Fields) -> None:
    if step.silence is not None and step.before is not None:
        fields.problem("silence", "choose one of silence and before")
    if (step.before is None) is not (step.of == ""):
        fields.problem("of", "stands beside `before`, and needs it")
    ends = step.silence is not None or step.before is not None
    if ends is not bool(step.on_silence):
        fields.problem("silence", "needs on_silence beside it, and the other way round")
