"""The stage for tests of the JSON interface: practices with keys, a registry, and calls to the real WSGI application."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from threading import Barrier
from typing import Any
from uuid import UUID

from django.db import connections
from django.test import Client
from uuid_utils.compat import uuid7

from tests.database import HouseDatabase
from zuzahlung.accounts.models import Institution
from zuzahlung.accounts.services import keys
from zuzahlung.accounts.services.people import Member
from zuzahlung.exemptions.source import Found, RegistryUnavailable
from zuzahlung.standards.numbers.kvnr import KVNR
from zuzahlung.vault.services import vault

NOW = datetime(2026, 11, 19, 9, 42, tzinfo=UTC)
QUERIES = "/api/v1/exemption-queries"
EXEMPT, LIABLE, CHILD, UNKNOWN = "A123456780", "B123456782", "C123456784", "D123456786"
ASK: Mapping[str, Any] = {"kvnr": EXEMPT, "permission": "in-person"}


_practices = count(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as values."""
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The kind of problem, by the last part of its address."""
        assert self.headers["Content-Type"] == "application/problem+json"
        return str(self.json["type"]).rpartition("/")[2]

    @property
    def rules(self) -> dict[str, str]:
        """The rules that were broken, each with where."""
        return {one["rule"]: one["pointer"] for one in self.json["findings"]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Practice:
    """An institution with a person who manages keys, and one key."""

    member: Member
    key: UUID
    token: str

    def asks(self, body: object = ASK, **headers: str) -> Heard:
        """Asks as practice software does."""
        return call("POST", QUERIES, body, token=self.token, **headers)

    def reads(self, number: str) -> Heard:
        """Reads an answer again."""
        return call("GET", f"{QUERIES}/{number}", token=self.token)


@dataclass(kw_only=True)
class Stage:
    """A house with a registry, whose clock stands still until somebody turns it."""

    house: HouseDatabase
    now: datetime = NOW

    def forward(self, **span: float) -> None:
        """Turns the clock on."""
        self.now += timedelta(**span)

    def practice(
        self,
        *,
        kinds: Sequence[str] = (),
        scopes: Sequence[str] = (keys.EXEMPTION_QUERIES,),
    ) -> Practice:
        """A new practice with a key."""
        ik = f"{260_000_000 + next(_practices)}"
        row = Institution.objects.using("operator").create(
            ik=ik,
            name=f"Praxis {ik}",
            street="Weg 1",
            postcode="01067",
            city="Dresden",
            service_kinds=list(kinds),
        )
        member = Member(id=uuid7(), institution=row.id, sign_in=ik, role="owner")
        shown, token = keys.make_key(member, "Praxissoftware", scopes, self.now)
        return Practice(member=member, key=shown.id, token=token)

    def limit(self, practice: Practice, **limits: int) -> None:
        """The operator's own limits for a practice."""
        columns: dict[str, Any] = {
            "on_day": self.now.date(),
            "used": 0,
            "unknown": 0,
            "burst_used": 0,
            **limits,
        }
        names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                f"insert into exemptions_quota (institution, {names}) values (%s, {places})",
                [practice.member.institution, *columns.values()],
            )


class FundsOwn:
    """A source that is not the house's own; what it finds is put in by the test."""

    def find(self, kvnr: KVNR) -> Found:
        raise RegistryUnavailable

    def stand(self) -> date:
        raise RegistryUnavailable


def load_registry(day: date) -> None:
    """Serves a stand that knows one exempt, one liable and one under age."""
    insured = (
        (EXEMPT, "M. M.", None, "{[2026-01-01,2027-01-01)}"),
        (LIABLE, "E. S.", None, "{}"),
        (CHILD, "K. M.", date(2026, 11, 25), "{}"),
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into exemptions_stand (day, state, key_id, file_name, started_at, insured, faulty, missing,"
            " report) values (%s, 'served', %s, 'bestand.ndjson', now(), 3, 0, 0, '{}') returning id",
            [day, vault().fingerprint_key()],
        )
        (stand,) = cursor.fetchone()
        cursor.execute(
            f"create table exemptions_insured_{stand} partition of exemptions_insured for values in ({stand})"
        )
        for kvnr, initials, adult_on, periods in insured:
            cursor.execute(
                "insert into exemptions_insured values (%s, %s, %s, %s, %s)",
                [stand, vault().fingerprint("kvnr", kvnr).digest, initials, adult_on, periods],
            )


def call(
    method: str,
    path: str,
    body: object = None,
    *,
    token: str | None = None,
    address: str = "127.0.0.1",
    **headers: str,
) -> Heard:
    """Calls the WSGI application as a server does."""
    from zuzahlung.site.wsgi import application

    heard: list[Any] = []

    def start_response(status: str, given: list[tuple[str, str]], *_: Any) -> Any:
        heard.extend((status, given))

    environ = environment(method, path, body, token=token, address=address, **headers)
    content = b"".join(application(environ, start_response))
    return Heard(status=int(heard[0].split()[0]), headers=dict(heard[1]), body=content)


def call_through_django(
    method: str, path: str, body: object = None, *, token: str | None = None, **headers: str
) -> Heard:
    """The same call on the longer way."""
    environ = environment(method, path, body, token=token, **headers)
    del environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["wsgi.input"]
    content = _bytes(body)
    response = Client().generic(
        method,
        path,
        content,
        environ.pop("CONTENT_TYPE"),
        **{name: value for name, value in environ.items() if name != "CONTENT_LENGTH"},
    )
    return Heard(status=response.status_code, headers=dict(response.headers), body=response.content)


def at_once(practice: Practice, times: int, *, idempotency_key: str | None = None) -> list[Heard]:
    """Asks in as many threads, all starting together."""
    ready = Barrier(times)

    def ask() -> Heard:
        try:
            ready.wait()
            return practice.asks(**({} if idempotency_key is None else {"idempotency_key": idempotency_key}))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return [one.result() for one in [pool.submit(ask) for _ in range(times)]]


def environment(
    method: str,
    path: str,
    body: object = None,
    *,
    token: str | None = None,
    address: str = "127.0.0.1",
    **headers: str,
) -> dict[str, Any]:
    """A WSGI environment; headers are given as `content_type="…"`."""
    content = _bytes(body)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "REMOTE_ADDR": address,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": io.StringIO(),
    }
    if token is not None:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    for name, value in headers.items():
        key = name.upper()
        environ[key if key.startswith("CONTENT_") and key != "CONTENT_ENCODING" else f"HTTP_{key}"] = value
    return environ


def _bytes(body: object) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()
