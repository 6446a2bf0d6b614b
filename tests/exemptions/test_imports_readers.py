"""Who asks while a stand is replaced gets the answer of one stand, the old or the new one, and always one."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from tests.database import HouseDatabase
from tests.exemptions.deliveries import EVA, LEA, MAX, delivered, insured, line, ndjson, served, states
from zuzahlung.cli.synthetic import kvnr_at
from zuzahlung.exemptions.models import Stand
from zuzahlung.exemptions.registry import HouseRegistry
from zuzahlung.vault.services import vault

STANDS, READERS = 12, 4
ASKED = (MAX, EVA, LEA)
FIRST_DAY = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def house(house_database: HouseDatabase, settings: Any, tmp_path: Path) -> HouseDatabase:
    settings.VAR = tmp_path
    return house_database


def initials_on(day: date) -> str:
    """Each stand has initials of its own, by its day."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(day - FIRST_DAY).days] + "."


def deliver(folder: Path, number: int) -> None:
    """A stand in which all have the initials of its day, and enough others to take a while."""
    day = FIRST_DAY + timedelta(days=number)
    people = [*ASKED, *(kvnr_at(place) for place in range(10, 1500))]
    path = ndjson(folder / "new", [line(kvnr, initials=initials_on(day)) for kvnr in people])
    done = delivered(path, day=day)
    assert not getattr(done, "waits", True), done


def test_every_answer_is_of_one_stand_while_stands_are_replaced(tmp_path: Path) -> None:
    deliver(tmp_path, 0)
    stop = threading.Event()
    wrong: list[object] = []
    seen: list[set[date]] = [set() for _ in range(READERS)]
    counts = [0] * READERS

    def read(place: int) -> None:
        registry = HouseRegistry()
        try:
            while not stop.is_set():
                found = registry.find(ASKED[counts[place] % len(ASKED)])
                counts[place] += 1
                seen[place].add(found.stand)
                if found.insured is None or found.insured.initials != initials_on(found.stand):
                    wrong.append(found)
        except Exception as error:  # noqa: BLE001 - a thread tells the test by its list
            wrong.append(error)
        finally:
            connection.close()

    readers = [threading.Thread(target=read, args=(place,)) for place in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, STANDS):
            deliver(tmp_path, number)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert len(set().union(*seen)) > STANDS // 2
    assert min(counts) > STANDS


def test_a_long_reader_holds_up_neither_the_new_stand_nor_other_readers(
    tmp_path: Path, house: HouseDatabase
) -> None:
    served(tmp_path / "old", line(MAX))
    with psycopg.connect(house.owner) as backup:
        backup.execute("select count(*) from exemptions_insured")
        served(tmp_path / "new", line(MAX), line(EVA))
        assert insured(EVA) is not None
        assert states() == [Stand.REPLACED, Stand.SERVED]
        assert tables() == ["exemptions_insured_1", "exemptions_insured_2"]
    served(tmp_path / "newer", line(MAX), line(EVA))
    assert tables() == ["exemptions_insured_3"]


def test_a_replaced_stand_is_not_dropped_before_the_questions_of_its_time_are_answered(
    tmp_path: Path, house: HouseDatabase
) -> None:
    served(tmp_path / "old", line(MAX))
    with psycopg.connect(house.portal) as asking:
        asking.execute("set transaction isolation level repeatable read")
        asking.execute("select 1 from exemptions_stand")
        served(tmp_path / "new", line(EVA), line(MAX, initials="E. S."))
        found = asking.execute(
            "select stand, initials from exemption_open(null, %s::smallint[], %s)", prints_of(MAX)
        ).fetchone()
    assert found == (1, "M. M.")


def prints_of(kvnr: str) -> tuple[list[int], list[bytes]]:
    prints = vault().fingerprints("kvnr", kvnr)
    return [one.key_id for one in prints], [one.digest for one in prints]


def tables() -> list[str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relname ~ '^exemptions_insured_[0-9]+$' order by oid"
        )
        return [row[0] for row in cursor]
