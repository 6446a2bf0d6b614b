"""Django's database sessions with two differences: the key is stored hashed, and a row knows its person."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.utils import timezone

from zuzahlung.accounts.models import Session


def hashed(key: str) -> str:
    """What the database knows of a session key."""
    return sha256(key.encode("ascii", "replace")).hexdigest()


class SessionStore(DatabaseStore):
    """Sessions by hashed key; see Django's documentation on extending database-backed session engines."""

    # The absolute limit counts from here, and the clock starts anew with every new id.
    started_at: datetime | None = None
    # The moment of the request, which the site's middleware tells; outside of one the clock is read.
    now: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        opened = Session.objects.raw(
            "select * from session_open(%s, %s)",
            [hashed(self.session_key or ""), self.now or timezone.now()],
        )
        row = next(iter(opened), None)
        if row is None:
            self._session_key = None
            return {}
        self.started_at = row.started_at
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        # Nobody asks for a session but by its key; a new key that is taken shows when it is saved.
        return False

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = self.now or timezone.now()
        self.started_at = self.started_at or now
        institution, person = data.get("institution"), data.get(SESSION_KEY)
        return Session(
            session_key=hashed(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(modification=self.started_at),
            institution=UUID(institution) if institution else None,
            person=UUID(person) if person else None,
            started_at=self.started_at,
            seen_at=now,
            browser=data.get("browser", ""),
        )

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - as Django calls it
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            cursor.execute(
                "select session_save(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    must_create, row.session_key, row.session_data, row.expire_date, row.institution, row.person,
                    row.started_at, row.seen_at, row.browser,
                ],
            )  # fmt: skip
            if not cursor.fetchone()[0]:
                raise CreateError if must_create else UpdateError

    def create(self) -> None:
        self.started_at = None
        super().create()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            with connection.cursor() as cursor:
                cursor.execute("select session_end(%s)", [hashed(key)])
