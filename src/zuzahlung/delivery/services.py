"""Puts things into the outbox, and lets letters and mails leave it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError, connection, transaction
from uuid_utils.compat import uuid7

from zuzahlung.delivery.models import Outgoing
from zuzahlung.delivery.pdf import PdfError
from zuzahlung.journal.services import acting_for
from zuzahlung.standards.days import german_time
from zuzahlung.standards.tables import as_text

_log = logging.getLogger(__name__)
RETRY_MINUTES = (1, 5, 15, 60, 240, 720, 1440)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """A row of the outbox as a handler sees it."""

    id: UUID
    institution: UUID
    kind: str
    subject: UUID
    recipient: Mapping[str, Any]
    made_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A finished letter: the bytes of its PDF."""

    pdf: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A finished mail in plain text."""

    to: str
    subject: str
    text: str


class Handler(Protocol):
    """What a business registers for one kind of parcel."""

    def prepare(self, parcel: Parcel, now: datetime) -> Letter | Mail | None:
        """Makes what leaves the house, in the transaction that marks it; None when it is no longer wanted."""

    def advanced(self, parcel: Parcel, state: str, now: datetime) -> None:
        """Hears of each change of state, in the transaction of the change."""


_handlers: dict[str, Handler] = {}
_names: dict[str, str] = {}


def register(kind: str, handler: Handler, *, name: str) -> None:
    """Names the handler of a kind of parcel, and what people call it; called once by the business."""
    _handlers[kind], _names[kind] = handler, name


def kind_name(kind: str) -> str:
    """What people call a kind of parcel."""
    return _names.get(kind, kind)


def sign_of(letter: UUID) -> str:
    """Our sign (Unser Zeichen) on a letter, by which it is found again when it comes back."""
    return str(letter)[-12:].upper()


def put(
    *,
    institution: UUID,
    channel: str,
    kind: str,
    subject: UUID,
    now: datetime,
    recipient: Mapping[str, Any] | None = None,
    not_before_at: datetime | None = None,
) -> UUID:
    """Adds a row to the outbox in the running transaction; the worker does the rest."""
    row = Outgoing(
        id=uuid7(),
        institution=institution,
        channel=channel,
        kind=kind,
        subject=subject,
        recipient=dict(recipient or {}),
        made_at=now,
        not_before_at=not_before_at or now,
    )
    row.save(force_insert=True)
    return row.id


def cancel(*, kind: str, subject: UUID | None = None) -> None:
    """Takes back what has not left yet, of one subject or of all, in the running transaction of its institution."""
    waiting = Outgoing.objects.filter(kind=kind, state=Outgoing.WAITING)
    if subject is not None:
        waiting = waiting.filter(subject=subject)
    waiting.update(state=Outgoing.CANCELLED)


def advance(row: Outgoing, state: str, now: datetime) -> None:
    """Brings a row to a state that somebody reported, and tells its handler, in the running transaction."""
    row.state, row.done_at = state, now
    row.save(update_fields=["state", "done_at"])
    _handlers[row.kind].advanced(_parcel(row), state, now)


def print_due(now: datetime) -> int:
    """Prints every letter whose time has come into the print folder; returns how many."""
    count = sum(_each(_print, Outgoing.LETTER, now))
    tidy_print_folder(now)
    return count


def send_due(now: datetime) -> int:
    """Sends every mail whose time has come; one that fails is tried again later. Returns how many were sent."""
    return sum(_each(_send, Outgoing.MAIL, now))


def tidy_print_folder(now: datetime) -> None:
    """Erases letters that were posted or came back, and writes the manifest of those that wait for the post."""
    folder = print_folder()
    with transaction.atomic():
        # Nobody prints meanwhile, so what no row knows now is nobody's: a letter that went, or what a killed worker left.
        _hold_print_folder(_ALONE)
        waiting = _printed()
        wanted = {f"{row['id']}.pdf" for row in waiting}
        for path in (*folder.glob("*.pdf"), *folder.glob(".*.part")):
            if path.name not in wanted:
                path.unlink(missing_ok=True)
        _write(folder / "manifest.csv", _manifest(waiting))


def forget(now: datetime) -> tuple[int, int]:
    """Erases what was done with some days ago (settings), of all institutions: how many letters and how many mails.

    What waits or lies in the print folder stays. The database looks at its own clock too, so that a wrong `now`
    erases nothing early.
    """
    kept = settings.HOUSE.delivery
    with connection.cursor() as cursor:
        cursor.execute(
            "select letters, mails from delivery_forget(%s, %s, %s)",
            [now, kept.letter_kept_days, kept.mail_kept_days],
        )
        letters, mails = cursor.fetchone()
    return letters, mails


def worker_seen_at() -> datetime | None:
    """When a worker last said that it is alive."""
    with connection.cursor() as cursor:
        cursor.execute("select max(last_heartbeat) from procrastinate_workers")
        row = cursor.fetchone()
    return row[0] if row else None


def print_folder() -> Path:
    """The folder the letters lie in, for its owner alone."""
    folder: Path = settings.LETTERS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


_ALONE = "select pg_advisory_xact_lock(hashtextextended('print folder', 0))"
_TOGETHER = "select pg_advisory_xact_lock_shared(hashtextextended('print folder', 0))"


def _hold_print_folder(how: str) -> None:
    """Until the running transaction ends: many may print at once, and who tidies up waits for all of them."""
    with connection.cursor() as cursor:
        cursor.execute(how)


def _each(step: Callable[[UUID, UUID, datetime], int], channel: str, now: datetime) -> Iterator[int]:
    """Takes every row that is due; a fault in one is logged and tried again, and holds up no other."""
    for row_id, institution in _due(channel, now):
        try:
            yield step(row_id, institution, now)
        except (DatabaseError, OSError, LookupError, ValueError) as error:
            _log.error("outbox row %s: %s", row_id, type(error).__name__)


def _due(channel: str, now: datetime) -> list[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute("select id, institution from outgoing_due(%s, %s)", [channel, now])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _printed() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("select id, kind, recipient::text, sha256, done_at from letters_printed()")
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [{**row, "recipient": json.loads(row["recipient"])} for row in rows]


def _locked(row_id: UUID) -> Outgoing | None:
    """The row, if it still waits and nobody else works on it."""
    return (
        Outgoing.objects.select_for_update(skip_locked=True).filter(id=row_id, state=Outgoing.WAITING).first()
    )


def _parcel(row: Outgoing) -> Parcel:
    return Parcel(
        id=row.id,
        institution=row.institution,
        kind=row.kind,
        subject=row.subject,
        recipient=row.recipient,
        made_at=row.made_at,
    )


def _print(row_id: UUID, institution: UUID, now: datetime) -> int:
    with acting_for(institution):
        row = _locked(row_id)
        if row is None:
            return 0
        _hold_print_folder(_TOGETHER)
        parcel = _parcel(row)
        handler = _handlers[row.kind]
        letter = _prepared(handler, parcel, row, now)
        if letter is not None:
            # The file comes first: if the commit fails, the next try writes a new secret over it.
            row.file_name = f"{row.id}.pdf"
            row.sha256 = hashlib.sha256(letter.pdf).hexdigest()
            row.state = Outgoing.PRINTED
            _write(print_folder() / row.file_name, letter.pdf)
        row.attempts += 1
        row.done_at = now
        row.save()
        handler.advanced(parcel, row.state, now)
    return int(row.state == Outgoing.PRINTED)


def _prepared(handler: Handler, parcel: Parcel, row: Outgoing, now: datetime) -> Letter | None:
    """The letter; without one the row says why: nobody wants it any more, or somebody has to look at it."""
    try:
        with transaction.atomic():
            letter = handler.prepare(parcel, now)
    except PdfError as error:
        # An address that does not fit the window, or a sign that the fonts lack.
        row.state, row.reason = Outgoing.FAILED, str(error)
        return None
    if not isinstance(letter, Letter):
        row.state = Outgoing.CANCELLED
        return None
    return letter


def _send(row_id: UUID, institution: UUID, now: datetime) -> int:
    with acting_for(institution):
        row = _locked(row_id)
        if row is None:
            return 0
        parcel = _parcel(row)
        handler = _handlers[row.kind]
        row.attempts += 1
        mail = handler.prepare(parcel, now)
        if not isinstance(mail, Mail):
            row.state = Outgoing.CANCELLED
        else:
            row.message_id = f"<{row.id}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>"
            row.reason = _post(mail, row.message_id)
            row.state = Outgoing.WAITING if row.reason else Outgoing.SENT
        if row.reason:
            minutes = RETRY_MINUTES[min(row.attempts, len(RETRY_MINUTES)) - 1]
            row.next_attempt_at = now + timedelta(minutes=minutes)
            if row.attempts > len(RETRY_MINUTES):
                row.state = Outgoing.FAILED
        else:
            row.done_at = now
        row.save()
        handler.advanced(parcel, row.state, now)
    return int(row.state == Outgoing.SENT)


def _post(mail: Mail, message_id: str) -> str:
    """Hands a mail to the mail server; returns what went wrong, without address or text, or nothing."""
    message = EmailMessage(
        subject=mail.subject,
        body=mail.text,
        to=[mail.to],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        connection=get_connection(),
    )
    try:
        message.send()
    except OSError as error:
        return type(error).__name__
    return ""


def _manifest(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Which letter lies in which file and to whom it goes; no secret."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=";")
    table.writerow(("Datei", "Art", "Unser Zeichen", "IK", "Empfänger", "Anschrift", "gedruckt", "SHA-256"))
    for row in rows:
        to = row["recipient"]
        address = f"{to.get('street', '')}, {to.get('postcode', '')} {to.get('city', '')}"
        about = (f"{row['id']}.pdf", kind_name(row["kind"]), sign_of(row["id"]))
        cells = (*about, to.get("ik", ""), to.get("name", ""), address)
        printed = f"{german_time(row['done_at']):%d.%m.%Y %H:%M}"
        table.writerow((*(as_text(cell) for cell in cells), printed, row["sha256"]))
    return text.getvalue().encode("utf-8-sig")


def _write(path: Path, content: bytes) -> None:
    """Writes a file for its owner alone, wholly or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
