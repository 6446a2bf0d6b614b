"""Whoever wants to sees the password that is typed, with mouse or keyboard; it is never sent as visible text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.portal.look_pages import ADDRESS, SAMPLES, serve

SIGN_IN = next(sample for sample in SAMPLES if sample.name == "muster-anmelden")


@pytest.fixture
def tab(browser: Browser, sample_settings: None) -> Iterator[Page]:
    """The page on which somebody signs in."""
    page = browser.new_page()
    serve(page, SIGN_IN)
    page.goto(f"{ADDRESS}/{SIGN_IN.name}")
    yield page
    page.close()


def test_the_password_is_shown_and_hidden_again_with_the_keyboard(tab: Page) -> None:
    field = tab.get_by_label("Passwort oder Initialkennwort")
    field.fill("blauer zaun")
    expect(field).to_have_attribute("type", "password")
    field.press("Tab")
    button = tab.get_by_role("button", name="Passwort oder Initialkennwort: Anzeigen")
    expect(button).to_be_focused()
    button.press("Enter")
    expect(field).to_have_attribute("type", "text")
    expect(tab.get_by_text("Das Passwort ist zu sehen.")).to_have_attribute("role", "status")
    button = tab.get_by_role("button", name="Passwort oder Initialkennwort: Verbergen")
    expect(button).to_be_focused()
    button.press("Space")
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_value("blauer zaun")


def test_a_password_in_sight_is_hidden_before_it_is_sent(tab: Page) -> None:
    field = tab.get_by_label("Passwort oder Initialkennwort")
    tab.get_by_role("button", name="Anzeigen").click()
    tab.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())")
    tab.get_by_role("button", name="Anmelden", exact=True).click()
    expect(field).to_have_attribute("type", "password")


def test_without_script_there_is_no_button_that_does_nothing(browser: Browser, sample_settings: None) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    serve(page, SIGN_IN)
    page.goto(f"{ADDRESS}/{SIGN_IN.name}")
    expect(page.get_by_role("button", name="Anzeigen")).to_have_count(0)
    context.close()


def test_the_button_is_not_printed(tab: Page) -> None:
    tab.emulate_media(media="print")
    expect(tab.locator("button.see")).to_be_hidden()
