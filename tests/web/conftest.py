"""A gym with staff of every role, its contacts and its console, on a clock moved by hand."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from baton.config import wiring
from baton.config.clock import VirtualClock
from baton.config.wiring import Crew
from baton.core.roles import Role
from baton.services import arrivals
from baton.services.delivery import attachments
from baton.services.delivery.attachments import Upload
from baton.services.facts import MessageReceived
from baton.services.house import House
from baton.services.workspace import workspaces
from baton.services.workspace.standards import StandardsCache, standards_cache
from baton.services.workspace.workspaces import Place
from baton.store.crypto import keyset_from
from baton.store.models import AuditEntry, Contact, Inbox, User, Workspace
from tests.ingress.installation import copy_of, migrated_database
from tests.support.engines import default_database
from tests.support.once import made_once
from tests.support.standards import loaded

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday
KEYSET = keyset_from(b"tests")
PASSWORD = "correct horse battery"
_OPEN = [["06:00", "21:00"]]
_PLACE = Place(
    name="Canal Street",
    address="12 Canal Street",
    phone="+1 555 0100",
    map_url="https://maps.example/canal",
    timezone="Europe/Paris",
    week=dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), _OPEN),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the console answered."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def told(self) -> dict[str, dict[str, str]]:
        """What the page's body is told to do."""
        told: dict[str, dict[str, str]] = json.loads(self.headers["HX-Trigger"])
        assert [detail.pop("target") for detail in told.values()] == ["body"] * len(told)
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A person at a browser."""

    user: User
    client: Client

    def get(self, path: str, *, htmx: bool = False) -> Answer:
        return _answer(self.client.get(path, headers=_headers(htmx=htmx)))

    def post(
        self,
        path: str,
        form: Mapping[str, object] | None = None,
        *,
        htmx: bool = True,
        **fields: str,
    ) -> Answer:
        posted = {**(form or {}), **fields}
        return _answer(self.client.post(path, posted, headers=_headers(htmx=htmx)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gym:
    """A business at work."""

    house: House
    clock: VirtualClock
    workspace: Workspace
    inbox: Inbox
    crew: Crew

    def hire(
        self, name: str, role: Role, *, password: str | None = None, skills: tuple[str, ...] = ()
    ) -> User:
        return workspaces.create_user(
            self.house,
            self.workspace.id,
            email=f"{name.lower()}@gym.example",
            name=name,
            role=role,
            password=password,
            skills=skills,
        )

    def screen_of(self, user: User) -> Screen:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return Screen(user=user, client=client)

    def hear(
        self, who: str, words: str, *, name: str = "", uploads: tuple[Upload, ...] = ()
    ) -> str:
        """Let a contact write, and the bot answer; return the conversation's id."""
        lane = arrivals.lane_of(self.house.keyset, self.workspace.id, "webchat", who)
        now = self.clock.now()
        files = tuple(
            attachments.keep(self.house, self.workspace.id, lane, upload) for upload in uploads
        )
        fact = MessageReceived(
            channel="webchat",
            inbox_id=self.inbox.id,
            address=who,
            text=attachments.words_of(words, files),
            name=name,
            files=files,
        )
        with self.house.engine.transaction():
            self.house.engine.inbox.append(
                [
                    arrivals.arrival_of(
                        fact,
                        self.house.keyset,
                        workspace_id=self.workspace.id,
                        lane=lane,
                        dedupe_key=f"chat:{who}:{self.house.next_id(now)}",
                        received_at=now,
                    )
                ]
            )
        self.step(seconds=0)
        found = Contact.objects.get(workspace_id=self.workspace.id, lane=lane).conversation_id
        assert found is not None
        return found

    def step(self, **span: float) -> None:
        """Let time pass, and what is due by then happen."""
        self.clock.advance(timedelta(**span))
        self.crew.loop.run_idle()

    def deeds(self, action: str) -> list[tuple[str, str]]:
        """Return who did something to what, in order."""
        found = AuditEntry.objects.filter(workspace_id=self.workspace.id, action=action)
        return list(found.order_by("seq").values_list("actor", "subject"))


def open_gym(name: str, *, house: House, clock: VirtualClock) -> Gym:
    workspace = workspaces.create(
        house, name=name, pack_name="fitness", place=_PLACE, is_supervised=False
    )
    return gym_of(workspace, house=house, clock=clock)


def gym_of(workspace: Workspace, *, house: House, clock: VirtualClock) -> Gym:
    return Gym(
        house=house,
        clock=clock,
        workspace=workspace,
        inbox=Inbox.objects.get(workspace_id=workspace.id),
        crew=wiring.crew_of(house, owner="test"),
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """A database of the newest schema, with nothing in it."""
    with django_db_blocker.unblock():
        return migrated_database(tmp_path_factory)


@pytest.fixture(scope="session")
def northside(
    template: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Path:
    """A database with one business in it that nobody wrote to yet."""
    with django_db_blocker.unblock():
        return made_once(tmp_path_factory, "northside", lambda folder: _open(template, folder))


def _open(template: Path, folder: Path) -> None:
    with default_database(copy_of(template, folder)):
        clock = VirtualClock(START)
        open_gym("Northside Gym", house=wiring.build_house(KEYSET, clock, seed=1), clock=clock)


@pytest.fixture(scope="session")
def untouched(
    northside: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> StandardsCache:
    """What a server knows of that business before anybody changed a thing."""
    folder = tmp_path_factory.mktemp("untouched")
    with (
        django_db_blocker.unblock(),
        default_database(copy_of(northside / "baton.sqlite3", folder)),
    ):
        house = wiring.build_house(KEYSET, VirtualClock(START), seed=2)
        return loaded(house)


@pytest.fixture
def gym(
    northside: Path, untouched: StandardsCache, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Gym]:
    with (
        django_db_blocker.unblock(),
        default_database(copy_of(northside / "baton.sqlite3", tmp_path)),
    ):
        clock = VirtualClock(START)
        house = wiring.build_house(KEYSET, clock, seed=2)
        standards_cache(house).begin_with(untouched)
        yield gym_of(Workspace.objects.get(), house=house, clock=clock)


@pytest.fixture
def sam(gym: Gym) -> Screen:
    skills = ("billing", "retention", "clinical", "bookings")
    return gym.screen_of(gym.hire("Sam", Role.AGENT, skills=skills))


@pytest.fixture
def robin(gym: Gym) -> Screen:
    return gym.screen_of(gym.hire("Robin", Role.MANAGER))


@pytest.fixture
def alex(gym: Gym) -> Screen:
    return gym.screen_of(gym.hire("Alex", Role.AUDITOR))


def _headers(*, htmx: bool) -> dict[str, str]:
    return {"HX-Request": "true"} if htmx else {}


def _answer(response: object) -> Answer:
    assert isinstance(response, HttpResponse | StreamingHttpResponse)
    body = response.getvalue() if response.streaming else response.content
    return Answer(
        status=response.status_code,
        text=body.decode(errors="replace"),
        headers=dict(response.headers.items()),
    )
