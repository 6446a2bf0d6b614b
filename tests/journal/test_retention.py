"""An entry of the journal is kept for its time and not a day less, whoever wants it gone, and then deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from tests.database import HouseDatabase
from tests.exemptions.practice import NOW, Practice, practice, serve_registry
from zuzahlung.journal import rules, services, tasks
from zuzahlung.journal.services import SYSTEM, acting_for


@pytest.fixture
def market(house_database: HouseDatabase) -> Practice:
    """A practice with a registry to ask."""
    serve_registry()
    return practice()


def entries() -> dict[str, int]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select action, count(*) from journal_entry group by 1")
        return dict(cursor.fetchall())


def kept_until(entry: UUID, day: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("update journal_entry set kept_until_on = %s where id = %s", [day, entry])


@pytest.mark.parametrize(
    ("made_on", "last_day"),
    [
        (date(2026, 1, 1), date(2029, 12, 31)),
        (date(2026, 12, 31), date(2029, 12, 31)),
        (date(2028, 2, 29), date(2031, 12, 31)),
    ],
)
def test_an_entry_is_kept_three_years_past_the_end_of_its_year(made_on: date, last_day: date) -> None:
    assert rules.kept_until(made_on, settings=rules.Settings()) == last_day


def test_the_year_of_an_entry_is_the_german_one(market: Practice) -> None:
    owner = market.person("owner")
    new_year = market.asks(
        owner.actor, days=[date(2026, 1, 1)], now=datetime(2025, 12, 31, 23, 0, tzinfo=UTC)
    )
    before = market.asks(
        owner.actor, days=[date(2026, 1, 1)], now=datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC)
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute("select id, kept_until_on from journal_entry where action = 'exemption-query'")
        assert dict(cursor.fetchall()) == {new_year.id: date(2029, 12, 31), before.id: date(2028, 12, 31)}


def test_what_is_over_is_deleted_and_what_is_not_stays(
    market: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = market.person("owner")
    over, on_its_last_day, later = (market.asks(owner.actor) for _ in range(3))
    kept_until(over.id, "2026-11-18")
    kept_until(on_its_last_day.id, "2026-11-19")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    tasks.expire()
    with acting_for(market.id), connection.cursor() as cursor:
        cursor.execute("select id from journal_entry where action = 'exemption-query' order by id")
        assert [row[0] for row in cursor.fetchall()] == sorted([on_its_last_day.id, later.id])


def test_the_deletion_itself_stands_in_the_journal_with_its_number_and_nothing_else(market: Practice) -> None:
    owner = market.person("owner")
    for given in [market.asks(owner.actor) for _ in range(2)]:
        kept_until(given.id, "2025-12-31")
    assert services.expire(NOW) == 2
    assert services.expire(NOW) == 0
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select institution, actor_kind, actor_name, detail::text from journal_entry where action = 'journal-expired'"
        )
        assert cursor.fetchall() == [(None, "system", "Serviceportal", '{"entries": 2}')]


def test_the_database_deletes_nothing_before_its_time_whatever_the_program_believes(market: Practice) -> None:
    market.asks(market.person("owner").actor)
    assert services.expire(datetime(2100, 1, 1, tzinfo=UTC)) == 0
    assert entries() == {"exemption-query": 1}


def test_the_operator_can_delete_nothing_else_and_change_nothing_at_all(market: Practice) -> None:
    given = market.asks(market.person("owner").actor)
    with connections["operator"].cursor() as cursor:
        cursor.execute("delete from journal_entry")
        assert cursor.rowcount == 0
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        connections["operator"].cursor() as cursor,
    ):
        cursor.execute("update journal_entry set kept_until_on = '2000-01-01' where id = %s", [given.id])
    assert entries() == {"exemption-query": 1}


@pytest.fixture
def as_the_institution(market: Practice) -> Iterator[Practice]:
    given = market.asks(market.person("owner").actor)
    kept_until(given.id, "2000-01-01")
    with acting_for(market.id):
        yield market


@pytest.mark.parametrize(
    "statement",
    [
        "delete from journal_entry",
        "update journal_entry set result = 'exempt'",
        "truncate journal_entry",
        "drop table journal_entry",
    ],
)
def test_the_portal_can_neither_delete_nor_change_an_entry_even_past_its_time(
    as_the_institution: Practice, statement: str
) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert entries() == {"exemption-query": 1}


def test_an_entry_of_the_house_can_be_added_and_is_read_by_no_institution(market: Practice) -> None:
    services.add("house", actor=SYSTEM, institution=None, now=NOW)
    assert entries() == {"house": 1}
    with acting_for(market.id), connection.cursor() as cursor:
        cursor.execute("select count(*) from journal_entry")
        assert cursor.fetchone() == (0,)
