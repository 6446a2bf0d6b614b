"""What a browser is told on every page and error, and what happens to requests that no page of ours would send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver

from tests.database import HouseDatabase
from tests.exemptions.practice import EXEMPT, PASSWORD, Practice, practice, serve_registry
from tests.security import visits
from tests.security.wsgi import Answer, Caller

pytestmark = pytest.mark.story

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
IK = "260326822"


@pytest.fixture(scope="module")
def known(lasting_house: HouseDatabase) -> Practice:
    """A practice whose owner can sign in, and a registry that answers."""
    serve_registry()
    made = practice(IK)
    made.person("owner")
    return made


@pytest.fixture
def owner(known: Practice) -> Caller:
    """The browser of an owner who is signed in."""
    caller = Caller()
    assert visits.sign_in(caller, IK, PASSWORD).status == 302
    return caller


def told(answer: Answer) -> dict[str, str | None]:
    return {name: answer.header(name) for name in HEADERS}


def is_kept_by_no_cache(answer: Answer) -> bool:
    return "no-store" in (answer.header("Cache-Control") or "")


def plain_addresses() -> Iterator[str]:
    """Every address of the portal that needs no id."""
    portal = next(one for one in get_resolver().url_patterns if str(one.pattern) == "")
    for one in portal.url_patterns:  # type: ignore[union-attr]
        if isinstance(one, URLPattern) and "<" not in str(one.pattern):
            yield f"/{one.pattern}"


def test_every_page_carries_the_strict_headers_for_visitors_and_for_people(owner: Caller) -> None:
    addresses = sorted(plain_addresses())
    assert len(addresses) > 25
    for caller in (Caller(), owner):
        for address in addresses:
            answer = caller.get(address)
            assert answer.status in {200, 302, 405}, (address, answer.status)
            assert told(answer) == HEADERS, address
            assert is_kept_by_no_cache(answer) or address == "/farben.css", address


def test_answer_receipt_history_and_json_carry_them_too(owner: Caller) -> None:
    asked = visits.ask(owner, EXEMPT, f"{datetime.now(UTC):%d.%m.%Y}")
    address = asked.header("Location") or ""
    token = owner.token("/verlauf/")
    answers = [
        asked,
        owner.get(address),
        owner.get(f"{address}nachweis.pdf"),
        owner.post("/verlauf/ausgabe.csv", {"csrfmiddlewaretoken": token}),
        owner.get("/api/v1/exemption-queries"),
        owner.post("/api/v1/exemption-queries", {"csrfmiddlewaretoken": ""}),
        owner.get("/api/v1/openapi.json"),
        owner.get("/api/v1/nothing"),
    ]
    assert [one.status for one in answers] == [302, 200, 200, 200, 405, 401, 200, 404]
    for answer in answers:
        assert told(answer) == HEADERS
    assert all(is_kept_by_no_cache(one) for one in answers[:4])


def test_the_json_documentation_keeps_to_the_same_policy(lasting_house: HouseDatabase) -> None:
    answer = Caller().get("/api/v1/docs")
    assert answer.status == 200
    assert told(answer) == HEADERS
    assert re.findall(r"<(?:script|style)(?![^>]*src=)[^>]*>|\son[a-z]+=|style=", answer.text) == []


def error_pages(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, str, Answer]]:
    """Each error with its status, its heading, and the answer."""
    form = "application/x-www-form-urlencoded"
    foreign = Caller(host="evil.example")
    yield 400, "Diese Anfrage haben wir nicht verstanden", foreign.get("/")
    yield (
        403,
        "Diese Seite war zu lange offen",
        Caller().call("POST", "/anmelden/", body=b"name=x", content_type=form),
    )
    yield 404, "Diese Seite gibt es nicht", owner.get("/gibt-es-nicht/")
    yield 404, "Diese Seite gibt es nicht", owner.get("/auskunft/01936000-0000-7000-8000-000000000001/")
    yield 405, "So lässt sich diese Seite nicht aufrufen", owner.call("PUT", "/abfrage/")
    yield 405, "So lässt sich diese Seite nicht aufrufen", owner.get("/abmelden/")
    yield (
        413,
        "Das ist zu viel auf einmal",
        owner.call("POST", "/abfrage/", length="99999999", content_type=form),
    )

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("A123456780 Erika Mustermann")

    with monkeypatch.context() as patch:
        patch.setattr("zuzahlung.portal.views.query.services.quota_of", fails)
        yield 500, "Das war unser Fehler", owner.get("/abfrage/")


def test_every_error_is_a_page_of_ours_with_the_same_headers(
    owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for status, heading, answer in error_pages(owner, monkeypatch):
        assert answer.status == status, (status, answer.text[:300])
        assert told(answer) == HEADERS, status
        assert is_kept_by_no_cache(answer), status
        assert 'lang="de"' in answer.text, status
        assert "Mustermann" not in answer.text
        seen.append((status, heading, answer.title))
    assert [(status, title) for status, _, title in seen] == [
        (status, heading) for status, heading, _ in seen
    ]


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "127.0.0.1,evil.example", "", "127.0.0.1:x",
     "[::1", "127.0.0.1 evil.example", "127.0.0.1\r\nX: y", "xn--80ak6aa92e.com"],
)  # fmt: skip
def test_a_request_for_another_host_is_refused_for_pages_and_json(
    lasting_house: HouseDatabase, host: str
) -> None:
    caller = Caller(host=host)
    assert caller.get("/").status == 400
    answer = caller.call("POST", "/api/v1/exemption-queries", body=b"{}", content_type="application/json")
    assert answer.status == 400
    assert answer.header("Content-Type") == "application/problem+json"
    assert "evil" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", ""])
@pytest.mark.parametrize("address", ["/", "/anmelden/", "/abfrage/", "/gibt-es-nicht/"])
def test_no_page_knows_another_method(lasting_house: HouseDatabase, method: str, address: str) -> None:
    answer = Caller().call(method, address, headers={"Cookie": "geheim=1"})
    assert answer.status == 405
    assert answer.header("Allow") == "GET, HEAD, POST"
    assert "geheim" not in answer.text


def test_a_method_is_not_overridden_by_header_or_field(owner: Caller) -> None:
    token = owner.token("/abfrage/")
    answer = owner.post(
        "/", {"csrfmiddlewaretoken": token, "_method": "GET"}, headers={"X-HTTP-Method-Override": "GET"}
    )
    assert (answer.status, answer.header("Allow")) == (405, "GET, HEAD")
    assert owner.get("/abmelden/?_method=POST").status == 405
    assert owner.get("/abfrage/").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    ],
    ids=str,
)
def test_a_form_from_elsewhere_does_nothing_and_gets_a_clear_page(
    owner: Caller, known: Practice, headers: dict[str, str]
) -> None:
    fields = {"kvnr": EXEMPT, "permission": "in-person", "day": "22.11.2026"}
    token = "x" * 64 if not headers else owner.token("/abfrage/")
    answer = owner.post("/abfrage/", {"csrfmiddlewaretoken": token, **fields}, headers=headers)
    assert answer.status == 403
    assert answer.title == "Diese Seite war zu lange offen"
    assert EXEMPT not in answer.text
    assert "Noch keine" in owner.get("/verlauf/").text or EXEMPT not in owner.get("/verlauf/").text


def test_a_sign_in_form_from_elsewhere_signs_nobody_in(known: Practice) -> None:
    caller = Caller()
    answer = caller.post(
        "/anmelden/", {"name": IK, "password": PASSWORD}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status == 403
    assert "sitzung" not in caller.cookies


def test_signing_in_gives_a_new_session_and_the_one_before_is_worth_nothing(known: Practice) -> None:
    caller = Caller()
    with_session = caller.get("/anmelden/")
    assert with_session.status == 200
    caller.cookies["sitzung"] = planted = "a" * 32
    assert visits.sign_in(caller, IK, PASSWORD).status == 302
    assert caller.cookies["sitzung"] != planted
    assert Caller(cookies={"sitzung": planted}).get("/abfrage/").status == 302
    assert caller.get("/abfrage/").status == 200


def test_a_session_before_the_sign_in_is_not_the_one_after_it(known: Practice) -> None:
    caller = Caller()
    # Whoever was asked for the Prüfnummer has a session already.
    caller.post("/passwort-vergessen/", {"csrfmiddlewaretoken": caller.token("/passwort-vergessen/")})
    visits.sign_in(caller, IK, PASSWORD)
    first = caller.cookies["sitzung"]
    caller.post("/abmelden/", {"csrfmiddlewaretoken": caller.token("/abfrage/")})
    visits.sign_in(caller, IK, PASSWORD)
    assert caller.cookies["sitzung"] != first


def test_signing_out_ends_the_session_on_the_server(owner: Caller) -> None:
    stolen = Caller(cookies=dict(owner.cookies))
    assert stolen.get("/abfrage/").status == 200
    answer = owner.post("/abmelden/", {"csrfmiddlewaretoken": owner.token("/abfrage/")})
    assert answer.status == 302
    assert "sitzung" not in owner.cookies
    assert stolen.get("/abfrage/").status == 302


def test_a_session_that_rested_too_long_is_over(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime.now(UTC) + timedelta(minutes=31)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert owner.get("/abfrage/").status == 302
    monkeypatch.undo()
    assert owner.get("/abfrage/").status == 302


def test_a_session_in_use_is_over_after_twelve_hours(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime.now(UTC)
    for minutes in range(0, 12 * 60 - 5, 25):
        monkeypatch.setattr("django.utils.timezone.now", lambda: began + timedelta(minutes=minutes))  # noqa: B023
        assert owner.get("/abfrage/").status == 200, minutes
    monkeypatch.setattr("django.utils.timezone.now", lambda: began + timedelta(hours=12, minutes=1))
    assert owner.get("/abfrage/").status == 302


@pytest.mark.parametrize(
    "goal",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "https:evil.example", "javascript:alert(1)",
     "/abmelden/", "/static/../abfrage/", "/abfrage/\r\nSet-Cookie: a=b", "http://127.0.0.1@evil.example/", "/%2f/evil.example",
     "https:///evil.example", "/abfrage/../../evil", " //evil.example", "/\t/evil.example"],
)  # fmt: skip
def test_the_sign_in_leads_nowhere_but_to_our_own_pages(known: Practice, goal: str) -> None:
    caller = Caller()
    fields = {**visits.hidden(caller.get("/anmelden/").text), "goal": goal, "name": IK, "password": PASSWORD}
    answer = caller.post("/anmelden/", fields)
    assert (answer.status, answer.header("Location")) == (302, "/abfrage/")


def test_cookies_are_for_the_server_alone(known: Practice, owner: Caller) -> None:
    told_once = {text.partition("=")[0].strip(): text for text in owner.set_cookies}
    parts = {name: {part.strip().lower() for part in text.split(";")[1:]} for name, text in told_once.items()}
    assert set(parts) == {"sitzung", "formular", "bekannt"}
    assert {"httponly", "path=/", "samesite=lax"} <= parts["sitzung"]
    assert {"httponly", "path=/", "samesite=strict"} <= parts["formular"]
    assert {"httponly", "path=/", "samesite=strict"} <= parts["bekannt"]
    # The session ends with the browser; nothing of it stays on a disk.
    assert not any(part.startswith(("expires", "max-age")) for part in parts["sitzung"])


@pytest.mark.parametrize("name", ["sitzung", "formular", "bekannt"])
@pytest.mark.parametrize(
    "value", ["", "a" * 10_000, "%00", "\u00e4\u00f6", "'; drop table accounts_session --", '"\\', "a:b:c"]
)
def test_a_cookie_that_is_not_ours_harms_nobody(lasting_house: HouseDatabase, name: str, value: str) -> None:
    caller = Caller(cookies={name: value.encode().decode("latin-1")})
    assert caller.get("/abfrage/").status == 302
    assert caller.get("/anmelden/").status == 200
    assert visits.sign_in(caller, IK, PASSWORD).status in {200, 302, 403}


def test_too_many_fields_are_refused_with_a_page(owner: Caller) -> None:
    body = "&".join(f"f{n}=1" for n in range(600)).encode()
    answer = owner.call("POST", "/abfrage/", body=body, content_type="application/x-www-form-urlencoded")
    assert answer.status == 400
    assert told(answer) == HEADERS


@pytest.mark.parametrize(
    ("length", "content_type"),
    [("-1", "application/x-www-form-urlencoded"),
     ("5", "multipart/form-data"), ("5", "multipart/form-data; boundary="), ("5", "multipart/form-data; boundary=\xff"),
     ("5", "text/plain; charset=utf-7"), ("5", "\x00"), ("100", "application/x-www-form-urlencoded")],
)  # fmt: skip
def test_a_body_that_is_not_what_it_says_is_refused_with_a_page(
    owner: Caller, length: str, content_type: str
) -> None:
    answer = owner.call("POST", "/abfrage/", body=b"a=%zz", length=length, content_type=content_type)
    assert answer.status in {400, 403}, answer.text
    assert told(answer) == HEADERS


def test_an_upload_beyond_the_limit_is_refused_before_it_is_read(owner: Caller) -> None:
    class Endless(BytesIO):
        """A body that would never end."""

        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("a body was read that is longer than any may be")

    answer = owner.call(
        "POST",
        "/listenabfrage/",
        stream=Endless(),
        length="10000000000",
        content_type="multipart/form-data; boundary=x",
    )
    assert (answer.status, told(answer)) == (413, HEADERS)


def test_a_person_of_one_institution_gets_nothing_of_another_by_its_address(
    owner: Caller, known: Practice, monkeypatch: Any
) -> None:
    address = visits.ask(owner, EXEMPT, f"{datetime.now(UTC):%d.%m.%Y}").header("Location") or ""
    assert owner.get(address).status == 200
    neighbour = practice("443100018", "Praxis nebenan")
    neighbour.person("owner")
    other = Caller(address="198.51.100.9")
    assert visits.sign_in(other, "443100018", PASSWORD).status == 302
    for path in (address, f"{address}nachweis.pdf"):
        assert (other.get(path).status, Caller().get(path).status) == (404, 302)
    assert EXEMPT[:4] not in other.get("/verlauf/").text
