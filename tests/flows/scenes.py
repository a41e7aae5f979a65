"""A small pack and its scenes for tests of flows, and runs told as JSON."""

from collections.abc import Sequence
from dataclasses import asdict

from baton.core.confidence import ConfidencePolicy, base_of
from baton.core.json import Json
from baton.core.pack import Article, Intent, Pack, Queue, RequestType
from baton.core.policy import Policy
from baton.core.reading import IntentScore, Reading, Vocabulary
from baton.flows import document, interpreter, run
from baton.flows.document import Flow
from baton.flows.effects import Effect
from baton.flows.interpreter import Advance
from baton.flows.run import RunState
from baton.flows.scene import Input, Said, Scene, TimeUp

COPY = {
    "handed_over": "A colleague takes over, in {{ wait }}.",
    "handed_over_async": "A colleague answers within {{ window }}.",
    "handed_over_medical": "I cannot advise on health.",
    "opted_out": "You are out.",
    "opted_in": "You are in.",
    "help": "Ask me anything.",
    "map": "{{ location.address }}",
    "greeting": "Hello.",
    "thanks": "Gladly.",
}
FACTS: dict[str, Json] = {"business": {"name": "FitLocal"}, "location": {"address": "Mill Lane"}}


def _intent(name: str, request_type: str) -> Intent:
    return Intent(name=name, request_type=request_type, wants=f"to know about {name}", examples=())


def _type(name: str, *, complexity: int = 1, emotion: int = 0, about: str = "") -> RequestType:
    return RequestType(
        name=name, title=name, complexity=complexity, emotion=emotion, frequency_per_week=20,
        value=1, about=about, tags=(name,),
    )  # fmt: skip


ARTICLES = (
    Article(name="hours", intent="hours", question="When?", answer="From six."),
    Article(
        name="parking", intent="parking", question="Where?",
        answer="At {{ location.address }}.", cta_label="Map", cta_url="https://m.example",
    ),
)  # fmt: skip


def a_pack(
    flows: dict[str, Json] | None = None, *, articles: tuple[Article, ...] = ARTICLES
) -> Pack:
    return Pack(
        name="small",
        title="Small",
        locale="en",
        request_types=(_type("hours"), _type("parking"), _type("injury", complexity=5, emotion=3)),
        intents=(
            _intent("hours", "hours"),
            _intent("parking", "parking"),
            _intent("injury", "injury"),
            _intent("not_helpful", "small_talk"),
        ),
        articles=articles,
        vocabulary=Vocabulary(),
        queues=(
            Queue(
                name="general", title="General", first_response_minutes=30,
                async_window_minutes=240,
            ),
            Queue(
                name="billing", title="Billing", first_response_minutes=30,
                async_window_minutes=240,
            ),
        ),
        canned=(),
        copy=COPY,
        policy={},
        flows=flows or {},
    )  # fmt: skip


def a_scene(*, failed_attempts: int = 0, policy: Policy | None = None) -> Scene:
    policy = policy or Policy()
    return Scene(
        pack=a_pack(),
        policy=policy,
        bands=ConfidencePolicy(base=base_of(policy)).in_flow(""),
        facts=FACTS,
        failed_attempts=failed_attempts,
    )


def a_reading(text: str, *intents: tuple[str, float], sentiment: float = 0.0) -> Reading:
    scores = tuple(IntentScore(name=name, confidence=sure) for name, sure in intents)
    return Reading(text=text, intents=scores, sentiment=sentiment)


def said(text: str, *intents: tuple[str, float]) -> Said:
    return Said(text=text, readings=(a_reading(text, *intents),))


def parse_input(raw: Json) -> Input:
    """Read an input of a golden case: null is a silence, else a text and what it means."""
    if raw is None:
        return TimeUp()
    assert isinstance(raw, dict)
    meanings = raw.get("means", [])
    assert isinstance(meanings, list)
    text = str(raw["says"])
    readings = tuple(a_reading(text, (str(m[0]), float(str(m[1])))) for m in meanings)  # type: ignore[index] # pairs
    return Said(text=text, readings=readings or (a_reading(text),))


def trace(flow: Flow, inputs: Sequence[Input], scene: Scene, *, saves: bool) -> list[Json]:
    """Run a flow over inputs and tell each turn; with `saves`, through its JSON every time."""
    told: list[Json] = []
    state: RunState | None = None
    for place, given in enumerate(inputs):
        if state is None:
            begun = given if isinstance(given, Said) else None
            advance = interpreter.start(flow, 1, scene, begun)
        else:
            state = run.parse_json(run.render_json(state)) if saves else state
            advance = interpreter.resume(flow, state, scene, given)
        told.append(render_advance(advance))
        state = advance.state
        if state is None and place < len(inputs) - 1:
            told.append("ended; the next input starts anew")
    return told


def render_advance(advance: Advance) -> Json:
    return {
        "steps": list(advance.steps),
        "effects": [render_effect(effect) for effect in advance.effects],
        "state": None if advance.state is None else _state(advance.state),
    }


def render_effect(effect: Effect) -> Json:
    fields = {name: _plain(value) for name, value in asdict(effect).items()}
    return {"effect": type(effect).__name__, **fields}


def _state(state: RunState) -> Json:
    return {
        "step": state.step,
        "awaits": state.waiting.awaits.value,
        "choices": [choice.key for choice in state.waiting.choices],
        "variables": state.variables,
    }


def _plain(value: object) -> Json:
    if isinstance(value, dict):
        return value["name"] if "question" in value else {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def parse_flow(raw: Json) -> Flow:
    return document.parse(raw)
