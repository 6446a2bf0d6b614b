"""The command says in German what became of a delivery, and its exit code says it to programs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.database import HouseDatabase
from tests.exemptions.deliveries import EVA, MAX, TOM, YEAR, insured, line, ndjson

SETTINGS = "[exemptions]\nfaulty_share = 0.4\nmissing_share = 0.4\n"


@pytest.fixture(autouse=True)
def house(house_database: HouseDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HouseDatabase:
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("ZUZAHLUNG_SETTINGS", str(tmp_path / "settings.toml"))
    return house_database


def command(*words: object) -> tuple[int, str, str]:
    """Runs the command; gives its exit code, its output with other seconds and rates, and its notes."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-m", "zuzahlung.cli.main", "import-exemptions", *map(str, words)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    output = re.sub(r" +\d+,\d Sekunden, [\d.]+ Zeilen/s", " N Sekunden, N Zeilen/s", done.stdout)
    return done.returncode, output, done.stderr


def test_a_stand_that_is_served_ends_with_0_and_its_faulty_lines(tmp_path: Path) -> None:
    file = ndjson(tmp_path / "delivery", [line(MAX, YEAR), line(EVA), "{"])
    code, output, notes = command(file, "--day", "2020-03-01")
    assert code == 0
    assert output == (
        "Der Stand vom 01.03.2020 gilt.\n"
        "             3 gelesene Zeilen\n"
        "             2 Versicherte\n"
        "             1 fehlerhafte Zeile ausgelassen\n"
        " N Sekunden, N Zeilen/s\n"
    )
    assert "Zeile 3: Die Zeile ist kein vollständiges JSON-Objekt." in notes
    assert insured(MAX) is not None


def test_a_stand_that_waits_ends_with_3_and_says_why(tmp_path: Path) -> None:
    _, _, first = command(ndjson(tmp_path / "delivery", [line(MAX), line(EVA)]))
    assert "Bisherigen Stand entfernen" not in first, "there was none before"
    code, output, notes = command(ndjson(tmp_path / "delivery", [line(TOM)]))
    assert code == 3
    assert "             1 gelesene Zeile\n             1 Versicherter\n" in output
    assert "Bisherigen Stand entfernen" not in notes, "it is served on"
    assert "wartet auf den Betreiber" in output
    assert "100,00 % der Versicherten des bisherigen Standes fehlen; erlaubt sind 40,00 %." in output
    assert insured(TOM) is None


def test_the_old_stand_is_said_to_be_cleared_away_when_it_is(tmp_path: Path) -> None:
    file = ndjson(tmp_path / "delivery", [line(MAX), line(EVA)])
    command(file)
    _, output, notes = command(file)
    assert " gilt.\n" in output
    assert "Bisherigen Stand entfernen …" in notes


def test_a_refused_file_ends_with_1_line_and_reason(tmp_path: Path) -> None:
    file = ndjson(tmp_path / "delivery", [line(MAX), line(EVA, vorname="Eva")])
    code, output, notes = command(file)
    assert (code, output) == (1, "")
    assert "Zeile 2: Das Feld „vorname“ ist unbekannt." in notes
    assert "Traceback" not in notes


def test_a_file_that_is_not_there_ends_with_1(tmp_path: Path) -> None:
    code, _, notes = command(tmp_path / "nowhere")
    assert code == 1
    assert "gibt es nicht" in notes
