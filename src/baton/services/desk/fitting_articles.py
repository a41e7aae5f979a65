"""Articles that fit what a contact last asked, offered to whoever answers them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from baton.core import text as texts
from baton.core.confidence import Band
from baton.core.errors import InvalidInput, NotFound
from baton.core.pack import Article
from baton.core.reading import Reading
from baton.core.roles import Action
from baton.flows import signals
from baton.flows.standing import Setting
from baton.flows.steps.answer import MAX_ANSWERS, words_of
from baton.services import inbox
from baton.services.desk import guarding
from baton.services.house import House
from baton.services.knowledge.knowledge import today_of
from baton.services.workspace.standards import standards_cache
from baton.store.models import ArticleUse, Conversation, Message, User

_LOOKED_AT = 5
"""Messages that are looked at, newest first: before "a person, please" stood what was asked."""

_MAX_PARTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """An article that fits, with its text as the contact would read it."""

    name: str
    question: str
    text: str


def list_for(house: House, user: User, conversation_id: str) -> tuple[Fitting, ...]:
    """Return what answers the newest message that any article answers, at most three.

    What the conversation was answered with before is left out, and so is everything where a
    queue guards its contacts' words. Raises NotFound, or Forbidden for a role.
    """
    inbox.require(user, Action.ANSWER)
    found = Conversation.objects.filter(id=conversation_id, workspace_id=user.workspace_id).first()
    if found is None:
        raise NotFound("conversation", conversation_id)
    guarding.refuse_closed(house, user, found.queue, found.assignee_id, found.contact_id)
    if guarding.is_guarded(house, user.workspace_id, conversation_id):
        return ()
    standards = standards_cache(house)
    setting = standards.setting_of(user.workspace_id)
    given = set(
        ArticleUse.objects.filter(conversation_id=conversation_id).values_list("article", flat=True)
    )
    for words in _last_words(house, conversation_id):
        parts = texts.sentences(words)[:_MAX_PARTS]
        # The workspace's own reader: an offer that nobody asked for goes to no outside one.
        whole, *read = standards.local_reader_of(user.workspace_id).read_many((words, *parts))
        asked = signals.things_said(whole, read if len(parts) > 1 else (), setting.bands_in(""))
        articles = {one.name: one for one in _answering(house, user, setting, asked)}
        if articles:
            fresh = [one for name, one in articles.items() if name not in given]
            return tuple(_filled(fresh, found.channel, setting))[:MAX_ANSWERS]
    return ()


def _last_words(house: House, conversation_id: str) -> Iterator[str]:
    said = Message.objects.filter(conversation_id=conversation_id, author="contact", is_note=False)
    for row in said.order_by("-id")[:_LOOKED_AT]:
        yield house.keyset.unseal(row.body_sealed, f"message:{row.id}")


def _answering(
    house: House, user: User, setting: Setting, asked: Iterable[Reading]
) -> Iterator[Article]:
    day, bands = today_of(house, user), setting.bands_in("")
    for reading in asked:
        best = reading.best
        if best is None or bands.band_of(best.name, best.confidence) is Band.FAILED:
            continue
        article = setting.pack.article_for(best.name, day=day, location_id=setting.location_id)
        if article is not None:
            yield article


def _filled(articles: Iterable[Article], channel: str, setting: Setting) -> Iterator[Fitting]:
    for one in articles:
        try:
            words = words_of(one, channel, setting.facts)
        except InvalidInput:
            continue  # it cannot be read here; its own page says why
        yield Fitting(name=one.name, question=one.question, text=words)
