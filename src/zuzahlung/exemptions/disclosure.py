"""Auskunft nach Art. 15 DSGVO: who asked for the status of one insured, when, on which permission, with which result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from zuzahlung.exemptions.permission_texts import Permission, permission_text
from zuzahlung.exemptions.rules import UNKNOWN
from zuzahlung.journal import reading
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor
from zuzahlung.standards import tables
from zuzahlung.standards.copayment.status import Status
from zuzahlung.standards.days import format_day, format_moment
from zuzahlung.standards.numbers.kvnr import KVNR
from zuzahlung.vault import codes
from zuzahlung.vault.services import vault

QUERY, SEARCH = "exemption-query", "insured-search"
NO_INFORMATION = "keine Auskunft möglich"
SAME_SEARCH = timedelta(hours=1)
COLUMNS = (
    "Zeitpunkt",
    "Vorgang",
    "Gefragt hat",
    "Einrichtung",
    "IK",
    "Erlaubnis",
    "Text der Erlaubnis",
    "Tag",
    "Ergebnis",
    "Auskunft-Nummer",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DisclosedDay:
    """One day that was asked about, with the answer in words."""

    day: date
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Disclosed:
    """One use of the insured's data: a query of an institution, or a search by the operator (`days` is empty).

    `asked_by` says in words whether it was a person or a program.
    """

    id: UUID
    at: datetime
    asked_by: str
    institution_name: str
    ik: str
    permission: str
    statement: str
    permission_until_on: date | None
    days: tuple[DisclosedDay, ...]

    @property
    def is_query(self) -> bool:
        """Whether an institution asked; else the operator searched the journal."""
        return bool(self.days)

    @property
    def number(self) -> str:
        """The Auskunft-Nummer of a query."""
        return codes.number_of_uuid7(self.id)


def disclose(
    kvnr: KVNR, *, reason: str, form: str, search: UUID, actor: Actor, now: datetime
) -> tuple[Disclosed, ...]:
    """Everything the journal says of this insured, oldest first.

    The search is journalled, and committed, before anything is looked up; `form` says what was handed out
    (page or csv). The number itself is stored nowhere. The same `search` sent again, as a browser does when a
    page is loaded anew, is no second one: for an hour it gives what the first one gave.
    """
    prints = vault().fingerprints("kvnr", kvnr)
    detail = {"reason": reason, "form": form, "search": str(search)}
    until = reading.time_of(SEARCH, detail, actor=actor, subjects=prints, since=now - SAME_SEARCH)
    if until is None:
        until = now
        with transaction.atomic(durable=True):
            journal.add(
                SEARCH,
                actor=actor,
                institution=None,
                now=now,
                detail=detail,
                subject=vault().fingerprint("kvnr", kvnr),
            )
    found = (line for line in reading.about(prints) if line.at <= until)
    return tuple(_disclosed(line) for line in found if line.action in {QUERY, SEARCH})


def as_csv(found: tuple[Disclosed, ...]) -> bytes:
    """The same as a table for spreadsheets, one line a day."""
    lines = [tables.line(COLUMNS)]
    for one in found:
        at = format_moment(one.at)
        if not one.is_query:
            lines.append(tables.line((at, "Suche im Journal durch den Betrieb", one.asked_by, *[""] * 7)))
        for day in one.days:
            asked = (at, "Abfrage", one.asked_by, one.institution_name, one.ik, one.permission, one.statement)
            lines.append(tables.line((*asked, format_day(day.day), day.words, one.number)))
    return (tables.MARK + "".join(lines)).encode()


_ASKERS = {
    "person": "eine Person", "key": "ein Programm", "operator": "eine Person", "system": "das Haus",
    "nobody": "niemand Angemeldetes",
}  # fmt: skip


def _disclosed(line: reading.Line) -> Disclosed:
    if line.action == SEARCH:
        return Disclosed(
            id=line.id, at=line.at, asked_by=_ASKERS[line.actor.kind], institution_name="", ik="", permission="", statement="",
            permission_until_on=None, days=(),
        )  # fmt: skip
    text = permission_text(Permission(line.permission or ""), version=line.permission_text or "")
    return Disclosed(
        id=line.id,
        at=line.at,
        asked_by=_ASKERS[line.actor.kind],
        institution_name=line.detail["name"],
        ik=line.detail["ik"],
        permission=text.label,
        statement=text.statement,
        permission_until_on=line.permission_until_on,
        days=days_of(line),
    )


def days_of(line: reading.Line) -> tuple[DisclosedDay, ...]:
    """The days of a query with the answers that were given, in words."""
    given: Mapping[str, str | None] = {day: status for day, status, *_ in line.detail.get("days", ())}
    return tuple(DisclosedDay(day=day, words=_words(line, given.get(day.isoformat()))) for day in line.days)


def _words(line: reading.Line, status: str | None) -> str:
    return NO_INFORMATION if line.result == UNKNOWN or status is None else Status(status).words
