"""Promise: the Prüfnummer wakes an account after long non-use or a lost password, and strangers lock nobody out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import PASSWORD, House, has_no_barriers, join, sign_in

pytestmark = pytest.mark.story

IK = "260326822"
NEW_PASSWORD = "vierzehn graue esel schweigen"
A_TYPING_ERROR, WELL_FORMED_BUT_WRONG = "22222-22222-22223", "22222-22222-22224"


def recover(page: Page, name: str, pruefnummer: str, password: str = NEW_PASSWORD) -> None:
    page.goto("/passwort-vergessen/")
    page.get_by_label("Benutzername").fill(name)
    page.get_by_label("Prüfnummer", exact=True).fill(pruefnummer)
    page.get_by_label("Neues eigenes Passwort").fill(password)
    page.get_by_label("Neues Passwort noch einmal").fill(password)
    page.get_by_role("button", name="Neues Passwort festlegen").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Abmelden").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sie sind abgemeldet")


def test_a_lost_password_is_replaced_with_the_pruefnummer_which_then_is_replaced_itself(
    house: House, page: Page
) -> None:
    pruefnummer = join(page, house, IK, email="praxis@example.org")
    sign_out(page)

    recover(page, IK, pruefnummer)
    expect(page.get_by_role("heading", level=1)).to_have_text("Abfrage")
    expect(page.get_by_text("Ein Passwort wurde mit der Prüfnummer neu festgelegt")).to_be_visible()
    has_no_barriers(page)
    house.works()
    assert [mail.to for mail in house.mails] == [["praxis@example.org"]]
    assert "Prüfnummer" in house.mails[0].subject
    assert house.letters()["Prüfnummer"] != pruefnummer

    sign_out(page)
    recover(page, IK, pruefnummer, PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("Das passt nicht zusammen")
    sign_in(page, IK, PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("passen nicht zusammen")
    sign_in(page, IK, NEW_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Abfrage")


def test_an_account_that_slept_for_180_days_is_woken_with_the_pruefnummer(house: House, page: Page) -> None:
    pruefnummer = join(page, house, IK)
    sign_out(page)
    house.clock.forward(days=180)

    sign_in(page, IK)
    expect(page.get_by_text("Ihr Konto schläft")).to_be_visible()
    has_no_barriers(page)
    page.get_by_label("Prüfnummer", exact=True).fill(pruefnummer)
    page.get_by_label("Neues eigenes Passwort").fill(NEW_PASSWORD)
    page.get_by_label("Neues Passwort noch einmal").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Neues Passwort festlegen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Abfrage")


def test_a_strangers_wrong_tries_pause_recovery_but_not_sign_in(
    house: House, page: Page, another_person: Page
) -> None:
    join(page, house, IK)
    sign_out(page)

    for _ in range(7):
        recover(another_person, IK, A_TYPING_ERROR)
        expect(another_person.get_by_role("alert")).to_contain_text("Die Prüfnummer enthält einen Tippfehler")
    for _ in range(4):
        recover(another_person, IK, WELL_FORMED_BUT_WRONG)
        expect(another_person.get_by_role("alert")).to_contain_text("Das passt nicht zusammen")
    recover(another_person, IK, WELL_FORMED_BUT_WRONG)
    expect(another_person.get_by_role("alert")).to_contain_text("zu oft falsch")

    for _ in range(12):
        sign_in(another_person, IK, "geraten und geraten")
    expect(another_person.get_by_role("alert")).to_contain_text("zu viele Versuche")

    house.works()
    sign_in(page, IK)
    expect(page.get_by_role("heading", level=1)).to_have_text("Abfrage")
    expect(page.get_by_text("Die Prüfnummer wurde mehrmals falsch eingegeben")).to_be_visible()
