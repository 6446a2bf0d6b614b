"""On the operator's site, too, every page has the strict headers and shows what came from outside as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.security import catalog, visits
from tests.security.served import HttpCaller, ServedHouse
from tests.security.test_http import HEADERS, is_kept_by_no_cache, told
from tests.security.test_injection import HOSTILE, is_harmless
from tests.security.wsgi import Answer
from zuzahlung.accounts.sessions import hashed

pytestmark = pytest.mark.story

NAME, PASSWORD = "erika.muster", "vier krumme hunde singen"
PRACTICE = UUID("01936000-0000-7000-8000-000000000001")
MOST_PAGES = 150


@pytest.fixture(scope="module")
def operator(served: ServedHouse) -> Iterator[HttpCaller]:
    """Somebody signed in on the operator's site of a house full of hostile text."""
    fill(served.database.superuser)
    served.command("create-operator", NAME, "--password-stdin", typed=f"{PASSWORD}\n")
    process = served.start_operator_site(ZUZAHLUNG_DEMO="1")
    caller = served.caller()
    page = caller.get("/login/").text
    answer = caller.post("/login/", {**visits.hidden(page), "name": NAME, "password": PASSWORD})
    assert answer.status == 302, answer.text
    yield caller
    served.stop(process)


def fill(superuser: str) -> None:
    """A row with hostile text in every table that the operator sees."""
    text = "".join(HOSTILE)
    letter = {"name": text, "street": text, "postcode": "01067", "city": text}
    with psycopg.connect(superuser, autocommit=True) as connection:
        catalog.add_row(
            connection, "accounts_institution", id=PRACTICE, ik="260326822", name=text[:200], street=text[:200],
            postcode="01067", city=text[:100], service_kinds=["heilmittel"], left_at=None, removed_at=None,
        )  # fmt: skip
        catalog.add_row(
            connection, "accounts_person", institution=PRACTICE, sign_in="260326822", short_name="", role="owner",
            state="active", left_at=None,
        )  # fmt: skip
        for state in ("unknown", "no-address", "letters"):
            catalog.add_row(connection, "accounts_registration", ik="260326822", state=state)
        for state, channel, kind in (
            ("printed", "letter", "accounts.pruefnummer"),
            ("failed", "letter", "accounts.pruefnummer"),
            ("failed", "mail", "accounts.notice"),
        ):
            catalog.add_row(
                connection, "delivery_outgoing", institution=PRACTICE, channel=channel, kind=kind, state=state,
                recipient=Jsonb(letter), reason=text,
            )  # fmt: skip
        for state in ("waiting", "refused"):
            catalog.add_row(
                connection, "exemptions_stand", state=state, file_name=text,
                report=Jsonb(
                    {"waits": [text], "note": text, "refused": {"reason": text, "line": 3}, "first": [[3, text]],
                     "reasons": {text: 7}, "file": text, "lines": 9, "leftOut": 1}
                ),
            )  # fmt: skip
        catalog.add_row(connection, "exemptions_quota", institution=PRACTICE)
        for action in ("exemption-query", "quota-changed", "letter-posted", text):
            catalog.add_row(
                connection, "journal_entry", institution=PRACTICE, actor_kind="person", actor_name=text, action=action,
                permission="in-person", result="exempt", kept_until_on="2029-12-31",
                detail=Jsonb({"reason": text, "name": text, "ik": text, "stand": "2026-11-19", "days": []}),
            )  # fmt: skip


def pages(operator: HttpCaller) -> Iterator[tuple[str, Answer]]:
    """Every page that a click leads to."""
    waiting: list[str] = ["/"]
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        seen.add(address)
        answer = operator.get(address)
        yield address, answer
        if answer.status == 302:
            found = [answer.header("Location") or ""]
        elif "text/html" in (answer.header("Content-Type") or ""):
            found = [unescape(one) for one in re.findall(r'href="([^"#]+)"', answer.text)]
        else:
            found = []
        for one in found:
            whole = urlsplit(urljoin(f"http://here{address}", one))
            path = f"{whole.path}?{whole.query}" if whole.query else whole.path
            if whole.netloc == "here" and path not in seen and path not in waiting and "/static/" not in path:
                waiting.append(path)


def test_every_page_that_a_click_leads_to_is_safe(operator: HttpCaller) -> None:
    shown = 0
    addresses = []
    for address, answer in pages(operator):
        assert answer.status in {200, 302, 404, 405}, address
        assert told(answer) == HEADERS, address
        assert is_kept_by_no_cache(answer), address
        for text in HOSTILE:
            assert is_harmless(answer.text, text), (address, text)
        shown += HOSTILE[0] in unescape(answer.text)
        addresses.append(address)
    assert len(addresses) > 25, addresses
    assert shown > 8


def test_whoever_is_not_signed_in_sees_one_page_only(operator: HttpCaller, served: ServedHouse) -> None:
    for address, _ in list(pages(operator))[:60]:
        answer = served.caller().get(address)
        if not address.startswith("/login/"):
            assert answer.status in {302, 404}, address
            assert answer.status == 404 or (answer.header("Location") or "").startswith("/login/"), address


def test_a_session_of_the_portal_opens_nothing_here(operator: HttpCaller, served: ServedHouse) -> None:
    """Not even with the very content of an operator's session: an institution's row is out of this site's reach."""
    with psycopg.connect(served.database.superuser, autocommit=True) as connection:
        row = connection.execute(
            "select session_data, person from accounts_session where person is not null"
        ).fetchone()
        assert row is not None
        for key, institution in (("a" * 32, PRACTICE), ("b" * 32, None)):
            catalog.add_row(
                connection, "accounts_session", session_key=hashed(key), session_data=row[0], person=row[1],
                institution=institution, started_at=datetime.now(UTC), seen_at=datetime.now(UTC),
                expire_date=datetime.now(UTC) + timedelta(hours=1),
            )  # fmt: skip

    def opens(key: str) -> bool:
        caller = served.caller()
        caller.cookies["betrieb"] = key
        return caller.get("/").status == 200

    assert (opens("a" * 32), opens("b" * 32)) == (False, True)


LISTS = (
    "/accounts/operator/", "/accounts/person/", "/accounts/institution/", "/accounts/registration/",
    "/delivery/letterout/", "/delivery/mailout/", "/exemptions/stand/", "/exemptions/quota/",
)  # fmt: skip
LOOKUPS = (
    "password__startswith=a", "password__regex=argon2", "username=erika", "email_sealed__isnull=0", "id__gt=0",
    "institution__in=x", "totpdevice__key__startswith=a", "_to_field=password",
)  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
def test_no_address_spells_out_a_column_that_no_page_shows(operator: HttpCaller, address: str) -> None:
    assert operator.get(address).status == 200
    for lookup in LOOKUPS:
        answer = operator.get(f"{address}?{lookup}")
        assert answer.status == 400, lookup
        assert told(answer) == HEADERS


def test_a_method_that_no_page_knows_gets_a_page_with_every_header(
    operator: HttpCaller, served: ServedHouse
) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "GET"):
        for address in ("/logout/", "/login/", "/", "/jsi18n/", f"/accounts/institution/{PRACTICE}/briefe/"):
            for caller in (operator, served.caller()):
                answer = caller.call(method, address)
                assert answer.status < 500, (method, address)
                assert told(answer) == HEADERS, (method, address)


def test_a_list_without_pages_of_its_rows_has_none(operator: HttpCaller, served: ServedHouse) -> None:
    with psycopg.connect(served.database.superuser) as connection:
        row = connection.execute("select id from accounts_operator").fetchone()
    assert row is not None
    assert operator.get(f"/accounts/operator/{row[0]}/change/").status == 404
