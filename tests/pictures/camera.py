"""Writes a picture of every page in every state to pictures/: wide, middle, narrow, dark, and as printed."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Browser

from tests.stories import tour
from tests.stories.conftest import House, browser_of_a_person, browser, clock, house

__all__ = ["browser", "clock", "house"]

FOLDER = Path("pictures")
WIDTHS = (1280, 720, 360)


def test_take_pictures(house: House, browser: Browser) -> None:  # noqa: F811 - pytest gives them
    shutil.rmtree(FOLDER, ignore_errors=True)
    with browser_of_a_person(browser, house) as context:
        page = context.new_page()
        count = 0

        def take(name: str) -> None:
            nonlocal count
            count += 1
            file = f"{count:02}-{name.replace(' ', '-')}"
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                page.screenshot(path=FOLDER / str(width) / f"{file}.png", full_page=True)
            page.emulate_media(color_scheme="dark")
            page.screenshot(path=FOLDER / "dark" / f"{file}.png", full_page=True)
            page.emulate_media(color_scheme="light", media="print")
            page.screenshot(path=FOLDER / "print" / f"{file}.png", full_page=True)
            page.emulate_media(media="screen")
            page.set_viewport_size({"width": WIDTHS[0], "height": 800})

        tour.whole(page, house, take)
    print(f"{count} pages, see {FOLDER}/")
