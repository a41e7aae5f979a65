"""What keeps people out of a page, and whether it fits: wide and on a phone, light and dark."""

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_HEIGHT = 844
# Contrast takes nearly all of axe's time and hardly depends on the width, so a page is
# looked at in each scheme once, and the next page the other way round.
_LOOKS = (((1280, "light"), (390, "dark")), ((390, "light"), (1280, "dark")))


def look_at(page: Page, address: str, paths: Iterable[str]) -> None:
    """Open pages one after the other, and look each over; see `look_over`."""
    for number, path in enumerate(paths):
        page.goto(f"{address}/{path}")
        look_over(page, number)


def look_over(page: Page, number: int = 0) -> None:
    """Look at the page as it stands, wide and narrow, light and dark.

    `number` tells which widths go with which scheme. Raises AssertionError that names what
    axe found, or the width that the page exceeds.
    """
    for width, scheme in _LOOKS[number % 2]:
        page.set_viewport_size({"width": width, "height": _HEIGHT})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type] # two of its words
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        refuse(page)


def refuse(page: Page) -> None:
    """Raise AssertionError that tells what axe finds on the page as it stands."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
