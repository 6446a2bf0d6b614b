"""The embedded server starts, is shared, survives what happens to servers, and never outlives us."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cli.shell import processes_of
from zuzahlung.cli import database, roles
from zuzahlung.cli.places import place_for
from zuzahlung.cli.postgres import SUPERUSER, EmbeddedPostgres, PostgresError, running_pid

pytestmark = pytest.mark.database

OPTIONS = ("fsync=off", "shared_buffers=16MB")
INITDB = ("--no-sync", "--wal-segsize=1", "--no-instructions")


@pytest.fixture(scope="module")
def fresh_data() -> Iterator[Path]:
    """A data folder as initdb makes it, to be copied by each test."""
    with folder_for_server() as folder:
        server = embedded(folder)
        server.start()
        server.stop()
        yield server.place.data


class folder_for_server:  # noqa: N801 - reads as a statement: with folder_for_server() as folder
    """A folder below /tmp that another user may pass through, for tests that run as root."""

    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp(prefix="zuzahlung-cli-", dir="/tmp"))
        self.path.chmod(0o711)
        return self.path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path)


def embedded(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(place_for(folder, say=print), options=OPTIONS, initdb=INITDB)


@pytest.fixture
def folder(fresh_data: Path) -> Iterator[Path]:
    with folder_for_server() as path:
        shutil.copytree(fresh_data, path / "data")
        owner = fresh_data.stat()
        for part in (path / "data", *(path / "data").rglob("*")):
            os.chown(part, owner.st_uid, owner.st_gid)
        yield path
        pid = running_pid(path / "data")
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)
            wait_until(lambda: running_pid(path / "data") is None)


def wait_until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    """Waits for something that must come; a test that waits in vain fails here."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def answer(server: EmbeddedPostgres, question: str, role: str = SUPERUSER, name: str = "postgres") -> object:
    with psycopg.connect(server.url(role, name), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


def do(server: EmbeddedPostgres, statement: str, role: str = SUPERUSER, name: str = "postgres") -> None:
    with psycopg.connect(server.url(role, name), autocommit=True) as connection:
        connection.execute(statement.encode())


def test_a_started_server_answers_and_a_stopped_one_is_gone(folder: Path) -> None:
    server = embedded(folder)
    server.start()
    assert answer(server, "select current_setting('listen_addresses')") == ""
    assert oct(server.place.sockets.stat().st_mode & 0o777) == "0o700"
    server.stop()
    assert not server.is_running()


def test_the_three_roles_can_do_nothing_they_should_not(folder: Path) -> None:
    server = embedded(folder)
    server.start()
    database.ensure_roles(server)
    database.ensure_roles(server)
    with psycopg.connect(server.url(SUPERUSER, "zuzahlung")) as connection:
        found = connection.execute(
            "select rolname, rolcanlogin, rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication,"
            " rolname = (select datdba::regrole::text from pg_database where datname = 'zuzahlung')"
            " from pg_roles where rolname like 'zuzahlung%' order by 1"
        ).fetchall()
    assert found == [
        ("zuzahlung_operator", True, False, False),
        ("zuzahlung_owner", True, False, True),
        ("zuzahlung_portal", True, False, False),
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        do(server, "create table t ()", roles.PORTAL, "zuzahlung")
    server.stop()


def test_a_second_start_uses_the_running_server_and_leaves_it_running(folder: Path) -> None:
    first, second = embedded(folder), embedded(folder)
    first.start()
    second.start()
    assert (first.is_ours, second.is_ours) == (True, False)
    second.stop()
    assert answer(first, "select 1") == 1
    first.stop()


def test_ten_starts_at_once_are_one_server(folder: Path) -> None:
    program = (
        "import sys, psycopg; from pathlib import Path\n"
        "from zuzahlung.cli.places import place_for; from zuzahlung.cli.postgres import EmbeddedPostgres\n"
        f"server = EmbeddedPostgres(place_for(Path({str(folder)!r}), say=print), options={OPTIONS!r})\n"
        "server.start(hold=True)\n"
        "with psycopg.connect(server.url('postgres', 'postgres')) as connection:\n"
        "    connection.execute('select pg_sleep(0.5)')\n"
        "print(server.is_ours); server.stop(patience=30)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        for _ in range(10)
    ]
    said = [process.communicate()[0].strip() for process in started]
    assert [process.returncode for process in started] == [0] * 10
    assert "True" in said
    assert running_pid(folder / "data") is None


def test_a_pid_file_of_a_dead_server_whose_number_lives_on_is_no_obstacle(folder: Path) -> None:
    server = embedded(folder)
    pid_file = server.place.data / "postmaster.pid"
    pid_file.write_text(
        f"{os.getpid()}\n{server.place.data}\n1\n5432\n{server.place.sockets}\n\n0 0\nready\n"
    )
    assert not server.is_running()
    server.start()
    assert answer(server, "select 1") == 1
    server.stop()


def test_after_kill_9_of_the_server_a_start_finds_everything_committed(folder: Path) -> None:
    server = embedded(folder)
    server.start()
    do(server, "create table kept as select 42 as value")
    pid = running_pid(server.place.data)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not server.is_running())
    wait_until(lambda: starts(server))
    assert answer(server, "select value from kept") == 42
    server.stop()


def test_a_start_after_kill_9_needs_nobody_to_look_whether_the_server_runs(folder: Path) -> None:
    server = embedded(folder)
    server.start()
    pid = running_pid(server.place.data)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: running_pid(server.place.data) is None)
    wait_until(lambda: starts(server))
    assert answer(server, "select 1") == 1
    server.stop()


def starts(server: EmbeddedPostgres) -> bool:
    """Tries a start; right after a kill -9 the last children of the old server may still stand in the way."""
    try:
        server.start()
    except PostgresError:
        return False
    return True


def test_the_server_stops_when_the_program_that_started_it_is_killed(folder: Path) -> None:
    program = (
        "import time; from pathlib import Path\n"
        "from zuzahlung.cli.places import place_for; from zuzahlung.cli.postgres import EmbeddedPostgres\n"
        f"EmbeddedPostgres(place_for(Path({str(folder)!r}), say=print), options={OPTIONS!r}).start()\n"
        "print('started', flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    assert starter.stdout.readline() == "started\n"
    assert running_pid(folder / "data") is not None
    starter.kill()
    starter.communicate()
    wait_until(lambda: running_pid(folder / "data") is None)
    assert not (folder / "data" / "postmaster.pid").exists()


def test_a_half_made_data_folder_of_a_killed_start_is_made_anew() -> None:
    with folder_for_server() as folder:
        (folder / "data.unfinished").mkdir()
        (folder / "data.unfinished" / "PG_VERSION").write_text("18\n")
        server = embedded(folder)
        server.start()
        assert answer(server, "select 1") == 1
        server.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_start_that_ends_while_it_makes_its_data_leaves_nobody_at_work_on_them(
    number: signal.Signals,
) -> None:
    program = (
        "from pathlib import Path\n"
        "from zuzahlung.cli.places import place_for; from zuzahlung.cli.postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(place_for(Path({folder!r}), say=print)).start()"
    )
    with folder_for_server() as folder:
        starter = subprocess.Popen(
            [sys.executable, "-c", program.format(folder=str(folder))], stderr=subprocess.PIPE
        )
        wait_until((folder / "data.unfinished" / "PG_VERSION").exists)
        starter.send_signal(number)
        starter.communicate()
        assert starter.returncode == -number
        wait_until(lambda: processes_of(folder) == set())
        assert not (folder / "data").exists()


def test_data_of_another_version_is_refused_with_a_sentence(folder: Path) -> None:
    (folder / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(PostgresError, match=r"sind von PostgreSQL 17, mitgeliefert ist 18\."):
        embedded(folder).start()


def test_a_server_that_cannot_start_says_what_postgresql_said(folder: Path) -> None:
    server = EmbeddedPostgres(place_for(folder, say=print), options=("shared_buffers=nonsense",))
    with pytest.raises(PostgresError, match='invalid value for parameter "shared_buffers"'):
        server.start()


def test_the_log_holds_nothing_that_somebody_typed(folder: Path) -> None:
    server = embedded(folder)
    server.start()
    do(server, "create table insured as select 'A123456780'::text as kvnr")
    do(server, "create unique index on insured (kvnr)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        do(server, "insert into insured values ('A123456780')")
    server.stop()
    log = (folder / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "A123456780" not in log
