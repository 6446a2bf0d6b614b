"""Sign-in: one statement and one hash for known and unknown names, then the way the account has to go."""

from __future__ import annotations

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import connection

from zuzahlung.accounts import rules
from zuzahlung.accounts.hashing import Argon2id
from zuzahlung.accounts.models import Person
from zuzahlung.accounts.services import throttle
from zuzahlung.accounts.services.people import Member, member
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import acting_for
from zuzahlung.vault import codes


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """Name and password are right and the account is awake."""

    member: Member


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedsPruefnummer:
    """The Initialkennwort is right: the Prüfnummer comes next, and nothing else can be reached."""

    person: UUID
    institution: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Asleep:
    """Name and password are right, but the account was not used for long: only the Prüfnummer wakes it."""

    sign_in: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """What was typed is right, but the operator took the institution out of the directory: nobody is let in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Name or password is wrong; nobody learns which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Too many tries: the next one is heard from this moment on."""

    until: datetime


SignIn = SignedIn | NeedsPruefnummer | Asleep | Removed | Refused | Wait


def normal_name(text: str) -> str:
    """The sign-in name as it is stored: no spaces, lower case."""
    return "".join(text.split()).lower()


def sign_in(name: str, password: str, *, network: str, known_browser: str, now: datetime) -> SignIn:
    """Checks name and password. The work is the same whether the name exists or not.

    `known_browser` is the mark of a browser in which this name signed in before, or empty. Such a browser
    answers for its own failures only: those of others, even in the same network, do not slow it down. Nor do
    those of the whole world slow a network from which this name signed in of late.
    """
    name = normal_name(name)
    counted = _counted(name, network, known_browser)
    home = throttle.bucket("sign-in-home", name, network)
    anywhere = throttle.bucket("sign-in-account", name)
    until = throttle.blocked_until([bucket for bucket, _ in counted], now, unless=(home, anywhere))
    if until is not None:
        return Wait(until=until)
    found = _look_up(name, now)
    if not check_password(_as_typed(password, found), _hash_of(found)) or found is None:
        throttle.count_failure(counted, now)
        return Refused()
    throttle.forget([counted[0][0]])
    throttle.note_home(home, now)
    if found.is_removed:
        return Removed()
    if found.state == Person.WAITING:
        return NeedsPruefnummer(person=found.id, institution=found.institution)
    if rules.is_asleep(last_used_at=found.used_at, now=now, settings=settings.HOUSE.accounts):
        return Asleep(sign_in=name)
    return _signed_in(found.id, found.institution, now)


def _counted(name: str, network: str, known_browser: str) -> list[tuple[bytes, int]]:
    """Where a failure counts, and how many are allowed there; the first is forgotten after a success."""
    if known_browser:
        return [(throttle.bucket("sign-in-browser", name, known_browser), 5)]
    return [
        (throttle.bucket("sign-in", name, network), 3),
        (throttle.bucket("sign-in-network", network), 20),
        (throttle.bucket("sign-in-account", name), 50),
    ]


def _signed_in(person_id: UUID, institution: UUID, now: datetime) -> SignIn:
    with acting_for(institution):
        person = Person.objects.filter(id=person_id, state=Person.ACTIVE).first()
        if person is None:
            return Refused()
        person.used_at = now
        person.save(update_fields=["used_at"])
        who = member(person)
        journal.add("sign-in", actor=who.actor, institution=institution, now=now)
    return SignedIn(member=who)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    id: UUID
    institution: UUID
    state: str
    password: str
    initial_hash: str | None
    used_at: datetime | None
    is_removed: bool


def _look_up(name: str, now: datetime) -> _Found | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, institution, state, password, initial_hash, used_at, is_removed"
            " from person_signing_in(%s, %s)",
            [name, now],
        )
        row = cursor.fetchone()
    return row and _Found(
        id=row[0],
        institution=row[1],
        state=row[2],
        password=row[3],
        initial_hash=row[4],
        used_at=row[5],
        is_removed=row[6],
    )


def _hash_of(found: _Found | None) -> str:
    if found is None:
        return nobodys_hash()
    chosen = found.initial_hash if found.state == Person.WAITING else found.password
    return chosen or nobodys_hash()


def _as_typed(password: str, found: _Found | None) -> str:
    """An Initialkennwort may be typed with spaces, hyphens and in lower case."""
    if found is None or found.state != Person.WAITING:
        return password
    try:
        return codes.parse(password, codes.INITIALKENNWORT)
    except codes.CodeError:
        return password


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """A hash that no password has, as costly to check as a real one, and free to make."""
    profile = Argon2id()
    salt, digest = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (22, 32))
    costs = f"m={profile.memory_cost},t={profile.time_cost},p={profile.parallelism}"
    return f"argon2$argon2id$v=19${costs}${salt}${digest}"


class PersonBackend:
    """Finds the person of a session for Django; passwords are checked by `sign_in` alone."""

    def authenticate(self, request: object, **credentials: object) -> None:
        """Nobody signs in through Django's own way."""

    def get_user(self, user_id: UUID) -> Person | None:
        """The person of a session, if still active."""
        return next(iter(Person.objects.raw("select * from person_of_session(%s)", [user_id])), None)
