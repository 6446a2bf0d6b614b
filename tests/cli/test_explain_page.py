"""The page of `zuzahlung explain` is open to everybody, fits every screen, prints well and runs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.cases.interchanges import samples
from tests.portal.look_browser import launch
from tests.standards.sgbv302.small_file import TEXT
from zuzahlung.cli.main import main
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.sgbv302 import files

LONG_NAME = b"Doppelname-Schmidt-Rodriguez-von-und-zu-Muster"
HOSTILE = (
    TEXT.replace(b"NAD+M\xfcller", b"NAD+</h3><script>document.title=1</script>")
    .replace(b"NAD+D?'Angelo", b"NAD+" + LONG_NAME)
    .replace(b"DIA+M75.1", b"DIA+" + b"x" * 3_000)
)
FILES = {
    "s01": Charset.I1.encode_lossless(files.write(samples.s01())),
    "s02": Charset.I1.encode_lossless(files.write(samples.s02())),
    "s04": Charset.I1.encode_lossless(files.write(samples.s04())),
    "hostile": HOSTILE,
    "cut": TEXT[:700],
}


@dataclass(kw_only=True)
class Opened:
    """A page in the browser, with what it asked for and complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One chromium for this file; afterwards this thread is free for loops of others again."""
    with (
        sync_playwright() as playwright,
        launch(playwright) as started,
        pytest.MonkeyPatch.context() as patch,
    ):
        # Playwright's loop runs in this thread, and Django would take that for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield started


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page of each file."""
    folder = tmp_path_factory.mktemp("pages")
    for name, data in FILES.items():
        (folder / f"{name}.esol").write_bytes(data)
        assert main(["explain", str(folder / f"{name}.esol"), "--html", str(folder / f"{name}.html")]) == 0
    return folder


@pytest.fixture
def opened(browser: Browser, written: Path) -> Iterator[Callable[..., Opened]]:
    """Opens the page of a file at some width, in light or dark."""
    contexts = []

    def go(name: str, *, width: int = 1280, dark: bool = False) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", locale="de-DE"
        )
        contexts.append(context)
        found = Opened(page=context.new_page())
        found.page.on("request", lambda request: found.asked.append(request.url))
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.goto((written / f"{name}.html").as_uri())
        found.page.wait_for_load_state("load")
        return found

    yield go
    for context in contexts:
        context.close()


def barriers(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']} at {[node['target'] for node in one['nodes']]}" for one in found]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)], ids=["wide, light", "narrow, dark"])
def test_the_page_has_no_barriers(name: str, width: int, dark: bool, opened: Callable[..., Opened]) -> None:
    assert barriers(opened(name, width=width, dark=dark).page) == []


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_wider_than_the_screen(name: str, opened: Callable[..., Opened]) -> None:
    page = opened(name, width=320).page
    wide = {}
    for width in (320, 360, 720, 831, 832, 1023, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide[width] = page.evaluate("document.documentElement.scrollWidth")
    assert {width: seen for width, seen in wide.items() if width != seen} == {}


def test_on_a_narrow_screen_a_cell_stands_beside_its_name(opened: Callable[..., Opened]) -> None:
    page = opened("s01", width=360).page
    cell = page.get_by_role("cell", name="532,87").first
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Brutto"'
    labels = "[...document.querySelectorAll('.stack [data-label]')].map(cell => getComputedStyle(cell, '::before'))"
    # A label that may not break would lie over its value.
    assert page.evaluate(f"[...new Set({labels}.map(label => label.whiteSpace))]") == ["normal"]
    assert page.get_by_role("rowheader", name="Status 00").count() == 1
    assert page.get_by_role("columnheader", name="Kasse zahlt").count() == 1


def test_names_that_come_again_take_one_line_on_a_wide_screen(opened: Callable[..., Opened]) -> None:
    page = opened("s01").page
    name = "Allgemeine Krankengymnastik (KG) (auch auf neurophysiologischer Grundlage): Einzelbehandlung"
    cells = page.get_by_role("article").first.get_by_role("cell", name=name, exact=True)
    heights = [box["height"] for cell in cells.all() if (box := cell.bounding_box())]
    assert len(heights) == 6
    assert heights[0] > heights[1]
    assert heights[1:] == [heights[1]] * 5


def test_hostile_text_runs_nothing_and_breaks_nothing(opened: Callable[..., Opened]) -> None:
    found = opened("hostile")
    assert found.page.title() == "Abrechnungsdatei SL030179S10 vom 05.10.2026 – erklärt"
    assert found.page.get_by_role("heading", level=3).last.inner_text() == (
        "Fall 2: Beleg 2, </h3><script>document.title=1</script>, Erna"
    )
    assert found.page.locator("script").count() == 0
    assert (len(found.asked), found.complaints) == (1, [])


def test_the_policy_of_the_page_stops_what_it_does_not_hold(opened: Callable[..., Opened]) -> None:
    found = opened("s01")
    found.page.evaluate(
        "const style = document.createElement('style'); style.textContent = 'body { display: none }';"
        "document.body.append(style)"
    )
    assert found.page.locator("h1").is_visible()
    assert "Content Security Policy" in found.complaints[0]


def pages_of(page: Page, path: Path) -> list[str]:
    page.pdf(path=path, format="A4", prefer_css_page_size=True)
    return [one.extract_text() for one in pypdf.PdfReader(path).pages]


def test_on_paper_a_case_stands_on_one_page(opened: Callable[..., Opened], tmp_path: Path) -> None:
    pages = pages_of(opened("s01").page, tmp_path / "s01.pdf")
    assert len(pages) <= 7
    for number in range(1, 7):
        (paper,) = [text for text in pages if f"Fall {number}: Beleg {number}," in text]
        case = paper.split(f"Fall {number}: Beleg {number},")[1].split(f"Fall {number + 1}:")[0]
        assert case.count("Kasse zahlt") == 1


def test_on_paper_a_long_table_repeats_its_headings(
    tmp_path: Path, opened: Callable[..., Opened], written: Path
) -> None:
    item = b"EHE+22:00501+20501+1,00+29,63+20260909+2,96+12'\r\n"
    (written / "long.esol").write_bytes(TEXT.replace(item, item * 150))
    main(["explain", str(written / "long.esol"), "--html", str(written / "long.html")])
    pages = pages_of(opened("long").page, tmp_path / "long.pdf")
    with_rows = [text for text in pages if text.count("09.09.2026") > 3]
    assert len(with_rows) > 2
    assert ["Einzelpreis" in text for text in with_rows] == [True] * len(with_rows)
    # The sum stands at the end alone, though it is the foot of the table.
    assert sum("4.479,76" in text for text in pages) == 1
