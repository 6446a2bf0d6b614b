"""Sicherheits-Code: a solved challenge counts once, a displayed code once and slower."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from zuzahlung.accounts.models import Puzzle
from zuzahlung.accounts.services import throttle

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LIFETIME = timedelta(minutes=20)


def use_nonce(nonce: str, expires_at: datetime, *, network: str, now: datetime) -> bool:
    """Takes a solution if it was not used before and its network did not ask too often."""
    counted = throttle.bucket("registration", network)
    if throttle.blocked_until([counted], now) is not None:
        return False
    throttle.count_failure([(counted, 30)], now)
    try:
        with transaction.atomic():
            Puzzle.objects.create(id=f"nonce:{nonce}", expires_at=expires_at, used_at=now)
    except IntegrityError:
        return False
    return True


def new_text_code(now: datetime) -> tuple[str, str]:
    """A code to be typed off, and the key that names it; good for one use."""
    key = secrets.token_urlsafe(16)
    code = "".join(secrets.choice(LETTERS) for _ in range(6))
    Puzzle.objects.create(id=f"code:{key}", code=code, expires_at=now + LIFETIME)
    return key, code


def fault_of_text_code(key: str, typed: str, *, network: str, now: datetime) -> str | None:
    """Why a typed code is not taken, as a sentence, or None when it is right. Each code is tried once."""
    counted = throttle.bucket("registration-code", network)
    if throttle.blocked_until([counted], now) is not None:
        return "Von Ihrem Anschluss kamen gerade viele Anfragen. Bitte warten Sie eine Viertelstunde."
    throttle.count_failure([(counted, 5)], now)
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
    return "Der Code stimmt nicht. Bitte tippen Sie den neuen Code ab."


def tidy(now: datetime) -> None:
    """Erases codes and solutions that no longer count."""
    Puzzle.objects.filter(expires_at__lt=now).delete()
