"""Every public page and every part of a page is accessible, fits a narrow screen and asks no stranger.

Each sample is opened in a real browser under the portal's content security policy, in light and dark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.portal.look_pages import ADDRESS, PORTAL, SAMPLES, Sample, render, serve

pytestmark = pytest.mark.usefixtures("sample_settings")
NAMES = [sample.name for sample in SAMPLES]
TO_PRESS = (
    "button:visible, .button:visible, select:visible, textarea:visible, summary:visible,"
    "input:not([type=hidden], [type=radio], [type=checkbox]):visible,"
    ".choices label:visible, .check label:visible, .nav a:visible, .foot li a:visible, .list > li > a:visible"
)
BY_NAME = {sample.name: sample for sample in SAMPLES}


class Opened:
    """A page in the browser, with what it asked for and what it complained of."""

    def __init__(self, page: Page, sample: Sample) -> None:
        self.page, self.sample = page, sample
        self.complaints: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.asked = serve(page, sample)

    def go(self) -> Page:
        """Opens or reopens it."""
        self.page.goto(f"{ADDRESS}/{self.sample.name}")
        return self.page


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """One window for all samples; each test opens a new tab in it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    yield context
    context.close()


@pytest.fixture
def opened(window: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The sample named by the test's parameter, in a tab of its own."""
    page = window.new_page()
    yield Opened(page, BY_NAME[request.param])
    page.close()


def violations(page: Page) -> str:
    page.wait_for_load_state("load")
    return str(Axe().run(page).generate_snapshot())


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What one look at a page showed."""

    violations_light_wide: str
    violations_dark_narrow: str
    strangers: list[str]
    refused: list[str]
    too_small: list[str]
    width_at_320: int


@pytest.fixture(scope="module")
def visits(window: BrowserContext) -> Callable[[str], Visit]:
    """Looks at each page once, whichever test asks first."""
    return cache(lambda name: look_at(window, BY_NAME[name]))


def look_at(window: BrowserContext, sample: Sample) -> Visit:
    page = window.new_page()
    tab = Opened(page, sample)
    tab.go()
    light_wide = violations(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark")
    visit = Visit(
        violations_light_wide=light_wide,
        violations_dark_narrow=violations(page),
        strangers=[address for address in tab.asked if not address.startswith(f"{ADDRESS}/")],
        refused=[text for text in tab.complaints if "Content Security Policy" in text],
        too_small=page.locator(TO_PRESS).evaluate_all(
            "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
        ),
        width_at_320=width_at(page, 320),
    )
    page.close()
    return visit


def width_at(page: Page, width: int) -> int:
    page.set_viewport_size({"width": width, "height": 640})
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_in_light_and_dark_wide_and_narrow(
    name: str, visits: Callable[[str], Visit]
) -> None:
    assert visits(name).violations_light_wide == ""
    assert visits(name).violations_dark_narrow == ""


@pytest.mark.parametrize("name", NAMES)
def test_nothing_scrolls_sideways_at_320_pixels_which_is_400_percent_zoom(
    name: str, visits: Callable[[str], Visit]
) -> None:
    assert visits(name).width_at_320 == 320


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_no_stranger_and_the_strict_policy_stops_nothing_it_needs(
    name: str, visits: Callable[[str], Visit]
) -> None:
    assert visits(name).strangers == []
    assert visits(name).refused == []


@pytest.mark.parametrize("name", NAMES)
def test_everything_to_press_is_large_enough_for_a_thumb(name: str, visits: Callable[[str], Visit]) -> None:
    assert visits(name).too_small == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_with_all_its_files_weighs_less_than_60_kilobytes(name: str) -> None:
    html = render(BY_NAME[name])
    # A picture has a file for each scheme, and a browser loads one of them: see test_help_pictures.py.
    files = set(re.findall(r' (?:src|href)="/static/([^"]+)"', html))
    assert "portal/portal.css" in files
    assert len(html.encode()) + sum((PORTAL / "static" / file).stat().st_size for file in files) < 60_000


@pytest.mark.parametrize("opened", ["muster-abfrage-fehler"], indirect=True)
def test_a_form_with_faults_takes_the_focus_to_the_summary_and_its_links_to_the_fields(
    opened: Opened,
) -> None:
    page = opened.go()
    expect(page).to_have_title("Fehler: Abfrage – Serviceportal der Musterkasse")
    expect(page.locator("#fehler")).to_be_focused()
    page.get_by_role("link", name="Die Prüfziffer passt nicht").click()
    expect(page.get_by_label("Versichertennummer")).to_be_focused()
    page.get_by_role("link", name="Bitte wählen Sie aus, wie die Abfrage erlaubt wurde.").click()
    expect(page.get_by_label("mündlich, hier vor Ort")).to_be_focused()


@pytest.mark.parametrize("opened", ["muster-abfrage"], indirect=True)
def test_the_day_of_a_standing_permission_is_asked_only_when_it_was_chosen(opened: Opened) -> None:
    page = opened.go()
    expect(page.get_by_label("Erlaubt bis")).to_be_hidden()
    page.get_by_label("für die ganze Behandlungsserie").check()
    expect(page.get_by_label("Erlaubt bis")).to_be_visible()


@pytest.mark.parametrize("opened", ["muster-abfrage"], indirect=True)
def test_the_keyboard_meets_the_skip_link_first_and_then_sees_where_it_is(opened: Opened) -> None:
    page = opened.go()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    field = page.get_by_label("Versichertennummer")
    expect(field).to_be_focused()
    expect(field).to_have_css("outline-style", "solid")
    expect(field).to_have_css("outline-width", "3px")


@pytest.mark.parametrize("opened", ["muster-abfrage"], indirect=True)
def test_on_a_phone_the_menu_opens_without_script_and_holds_every_entry(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 360, "height": 740})
    page = opened.go()
    expect(page.get_by_role("link", name="Verlauf")).to_be_hidden()
    page.get_by_text("Menü").click()
    expect(page.get_by_role("link", name="Verlauf")).to_be_visible()
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()
    assert violations(page) == ""


@pytest.mark.parametrize("opened", ["muster-abfrage"], indirect=True)
def test_escape_closes_the_menu_of_a_phone_and_goes_back_to_its_button(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 360, "height": 740})
    page = opened.go()
    page.get_by_text("Menü").click()
    page.get_by_role("link", name="Verlauf").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Verlauf")).to_be_hidden()
    expect(page.locator(".menu > summary")).to_be_focused()


@pytest.mark.parametrize("name", NAMES)
def test_the_number_of_the_fund_is_called_with_one_touch_wherever_it_stands(name: str) -> None:
    html = render(BY_NAME[name])
    shown = len(re.findall("0800 0000000", html))
    assert html.count('<a class="nowrap" href="tel:08000000000">0800 0000000</a>') == shown


@pytest.mark.parametrize("opened", ["muster-auskunft-exempt"], indirect=True)
def test_on_paper_an_answer_has_its_words_and_no_menu(opened: Opened) -> None:
    page = opened.go()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("heading", name="Befreit – keine Zuzahlung")).to_be_visible()
    expect(page.get_by_text("Praxis für Physiotherapie am Markt").first).to_be_visible()
    expect(page.get_by_role("link", name="Nächste Abfrage")).to_be_hidden()
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


@pytest.mark.parametrize("opened", ["muster-verlauf"], indirect=True)
def test_on_a_phone_each_row_of_a_table_reads_as_labels_and_values(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 360, "height": 740})
    page = opened.go()
    cells = page.get_by_role("row").nth(1).get_by_role("cell")
    tops = cells.evaluate_all("all => all.map(one => Math.round(one.getBoundingClientRect().top))")
    assert tops == sorted(set(tops))
    assert len(tops) == 6
