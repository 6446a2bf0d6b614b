"""What somebody typed into a form that could not be taken: kept sealed, and shown in the same form again.

It is never carried out by itself: the person sees it and sends it once more. Sealed for one sign-in name, it
opens for nobody else. Passwords and codes are not kept.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import datetime, timedelta

from django.http import HttpRequest, QueryDict

from zuzahlung.vault.services import CannotOpen, vault

LIFETIME = timedelta(hours=12)
LONGEST = 20_000
IN_SESSION = "resume"
_SECRET = ("password", "pruefnummer", "csrf", "code", "solution", "invitation")


def seal(request: HttpRequest, *, name: str, path: str, now: datetime) -> str:
    """The fields of a POST for the form at this path, sealed for one sign-in name; empty when they are too long."""
    fields = [
        (field, value)
        for field, values in request.POST.lists()
        for value in values
        if not any(word in field for word in _SECRET)
    ]
    kept = json.dumps({"path": path, "at": now.isoformat(), "fields": fields})
    text = urlsafe_b64encode(vault().seal(kept.encode(), context=_context(name))).decode()
    return text if len(text) <= LONGEST else ""


def keep(request: HttpRequest, text: str, *, name: str, now: datetime) -> str | None:
    """Puts what was sealed into the session of this name; returns the path of its form, or None."""
    kept = _opened(text, name, now) if text else None
    if kept is None:
        return None
    request.session[IN_SESSION] = [name, text]
    return kept.path


def typed(request: HttpRequest, now: datetime) -> QueryDict | None:
    """What a form is to show: what is being sent, or what was typed into it before, or None for a fresh one."""
    if request.method == "POST":
        return request.POST
    name, text = request.session.get(IN_SESSION, ("", ""))
    kept = _opened(text, name, now) if text else None
    if kept is None or kept.path != request.path:
        return None
    del request.session[IN_SESSION]
    return kept.fields


class _Kept:
    def __init__(self, path: str, fields: list[list[str]]) -> None:
        self.path = path
        self.fields = QueryDict(mutable=True)
        for field, value in fields:
            self.fields.appendlist(field, value)


def _opened(text: str, name: str, now: datetime) -> _Kept | None:
    try:
        kept = json.loads(vault().open_sealed(urlsafe_b64decode(text), context=_context(name)))
    except (CannotOpen, NotBase64, ValueError):
        return None
    if now - datetime.fromisoformat(kept["at"]) > LIFETIME:
        return None
    return _Kept(kept["path"], kept["fields"])


def _context(name: str) -> bytes:
    return b"resume:" + name.encode()
