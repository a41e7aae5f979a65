"""Files with messages: kept sealed, fetched once, bound to their own contact's words."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from baton.channels import ChannelPort, FetchedFile, HeldFile, Outgoing
from baton.config.stories import founding
from baton.config.stories.document import Story
from baton.config.stories.world import World
from baton.core.files import FileFault
from baton.runtime.carrier import Alone, Carrier
from baton.runtime.loop import Loop
from baton.runtime.ports import Again, Done, Outcome, Park, Refused
from baton.runtime.retry import RetryPolicy
from baton.runtime.sender import Sender
from baton.runtime.worker import Worker
from baton.services import arrivals
from baton.services.conversation.turns import Turns
from baton.services.delivery import attachments
from baton.services.delivery.attachments import FETCH_FILE, Upload
from baton.services.delivery.fetching import Fetcher
from baton.services.delivery.outgoing import SEND_MESSAGE
from baton.services.delivery.sending import Postman
from baton.services.facts import ArrivingFile, MessageReceived
from baton.store.crypto import SealBroken
from baton.store.models import Attachment, AttachmentPart, Message, Workspace
from tests.support.photos import a_png

PNG = a_png()
LARGE = a_png(side=430)  # three parts
STORY = Story.model_validate(
    {
        "story": "files",
        "title": "Files with messages",
        "pack": "fitness",
        "people": {"mia": {"contact": "webchat"}, "zoe": {"contact": "webchat"}},
        "steps": [{"passes": "1s"}],
    }
)
Told = FetchedFile | Again | Refused | Park


@dataclass(slots=True)
class Holder:
    """A channel whose provider holds files and hands them out as it is told to."""

    name = "webchat"
    is_outside = False
    answers: list[Told] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def find(self, channel: str, inbox_id: str) -> ChannelPort | None:  # noqa: ARG002 - the only one
        return self

    def render(self, text: str, choices: tuple[tuple[str, str], ...]) -> str:  # noqa: ARG002
        return text

    def send(self, outgoing: Outgoing) -> Outcome:
        return Done(receipt=outgoing.message_id)

    def fetch(self, reference: str, *, most: int) -> Told:
        self.asked.append((reference, most))
        self.meanwhile()
        return self.answers.pop(0)


@dataclass(kw_only=True)
class Desk:
    world: World
    holder: Holder
    sender: Sender
    said: int = 0

    def lane(self, who: str) -> str:
        house = self.world.house
        return arrivals.lane_of(house.keyset, self.world.workspace_id, "webchat", f"visitor-{who}")

    def keeps(self, content: bytes, *, who: str = "mia", name: str = "a.png") -> ArrivingFile:
        upload = Upload(content=content, name=name)
        return attachments.keep(self.world.house, self.world.workspace_id, self.lane(who), upload)

    def hears(self, *files: ArrivingFile, who: str = "mia", text: str = "") -> Message:
        house, self.said = self.world.house, self.said + 1
        fact = MessageReceived(
            channel="webchat",
            inbox_id=self.world.inbox_id,
            address=f"visitor-{who}",
            text=attachments.words_of(text, files),
            files=files,
        )
        arrival = arrivals.arrival_of(
            fact,
            house.keyset,
            workspace_id=self.world.workspace_id,
            lane=self.lane(who),
            dedupe_key=f"chat:{who}:{self.said}",
            received_at=self.world.now,
        )
        with house.engine.transaction():
            house.engine.inbox.append([arrival])
        self.world.run_idle()
        return Message.objects.filter(author="contact").latest("id")


@pytest.fixture
def desk(db: None) -> Desk:  # noqa: ARG001 - asks for the database
    made = founding.make(STORY)
    house, holder = made.house, Holder()
    turns = Turns(house)
    worker = Worker(
        engine=house.engine, decide=turns.decide, clock=house.clock, retry=RetryPolicy(),
        random=lambda: 0.5,
    )  # fmt: skip
    carriers: dict[str, Carrier[Any]] = {
        SEND_MESSAGE: Postman(house=house, channels=holder),
        attachments.DROP_FILE: Alone(perform=partial(attachments.drop, house)),
    }
    sender = Sender(
        engine=house.engine, carriers=carriers, clock=house.clock, retry=RetryPolicy(),
        random=lambda: 0.5, owner="test",
    )  # fmt: skip
    asker = replace(sender, carriers={FETCH_FILE: Fetcher(house=house, channels=holder)})
    in_turn = (worker.run_once, asker.run_once, sender.run_once)
    loop = Loop(engine=house.engine, clock=house.clock, turns=in_turn)
    return Desk(world=replace(made, run_idle=loop.run_idle), holder=holder, sender=sender)


@pytest.mark.req("DI16", "P6")
def test_a_file_comes_with_its_message_and_opens_again(desk: Desk) -> None:
    message = desk.hears(desk.keeps(LARGE, name="../broken bike.jpg"))
    house = desk.world.house
    [shown] = attachments.list_of(house, [message.id])[message.id]
    assert (shown.name, shown.media_type, shown.size) == (
        "broken bike.jpg.png", "image/png", len(LARGE),
    )  # fmt: skip
    assert shown.is_shown
    assert attachments.read(house, shown.id) == LARGE
    assert AttachmentPart.objects.count() == 3
    assert attachments.read_part(house, shown.id, 3) == b""
    row = Attachment.objects.get()
    assert (row.contact_id, row.conversation_id) == (message.contact_id, message.conversation_id)
    assert house.keyset.unseal(message.body_sealed, f"message:{message.id}") == "[picture]"


@pytest.mark.req("P6")
def test_bytes_are_sealed_for_their_file_and_their_place(desk: Desk) -> None:
    first, second = desk.keeps(LARGE), desk.keeps(LARGE)
    parts = {(p.attachment_id, p.number): p for p in AttachmentPart.objects.all()}
    assert all(LARGE[:40] not in bytes(part.bytes_sealed) for part in parts.values())
    other = parts[second.id, 1]
    for taken in (parts[first.id, 1], parts[second.id, 0]):
        AttachmentPart.objects.filter(id=other.id).update(bytes_sealed=taken.bytes_sealed)
        with pytest.raises(SealBroken):
            attachments.read(desk.world.house, second.id)


def test_a_refused_file_is_noted_and_its_message_is_not_lost(desk: Desk) -> None:
    message = desk.hears(desk.keeps(b"<svg/>", name="x.svg"), text="see this")
    [shown] = attachments.list_of(desk.world.house, [message.id])[message.id]
    assert (shown.state, shown.reason, shown.is_shown) == ("refused", "type", False)
    assert not AttachmentPart.objects.exists()


def test_nobody_takes_anothers_file_nor_one_file_twice(desk: Desk) -> None:
    mias = desk.keeps(PNG)
    zoes = desk.hears(mias, who="zoe")
    assert attachments.list_of(desk.world.house, [zoes.id]) == {}
    for who, found in (("zoe", ()), ("mia", (mias,))):
        asked = desk.world.workspace_id, desk.lane(who), {mias.id: "a.png"}
        assert attachments.find_uploads(*asked) == found
    first, second = desk.hears(mias), desk.hears(mias)
    assert list(attachments.list_of(desk.world.house, [first.id, second.id])) == [first.id]


def test_no_more_files_are_bound_than_a_message_may_have(desk: Desk) -> None:
    message = desk.hears(*(desk.keeps(PNG) for _ in range(12)))
    assert len(attachments.list_of(desk.world.house, [message.id])[message.id]) == 10


def test_an_upload_without_a_message_goes_after_a_day(desk: Desk) -> None:
    house, lane = desk.world.house, desk.lane("mia")
    kept = [
        attachments.keep_for_later(house, desk.world.workspace_id, lane, Upload(content=PNG))
        for _ in range(2)
    ]
    fault = attachments.keep_for_later(
        house, desk.world.workspace_id, lane, Upload(content=b"<html>")
    )
    assert fault is FileFault.TYPE
    assert isinstance(kept[0], ArrivingFile)
    message = desk.hears(kept[0], text="this one")
    desk.world.pass_time(timedelta(hours=25))
    assert Attachment.objects.get().message_id == message.id
    assert AttachmentPart.objects.count() == 1


def held(desk: Desk, media_type: str = "image/jpeg") -> ArrivingFile:
    file = HeldFile(reference="media-7", media_type=media_type)
    [expected] = attachments.expect(desk.world.house, [file])
    return expected


@pytest.mark.req("C23", "M25")
def test_what_a_provider_holds_is_fetched_once_and_judged_by_its_bytes(desk: Desk) -> None:
    desk.holder.answers = [Again(reason="busy"), FetchedFile(content=LARGE)]
    message = desk.hears(held(desk))
    [waiting] = attachments.list_of(desk.world.house, [message.id])[message.id]
    assert (waiting.state, waiting.reason) == ("waiting", "busy")
    assert Message.objects.filter(author="bot", delivery="sent").exists()  # nobody waits for it
    desk.world.pass_time(timedelta(seconds=10))
    [kept] = attachments.list_of(desk.world.house, [message.id])[message.id]
    assert (kept.media_type, kept.size, kept.state, kept.reason) == (
        "image/png", len(LARGE), "kept", "",
    )  # fmt: skip
    limit = desk.world.policy.attachment_bytes
    assert desk.holder.asked == [("media-7", limit)] * 2
    assert b"media-7" not in bytes(Attachment.objects.get().reference_sealed)
    assert desk.world.faults() == ()


@pytest.mark.req("C23")
def test_no_message_waits_for_a_provider_that_hangs_over_a_file(desk: Desk) -> None:
    answered = Message.objects.filter(author="bot", delivery="sent")
    seen: list[bool] = []

    def hangs() -> None:
        desk.sender.run_once()
        seen.append(answered.exists())

    desk.holder.answers, desk.holder.meanwhile = [FetchedFile(content=PNG)], hangs
    desk.hears(held(desk))
    assert seen == [True]
    assert Attachment.objects.get().state == "kept"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (Refused(reason="unavailable"), "unavailable"),
        (FetchedFile(content=b"<html>"), "type"),
        (FetchedFile(content=b""), "empty"),
    ],
)
def test_what_cannot_be_had_says_so(desk: Desk, told: Told, reason: str) -> None:
    desk.holder.answers = [told]
    message = desk.hears(held(desk))
    [shown] = attachments.list_of(desk.world.house, [message.id])[message.id]
    assert (shown.state, shown.reason) == ("refused", reason)


def test_a_file_that_is_gone_meanwhile_does_not_come_back(desk: Desk) -> None:
    desk.holder.answers = [FetchedFile(content=PNG)]
    desk.holder.meanwhile = Attachment.objects.all().delete
    desk.hears(held(desk))
    assert not Attachment.objects.exists()
    assert not AttachmentPart.objects.exists()


def test_a_workspace_sets_its_own_limit(desk: Desk) -> None:
    Workspace.objects.update(policy={"attachment_bytes": 10}, revision=99)
    message = desk.hears(desk.keeps(LARGE))
    [shown] = attachments.list_of(desk.world.house, [message.id])[message.id]
    assert (shown.state, shown.reason) == ("refused", "size")
