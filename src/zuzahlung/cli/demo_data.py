"""The invented institutions, insured and people of the demo, and how one signs in to them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.db import connection, connections, transaction

from zuzahlung.accounts.rules import Role
from zuzahlung.accounts.services import keys, registration
from zuzahlung.accounts.services.directory import import_institutions
from zuzahlung.accounts.services.people import Member
from zuzahlung.cli.places import var_folder
from zuzahlung.cli.postgres import for_owner_alone
from zuzahlung.exemptions import services as exemptions
from zuzahlung.exemptions.imports import import_exemptions
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.journal.services import Actor, acting_for
from zuzahlung.standards.days import german_day
from zuzahlung.standards.numbers import ik, kvnr

KEY_NAME = "Demo"
WORDS = (
    "ahorn birke esche fichte linde ulme amsel fink meise star zaunkönig bach teich quelle fluss regen wolke nebel"
).split()


@dataclass(frozen=True, kw_only=True, slots=True)
class Practice:
    """An invented institution; without a street no letter reaches it."""

    ik: str
    name: str
    street: str
    postcode: str
    city: str
    kinds: str


PRACTICE = Practice(
    ik="443100018", name="Physiotherapie am Lindenplatz", street="Lindenplatz 4", postcode="01067", city="Dresden",
    kinds="heilmittel",
)  # fmt: skip
WITH_LETTERS = Practice(
    ik="332500021", name="Sanitätshaus Sonnenschein", street="Marktstraße 12", postcode="04109", city="Leipzig",
    kinds="hilfsmittel",
)  # fmt: skip
REGISTRABLE = Practice(
    ik="302700034", name="Apotheke zum Goldenen Kranich", street="Hauptstraße 1", postcode="09111", city="Chemnitz",
    kinds="arzneimittel",
)  # fmt: skip
WITHOUT_ADDRESS = Practice(
    ik="461500041", name="Krankenfahrten Wegener", street="", postcode="", city="", kinds="fahrkosten"
)
DIRECTORY = (PRACTICE, WITH_LETTERS, REGISTRABLE, WITHOUT_ADDRESS)


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoAccess:
    """What the demo prints: ways in for each kind of user, all of invented people."""

    institution_name: str
    institution_ik: str
    user_name: str
    password: str
    operator_name: str
    operator_password: str
    api_key: str
    example_query: Mapping[str, object]
    insured: tuple[tuple[str, str], ...]
    registrable_name: str
    registrable_ik: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Passwords:
    """The passwords of this demo: invented once for each house, so that nobody else knows them."""

    owner: str
    operator: str


def load_demo_data(now: datetime) -> DemoAccess:
    """Fills an empty house once, makes a new API key at each start, and says how to get in."""
    today = german_day(now)
    passwords = _passwords(var_folder() / "demo" / "passwords.json")
    with as_operator():
        _import_directory(now)
        _import_registry(today, now)
        _ensure_operator("betrieb", passwords.operator)
    institution = _institution(PRACTICE.ik)
    owner, is_new = _ensure_owner(institution, PRACTICE.ik, passwords.owner, now)
    if is_new:
        _ask_some_questions(owner, now)
        registration.ask_for_account(
            ik.parse(WITH_LETTERS.ik), email="", terms_version=registration.TERMS_VERSION, now=now
        )
    return DemoAccess(
        institution_name=PRACTICE.name,
        institution_ik=PRACTICE.ik,
        user_name=owner.sign_in,
        password=passwords.owner,
        operator_name="betrieb",
        operator_password=passwords.operator,
        api_key=_new_key(owner, now),
        example_query={
            "kvnr": EXEMPT,
            "permission": Permission.IN_PERSON.value,
            "serviceDates": [today.isoformat()],
        },
        insured=INSURED_TO_TRY,
        registrable_name=REGISTRABLE.name,
        registrable_ik=REGISTRABLE.ik,
    )


EXEMPT, NOT_EXEMPT, CHILD, REVOKED, UNKNOWN = (
    "A000000014", "B100000029", "C200000034", "D300000049", "K800000090",
)  # fmt: skip
INSURED_TO_TRY = (
    (EXEMPT, "befreit"),
    (NOT_EXEMPT, "nicht befreit"),
    (CHILD, "unter 18"),
    (REVOKED, "Befreiung widerrufen"),
    (UNKNOWN, "dem Register nicht bekannt"),
)
