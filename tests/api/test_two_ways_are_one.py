"""The short way before Django and the long way through it answer alike, byte for byte, in every case."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.stage import ASK, EXEMPT, QUERIES, UNKNOWN, Heard, Stage, call, call_through_django
from zuzahlung.accounts.services import keys

Asked = Callable[[Callable[..., Heard], str], Heard]

CASES: dict[str, Asked] = {
    "answer": lambda way, token: way("POST", QUERIES, ASK, token=token),
    "unknown": lambda way, token: way("POST", QUERIES, {**ASK, "kvnr": UNKNOWN}, token=token),
    "series": lambda way, token: way(
        "POST", QUERIES, {**ASK, "serviceDates": ["2026-11-19", "2026-12-31"]}, token=token
    ),
    "no answer": lambda way, token: way("GET", f"{QUERIES}/22222-22222-22222", token=token),
    "no key": lambda way, token: way("POST", QUERIES, ASK),
    "wrong key": lambda way, token: way("POST", QUERIES, ASK, token=token[:-1]),
    "no JSON": lambda way, token: way("POST", QUERIES, b"{", token=token),
    "no UTF-8": lambda way, token: way("POST", QUERIES, b"\xff", token=token),
    "no object": lambda way, token: way("POST", QUERIES, b" ", token=token),
    "too large": lambda way, token: way("POST", QUERIES, b" " * 65_537, token=token),
    "wrong type": lambda way, token: way("POST", QUERIES, ASK, token=token, content_type="text/plain"),
    "faulty": lambda way, token: way("POST", QUERIES, {"kvnr": "A123456781"}, token=token),
    "too early": lambda way, token: way(
        "POST", QUERIES, {**ASK, "serviceDates": ["2020-01-01"]}, token=token
    ),
    "wrong idempotency key": lambda way, token: way("POST", QUERIES, ASK, token=token, idempotency_key="a b"),
    "get without number": lambda way, token: way("GET", QUERIES, token=token),
    "put": lambda way, token: way("PUT", QUERIES, ASK, token=token),
    "delete": lambda way, token: way("DELETE", f"{QUERIES}/22222-22222-22222", token=token),
    "head": lambda way, token: way("HEAD", f"{QUERIES}/22222-22222-22222", token=token),
    "slash": lambda way, token: way("POST", f"{QUERIES}/", ASK, token=token),
    "deeper": lambda way, token: way("GET", f"{QUERIES}/a/b", token=token),
    "foreign host": lambda way, token: way("POST", QUERIES, ASK, token=token, host="evil.example"),
}


def without_number(heard: Heard) -> tuple[int, dict[str, str], bytes]:
    """All of a response but the number of the answer, which differs by nature."""
    number = json.loads(heard.body).get("number", "-") if heard.body else "-"
    headers = {name: value.replace(number, "…") for name, value in heard.headers.items()}
    return heard.status, headers, heard.body.replace(number.encode(), "…".encode())


@pytest.mark.parametrize("case", CASES)
def test_both_ways_answer_alike(stage: Stage, case: str) -> None:
    short = CASES[case](call, stage.practice().token)
    long = CASES[case](call_through_django, stage.practice().token)
    assert without_number(short) == without_number(long)


def test_an_answer_of_one_way_can_be_read_on_the_other(stage: Stage) -> None:
    practice = stage.practice()
    given = practice.asks({"kvnr": EXEMPT, "permission": "in-writing"})
    read = call_through_django("GET", given.headers["Content-Location"], token=practice.token)
    assert (read.status, read.body) == (200, given.body)


def test_one_idempotency_key_counts_once_on_both_ways(stage: Stage) -> None:
    practice = stage.practice()
    first = practice.asks(idempotency_key="frage-1")
    second = call_through_django("POST", QUERIES, ASK, token=practice.token, idempotency_key="frage-1")
    assert second.body == first.body
    assert second.headers["RateLimit"] == first.headers["RateLimit"]


def test_a_revoked_key_is_refused_on_both_ways(stage: Stage) -> None:
    practice = stage.practice()
    keys.revoke_key(practice.member, practice.key, stage.now)
    short, long = (way("POST", QUERIES, ASK, token=practice.token) for way in (call, call_through_django))
    assert without_number(short) == without_number(long)
    assert short.status == 401


def test_the_short_way_too_tells_browsers_to_stay_encrypted(settings: Any) -> None:
    from zuzahlung.site.wsgi import _house_headers

    settings.SECURE_HSTS_SECONDS = 31_536_000
    build = _house_headers.__wrapped__
    assert dict(build("https"))["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in dict(build("http"))


def test_the_operators_site_has_no_json_interface(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zuzahlung.site.wsgi._has_json_interface", False)
    monkeypatch.setattr("zuzahlung.site.wsgi._django", lambda environ, start_response: [b"the long way"])
    from zuzahlung.site.wsgi import application

    assert application({"PATH_INFO": QUERIES}, None) == [b"the long way"]  # type: ignore[arg-type]
