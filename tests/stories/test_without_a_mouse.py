"""Promise: everything can be done with the keyboard, and it is always seen where one is; paper has the answer alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.conftest import PASSWORD, House, browser_of_a_person, sign_in
from tests.stories.tour import EXEMPT, REGISTRY

pytestmark = pytest.mark.story
IK = "260326822"
MOST_STOPS = 60
HAS_FOCUS = """() => {
  const here = document.activeElement;
  const style = getComputedStyle(here.matches('input[type=radio], input[type=checkbox]') ? here.closest('label') || here : here);
  const own = getComputedStyle(here);
  const ringed = one => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2;
  const box = here.getBoundingClientRect();
  return {
    tag: here.tagName, words: (here.innerText || here.getAttribute('aria-label') || here.name || '').trim(),
    seen: ringed(style) || ringed(own), inside: box.bottom > 0 && box.top < innerHeight,
  };
}"""


@pytest.fixture
def practice(house: House) -> House:
    """A practice with an account, and a registry."""
    house.has_owner(IK)
    house.registry(*REGISTRY)
    return house


def tab_to(page: Page, words: str) -> None:
    """Presses Tab until the focus is on what has these words; every stop on the way is seen."""
    met = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        now = page.evaluate(HAS_FOCUS)
        met.append(now["words"])
        assert now["tag"] == "BODY" or (now["seen"] and now["inside"]), now
        if now["words"].startswith(words):
            return
    pytest.fail(f"the keyboard does not come to {words!r}, only to {met}")


def test_from_sign_in_to_the_receipt_with_the_keyboard_alone(practice: House, page: Page) -> None:
    page.goto("/")
    tab_to(page, "Anmelden")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    tab_to(page, "name")
    page.keyboard.type(IK)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_label("Krankenversichertennummer")).to_be_focused()
    page.keyboard.type(EXEMPT.lower())
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    tab_to(page, "Abfragen")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Befreit\u00a0– keine Zuzahlung")
    expect(page.get_by_role("link", name="Nächste Abfrage")).to_be_focused()
    tab_to(page, "Nachweis als PDF")
    with page.expect_download() as fetched:
        page.keyboard.press("Enter")
    assert fetched.value.suggested_filename.startswith("Auskunft-")


def test_an_error_takes_the_focus_to_its_summary_and_from_there_to_the_field(
    practice: House, page: Page
) -> None:
    sign_in(page, IK)
    expect(page.get_by_label("Krankenversichertennummer")).to_be_focused()
    page.keyboard.type("A123456789")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    tab_to(page, "Die Prüfziffer passt nicht")
    page.keyboard.press("Enter")
    number = page.get_by_label("Krankenversichertennummer")
    expect(number).to_be_focused()
    expect(number).to_have_value("A123456789")
    assert "Die Prüfziffer passt nicht" in str(
        page.evaluate("() => document.activeElement.getAttribute('aria-describedby').split(' ')"
                      ".map(id => document.getElementById(id).innerText).join(' ')")
    )  # fmt: skip


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(practice: House, browser: Browser) -> None:
    with browser_of_a_person(browser, practice, viewport={"width": 320, "height": 640}) as phone:
        page = phone.new_page()
        sign_in(page, IK)
        page.get_by_label("Krankenversichertennummer").wait_for()
        page.goto("/verlauf/")
        tab_to(page, "Menü")
        page.keyboard.press("Enter")
        tab_to(page, "Listenabfrage")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Listenabfrage")


@pytest.fixture
def answered(practice: House, page: Page) -> Page:
    """The page of an answer."""
    sign_in(page, IK)
    page.get_by_label("Krankenversichertennummer").fill(EXEMPT)
    page.get_by_label("mündlich, hier vor Ort").check()
    page.get_by_role("button", name="Abfragen").click()
    page.get_by_role("link", name="Nächste Abfrage").wait_for()
    return page


def test_at_400_percent_the_answer_stays_in_sight_though_the_button_has_the_focus(answered: Page) -> None:
    answered.set_viewport_size({"width": 320, "height": 256})
    answered.reload()
    expect(answered.get_by_role("link", name="Nächste Abfrage")).to_be_focused()
    expect(answered.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)


def test_paper_has_the_answer_and_nothing_to_press(answered: Page) -> None:
    answered.emulate_media(media="print")
    for words in (
        "Befreit\u00a0– keine Zuzahlung",
        "A123 456 780",
        "M. M.",
        "Auskunft-Nummer",
        "Stand der Daten",
    ):
        expect(answered.get_by_text(words, exact=True).first).to_be_visible()
    for name in ("Abmelden", "Seite drucken"):
        expect(answered.get_by_role("button", name=name).first).to_be_hidden()
    for name in ("Nächste Abfrage", "Nachweis als PDF", "Listenabfrage"):
        expect(answered.get_by_role("link", name=name).first).to_be_hidden()


def test_on_a_phone_each_row_of_the_history_reads_as_labels_and_values(answered: Page) -> None:
    answered.set_viewport_size({"width": 360, "height": 740})
    answered.goto("/verlauf/")
    row = answered.get_by_role("table").get_by_role("row").nth(1)
    expect(row.get_by_role("rowheader")).to_contain_text("A123 456 780")
    labels = row.evaluate(
        "row => [...row.querySelectorAll('td')].map(cell => getComputedStyle(cell, '::before').content)"
    )
    assert labels == ['"Auskunft"', '"Tag"', '"Abgefragt"', '"Nummer"']
    assert row.evaluate("row => row.getBoundingClientRect().right <= innerWidth")
