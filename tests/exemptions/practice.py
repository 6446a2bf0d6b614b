"""A practice with its people and a small registry, put straight into the database of a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connections
from django.test import Client

from zuzahlung.accounts.models import ApiKey, Institution, Person
from zuzahlung.accounts.services.people import Member
from zuzahlung.exemptions import services
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.exemptions.services import Asker, Given, Question
from zuzahlung.journal.services import Actor, acting_for
from zuzahlung.standards.numbers.kvnr import KVNR
from zuzahlung.vault.services import vault

NOW = datetime(2026, 11, 19, 9, 42, tzinfo=UTC)
TODAY = date(2026, 11, 19)
EXEMPT, LIABLE, CHILD, STRANGER = (
    KVNR("A123456780"),
    KVNR("B123456782"),
    KVNR("C123456784"),
    KVNR("T123456780"),
)
PASSWORD = "blauer zaun tanzt leise"


@dataclass(frozen=True, kw_only=True, slots=True)
class Practice:
    """An institution of the directory."""

    id: UUID
    ik: str
    name: str
    kinds: tuple[str, ...]

    def person(self, role: str, short_name: str = "") -> Member:
        """One of its people, signed up."""
        sign_in = f"{self.ik}-{short_name}" if short_name else self.ik
        with acting_for(self.id):
            row = Person.objects.create(
                institution=self.id, sign_in=sign_in, short_name=short_name, role=role, state=Person.ACTIVE,
                password=make_password(PASSWORD), terms_version="2026-11", made_at=NOW, used_at=NOW,
            )  # fmt: skip
        return Member(id=row.id, institution=self.id, sign_in=sign_in, role=role)

    def key(self, name: str) -> Actor:
        """A key of its practice software."""
        with acting_for(self.id):
            row = ApiKey.objects.create(
                institution=self.id, name=name, scopes=[], prefix="zuz_", token_hash=name.encode(),
                made_by=self.id, made_at=NOW,
            )  # fmt: skip
        return Actor(kind="key", id=row.id, name=name)

    def asker(self, actor: Actor) -> Asker:
        """One of its people or keys as one who asks."""
        return Asker(institution=self.id, ik=self.ik, name=self.name, service_kinds=self.kinds, actor=actor)

    def asks(
        self, actor: Actor, kvnr: KVNR = EXEMPT, *, days: Sequence[date] = (TODAY,), now: datetime = NOW
    ) -> Given:
        """One query that is answered."""
        question = Question(
            kvnr=kvnr, permission=Permission.IN_PERSON, permission_until_on=None, days=tuple(days)
        )
        outcome = services.ask(question, self.asker(actor), now=now, counts_burst=False)
        assert isinstance(outcome, services.Answered), outcome
        return outcome.given

    def allow(self, **limits: int) -> None:
        """An override of its quota by the operator."""
        with connections["operator"].cursor() as cursor:
            for name, limit in limits.items():
                cursor.execute(
                    f"insert into exemptions_quota (institution, on_day, used, unknown, burst_used, {name})"
                    " values (%s, '2000-01-01', 0, 0, 0, %s)"
                    f" on conflict (institution) do update set {name} = excluded.{name}",
                    [self.id, limit],
                )


def practice(
    ik: str = "260326822", name: str = "Praxis am Markt", kinds: tuple[str, ...] = ("heilmittel",)
) -> Practice:
    """A practice of the directory."""
    row = Institution.objects.using("operator").create(
        ik=ik, name=name, street="Markt 3", postcode="01067", city="Dresden", service_kinds=list(kinds)
    )
    return Practice(id=row.id, ik=ik, name=name, kinds=kinds)


def serve_registry() -> None:
    """A stand that knows one exempt, one liable and one child, by the numbers above."""
    insured: dict[KVNR, tuple[str, date | None, str]] = {
        EXEMPT: ("E. B.", None, "{[2026-01-01,2027-01-01)}"),
        LIABLE: ("L. F.", None, "{}"),
        CHILD: ("K. D.", date(2031, 5, 1), "{}"),
    }
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into exemptions_stand (day, state, key_id, file_name, started_at, insured, faulty, missing, report)"
            " values ('2026-11-18', 'served', %s, 'x', now(), 3, 0, 0, '{}') returning id",
            [vault().fingerprint_key()],
        )
        stand = cursor.fetchone()[0]
        cursor.execute(
            f"create table exemptions_insured_{stand} partition of exemptions_insured for values in ({stand})"
        )
        for kvnr, (initials, adult_on, periods) in insured.items():
            cursor.execute(
                "insert into exemptions_insured values (%s, %s, %s, %s, %s)",
                [stand, vault().fingerprint("kvnr", kvnr).digest, initials, adult_on, periods],
            )


def signed_in(member: Member) -> Client:
    """A browser in which this person is signed in."""
    client = Client(HTTP_HOST="127.0.0.1")
    answer: Any = client.post("/anmelden/", {"name": member.sign_in, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client
