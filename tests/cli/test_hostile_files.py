"""Whatever a file holds and however it is called, the commands on files stay calm: no steered terminal, no traceback.

They end in bounded memory, with a sentence that helps whoever took the wrong file.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.shell import PROGRAM
from zuzahlung.cli import drafts
from zuzahlung.cli.drafts import draft
from zuzahlung.cli.main import main

GOOD = (
    b"UNB+UNOC:3+440301798+660999007+20261005:1040+00118+B+SL030179S10+0'\r\n"
    b"UNH+00001+SLLA:21:0:0'\r\n"
    b"FKT+01++440301798+109990018+109990018'\r\n"
    b"REC+2026-1001:0+20261005+1'\r\n"
    b"INV+A123456780+10000+1+1'\r\n"
    b"NAD+Mustermann+J\xf6rg+19720413'\r\n"
    b"EHE+22:00501+20501+1,00+29,63+20260907+2,96'\r\n"
    b"ZHE+110178400+906716934+20260901+3+WS+03+++++++1000++0+1+2'\r\n"
    b"DIA+M54.5'\r\n"
    b"BES+29,63+12,96+2,96+10,00'\r\n"
    b"UNT+000010+00001'\r\n"
    b"UNZ+000001+00118'\r\n"
)
UTF_16 = GOOD.decode("latin-1").encode("utf-16-le")
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gut.esol").write_bytes(GOOD)
    return tmp_path


def call(command: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Runs the command line as a shell does, with the program in the place of `zuzahlung`."""
    return subprocess.run(
        ["bash", "-c", f'zuzahlung() {{ "{PROGRAM}" "$@"; }}; {command}'],
        capture_output=True,
        env={**os.environ, **more},
        timeout=60,
        check=False,
    )


# What is no Abrechnungsdatei

SOFTWARE = "Gebraucht wird die Datei, die Ihre Software für die Datenannahmestelle schreibt."
UNICODE = "Sie ist in Unicode (UTF-8 mit BOM, oder UTF-16) gespeichert. Ihre Software muss sie in ISO 8859-1 schreiben."


def zipped() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(zipfile.ZipInfo("gut.esol"), GOOD)
    return whole.getvalue()


LOOKALIKES = [
    (zipped(), "Sie ist gepackt (zum Beispiel als ZIP). Bitte packen Sie sie zuerst aus."),
    (
        gzip.compress(GOOD, mtime=0),
        "Sie ist gepackt (zum Beispiel als ZIP). Bitte packen Sie sie zuerst aus.",
    ),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", f"Sie ist ein PDF. {SOFTWARE}"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", f"Sie ist ein Bild. {SOFTWARE}"),
    (
        b"5000000100000348000TSOL0007   440301798",
        "Sie ist eine Auftragsdatei. Gebraucht wird die Datei, die mit ihr gesendet wird; sie heißt ebenso, ohne .AUF.",
    ),
    (
        b"\x30\x82\x1a\x2b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0",
        "Sie ist verschlüsselt oder unterschrieben. Prüfen lässt sie sich nur, wie sie davor war.",
    ),
    (b"\xef\xbb\xbf" + GOOD, UNICODE),
    (UTF_16, UNICODE),
    (b"\xff\xfe" + UTF_16, UNICODE),
    (
        b'{"format": "esol-json/1"}',
        "Sie ist JSON. Hat „zuzahlung convert“ sie geschrieben, wird sie mit „--to esol“ wieder eine Abrechnungsdatei.",
    ),
    (b'<?xml version="1.0"?><Bundle/>', "Sie ist XML oder eine Internetseite."),
]
LOOKALIKES_NAMES = [
    "zip",
    "gzip",
    "pdf",
    "jpeg",
    "cover",
    "cms",
    "utf-8",
    "utf-16",
    "utf-16 bom",
    "json",
    "xml",
]


@pytest.mark.parametrize(("data", "advice"), LOOKALIKES, ids=LOOKALIKES_NAMES)
def test_whoever_took_the_wrong_file_is_told_which(
    data: bytes, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("falsch").write_bytes(data)
    assert main(["check", "falsch"]) == 2
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"1 Fehler. Nicht lesbar: Das ist keine Abrechnungsdatei nach § 302 SGB V. {advice}"
    )
    assert main(["explain", "falsch"]) == 2
    assert capsys.readouterr().err == (
        "zuzahlung: falsch lässt sich nicht lesen. "
        f"Das ist keine Abrechnungsdatei nach § 302 SGB V: Am Anfang steht kein UNB. {advice}\n"
    )


@pytest.mark.parametrize("data", [b"Sehr geehrte Damen und Herren,", b"\x00" * 100, b"UNB+UNOC:3+44"])
def test_nothing_is_guessed_of_what_looks_like_nothing(
    data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("etwas").write_bytes(data)
    main(["explain", "etwas"])
    assert "Sie ist" not in capsys.readouterr().err


# Names of files

HOSTILE_NAMES = ["a\nKein Fehler.esol", "\x1b[31mrot\x1b]0;t\x07.esol", "\x9b2J.esol", "\u202elose.esol"]


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_the_name_of_a_file_steers_no_terminal(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["check"], ["explain"], ["convert", "--to", "json"], ["convert", "--to", "esol"]):
        assert main([*command, name]) == 2
    assert main(["convert", "gut.esol", "--to", "json", "--out", f"{name}/aus"]) == 1
    Path(name).write_bytes(b"kein UNB")
    for command in (["check"], ["explain"], ["convert", "--to", "json"]):
        assert main([*command, name]) == 2
    assert main(["explain", "gut.esol", "--html", name]) == 0
    with pytest.raises(SystemExit):
        main(["explain", "gut.esol", name])
    said = capsys.readouterr()
    assert not STEERING.search(said.out + said.err)
    assert "\nKein Fehler.esol" not in said.out + said.err


def test_a_hostile_name_stays_readable(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "\x1b[2J\u202e\nb.esol"]) == 2
    assert capsys.readouterr().err == (
        "zuzahlung: <0x1B>[2J<U+202E><0x0A>b.esol lässt sich nicht lesen. Die Datei oder der Ordner darüber fehlt.\n"
    )


def test_json_names_a_file_as_it_is_called_and_hides_nothing_from_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "--json", "\x9b2J.esol"]) == 2
    printed = capsys.readouterr().out
    assert not STEERING.search(printed)
    (file,) = json.loads(printed)["files"]
    assert (file["file"], file["text"]) == (
        "\x9b2J.esol",
        "Die Datei oder der Ordner darüber fehlt: <0x9B>2J.esol.",
    )


# What a file holds


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_a_tag_that_steers_a_terminal_is_made_visible(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("boese.esol").write_bytes(GOOD.replace(b"DIA+M54.5'", b"X\x9b2J\x1b[2J+1'DIA+M54.5'"))
    assert main(["check", *options, "boese.esol"]) == 1
    printed = capsys.readouterr().out
    assert not STEERING.search(printed)
    assert "X<0x9B>2J<0x1B>[2J" in printed


# Streams


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_the_findings_as_json_are_utf_8_on_every_system(encoding: str) -> None:
    done = call("zuzahlung check --json gut.esol", PYTHONIOENCODING=encoding)
    assert json.loads(done.stdout.decode("utf-8"))["files"][0]["text"] == "Abzuweisen in Prüfstufe 3."


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("check - <&-", 2),
        ("explain - <&-", 2),
        ("convert - --to json <&-", 2),
        ("check gut.esol >&-", 1),
        ("explain gut.esol >&-", 0),
        ("explain gut.esol --html seite.html >&-", 0),
        ("convert gut.esol --to json >&-", 0),
        ("explain fehlt.esol 2>&-", 2),
    ],
)
def test_a_closed_stream_is_no_traceback(command: str, code: int) -> None:
    done = call(f"zuzahlung {command}")
    assert done.returncode == code
    assert b"Traceback" not in done.stderr


def test_a_refusal_never_goes_where_the_result_belongs() -> None:
    assert call("zuzahlung explain fehlt.esol 2>&-").stdout == b""


# Where results are written


@pytest.mark.parametrize("command", ["convert gut.esol --to json --out", "explain gut.esol --html"])
def test_the_standard_output_is_not_replaced_under_its_other_name(command: str) -> None:
    done = call(f"{{ echo davor; zuzahlung {command} /dev/stdout; echo danach; }} > alles.txt")
    assert done.stderr.decode() == (
        "zuzahlung: /dev/stdout ist die Standardausgabe. Bitte nennen Sie eine andere Datei.\n"
    )
    assert Path("alles.txt").read_text() == "davor\ndanach\n"


@pytest.mark.parametrize("command", [["convert", "--to", "json", "--out"], ["explain", "--html"]])
def test_links_in_a_circle_are_a_sentence(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("kreis").symlink_to("kreis")
    assert main([*command, "kreis", "gut.esol"]) == 1
    assert main(["check", "kreis"]) == 2
    said = capsys.readouterr()
    assert said.err == "zuzahlung: kreis lässt sich nicht schreiben. Die Verknüpfungen führen im Kreis.\n"
    assert said.out.endswith("Die Verknüpfungen führen im Kreis: kreis.\n")


def test_in_a_folder_for_everybody_a_link_is_not_followed() -> None:
    Path("opfer").write_bytes(b"bleibt")
    everybodys = Path("alle")
    everybodys.mkdir()
    everybodys.chmod(0o1777)
    (everybodys / "aus.json").symlink_to(Path("opfer").absolute())
    assert main(["convert", "gut.esol", "--to", "json", "--out", "alle/aus.json"]) == 0
    assert Path("opfer").read_bytes() == b"bleibt"
    assert not (everybodys / "aus.json").is_symlink()
    assert (everybodys / "aus.json").read_bytes().startswith(b'{"format"')


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("command", [["convert", "--to", "json", "--out"], ["explain", "--html"]])
def test_whoever_ends_it_from_outside_finds_no_half_file(
    command: list[str], number: signal.Signals, folder: Path
) -> None:
    process = subprocess.Popen(
        [PROGRAM, *command, "aus", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(GOOD + b"X'" * 200_000)
    process.stdin.flush()
    half = list(folder.glob(".zuzahlung-*"))
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert len(half) == 1, "it had begun to write"
    assert b"Traceback" not in said
    assert process.returncode == 128 + number
    assert [file.name for file in folder.iterdir()] == ["gut.esol"]


def test_what_is_ignored_stays_ignored_and_what_is_taken_is_given_back() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with draft(Path("aus")) as file:
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is drafts._end
            file.write(b"fertig")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert Path("aus").read_bytes() == b"fertig"


# Size


LITTLE = "ulimit -v 250000; "
"""Some 240 MiB of addresses, of which Python itself takes less than half."""


ENDLESS = {
    "nothing but zeros": "head -c 300M /dev/zero",
    "no terminator": "(printf UNB+; head -c 300M /dev/zero | tr '\\0' A)",
    "no digit is the last": '(printf \'{"segments": [\'; head -c 300M /dev/zero | tr "\\\\0" 9)',
    "no bracket is the last": "(printf '{\"a\": '; head -c 300M /dev/zero | tr '\\0' '[')",
}


@pytest.mark.thorough
@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
@pytest.mark.parametrize(
    "command", ["check -", "explain -", "explain - --html aus", "convert - --to json", "convert - --to esol"]
)
def test_what_never_ends_is_given_up_in_bounded_memory(source: str, command: str) -> None:
    done = call(f"{LITTLE} {source} | zuzahlung {command}")
    assert done.returncode in {1, 2}
    assert b"Error" not in done.stderr


def test_so_little_memory_is_too_little_for_what_is_kept() -> None:
    done = call(
        f"{LITTLE} '{sys.executable}' -c 'import sys; sys.stdin.buffer.read()' < <(head -c 300M /dev/zero)"
    )
    assert b"MemoryError" in done.stderr
