"""Files behind signed links: for whoever was given one, for a while, and never run."""

from datetime import timedelta

import pytest
from httpx import Client, Response

from baton.services.delivery import attachments, file_links
from baton.services.delivery.attachments import ShownFile, Upload
from baton.store.models import Attachment
from tests.ingress.installation import Installation
from tests.ingress.visitor import Visitor, a_visitor
from tests.support.photos import a_png

PNG = a_png(side=400)


def a_file(gym: Installation) -> ShownFile:
    kept = attachments.keep(gym.house, gym.workspace.id, "l", Upload(content=PNG, name="a.png"))
    return attachments.shown_of(gym.house, Attachment.objects.get(id=kept.id))


def test_a_link_opens_its_file_until_it_ends(client: Client, gym: Installation) -> None:
    file = a_file(gym)
    path = "/files/" + file_links.link_of(gym.house, file).rpartition("/")[2]
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, max-age=3600"
    forged = path[:-1] + ("A" if path[-1] != "A" else "B")
    for wrong in (forged, f"/files/{file.id}", "/files/x:y", "/files/%00"):
        assert client.get(wrong).status_code == 404, wrong
    gym.pass_time(file_links.LINK_LASTS / timedelta(seconds=1))
    assert client.get(path).status_code == 410


# -- the web chat ----------------------------------------------------------------------


def said(who: Visitor, *ids: str, text: str = "", client_id: str = "m1") -> Response:
    files = [{"id": one, "name": "broken bike.png"} for one in ids]
    body = {"id": client_id, "text": text, "files": files}
    return who.client.post("/chat/messages", json=body, headers=who.headers)


@pytest.mark.req("DI16", "C1")
def test_a_visitor_sends_a_picture_and_sees_it(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    taken = ann.upload(PNG)
    assert (taken.status_code, taken.json()["kind"]) == (201, "image")
    for _ in range(2):  # the network lost the first answer: still one message, one file
        assert said(ann, taken.json()["id"]).status_code == 202
        gym.step()
    own = ann.history()["messages"][0]
    assert own["text"] == ""
    [file] = own["files"]
    assert (file["name"], file["kind"], file["size"], file["is_shown"]) == (
        "broken bike.png", "image", len(PNG), True,
    )  # fmt: skip
    assert client.get("/files/" + file["url"].rpartition("/")[2]).content == PNG
    assert [author for author, _ in ann.texts()].count("contact") == 1


def test_nobody_sends_what_another_uploaded(client: Client, gym: Installation) -> None:
    ann, bob = a_visitor(client, gym), a_visitor(client, gym)
    anns = ann.upload(PNG).json()["id"]
    refused = said(bob, anns)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "unknown_file")
    assert said(bob, "0" * 32).status_code == 422
    assert said(bob, "../x").status_code == 400
    assert said(bob).status_code == 422  # neither words nor files


def test_an_upload_is_judged_at_once_in_words(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    for content, status, words in (
        (b"<svg onload=alert(1)>", 422, "Files of this type are not taken"),
        (b"", 422, "The file is empty."),
        (bytes(16 * 1024 * 1024 + 1), 413, "under 16 MB"),
    ):
        answer = ann.upload(content)
        assert answer.status_code == status
        assert words in answer.json()["error"]["message"]
    assert client.post("/chat/files", content=PNG).status_code == 401
    assert not Attachment.objects.exists()


def test_uploads_are_limited(client: Client, gym: Installation) -> None:
    ann = a_visitor(client, gym)
    answers = [ann.upload(b"plain words").status_code for _ in range(21)]
    assert answers == [201] * 20 + [429]
