"""Promise: every page in every state has no barrier that axe knows, fits every width, and weighs under 60 kB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test.signals import template_rendered
from playwright.sync_api import Browser, Page, Request, Response

import zuzahlung
from tests.stories import tour
from tests.stories.conftest import House, barriers, browser_of_a_person

pytestmark = pytest.mark.story

LIMIT = 60_000
# Pages that need a broken house or a broken browser; axe looks at them in tests/portal/test_look_pages.py.
SHOWN_ELSEWHERE = {f"portal/errors/{name}.html" for name in ("400", "403", "403_csrf", "413", "500", "503")}
WIDTHS = (1280, 960, 800, 720, 400, 320)


def test_no_page_has_a_barrier_scrolls_sideways_or_is_heavy(house: House, browser: Browser) -> None:
    found: list[str] = []
    shown: set[str] = set()

    def note(template: Any, **_: Any) -> None:
        shown.add(template.name or "")

    template_rendered.connect(note)
    with browser_of_a_person(browser, house) as context:
        page = context.new_page()
        weights: dict[str, int] = {}

        def weigh(response: Response) -> None:
            if response.ok and response.request.resource_type != "fetch":
                weights[response.url] = int(response.headers.get("content-length") or len(response.body()))

        def begin(request: Request) -> None:
            if request.is_navigation_request():
                weights.clear()

        page.on("request", begin)
        page.on("response", weigh)

        def look(name: str) -> None:
            _judge(page, name, weights, found)

        tour.whole(page, house, look)
    assert found == []
    assert sorted(_templates() - shown - SHOWN_ELSEWHERE) == []


def _templates() -> set[str]:
    """Everything that a page of ours can be made of."""
    source = Path(zuzahlung.__file__).parent
    folders = [source / "portal/templates", source / "api/templates"]
    return {str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*.html")}


def _judge(page: Page, name: str, weights: dict[str, int], found: list[str]) -> None:
    found += [f"{name}: {barrier}" for barrier in barriers(page)]
    tour.load_pictures(page)
    if sum(weights.values()) > LIMIT:
        found.append(f"{name}: {sum(weights.values())} bytes")
    page.emulate_media(color_scheme="dark")
    for screen in WIDTHS:
        page.set_viewport_size({"width": screen, "height": 640})
        width = page.evaluate("() => document.documentElement.scrollWidth")
        if width > screen:
            found.append(f"{name}: {width} px wide on a screen of {screen}")
    found += [f"{name}, narrow and dark: {barrier}" for barrier in barriers(page)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})
