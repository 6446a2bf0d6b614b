"""The invented institutions, insured and people of the demo, and how one signs in to them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connection, connections

from zuzahlung.accounts.rules import Role, current_terms
from zuzahlung.accounts.services import keys, registration
from zuzahlung.accounts.services.directory import import_institutions
from zuzahlung.accounts.services.operators import COMMAND_LINE, create_operator
from zuzahlung.accounts.services.people import Member
from zuzahlung.cli import synthetic
from zuzahlung.cli.places import var_folder, write_whole
from zuzahlung.exemptions import services as exemptions
from zuzahlung.exemptions.imports import import_delivery
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.journal.services import Actor, acting_for
from zuzahlung.standards.days import german_day
from zuzahlung.standards.numbers import ik, kvnr

KEY_NAME = "Demo"
OTHERS = 2_000
# Thirty-two words; six of them are more than anybody guesses against a throttled sign-in.
WORDS = (
    "ahorn", "amsel", "bach", "birke", "buche", "dachs", "eiche", "erle", "esche", "falke", "fichte", "fink",
    "fluss", "hecke", "igel", "kiesel", "kiefer", "linde", "luchs", "meise", "moos", "nebel", "quelle", "regen",
    "reiher", "specht", "star", "teich", "ulme", "wiese", "wolke", "zeisig",
)  # fmt: skip


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
    invited_name: str
    invited_ik: str
    letters: Path


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
        _ensure_operator("betrieb", passwords.operator, now)
    institution = _institution(PRACTICE.ik)
    owner, is_new = _ensure_owner(institution, PRACTICE.ik, passwords.owner, now)
    if is_new:
        _ask_some_questions(owner, now)
        registration.ask_for_account(
            ik.parse(WITH_LETTERS.ik), email="", terms_version=current_terms(), now=now
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
        invited_name=WITH_LETTERS.name,
        invited_ik=WITH_LETTERS.ik,
        letters=settings.LETTERS,
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


@contextmanager
def as_operator() -> Iterator[None]:
    """Lets services run on the operator's database role, as they do on the operator's site."""
    portal = connections["default"]
    connections["default"] = connections["operator"]
    try:
        yield
    finally:
        connections["default"] = portal


def _passwords(path: Path) -> Passwords:
    """The passwords of this house, made at its first start."""
    if path.exists():
        return Passwords(**json.loads(path.read_text(encoding="utf-8")))
    made = Passwords(owner=_passphrase(), operator=_passphrase())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, json.dumps(asdict(made)))
    return made


def _passphrase() -> str:
    return " ".join(secrets.choice(WORDS) for _ in range(6))


def _import_directory(now: datetime) -> None:
    """Puts the invented practices into the directory; the file stays as an example for an own one."""
    institutions = apps.get_model("accounts", "Institution")
    if institutions.objects.filter(ik=PRACTICE.ik).exists():
        return
    path = var_folder() / "demo" / "institutions.csv"
    lines = ["IK;Name;Straße;PLZ;Ort;Leistungsarten"]
    lines += [f"{one.ik};{one.name};{one.street};{one.postcode};{one.city};{one.kinds}" for one in DIRECTORY]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    import_institutions(path, is_complete=True, actor=COMMAND_LINE, now=now, progress=_quietly)


def _quietly(_done: int, _total: int | None) -> None:
    """Says nothing: so few lines are done before anybody could read about them."""


def _import_registry(today: date, now: datetime) -> None:
    """Delivers a stand of this month; an older one is replaced, so that its periods fit the days asked for."""
    with connection.cursor() as cursor:
        cursor.execute("select max(day) from exemptions_stand where state = 'served'")
        newest: date | None = cursor.fetchone()[0]
    if newest is not None and (newest.year, newest.month) == (today.year, today.month):
        return
    path = var_folder() / "demo" / "exemptions.ndjson"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in _to_try(today))
        file.writelines(synthetic.ndjson(one) + "\n" for one in synthetic.insured(OTHERS, today=today))
    import_delivery(path, day=today, now=now)


def _to_try(today: date) -> Iterable[dict[str, object]]:
    """One insured for each kind of answer."""
    year = {"from": f"{today.year}-01-01", "to": f"{today.year}-12-31"}
    yield {"kvnr": EXEMPT, "initials": "M. M.", "birthDate": "1961-04-17", "periods": [year]}
    yield {"kvnr": NOT_EXEMPT, "initials": "E. S.", "birthDate": "1975-09-02", "periods": []}
    yield {"kvnr": CHILD, "initials": "L. B.", "birthDate": f"{today.year - 9}-06-30", "periods": []}
    revoked = {**year, "revokedOn": (today - timedelta(days=10)).isoformat()}
    yield {"kvnr": REVOKED, "initials": "K. W.", "birthDate": "1949-12-24", "periods": [revoked]}


def _ensure_operator(name: str, password: str, now: datetime) -> None:
    found = apps.get_model("accounts", "Operator").objects.filter(username=name).first()
    if found is None or not found.check_password(password):
        create_operator(name, password, now, replaces=found is not None)


def _institution(number: str) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("select id from institution_of_ik(%s)", [number])
        found: UUID = cursor.fetchone()[0]
    return found


def _ensure_owner(institution: UUID, sign_in: str, password: str, now: datetime) -> tuple[Member, bool]:
    """The person who owns the first practice, with the password of this house; says whether she is new.

    No service makes a person with a password out of nothing, and none should. The demo does, so that one
    can look around before trying the way by letter, which the second practice offers.
    """
    people = apps.get_model("accounts", "Person").objects
    with acting_for(institution):
        person = people.filter(sign_in=sign_in).first()
        is_new = person is None
        if person is None:
            person = people.model(
                institution=institution,
                sign_in=sign_in,
                role=Role.OWNER,
                state="active",
                made_at=now,
                used_at=now,
                terms_version=current_terms(),
                terms_accepted_at=now,
            )
        if is_new or not person.check_password(password):
            person.set_password(password)
            person.save()
    return Member(id=person.id, institution=institution, sign_in=sign_in, role=Role.OWNER), is_new


def _ask_some_questions(owner: Member, now: datetime) -> None:
    """Some answers for the history, from the days before."""
    asker = exemptions.Asker(
        institution=owner.institution,
        ik=PRACTICE.ik,
        name=PRACTICE.name,
        service_kinds=(PRACTICE.kinds,),
        actor=Actor(kind="person", id=owner.id, name=owner.sign_in),
    )
    for days, number in enumerate((NOT_EXEMPT, EXEMPT, CHILD, UNKNOWN), start=1):
        then = now - timedelta(days=days)
        question = exemptions.Question(
            kvnr=kvnr.parse(number),
            permission=Permission.IN_PERSON,
            permission_until_on=None,
            days=(german_day(then),),
        )
        exemptions.ask(question, asker, now=then)


def _new_key(owner: Member, now: datetime) -> str:
    """A new API key; the one of the start before is revoked."""
    for key in keys.list_keys(owner):
        if key.name == KEY_NAME and key.revoked_at is None:
            keys.revoke_key(owner, key.id, now)
    return keys.make_key(owner, KEY_NAME, [keys.EXEMPTION_QUERIES], now)[1]
