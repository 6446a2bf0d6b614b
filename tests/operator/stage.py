"""A house in which the operator has something to do: letters, requests, a waiting stand, queries, failed mails."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections
from uuid_utils.compat import uuid7

from tests.operator.conftest import institution, registered
from tests.operator.role import operator_role
from zuzahlung.standards.numbers import kvnr

KVNR = "A123456780"
LONG_NAME = "Gemeinschaftspraxis für Physiotherapie Doppelname-Schmidt-Rodríguez und Partner mbB"


def busy_house(letters: Path, settings: Any) -> UUID:
    """Fills the house; gives the institution that has an account, letters and queries."""
    from zuzahlung.delivery import operating
    from zuzahlung.delivery import services as delivery
    from zuzahlung.delivery.models import Outgoing
    from zuzahlung.journal.services import SYSTEM

    settings.LETTERS = letters
    now = datetime.now(UTC)
    practice = institution("260326822", name=LONG_NAME)
    posted = institution(
        "440000011", name="Sanitätshaus Sonnenschein", street="Markt 3", service_kinds=["hilfsmittel"]
    )
    institution("109905003", name="Fahrdienst Süd", street="", service_kinds=["fahrkosten"])
    for ik in ("260326822", "440000011", "109905003", "261521057"):
        registered(ik)
    delivery.print_due(now + timedelta(days=2))
    with operator_role():
        operating.mark_returned(
            list(Outgoing.objects.filter(institution=posted).values_list("id", flat=True)),
            actor=SYSTEM,
            now=now,
        )
    failed_mail(practice, now)
    waiting_stand(now)
    return practice


def failed_mail(institution: UUID, now: datetime) -> UUID:
    """A mail that the mail server did not take."""
    from zuzahlung.delivery.models import Outgoing
    from zuzahlung.journal.services import acting_for

    with acting_for(institution):
        return Outgoing.objects.create(
            id=uuid7(), institution=institution, channel="mail", kind="accounts.notice", subject=uuid7(),
            recipient={"person": str(uuid7())}, state="failed", made_at=now, not_before_at=now, attempts=8,
            reason="SMTPServerDisconnected",
        ).id  # fmt: skip


def waiting_stand(now: datetime) -> int:
    """A stand that waits, beside one that is served."""
    from zuzahlung.exemptions.models import Stand
    from zuzahlung.vault.services import vault

    key = vault().fingerprint_key()
    with operator_role():
        Stand.objects.create(
            day=date(2026, 11, 1), state="served", key_id=key, file_name="befreiungen-2026-11-01.ndjson.gz", started_at=now,
            finished_at=now, served_at=now, insured=1_203_441, report={"lines": 1_203_441},
        )  # fmt: skip
        report = {
            "lines": 1_024_000,
            "waits": ["15,02 % der Versicherten des bisherigen Standes fehlen; erlaubt sind 5,00 %."],
            "reasons": {
                "Die Prüfziffer der KVNR passt nicht.": 211,
                "Ein Zeitraum endet, bevor er beginnt.": 3,
            },
            "first": [
                [17, "Die Prüfziffer der KVNR passt nicht."],
                [403, "Ein Zeitraum endet, bevor er beginnt."],
            ],
            "file": "/var/lib/zuzahlung/imports/stand-2-fehler.csv",
            "leftOut": 12,
            "note": "",
        }
        return Stand.objects.create(
            day=date(2026, 11, 22), state="waiting", key_id=key, file_name="befreiungen-2026-11-22.ndjson.gz", started_at=now,
            finished_at=now, insured=1_023_119, faulty=214, missing=180_787, report=report,
        ).id  # fmt: skip


def registry() -> None:
    """A served registry that holds one insured, exempt this year."""
    from zuzahlung.vault.services import vault

    today = datetime.now(UTC).date()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into exemptions_stand (day, state, key_id, file_name, started_at, insured, faulty, missing, report)"
            " values (%s, 'served', %s, 'x', now(), 1, 0, 0, '{}') returning id",
            [today, vault().fingerprint_key()],
        )
        stand = cursor.fetchone()[0]
        cursor.execute(
            f"create table exemptions_insured_{stand} partition of exemptions_insured for values in ({stand})"
        )
        cursor.execute(
            "insert into exemptions_insured values (%s, %s, 'M. M.', null, %s)",
            [
                stand,
                vault().fingerprint("kvnr", KVNR).digest,
                f"{{[{today.year}-01-01,{today.year + 1}-01-01)}}",
            ],
        )


def asked(practice: UUID, number: str = KVNR, times: int = 1) -> None:
    """The institution asks for the status of an insured."""
    from zuzahlung.exemptions.permission_texts import Permission
    from zuzahlung.exemptions.services import Answered, Asker, Question, ask
    from zuzahlung.journal.services import Actor

    now = datetime.now(UTC)
    asker = Asker(
        institution=practice, ik="260326822", name=LONG_NAME, service_kinds=("heilmittel",),
        actor=Actor(kind="person", id=uuid7(), name="260326822-anna"),
    )  # fmt: skip
    question = Question(
        kvnr=kvnr.parse(number), permission=Permission.IN_PERSON, permission_until_on=None, days=(now.date(),)
    )
    for _ in range(times):
        assert isinstance(ask(question, asker, now=now), Answered)
