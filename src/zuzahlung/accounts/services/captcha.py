"""Sicherheits-Code: a solved challenge counts once, a displayed code once and slower."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from zuzahlung.accounts.models import Puzzle
from zuzahlung.accounts.services import throttle

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LIFETIME = timedelta(minutes=20)
FREE_SOLUTIONS, FREE_TEXT_CODES = 30, 5
"""How many of each a network sends before the next one has to wait; one is forgotten each quarter of an hour."""

OVER = "Die Sicherheits-Prüfung ist abgelaufen. Bitte senden Sie das Formular noch einmal."
WRONG = "Der Code stimmt nicht. Bitte tippen Sie den neuen Code ab."
MISSING = "Bitte tippen Sie den Code ab."
TOO_OFTEN = (
    "Von Ihrem Anschluss kamen gerade viele Anfragen. Bitte warten Sie einen Moment, höchstens eine Viertelstunde, "
    "und senden Sie das Formular dann noch einmal."
)


def fault_of_nonce(nonce: str | None, expires_at: datetime, *, network: str, now: datetime) -> str | None:
    """Why a solution is not taken, as a sentence, or None when it is. Each counts once.

    `nonce` is that of the solved challenge, or None where the solution was late or wrong.
    """
    if not _may_try("registration", network, FREE_SOLUTIONS, now):
        return TOO_OFTEN
    if nonce is None:
        return OVER
    try:
        with transaction.atomic():
            Puzzle.objects.create(id=f"nonce:{nonce}", expires_at=expires_at, used_at=now)
    except IntegrityError:
        return OVER
    return None


def new_text_code(now: datetime) -> tuple[str, str]:
    """A code to be typed off, and the key that names it; good for one use."""
    key = secrets.token_urlsafe(16)
    code = "".join(secrets.choice(LETTERS) for _ in range(6))
    Puzzle.objects.create(id=f"code:{key}", code=code, expires_at=now + LIFETIME)
    return key, code


def fault_of_text_code(key: str, typed: str, *, network: str, now: datetime) -> str | None:
    """Why a typed code is not taken, as a sentence, or None when it is right. Each code is tried once."""
    if not typed.strip():
        return MISSING
    if not _may_try("registration-code", network, FREE_TEXT_CODES, now):
        return TOO_OFTEN
    with connection.cursor() as cursor:
        cursor.execute(
            "update accounts_puzzle set used_at = %s where id = %s and used_at is null and expires_at > %s"
            " returning code",
            [now, f"code:{key}", now],
        )
        row = cursor.fetchone()
    wanted = row[0] if row else ""
    if wanted and secrets.compare_digest("".join(typed.split()).upper().encode(), wanted.encode()):
        return None
    return WRONG


def _may_try(kind: str, network: str, free: int, now: datetime) -> bool:
    """Says whether a network is heard now, and counts that it was."""
    counted = throttle.bucket(kind, network)
    if throttle.blocked_until([counted], now) is not None:
        return False
    throttle.count_failure([(counted, free)], now)
    return True


def tidy(now: datetime) -> None:
    """Erases codes and solutions that no longer count."""
    Puzzle.objects.filter(expires_at__lt=now).delete()
