"""While the database or the source is away there is a problem with time and Retry-After, and never a guess."""

from __future__ import annotations

import os
import signal
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import pq

from tests.api.stage import ASK, QUERIES, Stage, call_through_django
from zuzahlung.api import silence
from zuzahlung.exemptions import prepared, registry
from zuzahlung.exemptions.source import RegistryUnavailable


def entries(stage: Stage) -> int:
    """How many queries the journal holds."""
    with psycopg.connect(stage.house.owner) as connection:
        row = connection.execute(
            "select count(*) from journal_entry where action = 'exemption-query'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def cut_connections(stage: Stage) -> None:
    """Ends the portal's connections, as a restart of the server does."""
    with psycopg.connect(stage.house.superuser, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            # Tests beside this one have databases of their own on the same server.
            "where usename = 'zuzahlung_portal' and datname = current_database()"
        )


def test_without_a_database_the_answer_is_503_on_both_ways(stage: Stage) -> None:
    practice = stage.practice()
    name = connections.settings["default"]["NAME"]
    connections["default"].close()
    connections.settings["default"]["NAME"] = "no_such_database"
    try:
        short = practice.asks()
        long = call_through_django("POST", QUERIES, ASK, token=practice.token)
    finally:
        connections["default"].close()
        connections.settings["default"]["NAME"] = name
    assert (short.status, short.problem, short.json["at"]) == (503, "no-information", "2026-11-19T09:42:00Z")
    assert short.headers["Retry-After"] == "30"
    assert (long.status, long.body) == (503, short.body)
    assert practice.asks().status == 200


def test_a_restart_of_the_database_between_two_questions_is_not_noticed(stage: Stage) -> None:
    practice = stage.practice()
    assert practice.asks().status == 200
    cut_connections(stage)
    assert practice.asks().status == 200


def test_a_connection_lost_while_writing_gives_no_answer_and_no_entry(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = stage.practice()
    practice.asks()
    before = entries(stage)
    real = prepared.statement

    def cut_before_writing(sql: str, arguments: object) -> object:
        if "exemption_write" in sql:
            cut_connections(stage)
        return real(sql, arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(prepared, "statement", cut_before_writing)
        heard = practice.asks(idempotency_key="1")
    assert (heard.status, heard.problem) == (503, "no-information")
    assert entries(stage) == before
    assert practice.asks(idempotency_key="1").status == 200
    assert entries(stage) == before + 1


def test_without_a_stand_there_is_no_information(stage: Stage) -> None:
    practice = stage.practice()
    with connections["owner"].cursor() as cursor:
        cursor.execute("update exemptions_stand set state = 'replaced' where state = 'served' returning id")
        (stand,) = cursor.fetchone()
        try:
            heard = practice.asks()
        finally:
            cursor.execute("update exemptions_stand set state = 'served' where id = %s", [stand])
    assert (heard.status, heard.problem) == (503, "no-information")
    assert practice.asks().headers["RateLimit"].startswith('"day";r=99;')


def test_a_source_elsewhere_that_is_away_gives_no_information(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def away(kvnr: str) -> None:
        raise RegistryUnavailable

    practice = stage.practice()
    settings.EXEMPTION_REGISTRY = "tests.api.stage.FundsOwn"
    monkeypatch.setattr(registry, "find", away)
    heard = practice.asks()
    assert (heard.status, heard.problem, heard.headers["Retry-After"]) == (503, "no-information", "30")


def test_a_database_that_falls_silent_is_cut_off_and_what_it_still_wrote_can_be_asked_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = stage.practice()
    practice.asks()
    before = entries(stage)
    real = prepared.statement
    stopped: list[int] = []

    def stop_before_writing(sql: str, arguments: object) -> object:
        if "exemption_write" in sql:
            stopped.append(connections["default"].connection.info.backend_pid)
            os.kill(stopped[0], signal.SIGSTOP)
        return real(sql, arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(silence, "LIMIT_SECONDS", 0.2)
    monkeypatch.setattr(silence, "LOOK_EVERY_SECONDS", 0.05)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(prepared, "statement", stop_before_writing)
            heard = practice.asks(idempotency_key="still")
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    assert (heard.status, heard.problem, heard.headers["Retry-After"]) == (503, "no-information", "30")
    again = practice.asks(idempotency_key="still")
    assert again.status == 200
    assert entries(stage) == before + 1


def test_only_a_request_that_is_under_way_is_cut_off(stage: Stage) -> None:
    practice = stage.practice()
    practice.asks()
    connection = connections["default"].connection
    watch = silence.Watch()
    over, hangs = watch.begin(connections["default"]), watch.begin(connections["default"])
    watch.end(over)
    watch._cut(over)
    assert connection.execute("select 1").fetchone() == (1,)
    watch._cut(hangs)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")
    watch.end(hangs)
    assert practice.asks().status == 200


def test_what_libpq_says_without_a_code_is_an_outage_though_the_connection_seems_sound(stage: Stage) -> None:
    stage.practice().asks()
    raw = connections["default"].connection
    nameless = raw.pgconn.make_empty_result(pq.ExecStatus.FATAL_ERROR)
    assert raw.pgconn.status == pq.ConnStatus.OK
    with pytest.raises(psycopg.OperationalError):
        prepared._demand(nameless, pq.ExecStatus.TUPLES_OK, raw)
