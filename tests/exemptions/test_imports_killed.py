"""An import killed at any moment leaves the old stand served, and the next one finds its way clear."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from tests.database import HouseDatabase
from tests.exemptions.deliveries import MAX, NOW, TOM, delivered, insured, line, ndjson, served, states
from zuzahlung.cli.synthetic import write_delivery
from zuzahlung.exemptions.imports import AnotherRuns, Imported
from zuzahlung.exemptions.models import Stand

PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def house(house_database: HouseDatabase, settings: Any, tmp_path: Path) -> HouseDatabase:
    settings.VAR = tmp_path
    return house_database


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """More than one block of lines, so that rows are under way when reading is told of."""
    return write_delivery(tmp_path / "large.ndjson", 30_000, today=NOW.date())


@contextmanager
def stopped_at(step: str, delivery: Path) -> Iterator[subprocess.Popen[str]]:
    """An import that has reached a step and gets no further; killed in the end in any case."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "zuzahlung.site.operator"}
    command = [sys.executable, "-m", "tests.exemptions.stopping_import", str(delivery), NOW.isoformat(), step]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == f"{step}\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def served_as_soon_as_the_lock_is_free(path: Path) -> Imported:
    """The server takes a moment to see that a client is dead."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        done = delivered(path)
        if not isinstance(done, AnotherRuns):
            assert isinstance(done, Imported), done
            return done
        assert time.monotonic() < end
        time.sleep(0.05)


def tables() -> list[str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relname ~ '^exemptions_insured_[0-9]+$' order by oid"
        )
        return [row[0] for row in cursor]


@pytest.mark.parametrize("step", ["READING", "INDEXING", "COMPARING", "SERVING"])
def test_a_killed_import_leaves_the_old_stand_served(tmp_path: Path, delivery: Path, step: str) -> None:
    served(tmp_path / "old", line(TOM))
    with stopped_at(step, delivery):
        assert states() == [Stand.SERVED, Stand.LOADING]
    assert insured(TOM) is not None
    assert insured(MAX) is None
    done = served_as_soon_as_the_lock_is_free(ndjson(tmp_path / "new", [line(TOM), line(MAX)]))
    assert done.waits == ()
    assert states() == [Stand.REPLACED, Stand.REFUSED, Stand.SERVED]
    assert Stand.objects.get(id=2).report["refused"]["reason"] == "Der Import wurde abgebrochen."
    assert insured(MAX) is not None
    assert tables() == ["exemptions_insured_3"]


def test_a_killed_import_leaves_a_waiting_stand_alone(tmp_path: Path, delivery: Path) -> None:
    served(tmp_path / "old", line(TOM), line(MAX))
    assert served_as_soon_as_the_lock_is_free(ndjson(tmp_path / "cut", [line(MAX)])).waits != ()
    with stopped_at("SERVING", delivery):
        pass
    assert states() == [Stand.SERVED, Stand.WAITING, Stand.LOADING]


def test_an_import_killed_after_it_served_its_stand_has_served_it(tmp_path: Path, delivery: Path) -> None:
    served(tmp_path / "old", line(MAX))
    with stopped_at("CLEARING", delivery):
        pass
    assert states() == [Stand.REPLACED, Stand.SERVED]
    assert insured(MAX) is not None
    assert insured(TOM) is not None
    assert served_as_soon_as_the_lock_is_free(delivery).waits == ()
    assert tables() == ["exemptions_insured_3"]


def test_a_second_import_at_once_is_refused_and_changes_nothing(tmp_path: Path, delivery: Path) -> None:
    served(tmp_path / "old", line(TOM))
    with stopped_at("READING", delivery):
        assert delivered(ndjson(tmp_path / "new", [line(MAX)])) == AnotherRuns()
        assert states() == [Stand.SERVED, Stand.LOADING]


def test_an_import_whose_server_connection_breaks_leaves_the_old_stand_served(
    tmp_path: Path, delivery: Path, house: HouseDatabase
) -> None:
    served(tmp_path / "old", line(TOM))
    with stopped_at("INDEXING", delivery), psycopg.connect(house.superuser, autocommit=True) as superuser:
        superuser.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where usename = 'zuzahlung_operator' and datname = current_database() and state like 'idle in%'"
        )
    assert insured(TOM) is not None
    assert tables() == ["exemptions_insured_1"]


def test_ctrl_c_leaves_the_old_stand_served_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(tmp_path / "old", line(TOM))

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("zuzahlung.exemptions.stands.seal", interrupted)
    with pytest.raises(KeyboardInterrupt):
        delivered(ndjson(tmp_path / "new", [line(MAX)]))
    monkeypatch.undo()
    assert states() == [Stand.SERVED, Stand.REFUSED]
    assert tables() == ["exemptions_insured_1"]
    served(tmp_path / "new", line(TOM), line(MAX))
