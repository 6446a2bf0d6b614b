"""The browsers in which a person is signed in: listed for that person, and ended one by one or all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from zuzahlung.accounts.models import Session
from zuzahlung.accounts.services.people import Member
from zuzahlung.accounts.sessions import hashed
from zuzahlung.journal.services import acting_for


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedInBrowser:
    """One browser in which somebody is signed in; `id` names it and opens nothing."""

    id: str
    browser: str
    started_at: datetime
    seen_at: datetime
    is_this: bool


def list_sessions(who: Member, *, this: str | None, now: datetime) -> list[SignedInBrowser]:
    """Where this person is signed in now, this browser first; `this` is the session key of the asking one."""
    idle = now - timedelta(minutes=settings.HOUSE.accounts.session_idle_minutes)
    with acting_for(who.institution):
        found = Session.objects.filter(person=who.id, expire_date__gt=now, seen_at__gte=idle)
        rows = list(found.order_by("-seen_at"))
    own = session_id(this)
    shown = [
        SignedInBrowser(
            id=row.session_key,
            browser=row.browser or "Unbekannter Browser",
            started_at=row.started_at,
            seen_at=row.seen_at,
            is_this=row.session_key == own,
        )
        for row in rows
    ]
    return sorted(shown, key=lambda one: not one.is_this)


def session_id(key: str | None) -> str | None:
    """How a session is named in lists: the hash of its key."""
    return hashed(key) if key else None


def end_session(who: Member, session: str) -> bool:
    """Signs this person out in one browser; False where it was not signed in there."""
    with acting_for(who.institution):
        deleted, _ = Session.objects.filter(person=who.id, session_key=session).delete()
    return bool(deleted)


def sign_out_everywhere(who: Member) -> None:
    """Signs this person out in every browser."""
    with acting_for(who.institution):
        end_sessions(who.id)


def end_sessions(person: UUID, *, but: str | None = None) -> None:
    """Signs a person out in every browser but the one named by its id; inside `acting_for`."""
    Session.objects.filter(person=person).exclude(session_key=but or "").delete()


def tidy(now: datetime) -> None:
    """Erases sessions whose time is over."""
    with connection.cursor() as cursor:
        cursor.execute("select sessions_tidy(%s)", [now])
