"""Canaries: identifiers that are planted everywhere stand nowhere but sealed (invariant 10)."""

import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from prometheus_client import generate_latest

from baton.channels import ChannelPort, Outgoing
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.parts import Identity, Says
from baton.config.stories.world import World
from baton.core.errors import BatonError
from baton.core.kpi_catalogue import CATALOGUE
from baton.core.roles import Role
from baton.ingress.metrics import OPEN, Metrics
from baton.runtime.loop import Loop
from baton.runtime.ports import Arrival, Outcome
from baton.runtime.retry import RetryPolicy
from baton.runtime.sender import Sender
from baton.runtime.worker import Worker
from baton.services import arrivals
from baton.services import house as houses
from baton.services.conversation.turns import Turns
from baton.services.delivery import attachments
from baton.services.delivery.attachments import Upload
from baton.services.delivery.outgoing import SEND_MESSAGE
from baton.services.delivery.sending import Postman
from baton.services.desk import (
    agents,
    auditing,
    compliance,
    event_export,
    kpi_rows,
    kpi_saved,
    parked,
)
from baton.services.desk.auditing import Sought
from baton.services.desk.kpi_rows import Opened
from baton.services.desk.kpi_windows import Sought as SoughtKpis
from baton.services.facts import MessageReceived
from baton.services.people import consent_export, consent_import, contact_list
from baton.services.privacy import backing_up, erasing, holding
from baton.services.privacy.backing_up import Place
from baton.services.privacy.manifest import Manifest
from baton.store.models import (
    Attachment,
    Contact,
    Conversation,
    Escalation,
    Handoff,
    Message,
    User,
    VaultEntry,
)
from tests.support.leaks import Kept, addresses, every_word_logged, unpacked
from tests.support.photos import a_png

CHANNELS = ("sms", "webchat", "email", "whatsapp")
STORY = Story.model_validate(
    {
        "story": "canaries",
        "title": "People write what they should not",
        "pack": "healthcare",
        "people": {
            **{f"{channel}{n}": {"contact": channel} for channel in CHANNELS for n in range(3)},
            "rob": {"user": "manager", "name": "Rob", "skills": ["billing", "clinical"]},
        },
        "steps": [{"passes": "1s"}],
    }
)
EACH = 42
PHOTO = a_png()
MADE: dict[str, Callable[[int], str]] = {
    "phone": lambda n: f"+44 7719 {n // 1000 % 1000:03} {n % 1000:03}",
    "email": lambda n: f"{word(n)}@planted.example",
    "name": lambda n: f"my name is {word(n).title()} Quill",
    "patient": lambda n: f"MRN {core(n)}",
    "card": lambda n: f"card 4539 {core(n)[:4]} {core(n)[4:8]} {core(n)[8:]}00",
    "iban": lambda n: f"GB82 WEST {core(n)[:4]} {core(n)[4:8]} {core(n)[8:]}00 00",
    "street": lambda n: f"12 {word(n).title()} Street",
    "birth date": lambda n: f"born {n % 28 + 1:02}/{n % 12 + 1:02}/19{n % 90 + 10}",
    "plate": lambda n: f"number plate ZO{n % 100:02} RV{chr(65 + n % 26)}",
    "passport": lambda n: f"passport no {core(n)}",
    "tax id": lambda n: f"tax id {core(n)}",
    "member": lambda n: f"I am member {core(n)}",
}
CORES = re.compile(r"7719\d{6}|zorv[a-z]{5}|zo\d\drv[a-z]")
DATES = re.compile(r"\d\d/\d\d/19\d\d")
SAID = (
    "I want to speak to a person, {}, {}",
    "what are your opening hours? {}, {}",
    "I have chest pain, {}, {}",
    "this is a scam, I will call my lawyer: {}, {}",
    "book me in please {} or {}",
    "{} {}",
    "my card was charged twice {}; {}",
)


def core(n: int) -> str:
    return f"7719{n:06}"


def word(n: int) -> str:
    return "zorv" + "".join(chr(97 + n // 26**place % 26) for place in range(5))


def marks_in(text: str) -> set[str]:
    """What a text holds of canaries, however it is written."""
    bare = re.sub(r"[\s().\-]", "", text.lower())
    return {*CORES.findall(bare), *DATES.findall(text)}


PLANTED = {kind: [made(100_000 + 7 * n) for n in range(EACH)] for kind, made in MADE.items()}
KNOWN = set().union(*(marks_in(one) for many in PLANTED.values() for one in many))


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:  # noqa: ARG001 - asks for the database
    monkeypatch.setenv("BATON_READER", "plain")
    return founding.make(STORY)


@pytest.mark.req("P5", "P9", "P13", "H6", "G17", "H16")
def test_no_byte_outside_the_vault_tells_of_anybody(world: World, tmp_path: Path) -> None:
    assert sum(map(len, PLANTED.values())) == 504
    told: list[str] = []
    with every_word_logged() as logged:
        said = plant_in_talk(world)
        plant_in_files(world, told)
        plant_in_attachments(world)
        plant_at_the_desk(world, told)
        plant_in_errors(world, told)
        plant_in_sending(world, told)
        taken_away = [*export_all(world, tmp_path), *pages_of_files(world)]
    assert all(f" {level} baton" in logged.getvalue() for level in ("DEBUG", "WARNING"))
    # All of them came in: what is not found below was not lost on the way.
    assert {mark for text in said for mark in marks_in(text)} == KNOWN
    assert Message.objects.filter(author="contact").count() >= len(said)
    assert VaultEntry.objects.count() > 100
    assert Escalation.objects.exclude(evidence="").exists()
    leaks = {
        where: found
        for where, text in itertools.chain(
            tables(),
            taken_away,
            enumerate(told),
            [("log", logged.getvalue()), ("metrics", figures_of(world))],
            backed_up(world, tmp_path),
        )
        if (found := marks_in(text) & KNOWN)
    }
    assert leaks == {}


def plant_in_talk(world: World) -> list[str]:
    """Let everybody write, in turns, until all canaries are out."""
    everybody = itertools.cycle(name for name in STORY.people if name != "rob")
    every = [one for many in zip(*PLANTED.values(), strict=True) for one in many]
    said = []
    for place in range(0, len(every), 6):
        who = next(everybody)
        text = SAID[place // 6 % len(SAID)].format(
            ", ".join(every[place : place + 3]), ", ".join(every[place + 3 : place + 6])
        )
        said.append(text)
        world.say(Says(who=who, text=[text]))
    for n, who in enumerate(("sms0", "webchat1")):
        name = PLANTED["name"][n].removeprefix("my name is ")
        world.identify(who, Identity(id=core(100_000 + 7 * n), name=name, membership="gold"))
        world.say(Says(who=who, text=[f"a person please, {name}"]))
    return said


def plant_in_files(world: World, told: list[str]) -> None:
    """Import consents with canaries in every column, taken and refused ones."""
    phone, email = PLANTED["phone"][0], PLANTED["email"][0]
    lines = [
        "channel,address,purpose,status,source,at,wording,evidence,name",
        f"sms,{phone},service,given,form of {email},2026-01-05T10:00:00Z,{phone}?,{email},Zorv",
        f"sms,{email},service,given,x,yesterday,,{phone},",
        f"fax,{phone},{email},{email},x,{phone},,,",
    ]
    report = consent_import.import_as(
        world.house, world.users["rob"], "\n".join(lines).encode(), is_dry=False
    )
    assert (report.added, report.refused) == (1, 2)
    told += [problem.message for problem in report.problems]


def plant_in_attachments(world: World) -> None:
    """Let a photo come with canaries in its name, its bytes and beside it."""
    every = ", ".join(many[6] for many in PLANTED.values())
    house, address = world.house, "a-browser-of-its-own"
    lane = arrivals.lane_of(house.keyset, world.workspace_id, "webchat", address)
    upload = Upload(content=PHOTO + every.encode(), name=f"{PLANTED['phone'][6]}.png")
    with house.engine.transaction():
        file = attachments.keep(house, world.workspace_id, lane, upload)
        fact = MessageReceived(
            channel="webchat", inbox_id=world.inbox_ids["webchat"], address=address,
            text=f"here it is, {every}", files=(file,),
        )  # fmt: skip
        arrival = arrivals.arrival_of(
            fact, house.keyset, workspace_id=world.workspace_id, lane=lane,
            dedupe_key="canary:photo", received_at=world.now,
        )  # fmt: skip
        house.engine.inbox.append([arrival])
    world.pass_time(timedelta(minutes=1))
    assert Attachment.objects.exclude(message_id=None).exists()


def plant_at_the_desk(world: World, told: list[str]) -> None:
    """Let a person answer, note, search, name, hold and have erased what has canaries in it."""
    house, rob = world.house, world.users["rob"]
    every = ", ".join(many[1] for many in PLANTED.values())
    waiting = Handoff.objects.filter(ended_at=None).values_list("conversation_id", flat=True)
    for conversation_id in list(waiting)[:3]:
        agents.accept(house, rob, conversation_id)
        agents.reply(house, rob, conversation_id, f"We have you as {every}")
        agents.note(house, rob, conversation_id, f"Called {every}")
        agents.resolve(house, rob, conversation_id, "answered")
    world.run_idle()
    contact_list.list_page(house, rob, words=PLANTED["phone"][1])
    auditing.list_entries(rob, Sought(actor=PLANTED["email"][1], subject=PLANTED["phone"][1]))
    kpi_saved.save(house, rob, f"for {PLANTED['email'][2]}", "overview", SoughtKpis())
    one = Contact.objects.order_by("id")[0]
    holding.hold(house, rob, one.id, f"case of {PLANTED['email'][3]}")
    holding.lift(house, rob, one.id)
    erasing.ask(house, rob, one.id, f"mail of {PLANTED['email'][4]}")
    with pytest.raises(BatonError) as refused:
        agents.resolve(house, rob, Conversation.objects.all()[0].id, PLANTED["phone"][2])
    told.append(str(refused.value))


def plant_in_errors(world: World, told: list[str]) -> None:
    """Let a fact come that nobody can read, and see what is told of it."""
    plain = json.dumps({"text": PLANTED["phone"][5], "channel": PLANTED["email"][5]})
    lane = "broken"
    broken = Arrival(
        workspace_id=world.workspace_id,
        lane=lane,
        kind="MessageReceived",
        dedupe_key="broken:1",
        body=world.house.keyset.seal_bytes(plain.encode(), f"event:{lane}"),
        received_at=world.now,
        due_at=world.now,
    )
    with world.house.engine.transaction():
        world.house.engine.inbox.append([broken])
    for _ in range(12):
        world.run_idle()
        world.clock.advance(world.policy.resolution_window)
    shown = parked.list_parked(world.house, world.workspace_id)
    assert shown
    told += [str(one) for one in shown] + list(world.faults())


def plant_in_sending(world: World, told: list[str]) -> None:
    """Let a provider's program fall over with the number in its words, again and again."""
    house = world.house
    postman = Postman(house=house, channels=Rude())
    sender = Sender(
        engine=house.engine, clock=house.clock, retry=RetryPolicy(max_attempts=3), owner="canary",
        random=lambda: 0.5, carriers={SEND_MESSAGE: postman},
    )  # fmt: skip
    worker = Worker(
        engine=house.engine, decide=Turns(house).decide, clock=house.clock, retry=RetryPolicy(),
        random=lambda: 0.5, batch=50,
    )  # fmt: skip
    loop = Loop(engine=house.engine, clock=house.clock, turns=(worker.run_once, sender.run_once))
    rude = replace(world, run_idle=loop.run_idle)
    rude.say(Says(who="sms2", text=["what are your opening hours?"]))
    rude.pass_time(timedelta(hours=3))
    wrong = [why for why in rude.faults() if "send" in why or "message" in why]
    assert wrong
    told += [*wrong, *map(str, parked.list_parked(house, world.workspace_id))]


class Rude:
    """A channel of every kind whose program tells whom it could not reach."""

    name, is_outside = "sms", True

    def find(self, channel: str, inbox_id: str) -> ChannelPort | None:  # noqa: ARG002 - the only one
        return self

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:  # noqa: ARG002
        return text

    def send(self, outgoing: Outgoing) -> Outcome:
        message = (
            f"{outgoing.address} or {PLANTED['phone'][7]} is no number of {PLANTED['name'][7]}"
        )
        raise RuntimeError(message)


def figures_of(world: World) -> str:
    """What /metrics tells after a turn, of this process and of the queue."""
    metrics = Metrics(OPEN)
    metrics.timed("worker", world.run_idle)()
    return generate_latest(metrics.registry).decode()


def backed_up(world: World, folder: Path) -> Iterator[tuple[str, str]]:
    """The database as its file holds it, page by page, and the backup that is made of it."""
    keeping = Kept()
    image = keeping.image
    assert image.startswith(b"SQLite format 3")
    yield "database file", image.decode("latin-1")
    place = Place(
        erased=Manifest(path=folder / "erased.jsonl"),
        anchors=folder / "anchors",
        packs=folder / "packs",
    )
    target = folder / "canaries.baton"
    backing_up.take(world.house, keeping, place, target, lambda *_: None)
    yield "backup", target.read_bytes().decode("latin-1")


def pages_of_files(world: World) -> Iterator[tuple[str, str]]:
    """Every address of the console that gives a file, as an operations lead takes it."""
    lead = User.objects.get(id=world.users["rob"].id)
    User.objects.filter(id=lead.id).update(role=Role.OPERATIONS.value)
    client = Client(raise_request_exception=False)
    client.force_login(lead, settings.AUTHENTICATION_BACKENDS[0])
    houses.install(world.house)
    compliance.run(world.house, world.workspace_id, "system")
    given = set()
    for pattern in addresses():
        route = str(pattern.pattern)
        if not pattern.pattern.converters and re.search(r"export|file|[.](csv|pdf)", route):
            answer = client.get(f"/{route}")
            if "attachment" in answer.headers.get("Content-Disposition", ""):
                given.add(pattern.name)
                yield f"file {pattern.name}", unpacked(answer.getvalue()).decode("latin-1")
    assert given == {
        "compliance_file", "export_audit", "export_consents", "export_failures", "weekly_file",
    }  # fmt: skip


def export_all(world: World, folder: Path) -> Iterator[tuple[str, str]]:
    """Take everything away that can be, and give back what the files hold."""
    rob = world.users["rob"]
    event_export.export_to(world.house, world.workspace_id, folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    yield from ((path.name, path.read_bytes().decode("latin-1")) for path in files)
    yield "consents.csv", "".join(consent_export.export_all(world.house, rob))
    entries = io.StringIO()
    for entry in auditing.list_entries(rob, Sought()).entries:
        entries.write(str(entry))
    yield "audit", entries.getvalue()
    for kpi in CATALOGUE:  # every file of rows behind a number
        opened = Opened(kpi=kpi, part="denominator", sought=SoughtKpis(days=90))
        yield f"{kpi}.csv", "".join(kpi_rows.export_csv(world.house, rob, opened))


def tables() -> Iterator[tuple[str, str]]:
    """Every value of every table, as it lies on disk."""
    for model in apps.get_models():
        for row in model._default_manager.values():
            for name, value in row.items():
                raw = bytes(value) if isinstance(value, memoryview) else value
                text = raw.decode("latin-1") if isinstance(raw, bytes) else str(raw)
                yield f"{model.__name__}.{name} of {row.get('id')}", text
