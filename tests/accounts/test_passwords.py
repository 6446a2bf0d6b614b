"""Own passwords are long, not made of the IK, the trade or one's name, and are changed only with the old one."""

from __future__ import annotations

from typing import Any

import pytest
from argon2 import Type, extract_parameters
from django.contrib.auth.hashers import check_password
from django.db import connections
from django.test import Client

from tests.accounts.household import (
    IK,
    NEW_PASSWORD,
    PASSWORD,
    Clock,
    Letters,
    Practice,
    browser,
    enter,
    errors_of,
    receive_letters,
    signed_in,
    text_of,
)
from tests.operator.role import operator_role
from zuzahlung.accounts import rules
from zuzahlung.accounts.models import Operator, Person, Secret
from zuzahlung.accounts.rules import words_of_institution
from zuzahlung.accounts.services import operators
from zuzahlung.accounts.services.passwords import fault_of_password

TOO_SHORT = "Bitte wählen Sie mindestens 12 Zeichen. Gut sind mehrere Wörter hintereinander."
TOO_LONG = "Bitte wählen Sie höchstens 128 Zeichen."
MADE_OF_IK = (
    "Das Passwort besteht fast nur aus Ihrem Institutionskennzeichen, und das ist öffentlich. "
    "Bitte wählen Sie ein anderes."
)
TOO_EASY = (
    "Das Passwort ist zu leicht zu erraten: Es besteht fast nur aus häufigen Wörtern oder Ziffernfolgen. "
    "Bitte wählen Sie ein anderes."
)
TOO_FEW = (
    "Das Passwort ist zu leicht zu erraten: Es besteht fast nur aus wenigen verschiedenen Zeichen. "
    "Bitte wählen Sie ein anderes."
)
KEYS = (
    "Das Passwort ist zu leicht zu erraten: Es besteht fast nur aus einer Reihe auf der Tastatur. "
    "Bitte wählen Sie ein anderes."
)
REPEATED = (
    "Das Passwort ist zu leicht zu erraten: Es besteht fast nur aus einem Wort, das sich wiederholt. "
    "Bitte wählen Sie ein anderes."
)
OWN = (
    "Das Passwort ist zu leicht zu erraten: Es besteht fast nur aus dem Namen oder Ort Ihrer Einrichtung. "
    "Bitte wählen Sie ein anderes."
)
COMMON = "Dieses Passwort steht auf Listen häufiger Passwörter. Bitte wählen Sie ein anderes."


@pytest.mark.parametrize(
    "password",
    [
        "blauer zaun tanzt leise",
        "Vier Füße tragen 1 Regal",
        "korrekt pferd batterie heft",
        "x7#Lq2!vR9%t",
        "§$%&/()=?`*'_:;",
        "praxisferne zimtschnecke",
        "Пароль из слов разных",
    ],
)
def test_a_password_of_own_words_or_of_chance_is_taken(password: str) -> None:
    assert fault_of_password(password, sign_in=IK) is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", TOO_SHORT),
        ("elf zeichen", TOO_SHORT),
        ("zwölf zeiche", None),
        ("abcdefgh ij " * 10 + "12345678", None),
        ("abcdefgh ij " * 10 + "123456789", TOO_LONG),
        (IK + IK, MADE_OF_IK),
        ("260 326 822 260 326 822", MADE_OF_IK),
        ("228623062-praxis", MADE_OF_IK),
        ("Passwort260326822", MADE_OF_IK),
        ("Physiotherapie2026!", TOO_EASY),
        ("Logopädie-Praxis-Sommer", TOO_EASY),
        ("logopaedie praxis winter", TOO_EASY),
        ("PraxisSommer2026#1", TOO_EASY),
        ("Willkommen123456!", TOO_EASY),
        ("aaaaaaaaaaaaaaaa", TOO_FEW),
        ("a" * 100 + "bcdefgh", TOO_FEW),
        ("123123123123123", TOO_FEW),
        ("1234567890123", TOO_EASY),
        ("Physio1234567890", TOO_EASY),
        ("qwertzuiop123", KEYS),
        ("qwertzuiopü+", KEYS),
        ("asdfghjklöä#", KEYS),
        ("#äölkjhgfdsa", KEYS),
        ("qwertyuiop[]", KEYS),
        ("Poiuztrewq!7", KEYS),
        ("1qay2wsx3edc", KEYS),
        ("KranichKranich1", REPEATED),
        ("Kranich1Kranich2", REPEATED),
        ("kranich und kranich", REPEATED),
        ("kranich kranich tanzt gern", None),
        ("sonnenschein", COMMON),
    ],
)
def test_a_password_that_others_would_try_first_is_refused_and_told_why(
    password: str, fault: str | None
) -> None:
    assert fault_of_password(password, sign_in=IK) == fault


def test_the_own_short_name_is_no_password() -> None:
    sign_in = f"{IK}-annemarie"
    assert fault_of_password("annemarie-praxis-1", sign_in=sign_in) == TOO_EASY
    assert fault_of_password("annemarie-praxis-1", sign_in=f"{IK}-bert") is None


def test_the_words_of_an_institution_are_those_of_its_name_and_town_in_every_spelling() -> None:
    assert words_of_institution("Physiotherapie Müller & Rodríguez GbR am Ufer", "Bad Köstritz") == (
        "physiotherapie", "mueller", "muller", "rodriguez", "gbr", "ufer", "bad", "koestritz", "kostritz",
    )  # fmt: skip


@pytest.mark.parametrize(
    "password",
    [
        "Chemnitz2026!",
        "CHEMNITZ-2026-a",
        "c.h.e.m.n.i.t.z 2026",
        "Müller-Chemnitz",
        "Mueller-Chemnitz",
        "muller chemnitz 1",
    ],
)
def test_a_password_made_of_the_own_institution_is_refused_and_told_so(password: str) -> None:
    words = words_of_institution("Ergotherapie Müller", "Chemnitz")
    assert rules.fault_of_password(password, sign_in=IK, own_words=words) == OWN


@pytest.mark.parametrize("password", ["Chemnitz liegt am Fluss", "müllers katze schläft"])
def test_a_word_of_the_institution_among_others_does_no_harm(password: str) -> None:
    words = words_of_institution("Ergotherapie Müller", "Chemnitz")
    assert rules.fault_of_password(password, sign_in=IK, own_words=words) is None


def test_nobody_of_an_institution_takes_its_name_and_town_as_password(
    practice: Practice, clock: Clock
) -> None:
    anna = practice.person("anna", "reception")
    assert errors_of(change(signed_in(anna), PASSWORD, "Dresden-2026!")) == [OWN]
    assert enter(browser(), anna.sign_in, PASSWORD).status_code == 302


def change(client: Client, old: str, new: str, again: str | None = None) -> Any:
    return client.post(
        "/praxis/mein-zugang/passwort/",
        {"current_password": old, "password": new, "password_again": new if again is None else again},
    )


def test_changing_the_password_ends_all_other_sessions_and_goes_on_here_under_a_new_id(
    practice: Practice, clock: Clock
) -> None:
    anna = practice.person("anna", "reception")
    here, there = signed_in(anna), signed_in(anna)
    before = here.cookies["sitzung"].value

    answer = change(here, PASSWORD, NEW_PASSWORD)

    assert answer["Location"] == "/praxis/"
    assert "Ihr Passwort ist geändert." in text_of(here.get("/praxis/"))
    assert here.cookies["sitzung"].value != before
    assert there.get("/praxis/")["Location"].startswith("/anmelden/")
    assert enter(browser(), anna.sign_in, PASSWORD).status_code == 200
    assert enter(browser(), anna.sign_in, NEW_PASSWORD).status_code == 302
    assert practice.journal() == ["sign-in", "sign-in", "password-changed", "sign-in"]


def test_without_the_old_password_nothing_changes(practice: Practice, clock: Clock) -> None:
    anna = practice.person("anna", "reception")
    client = signed_in(anna)
    assert errors_of(change(client, "falsch falsch", NEW_PASSWORD)) == [
        "Das Passwort stimmt nicht. Bitte prüfen Sie auch Groß- und Kleinschreibung."
    ]
    assert enter(browser(), anna.sign_in, PASSWORD).status_code == 302


def test_whoever_finds_a_browser_signed_in_can_guess_the_password_only_a_few_times(
    practice: Practice, clock: Clock
) -> None:
    client = signed_in(practice.person())
    for _ in range(6):
        change(client, "falsch falsch", NEW_PASSWORD)
    assert errors_of(change(client, PASSWORD, NEW_PASSWORD)) == [
        "Es gab zu viele Versuche. Bitte warten Sie 3 Sekunden und versuchen Sie es dann noch einmal."
    ]
    # The same count serves the other pages that ask for the password again.
    assert (
        "zu viele Versuche"
        in errors_of(client.post("/praxis/mein-zugang/verlassen/", {"current_password": PASSWORD}))[0]
    )


def test_two_different_new_passwords_are_told_apart(practice: Practice, clock: Clock) -> None:
    client = signed_in(practice.person())
    assert errors_of(change(client, PASSWORD, NEW_PASSWORD, NEW_PASSWORD + "x")) == [
        "Die beiden Passwörter sind nicht gleich."
    ]


def test_spaces_at_the_ends_of_a_password_count(practice: Practice, clock: Clock) -> None:
    anna = practice.person("anna", "reception")
    change(signed_in(anna), PASSWORD, f" {NEW_PASSWORD} ")
    assert enter(browser(), anna.sign_in, NEW_PASSWORD).status_code == 200
    assert enter(browser(), anna.sign_in, f" {NEW_PASSWORD} ").status_code == 302


def is_argon2id(stored: str) -> bool:
    """Says whether this is nothing but an argon2id hash of the set cost, with its own random salt."""
    algorithm, _, encoded = stored.partition("$")
    found = extract_parameters(f"${encoded}")
    return (
        algorithm == "argon2"
        and encoded.startswith("argon2id$v=19$m=19456,t=2,p=1$")
        and (found.type, found.version) == (Type.ID, 19)
        and (found.time_cost, found.memory_cost, found.parallelism) == (2, 19_456, 1)
        and (found.salt_len, found.hash_len) >= (16, 32)
    )


def test_passwords_and_codes_are_stored_as_argon2id_only(
    practice: Practice, clock: Clock, letters: Letters
) -> None:
    receive_letters(clock)
    codes_read = (letters.initialkennwort, letters.pruefnummer)
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
    assert answer.status_code == 302
    (owner,) = practice.rows(Person)
    stored = {secret.kind: secret.hash for secret in practice.rows(Secret)}
    assert set(stored) == {"initial", "pruefnummer"}
    for hashed in (owner.password, *stored.values()):
        assert is_argon2id(hashed), hashed
    assert len({hashed.split("$")[-2] for hashed in (owner.password, *stored.values())}) == 3  # Salts.
    assert check_password(PASSWORD, owner.password)
    assert check_password(letters.initialkennwort.replace("-", ""), stored["initial"])
    assert check_password(letters.pruefnummer.replace("-", ""), stored["pruefnummer"])
    assert not check_password(letters.initialkennwort.replace("-", ""), stored["pruefnummer"])
    with connections["owner"].cursor() as cursor:
        for table in ("accounts_secret", "accounts_person", "delivery_outgoing", "procrastinate_jobs"):
            cursor.execute(f"select t::text from {table} t")
            rows = " ".join(row for (row,) in cursor.fetchall())
            for code in codes_read:
                assert code not in rows
                assert code.replace("-", "") not in rows


def test_a_changed_password_and_that_of_an_operator_are_stored_the_same_way(
    practice: Practice, clock: Clock
) -> None:
    anna = practice.person("anna", "reception")
    change(signed_in(anna), PASSWORD, NEW_PASSWORD)
    with operator_role():
        assert operators.create_operator("erika.muster", "vier krumme hunde singen", clock.now) is None
        erika = Operator.objects.get().password
    for password, stored in (
        (NEW_PASSWORD, practice.row(anna).password),
        ("vier krumme hunde singen", erika),
    ):
        assert is_argon2id(stored), stored
        assert check_password(password, stored)
