"""Each command does its work on the house's own server, refuses in a sentence, and leaves no server running."""

from __future__ import annotations

import os
import pty
import re
import resource
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cli.shell import (
    PROGRAM,
    call,
    command_of,
    environment,
    folder_for_a_house,
    free_port,
    processes_of,
    refusal,
    wait_until,
)
from zuzahlung.cli import database, main, roles
from zuzahlung.cli.places import place_for
from zuzahlung.cli.postgres import SUPERUSER, EmbeddedPostgres, running_pid

pytestmark = pytest.mark.database

DIRECTORY = (
    "IK;Name;Straße;PLZ;Ort;Leistungsarten\n260326822;Praxis am Park;Parkweg 1;01067;Dresden;Heilmittel\n"
)
DELIVERY = (
    '{"kvnr":"A123456780","initials":"M. M.","birthDate":"1961-03-09",'
    '"periods":[{"from":"2026-01-01","to":"2026-12-31","revokedOn":null}]}\n'
)
NOBODY_THERE = "postgresql://zuzahlung_portal@127.0.0.1:1/zuzahlung"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A place for several houses, with the files that commands read."""
    with folder_for_a_house() as path:
        (path / "verzeichnis.csv").write_text(DIRECTORY, encoding="utf-8")
        (path / "befreiungen.ndjson").write_text(DELIVERY, encoding="utf-8")
        (path / "text.txt").write_text("Das ist keine Sicherung.\n", encoding="utf-8")
        yield path


@pytest.fixture(scope="module")
def empty(folder: Path) -> Path:
    """A house with a database and no tables, as a first command that refuses leaves it."""
    var = folder / "empty"
    server = EmbeddedPostgres(place_for(var / "postgres", say=print), initdb=("--no-sync",))
    server.start()
    database.ensure_roles(server)
    server.stop()
    return var


@pytest.fixture(scope="module")
def house(folder: Path) -> Path:
    """A house with its tables, as `zuzahlung migrate` makes them."""
    done = call(folder / "house", "migrate")
    assert done.returncode == 0, done
    assert (done.stdout, done.stderr) == ("Die Tabellen sind jetzt auf dem neuesten Stand.\n", "")
    return folder / "house"


class running:  # noqa: N801 - reads as a statement: with running(house) as server
    """The server of a house, run by the test for a while."""

    def __init__(self, var: Path) -> None:
        self.server = EmbeddedPostgres(place_for(var / "postgres", say=print))

    def __enter__(self) -> EmbeddedPostgres:
        self.server.start()
        return self.server

    def __exit__(self, *_: object) -> None:
        self.server.stop()


def test_migrate_makes_tables_and_keys_once_and_starts_no_server_for_longer(house: Path) -> None:
    assert oct((house / "keys" / "vault.keys").stat().st_mode & 0o777) == "0o600"
    assert running_pid(house / "postgres" / "data") is None
    again = call(house, "migrate")
    assert (again.returncode, again.stdout) == (0, "Die Tabellen waren auf dem neuesten Stand.\n")
    assert running_pid(house / "postgres" / "data") is None


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--port", "1024"),
        ("work",),
        ("create-operator", "erika.muster", "--password-stdin"),
        ("rotate-keys",),
        ("import-institutions", "verzeichnis.csv"),
        ("import-exemptions", "befreiungen.ndjson"),
    ],
    ids=lambda words: words[0],
)
def test_without_tables_a_command_says_how_to_make_them(
    empty: Path, folder: Path, words: tuple[str, ...]
) -> None:
    known = {name: str(folder / name) for name in ("verzeichnis.csv", "befreiungen.ndjson")}
    done = call(empty, *(known.get(word, word) for word in words), typed="sieben kühle Ziegel tanzen\n")
    assert re.fullmatch(
        r"Die Tabellen der Datenbank sind nicht auf dem Stand dieser Fassung \(\d+ Schritte fehlen\)\. "
        r"Bitte zuerst: zuzahlung migrate",
        refusal(done),
    )
    assert running_pid(empty / "postgres" / "data") is None


def test_both_imports_work_on_the_houses_own_server_and_say_it_in_plain_lines(
    house: Path, folder: Path
) -> None:
    directory = call(house, "import-institutions", folder / "verzeichnis.csv")
    registry = call(house, "import-exemptions", folder / "befreiungen.ndjson", "--day", "2026-11-22")
    assert directory.stdout.splitlines()[0] == "Das Verzeichnis ist eingespielt."
    assert registry.stdout.splitlines()[0] == "Der Stand vom 22.11.2026 gilt."
    assert "Index bauen …\n" in registry.stderr
    for done in (directory, registry):
        assert done.returncode == 0
        assert [letter for letter in done.stdout + done.stderr if letter < " " and letter != "\n"] == []


class started:  # noqa: N801 - reads as a statement: with started(house, "work") as worker
    """A command that runs until it is asked to end."""

    def __init__(self, var: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [PROGRAM, *words],
            env=environment(var), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, start_new_session=True,
        )  # fmt: skip

    def __enter__(self) -> subprocess.Popen[str]:
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


def ends(process: subprocess.Popen[str]) -> int:
    process.terminate()
    process.communicate(timeout=60)
    return process.returncode


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def works(var: Path) -> bool:
    return any(b"zuzahlung.site.worker" in command_of(pid) for pid in processes_of(var))


def test_portal_and_worker_share_the_houses_server_and_who_stays_keeps_it(house: Path) -> None:
    port = free_port()
    data = house / "postgres" / "data"
    with started(house, "serve", "--port", str(port)) as portal:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/status/"))
        before = running_pid(data)
        with started(house, "work") as worker:
            wait_until(lambda: works(house))
            assert (running_pid(data), ends(portal)) == (before, 0)
            wait_until(lambda: running_pid(data) not in {None, before})
            assert ends(worker) == 0
    wait_until(lambda: processes_of(house) == set())
    assert running_pid(data) is None


def test_new_keys_are_listed_beside_the_old_ones(house: Path) -> None:
    done = call(house, "rotate-keys")
    assert done.returncode == 0
    assert re.sub(r"\d\d\.\d\d\.\d{4}", "HEUTE", done.stdout) == (
        "Schlüssel   1  finden        liest weiter, was da ist  HEUTE\n"
        "Schlüssel   2  verschließen  liest weiter, was da ist  HEUTE\n"
        "Schlüssel   3  finden        neu in Gebrauch           HEUTE\n"
        "Schlüssel   4  verschließen  neu in Gebrauch           HEUTE\n"
    )
    assert done.stderr == ("Bitte sichern Sie die Schlüsseldatei jetzt neu, getrennt von der Datenbank.\n")


def test_a_lost_key_file_is_asked_for_and_not_made_anew(house: Path, tmp_path: Path) -> None:
    keys = house / "keys" / "vault.keys"
    keys.rename(tmp_path / "kept")
    try:
        assert refusal(call(house, "migrate")) == (
            f"Die Schlüsseldatei des Tresors fehlt: {keys}. Ohne sie ist der Bestand der Datenbank nicht lesbar. "
            "Bitte spielen Sie die Datei aus Ihrer Sicherung ein."
        )
        assert not keys.exists()
    finally:
        (tmp_path / "kept").rename(keys)


def test_an_empty_database_beside_the_keys_of_a_house_is_a_lost_one_unless_it_is_said_to_be_new(
    house: Path, folder: Path
) -> None:
    lost = folder / "lost"
    keys = lost / "keys" / "vault.keys"
    keys.parent.mkdir(mode=0o700, parents=True)
    keys.write_bytes((house / "keys" / "vault.keys").read_bytes())
    keys.chmod(0o600)
    assert refusal(call(lost, "migrate")) == (
        f"Die Datenbank ist leer, aber unter {keys} liegen schon die Schlüssel eines Hauses. Ging die Datenbank "
        "verloren, spielen Sie bitte ihre Sicherung ein (zuzahlung restore); nennt die Adresse eine falsche, "
        "berichtigen Sie die Adresse. Soll hier wirklich ein neues Haus entstehen: zuzahlung migrate --new-house"
    )
    assert refusal(call(lost, "work")).endswith("Bitte zuerst: zuzahlung migrate")
    made = call(lost, "migrate", "--new-house")
    assert (made.returncode, made.stdout) == (0, "Die Tabellen sind jetzt auf dem neuesten Stand.\n")
    assert keys.read_bytes() == (house / "keys" / "vault.keys").read_bytes()
    assert call(lost, "migrate").returncode == 0


def test_tables_of_a_newer_version_are_left_alone(house: Path) -> None:
    newer = "('journal', '0999_from_the_future', now())"
    with running(house) as server:
        address = server.url(SUPERUSER, roles.DATABASE)
        with psycopg.connect(address) as connection:
            connection.execute(f"insert into django_migrations (app, name, applied) values {newer}".encode())
        try:
            for words in (("migrate",), ("work",)):
                assert refusal(call(house, *words)) == (
                    "Die Tabellen der Datenbank sind von einer neueren Fassung (1 Schritte kennt diese nicht). Bitte "
                    "nehmen Sie die neuere Fassung, oder spielen Sie die Sicherung ein, die vor dem Wechsel entstand."
                )
        finally:
            with psycopg.connect(address) as connection:
                connection.execute("delete from django_migrations where name = '0999_from_the_future'")


def test_a_backup_needs_a_new_file_in_a_folder_that_is_there(house: Path, tmp_path: Path) -> None:
    file = tmp_path / "monday.backup"
    done = call(house, "backup", file)
    assert (done.returncode, done.stdout) == (0, f"Gesichert in {file}.\n")
    assert done.stderr == (
        "Die Schlüssel des Tresors sind nicht darin und gehören auch nicht daneben: "
        "Sichern Sie den Ordner mit der Schlüsseldatei (var/keys) getrennt.\n"
    )
    size = file.stat().st_size
    assert refusal(call(house, "backup", file)) == (
        f"{file} gibt es schon. Bitte wählen Sie einen anderen Namen."
    )
    assert file.stat().st_size == size
    nowhere = tmp_path / "nowhere"
    assert refusal(call(house, "backup", nowhere / "monday.backup")) == (
        f"Den Ordner {nowhere} gibt es nicht. Bitte legen Sie ihn zuerst an."
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["monday.backup"]


def test_a_backup_for_which_there_is_no_room_is_no_file(house: Path, tmp_path: Path) -> None:
    def little_room() -> None:
        # As on a full disk, the write fails; unlike that, it needs no disk of its own.
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))

    with running(house):
        done = subprocess.run(
            [PROGRAM, "backup", tmp_path / "monday.backup"],
            env=environment(house), capture_output=True, text=True, check=False, preexec_fn=little_room,
        )  # fmt: skip
    assert refusal(done).startswith("Die Sicherung ist nicht gelungen. pg_dump sagt: ")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_backup_is_not_played_in(empty: Path, folder: Path) -> None:
    said = refusal(call(empty, "restore", folder / "text.txt"))
    assert said.startswith("Das Einspielen ist nicht gelungen. pg_restore sagt: ")
    assert "valid archive" in said


@pytest.mark.parametrize("command", ["restore", "import-institutions", "import-exemptions"])
def test_a_file_that_is_not_there_is_named_before_anything_starts(
    command: str, folder: Path, tmp_path: Path
) -> None:
    nowhere, untouched = tmp_path / "nowhere", folder / "untouched"
    assert refusal(call(untouched, command, nowhere)) == f"{nowhere} gibt es nicht."
    assert refusal(call(untouched, command, tmp_path)) == f"{tmp_path} ist keine Datei."
    assert not untouched.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--port", "1024"),
        ("work",),
        ("migrate",),
        ("demo", "--port", "1024", "--operator-port", "1025"),
        ("create-operator", "erika.muster", "--password-stdin"),
        ("rotate-keys",),
        ("import-institutions", "verzeichnis.csv"),
        ("import-exemptions", "befreiungen.ndjson"),
        ("backup", "new.backup"),
        ("restore", "text.txt"),
    ],
    ids=lambda words: words[0],
)
def test_a_database_out_of_reach_is_told_in_a_sentence(
    folder: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    files = {name: folder / name for name in ("verzeichnis.csv", "befreiungen.ndjson", "text.txt")}
    files["new.backup"] = tmp_path / "new.backup"
    addresses = dict.fromkeys(database.VARIABLES, NOBODY_THERE)
    words = tuple(str(files.get(word, word)) for word in words)
    done = call(tmp_path, *words, typed="sieben kühle Ziegel tanzen\n", **addresses)
    said = refusal(done)
    assert "Connection refused" in said
    assert said.startswith(("Die Datenbank ist nicht erreichbar", "Die Sicherung ist nicht gelungen"))


def test_a_role_that_may_not_make_tables_is_told_so(empty: Path, tmp_path: Path) -> None:
    with running(empty) as server:
        portal = server.url(roles.PORTAL, roles.DATABASE)
        said = refusal(call(tmp_path, "migrate", DATABASE_URL=portal, DATABASE_OWNER_URL=portal))
    assert said == (
        "Die Datenbank erlaubt das dieser Rolle nicht: permission denied for schema public. "
        "Die Rollen legt an: zuzahlung database-roles | psql"
    )


def test_a_wrong_setting_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "house.toml"
    addresses = dict.fromkeys(database.VARIABLES, NOBODY_THERE)
    said = refusal(call(tmp_path, "migrate", ZUZAHLUNG_SETTINGS=str(file), **addresses))
    assert said.startswith(f"Eine Einstellung stimmt nicht: Die Datei {file} ")


def test_a_folder_that_cannot_be_made_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for words in (("migrate",), ("demo", "--port", "1024", "--operator-port", "1025")):
        said = refusal(call(tmp_path / "file" / "var", *words))
        assert re.fullmatch(
            rf"Im Pfad steht eine Datei, wo ein Ordner sein müsste: {tmp_path}/file/var(/\w+)?\.", said
        ), said


def test_a_password_is_typed_twice_and_alike(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["sieben kühle Ziegel tanzen", "sieben kühle Ziegel tanzten"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    assert main.main(["create-operator", "erika.muster"]) == 1
    assert capsys.readouterr() == ("", "zuzahlung: Die beiden Eingaben sind verschieden.\n")


def test_the_roles_are_printed_for_any_plain_name_of_a_database(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(["database-roles", "--database", "oha_2026"]) == 0
    shown = capsys.readouterr().out
    assert "create database oha_2026 owner zuzahlung_owner" in shown
    assert "grant connect on database oha_2026 to zuzahlung_portal;" in shown
    with pytest.raises(SystemExit) as ended:
        main.main(["database-roles", "--database", "oha; drop role postgres"])
    assert (ended.value.code, capsys.readouterr().err) == (
        2,
        (
            "zuzahlung database-roles: --database: „oha; drop role postgres“ ist hier kein gültiger Wert. "
            "Hilfe: zuzahlung database-roles --help\n"
        ),
    )


def test_static_files_are_collected_by_one_of_many_that_start_at_once(tmp_path: Path) -> None:
    program = (
        "from zuzahlung.cli import preparation\n"
        "preparation.start_django(preparation.PORTAL_SETTINGS)\n"
        "print(preparation.collect_static_where_changed())"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            env=environment(tmp_path, DATABASE_URL=NOBODY_THERE), stdout=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    said = sorted(process.communicate()[0].strip() for process in started)
    assert said == ["False", "False", "False", "True"]
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_on_a_terminal_there_is_a_bar() -> None:
    program = (
        "from zuzahlung.cli.terminal import progress\n"
        "with progress('Lesen') as advance:\n"
        "    advance(20_000, 40_000)\n"
        "    advance.step('Index bauen', 40_000, 40_000)\n"
    )
    terminal, other_end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", program], stderr=other_end, env={**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    ) as process:  # fmt: skip
        assert process.wait() == 0
    os.close(other_end)
    shown = b""
    while True:
        try:
            shown += os.read(terminal, 10_000)
        except OSError:
            break
    os.close(terminal)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())
    assert "━" in text
    assert re.search(r"Index bauen ━+ 40\.000 Zeilen", text), text
