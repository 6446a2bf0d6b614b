"""Reads the journal for the operator: by institution and time, and what it says of one insured."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from zuzahlung.journal.models import Entry
from zuzahlung.journal.rules import first_id
from zuzahlung.journal.services import Actor
from zuzahlung.vault.services import Fingerprint

# An identifier is made at the time of its entry, give or take the length of a request.
_AROUND = timedelta(minutes=10)


class Scope(StrEnum):
    """Whose entries are read; each has an index, so that millions of others do not matter."""

    INSTITUTION = "institution"
    HOUSE = "house"
    OPERATORS = "operators"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """An entry without what is sealed for the institution alone."""

    id: UUID
    institution: UUID | None
    at: datetime
    actor: Actor
    action: str
    permission: str | None
    permission_text: str | None
    permission_until_on: date | None
    days: tuple[date, ...]
    result: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some entries, newest first; `older` is what the next page begins before, if there is one."""

    lines: tuple[Line, ...]
    older: UUID | None


def page(
    scope: Scope,
    *,
    institution: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    size: int = 50,
) -> Page:
    """Entries from `since` (inclusive) to `until` (exclusive); `before` is an id that a page before gave.

    Identifiers begin with their time, so a period is a range of the index and no page counts those before it.
    """
    rows = _in_scope(scope, institution)
    if since is not None:
        rows = rows.filter(id__gte=first_id(since - _AROUND), at__gte=since)
    if until is not None:
        rows = rows.filter(id__lt=first_id(until + _AROUND), at__lt=until)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = [_line(row) for row in rows.order_by("-id")[: size + 1]]
    return Page(lines=tuple(found[:size]), older=found[size - 1].id if len(found) > size else None)


def about(subjects: Collection[Fingerprint]) -> Iterator[Line]:
    """Everything the journal says of one insured, oldest first, found under any of the fingerprints."""
    rows = Entry.objects.defer("sealed").filter(subject__in=[one.digest for one in subjects])
    return (_line(row) for row in rows.order_by("at", "id"))


def time_of(
    action: str,
    detail: Mapping[str, Any],
    *,
    actor: Actor,
    subjects: Collection[Fingerprint],
    since: datetime,
) -> datetime | None:
    """When this operator last did exactly this about this insured, or None when not since then."""
    rows = Entry.objects.filter(
        actor_kind=actor.kind, actor=actor.id, action=action, detail=dict(detail), at__gte=since,
        subject__in=[one.digest for one in subjects], id__gte=first_id(since - _AROUND),
    )  # fmt: skip
    return rows.order_by("-id").values_list("at", flat=True).first()


def between(first: UUID, last: UUID, action: str) -> Page:
    """The entries of one kind whose ids lie in a range, of whatever institution."""
    rows = Entry.objects.defer("sealed").filter(id__gte=first, id__lte=last, action=action)
    return Page(lines=tuple(_line(row) for row in rows.order_by("-id")[:50]), older=None)


def _in_scope(scope: Scope, institution: UUID | None) -> Any:
    rows = Entry.objects.defer("sealed")
    match scope:
        case Scope.INSTITUTION:
            return rows.filter(institution=institution)
        case Scope.HOUSE:
            return rows.filter(institution=None)
        case Scope.OPERATORS:
            return rows.filter(actor_kind="operator")


def _line(row: Entry) -> Line:
    return Line(
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
    )
