"""Keys of practice software: 256 random bits with a recognisable form, shown once and stored as SHA-256."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID
from zlib import crc32

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zuzahlung.accounts.models import ApiKey, Person
from zuzahlung.accounts.rules import Right, may
from zuzahlung.accounts.services.notices import notify
from zuzahlung.accounts.services.people import Member
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor, acting_for

EXEMPTION_QUERIES = "exemption-queries"
SCOPES: Mapping[str, str] = {EXEMPTION_QUERIES: "Befreiungsstatus abfragen"}
"""What a key can be allowed to do, with the words for people."""

NAME_LENGTH = 60

_PREFIX = "zuz_"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_BITS = 256
_RANDOM_SYMBOLS = 43  # 62 ** 43 is just above 2 ** 256.
_CHECK_SYMBOLS = 6  # 62 ** 6 is above 2 ** 32.
_FORM = re.compile(rf"{_PREFIX}[0-9A-Za-z]{{{_RANDOM_SYMBOLS + _CHECK_SYMBOLS}}}")
_SHOWN_SYMBOLS = len(_PREFIX) + 4


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKeyShown:
    """A key as the pages of its institution show it; `prefix` is how its token begins."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    prefix: str
    made_by: str
    made_at: datetime
    revoked_at: datetime | None


def make_key(member: Member, name: str, scopes: Sequence[str], now: datetime) -> tuple[ApiKeyShown, str]:
    """Makes a key for the member's institution. The token is given here and can never be shown again.

    Raises PermissionDenied without the right to manage keys, and ValueError for a name that is empty, too long
    or not printable and for scopes that are none or unknown: forms look before they ask.
    """
    _demand_right(member)
    name = " ".join(name.split())
    if not (0 < len(name) <= NAME_LENGTH and name.isprintable()):
        raise ValueError("a key has a printable name of at most 60 characters")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise ValueError("a key has at least one scope, and only known ones")
    token = new_token()
    with acting_for(member.institution):
        row = ApiKey.objects.create(
            institution=member.institution,
            name=name,
            scopes=sorted(set(scopes)),
            prefix=token[:_SHOWN_SYMBOLS],
            token_hash=token_hash(token),
            made_by=member.id,
            made_at=now,
        )
        _note("key-made", row, member, now)
        notify(member.institution, "key-made", now)
    return _shown(row, {member.id: member.sign_in}), token


def list_keys(member: Member) -> tuple[ApiKeyShown, ...]:
    """All keys of the member's institution, the newest first, revoked ones too."""
    _demand_right(member)
    with acting_for(member.institution):
        rows = list(ApiKey.objects.order_by("-made_at", "-id"))
        makers = {row.made_by for row in rows}
        names = dict(Person.objects.filter(id__in=makers).values_list("id", "sign_in"))
    return tuple(_shown(row, names) for row in rows)


def revoke_key(member: Member, key: UUID, now: datetime) -> None:
    """Ends a key at once and for good; raises LookupError if the member's institution has none like it."""
    _demand_right(member)
    with acting_for(member.institution):
        row = ApiKey.objects.select_for_update().filter(id=key).first()
        if row is None:
            raise LookupError("no such key")
        if row.revoked_at is None:
            row.revoked_at = now
            row.save(update_fields=["revoked_at"])
            _note("key-revoked", row, member, now)
            if row.made_by != member.id:
                notify(member.institution, "key-revoked", now)


def keys_of(institution: UUID) -> tuple[ApiKeyShown, ...]:
    """All keys of an institution for the operator, the newest first, without who made them."""
    rows = ApiKey.objects.defer("token_hash").filter(institution=institution)
    return tuple(_shown(row, {}) for row in rows.order_by("-made_at", "-id"))


def revoke_for(institution: UUID, key: UUID, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Ends a key by decision of the operator and tells the owners; says no if it had ended or is none of theirs."""
    with transaction.atomic():
        row = (
            ApiKey.objects.defer("token_hash")
            .select_for_update(no_key=True)
            .filter(id=key, institution=institution, revoked_at=None)
            .first()
        )
        if row is None:
            return False
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        detail = {"key": str(row.id), "name": row.name, "scopes": list(row.scopes), "reason": reason}
        journal.add("key-revoked", actor=actor, institution=institution, now=now, detail=detail)
        notify(institution, "key-revoked-by-us", now)
    return True


def new_token() -> str:
    """A new token: prefix, 256 random bits, and a checksum that finds typing errors without any look-up."""
    body = _PREFIX + _base62(secrets.randbits(_RANDOM_BITS), _RANDOM_SYMBOLS)
    return body + _checksum(body)


def is_well_formed(token: str) -> bool:
    """Says whether this could be a token of ours, by its form and checksum alone."""
    if _FORM.fullmatch(token) is None:
        return False
    body = token[:-_CHECK_SYMBOLS]
    return token[-_CHECK_SYMBOLS:] == _checksum(body)


def token_hash(token: str) -> bytes:
    """What the database keeps of a token. So many random bits need no slow hash."""
    return sha256(token.encode()).digest()


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode("ascii")), _CHECK_SYMBOLS)


def _base62(number: int, symbols: int) -> str:
    digits = []
    for _ in range(symbols):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def _demand_right(member: Member) -> None:
    if not may(member.role, Right.MANAGE_KEYS):
        raise PermissionDenied


def _note(action: str, row: ApiKey, member: Member, now: datetime) -> None:
    detail = {"key": str(row.id), "name": row.name, "scopes": list(row.scopes)}
    journal.add(action, actor=member.actor, institution=member.institution, now=now, detail=detail)


def _shown(row: ApiKey, names: Mapping[UUID, str]) -> ApiKeyShown:
    return ApiKeyShown(
        id=row.id,
        name=row.name,
        scopes=tuple(row.scopes),
        prefix=row.prefix,
        made_by=names.get(row.made_by, ""),
        made_at=row.made_at,
        revoked_at=row.revoked_at,
    )
