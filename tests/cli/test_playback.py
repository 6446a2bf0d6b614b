"""A backup is played in wholly or not at all: on the PostgreSQL we bring, and on Debian 12's where it is installed."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import psycopg
import pytest

from zuzahlung.cli import playback, roles
from zuzahlung.cli.places import wheel_binaries

DEBIAN = Path("/usr/lib/postgresql/15/bin")
SERVERS = [wheel_binaries(), *([DEBIAN] if (DEBIAN / "initdb").exists() else [])]


def test_only_servers_that_know_the_young_setting_are_asked_for_it() -> None:
    script = BytesIO(
        b"--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n"
        b"SET statement_timeout = 0;\nSET transaction_timeout = 0;\nSET row_security = off;\n"
        b"SELECT pg_catalog.set_config('search_path', '', false);\n\n"
        b"COPY public.t (x) FROM stdin;\nSET transaction_timeout = 0;\n\\.\n"
    )
    assert b"".join(playback.preamble_for_every_server(script)) == (
        b"--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n"
        b"SET statement_timeout = 0;\n"
        b"SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings"
        b" WHERE name = 'transaction_timeout';\n"
        b"SET row_security = off;\n"
        b"SELECT pg_catalog.set_config('search_path', '', false);\n\n"
        b"COPY public.t (x) FROM stdin;\n"
    )
    assert script.read() == b"SET transaction_timeout = 0;\n\\.\n"


class Server:
    """A PostgreSQL in a folder of its own."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder, self.binaries = folder, binaries
        self.user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None

    def run(self, *words: str) -> None:
        subprocess.run(
            [str(self.binaries / words[0]), *words[1:]],
            cwd="/", check=True, stdout=subprocess.DEVNULL, user=self.user,
        )  # fmt: skip

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def sql(self, database: str, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []


@pytest.fixture(scope="module", params=SERVERS, ids=["ours", "of Debian"][: len(SERVERS)])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A running server of each kind."""
    with tempfile.TemporaryDirectory(prefix="zuzahlung-playback-", dir="/tmp") as name:
        server = Server(Path(name), request.param)
        if server.user is not None:
            os.chown(name, server.user, -1)
        data = str(server.folder / "data")
        server.run(
            "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        options = f"-k {name} -c listen_addresses= -c fsync=off"
        server.run("pg_ctl", "-D", data, "-o", options, "-l", f"{name}/log", "-w", "start")
        try:
            yield server
        finally:
            server.run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


@pytest.fixture
def backup(server: Server, tmp_path: Path) -> Iterator[Path]:
    """A backup by the programs that the house brings along, and an empty database to play it into."""
    server.sql("postgres", roles.create_database("before").replace(f"owner {roles.OWNER} ", ""))
    server.sql("postgres", roles.create_database("after").replace(f"owner {roles.OWNER} ", ""))
    server.sql(
        "before", "create table kept as select n, repeat(md5(n::text), 9) t from generate_series(1, 9000) n"
    )
    file = tmp_path / "monday.backup"
    dumped = [
        str(wheel_binaries() / "pg_dump"),
        "--format=custom",
        f"--file={file}",
        server.url("before"),
    ]
    subprocess.run(dumped, check=True)
    yield file
    for name in ("before", "after"):
        server.sql("postgres", f"drop database {name} with (force)")


def play(file: Path, server: Server) -> None:
    playback.play(file, binaries=wheel_binaries(), address=server.url("after"), environment=dict(os.environ))


@pytest.mark.database
def test_a_server_takes_the_whole_backup(server: Server, backup: Path) -> None:
    play(backup, server)
    assert server.sql("after", "select count(*), max(n) from kept") == [(9000, 9000)]


@pytest.mark.database
def test_of_a_backup_that_breaks_off_nothing_remains(server: Server, backup: Path) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(playback.NotPlayed, match=r"^pg_restore sagt: pg_restore: error: could not"):
        play(backup, server)
    assert server.sql("after", "select count(*) from pg_tables where schemaname = 'public'") == [(0,)]


@pytest.mark.database
def test_what_the_server_refuses_is_told_without_rows_and_leaves_nothing(
    server: Server, backup: Path
) -> None:
    server.sql("after", "create table kept (n integer)")
    with pytest.raises(playback.NotPlayed) as caught:
        play(backup, server)
    assert str(caught.value) == 'psql sagt: ERROR:  relation "kept" already exists'
    assert server.sql("after", "select count(*) from kept") == [(0,)]
