"""A practice and its people for tests of accounts: made without letters, or walked there by letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import argon2
import argon2.low_level
import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zuzahlung.accounts.models import Institution, Person
from zuzahlung.accounts.services.people import Member, member, seal_email
from zuzahlung.journal.services import acting_for

IK, OTHER_IK, UNKNOWN_IK = "260326822", "109905003", "540123451"
PASSWORD, NEW_PASSWORD = "blauer zaun tanzt leise", "sieben kühe malen morgens"
HOME = "192.0.2.1"
THURSDAY = datetime(2026, 11, 19, 9, 42, tzinfo=UTC)


@dataclass
class Clock:
    """The time of the house; it stands still until a test turns it."""

    now: datetime = THURSDAY

    def forward(self, **span: float) -> datetime:
        """Turns it on by days, hours, minutes or seconds."""
        self.now += timedelta(**span)
        return self.now


@dataclass(frozen=True, kw_only=True)
class Practice:
    """An institution of the directory, with ways to make its people."""

    id: UUID
    ik: str
    clock: Clock

    def person(self, short_name: str = "", role: str = "owner", *, email: str = "") -> Member:
        """Somebody who takes part since now, with the password of all tests."""
        with acting_for(self.id):
            row = Person.objects.create(
                institution=self.id,
                sign_in=f"{self.ik}-{short_name}" if short_name else self.ik,
                short_name=short_name,
                role=role,
                state=Person.ACTIVE,
                password=make_password(PASSWORD),
                email_sealed=seal_email(email, self.id),
                email_confirmed_at=self.clock.now if email else None,
                terms_version="2026-11",
                made_at=self.clock.now,
                used_at=self.clock.now,
            )
        return member(row)

    def rows(self, model: type[Any], **wanted: Any) -> list[Any]:
        """Rows of this institution."""
        with acting_for(self.id):
            return list(model.objects.filter(**wanted).order_by("pk"))

    def row(self, who: Member) -> Person:
        """A person as it is in the database now."""
        person: Person = self.rows(Person, id=who.id)[0]
        return person

    def journal(self) -> list[str]:
        """What was done, in order."""
        from zuzahlung.journal.models import Entry

        with acting_for(self.id):
            return list(Entry.objects.order_by("at", "id").values_list("action", flat=True))


def known_practice(
    clock: Clock, ik: str = IK, *, city: str = "Dresden", name: str = "Praxis am Markt"
) -> Practice:
    """An institution that stands in the directory and has no account."""
    row = Institution.objects.using("operator").create(
        ik=ik, name=name, street="Marktplatz 3", postcode="01067", city=city, service_kinds=["heilmittel"]
    )
    return Practice(id=row.id, ik=ik, clock=clock)


@dataclass
class Letters:
    """What stands in the letters, read at the moment they are made."""

    made: list[tuple[str, str]] = field(default_factory=list)

    def last(self, kind: str) -> str:
        """The latest code of a kind, „Das Initialkennwort“ or „Die Prüfnummer“."""
        return [code for name, code in self.made if name == kind][-1]

    @property
    def initialkennwort(self) -> str:
        return self.last("Das Initialkennwort")

    @property
    def pruefnummer(self) -> str:
        return self.last("Die Prüfnummer")

    @property
    def kinds(self) -> list[str]:
        return [name for name, _ in self.made]


def work(clock: Clock) -> None:
    """Lets the worker do what waits, print and send."""
    from zuzahlung.delivery import services as delivery
    from zuzahlung.site import worker

    # In a thread of its own: a browser that runs in this one brings its loop, and the worker wants none.
    (outcome,) = at_once(lambda: worker.run(wait=False))
    assert outcome is None
    delivery.print_due(clock.now)
    delivery.send_due(clock.now)


def ask_for_account(clock: Clock, ik: str = IK, email: str = "") -> None:
    """A registration that is settled and whose letters are printed."""
    from zuzahlung.accounts.services import registration
    from zuzahlung.standards.numbers.ik import parse

    registration.ask_for_account(parse(ik), email=email, terms_version="2026-11", now=clock.now)
    work(clock)


def receive_letters(clock: Clock, ik: str = IK, email: str = "") -> None:
    """A registration with both letters printed, the second on the next day."""
    ask_for_account(clock, ik, email)
    clock.forward(days=1)
    work(clock)


def browser(address: str = HOME, **options: Any) -> Client:
    """Somebody's browser."""
    return Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR=address, **options)


def enter(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    """Sends the sign-in form."""
    return client.post("/anmelden/", {"name": name, "password": password, **more})


def signed_in(who: Member, **options: Any) -> Client:
    """A browser in which this person has signed in."""
    client = browser(**options)
    answer = enter(client, who.sign_in)
    assert answer.status_code == 302, text_of(answer)
    return client


def text_of(answer: Any) -> str:
    """The words of a page without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).strip()


def errors_of(answer: Any) -> list[str]:
    """What the summary on top of a page with a form says."""
    found = re.search(r'<div class="summary".*?</ul>', answer.content.decode(), re.DOTALL)
    lines = re.findall(r"<li>(.*?)</li>", found.group(), re.DOTALL) if found else []
    return [re.sub(r"<[^>]+>", "", line).strip() for line in lines]


@dataclass
class Work:
    """What something cost: statements, in form and order, and computed hashes."""

    statements: list[str] = field(default_factory=list)
    hashes: int = 0


@contextmanager
def counted_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Counts runs of argon2, whether to make a hash or to check one."""
    done = Work()

    def counting(call: Any) -> Any:
        def counted(*arguments: Any, **named: Any) -> Any:
            done.hashes += 1
            return call(*arguments, **named)

        return counted

    with monkeypatch.context() as patch:
        patch.setattr(argon2.PasswordHasher, "verify", counting(argon2.PasswordHasher.verify))
        patch.setattr(argon2.low_level, "hash_secret", counting(argon2.low_level.hash_secret))
        yield done


@contextmanager
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Counts statements, without their values, and runs of argon2."""
    with counted_hashes(monkeypatch) as done, CaptureQueriesContext(connection) as captured:
        yield done
    done.statements = [_form(query["sql"]) for query in captured.captured_queries]


def _form(sql: str) -> str:
    """A statement without its values, cut to what it does."""
    sql = re.sub(r'SAVEPOINT ".*?"', "SAVEPOINT", sql)
    without = re.sub(r"'[^']*'(::\w+)?|\b\d+\b|\bNULL\b|ARRAY\[.*?\]", "?", sql, flags=re.DOTALL)
    return re.sub(r"\s+", " ", without).strip()


def at_once(*works: Any) -> list[Any]:
    """Runs these in threads that start together; returns what each gave or raised."""
    import threading

    from django.db import connections

    gate = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Any) -> None:
        gate.wait()
        try:
            results[place] = work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def names(works: Sequence[Any]) -> list[str]:
    """What came out, by name."""
    return sorted(type(one).__name__ for one in works)
