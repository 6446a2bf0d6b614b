"""A backup holds everything but the keys, and a house restored from it is the same house, walls included."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests.database import HouseDatabase, TestServer
from zuzahlung.cli import dumps, roles
from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.postgres import SUPERUSER

pytestmark = pytest.mark.story

PRACTICE = UUID("01936000-0000-7000-8000-000000000001")
NEIGHBOUR = UUID("01936000-0000-7000-8000-000000000002")
NOW = datetime(2026, 11, 22, 9, 42, tzinfo=UTC)


@pytest.fixture
def empty_database(test_server: TestServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[HouseDatabase]:
    """A database with owner and rights, and nothing in it."""
    name = "zuzahlung_restored"
    with psycopg.connect(test_server.postgres.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(roles.create_database(name).encode())
        connection.execute(roles.grants(name).encode())
        yield test_server.house(name)
        connection.execute(f"drop database {name} with (force)".encode())


def point_commands_at(house: HouseDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in house.environment.items():
        monkeypatch.setenv(name, value)


def write_entries() -> None:
    """One entry for each of two institutions."""
    from zuzahlung.journal import services as journal

    for institution in (PRACTICE, NEIGHBOUR):
        with journal.acting_for(institution):
            journal.add("signed-in", actor=journal.SYSTEM, institution=institution, now=NOW)


def entries_seen_by(house: HouseDatabase, institution: UUID) -> list[tuple[UUID, str]]:
    with psycopg.connect(house.portal) as connection:
        connection.execute("select set_config('app.institution', %s, false)", [str(institution)])
        return connection.execute("select institution, action from journal_entry").fetchall()


def test_a_house_restored_from_its_backup_shows_each_institution_its_own(
    house_database: HouseDatabase,
    empty_database: HouseDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_entries()
    file = tmp_path / "monday.backup"

    dumps.backup(file)
    point_commands_at(empty_database, monkeypatch)
    dumps.restore(file, now=NOW, nothing_lost=True)

    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert entries_seen_by(empty_database, PRACTICE) == [(PRACTICE, "signed-in")]
    assert entries_seen_by(empty_database, NEIGHBOUR) == [(NEIGHBOUR, "signed-in")]
    with (
        psycopg.connect(empty_database.portal) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("update journal_entry set action = 'never happened'")


def test_a_backup_holds_no_key_of_the_vault(house_database: HouseDatabase, tmp_path: Path) -> None:
    from django.conf import settings

    from zuzahlung.vault import keyfile

    write_entries()
    dumps.backup(tmp_path / "monday.backup")
    with dumps.target() as found:
        plain = subprocess.run(
            [found.binaries / "pg_restore", "--file=-", tmp_path / "monday.backup"],
            capture_output=True,
            check=True,
        ).stdout
    assert b"signed-in" in plain
    for key in keyfile.read(settings.VAULT_KEYS):
        assert key.material.hex().encode() not in plain.lower()
        assert key.material not in plain


def test_a_backup_is_never_played_over_what_is_there(house_database: HouseDatabase, tmp_path: Path) -> None:
    write_entries()
    dumps.backup(tmp_path / "monday.backup")
    with pytest.raises(HouseError, match=r"^Die Datenbank ist nicht leer"):
        dumps.restore(tmp_path / "monday.backup", now=NOW, nothing_lost=False)
    assert entries_seen_by(house_database, PRACTICE) == [(PRACTICE, "signed-in")]


def test_a_damaged_backup_leaves_the_database_empty(
    house_database: HouseDatabase,
    empty_database: HouseDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "monday.backup"
    dumps.backup(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 2 // 3])
    point_commands_at(empty_database, monkeypatch)
    with pytest.raises(HouseError, match=r"^Das Einspielen ist nicht gelungen"):
        dumps.restore(file, now=NOW, nothing_lost=False)
    with psycopg.connect(empty_database.owner) as connection:
        assert connection.execute(
            "select count(*) from pg_tables where schemaname = 'public'"
        ).fetchone() == (0,)
