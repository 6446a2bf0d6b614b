"""The Prüfnummer wakes an owner once; strangers who try learn nothing and lock nobody out."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from django.core import mail

from tests.accounts.household import (
    IK,
    NEW_PASSWORD,
    PASSWORD,
    UNKNOWN_IK,
    Clock,
    Letters,
    Practice,
    at_once,
    browser,
    enter,
    errors_of,
    measured,
    names,
    receive_letters,
    text_of,
    work,
)
from zuzahlung.accounts.models import Notice, Person, Secret
from zuzahlung.accounts.services import passwords
from zuzahlung.vault import codes


@pytest.fixture
def member_practice(practice: Practice, clock: Clock, letters: Letters) -> Practice:
    """A practice whose owner came by letter, has an address, and works."""
    receive_letters(clock, email="inhaberin@example.org")
    client = browser()
    enter(client, IK, letters.initialkennwort)
    client.post(
        "/erste-anmeldung/",
        {
            "pruefnummer": letters.pruefnummer,
            "password": PASSWORD,
            "password_again": PASSWORD,
            "email": "inhaberin@example.org",
            "terms": "on",
        },
    )
    return practice


def wrong() -> str:
    return codes.make(codes.PRUEFNUMMER, secrets.token_bytes)


def recover(pruefnummer: str, name: str = IK, *, address: str = "192.0.2.1", client: Any = None) -> Any:
    return (client or browser(address)).post(
        "/passwort-vergessen/",
        {"name": name, "pruefnummer": pruefnummer, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD},
    )


def test_a_lost_password_is_replaced_and_the_pruefnummer_with_it(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    old = letters.pruefnummer
    elsewhere = browser()
    enter(elsewhere, IK, PASSWORD)
    client = browser()

    assert recover(old, client=client)["Location"] == "/abfrage/"

    assert client.get("/abfrage/").status_code == 200
    assert elsewhere.get("/abfrage/").status_code == 302
    assert enter(browser(), IK, PASSWORD).status_code == 200
    assert enter(browser(), IK, NEW_PASSWORD).status_code == 302
    work(clock)
    new = letters.pruefnummer
    assert new != old
    states = [secret.state for secret in member_practice.rows(Secret, kind="pruefnummer")]
    assert states == ["used", "valid"]
    assert recover(old).status_code == 200
    assert recover(new).status_code == 302


def test_the_use_of_the_pruefnummer_is_shown_and_mailed(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    client = browser()
    recover(letters.pruefnummer, client=client)
    work(clock)
    assert "Ein Passwort wurde mit der Prüfnummer neu festgelegt" in text_of(client.get("/praxis/"))
    (message,) = mail.outbox
    assert message.to == ["inhaberin@example.org"]
    assert (
        message.subject
        == "Serviceportal der Musterkasse: Ein Passwort wurde mit der Prüfnummer neu festgelegt"
    )
    assert IK not in message.body
    assert "http" not in message.body


def test_only_who_has_the_pruefnummer_learns_that_a_password_is_made_of_the_institutions_town(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    def with_town(pruefnummer: str) -> list[str]:
        return errors_of(
            browser().post(
                "/passwort-vergessen/",
                {
                    "name": IK,
                    "pruefnummer": pruefnummer,
                    "password": "Dresden-2026!",
                    "password_again": "Dresden-2026!",
                },
            )
        )

    (told,) = with_town(wrong())
    assert "Prüfnummer" in told
    (told,) = with_town(letters.pruefnummer)
    assert "aus dem Namen oder Ort Ihrer Einrichtung" in told
    # The Prüfnummer is not used up by it.
    assert recover(letters.pruefnummer).status_code == 302


def test_of_two_recoveries_at_once_with_one_pruefnummer_one_succeeds(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    def recovering(password: str) -> Any:
        return lambda: passwords.recover(
            IK, pruefnummer=letters.pruefnummer, password=password, network="192.0.2.1", now=clock.now
        )

    outcomes = at_once(recovering(NEW_PASSWORD), recovering(NEW_PASSWORD + " zwei"))
    assert names(outcomes) == ["PasswordSet", "Refused"]


def test_five_wrong_pruefnummern_pause_recovery_for_a_day_with_a_notice_and_sign_in_goes_on(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    told = [errors_of(recover(wrong(), address=f"203.0.113.{turn}"))[0] for turn in range(5)]
    work(clock)

    refused = (
        "Das passt nicht zusammen. Bitte vergleichen Sie die Prüfnummer Zeichen für Zeichen mit dem Brief."
    )
    paused = (
        "Die Prüfnummer war zu oft falsch. Bis 21.11.2026, 10:42 Uhr nehmen wir keine mehr an. Ihr Passwort oder "
        "Initialkennwort gilt weiter."
    )
    assert told == [refused, refused, refused, refused, paused]
    assert errors_of(recover(letters.pruefnummer)) == [paused]
    assert [notice.kind for notice in member_practice.rows(Notice)] == ["recovery-paused"]
    assert [message.subject for message in mail.outbox] == [
        "Serviceportal der Musterkasse: Die Prüfnummer wurde mehrmals falsch eingegeben"
    ]
    assert member_practice.journal()[-1] == "recovery-paused"
    # A stranger with the public IK locks nobody out.
    assert enter(browser(), IK, PASSWORD).status_code == 302
    clock.forward(days=1)
    assert recover(letters.pruefnummer)["Location"] == "/abfrage/"


def test_an_unknown_name_is_answered_alike_at_every_try_and_costs_the_same(
    member_practice: Practice, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for turn in range(6):
        with measured(monkeypatch) as known:
            first = recover(wrong(), IK, address=f"198.51.100.{turn}")
        with measured(monkeypatch) as unknown:
            second = recover(wrong(), UNKNOWN_IK, address=f"198.51.100.{turn}")
        assert known.statements == unknown.statements, turn
        assert known.hashes == unknown.hashes == (1 if turn < 5 else 0), turn
        assert errors_of(first) == errors_of(second), turn
    assert errors_of(first)[0].startswith("Die Prüfnummer war zu oft falsch.")


def test_the_pause_of_an_unknown_name_leaves_no_trace_with_anybody(
    member_practice: Practice, clock: Clock
) -> None:
    for turn in range(5):
        recover(wrong(), UNKNOWN_IK, address=f"203.0.113.{turn}")
    work(clock)
    assert member_practice.rows(Notice) == []
    assert mail.outbox == []


def test_typing_errors_are_explained_and_never_count(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    for typed in ("ABC", "2" + letters.pruefnummer[2:], letters.pruefnummer + "2", "0OIL1", "Ä" * 15) * 3:
        answer = recover(typed)
        assert answer.status_code == 200
        assert errors_of(answer)[0].startswith("Die Prüfnummer ")
    assert recover(letters.pruefnummer)["Location"] == "/abfrage/"


def test_a_pruefnummer_may_be_typed_in_groups_and_small_letters(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    code = letters.pruefnummer.lower()
    assert recover(f" {code[:5]} {code[5:10]}-{code[10:]} ")["Location"] == "/abfrage/"


def test_a_good_use_forgets_earlier_wrong_tries(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    for turn in range(4):
        recover(wrong(), address=f"203.0.113.{turn}")
    recover(letters.pruefnummer)
    work(clock)
    for turn in range(4):
        assert "Das passt nicht zusammen" in errors_of(recover(wrong(), address=f"203.0.113.{turn}"))[0]


def test_a_network_that_guesses_many_names_has_to_wait(member_practice: Practice, clock: Clock) -> None:
    for turn in range(11):
        recover(wrong(), f"54000{turn:04}")
    assert "zu viele Versuche" in errors_of(recover(wrong(), "540009999"))[0]


def test_every_owner_is_woken_by_the_pruefnummer_of_the_practice_and_nobody_else(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    bert = member_practice.person("bert", "owner")
    anna = member_practice.person("anna", "billing")
    assert errors_of(recover(letters.pruefnummer, anna.sign_in))[0].startswith("Das passt nicht zusammen.")
    assert recover(letters.pruefnummer, bert.sign_in)["Location"] == "/abfrage/"
    assert enter(browser(), IK, PASSWORD).status_code == 302
    assert enter(browser(), anna.sign_in, PASSWORD).status_code == 302


def test_an_account_that_never_was_signed_in_to_cannot_be_recovered(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    assert errors_of(recover(letters.pruefnummer))[0].startswith("Das passt nicht zusammen.")


def test_strangers_who_pause_recovery_do_not_stop_a_first_sign_in(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    for turn in range(6):
        recover(wrong(), address=f"203.0.113.{turn}")
    client = browser()
    enter(client, IK, letters.initialkennwort)
    answer = client.post(
        "/erste-anmeldung/",
        {
            "pruefnummer": letters.pruefnummer,
            "password": PASSWORD,
            "password_again": PASSWORD,
            "terms": "on",
        },
    )
    assert answer["Location"] == "/abfrage/"


ORDER = "/praxis/pruefnummer/"


def test_an_owner_orders_a_new_pruefnummer_and_the_old_one_ends_at_once(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    old = letters.pruefnummer
    clock.forward(days=8)
    client = browser()
    enter(client, IK, PASSWORD)
    page = text_of(client.get(ORDER))
    assert "Praxis am Markt Marktplatz 3 01067 Dresden" in page

    assert client.post(ORDER, {"current_password": PASSWORD})["Location"] == "/praxis/"

    assert errors_of(recover(old))[0].startswith("Das passt nicht zusammen.")
    work(clock)
    assert recover(letters.pruefnummer)["Location"] == "/abfrage/"
    assert "pruefnummer-ordered" in member_practice.journal()


def test_a_new_pruefnummer_needs_the_password_and_comes_once_a_week(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    client = browser()
    enter(client, IK, PASSWORD)
    # The first letter was ordered at registration, on Thursday at 10:42.
    assert "ab 26.11.2026, 10:42 Uhr" in text_of(client.get(ORDER))
    client.post(ORDER, {"current_password": PASSWORD})
    work(clock)
    assert letters.kinds == ["Das Initialkennwort", "Die Prüfnummer"]

    clock.forward(days=6)
    enter(client, IK, PASSWORD)
    assert "Neue Prüfnummer bestellen" in text_of(client.get(ORDER))
    assert errors_of(client.post(ORDER, {"current_password": "falsch falsch"})) == [
        "Das Passwort stimmt nicht. Bitte prüfen Sie auch Groß- und Kleinschreibung."
    ]
    client.post(ORDER, {"current_password": PASSWORD})
    client.post(ORDER, {"current_password": PASSWORD})
    work(clock)
    assert letters.kinds == ["Das Initialkennwort", "Die Prüfnummer", "Die Prüfnummer"]


def test_without_a_whole_address_no_letter_is_ordered_and_the_old_pruefnummer_stays(
    member_practice: Practice, clock: Clock, letters: Letters
) -> None:
    from zuzahlung.accounts.models import Institution

    Institution.objects.using("operator").filter(id=member_practice.id).update(street="")
    clock.forward(days=8)
    client = browser()
    enter(client, IK, PASSWORD)
    answer = client.post(ORDER, {"current_password": PASSWORD})
    assert "Wir haben keine vollständige Anschrift von Ihnen" in text_of(answer)
    assert recover(letters.pruefnummer)["Location"] == "/abfrage/"


def test_a_paused_account_is_shown_to_the_operator(member_practice: Practice, clock: Clock) -> None:
    for turn in range(5):
        recover(wrong(), address=f"203.0.113.{turn}")
    work(clock)
    (person,) = member_practice.rows(Person)
    assert person.recovery_paused_until == clock.forward(days=1)
