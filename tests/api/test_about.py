"""Before it asks, software can test its key, learn what holds for its institution, and fetch the sentences to show."""

from __future__ import annotations

import pytest
from django.db import connections

from tests.api.stage import ASK, QUERIES, UNKNOWN, Stage, call
from zuzahlung.accounts.services import keys

INSTITUTION, PERMISSIONS = "/api/v1/institution", "/api/v1/permissions"


def test_a_key_tells_whose_it_is_and_what_holds_for_its_questions(stage: Stage) -> None:
    practice = stage.practice(kinds=["heilmittel"])
    heard = call("GET", INSTITUTION, token=practice.token)
    assert heard.status == 200
    ik = practice.member.sign_in
    assert heard.json == {
        "ik": ik,
        "name": f"Praxis {ik}",
        "serviceKinds": ["heilmittel"],
        "keyName": "Praxissoftware",
        "scopes": ["exemption-queries"],
        "fund": "Musterkasse",
        "serviceDatesRequired": True,
        "earliestDay": "2025-01-01",
        "latestDay": "2026-12-31",
        "mostServiceDates": 60,
        "mostPermissionDays": 366,
        "mostListRows": 500,
        "quotas": [
            {"quota": "day", "limit": 100, "left": 100, "startsAnewAt": "2026-11-19T23:00:00Z"},
            {"quota": "burst", "limit": 20, "left": 20, "startsAnewAt": None},
            {"quota": "unknown", "limit": 10, "left": 10, "startsAnewAt": "2026-11-19T23:00:00Z"},
        ],
        "permissionText": "2026-11",
        "permissions": "/api/v1/permissions",
    }
    assert heard.headers["Cache-Control"] == "no-store"


def test_it_says_what_is_left_in_body_and_headers_alike(stage: Stage) -> None:
    practice = stage.practice()
    practice.asks({**ASK, "kvnr": UNKNOWN})
    stage.forward(seconds=40)
    heard = call("GET", INSTITUTION, token=practice.token)
    assert heard.json["serviceDatesRequired"] is False
    assert heard.json["quotas"] == [
        {"quota": "day", "limit": 100, "left": 99, "startsAnewAt": "2026-11-19T23:00:00Z"},
        {"quota": "burst", "limit": 20, "left": 19, "startsAnewAt": "2026-11-19T09:47:00Z"},
        {"quota": "unknown", "limit": 10, "left": 9, "startsAnewAt": "2026-11-19T23:00:00Z"},
    ]
    assert heard.headers["RateLimit"] == '"day";r=99;t=47840, "burst";r=19;t=260, "unknown";r=9;t=47840'


def test_asking_for_it_counts_nothing_and_writes_nothing(stage: Stage) -> None:
    practice = stage.practice()
    for _ in range(30):
        assert call("GET", INSTITUTION, token=practice.token).status == 200
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select count(*) from journal_entry where institution = %s and actor_kind = 'key'",
            [practice.member.institution],
        )
        assert cursor.fetchone() == (0,)
    assert practice.asks().headers["RateLimit"].startswith('"day";r=99;')


def test_a_wrong_key_is_refused_and_counted_here_as_everywhere(stage: Stage) -> None:
    assert call("GET", INSTITUTION).problem == "key-refused"
    address = "192.0.2.40"
    heard = [call("GET", INSTITUTION, token=keys.new_token(), address=address) for _ in range(21)]
    assert [one.status for one in heard] == [401] * 20 + [429]
    assert call("POST", QUERIES, ASK, token=keys.new_token(), address=address).status == 429


def test_without_a_database_it_says_so(stage: Stage) -> None:
    practice = stage.practice()
    name = connections.settings["default"]["NAME"]
    connections["default"].close()
    connections.settings["default"]["NAME"] = "no_such_database"
    try:
        heard = call("GET", INSTITUTION, token=practice.token)
    finally:
        connections["default"].close()
        connections.settings["default"]["NAME"] = name
    assert (heard.status, heard.problem, heard.headers["Retry-After"]) == (503, "no-information", "30")


def test_everybody_can_read_the_sentences_that_people_confirm(stage: Stage) -> None:
    heard = call("GET", PERMISSIONS)
    assert (heard.status, heard.headers["Content-Type"]) == (200, "application/json")
    assert heard.headers["Cache-Control"] == "public, max-age=300"
    assert heard.json["current"] == "2026-11"
    (version,) = heard.json["versions"]
    assert version["version"] == "2026-11"
    assert [one["value"] for one in version["permissions"]] == [
        "in-person", "in-writing", "electronic", "telephone", "legal-representative", "series",
    ]  # fmt: skip
    assert version["permissions"][0] == {
        "value": "in-person",
        "label": "mündlich, hier vor Ort",
        "statement": "Die versicherte Person hat mir heute vor Ort mündlich erlaubt, bei der Krankenkasse abzufragen, "
        "ob sie von Zuzahlungen befreit ist.",
    }


@pytest.mark.parametrize("path", [INSTITUTION, PERMISSIONS])
def test_head_is_heard_too(stage: Stage, path: str) -> None:
    heard = call("HEAD", path, token=stage.practice().token)
    assert heard.status == 200
