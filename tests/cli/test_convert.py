"""`zuzahlung convert` gives the whole result or none, leaves no half file behind, and says in a sentence why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shell import PROGRAM
from zuzahlung.cli import payloads
from zuzahlung.cli.commands import convert
from zuzahlung.cli.main import main

FILE = b"UNH+00001+SLLA:21:0:0'\r\nNAD+M\xfcller+Erna+19450131'\r\nUNT+000003+00001'\r\n"
DOCUMENT = r"""{"format": "esol-json/1", "charset": "I1", "line_end": "\r\n", "segments": [
{"segment": "UNH", "nachrichtenreferenznummer": "00001", "nachrichtenkennung": {"typ": "SLLA", "version": "21", "freigabe": "0", "organisation": "0"}},
{"segment": "NAD", "nachname": "Müller", "vorname": "Erna", "geburtsdatum": "19450131"},
{"segment": "UNT", "anzahl_einheiten": 3, "nachrichtenreferenznummer": "00001"}
]}
""".encode()
HEAVY = {"django", "psycopg", "pydantic", "rich", "procrastinate", "cryptography"}


@pytest.fixture
def esol(tmp_path: Path) -> Path:
    (tmp_path / "a.esol").write_bytes(FILE)
    return tmp_path / "a.esol"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    (tmp_path / "a.json").write_bytes(DOCUMENT)
    return tmp_path / "a.json"


def call(*words: object, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [PROGRAM, "convert", *map(str, words)], input=typed, capture_output=True, timeout=60, check=False
    )


def left_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_the_standard_output_is_the_result_byte_for_byte(
    esol: Path, document: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["convert", str(esol), "--to", "json"]) == 0
    assert capsysbinary.readouterr() == (DOCUMENT, b"")
    assert main(["convert", str(document), "--to", "esol"]) == 0
    assert capsysbinary.readouterr() == (FILE, b"")


def test_files_pass_through_pipes() -> None:
    done = call("-", "--to", "json", typed=FILE)
    assert (done.returncode, done.stdout, done.stderr) == (0, DOCUMENT, b"")
    done = call("-", "--to", "esol", typed=DOCUMENT)
    assert (done.returncode, done.stdout, done.stderr) == (0, FILE, b"")


def test_the_charset_is_that_of_the_command_one_way_and_that_of_the_json_back(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file, out = tmp_path / "i8.esol", tmp_path / "i8.json"
    file.write_bytes(FILE.replace(b"\xfc", b"}"))
    assert main(["convert", str(file), "--to", "json", "--charset", "I8", "--out", str(out)]) == 0
    assert out.read_bytes() == DOCUMENT.replace(b'"I1"', b'"I8"')
    assert main(["convert", str(out), "--to", "esol"]) == 0
    assert capsysbinary.readouterr() == (file.read_bytes(), b"")


def test_a_charset_beside_the_one_in_the_json_is_a_wrong_call(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(document), "--to", "esol", "--charset", "I1"]) == 2
    assert capsys.readouterr() == (
        "",
        "zuzahlung: --charset gilt nur mit --to json; sonst nennt das JSON den Zeichensatz.\n",
    )


def test_a_file_for_the_result_is_for_its_owner_alone_and_replaces_an_older_one(
    esol: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    out.write_bytes(b"older and longer " * 1000)
    assert main(["convert", str(esol), "--to", "json", "--out", str(out)]) == 0
    assert out.read_bytes() == DOCUMENT
    assert out.stat().st_mode & 0o777 == 0o600
    assert left_in(tmp_path) == {"a.esol", "out.json"}


def test_a_link_to_the_result_stays_a_link(esol: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "folder" / "real.json")
    assert main(["convert", str(esol), "--to", "json", "--out", str(tmp_path / "link.json")]) == 0
    assert (tmp_path / "folder" / "real.json").read_bytes() == DOCUMENT
    assert (tmp_path / "link.json").is_symlink()


REFUSED = DOCUMENT.replace(b'"Erna"', '"Dvořák\\u001b[2J", "\\u001b[31m": 1'.encode()).replace(
    b" 3,", b' "3",'
)
SENTENCES = (
    "/segments/1/\\u001b[31m: Dieses Element ist hier nicht bekannt.\n"
    "/segments/1/vorname: „Vorname“ enthält ein Zeichen, das in keinem Text stehen darf.\n"
    "/segments/2/anzahl_einheiten: Hier wird eine ganze Zahl ohne Anführungszeichen erwartet.\n"
)


@pytest.mark.parametrize("to_file", [True, False])
def test_a_refused_document_is_explained_place_by_place_and_nothing_is_written(
    to_file: bool, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file, out = tmp_path / "b.json", tmp_path / "b.esol"
    file.write_bytes(REFUSED)
    assert main(["convert", str(file), "--to", "esol", *(["--out", str(out)] if to_file else [])]) == 1
    said = f"{SENTENCES}zuzahlung: {file} ist abgelehnt, es ist nichts geschrieben.\n"
    assert capsysbinary.readouterr() == (b"", said.encode())
    assert left_in(tmp_path) == {"b.json"}


def test_an_older_result_survives_a_refusal(tmp_path: Path) -> None:
    file, out = tmp_path / "b.json", tmp_path / "b.esol"
    file.write_bytes(REFUSED)
    out.write_bytes(FILE)
    assert main(["convert", str(file), "--to", "esol", "--out", str(out)]) == 1
    assert out.read_bytes() == FILE


def test_what_the_charset_cannot_carry_is_refused_with_a_proposal(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document.write_bytes(DOCUMENT.replace(b"Erna", "Dvořák".encode()))
    assert main(["convert", str(document), "--to", "esol"]) == 1
    assert capsys.readouterr().err.startswith(
        "/segments/1/vorname: Das Zeichen „ř“ an Stelle 4 kann der Zeichensatz I1 nicht übertragen. Vorschlag: r\n"
    )


def test_after_a_hundred_findings_no_more_are_looked_for(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = DOCUMENT.splitlines(keepends=True)
    document.write_bytes(b"".join([*lines[:2], *[b'{"segment": "X"},\n'] * 200, *lines[3:]]))
    assert main(["convert", str(document), "--to", "esol"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 102
    assert said[100] == "Nach 100 Fehlern wurde nicht weiter gesucht."


@pytest.mark.parametrize(
    ("to", "data", "says"),
    [
        ("json", b"", "In der Datei steht kein Segment."),
        ("json", FILE[:-10], "Ab Byte 51 (Segment 3): Die Datei bricht mitten in einem Segment ab."),
        ("json", DOCUMENT, "Ab Byte 0 (Segment 1): Die Datei bricht mitten in einem Segment ab. Sie ist JSON. Hat „zuzahlung convert“ sie geschrieben, wird sie mit „--to esol“ wieder eine Abrechnungsdatei."),
        ("json", b"\x89PNG\r\n" + b"x" * 100_000, "Ab Byte 0 (Segment 1): Hier beginnt ein Segment, das nach 65536 Zeichen noch nicht zu Ende ist. Sie ist ein Bild. Gebraucht wird die Datei, die Ihre Software für die Datenannahmestelle schreibt."),
        ("json", b"A'" + b" " * 200_000, "Ab Byte 2: Hier beginnt Leerraum, der nach 65536 Zeichen noch nicht zu Ende ist."),
        ("json", b"UNA:+.* 'A'", "Die Datei nennt am Anfang (UNA) andere Trennzeichen als : + , ? und '."),
        ("esol", b"", "Das JSON bricht in Zeile 1 ab."),
        ("esol", DOCUMENT[:-3], "Das JSON bricht in Zeile 5 ab."),
        ("esol", FILE, "Die Datei ist kein Text in UTF-8, also kein JSON."),
        ("esol", FILE.replace(b"\xfc", b"ue"), "In Zeile 1 ist das kein JSON, wie es hier erwartet wird."),
        ("esol", b"[" * 1_000_000, "In Zeile 1 ist das kein JSON, wie es hier erwartet wird."),
        ("esol", b'{"format": ' + b"[" * 1_000_000, "In Zeile 1 ist das kein JSON, wie es hier erwartet wird."),
    ],
    ids=lambda given: str(given)[:20],
)  # fmt: skip
def test_what_cannot_be_read_ends_with_2(
    to: str, data: bytes, says: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    assert main(["convert", str(file), "--to", to]) == 2
    said = f"zuzahlung: {file} lässt sich nicht lesen. {says}\n"
    assert capsysbinary.readouterr() == (b"", said.encode())
    assert main(["convert", str(file), "--to", to, "--out", str(tmp_path / "out")]) == 2
    assert left_in(tmp_path) == {"file"}


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(tmp_path / "none"), "--to", "json"]) == 2
    assert main(["convert", str(tmp_path), "--to", "json"]) == 2
    assert capsys.readouterr() == (
        "",
        (
            f"zuzahlung: {tmp_path / 'none'} lässt sich nicht lesen. Die Datei oder der Ordner darüber fehlt.\n"
            f"zuzahlung: {tmp_path} lässt sich nicht lesen. Das ist ein Ordner.\n"
        ),
    )


def test_the_standard_input_is_called_by_its_name() -> None:
    done = call("-", "--to", "json", typed=b"A")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        "zuzahlung: Die Standardeingabe lässt sich nicht lesen. Ab Byte 0 (Segment 1): "
        "Die Datei bricht mitten in einem Segment ab.\n"
    )


def test_a_place_where_nothing_can_be_written_is_refused(
    esol: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "same.esol").hardlink_to(esol)
    for out in ("nowhere/out", "folder", "pipe", "a.esol", "same.esol"):
        assert main(["convert", str(esol), "--to", "json", "--out", str(tmp_path / out)]) == 1
    assert capsys.readouterr() == (
        "",
        (
            f"zuzahlung: Den Ordner {tmp_path / 'nowhere'} gibt es nicht. Bitte legen Sie ihn zuerst an.\n"
            f"zuzahlung: {tmp_path / 'folder'} ist ein Ordner. Bitte nennen Sie eine Datei.\n"
            f"zuzahlung: {tmp_path / 'pipe'} ist keine gewöhnliche Datei. Bitte wählen Sie einen anderen Namen.\n"
            f"zuzahlung: {tmp_path / 'a.esol'} ist die Datei, die gelesen wird. Bitte wählen Sie einen anderen Namen.\n"
            f"zuzahlung: {tmp_path / 'same.esol'} ist die Datei, die gelesen wird. Bitte wählen Sie einen anderen Namen.\n"
        ),
    )
    assert esol.read_bytes() == FILE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="not run: no /dev/full on this system")
def test_a_full_disk_is_a_sentence(esol: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROGRAM, "convert", esol, "--to", "json"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr.decode()) == (
        1,
        "zuzahlung: Die Standardausgabe lässt sich nicht schreiben. Der Datenträger ist voll.\n",
    )


def test_a_reader_that_has_seen_enough_gets_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "long.esol"
    file.write_bytes(FILE * 20_000)
    process = subprocess.Popen(
        [PROGRAM, "convert", file, "--to", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(10) == b'{"format":'
    process.stdout.close()
    assert (process.stderr.read(), process.wait(timeout=60)) == (b"", 1)
    process.stderr.close()


def test_whoever_ends_it_midway_finds_no_half_file(
    tmp_path: Path, esol: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(name: str) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(payloads, "pieces", interrupted)
    assert main(["convert", str(esol), "--to", "json", "--out", str(tmp_path / "out")]) == 130
    assert left_in(tmp_path) == {"a.esol"}


def test_a_result_larger_than_what_is_held_in_memory_comes_whole(
    esol: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(convert, "IN_MEMORY", 10)
    assert main(["convert", str(esol), "--to", "json"]) == 0
    assert capsysbinary.readouterr().out == DOCUMENT


def test_another_target_is_a_wrong_call(esol: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["convert", str(esol), "--to", "xml"])
    assert ended.value.code == 2
    assert "--to: „xml“ geht nicht" in capsys.readouterr().err


def test_it_loads_nothing_of_the_site(esol: Path) -> None:
    program = (
        "import sys; from zuzahlung.cli.main import main\n"
        f"main(['convert', {str(esol)!r}, '--to', 'json'])\n"
        "import json; print(json.dumps(list(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == DOCUMENT
    assert HEAVY.isdisjoint(json.loads(done.stderr))
