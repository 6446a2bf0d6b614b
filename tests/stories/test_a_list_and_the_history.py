"""Promise: many insured are asked about in one file, and every answer is found again, unchanged, whenever it is needed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import House, ask, has_no_barriers, join, sign_in

pytestmark = pytest.mark.story

EXEMPT = {
    "kvnr": "A123456780", "initials": "M. M.", "birthDate": "1961-03-09",
    "periods": [{"from": "2026-01-01", "to": "2026-12-31"}],
}  # fmt: skip
LIABLE = {"kvnr": "B123456782", "initials": "L. F.", "birthDate": "1970-01-01", "periods": []}
LIST = (
    "\ufeffKVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\r\n"
    "A123 456 780;vor Ort;;20.11.2026\r\n"
    "B123 456 783;vor Ort;;20.11.2026\r\n"
    "b123456782;Serie;01.12.2026;20.11.2026 23.11.2026\r\n"
)


def upload(page: Page, text: str) -> None:
    page.goto("/listenabfrage/")
    page.get_by_label("CSV-Datei").set_input_files(
        {"name": "patienten.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Datei prüfen").click()


def table(page: Page, button: str) -> list[str]:
    """The lines of a table that is taken away, as a German Excel would read them."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()


def test_a_list_from_the_file_to_the_result(house: House, page: Page) -> None:
    house.registry(EXEMPT, LIABLE, day=date(2026, 11, 18))
    join(page, house, "260326822")
    page.get_by_role("link", name="Listenabfrage").first.click()
    expect(page.get_by_text("Heute noch 100 von 100 Abfragen übrig")).to_be_visible()
    has_no_barriers(page)

    upload(page, "KVNR;Vorname\nA123456780;Erika")
    expect(page.get_by_role("alert")).to_contain_text("Zeile 1: Die Spalte „Vorname“ ist nicht bekannt.")
    has_no_barriers(page)

    upload(page, LIST)
    expect(page.get_by_role("heading", level=1)).to_have_text("Liste prüfen und starten")
    expect(page.get_by_text("Die 2 Abfragen passen in das, was heute übrig ist.")).to_be_visible()
    expect(page.get_by_role("row", name="3 B123 456 783")).to_contain_text(
        "Nach B12345678 müsste eine 2 stehen."
    )
    has_no_barriers(page)

    page.get_by_role("button", name="2 Zeilen abfragen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Liste wird abgefragt")
    expect(page.get_by_text("1 von 3 Zeilen sind fertig")).to_be_visible()
    has_no_barriers(page)

    house.works()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ergebnis der Liste", timeout=10_000)
    expect(page.get_by_role("row", name="A123 456 780")).to_contain_text("befreit")
    expect(page.get_by_role("row", name="B123 456 782")).to_contain_text("nicht befreit")
    has_no_barriers(page)
    lines = table(page, "Ergebnis als CSV-Datei laden")
    assert [line.split(";")[:5] for line in lines] == [
        ["Zeile", "Krankenversichertennummer", "Initialen", "Tag der Abgabe", "Auskunft"],
        ["2", "A123 456 780", "M. M.", "20.11.2026", "befreit"],
        ["3", "B123 456 783", "", "20.11.2026", ""],
        ["4", "B123 456 782", "L. F.", "20.11.2026", "nicht befreit"],
        ["4", "B123 456 782", "L. F.", "23.11.2026", "nicht befreit, nach heutigem Stand"],
    ]
    page.goto("/abfrage/")
    expect(page.get_by_text("98 von 100")).to_be_visible()


def test_a_list_without_script(house: House, page: Page, page_without_script: Page) -> None:
    house.registry(EXEMPT, LIABLE)
    join(page, house, "260326822")
    quiet = page_without_script
    sign_in(quiet, "260326822")
    upload(quiet, LIST)
    quiet.get_by_role("button", name="2 Zeilen abfragen").click()
    expect(quiet.get_by_role("heading", level=1)).to_have_text("Liste wird abgefragt")
    house.works()
    quiet.get_by_role("link", name="Stand aktualisieren").click()
    expect(quiet.get_by_role("heading", level=1)).to_have_text("Ergebnis der Liste", timeout=10_000)


def test_an_answer_is_found_again_by_its_number_and_has_the_same_receipt(house: House, page: Page) -> None:
    house.registry(EXEMPT, LIABLE)
    join(page, house, "260326822")
    page.goto("/verlauf/")
    expect(page.get_by_text("Hier stehen die Auskünfte Ihrer Praxis")).to_be_visible()
    has_no_barriers(page)

    assert ask(page, "A123456780") == "Befreit – keine Zuzahlung"
    receipt = page.get_by_role("link", name="Nachweis als PDF").get_attribute("href")
    assert receipt is not None
    paper = page.request.get(receipt).body()
    house.clock.forward(minutes=5)
    assert ask(page, "B123456782") == "Nicht befreit – Zuzahlung fällig"

    # A later stand says something else; an answer that was given stays as it is.
    house.clock.forward(minutes=5)
    house.registry({**EXEMPT, "periods": []}, LIABLE)
    page.get_by_role("link", name="Verlauf").first.click()
    assert page.get_by_role("row").count() == 3
    page.locator("main summary").click()
    has_no_barriers(page)
    page.get_by_label("Krankenversichertennummer").fill("a123 456 780")
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_text("Versichertennummer A123 456 780")).to_be_visible()
    assert "123456" not in page.url.replace("%20", "")
    assert page.get_by_role("row").count() == 2
    has_no_barriers(page)

    lines = table(page, "CSV-Datei laden")
    assert [line.split(";")[:4] for line in lines[1:]] == [
        ["A123 456 780", "M. M.", "19.11.2026", "befreit"]
    ] or ([line.split(";")[:4] for line in lines[1:]] == [["A123 456 780", "M. M.", "20.11.2026", "befreit"]])
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Befreit – keine Zuzahlung")
    assert page.request.get(receipt).body() == paper
