"""`zuzahlung check` tells all findings of any file, to a person and to a program, and ends with the right code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from zuzahlung.cli.main import main

GOOD = (
    b"UNB+UNOC:3+440301798+660999007+20261005:1040+00118+B+SL030179S10+0'\r\n"
    b"UNH+00001+SLGA:21:0:0'\r\n"
    b"FKT+01++440301798+109990018+109990018+440301798'\r\n"
    b"REC+2026-1001:0+20261005+1'\r\n"
    b"GES+00+150,02+177,78+27,76'\r\n"
    b"GES+11+150,02+177,78+27,76'\r\n"
    b"NAM+Physiotherapie Mustermann'\r\n"
    b"UNT+000007+00001'\r\n"
    b"UNH+00002+SLLA:21:0:0'\r\n"
    b"FKT+01++440301798+109990018+109990018'\r\n"
    b"REC+2026-1001:0+20261005+1'\r\n"
    b"INV+A123456780+10000+1+1'\r\n"
    b"NAD+D?'Angelo+Luigi+19720413'\r\n"
    b"EHE+22:00501+20501+6,00+29,63+20260907+2,96'\r\n"
    b"ZHE+110178400+906716934+20260901+3+WS+03++++++1+1000++0+1+2'\r\n"
    b"DIA+M54.5'\r\n"
    b"BES+177,78+27,76+17,76+10,00'\r\n"
    b"UNT+000010+00002'\r\n"
    b"UNZ+000002+00118'\r\n"
)
FAULTY = GOOD.replace(b"+M54.5'", b"+M54.5+'").replace(b"UNT+000010", b"UNT+000011")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gut.esol").write_bytes(GOOD)
    (tmp_path / "falsch.esol").write_bytes(FAULTY)
    (tmp_path / "bild.esol").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (tmp_path / "leer.esol").write_bytes(b"")
    return tmp_path


def test_a_good_file_has_no_finding(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "gut.esol"]) == 0
    assert capsys.readouterr().out == "gut.esol\nKein Fehler in den Prüfstufen 1 bis 3.\n"


TEXT = """\
falsch.esol

  Fehler, Stufe 2, Segment 16 (DIA), ab Byte 540: Am Ende steht ein Trennzeichen „+“ zu viel.
    DIA+M54.5+'
    Regel segment.trailing-separator (TA1 V21, 5.2(2), (3)). Empty elements at the end are omitted with their \
separators.

  Fehler, Stufe 1, Segment 18 (UNT), Feld 1, ab Byte 584: Die Nachricht hat 10 Segmente, angegeben sind 11.
    UNT+000011+00002'
    Regel unt.count (TA1 V21, 5.4). 0074 counts the segments of the message with UNH and UNT: 10, given 11.
2 Fehler. Abzuweisen in Prüfstufe 1.
"""


def test_every_finding_is_told_with_place_segment_words_and_document(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "falsch.esol"]) == 1
    assert capsys.readouterr().out == TEXT


def as_json(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["files"]
    return files


def test_a_program_gets_the_same_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", "gut.esol", "falsch.esol"]) == 1
    good, faulty = as_json(capsys)
    assert good == {
        "file": "gut.esol",
        "findings": [],
        "errors": 0,
        "warnings": 0,
        "notes": 0,
        "isReadable": True,
        "text": "Kein Fehler in den Prüfstufen 1 bis 3.",
    }
    assert (faulty["errors"], faulty["text"]) == (2, "Abzuweisen in Prüfstufe 1.")
    assert faulty["findings"][1] == {
        "rule": "unt.count",
        "stufe": 1,
        "severity": "error",
        "segment": 18,
        "offset": 584,
        "place": "1",
        "pointer": "18/UNT.1",
        "content": "UNT+000011+00002",
        "text": "Die Nachricht hat 10 Segmente, angegeben sind 11.",
        "detail": "0074 counts the segments of the message with UNH and UNT: 10, given 11.",
        "source": "TA1 V21, 5.4",
    }


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "bild.esol",
            (
                "Nicht lesbar: Das ist keine Abrechnungsdatei nach § 302 SGB V. "
                "Sie ist ein Bild. Gebraucht wird die Datei, die Ihre Software für die Datenannahmestelle schreibt."
            ),
        ),
        ("leer.esol", "Nicht lesbar: Das ist keine Abrechnungsdatei nach § 302 SGB V."),
        ("fehlt.esol", "Die Datei oder der Ordner darüber fehlt: fehlt.esol."),
        (".", "Das ist ein Ordner: .."),
    ],
)
def test_what_is_no_such_file_is_said_and_ends_with_2_after_the_others_were_checked(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, sentence: str
) -> None:
    assert main(["check", "--json", name, "falsch.esol"]) == 2
    unreadable, faulty = as_json(capsys)
    assert (unreadable["isReadable"], unreadable["text"]) == (False, sentence)
    assert faulty["errors"] == 2


def test_the_standard_input_is_a_file_as_well() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zuzahlung.cli.main", "check", "-"],
        input=GOOD,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == "Standardeingabe\nKein Fehler in den Prüfstufen 1 bis 3.\n"


def test_a_reader_that_goes_away_ends_the_command_quietly(folder: Path) -> None:
    (folder / "viele.esol").write_bytes(FAULTY.replace(b"DIA+M54.5+'\r\n", b"DIA+M54.5+'\r\n" * 20_000))
    command = f"{sys.executable} -m zuzahlung.cli.main check viele.esol | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=folder, check=False)
    assert (done.stdout, done.stderr) == (b"viele.esol\n", b"")


def test_nothing_a_file_holds_steers_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "boese.esol").write_bytes(GOOD.replace(b"Luigi", b"\x1b]0;gekapert\x07\x1b[2J"))
    assert main(["check", "boese.esol"]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "NAD+D?'Angelo+<0x1B>]0;gekapert<0x07><0x1B>[2J+19720413'" in out


def test_umlauts_of_another_charset_are_suspected_and_read_right_when_it_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "i8.esol").write_bytes(GOOD.replace(b"Luigi", b"J}rgen"))
    assert main(["check", "i8.esol"]) == 0
    assert "Warnung, Stufe 1, Segment 13 (NAD)" in capsys.readouterr().out
    assert main(["check", "i8.esol", "--charset", "I8"]) == 0
    assert capsys.readouterr().out == "i8.esol\nKein Fehler in den Prüfstufen 1 bis 3.\n"


def test_a_version_whose_tables_are_not_held_is_never_called_free_of_errors(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = GOOD.replace(b":21:0:0", b":20:0:0").replace(b"+20261005:1040", b"+20251005:1040")
    (folder / "alt.esol").write_bytes(old)
    assert main(["check", "--json", "alt.esol"]) == 0
    (file,) = as_json(capsys)
    assert [finding["rule"] for finding in file["findings"]] == ["version.not-held"]
    assert file["text"] == "Kein Fehler in Prüfstufe 1; der Inhalt ist ganz oder zum Teil ungeprüft."
