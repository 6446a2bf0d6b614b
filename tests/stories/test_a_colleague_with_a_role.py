"""Promise: an owner lets colleagues in, each once and in one role, and what the owner decides counts from the next click."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.conftest import (
    House,
    ask,
    browser_of_a_person,
    has_no_barriers,
    sign_in,
)

pytestmark = pytest.mark.story

IK, ANNA = "260326822", "260326822-anna"
ANNAS_PASSWORD = "drei rote igel singen"
EXEMPT = {
    "kvnr": "A123456780", "initials": "M. M.", "birthDate": "1961-03-09",
    "periods": [{"from": "2026-01-01", "to": "2026-12-31"}],
}  # fmt: skip
LIABLE = {"kvnr": "B123456782", "initials": "L. F.", "birthDate": "1970-01-01", "periods": []}
BEYOND_RECEPTION = (
    "listenabfrage/", "listenabfrage/vorlage.csv", "praxis/einladen/", "praxis/schluessel/",
    "praxis/pruefnummer/", "praxis/teilnahme-beenden/",
)  # fmt: skip
LAST_OWNER = "Eine Person mit der Rolle „Inhaberin oder Inhaber“ muss bleiben."


@pytest.fixture
def owner(house: House, page: Page) -> Page:
    """The signed-in owner of a practice, who has asked once."""
    house.registry(EXEMPT, LIABLE)
    house.has_owner(IK)
    sign_in(page, IK)
    assert ask(page, "B123456782") == "Nicht befreit – Zuzahlung fällig"
    return page


def invite(owner: Page, short_name: str, role: str) -> tuple[str, str]:
    """Praxis → Kollegin oder Kollegen einladen; returns link and code."""
    owner.get_by_role("link", name="Praxis").first.click()
    owner.get_by_role("link", name="Kollegin oder Kollegen einladen").click()
    owner.get_by_label("Kurzname").fill(short_name)
    owner.get_by_label(role).check()
    owner.get_by_role("button", name="Einladung erstellen").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Die Einladung ist fertig")
    return owner.locator("#link").inner_text(), owner.locator("#code").inner_text()


def choose_password(guest: Page) -> None:
    """Eigenes Passwort wählen."""
    guest.get_by_label("Neues eigenes Passwort").fill(ANNAS_PASSWORD)
    guest.get_by_label("Neues Passwort noch einmal").fill(ANNAS_PASSWORD)
    guest.get_by_label("Ich bin mit den Nutzungsbedingungen einverstanden").check()
    guest.get_by_role("button", name="Passwort festlegen und anmelden").click()


def change(owner: Page, name: str) -> None:
    """Ändern, in the line of a person."""
    owner.get_by_role("link", name=f"{name} Ändern", exact=True).click()


def give_role(owner: Page, role: str) -> None:
    """Praxis → Ändern → Rolle speichern, for Anna."""
    owner.get_by_role("link", name="Praxis").first.click()
    change(owner, ANNA)
    owner.get_by_label(role).check()
    owner.get_by_role("button", name="Rolle speichern").click()
    expect(owner.get_by_text(f"{ANNA} hat jetzt die Rolle „{role}“.")).to_be_visible()


def is_refused(page: Page) -> None:
    """The page says why one may not be here, and who could change that."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Das dürfen Sie hier nicht")
    expect(page.get_by_role("main")).to_contain_text("Für diese Seite reicht Ihre Rolle nicht aus.")
    expect(page.get_by_role("main")).to_contain_text("Die Rollen vergibt in Ihrer Praxis")


def menu(page: Page) -> list[str]:
    return page.locator("nav.nav-wide").get_by_role("link").all_inner_texts()


def opens(page: Page, link: str) -> None:
    """Follows the link of an invitation to the question for a password, or to what is said instead."""
    page.goto(link)
    page.get_by_role("button", name="Weiter").click()


def test_reception_is_invited_asks_and_sees_no_more_than_its_role(
    house: House, owner: Page, another_person: Page, browser: Browser
) -> None:
    owners_answer = owner.url
    owner.goto("/praxis/einladen/")
    has_no_barriers(owner)
    link, code = invite(owner, "anna", "Empfang")
    has_no_barriers(owner)
    assert link == f"{house.url}/einladung/#{code}"

    anna = another_person
    anna.goto(link)
    expect(anna.get_by_label("Einladungscode")).to_have_value(code)
    expect(anna).to_have_url(f"{house.url}/einladung/")
    has_no_barriers(anna)
    anna.get_by_role("button", name="Weiter").click()
    expect(anna.get_by_role("main")).to_contain_text("Praxis am Markt lädt Sie ein.")
    expect(anna.get_by_role("main")).to_contain_text(ANNA)
    expect(anna.get_by_role("main")).to_contain_text("Empfang")
    has_no_barriers(anna)
    choose_password(anna)
    expect(anna.get_by_role("heading", level=1)).to_have_text("Abfrage")
    anna.get_by_role("button", name="Abmelden").first.click()

    with browser_of_a_person(browser, house) as context:
        stranger = context.new_page()
        opens(stranger, link)
        expect(stranger.get_by_role("alert")).to_contain_text("Diese Einladung wurde schon benutzt.")
        expect(stranger.get_by_label("Neues eigenes Passwort")).to_have_count(0)
        has_no_barriers(stranger)

    sign_in(anna, ANNA, ANNAS_PASSWORD)
    assert menu(anna) == ["Abfrage", "Verlauf", "Praxis"]
    assert ask(anna, "A123456780") == "Befreit – keine Zuzahlung"
    expect(anna.get_by_role("main")).to_contain_text(f"Uhr von {ANNA}")
    has_no_barriers(anna)

    anna.get_by_role("link", name="Verlauf").first.click()
    expect(anna.get_by_text("Sie sehen die Auskünfte, die Sie selbst abgefragt haben.")).to_be_visible()
    expect(anna.get_by_role("main")).to_contain_text("A123 456 780")
    expect(anna.get_by_role("main")).not_to_contain_text("B123 456 782")
    has_no_barriers(anna)
    anna.goto(owners_answer)
    expect(anna.get_by_role("heading", level=1)).to_have_text("Diese Seite gibt es nicht")
    has_no_barriers(anna)

    for path in BEYOND_RECEPTION:
        answer = anna.goto(f"/{path}")
        assert (path, answer and answer.status) == (path, 403)
        is_refused(anna)
    has_no_barriers(anna)
    anna.goto("/praxis/")
    assert anna.get_by_role("main").get_by_role("heading").all_inner_texts() == ["Praxis", "Mein Zugang"]
    has_no_barriers(anna)

    owner.get_by_role("link", name="Verlauf").first.click()
    _, of_anna, of_owner = owner.get_by_role("row").all()
    expect(of_anna).to_contain_text("A123 456 780")
    expect(of_anna).to_contain_text(ANNA)
    expect(of_owner).to_contain_text("B123 456 782")
    expect(of_owner).to_contain_text(IK)
    expect(of_owner).not_to_contain_text(ANNA)


def test_another_role_counts_from_the_next_click_and_who_is_removed_is_out_with_it(
    owner: Page, another_person: Page
) -> None:
    anna = another_person
    opens(anna, invite(owner, "anna", "Empfang")[0])
    choose_password(anna)
    assert menu(anna) == ["Abfrage", "Verlauf", "Praxis"]

    give_role(owner, "Abrechnung")
    anna.get_by_role("link", name="Verlauf").first.click()
    expect(anna.get_by_role("main")).to_contain_text("B123 456 782")
    assert menu(anna) == ["Abfrage", "Listenabfrage", "Verlauf", "Praxis"]
    anna.get_by_role("link", name="Listenabfrage").first.click()
    anna.get_by_label("CSV-Datei").set_input_files(
        {"name": "liste.csv", "mimeType": "text/csv", "buffer": b"KVNR;Erlaubnis\nA123456780;vor Ort\n"}
    )

    give_role(owner, "Empfang")
    anna.get_by_role("button", name="Datei prüfen").click()
    is_refused(anna)
    has_no_barriers(anna)

    anna.goto("/abfrage/")
    anna.get_by_label("Krankenversichertennummer").fill("A123456780")
    owner.get_by_role("link", name="Praxis").first.click()
    change(owner, ANNA)
    has_no_barriers(owner)
    owner.get_by_role("link", name="Person entfernen").click()
    expect(owner.get_by_role("button", name="Person entfernen")).to_be_visible()
    has_no_barriers(owner)
    owner.get_by_role("button", name="Person entfernen").click()
    expect(owner.get_by_text(f"{ANNA} hat keinen Zugang mehr.")).to_be_visible()
    expect(owner.get_by_role("link", name=re.compile(ANNA))).to_have_count(0)
    has_no_barriers(owner)

    anna.get_by_role("button", name="Abfragen").click()
    expect(anna.get_by_role("heading", level=1)).to_have_text("Ihre Sitzung ist abgelaufen")
    has_no_barriers(anna)
    sign_in(anna, ANNA, ANNAS_PASSWORD)
    expect(anna.get_by_role("alert")).to_contain_text("Benutzername und Passwort passen nicht zusammen.")
    owner.goto("/abfrage/")
    expect(owner.get_by_text("99 von 100")).to_be_visible()


def test_an_invitation_taken_back_lets_nobody_in_not_even_who_had_opened_it(
    house: House, owner: Page, another_person: Page, browser: Browser
) -> None:
    link, _ = invite(owner, "bert", "Inhaberin oder Inhaber")
    bert = another_person
    opens(bert, link)
    expect(bert.get_by_role("heading", level=1)).to_have_text("Eigenes Passwort wählen")

    owner.get_by_role("link", name="Fertig").click()
    expect(
        owner.get_by_role("button", name="Einladung für 260326822-bert Zurücknehmen", exact=True)
    ).to_be_visible()
    has_no_barriers(owner)
    owner.get_by_role("button", name="Einladung für 260326822-bert Zurücknehmen", exact=True).click()
    expect(owner.get_by_text("Die Einladung ist zurückgenommen. Der Link geht nicht mehr.")).to_be_visible()
    expect(owner.get_by_text("260326822-bert")).to_have_count(0)

    choose_password(bert)
    expect(
        bert.get_by_text(
            "Diese Einladung gilt nicht mehr: Sie wurde zurückgenommen oder durch eine neuere ersetzt."
        )
    ).to_be_visible()
    has_no_barriers(bert)
    with browser_of_a_person(browser, house) as context:
        late = context.new_page()
        opens(late, link)
        expect(late.get_by_role("alert")).to_contain_text(
            "Diese Einladung gilt nicht mehr: Sie wurde zurückgenommen oder durch eine neuere ersetzt."
        )
    sign_in(bert, "260326822-bert", ANNAS_PASSWORD)
    expect(bert.get_by_role("alert")).to_contain_text("Benutzername und Passwort passen nicht zusammen.")


def test_the_last_owner_can_neither_give_up_the_role_nor_go(owner: Page) -> None:
    owner.get_by_role("link", name="Praxis").first.click()
    change(owner, IK)
    expect(owner.get_by_role("link", name="Person entfernen")).to_have_count(0)
    owner.get_by_label("Empfang").check()
    owner.get_by_role("button", name="Rolle speichern").click()
    expect(owner.get_by_role("alert")).to_contain_text(LAST_OWNER)
    has_no_barriers(owner)

    owner.get_by_role("link", name="Konto verlassen").click()
    expect(owner.get_by_role("main")).to_contain_text(LAST_OWNER)
    expect(owner.get_by_role("button", name="Konto verlassen")).to_have_count(0)
    has_no_barriers(owner)

    owner.get_by_role("link", name="Praxis").first.click()
    expect(owner.get_by_role("row", name=f"{IK} (Sie)")).to_contain_text("Inhaberin oder Inhaber")
