"""Sign-in tells a stranger nothing, leads a new account through both letters once, and lets a sleeping one wake."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password

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
    counted_hashes,
    enter,
    errors_of,
    measured,
    names,
    receive_letters,
    text_of,
)
from zuzahlung.accounts.models import Institution, Person, Secret
from zuzahlung.accounts.services import colleagues, passwords
from zuzahlung.accounts.services.people import open_email
from zuzahlung.accounts.services.sign_in import nobodys_hash
from zuzahlung.journal.services import acting_for
from zuzahlung.vault import codes


def complete(client: Any, pruefnummer: str, password: str = NEW_PASSWORD, email: str = "") -> Any:
    return client.post(
        "/erste-anmeldung/",
        {
            "pruefnummer": pruefnummer,
            "password": password,
            "password_again": password,
            "email": email,
            "terms": "on",
            "account": IK,
        },
    )


def test_a_wrong_password_and_an_unknown_name_cost_the_same_statements_and_one_hash(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.person()
    enter(browser(), IK, "falsch falsch falsch")  # The rows of the network's count are there from now on.

    with measured(monkeypatch) as known:
        first = enter(browser(), IK, "noch einmal falsch")
    with measured(monkeypatch) as unknown:
        second = enter(browser(), UNKNOWN_IK, "noch einmal falsch")

    assert known.statements == unknown.statements
    assert (known.hashes, unknown.hashes) == (1, 1)
    assert (first.status_code, errors_of(first)) == (second.status_code, errors_of(second))
    assert errors_of(first) == [
        (
            "Benutzername und Passwort passen nicht zusammen. Bitte prüfen Sie beides, auch Groß- und Kleinschreibung. "
            "Nur beim Initialkennwort kommt es auf Groß- und Kleinschreibung und auf Bindestriche nicht an."
        )
    ]


def test_an_account_that_waits_for_its_first_sign_in_costs_a_stranger_the_same(
    practice: Practice, clock: Clock, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive_letters(clock)
    enter(browser(), IK, "x")

    with measured(monkeypatch) as waiting:
        enter(browser(), IK, "ABCD-EFGH-JKMN-PQRS")
    with measured(monkeypatch) as unknown:
        enter(browser(), UNKNOWN_IK, "ABCD-EFGH-JKMN-PQRS")

    assert waiting.statements == unknown.statements
    assert (waiting.hashes, unknown.hashes) == (1, 1)


def test_the_first_unknown_name_of_a_process_costs_no_second_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys_hash.cache_clear()
    with counted_hashes(monkeypatch) as counted:
        assert not check_password("irgendwas", nobodys_hash())
    assert counted.hashes == 1
    ours, real = (identify_hasher(one).decode(one) for one in (nobodys_hash(), make_password("x")))
    costs = ("variety", "version", "memory_cost", "time_cost", "parallelism")
    assert {name: ours[name] for name in costs} == {name: real[name] for name in costs}
    assert len(nobodys_hash()) == len(make_password("x"))


def test_the_name_may_be_typed_with_spaces_and_capitals(practice: Practice) -> None:
    practice.person()
    practice.person("anna", "reception")
    assert enter(browser(), "260 326 822").status_code == 302
    assert enter(browser(), f" {IK}-ANNA ").status_code == 302


def test_the_initialkennwort_leads_only_to_the_page_for_the_pruefnummer(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    client = browser()

    answer = enter(client, IK, letters.initialkennwort.lower())
    assert answer["Location"] == "/erste-anmeldung/"
    for page in ("/abfrage/", "/verlauf/", "/praxis/", "/praxis/mein-zugang/passwort/"):
        assert client.get(page)["Location"].startswith("/anmelden/")
    assert practice.journal() == ["registration-letters"]


def test_the_initialkennwort_may_be_typed_in_groups_and_small_letters(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    code = letters.initialkennwort
    typed = " ".join((code[:4], code[4:8].lower(), code[8:12])) + "-" + code[12:]
    assert enter(browser(), IK, typed)["Location"] == "/erste-anmeldung/"


def test_the_initialkennwort_lives_until_the_own_password_is_set_and_the_pruefnummer_outlives_it(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    for _ in range(2):  # Looking in twice without finishing uses nothing up.
        client = browser()
        assert enter(client, IK, letters.initialkennwort)["Location"] == "/erste-anmeldung/"

    assert complete(client, letters.pruefnummer)["Location"] == "/abfrage/"

    assert enter(browser(), IK, letters.initialkennwort).status_code == 200
    assert enter(browser(), IK, NEW_PASSWORD)["Location"] == "/abfrage/"
    states = {secret.kind: secret.state for secret in practice.rows(Secret)}
    assert states == {"initial": "used", "pruefnummer": "valid"}
    assert practice.journal() == ["registration-letters", "first-sign-in", "sign-in"]


def test_the_initialkennwort_is_good_until_the_end_of_its_last_german_day(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    # Printed on 19 November: 30 days later is 19 December, which ends at 23:00 in UTC.
    clock.now = datetime(2026, 12, 19, 22, 59, 59, tzinfo=UTC)
    client = browser()
    assert enter(client, IK, letters.initialkennwort)["Location"] == "/erste-anmeldung/"

    clock.forward(seconds=1)
    assert enter(browser(), IK, letters.initialkennwort).status_code == 200
    # Who stood on the page already does not get in by it either.
    answer = complete(client, letters.pruefnummer)
    assert "Ihre Sitzung ist abgelaufen" in text_of(answer)
    assert practice.journal() == ["registration-letters"]


def test_an_initialkennwort_whose_letter_came_back_opens_nothing(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    client = browser()
    enter(client, IK, letters.initialkennwort)
    with acting_for(practice.id):
        Secret.objects.filter(kind="initial").update(state="returned")

    assert "Ihre Sitzung ist abgelaufen" in text_of(complete(client, letters.pruefnummer))
    assert enter(browser(), IK, letters.initialkennwort).status_code == 200


def test_the_first_sign_in_confirms_terms_and_address(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock, email="alt@example.org")
    client = browser()
    enter(client, IK, letters.initialkennwort)
    page = client.get("/erste-anmeldung/")
    assert 'value="alt@example.org"' in page.content.decode()

    without = client.post(
        "/erste-anmeldung/",
        {"pruefnummer": letters.pruefnummer, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD},
    )
    assert errors_of(without) == ["Bitte stimmen Sie den Nutzungsbedingungen zu."]

    complete(client, letters.pruefnummer, email="neu@example.org")
    (person,) = practice.rows(Person)
    assert open_email(person.email_sealed, practice.id) == "neu@example.org"
    assert (person.email_confirmed_at, person.terms_accepted_at) == (clock.now, clock.now)
    assert person.terms_version == "2026-11"


def test_of_two_first_sign_ins_at_once_one_sets_the_password(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    (person,) = practice.rows(Person)
    first = passwords.first_sign_in(person.id, practice.id, clock.now)
    assert first is not None

    def setting(password: str) -> Any:
        return lambda: passwords.complete_first_sign_in(
            first,
            pruefnummer=letters.pruefnummer,
            password=password,
            email="",
            terms_version="2026-11",
            now=clock.now,
        )

    outcomes = at_once(setting(PASSWORD), setting(NEW_PASSWORD))

    assert names(outcomes) == ["PasswordSet", "Refused"]
    assert practice.journal().count("first-sign-in") == 1
    worked = [enter(browser(), IK, password).status_code for password in (PASSWORD, NEW_PASSWORD)]
    assert sorted(worked) == [200, 302]


def test_typing_errors_of_the_pruefnummer_are_named_and_never_count(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    client = browser()
    enter(client, IK, letters.initialkennwort)
    wrong = ("A" if letters.pruefnummer[0] != "A" else "B") + letters.pruefnummer[1:]
    for _ in range(12):
        answer = complete(client, wrong)
    (told,) = errors_of(answer)
    assert told.startswith("Die Prüfnummer enthält einen Tippfehler: Das letzte Zeichen passt nicht")
    assert complete(client, letters.pruefnummer)["Location"] == "/abfrage/"


def test_five_wrong_pruefnummern_pause_the_first_sign_in_too(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    pruefnummer = letters.pruefnummer
    client = browser()
    enter(client, IK, letters.initialkennwort)
    for _ in range(5):
        answer = complete(client, codes.make(codes.PRUEFNUMMER, secrets.token_bytes))
    assert errors_of(answer) == [
        (
            "Die Prüfnummer war zu oft falsch. Bis 21.11.2026, 10:42 Uhr nehmen wir keine mehr an. Ihr Passwort oder "
            "Initialkennwort gilt weiter."
        )
    ]
    assert complete(client, pruefnummer).status_code == 200
    clock.forward(days=1)
    assert complete_anew(pruefnummer, letters.initialkennwort)["Location"] == "/abfrage/"


def complete_anew(pruefnummer: str, initialkennwort: str) -> Any:
    client = browser()
    enter(client, IK, initialkennwort)
    return complete(client, pruefnummer)


def test_an_account_sleeps_after_180_days_and_only_the_pruefnummer_wakes_it(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    client = browser()
    enter(client, IK, letters.initialkennwort)
    complete(client, letters.pruefnummer)

    clock.forward(days=180, seconds=-1)
    assert enter(browser(), IK, NEW_PASSWORD)["Location"] == "/abfrage/"
    clock.forward(days=180)
    asleep = browser()
    assert enter(asleep, IK, NEW_PASSWORD)["Location"] == "/passwort-vergessen/"
    assert "Ihr Konto schläft" in text_of(asleep.get("/passwort-vergessen/"))
    assert asleep.get("/abfrage/")["Location"].startswith("/anmelden/")

    answer = asleep.post(
        "/passwort-vergessen/",
        {"name": IK, "pruefnummer": letters.pruefnummer, "password": PASSWORD, "password_again": PASSWORD},
    )
    assert answer["Location"] == "/abfrage/"
    assert enter(browser(), IK, PASSWORD)["Location"] == "/abfrage/"


def test_a_sleeping_account_says_so_only_to_who_knows_the_password(practice: Practice, clock: Clock) -> None:
    practice.person()
    clock.forward(days=200)
    assert "Benutzername und Passwort passen nicht zusammen" in text_of(enter(browser(), IK, "falsch falsch"))


def test_who_left_and_whose_institution_ended_cannot_sign_in(practice: Practice, clock: Clock) -> None:
    owner, anna = practice.person(), practice.person("anna", "billing")
    colleagues.remove(owner, anna.id, clock.now)
    assert enter(browser(), anna.sign_in).status_code == 200
    Institution.objects.using("operator").filter(id=practice.id).update(left_at=clock.now)
    assert enter(browser(), IK)["Location"] == "/anmelden/"
