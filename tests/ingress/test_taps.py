"""Contacts' own pages: whoever tries tokens has to wait, whoever taps a few times has not."""

import pytest
from httpx import Client

from tests.ingress.installation import Installation


@pytest.mark.req("DI11")
def test_whoever_tries_tokens_has_to_wait(client: Client, gym: Installation) -> None:
    tried = [client.get(f"/t/{number}").status_code for number in range(61)]
    assert set(tried[:60]) == {404}
    assert tried[60] == 429
    refused = client.get("/t/another")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["Cache-Control"] == "no-store"
    # Other pages are not held up, and a minute later all is as it was.
    assert client.get("/health").status_code != 429
    gym.pass_time(61)
    assert client.get("/t/another").status_code == 404
