"""Invented institutions, each with an owner who signs in and a key of its practice software."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tests.bench.house import House
from zuzahlung.standards.numbers import ik

PASSWORD = "blauer zaun tanzt leise"
NAME = "Physiotherapie am Beispielplatz"
KINDS = ["heilmittel"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Practice:
    """One institution with its key."""

    id: UUID
    ik: str
    key: UUID
    token: str


def ik_at(place: int) -> str:
    """The IK of the institution at a place; places from a million on are in no directory."""
    eight = f"4{place:07}"
    return eight + ik.check_digit(eight)


def make_practices(built: House) -> list[Practice]:
    """Puts the institutions, one person and one key of each into the house."""
    from django.contrib.auth.hashers import make_password
    from uuid_utils.compat import uuid7

    from zuzahlung.accounts.services import keys

    made = [
        Practice(id=uuid7(), ik=ik_at(place), key=uuid7(), token=keys.new_token())
        for place in range(built.size.institutions)
    ]
    # One hash serves all: what is measured checks it, and never looks for another one like it.
    password = make_password(PASSWORD)
    with built.owner() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into accounts_institution (id, ik, name, street, postcode, city, service_kinds) "
            "values (%s, %s, %s, 'Beispielplatz 1', '01067', 'Dresden', %s)",
            [(one.id, one.ik, NAME, KINDS) for one in made],
        )
        cursor.executemany(
            "insert into accounts_person (id, institution, sign_in, short_name, role, state, password, "
            "terms_version, made_at, used_at) values (%s, %s, %s, '', 'owner', 'active', %s, '2026-11', %s, %s)",
            [(uuid7(), one.id, one.ik, password, built.now, built.now) for one in made],
        )
        cursor.executemany(
            "insert into accounts_apikey (id, institution, name, scopes, prefix, token_hash, made_by, made_at) "
            "values (%s, %s, 'Praxissoftware', %s, %s, %s, %s, %s)",
            [
                (
                    one.key,
                    one.id,
                    [keys.EXEMPTION_QUERIES],
                    one.token[:8],
                    keys.token_hash(one.token),
                    one.id,
                    built.now,
                )
                for one in made
            ],
        )
        cursor.execute("analyze")
    return made
