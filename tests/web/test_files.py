"""Files at the console: seen by who may read, opened on the record, sent with a reply."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from baton.core.errors import InvalidInput
from baton.services.delivery import attachments, file_links
from baton.services.delivery.attachments import Upload
from baton.services.desk import agents
from baton.store.models import Attachment, Message
from tests.support.photos import a_png
from tests.web.conftest import Gym, Screen

PNG = a_png(side=320)
BIKE = Upload(content=PNG, name="bike.png")
PAPER = Upload(content=b"%PDF-1.7 a bill", name='bill "March".pdf')


@pytest.fixture
def talk(gym: Gym, sam: Screen) -> str:
    """A conversation with a picture, a paper, and what was refused; Sam has it."""
    page = Upload(content=b"<html><script>", name="x.png")
    talk = gym.hear("mia", "I want my money back, this is a scam", uploads=(BIKE, PAPER, page))
    agents.accept(gym.house, sam.user, talk)
    return talk


def url(talk: str, name: str, end: str = "") -> str:
    kinds = {"bike": "image/png", "bill": "application/pdf", "page": ""}
    return f"/inbox/{talk}/files/{Attachment.objects.get(media_type=kinds[name]).id}{end}"


@pytest.mark.req("DI16", "C23")
def test_pictures_stand_in_the_transcript_and_other_files_are_saved(sam: Screen, talk: str) -> None:
    words = sam.post(f"/inbox/{talk}/transcript").text
    assert f'<img src="{url(talk, "bike", "/preview")}" alt="bike.png"' in words
    assert url(talk, "bill", "?save") in words
    assert url(talk, "page") not in words
    assert "was not kept: files of this type are not taken." in words
    shown = sam.get(url(talk, "bike", "/preview"))
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["Cache-Control"] == "private, max-age=3600"


@pytest.mark.req("P10")
def test_opening_a_file_is_logged_and_needs_the_transcript(
    gym: Gym, sam: Screen, alex: Screen, talk: str
) -> None:
    assert sam.get(url(talk, "bike")).status == 404  # the transcript is not open yet
    sam.post(f"/inbox/{talk}/transcript")
    sam.get(url(talk, "bike", "/preview"))
    assert gym.deeds("attachment_opened") == []
    answer = sam.get(url(talk, "bike"))
    assert (answer.status, answer.headers["Content-Length"]) == (200, str(len(PNG)))
    bike = Attachment.objects.get(media_type="image/png")
    assert gym.deeds("attachment_opened") == [(f"user:{sam.user.id}", f"attachment:{bike.id}")]
    assert alex.get(url(talk, "bike")).status == 403
    assert sam.get(url("another", "bike")).status == 404
    assert sam.get(url(talk, "page")).status == 404  # it was never kept


def test_nothing_in_a_file_runs_here(sam: Screen, talk: str) -> None:
    sam.post(f"/inbox/{talk}/transcript")
    for name, end, how in (("bike", "", "inline"), ("bike", "?save", "attachment"),
                           ("bill", "", "attachment")):  # fmt: skip
        headers = sam.get(url(talk, name, end)).headers
        assert headers["Content-Disposition"].startswith(how)
        assert headers["X-Content-Type-Options"] == "nosniff"
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert policy.endswith("sandbox")
        assert "script" not in policy
    disposition = sam.get(url(talk, "bill")).headers["Content-Disposition"]
    assert disposition == 'attachment; filename="bill \\"March\\".pdf"'
    assert sam.get(url(talk, "bill", "/preview")).status == 404


@pytest.mark.req("DI16")
def test_a_reply_may_carry_files_with_words_or_alone(gym: Gym, sam: Screen, talk: str) -> None:
    for text, shown in (("here is your bill", "here is your bill"), ("", "[file]")):
        paper = SimpleUploadedFile("bill.pdf", PAPER.content, "text/html")
        answer = sam.post(f"/inbox/{talk}/reply", {"text": text, "files": [paper]})
        assert answer.status == 204, answer.text
        gym.step(seconds=1)
        sent = Message.objects.filter(author="agent").latest("id")
        [file] = attachments.list_of(gym.house, [sent.id])[sent.id]
        assert (file.name, file.media_type, sent.delivery) == (
            "bill.pdf", "application/pdf", "sent",
        )  # fmt: skip
        assert gym.house.keyset.unseal(sent.body_sealed, f"message:{sent.id}") == shown


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg/>", "x.png: Files of this type are not taken."),
        (b"", "x.png: The file is empty."),
        (b"\x89PNG\r\n\x1a\n" + bytes(16 * 1024 * 1024), "under 16 MB."),
    ],
    ids=["type", "empty", "size"],
)
def test_what_cannot_be_sent_says_why_and_sends_nothing(
    sam: Screen, talk: str, content: bytes, words: str
) -> None:
    given = SimpleUploadedFile("x.png", content, "image/png")
    answer = sam.post(f"/inbox/{talk}/reply", {"text": "look", "files": [given]})
    assert answer.status == 422
    assert words in answer.text
    assert not Message.objects.filter(author="agent").exists()


def test_a_message_takes_no_more_files_than_the_workspace_says(
    gym: Gym, sam: Screen, talk: str
) -> None:
    with pytest.raises(InvalidInput, match="at most 10 files"):
        agents.reply(gym.house, sam.user, talk, "look", [PAPER] * 11)


class Plain:
    """A transport without files."""

    name = "sms"


class Rich:
    """A transport that carries pictures."""

    name = "email"

    def carries(self, media_type: str, size: int, **_beside: object) -> bool:
        return media_type.startswith("image/") and size < 1_000_000


def test_a_transport_gets_files_or_links_to_them(gym: Gym, sam: Screen, talk: str) -> None:
    for words in ("see", ""):
        agents.reply(gym.house, sam.user, talk, words, [BIKE, PAPER])
        sent = Message.objects.filter(author="agent").latest("id")
        text = gym.house.keyset.unseal(sent.body_sealed, f"message:{sent.id}")
        bike, paper = attachments.list_of(gym.house, [sent.id])[sent.id]
        begin = f"{words}\n" if words else ""
        link = file_links.link_of(gym.house, paper)
        plain = file_links.carried_by(gym.house, Plain(), sent.id, text)  # type: ignore[arg-type]
        assert not plain.files
        assert plain.text == (
            f"{begin}bike.png: {file_links.link_of(gym.house, bike)}\n{paper.name}: {link}"
        )
        rich = file_links.carried_by(gym.house, Rich(), sent.id, text)  # type: ignore[arg-type]
        assert [(one.name, one.content) for one in rich.files] == [("bike.png", PNG)]
        assert rich.text == f"{begin}{paper.name}: {link}"
