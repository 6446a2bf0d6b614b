"""What only a real server shows: TLS in front, static files, raw bytes on the wire."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest

from tests.security import visits
from tests.security.served import HttpCaller, ServedHouse
from tests.security.test_http import HEADERS, told

pytestmark = pytest.mark.story

THROUGH = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def encrypted(served: ServedHouse) -> Iterator[ServedHouse]:
    """The portal as it stands behind a proxy that speaks TLS."""
    process = served.start_portal(
        ZUZAHLUNG_URL="https://portal.example",
        ZUZAHLUNG_HOSTS="portal.example",
        ZUZAHLUNG_PROXIES="127.0.0.1",
    )
    yield served
    served.stop(process)


@pytest.fixture
def visitor(encrypted: ServedHouse) -> HttpCaller:
    """Somebody whose browser asks for our name."""
    caller = encrypted.caller()
    caller.host = "portal.example"
    return caller


def raw(house: ServedHouse, sent: bytes) -> bytes:
    """What comes back for these very bytes."""
    got = b""
    with socket.create_connection(("127.0.0.1", house.port), timeout=5) as connection:
        connection.sendall(sent)
        # A connection that the server keeps open has said what it had to say.
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while more := connection.recv(65_536):
                got += more
    return got


def test_behind_tls_every_cookie_is_bound_to_host_and_encryption(visitor: HttpCaller) -> None:
    answer = visitor.get("/anmelden/", headers=THROUGH)
    assert answer.status == 200
    visitor.call(
        "POST", "/passwort-vergessen/", body=b"a=b", content_type="application/x-www-form-urlencoded",
        headers={**THROUGH, "Origin": "https://portal.example"},
    )  # fmt: skip
    cookies = SimpleCookie()
    for text in visitor.set_cookies:
        cookies.load(text)
    assert "__Host-formular" in cookies
    for name, cookie in cookies.items():
        assert name.startswith("__Host-"), name
        assert cookie["secure"] is True
        assert cookie["httponly"] is True
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_only_an_encrypted_answer_asks_for_encryption_from_now_on(visitor: HttpCaller) -> None:
    encrypted = visitor.get("/impressum/", headers=THROUGH)
    assert encrypted.header("Strict-Transport-Security") == "max-age=31536000"
    json_ = visitor.get("/api/v1/exemption-queries", headers=THROUGH)
    assert json_.header("Strict-Transport-Security") == "max-age=31536000"
    assert visitor.get("/impressum/").header("Strict-Transport-Security") is None


def test_a_form_is_taken_from_our_own_address_and_from_no_other(visitor: HttpCaller) -> None:
    token = visitor.get("/anmelden/", headers=THROUGH).text
    fields = {**visits.hidden(token), "name": "260326822", "password": "falsch falsch"}
    for origin, status in (
        ("https://portal.example", 200),
        ("http://portal.example", 403),
        ("https://x.example", 403),
    ):
        answer = visitor.post("/anmelden/", fields, headers={**THROUGH, "Origin": origin})
        assert (origin, answer.status) == (origin, status)


def test_static_files_are_served_for_long_and_nothing_beside_them(visitor: HttpCaller) -> None:
    page = visitor.get("/").text
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = visitor.get(style)
    assert answer.status == 200
    assert answer.header("Cache-Control") == "max-age=315360000, public, immutable"
    assert told(answer) == HEADERS


@pytest.mark.parametrize(
    "address",
    [
        "/static/../keys/vault.keys", "/static/..%2fkeys%2fvault.keys", "/static/%2e%2e/keys/vault.keys",
        "/static/....//keys/vault.keys", "/static/..\\keys\\vault.keys", "/static//etc/passwd", "/static/%00",
        "/static/portal/../../keys/secret", "//etc/passwd", "/static/.collected/../../keys/secret",
        "/static/portal/portal.css/..%2f..%2f..%2fkeys/secret", "/.git/config", "/var/keys/secret",
    ],
)  # fmt: skip
def test_no_address_leads_out_of_the_static_files(visitor: HttpCaller, address: str) -> None:
    answer = visitor.get(address)
    assert answer.status in {400, 404}, answer.text[:200]
    assert "zuzahlung vault keys" not in answer.text
    assert "root:" not in answer.text


def test_trace_echoes_nothing(visitor: HttpCaller) -> None:
    answer = visitor.call("TRACE", "/", headers={"Cookie": "geheim=1", "X-Eigenes": "geheim"})
    assert (answer.status, answer.header("Allow")) == (405, "GET, HEAD, POST")
    assert "geheim" not in answer.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (
            b"GET / HTTP/1.1\r\nHost: portal.example\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
            b"400",
        ),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: portal.example\r\nConnection: close\r\n\r\n", b"200"),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: portal.example\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: portal.example\r\nX: " + b"a" * 200_000 + b"\r\n\r\n", b"431"),
        (
            b"POST / HTTP/1.1\r\nHost: portal.example\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
            b"400",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: portal.example\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
            b"400",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: portal.example\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            b"400",
        ),
        (b"G\x00T / HTTP/1.1\r\nHost: portal.example\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
    ],
    ids=lambda value: value[:60] if len(value) > 5 else None,
)
def test_what_is_no_proper_request_gets_no_page_of_ours(
    encrypted: ServedHouse, sent: bytes, status: bytes
) -> None:
    got = raw(encrypted, sent)
    assert got.startswith(b"HTTP/1.1 " + status), got[:200]
    assert b"evil.example" not in got


def test_a_second_request_cannot_hide_in_the_body_of_the_first(encrypted: ServedHouse) -> None:
    hidden = b"GET /geheim HTTP/1.1\r\nHost: portal.example\r\n\r\n"
    sent = (
        b"POST /gibt-es-nicht/ HTTP/1.1\r\nHost: portal.example\r\nContent-Length: %d\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (len(hidden) + 5)
    )
    got = raw(encrypted, sent + hidden)
    # Both lengths at once: the connection ends there, or the rest is taken for what it is, one more request.
    assert got.count(b"HTTP/1.1 ") <= 2
    assert b"HTTP/1.1 200" not in got


def test_a_huge_body_is_refused_without_being_read(encrypted: ServedHouse, visitor: HttpCaller) -> None:
    visitor.get("/anmelden/")
    answer = visitor.call(
        "POST", "/anmelden/", length="99999999999", content_type="application/x-www-form-urlencoded"
    )
    assert (answer.status, answer.title) == (413, "Das ist zu viel auf einmal")
    got = raw(
        encrypted,
        b"POST /api/v1/exemption-queries HTTP/1.1\r\nHost: portal.example\r\nContent-Length: 99999999999\r\n"
        b"Content-Type: application/json\r\nConnection: close\r\n\r\n",
    )
    assert got.startswith(b"HTTP/1.1 401 "), "whoever has no key learns nothing of the body"


def test_the_server_says_nothing_of_its_version(visitor: HttpCaller) -> None:
    said = {name.lower(): value for name, value in visitor.get("/").headers}
    assert said.get("server") == "granian"
    assert "x-powered-by" not in said
