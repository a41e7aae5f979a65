"""Settings > Consent: what contacts read where they agree to be written to."""

from collections.abc import Mapping
from dataclasses import dataclass

from baton.core.errors import Conflict, InvalidInput
from baton.core.roles import Action
from baton.services import inbox
from baton.services.doors import wordings
from baton.services.house import House
from baton.services.ledger import Ledger
from baton.services.people.consents import LONGEST
from baton.services.workspace import editions
from baton.services.workspace.standards import standards_cache
from baton.store.models import User, Workspace

MAX_WORDS = LONGEST["wording"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is shown by channel, and what holds where nobody is asked."""

    words: Mapping[str, str]
    shipped: Mapping[str, str]
    free_channels: str
    second_yes: str
    revision: int


def get_asked(house: House, user: User) -> Asked:
    """Return what contacts are shown; raises Forbidden for a role."""
    inbox.require(user, Action.CONFIGURE)
    standards = standards_cache(house).standards_of(user.workspace_id)
    return Asked(
        words=wordings.in_force(standards.wordings),
        shipped=wordings.SHIPPED,
        free_channels=standards.policy.consent_free_channels,
        second_yes=standards.policy.double_opt_in,
        revision=standards.revision,
    )


def change(house: House, user: User, wanted: Mapping[str, str], *, seen: int) -> None:
    """Say it in other words, by channel; empty ones are Baton's again.

    Whoever agreed before keeps the words that they saw. Raises InvalidInput for what is too
    long, Conflict when a colleague changed something since `seen`, or Forbidden for a role.
    """
    inbox.require(user, Action.CONFIGURE)
    given = {channel: wanted.get(channel, "").strip() for channel in wordings.SHIPPED}
    if any(len(words) > MAX_WORDS or not words.isprintable() for words in given.values()):
        raise InvalidInput({"words": f"Write one line of at most {MAX_WORDS} characters each."})
    own = {name: words for name, words in given.items() if words not in ("", _shipped(name))}
    with house.engine.transaction():
        workspace = Workspace.objects.select_for_update().get(id=user.workspace_id)
        if workspace.revision != seen:
            message = "The settings have changed meanwhile. Look at them again, then change."
            raise Conflict(message)
        if workspace.wordings == own:
            return
        Workspace.objects.filter(id=user.workspace_id).update(wordings=own)
        ledger = Ledger(house, house.clock.now())
        subject = f"workspace:{user.workspace_id}"
        actor = f"user:{user.id}"
        ledger.audit(user.workspace_id, actor, "consent_wording_changed", subject, **own)
        ledger.flush()
        editions.count_up(user.workspace_id)


def _shipped(channel: str) -> str:
    return wordings.SHIPPED[channel]
