"""Whoever asks for an account learns nothing; what follows is decided by the worker, once per cool-down."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from tests.accounts.household import (
    IK,
    NEW_PASSWORD,
    OTHER_IK,
    PASSWORD,
    UNKNOWN_IK,
    Clock,
    Letters,
    Practice,
    ask_for_account,
    at_once,
    browser,
    enter,
    errors_of,
    known_practice,
    measured,
    receive_letters,
    text_of,
    work,
)
from zuzahlung.accounts.models import Institution, Notice, Person, Registration, Secret
from zuzahlung.accounts.services import captcha, registration
from zuzahlung.standards.numbers import ik

HOMELESS_IK = "108018007"


def ask(client: Any, number: str, clock: Clock, **more: str) -> Any:
    """The form with a displayed code typed off."""
    key, code = captcha.new_text_code(clock.now)
    return client.post(
        "/konto-registrieren/",
        {"ik": number, "email": "", "terms": "on", "code_key": key, "code": code.lower(), **more},
    )


def states() -> list[tuple[str, str]]:
    return list(Registration.objects.order_by("asked_at", "id").values_list("ik", "state"))


@pytest.mark.parametrize("number", [IK, OTHER_IK, UNKNOWN_IK, HOMELESS_IK])
def test_every_number_is_answered_with_the_same_page_and_the_same_statements(
    practice: Practice, clock: Clock, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    known_practice(clock, OTHER_IK).person()  # Registered long ago.
    known_practice(clock, HOMELESS_IK, city="")
    ask(browser("198.51.100.1"), "104212059", clock)
    with measured(monkeypatch) as usual:
        expected = ask(browser("198.51.100.2"), "104212059", clock)
    with measured(monkeypatch) as this:
        answer = ask(browser("198.51.100.3"), number, clock)
    page = browser().get(answer["Location"])
    assert (answer.status_code, answer["Location"]) == (expected.status_code, expected["Location"])
    assert this.statements == usual.statements
    assert this.hashes == usual.hashes == 0
    assert number not in text_of(page)
    assert mail.outbox == []


def test_a_known_institution_gets_two_letters_on_two_days_and_nobody_gets_mail(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    ask_for_account(clock, email="praxis@example.org")
    assert letters.kinds == ["Das Initialkennwort"]
    clock.forward(hours=13)  # 23:42 in Germany, still the same day.
    work(clock)
    assert letters.kinds == ["Das Initialkennwort"]
    clock.forward(hours=1)
    work(clock)
    assert letters.kinds == ["Das Initialkennwort", "Die Prüfnummer"]
    assert mail.outbox == []
    assert states() == [(IK, "letters")]


def test_an_unknown_number_and_one_without_address_wait_for_the_operator_once(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    known_practice(clock, HOMELESS_IK, city="")
    for number in (UNKNOWN_IK, HOMELESS_IK):
        for _ in range(2):
            ask_for_account(clock, number)
            clock.forward(minutes=1)
    assert states() == [
        (UNKNOWN_IK, "unknown"),
        (UNKNOWN_IK, "cooling"),
        (HOMELESS_IK, "no-address"),
        (HOMELESS_IK, "cooling"),
    ]
    assert letters.made == []


def test_a_registered_institution_gets_one_notice_and_one_mail_per_cool_down(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    practice.person(email="inhaberin@example.org")
    practice.person("bert", "owner")  # Has no address.
    practice.person("anna", "billing", email="anna@example.org")  # Is no owner.
    for _ in range(3):
        ask_for_account(clock)
        clock.forward(days=1)
    assert [notice.kind for notice in practice.rows(Notice)] == ["registered-again"]
    assert [message.to for message in mail.outbox] == [["inhaberin@example.org"]]
    assert mail.outbox[0].subject == (
        "Serviceportal der Musterkasse: Jemand wollte ein Konto für Ihr IK registrieren"
    )
    clock.forward(days=14)
    ask_for_account(clock)
    assert len(practice.rows(Notice)) == 2
    assert letters.made == []
    assert enter(browser(), IK).status_code == 302


def test_mail_goes_only_to_an_address_that_was_confirmed(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock, email="fremd@example.org")
    client = browser()
    enter(client, IK, letters.initialkennwort)
    client.post(
        "/erste-anmeldung/",
        {
            "pruefnummer": letters.pruefnummer,
            "password": PASSWORD,
            "password_again": PASSWORD,
            "email": "",
            "terms": "on",
        },
    )
    ask_for_account(clock)
    assert [notice.kind for notice in practice.rows(Notice)] == ["registered-again"]
    assert mail.outbox == []


def test_within_the_cool_down_no_second_pair_of_letters_is_sent_and_after_it_new_codes_replace_the_old(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    first = letters.initialkennwort
    clock.forward(days=12, hours=23)
    ask_for_account(clock)
    assert [state for _, state in states()] == ["letters", "cooling"]
    clock.forward(hours=2)
    receive_letters(clock)
    assert [state for _, state in states()] == ["letters", "cooling", "letters"]
    assert enter(browser(), IK, first).status_code == 200
    assert enter(browser(), IK, letters.initialkennwort)["Location"] == "/erste-anmeldung/"
    assert len(practice.rows(Person)) == 1
    assert [secret.state for secret in practice.rows(Secret, kind="initial")] == ["replaced", "valid"]


def test_of_two_requests_settled_at_once_one_orders_letters(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    for _ in range(2):
        registration.ask_for_account(ik.parse(IK), email="", terms_version="2026-11", now=clock.now)
    rows = list(Registration.objects.values_list("id", flat=True))
    assert at_once(*[lambda row=row: registration.settle(row, clock.now) for row in rows]) == [None, None]
    assert sorted(state for _, state in states()) == ["cooling", "letters"]
    work(clock)
    assert letters.kinds == ["Das Initialkennwort"]


def test_settling_twice_changes_nothing(practice: Practice, clock: Clock, letters: Letters) -> None:
    ask_for_account(clock)
    (row,) = Registration.objects.all()
    registration.settle(row.id, clock.forward(days=30))
    work(clock)
    assert letters.kinds == ["Das Initialkennwort", "Die Prüfnummer"]
    assert states() == [(IK, "letters")]


def test_an_institution_that_left_comes_back_with_new_letters_under_the_same_name(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    from zuzahlung.accounts.services import leaving

    owner = practice.person(email="alt@example.org")
    practice.person("anna", "billing")
    leaving.end_participation(owner, password=PASSWORD, now=clock.now)
    clock.forward(days=40)

    receive_letters(clock, email="neu@example.org")
    assert mail.outbox == []
    client = browser()
    assert enter(client, IK, PASSWORD).status_code == 200
    assert enter(client, IK, letters.initialkennwort)["Location"] == "/erste-anmeldung/"
    client.post(
        "/erste-anmeldung/",
        {
            "pruefnummer": letters.pruefnummer,
            "password": NEW_PASSWORD,
            "password_again": NEW_PASSWORD,
            "terms": "on",
        },
    )
    assert client.get("/abfrage/").status_code == 200
    assert Institution.objects.using("operator").get(id=practice.id).left_at is None
    assert enter(browser(), f"{IK}-anna", PASSWORD).status_code == 200


def test_a_displayed_code_counts_once_and_only_in_its_time(practice: Practice, clock: Clock) -> None:
    key, code = captcha.new_text_code(clock.now)
    form = {"ik": IK, "terms": "on", "code_key": key, "code": code}
    assert browser().post("/konto-registrieren/", form).status_code == 302
    again = browser().post("/konto-registrieren/", form)
    assert errors_of(again) == ["Der Code stimmt nicht. Bitte tippen Sie den neuen Code ab."]
    key, code = captcha.new_text_code(clock.now)
    clock.forward(minutes=21)
    late = browser().post("/konto-registrieren/", {**form, "code_key": key, "code": code})
    assert errors_of(late) == ["Der Code stimmt nicht. Bitte tippen Sie den neuen Code ab."]


def test_a_network_that_types_codes_all_the_time_has_to_wait(practice: Practice, clock: Clock) -> None:
    for _ in range(6):
        ask(browser("198.51.100.1"), IK, clock)
    assert errors_of(ask(browser("198.51.100.1"), IK, clock)) == [
        (
            "Von Ihrem Anschluss kamen gerade viele Anfragen. Bitte warten Sie einen Moment, höchstens eine "
            "Viertelstunde, und senden Sie das Formular dann noch einmal."
        )
    ]
    assert ask(browser("198.51.100.2"), IK, clock).status_code == 302


def test_a_wrong_check_digit_is_told_before_anything_is_stored(practice: Practice, clock: Clock) -> None:
    answer = ask(browser(), "260326823", clock)
    assert errors_of(answer)[0].startswith("Die Prüfziffer passt nicht: Nach 26032682 müsste eine 2 stehen.")
    assert states() == []
