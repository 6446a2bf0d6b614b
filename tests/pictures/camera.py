"""Writes a picture of every page in every state to pictures/: wide, middle, narrow, dark, and as printed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.database import HouseDatabase
from tests.operator import stage, walk
from tests.operator.conftest import Servers, operators_house, servers
from tests.stories import tour
from tests.stories.conftest import House, browser, browser_of_a_person, clock, house

__all__ = ["browser", "clock", "house", "operators_house", "servers"]

FOLDER = Path("pictures")
WIDTHS = (1280, 720, 360)
DARK_WIDTH = 720
PAPER_WIDTH = 658
"""What is left of A4 between its margins, in pixels of the page."""


def test_take_pictures_of_the_portal(house: House, browser: Browser) -> None:
    with browser_of_a_person(browser, house) as context:
        page = context.new_page()
        taken = camera(page, FOLDER)
        tour.whole(page, house, taken)


def test_take_pictures_of_the_operators_site(
    operators_house: HouseDatabase,
    servers: Servers,
    browser: Browser,
    tmp_path: Path,
    settings: Any,
) -> None:
    practice = stage.busy_house(tmp_path / "letters", settings)
    page = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin").new_page()
    walk.whole(
        page,
        servers.address(operators_house, second_factor=False),
        practice,
        camera(page, FOLDER / "operator"),
    )


def camera(page: Page, folder: Path) -> Callable[[str], None]:
    """Something that looks at the page and writes what it sees, numbered in the order of the walk."""
    for kind in (*WIDTHS, "dark", "print"):
        shutil.rmtree(folder / str(kind), ignore_errors=True)
    count = 0

    def take(name: str) -> None:
        nonlocal count
        count += 1
        file = f"{count:02}-{name.replace(' ', '-')}.png"
        tour.load_pictures(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=folder / str(width) / file, full_page=True)
        page.set_viewport_size({"width": DARK_WIDTH, "height": 800})
        page.emulate_media(color_scheme="dark")
        tour.load_pictures(page)
        page.screenshot(path=folder / "dark" / file, full_page=True)
        page.set_viewport_size({"width": PAPER_WIDTH, "height": 800})
        page.emulate_media(color_scheme="light", media="print")
        page.screenshot(path=folder / "print" / file, full_page=True)
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": WIDTHS[0], "height": 800})

    return take
