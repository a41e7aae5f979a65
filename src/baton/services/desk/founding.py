"""A workspace's first hour: made in a browser, by whoever has the link that the server printed.

The link is worked out from the installation's keyset, so that it need not be kept; it works as
long as there is no workspace, and never again.
"""

import hmac
from dataclasses import dataclass

from baton.core.errors import Conflict, InvalidInput, NotFound
from baton.core.roles import Role
from baton.services import installation
from baton.services.desk import people_desk
from baton.services.house import House
from baton.services.workspace import packs, workspaces
from baton.services.workspace.workspaces import Place
from baton.store.models import Installation, User, Workspace

MAX_BUSINESS = 120
_BYTES = 32  # of hexadecimal digits: as many as nobody guesses


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """A business and the first person of it, as somebody wrote them."""

    business: str
    pack: str
    timezone: str
    name: str
    email: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A pack to begin with."""

    name: str
    title: str
    answers: int
    questions: int


def find_link(house: House) -> str:
    """Return where the first workspace is made, "" once there is one."""
    return "" if Workspace.objects.exists() else f"{house.base_url}/begin/{_token(house)}"


def may_found(house: House, token: str) -> bool:
    """Return whether a link is the installation's, and there is no workspace yet."""
    is_right = hmac.compare_digest(token.encode(), _token(house).encode())
    return is_right and not Workspace.objects.exists()


def list_trades(house: House) -> tuple[Trade, ...]:
    """Return the packs that a business may begin with, by title."""
    found = [house.pack_of(name) for name in packs.list_packs()]
    lines = [
        Trade(
            name=pack.name,
            title=pack.title,
            answers=len(pack.articles),
            questions=len(pack.intents),
        )
        for pack in found
    ]
    return tuple(sorted(lines, key=lambda one: one.title))


def found(house: House, token: str, given: Founding) -> User:
    """Make the workspace and its first person, who leads it; returns them.

    Raises NotFound for another link or a second time, InvalidInput for what cannot be used.
    """
    if not may_found(house, token):
        raise NotFound("link", "of this installation")
    _refuse(given)
    installation.verify_keyset(house.keyset)  # which keeps the row that is held below
    with house.engine.transaction():
        # Two who press the button at once are kept apart by the one row of the installation.
        Installation.objects.select_for_update().get(id=1)
        if Workspace.objects.exists():
            raise Conflict("The workspace was made a moment ago. Sign in to it.")
        place = Place(
            name=given.business.strip(),
            address="",
            phone="",
            map_url="",
            timezone=given.timezone,
            week={},
        )
        workspace = workspaces.create(
            house,
            name=given.business.strip(),
            pack_name=given.pack,
            place=place,
            is_set_up=False,
        )
        return workspaces.create_user(
            house,
            workspace.id,
            email=given.email.strip(),
            name=given.name.strip(),
            role=Role.MANAGER,
            password=given.password,
            # Whoever is alone takes what any queue asks for, until somebody else does.
            skills=tuple(queue.name for queue in house.pack_of(given.pack).queues),
        )


def _refuse(given: Founding) -> None:
    problems: dict[str, str] = {}
    if not given.business.strip() or len(given.business.strip()) > MAX_BUSINESS:
        problems["business"] = "Write what customers call your business."
    if given.pack not in packs.list_packs():
        problems["pack"] = "Choose what comes nearest to your business."
    problems |= people_desk.problems_with(given.name, given.email)
    person = User(name=given.name.strip(), email=given.email.strip())
    problems |= people_desk.problems_with_password(given.password, person)
    if problems:
        raise InvalidInput(problems)


def _token(house: House) -> str:
    return house.keyset.fingerprint("founding", "first workspace")[:_BYTES]
