"""Promise of the leaflet: register, get two letters, sign in, and learn in real time whether an insured is exempt."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import PASSWORD, House, ask, has_no_barriers, join, register, sign_in

pytestmark = pytest.mark.story

IK = "260326822"
EXEMPT = {
    "kvnr": "A123456780", "initials": "M. M.", "birthDate": "1961-03-09",
    "periods": [{"from": "2026-04-01", "to": "2026-12-31"}],
}  # fmt: skip
LIABLE = {"kvnr": "T555558879", "initials": "A. B.", "birthDate": "1980-01-01", "periods": []}
CHILD = {"kvnr": "M123456785", "initials": "K. L.", "birthDate": "2015-06-30", "periods": []}


def test_a_practice_registers_signs_in_and_gets_its_answers(house: House, page: Page) -> None:
    house.registry(EXEMPT, LIABLE, CHILD)
    house.knows(IK, "Praxis für Physiotherapie Doppelname-Schmidt-Rodríguez")

    register(page, house, IK, "praxis@example.org")
    has_no_barriers(page)
    house.works()
    assert list(house.letters()) == ["Initialkennwort"]
    house.clock.forward(days=1)
    house.works()
    letters = house.letters()
    assert house.mails == []

    sign_in(page, IK, letters["Initialkennwort"].lower().replace("-", " "))
    expect(page.get_by_role("heading", level=1)).to_have_text("Erste Anmeldung")
    has_no_barriers(page)
    page.goto("/abfrage/")
    expect(page.get_by_label("Krankenversichertennummer")).to_have_count(0)
    page.goto("/erste-anmeldung/")
    page.get_by_label("Prüfnummer", exact=True).fill(letters["Prüfnummer"])
    page.get_by_label("Neues eigenes Passwort").fill(PASSWORD)
    page.get_by_label("Neues Passwort noch einmal").fill(PASSWORD)
    expect(page.get_by_label("E-Mail-Adresse")).to_have_value("praxis@example.org")
    page.get_by_label("Ich bin mit den Nutzungsbedingungen einverstanden").check()
    page.get_by_role("button", name="Passwort festlegen").click()
    done = page.get_by_role("status").filter(has_text="Ihr Passwort gilt.")
    expect(done).to_be_focused()
    expect(done).to_contain_text(
        "Das Initialkennwort brauchen Sie nicht mehr; bewahren Sie die Prüfnummer gut auf."
    )
    expect(page).to_have_title(re.compile("^Meldung: Abfrage"))
    has_no_barriers(page)

    assert ask(page, "a123 456 780") == "Befreit – keine Zuzahlung"
    expect(page.get_by_role("main")).to_contain_text("A123 456 780")
    expect(page.get_by_role("main")).to_contain_text("M. M.")
    expect(page.get_by_role("main")).to_contain_text("31.12.2026")
    expect(page.get_by_role("link", name="Nächste Abfrage")).to_be_focused()
    assert "A123456780" not in page.url
    has_no_barriers(page)
    number = re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}-[2-9A-Z]{5}", page.get_by_role("main").inner_text())[0]

    with page.expect_download() as started:
        page.get_by_role("link", name="Nachweis als PDF").click()
    text = pypdf.PdfReader(started.value.path()).pages[0].extract_text()
    assert "Befreit – keine Zuzahlung" in text
    assert number in text
    assert "A123 456 780" in text

    assert ask(page, "T555558879") == "Nicht befreit – Zuzahlung fällig"
    assert ask(page, "M123456785") == "Keine Zuzahlung – unter 18 Jahre"
    assert ask(page, "X110465770") == "Keine Auskunft möglich"
    has_no_barriers(page)

    page.get_by_role("navigation", name="Hauptmenü").first.get_by_role("link", name="Verlauf").click()
    rows = page.get_by_role("main").inner_text()
    assert "A123 456 780" in rows
    assert number in rows
    has_no_barriers(page)


def test_the_receipt_of_an_answer_stays_the_same_for_ever(house: House, page: Page) -> None:
    house.registry(EXEMPT)
    join(page, house, IK)
    ask(page, "A123456780")
    address = page.url + "nachweis.pdf"
    first = page.request.get(address).body()

    house.clock.forward(days=20)
    house.registry({**EXEMPT, "initials": "X. Y.", "periods": []})
    sign_in(page, IK)
    assert page.request.get(address).body() == first
    assert "Befreit" in pypdf.PdfReader(io.BytesIO(first)).pages[0].extract_text()


def test_a_wrong_check_digit_is_explained_at_the_field_and_costs_nothing(house: House, page: Page) -> None:
    house.registry(EXEMPT)
    join(page, house, IK)
    page.goto("/abfrage/")
    page.get_by_label("Krankenversichertennummer").fill("A123456789")
    page.get_by_label("mündlich, hier vor Ort").check()
    page.get_by_role("button", name="Abfragen").click()

    expect(page.get_by_role("alert")).to_contain_text("Die Prüfziffer passt nicht")
    expect(page.get_by_label("Krankenversichertennummer")).to_have_value("A123456789")
    expect(page).to_have_title(re.compile("^Fehler: "))
    expect(page.get_by_text("100 von 100")).to_be_visible()
    has_no_barriers(page)
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("Krankenversichertennummer")).to_be_focused()


def test_everything_works_without_javascript(house: House, page_without_script: Page) -> None:
    page = page_without_script
    house.registry(EXEMPT)
    house.knows(IK)
    page.goto("/konto-registrieren/")
    code = page.locator(".brake .code").inner_text().split(":")[-1].replace(" ", "").strip()
    page.get_by_label("Institutionskennzeichen").fill(IK)
    page.get_by_label("Ich habe die Nutzungsbedingungen gelesen").check()
    page.get_by_label("Code abtippen").fill(code.lower())
    page.get_by_role("button", name="Registrieren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Anfrage ist angekommen")
    house.works()
    house.clock.forward(days=1)
    house.works()
    sign_in(page, IK, house.letters()["Initialkennwort"])
    page.get_by_label("Prüfnummer", exact=True).fill(house.letters()["Prüfnummer"])
    page.get_by_label("Neues eigenes Passwort").fill(PASSWORD)
    page.get_by_label("Neues Passwort noch einmal").fill(PASSWORD)
    page.get_by_label("Ich bin mit den Nutzungsbedingungen einverstanden").check()
    page.get_by_role("button", name="Passwort festlegen").click()
    assert ask(page, "A123456780") == "Befreit – keine Zuzahlung"
