"""A small pack and its scenes for tests of flows, and runs told as JSON."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import structs
from msgspec.structs import replace

from baton.core.confidence import ConfidencePolicy, base_of
from baton.core.json import Json
from baton.core.pack import Article, Intent, Pack, Queue, RequestType
from baton.core.policy import Policy
from baton.core.reading import Entity, IntentScore, Reading, Vocabulary
from baton.flows import document, interpreter, outreach, run
from baton.flows.document import NO_LIBRARY, Flow, Library
from baton.flows.effects import Choice, Effect
from baton.flows.interpreter import Advance
from baton.flows.render import Manner
from baton.flows.run import RunState
from baton.flows.scene import ActionEnded, Happened, Input, Said, Scene, TimeUp

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
    "opt_out_footer": "Reply STOP to opt out.",
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


def a_scene(
    *,
    failed_attempts: int = 0,
    policy: Policy | None = None,
    given: Mapping[str, Json] | None = None,
) -> Scene:
    """Return a scene; `given` says in JSON what is not as usual: now, zone, locale, contact."""
    policy = policy or Policy()
    given = given or {}
    zone = ZoneInfo(str(given.get("zone", "UTC")))
    now = datetime.fromisoformat(str(given.get("now", "2026-03-02T10:00:00+00:00")))
    return Scene(
        pack=a_pack(),
        policy=policy,
        bands=ConfidencePolicy(base=base_of(policy)).in_flow(""),
        facts=FACTS | {"contact": given.get("contact", {"name": "Mia", "offers": []})},
        failed_attempts=failed_attempts,
        now=now,
        day=now.astimezone(zone).date(),
        manner=Manner(locale=str(given.get("locale", "en")), zone=zone),
        channel=str(given.get("channel", "")),
        draw=str(given.get("draw", "mia")),
    )


def a_reading(text: str, *intents: tuple[str, float], sentiment: float = 0.0) -> Reading:
    scores = tuple(IntentScore(name=name, confidence=sure) for name, sure in intents)
    return Reading(text=text, intents=scores, sentiment=sentiment)


def said(text: str, *intents: tuple[str, float]) -> Said:
    return Said(text=text, readings=(a_reading(text, *intents),))


def parse_input(raw: Json) -> Input:
    """Read an input of a golden case: null is a silence, else words, an event or an action's end.

    `{"says": ..., "means": [[intent, confidence]], "names": [[kind, value]]}`,
    `{"happens": event, "facts": {...}}`, `{"ends": number, "result": {...}, "problem": ...}`;
    each may say `at`, the moment at which it comes, or how many minutes `after` the last.
    """
    given = raw if isinstance(raw, dict) else {}
    match given:
        case {"says": str(text)}:
            return _parse_said(text, given)
        case {"happens": str(event)}:
            return Happened(event=event, facts=_mapping(given.get("facts", {})))
        case {"ends": int(number)}:
            result = _mapping(given.get("result", {}))
            return ActionEnded(number=number, result=result, problem=str(given.get("problem", "")))
        case _:
            return TimeUp()


def _mapping(raw: Json) -> dict[str, Json]:
    assert isinstance(raw, dict)
    return raw


def _parse_said(text: str, raw: Mapping[str, Json]) -> Said:
    meanings = _pairs(raw.get("means", []))
    named = tuple(
        Entity(kind=kind, text=value, start=0, end=len(value), value=value)
        for kind, value in _pairs(raw.get("names", []))
    )
    readings = tuple(
        dataclasses.replace(a_reading(text, (name, float(sure))), entities=named)
        for name, sure in meanings
    )
    return Said(
        text=text, readings=readings or (dataclasses.replace(a_reading(text), entities=named),)
    )


def _pairs(raw: Json) -> list[tuple[str, str]]:
    assert isinstance(raw, list)
    return [(str(one[0]), str(one[1])) for one in raw if isinstance(one, list)]


def trace(
    flow: Flow,
    inputs: Sequence[Json],
    scene: Scene,
    library: Library = NO_LIBRARY,
    *,
    saves: bool,
) -> list[Json]:
    """Run a flow over inputs and tell each turn; with `saves`, through its JSON every time.

    The first input starts the run: words, an event with its facts, or, with a silence,
    nothing at all.
    """
    told: list[Json] = []
    state: RunState | None = None
    for place, raw in enumerate(inputs):
        scene, given = moved(scene, raw), parse_input(raw)
        if state is None:
            advance = _begin(flow, scene, given, library)
        else:
            state = run.parse_json(run.render_json(state)) if saves else state
            found = outreach.go_on(state, scene, given, library)
            if found is None:
                told.append("not for this run")
                continue
            advance = found
        told.append(render_advance(advance))
        state = advance.state
        if state is None and place < len(inputs) - 1:
            told.append("ended; the next input starts anew")
    return told


def library_of(*flows: Flow) -> Library:
    """Return a library in which the first version of each flow is live."""
    return Library(
        flows={(flow.name, 1): flow for flow in flows}, live={flow.name: 1 for flow in flows}
    )


def moved(scene: Scene, raw: Json) -> Scene:
    """Return the scene at the moment that an input names (`at`), or so many minutes `after`."""
    match raw:
        case {"at": str(moment)}:
            now = datetime.fromisoformat(moment)
        case {"after": int(minutes)}:
            now = scene.now + timedelta(minutes=minutes)
        case _:
            return scene
    return replace(scene, now=now, day=now.astimezone(scene.manner.zone).date())


def _begin(flow: Flow, scene: Scene, given: Input, library: Library) -> Advance:
    if isinstance(given, Happened):
        return outreach.begin(flow, 1, scene, given, library)
    said = given if isinstance(given, Said) else None
    return interpreter.start(flow, 1, scene, said, library)


def render_advance(advance: Advance) -> Json:
    state = None if advance.state is None else json.loads(run.render_json(advance.state))
    return {
        "steps": list(advance.steps),
        "effects": [render_effect(effect) for effect in advance.effects],
        "state": state and {name: kept for name, kept in state.items() if kept},
    }


def render_effect(effect: Effect) -> Json:
    """Return an effect by its fields; what is empty is left out, and the usual purpose."""
    fields = {field.name: _plain(getattr(effect, field.name)) for field in structs.fields(effect)}
    kept = {
        name: value for name, value in fields.items() if value not in ("", [], {}, None, "service")
    }
    return {"effect": type(effect).__name__, **kept}


def _plain(value: object) -> Json:
    match value:
        case Article():
            return value.name
        case Choice():
            return [value.key, value.label]
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case None | bool() | int() | float():
            return value
        case _:
            return value.isoformat() if isinstance(value, datetime) else str(value)


def parse_flow(raw: Json) -> Flow:
    return document.parse(raw)
