"""The first two queries of a practice at the same moment are both answered: none is told that its quota is used up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
from django.db import connections

from tests.database import HouseDatabase
from tests.exemptions.practice import EXEMPT, NOW, Practice, practice, serve_registry
from zuzahlung.exemptions import services
from zuzahlung.exemptions.services import Given
from zuzahlung.journal.services import Actor

# An update of a quota waits here, after it has looked and before it says what it found.
PAUSE = """
create function pause() returns trigger language plpgsql as $$
begin perform pg_advisory_xact_lock_shared(1); return null; end $$;
create trigger pause before update on exemptions_quota for each statement execute function pause();
"""


def test_a_first_query_that_found_no_quota_yet_counts_on_that_of_another_one(
    house_database: HouseDatabase,
) -> None:
    market = practice()
    serve_registry()
    actor = market.key("Praxissoftware")
    with paused_updates(house_database) as pause, ThreadPoolExecutor(1) as thread:
        asked = thread.submit(ask, market, actor)
        until_somebody_waits(pause)
        pause.execute(
            "insert into exemptions_quota (institution, on_day, used, unknown, burst_used) "
            "values (%s, '2026-11-19', 1, 0, 0)",
            [market.id],
        )
        pause.execute("select pg_advisory_unlock(1)")
        assert asked.result(timeout=10).kvnr == EXEMPT
    assert services.quota_of(market.id, NOW).left == 98


def ask(market: Practice, actor: Actor) -> Given:
    try:
        return market.asks(actor)
    finally:
        connections.close_all()


@contextmanager
def paused_updates(house: HouseDatabase) -> Iterator[psycopg.Connection]:
    """A connection that holds up every update of a quota until it lets go."""
    with psycopg.connect(house.owner, autocommit=True) as pause:
        pause.execute(PAUSE)
        pause.execute("select pg_advisory_lock(1)")
        yield pause


def until_somebody_waits(pause: psycopg.Connection) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if (
            pause.execute("select from pg_locks where locktype = 'advisory' and not granted").fetchone()
            is not None
        ):
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
