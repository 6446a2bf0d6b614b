"""The same Idempotency-Key gives the same answer for 24 hours and counts once, also when both come at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.api.stage import ASK, EXEMPT, LIABLE, Stage, at_once
from zuzahlung.accounts.services import keys


def test_the_second_time_gives_the_same_bytes_and_counts_nothing(stage: Stage) -> None:
    practice = stage.practice()
    first = practice.asks(idempotency_key="7b0f2a4c")
    stage.forward(hours=1)
    second = practice.asks(idempotency_key="7b0f2a4c")
    assert (first.status, second.status) == (200, 200)
    assert second.body == first.body
    assert first.headers["RateLimit"].startswith('"day";r=99;')
    assert second.headers["RateLimit"].startswith('"day";r=99;')


def test_without_a_key_the_same_question_is_two_questions(stage: Stage) -> None:
    practice = stage.practice()
    assert practice.asks().json["number"] != practice.asks().json["number"]


def test_the_same_question_may_be_written_differently(stage: Stage) -> None:
    practice = stage.practice()
    days = ["2026-11-26", "2026-11-19"]
    first = practice.asks({**ASK, "serviceDates": days}, idempotency_key="1")
    second = practice.asks(
        b'{ "serviceDates": ["2026-11-19", "2026-11-26", "2026-11-19"], "permissionUntil": null,'
        b' "permission": "in-person", "kvnr": "A123456780" }',
        idempotency_key="1",
    )
    assert second.body == first.body


@pytest.mark.parametrize(
    "other",
    [
        {"kvnr": LIABLE, "permission": "in-person"},
        {"kvnr": EXEMPT, "permission": "in-writing"},
        {"kvnr": EXEMPT, "permission": "in-person", "serviceDates": ["2026-11-19"]},
    ],
)
def test_another_question_under_the_same_key_is_refused(stage: Stage, other: dict[str, object]) -> None:
    practice = stage.practice()
    first = practice.asks(idempotency_key="1")
    heard = practice.asks(other, idempotency_key="1")
    assert (heard.status, heard.problem) == (422, "idempotency-key-used")
    assert practice.asks(idempotency_key="1").body == first.body


def test_after_a_day_the_key_is_new_again(stage: Stage) -> None:
    practice = stage.practice()
    first = practice.asks(idempotency_key="1")
    stage.forward(hours=24)
    assert practice.asks(idempotency_key="1").body == first.body
    stage.forward(seconds=1)
    other = practice.asks({**ASK, "kvnr": LIABLE}, idempotency_key="1")
    assert (other.status, other.json["result"]) == (200, "liable")


def test_a_question_for_today_is_the_same_after_midnight(stage: Stage) -> None:
    practice = stage.practice()
    stage.forward(hours=13, minutes=17, seconds=59)
    first = practice.asks(idempotency_key="1")
    stage.forward(seconds=2)
    second = practice.asks(idempotency_key="1")
    assert second.body == first.body
    assert second.json["days"][0]["date"] == "2026-11-19"


def test_an_answer_stays_when_the_permission_ends_at_midnight(stage: Stage) -> None:
    practice = stage.practice()
    question = {"kvnr": EXEMPT, "permission": "series", "permissionUntil": "2026-11-19"}
    stage.forward(hours=13, minutes=17, seconds=59)
    first = practice.asks(question, idempotency_key="1")
    stage.forward(seconds=2)
    assert practice.asks(question, idempotency_key="1").body == first.body
    heard = practice.asks(question)
    assert (heard.status, heard.rules) == (422, {"permission-until.past": "/permissionUntil"})


def test_the_last_unit_of_the_quota_can_be_asked_for_again(stage: Stage) -> None:
    practice = stage.practice()
    stage.limit(practice, per_day=1)
    first = practice.asks(idempotency_key="1")
    assert practice.asks().status == 429
    assert practice.asks(idempotency_key="1").body == first.body


def test_a_refused_question_uses_up_no_key(stage: Stage) -> None:
    practice = stage.practice()
    assert practice.asks({**ASK, "serviceDates": ["2020-01-01"]}, idempotency_key="1").status == 422
    assert practice.asks(idempotency_key="1").status == 200


def test_a_question_without_quota_uses_up_no_key(stage: Stage) -> None:
    practice = stage.practice()
    stage.limit(practice, per_day=1)
    practice.asks()
    assert practice.asks(idempotency_key="1").status == 429
    stage.forward(days=1)
    assert practice.asks({**ASK, "kvnr": LIABLE}, idempotency_key="1").status == 200


def test_many_at_once_get_one_answer_and_count_once(stage: Stage) -> None:
    practice = stage.practice()
    heard = at_once(practice, 6, idempotency_key="zugleich")
    assert [one.status for one in heard] == [200] * 6
    assert len({one.body for one in heard}) == 1
    assert practice.asks().headers["RateLimit"].startswith('"day";r=98;')


def test_two_keys_of_one_practice_may_use_the_same_key_each_for_a_query_of_its_own(stage: Stage) -> None:
    practice = stage.practice()
    shown, token = keys.make_key(practice.member, "Zweiter Rechner", [keys.EXEMPTION_QUERIES], stage.now)
    other = replace(practice, key=shown.id, token=token)
    first, second = practice.asks(idempotency_key="1"), other.asks(idempotency_key="1")
    assert first.json["number"] != second.json["number"]
    assert second.headers["RateLimit"].startswith('"day";r=98;')
    assert practice.asks(idempotency_key="1").body == first.body
    assert other.asks(idempotency_key="1").body == second.body
    assert other.asks({**ASK, "kvnr": LIABLE}, idempotency_key="2").json["result"] == "liable"
    assert practice.asks(idempotency_key="2").json["result"] == "exempt"
    assert practice.asks().headers["RateLimit"].startswith('"day";r=95;')


def test_two_practices_may_use_the_same_key(stage: Stage) -> None:
    first, second = stage.practice(), stage.practice()
    assert first.asks(idempotency_key="1").json["number"] != second.asks(idempotency_key="1").json["number"]
    assert first.asks({**ASK, "kvnr": LIABLE}, idempotency_key="1").problem == "idempotency-key-used"
    assert second.asks({**ASK, "kvnr": LIABLE}, idempotency_key="2").status == 200
