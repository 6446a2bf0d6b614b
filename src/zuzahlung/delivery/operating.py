"""What the operator does with the outbox: reports letters posted or returned, takes some back, tries mails again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from zuzahlung.delivery import services
from zuzahlung.delivery.models import Outgoing
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor

# The operator's role may not read what is sealed for an institution.
_SEALED = "recipient_sealed"
_BEFORE: Mapping[str, tuple[str, ...]] = {
    Outgoing.POSTED: (Outgoing.PRINTED,),
    Outgoing.RETURNED: (Outgoing.PRINTED, Outgoing.POSTED),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterLine:
    """A letter as the operator's pages list it; `kind` and `state` are codes."""

    id: UUID
    institution: UUID
    kind: str
    subject: UUID
    recipient: Mapping[str, Any]
    state: str
    made_at: datetime
    not_before_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How much of the outbox waits for the operator; letters fail by their address, mails at the mail server."""

    printed: int
    returned: int
    unprintable: int
    failed: int


def mark_posted(letters: Iterable[UUID], *, actor: Actor, now: datetime) -> int:
    """Notes that printed letters went to the post; their files are erased by the worker. Returns how many."""
    return _mark(letters, Outgoing.POSTED, "letter-posted", actor, now)


def mark_returned(letters: Iterable[UUID], *, actor: Actor, now: datetime) -> int:
    """Notes that letters came back: each handler ends what the letter carried. Returns how many."""
    return _mark(letters, Outgoing.RETURNED, "letter-returned", actor, now)


def _mark(letters: Iterable[UUID], state: str, action: str, actor: Actor, now: datetime) -> int:
    with transaction.atomic():
        rows = list(
            _letters()
            .select_for_update()
            .filter(id__in=list(letters), state__in=_BEFORE[state])
            .order_by("id")
        )
        for row in rows:
            services.advance(row, state, now)
            _note(row, action, actor, now)
    return len(rows)


def withdraw(subject: UUID, kinds: Collection[str], *, actor: Actor, now: datetime) -> list[LetterLine]:
    """Takes back what was not reported as posted; printed files are erased. In the running transaction."""
    rows = list(
        _letters()
        .select_for_update()
        .filter(subject=subject, kind__in=kinds, state__in=(Outgoing.WAITING, Outgoing.PRINTED))
        .order_by("id")
    )
    taken = [_line(row) for row in rows]
    for row in rows:
        services.advance(row, Outgoing.CANCELLED, now)
        _note(row, "letter-withdrawn", actor, now)
    return taken


def open_letters(institutions: Collection[UUID]) -> list[LetterLine]:
    """Letters of these institutions that were ordered and not yet reported as posted."""
    rows = _letters().filter(institution__in=institutions, state__in=(Outgoing.WAITING, Outgoing.PRINTED))
    return [_line(row) for row in rows.order_by("made_at", "id")]


def letters_of(institution: UUID, *, most: int = 20) -> list[LetterLine]:
    """The latest letters of one institution, newest first."""
    return [
        _line(row) for row in _letters().filter(institution=institution).order_by("-made_at", "-id")[:most]
    ]


def try_again(mails: Iterable[UUID], *, actor: Actor, now: datetime) -> int:
    """Lets mails that failed go out once more with the worker's next round. Returns how many."""
    with transaction.atomic():
        rows = list(
            Outgoing.objects.defer(_SEALED)
            .select_for_update()
            .filter(id__in=list(mails), channel=Outgoing.MAIL, state=Outgoing.FAILED)
            .order_by("id")
        )
        for row in rows:
            row.state, row.reason, row.next_attempt_at, row.done_at = Outgoing.WAITING, "", None, None
            row.save(update_fields=["state", "reason", "next_attempt_at", "done_at"])
            _note(row, "mail-again", actor, now)
    return len(rows)


def waiting() -> Waiting:
    """How many letters wait for the post, came back without a new one or failed, and how many mails failed."""
    return Waiting(
        printed=_letters().filter(state=Outgoing.PRINTED).count(),
        returned=returned_without_new_one().count(),
        unprintable=_letters().filter(state=Outgoing.FAILED).count(),
        failed=Outgoing.objects.filter(channel=Outgoing.MAIL, state=Outgoing.FAILED).count(),
    )


def returned_without_new_one() -> QuerySet[Outgoing]:
    """Letters that came back and after which none of the same kind was ordered for the same person."""
    later = Outgoing.objects.filter(
        institution=OuterRef("institution"),
        subject=OuterRef("subject"),
        kind=OuterRef("kind"),
        made_at__gt=OuterRef("made_at"),
    )
    return _letters().filter(state=Outgoing.RETURNED).exclude(Exists(later))


def _letters() -> QuerySet[Outgoing]:
    return Outgoing.objects.defer(_SEALED).filter(channel=Outgoing.LETTER)


def _note(row: Outgoing, action: str, actor: Actor, now: datetime) -> None:
    journal.add(
        action,
        actor=actor,
        institution=row.institution,
        now=now,
        detail={"kind": row.kind, "parcel": str(row.id)},
    )


def _line(row: Outgoing) -> LetterLine:
    return LetterLine(
        id=row.id,
        institution=row.institution,
        kind=row.kind,
        subject=row.subject,
        recipient=row.recipient,
        state=row.state,
        made_at=row.made_at,
        not_before_at=row.not_before_at,
        done_at=row.done_at,
    )
