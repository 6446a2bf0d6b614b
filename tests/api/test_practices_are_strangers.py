"""Two institutions never see each other's answers, keys or quotas, and asking looks the same for known and unknown."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import connections

from tests.api.stage import ASK, EXEMPT, UNKNOWN, Practice, Stage
from zuzahlung.accounts.services import keys
from zuzahlung.exemptions import prepared


def test_the_answer_of_another_practice_is_not_found(stage: Stage) -> None:
    first, second = stage.practice(), stage.practice()
    number = first.asks().json["number"]
    stranger, nobody = second.reads(number), second.reads("22222-22222-22222")
    assert stranger.status == 404
    assert stranger.body == nobody.body
    assert first.reads(number).status == 200


def test_two_keys_of_one_practice_share_its_answers(stage: Stage) -> None:
    practice = stage.practice()
    number = practice.asks().json["number"]
    _, token = keys.make_key(practice.member, "Zweiter Rechner", [keys.EXEMPTION_QUERIES], stage.now)
    other = Practice(member=practice.member, key=practice.key, token=token)
    assert other.reads(number).status == 200


def test_a_practice_sees_and_revokes_its_own_keys_only(stage: Stage) -> None:
    first, second = stage.practice(), stage.practice()
    assert [one.id for one in keys.list_keys(first.member)] == [first.key]
    with pytest.raises(LookupError, match="no such key"):
        keys.revoke_key(first.member, second.key, stage.now)
    assert second.asks().status == 200


def test_the_journal_names_the_key_that_asked(stage: Stage) -> None:
    practice = stage.practice()
    practice.asks({"kvnr": EXEMPT, "permission": "in-person", "serviceDates": ["2026-11-19"]})
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select actor_kind, actor, actor_name, permission, permission_text, result from journal_entry"
            " where institution = %s and action = 'exemption-query'",
            [practice.member.institution],
        )
        assert cursor.fetchall() == [
            ("key", practice.key, "Praxissoftware", "in-person", "2026-11", "exempt")
        ]


@pytest.mark.parametrize("more", [{}, {"serviceDates": ["2026-11-19", "2026-11-26"]}])
def test_known_and_unknown_insured_cost_the_same_statements(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, more: dict[str, object]
) -> None:
    sent: list[str] = []
    real = prepared.statement

    def listening(sql: str, arguments: Sequence[object]) -> tuple[object, ...]:
        sent.append(sql)
        return real(sql, arguments)

    monkeypatch.setattr(prepared, "statement", listening)
    practice = stage.practice()
    practice.asks({**ASK, **more})
    known, sent[:] = list(sent), []
    with connections["default"].execute_wrapper(lambda *_: pytest.fail("a statement on another way")):
        assert practice.asks({**ASK, **more, "kvnr": UNKNOWN}).json["result"] == "unknown"
    assert sent == known
    assert len(sent) == 2
