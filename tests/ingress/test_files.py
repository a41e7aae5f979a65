"""Files behind signed links: for whoever was given one, for a while, and never run."""

from datetime import timedelta

from httpx import Client

from baton.services import attachments, file_links
from baton.services.attachments import ShownFile, Upload
from baton.store.models import Attachment
from tests.ingress.installation import Installation

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2_000


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
