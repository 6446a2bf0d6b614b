"""Acting for one institution, and adding to and reading from the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from uuid_utils.compat import uuid7

from zuzahlung.journal import rules
from zuzahlung.journal.models import Entry
from zuzahlung.standards.days import german_day


@contextmanager
def acting_for(institution: UUID) -> Iterator[None]:
    """Opens one transaction in which the rows of this institution, and of no other, can be seen."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('app.institution', %s, true)", [str(institution)])
        yield


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who does something: a person, a key of practice software, the operator, or the house itself."""

    kind: str
    id: UUID | None
    name: str


SYSTEM = Actor(kind="system", id=None, name="Serviceportal")
NOBODY = Actor(kind="nobody", id=None, name="nicht angemeldet")


def kept_until(at: datetime) -> date:
    """The last day an entry made now is kept, by the setting of the house."""
    return rules.kept_until(german_day(at), settings=settings.HOUSE.journal)


def add(
    action: str,
    *,
    actor: Actor,
    institution: UUID | None,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> UUID:
    """Adds one entry in the running transaction; what it says is plain values without secrets or insured."""
    entry = Entry(
        id=uuid7(),
        institution=institution,
        at=now,
        actor_kind=actor.kind,
        actor=actor.id,
        actor_name=actor.name,
        action=action,
        detail=dict(detail or {}),
        kept_until_on=kept_until(now),
    )
    # RETURNING asks for the right to read, which an entry without institution does not give.
    Entry.objects.bulk_create([entry])
    return entry.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """An entry as other businesses read it."""

    id: UUID
    institution: UUID
    at: datetime
    actor: Actor
    action: str
    permission: str | None
    permission_text: str | None
    permission_until_on: date | None
    days: tuple[date, ...]
    result: str | None
    detail: Mapping[str, Any]
    sealed: bytes | None


def get(entry: UUID, action: str) -> Record:
    """One entry of the institution acted for; raises LookupError where it has none like it."""
    row = Entry.objects.filter(id=entry, action=action).first()
    if row is None:
        raise LookupError("no such journal entry")
    return record(row)


def find_between(low: UUID, high: UUID, action: str) -> Record | None:
    """The entry of the institution acted for whose id lies in this range."""
    row = Entry.objects.filter(id__gte=low, id__lte=high, action=action).first()
    return row and record(row)


def record(row: Entry) -> Record:
    """The plain value of a row."""
    return Record(
        id=row.id,
        institution=row.institution,
        at=row.at,
        actor=Actor(kind=row.actor_kind, id=row.actor, name=row.actor_name),
        action=row.action,
        permission=row.permission,
        permission_text=row.permission_text,
        permission_until_on=row.permission_until_on,
        days=tuple(row.days or ()),
        result=row.result,
        detail=row.detail,
        sealed=None if row.sealed is None else bytes(row.sealed),
    )
