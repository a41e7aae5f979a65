"""A clean installation in a real browser: from the server's link to a draft in shadow."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from baton.config import serving, wiring
from baton.config.clock import SystemClock
from baton.services.desk import founding
from baton.store.crypto import keyset_from
from baton.store.models import ShadowDraft
from tests.e2e.conftest import until
from tests.ingress.installation import PASSWORD, copy_of, migrated_database, served
from tests.support import barriers
from tests.support.engines import default_database

pytestmark = pytest.mark.browser
_WELCOME = re.compile(r"/welcome/")


@pytest.fixture
def link(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The link that a server without a workspace prints."""
    assert template.exists()  # its reader is trained: nobody waits for it in the browser
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    bare = copy_of(migrated_database(tmp_path_factory), tmp_path)
    with django_db_blocker.unblock(), default_database(bare):
        house = wiring.build_house(keyset_from(b"tests"), SystemClock(), seed=2)
        with served(serving.create_application(lambda: house)) as address:
            yield founding.find_link(house).replace(house.base_url, address)


@pytest.mark.req("PL28", "PL34")
def test_an_afternoon_from_the_first_page_to_a_draft_in_shadow(
    context: BrowserContext, link: str
) -> None:
    page = context.new_page()
    page.goto(link)
    barriers.refuse(page)
    page.get_by_label("What customers call your business").fill("Harbour Yoga")
    page.get_by_label("Fitness").check()
    page.get_by_label("Your name").fill("Ines")
    page.get_by_label("Your e-mail").fill("ines@harbour.example")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Make the workspace").click()
    _say_where(page)
    _play_a_channel(page)
    _invite(page)
    for words in ("The words are right as they are", "They are right as they are"):
        page.get_by_role("button", name=words, exact=True).click()
    _begin_a_flow(page)
    _write_to_oneself(page)


def _say_where(page: Page) -> None:
    expect(page.get_by_text("0 of 7 done").first).to_be_visible()
    barriers.refuse(page)
    page.get_by_role("link", name="Say where you are").click()
    page.get_by_label("Address").first.fill("3 Quay Road")
    page.get_by_label("Open", exact=True).first.fill("Mon-Sun 00:00-23:59")
    page.get_by_role("button", name="Save the place").click()
    expect(page.locator(".notice.good")).to_contain_text("Saved")
    barriers.refuse(page)
    page.get_by_role("link", name="Go on").click()


def _play_a_channel(page: Page) -> None:
    page.get_by_role("link", name="Choose a channel").click()
    page.get_by_role("button", name="Play SMS").click()
    expect(page.get_by_text("SMS (phone lab)")).to_be_visible()
    barriers.refuse(page)
    page.get_by_role("link", name="Back to the set-up").click()


def _invite(page: Page) -> None:
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Name").fill("Sam")
    page.get_by_label("E-mail").fill("sam@harbour.example")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_label("The link")).to_have_value(_WELCOME)
    page.get_by_role("link", name="Go on").click()


def _begin_a_flow(page: Page) -> None:
    page.get_by_role("link", name="Choose a flow").click()
    barriers.refuse(page)
    first = page.locator(".review").filter(has_text="Questions at the front desk")
    first.get_by_role("button", name="Start in shadow").click()
    expect(page.locator(".stages .now")).to_contain_text("in shadow")


def _write_to_oneself(page: Page) -> None:
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("link", name="Open the phone lab").click()
    page.get_by_role("button", name="Hours", exact=True).click()
    until(page, ShadowDraft.objects.exists)
    page.goto(f"{page.url.partition('/lab')[0]}/pilot/faq/drafts")
    expect(page.locator(".draft-text").first).to_contain_text("Harbour Yoga is open")
    page.get_by_role("link", name="Look and finish").click()
    page.get_by_role("button", name="Finish the set-up").click()
    expect(page.get_by_role("button", name="Remind me on every page")).to_be_visible()
    page.goto(page.url.removesuffix("/set-up"))
    expect(page.locator(".set-up-line")).to_have_count(0)
