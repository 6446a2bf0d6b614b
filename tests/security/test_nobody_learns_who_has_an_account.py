"""Sign-in, recovery, invitation and registration give away nothing: same words, same statements, same hashing.

Compared are whole pages and everything PostgreSQL is asked, with what was typed and random values taken out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from secrets import token_bytes

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.database import HouseDatabase
from tests.exemptions.practice import NOW, Practice, practice
from tests.security import visits
from tests.security.wsgi import Answer, Caller
from zuzahlung.accounts.models import Institution, Person, Secret
from zuzahlung.journal.services import acting_for
from zuzahlung.vault import codes

pytestmark = pytest.mark.story

WRONG = "falsch falsch falsch"
UNKNOWN, ACTIVE, WAITING, WITHOUT_LETTER, LEFT, ENDED, ASLEEP, WITHOUT_ACCOUNT, REMOVED = (
    "461500041", "109905003", "443100018", "332500021", "302700034", "109519005", "104212059", "540123451",
    "108018007",
)  # fmt: skip


@pytest.fixture
def known(house_database: HouseDatabase) -> None:
    """One account in each state that an account can have."""
    for ik in (ACTIVE, WAITING, WITHOUT_LETTER, LEFT, ENDED, ASLEEP, WITHOUT_ACCOUNT, REMOVED):
        add(ik)
    Institution.objects.using("operator").filter(ik=REMOVED).update(removed_at=NOW)


def add(ik: str) -> None:
    place = practice(ik, f"Praxis {ik}")
    if ik == WITHOUT_ACCOUNT:
        return
    place.person("owner")
    if ik == ACTIVE:
        place.person("reception", "anna")
    with acting_for(place.id):
        person = Person.objects.filter(sign_in=ik)
        if ik in {WAITING, WITHOUT_LETTER}:
            person.update(state=Person.WAITING, password="")
        if ik == LEFT:
            person.update(state=Person.LEFT)
        if ik == ASLEEP:
            person.update(used_at=NOW - timedelta(days=400))
        if ik == ENDED:
            Institution.objects.filter(id=place.id).update(left_at=NOW)
        if ik != WITHOUT_LETTER:
            secret(place, person.get(), Secret.INITIAL if ik == WAITING else Secret.PRUEFNUMMER)


def secret(place: Practice, person: Person, kind: str) -> None:
    Secret.objects.create(
        institution=place.id, person=person.id, kind=kind, state=Secret.VALID, hash=make_password("x"),
        letter=place.id, made_at=NOW, expires_at=datetime.now(UTC) + timedelta(days=20),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What can be seen of one request from outside, and what it cost inside."""

    status: int
    page: str
    statements: tuple[str, ...]
    hashes: int


def see(
    visit: Callable[[Caller, str], Answer], typed: str, monkeypatch: pytest.MonkeyPatch, network: str
) -> Seen:
    """One visit from a network that was never here before."""
    hashed: list[str] = []
    verify = Argon2PasswordHasher.verify

    def counting(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        # What it costs stands in the hash, and is the same for all.
        hashed.append(encoded.split("$")[4])
        return bool(verify(self, password, encoded))

    with monkeypatch.context() as patch, CaptureQueriesContext(connection) as queries:
        patch.setattr(Argon2PasswordHasher, "verify", counting)
        answer = visit(Caller(address=network), typed)
    assert len(set(hashed)) <= 1
    return Seen(
        status=answer.status,
        page=bare(answer.text, typed),
        statements=tuple(bare(one["sql"], typed) for one in queries.captured_queries),
        hashes=len(hashed),
    )


def bare(text: str, typed: str) -> str:
    """A page or a statement without what was typed, random values and times."""
    text = text.replace(typed, "…")
    text = re.sub(r"'(?:[^']|'')*'", "'…'", text)
    text = re.sub(r"\b[2-9A-HJKMNP-Z]{15}\b|\b[2-9A-HJKMNP-Z]{30}\b", "…", text)
    text = re.sub(r'SAVEPOINT "[^"]*"', "SAVEPOINT", text)
    text = re.sub(r'(name="(?:csrfmiddlewaretoken|code_key|form_id)" value=")[^"]*', r"\1…", text)
    text = re.sub(r"(Der Code lautet: </span>)[A-Z0-9 ]+", r"\1…", text)
    return re.sub(r"\b\d{1,2}\.\d\d\.\d{4}(?:, \d\d:\d\d Uhr)?|\b\d+ (?:Sekunden|Minuten)", "…", text)


def differences(seen: dict[str, Seen]) -> list[str]:
    """In what the others differ from the unknown name, line by line."""
    wanted = seen[UNKNOWN]
    told = []
    for name, one in seen.items():
        if (one.status, one.hashes) != (wanted.status, wanted.hashes):
            told.append(f"{name}: {one.status}, {one.hashes} hashes")
        for mine, theirs in (
            (wanted.statements, one.statements),
            (wanted.page.split("\n"), one.page.split("\n")),
        ):
            told += [
                f"{name}: {line}"
                for line in unified_diff(mine, theirs, n=0, lineterm="")
                if line[:3] not in {"---", "+++"}
            ]
    return told


def networks() -> Iterator[str]:
    return (f"198.51.{number // 250}.{number % 250}" for number in range(1, 1000))


def test_a_wrong_password_looks_the_same_and_costs_the_same_for_every_name(
    known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [UNKNOWN, ACTIVE, WAITING, WITHOUT_LETTER, LEFT, ENDED, ASLEEP, WITHOUT_ACCOUNT, REMOVED,
             f"{ACTIVE}-anna", f"{ACTIVE}-bert", "keine-nummer", f"{UNKNOWN}-anna"]  # fmt: skip
    seen = {
        name: see(lambda one, name: visits.sign_in(one, name, WRONG), name, monkeypatch, network)
        for name, network in zip(names, networks(), strict=False)
    }
    assert seen[UNKNOWN].hashes == 1
    assert "passen nicht zusammen" in seen[UNKNOWN].page
    assert differences(seen) == []


def test_too_many_wrong_passwords_look_the_same_for_every_name(
    known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def often(one: Caller, name: str) -> Answer:
        return [visits.sign_in(one, name, WRONG) for _ in range(6)][-1]

    seen = {
        name: see(often, name, monkeypatch, network)
        for name, network in zip([UNKNOWN, ACTIVE, WAITING], networks(), strict=False)
    }
    assert "zu viele Versuche" in seen[UNKNOWN].page
    assert differences(seen) == []


def wrong_pruefnummer() -> str:
    return codes.make(codes.PRUEFNUMMER, token_bytes)


def test_a_wrong_pruefnummer_looks_the_same_and_costs_the_same_for_every_name_to_the_pause_and_beyond(
    known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [
        UNKNOWN,
        ACTIVE,
        WAITING,
        WITHOUT_LETTER,
        LEFT,
        ENDED,
        ASLEEP,
        WITHOUT_ACCOUNT,
        REMOVED,
        f"{ACTIVE}-anna",
        "keine-nummer",
    ]
    addresses = networks()
    pages = []
    for _ in range(7):
        seen = {
            name: see(
                lambda one, name: visits.recover(one, name, wrong_pruefnummer(), "ein gutes Wort mehr"),
                name, monkeypatch, next(addresses),
            )
            for name in names
        }  # fmt: skip
        assert differences(seen) == []
        pages.append(seen[UNKNOWN].page)
    assert "passt nicht zusammen" in pages[0]
    assert "zu oft falsch" in pages[4]
    assert "zu oft falsch" in pages[6]


def test_an_invitation_code_that_is_wrong_is_the_same_as_one_that_never_was(
    known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def join(one: Caller, _: str) -> Answer:
        page = one.get("/einladung/").text
        return one.post(
            "/einladung/",
            {**visits.hidden(page), "invitation": codes.make(codes.EINLADUNGSCODE, token_bytes)},
        )

    first, second = (see(join, "-", monkeypatch, network) for network in ("198.51.100.1", "198.51.100.2"))
    assert first == second
    assert "gibt es nicht" in first.page


def test_registering_looks_the_same_and_costs_the_same_for_every_ik(
    known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    iks = [UNKNOWN, ACTIVE, WAITING, LEFT, ENDED, WITHOUT_ACCOUNT, REMOVED]
    seen = {
        ik: see(lambda one, ik: visits.register(one, ik, "x@example.org"), ik, monkeypatch, network)
        for ik, network in zip(iks, networks(), strict=False)
    }
    assert seen[UNKNOWN].status == 302
    assert differences(seen) == []


def test_what_is_compared_would_show_a_difference(known: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The right password is no wrong one: the comparison sees statements, page and hash."""
    from tests.exemptions.practice import PASSWORD

    wrong = see(lambda one, _: visits.sign_in(one, ACTIVE, WRONG), ACTIVE, monkeypatch, "198.51.100.1")
    right = see(lambda one, _: visits.sign_in(one, ACTIVE, PASSWORD), ACTIVE, monkeypatch, "198.51.100.2")
    assert (wrong.status, right.status) == (200, 302)
    assert len(right.statements) > len(wrong.statements)
