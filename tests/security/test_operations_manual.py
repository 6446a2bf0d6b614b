"""The commands in the manual for operators do what the manual says: they are run exactly as they stand there."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tests.database import HouseDatabase
from tests.security.served import ZUZAHLUNG, ServedHouse, write_directory, write_registry
from zuzahlung.cli import main, roles
from zuzahlung.cli.postgres import SUPERUSER

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
INSURED = "A123456780"


def block(name: str) -> str:
    """A block of commands of the manual."""
    found = re.search(rf"<!-- tested: {name} -->\n```sh\n(.*?)```", MANUAL, re.DOTALL)
    assert found is not None, name
    return found[1]


@pytest.fixture(scope="module")
def office(served: ServedHouse) -> Iterator[dict[str, str]]:
    """The environment of somebody who runs the house: administrator of the server, with places for backups."""
    folder = served.folder / "office"
    for name in ("var", "backups", "keys"):
        (folder / name).mkdir(parents=True)
    (folder / "var").chmod(0o700)
    write_directory(
        folder / "verzeichnis.csv",
        ("260326822", "Praxis am Markt", "Markt 3", "01067", "Dresden", "heilmittel"),
    )
    write_registry(
        folder / "befreiungen.ndjson",
        {"kvnr": INSURED, "initials": "M. M.", "birthDate": "1961-03-09",
         "periods": [{"from": "2026-01-01", "to": "2027-12-31", "revokedOn": None}]},
    )  # fmt: skip
    server = served.server.postgres
    programs = f"{server.place.binaries}:{ZUZAHLUNG.parent}:/usr/bin:/bin"
    house, restored = served.server.house(roles.DATABASE), served.server.house("zuzahlung_restored")
    yield {
        **served.environment,
        **house.environment,
        **{name.replace("DATABASE_", "RESTORED_"): address for name, address in restored.environment.items()},
        "PATH": programs,
        "PGHOST": str(server.place.sockets),
        "PGUSER": SUPERUSER,
        "PGDATABASE": "postgres",
        "ZUZAHLUNG_VAR": str(folder / "var"),
        "BACKUPS": str(folder / "backups"),
        "KEY_BACKUPS": str(folder / "keys"),
        "OPERATOR_PASSWORD": "sieben kühle Ziegel tanzen",
        "FOLDER": str(folder),
    }
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        for name in (roles.DATABASE, "zuzahlung_restored"):
            connection.execute(f"drop database if exists {name} with (force)".encode())


def run(office: dict[str, str], commands: str) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        env=office, cwd=office["FOLDER"], capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def set_up(office: dict[str, str]) -> str:
    """What the first set-up printed."""
    return run(office, block("roles")) + run(office, block("setup"))


def test_the_first_set_up_makes_a_house_that_answers(office: dict[str, str], set_up: str) -> None:
    assert "Die Tabellen sind jetzt auf dem neuesten Stand." in set_up
    assert "Das Verzeichnis ist eingespielt." in set_up
    assert re.search(r"Der Stand vom \d\d\.\d\d\.\d{4} gilt\.", set_up)
    assert oct((Path(office["ZUZAHLUNG_VAR"]) / "keys" / "vault.keys").stat().st_mode & 0o777) == "0o600"


@pytest.fixture(scope="module")
def asked(office: dict[str, str], set_up: str) -> str:
    """The number of an answer that was given, by the program of a practice."""
    script = f"""
import json, sys
import django; django.setup()
from datetime import datetime, UTC
from uuid import uuid4
from zuzahlung.exemptions import services
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.journal.services import Actor
institution = uuid4()
asker = services.Asker(institution=institution, ik="260326822", name="Praxis", service_kinds=("heilmittel",),
                       actor=Actor(kind="person", id=uuid4(), name="260326822"))
question = services.Question(kvnr="{INSURED}", permission=Permission.IN_PERSON, permission_until_on=None,
                             days=(services.german_day(datetime.now(UTC)),))
given = services.ask(question, asker, now=datetime.now(UTC)).given
print(json.dumps([str(institution), str(given.id), given.result]))
"""
    environment = {**office, "DJANGO_SETTINGS_MODULE": "zuzahlung.site.settings"}
    return run(environment, f"python - <<'PYTHON'\n{script}\nPYTHON\n")


def reads(office: dict[str, str], asked: str) -> str:
    """The answer as the history of its institution opens it."""
    institution, entry, _ = json.loads(asked)
    script = f"""
import django; django.setup()
from uuid import UUID
from zuzahlung.exemptions import services
print(services.get_given(UUID("{institution}"), UUID("{entry}")).kvnr)
"""
    environment = {**office, "DJANGO_SETTINGS_MODULE": "zuzahlung.site.settings"}
    return run(environment, f"python - <<'PYTHON'\n{script}\nPYTHON\n").strip()


def test_the_worked_example_of_a_backup_brings_the_house_back(
    office: dict[str, str], asked: str, served: ServedHouse
) -> None:
    assert json.loads(asked)[2] == "exempt"
    run(office, block("backup"))
    kept = sorted(path.name for path in Path(office["KEY_BACKUPS"]).iterdir())
    today = f"{datetime.now(UTC).astimezone():%Y-%m-%d}"
    assert kept == [f"{today}.secret", f"{today}.vault.keys"]
    assert [oct(path.stat().st_mode & 0o777) for path in Path(office["BACKUPS"]).iterdir()] == ["0o600"]

    # The machine is gone, with its keys.
    (Path(office["ZUZAHLUNG_VAR"]) / "keys" / "vault.keys").unlink()
    run(office, block("restored-roles"))
    said = run(office, f"day=$(date +%F)\n{block('restore')}")
    assert said.split()[-1] == "1"
    house: HouseDatabase = served.server.house("zuzahlung_restored")
    assert reads({**office, **house.environment}, asked) == INSURED
    assert reads(office, asked) == INSURED


def test_the_steps_of_a_key_rotation_leave_everything_readable_and_say_what_old_keys_are_for(
    office: dict[str, str], asked: str
) -> None:
    lines = run(office, block("rotate")).splitlines()
    assert [line for line in lines if line.count("|") == 2] == [
        "registry|3|1",
        "journal, found by|1|1",
        "journal, opened by|2|1",
    ]
    assert reads(office, asked) == INSURED


def test_what_is_watched_is_told_to_the_operators_role(office: dict[str, str], set_up: str) -> None:
    told = dict(line.split("|") for line in run(office, block("watch")).splitlines() if "|" in line)
    assert set(told) == {
        "seconds since a worker was seen",
        "tasks that failed",
        "tasks that wait for more than 10 minutes",
        "letters or mails that failed",
        "letters printed and not posted for 2 days",
        "registrations that wait",
        "stands that wait for a decision",
        "days since the day of the served stand",
    }
    assert told["days since the day of the served stand"] in {"0", "-1", "1"}


def test_every_block_of_commands_stops_at_its_first_fault() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", MANUAL, re.DOTALL)
    commands = [
        one
        for one in blocks
        if not one.startswith("# /etc/") and len(one.replace("\\\n", "").splitlines()) > 1
    ]
    assert len(commands) >= 9
    assert [one for one in commands if not one.startswith(("set -e\n", "set -eo pipefail\n"))] == []
    assert [one for one in commands if " | " in one and not one.startswith("set -eo pipefail")] == []


def test_every_variable_that_the_house_reads_stands_in_the_manual() -> None:
    read = set()
    for path in (ROOT / "src" / "zuzahlung").rglob("*.py"):
        read |= set(re.findall(r"\"((?:ZUZAHLUNG|DATABASE)_[A-Z_]+)\"", path.read_text(encoding="utf-8")))
    assert len(read) > 15
    assert {name for name in read if f"`{name}`" not in MANUAL} == set()


def test_every_command_in_the_manual_is_one_that_the_program_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    words = set(re.findall(r"zuzahlung ([a-z]+(?:-[a-z]+)*)", MANUAL))
    prose = {"zuzahlung"}
    assert {word for word in words if word not in main.COMMANDS} <= prose
    started: list[object] = []

    def start(given: object) -> int:
        started.append(given)
        return 0

    monkeypatch.setattr("zuzahlung.cli.commands.serve.run", start)
    monkeypatch.setattr("zuzahlung.cli.commands.work.run", start)
    lines = re.findall(r"ExecStart=/usr/local/bin/zuzahlung ([^`\n]+)", MANUAL)
    assert len(lines) == 3
    for line in lines:
        assert main.main(line.split()) == 0, line
    assert len(started) == 3


def test_every_test_that_the_documents_name_is_there() -> None:
    for name in ("security.md", "operations.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        named = set(re.findall(r"tests/[\w/]+(?:\.py)?", text))
        assert {one for one in named if not (ROOT / one).exists()} == set()
    promises = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]+/test_\w+\.py)(?:::(test_\w+))?", promises))
    assert len(named) > 100
    for path, test in named:
        assert f"def {test}" in (ROOT / "tests" / path).read_text(encoding="utf-8"), (path, test)
