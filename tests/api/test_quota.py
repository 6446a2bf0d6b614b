"""The quotas are exact, whoever comes at once, and each answer says what is left."""

from __future__ import annotations

import pytest

from tests.api.stage import ASK, UNKNOWN, Stage, at_once


def test_eight_at_once_on_the_last_unit_get_exactly_one_answer(stage: Stage) -> None:
    practice = stage.practice()
    stage.limit(practice, per_day=3, used=2)
    heard = at_once(practice, 8)
    assert sorted(one.status for one in heard) == [200] + [429] * 7
    assert {one.problem for one in heard if one.status == 429} == {"quota-used-up"}


def test_eight_at_once_of_a_new_practice_count_eight(stage: Stage) -> None:
    practice = stage.practice()
    assert [one.status for one in at_once(practice, 8)] == [200] * 8
    assert practice.asks().headers["RateLimit"].startswith('"day";r=91;')


def test_the_day_ends_at_midnight_in_germany(stage: Stage) -> None:
    practice = stage.practice()
    stage.limit(practice, per_day=1)
    practice.asks()
    heard = practice.asks()
    assert (heard.status, heard.problem) == (429, "quota-used-up")
    assert {name: heard.json[name] for name in ("quota", "limit", "freeAt")} == {
        "quota": "day",
        "limit": 1,
        "freeAt": "2026-11-19T23:00:00Z",
    }
    assert heard.json["text"] == (
        "Für heute sind alle 1 Abfragen verbraucht. Ab 20.11.2026, 00:00 Uhr geht es weiter."
    )
    assert heard.headers["Retry-After"] == "47880"
    assert heard.headers["RateLimit"] == '"day";r=0;t=47880, "burst";r=19;t=300, "unknown";r=10;t=47880'
    stage.forward(seconds=47_879)
    assert practice.asks().status == 429
    stage.forward(seconds=1)
    assert practice.asks().status == 200


def test_a_burst_is_over_after_five_minutes(stage: Stage) -> None:
    practice = stage.practice()
    for _ in range(20):
        assert practice.asks().status == 200
        stage.forward(seconds=1)
    heard = practice.asks()
    assert (heard.status, heard.json["quota"], heard.json["limit"]) == (429, "burst", 20)
    assert heard.json["freeAt"] == "2026-11-19T09:47:00Z"
    assert heard.headers["Retry-After"] == "280"
    stage.forward(seconds=280)
    assert practice.asks().status == 200


def test_the_minute_that_is_told_is_not_before_the_one_in_which_it_goes_on(stage: Stage) -> None:
    practice = stage.practice()
    stage.limit(practice, per_burst=1)
    stage.forward(seconds=37)
    practice.asks()
    heard = practice.asks()
    assert heard.json["freeAt"] == "2026-11-19T09:47:37Z"
    assert heard.json["text"] == (
        "Es sind höchstens 1 Abfragen kurz hintereinander möglich. Ab 19.11.2026, 10:48 Uhr geht es weiter."
    )


def test_numbers_without_information_have_a_quota_of_their_own(stage: Stage) -> None:
    practice = stage.practice()
    for left in range(9, -1, -1):
        heard = practice.asks({**ASK, "kvnr": UNKNOWN})
        assert f'"unknown";r={left};' in heard.headers["RateLimit"]
    heard = practice.asks({**ASK, "kvnr": UNKNOWN})
    assert (heard.status, heard.json["quota"], heard.json["limit"]) == (429, "unknown", 10)
    assert practice.asks().json["quota"] == "unknown"


def test_the_operators_own_limits_are_told(stage: Stage) -> None:
    practice = stage.practice()
    stage.limit(practice, per_day=500, per_burst=40, unknown_per_day=30)
    heard = practice.asks()
    assert (
        heard.headers["RateLimit-Policy"] == '"day";q=500;w=86400, "burst";q=40;w=300, "unknown";q=30;w=86400'
    )
    assert heard.headers["RateLimit"] == '"day";r=499;t=47880, "burst";r=39;t=300, "unknown";r=30;t=47880'


@pytest.mark.parametrize(
    ("limits", "which", "limit"),
    [({"per_burst": 1}, "burst", 1), ({"unknown_per_day": 0}, "unknown", 0), ({"per_day": 0}, "day", 0)],
)
def test_the_limit_that_stopped_a_question_is_the_operators(
    stage: Stage, limits: dict[str, int], which: str, limit: int
) -> None:
    practice = stage.practice()
    stage.limit(practice, **limits)
    practice.asks()
    heard = practice.asks()
    assert (heard.status, heard.json["quota"], heard.json["limit"]) == (429, which, limit)


def test_one_practice_does_not_use_up_the_quota_of_another(stage: Stage) -> None:
    first, second = stage.practice(), stage.practice()
    stage.limit(first, per_day=1)
    first.asks()
    assert first.asks().status == 429
    assert second.asks().status == 200
