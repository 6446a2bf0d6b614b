"""Every page of the operator's site stands axe and the strict policy, fits a narrow screen and works without script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from tests.database import HouseDatabase
from tests.operator import stage, walk
from tests.operator.conftest import Servers
from tests.operator.test_rights import every_page
from tests.portal.look_browser import launch


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright's loop runs in this thread, and Django would take that for asynchronous code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser
        # Inside that loop Django keeps connections of its own, which nobody else would close.
        connections.close_all()


def opened(browser: Browser, *, width: int = 1280) -> tuple[Page, list[str]]:
    """A page, and the list of what its console complains about."""
    page = browser.new_context(viewport={"width": width, "height": 900}, locale="de-DE").new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


def faults_of(page: Page) -> list[str]:
    """What axe finds, with the place."""
    page.wait_for_load_state("load")
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {one['impact']} {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]


def test_no_page_has_a_fault_for_axe_nor_breaks_the_policy(
    operators_house: HouseDatabase, servers: Servers, chromium: Browser, tmp_path: Path, settings: Any
) -> None:
    practice = stage.busy_house(tmp_path / "letters", settings)
    page, said = opened(chromium)
    faults: list[str] = []

    def look(name: str) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            faults.extend(f"{name}, {scheme}: {fault}" for fault in faults_of(page))
        page.emulate_media(color_scheme="light")

    walk.whole(page, servers.address(operators_house, second_factor=False), practice, look)
    assert faults == []
    assert said == []


def test_setting_up_the_second_factor_shows_a_picture_under_the_policy(
    operators_house: HouseDatabase, servers: Servers, chromium: Browser
) -> None:
    site = servers.address(operators_house, second_factor=True)
    page, said = opened(chromium)
    walk.sign_in(page, site)
    assert page.locator("h1").inner_text() == "Zweiten Faktor einrichten"
    page.wait_for_load_state("load")
    assert page.locator("img.op-qr").evaluate("picture => picture.naturalWidth") > 0
    assert faults_of(page) == []
    assert said == []


def test_pages_fit_320_pixels_and_the_menu_opens_without_script(
    operators_house: HouseDatabase, servers: Servers, chromium: Browser, tmp_path: Path, settings: Any
) -> None:
    practice = stage.busy_house(tmp_path / "letters", settings)
    site = servers.address(operators_house, second_factor=False)
    page, _ = opened(chromium, width=320)
    walk.sign_in(page, site)
    too_wide = []
    for path in every_page(practice):
        page.goto(site + path)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            too_wide.append(path)
    assert too_wide == []

    bare = chromium.new_context(viewport={"width": 320, "height": 700}, java_script_enabled=False).new_page()
    walk.sign_in(bare, site)
    bare.click(".op-menu summary")
    bare.click(".op-menu >> text=Briefe")
    bare.locator("input.action-select").first.check()
    bare.click("button[value=post]")
    bare.click("button[name=bestaetigt]")
    assert bare.locator(".notice").inner_text().strip() == "1 Brief ist verschickt."
