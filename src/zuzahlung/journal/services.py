"""Acting for one institution, and adding to and reading from the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, connections, transaction

from zuzahlung.journal import rules
from zuzahlung.journal.models import Entry
from zuzahlung.standards.days import german_day
from zuzahlung.vault.identifiers import answer_identifiers
from zuzahlung.vault.services import Fingerprint


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
    subject: Fingerprint | None = None,
    using: str = "default",
) -> UUID:
    """Adds one entry in the running transaction; what it says is plain values without secrets or insured.

    `subject` is the fingerprint of the insured whom it is about, for the few actions that are about one;
    `using` is the connection, for what only the operator's role may do. Raises ValueError for a reason that
    names an insured: forms look before they ask.
    """
    if detail is not None and rules.fault_of_reason(str(detail.get("reason", ""))) is not None:
        raise ValueError("a reason in the journal names no insured")
    entry = Entry(
        id=answer_identifiers.at(now),
        institution=institution,
        at=now,
        actor_kind=actor.kind,
        actor=actor.id,
        actor_name=actor.name,
        action=action,
        subject=subject and subject.digest,
        subject_key=subject and subject.key_id,
        detail=dict(detail or {}),
        kept_until_on=kept_until(now),
    )
    # RETURNING asks for the right to read, which an entry without institution does not give.
    Entry.objects.using(using).bulk_create([entry])
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


OPERATOR = "operator"
"""The connection with the operator's database role; the worker has it, the portal does not."""


def expire(now: datetime) -> int:
    """Deletes the entries whose time is over, of all institutions, and notes how many they were.

    Only the operator's role can, and even that not before their time: the database looks at its own clock.
    """
    with transaction.atomic(using=OPERATOR), connections[OPERATOR].cursor() as cursor:
        cursor.execute("delete from journal_entry where kept_until_on < %s", [german_day(now)])
        count: int = cursor.rowcount
        if count:
            add(
                "journal-expired",
                actor=SYSTEM,
                institution=None,
                now=now,
                detail={"entries": count},
                using=OPERATOR,
            )
    return count


def get(entry: UUID, action: str) -> Record:
    """One entry of the institution acted for; raises LookupError where it has none like it."""
    row = Entry.objects.filter(id=entry, action=action).first()
    if row is None:
        raise LookupError("no such journal entry")
    return record(row)


def find_between(low: UUID, high: UUID, action: str) -> Record | None:
    """The entry of the institution acted for whose id lies in this range."""
    row = Entry.objects.filter(id__gte=low, id__lte=high, action=action).first()
    return None if row is None else record(row)


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """Which entries are looked for; what is None narrows nothing.

    `subjects` are fingerprints of one insured under several keys, `ids` the first and the last id, and the
    entries were made from `since_at` on and before `before_at`.
    """

    action: str
    actor: UUID | None = None
    subjects: tuple[bytes, ...] | None = None
    result: str | None = None
    day: date | None = None
    since_at: datetime | None = None
    before_at: datetime | None = None
    ids: tuple[UUID, UUID] | None = None


def find(
    search: Search, *, limit: int, older_than: UUID | None = None, newer_than: UUID | None = None
) -> list[Record]:
    """Up to `limit` entries of the institution acted for, the newest first.

    With `older_than` the next ones after this id, with `newer_than` the nearest ones before it: so a reader
    turns pages by ids, and no page costs more for being far from the first.
    """
    with connection.cursor() as cursor:
        # At the price of an old disk for each page of an index the planner would rather read the whole journal.
        cursor.execute(
            "select set_config('random_page_cost', '1.1', true),"
            " set_config('max_parallel_workers_per_gather', '0', true)"
        )
    found = Entry.objects.filter(**_conditions(search))
    if older_than is not None:
        found = found.filter(id__lt=older_than)
    if newer_than is not None:
        found = found.filter(id__gt=newer_than)
    order = "id" if newer_than is not None else "-id"
    # The ids are found in the index alone; only the rows of this page are read from the table.
    ids = list(found.order_by(order).values_list("id", flat=True)[:limit])
    return [record(row) for row in Entry.objects.filter(id__in=ids).order_by("-id")]


def find_all(entries: Iterable[UUID], action: str) -> list[Record]:
    """Those of these entries that the institution acted for has, the newest first."""
    rows = Entry.objects.filter(id__in=list(entries), action=action).order_by("-id")
    return [record(row) for row in rows]


def _conditions(search: Search) -> dict[str, Any]:
    given = {
        "action": search.action,
        "actor": search.actor,
        "subject__in": search.subjects,
        "result": search.result,
        "days__contains": None if search.day is None else [search.day],
        "at__gte": search.since_at,
        "at__lt": search.before_at,
        "id__range": search.ids,
        "id__gte": None if search.since_at is None else rules.first_id(search.since_at - _SLACK),
        "id__lt": None if search.before_at is None else rules.first_id(search.before_at + _SLACK),
    }
    return {name: value for name, value in given.items() if value is not None}


# An id begins with the time of its entry, so the index serves a period too; two clocks may differ a little.
_SLACK = timedelta(hours=1)


def record(row: Entry) -> Record:
    """The plain value of an institution's row."""
    if row.institution is None:
        raise LookupError("an entry of the house belongs to no institution")
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
