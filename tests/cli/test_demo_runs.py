"""The demo lets people in as it prints, on a server of their own too, and does nothing twice at its next start."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

import psycopg
import pytest

from tests.cli.shell import READY, Demo, call, folder_for_a_house, processes_of, refusal, wait_until
from zuzahlung.cli import database, roles
from zuzahlung.cli.places import place_for
from zuzahlung.cli.postgres import SUPERUSER, EmbeddedPostgres, running_pid

pytestmark = pytest.mark.story


@pytest.fixture
def var() -> Iterator[Path]:
    with folder_for_a_house() as folder:
        yield folder


@pytest.fixture
def own_server() -> Iterator[EmbeddedPostgres]:
    """A server that somebody set up himself, with the roles that the house prints."""
    with folder_for_a_house() as folder:
        server = EmbeddedPostgres(
            place_for(folder / "postgres", say=print), options=("fsync=off",), initdb=("--no-sync",)
        )
        server.start()
        script = call(folder, "database-roles").stdout
        words = ["--host", str(server.place.sockets), "--username", SUPERUSER, "--set", "ON_ERROR_STOP=1"]
        subprocess.run([str(server.place.binaries / "psql"), *words], input=script, text=True, check=True)
        yield server
        server.stop()


def sign_in(address: str, **fields: str) -> str:
    """Signs in as a browser does; the address where one arrives."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(address, timeout=20) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert token is not None
    form = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
    with browser.open(urllib.request.Request(address, form, {"Referer": address}), timeout=20) as page:
        arrived: str = page.url
        return arrived


@dataclass(frozen=True)
class Facts:
    """What a start could do a second time."""

    institutions: int
    people: tuple[object, ...]
    operators: int
    stands: tuple[object, ...]
    answers: int
    collected_at: int
    passwords: str


def facts(server: EmbeddedPostgres, var: Path) -> Facts:
    with psycopg.connect(server.url(SUPERUSER, roles.DATABASE)) as connection:

        def one(question: str) -> int:
            row = connection.execute(question.encode()).fetchone()
            assert row is not None
            return int(row[0])

        return Facts(
            institutions=one("select count(*) from accounts_institution"),
            people=tuple(connection.execute("select id, password from accounts_person").fetchall()),
            operators=one("select count(*) from accounts_operator"),
            stands=tuple(connection.execute("select id, state from exemptions_stand").fetchall()),
            answers=one("select count(*) from journal_entry where action = 'exemption-query'"),
            collected_at=(var / "static" / ".collected").stat().st_mtime_ns,
            passwords=(var / "demo" / "passwords.json").read_text(encoding="utf-8"),
        )


def asks(demo: Demo) -> Mapping[str, object]:
    """Pastes the printed line into a shell."""
    command = shlex.split(demo.finds(r"(?m)^(curl .*)$"))
    answer: Mapping[str, object] = json.loads(
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
    )
    return answer


def test_on_a_server_of_ones_own_it_lets_people_in_and_does_nothing_twice(
    own_server: EmbeddedPostgres, var: Path
) -> None:
    addresses = database.addresses(own_server)
    with Demo(var, **addresses) as first:
        first.hear(READY)
        password = first.finds(r"Passwort +(.+)")
        operators_password = first.finds(r"(?s)Betreiberseite.*?Passwort +([^\n]+)")
        assert password != operators_password
        assert sign_in(f"{first.portal}/anmelden/", name="443100018", password=password) == (
            f"{first.portal}/abfrage/"
        )
        assert sign_in(f"{first.operator}/login/", name="betrieb", password=operators_password) == (
            f"{first.operator}/"
        )
        assert asks(first)["result"] == "exempt"
        assert first.end() == 0
    assert own_server.is_running()
    assert not (var / "postgres").exists()
    assert processes_of(var) == set()

    before = facts(own_server, var)
    assert (before.institutions, before.operators, before.answers) == (4, 1, 5)
    with Demo(var, **addresses) as second:
        second.hear(READY)
        assert "Die Tabellen werden angelegt" in first.said
        assert "Die Tabellen werden angelegt" not in second.said
        assert second.finds(r"Passwort +(.+)") == password
        assert second.finds(r"(zuz_\w+)") != first.finds(r"(zuz_\w+)")
        assert second.end() == 0
    assert facts(own_server, var) == before

    elsewhere = var / "elsewhere"
    assert refusal(call(elsewhere, "demo", "--port", "1024", "--operator-port", "1025", **addresses)) == (
        "In dieser Datenbank liegt schon etwas, das nicht die Demo angelegt hat. Die Demo braucht einen leeren "
        "Ordner (ZUZAHLUNG_VAR) und, wo DATABASE_URL gesetzt ist, eine leere Datenbank."
    )
    assert facts(own_server, var) == before
    assert not (elsewhere / "keys" / "vault.keys").exists()


def test_a_first_start_that_was_ended_midway_leaves_nothing_running_and_is_taken_up_again(var: Path) -> None:
    with Demo(var) as first:
        first.hear("Die Tabellen werden angelegt")
        assert first.end() == 130
    assert first.said.endswith("zuzahlung: abgebrochen.\n")
    wait_until(lambda: processes_of(var) == set())
    assert running_pid(var / "postgres" / "data") is None

    with Demo(var) as second:
        second.hear(READY)
        assert asks(second)["result"] == "exempt"
        assert refusal(call(var, "demo", "--port", "1024", "--operator-port", "1025")).startswith(
            f"In {var} läuft schon eine Demo: {second.portal}."
        )
        assert asks(second)["result"] == "exempt"
        assert second.end() == 0
