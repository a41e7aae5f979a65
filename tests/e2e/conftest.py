"""A real server with a real worker, and a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from baton.config import wiring
from baton.config.clock import SystemClock
from tests.ingress.installation import (
    Installation,
    copy_of,
    install,
    make_template,
    served,
)
from tests.support.engines import default_database

# The browser without windows needs a third of the other's time, but shows no notifications. Where
# the system has neither, Playwright's own serve.
_WHOLE = ("chromium", "chromium-browser", "google-chrome")
_LIGHT = ("chromium-headless-shell", *_WHOLE)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    # Trained before anybody waits in a browser: the first time takes longer than a page's patience.
    wiring.reader_of("fitness")
    with django_db_blocker.unblock():
        return make_template(tmp_path_factory)


# While Playwright runs, its event loop stands in this thread, where Django refuses synchronous
# queries; so it goes when the tests of this folder are over, whatever their order.
@pytest.fixture(scope="package")
def playwright(template: Path) -> Iterator[Playwright]:
    assert template.exists()  # made before Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with _launched(playwright, _LIGHT) as browser:
        yield browser


@pytest.fixture(scope="package")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser that shows notifications."""
    with _launched(playwright, _WHOLE, channel="chromium") as browser:
        yield browser


@contextmanager
def _launched(
    playwright: Playwright, names: Sequence[str], *, channel: str | None = None
) -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, names)), None)
    # What is drawn is drawn by the processor: a process for the graphics card only costs time.
    arguments = ["--disable-gpu", "--in-process-gpu"]
    if os.geteuid() == 0:  # root, as in a container, has no sandbox
        arguments.append("--no-sandbox")
    browser = playwright.chromium.launch(
        executable_path=path, channel=None if path else channel, args=arguments
    )
    yield browser
    browser.close()


@pytest.fixture
def gym(
    template: Path,
    tmp_path: Path,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Installation]:
    # Playwright keeps an event loop in this thread; the tests' own queries are synchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with django_db_blocker.unblock(), default_database(copy_of(template, tmp_path)):
        yield install(SystemClock(), has_crew=True)


@pytest.fixture
def address(gym: Installation) -> Iterator[str]:
    with served(gym.app) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with in_context(browser) as context:
        yield context


@contextmanager
def in_context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(20_000)
    yield context
    context.close()


def until(page: Page, is_so: Callable[[], object]) -> None:
    """Wait as long as a page's own patience for what no part of it shows."""
    for _try in range(200):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError
