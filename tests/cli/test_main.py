"""The program explains itself in German, and loads nothing that a command does not need."""

from __future__ import annotations

import argparse
import errno
import os
import pkgutil
import subprocess
import sys

import pytest

from zuzahlung.cli import commands
from zuzahlung.cli import main as program
from zuzahlung.cli.main import COMMANDS, main

HEAVY = ("django", "psycopg", "pydantic", "rich", "procrastinate", "cryptography")


def modules_after(*words: str) -> set[str]:
    """The modules that are loaded when a command has ended, seen from a process of its own."""
    program = (
        "import sys; from zuzahlung.cli.main import main\n"
        f"try: main({list(words)!r})\n"
        "except SystemExit: pass\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("database-roles",),
        ("nonsense",),
        ("demo", "--help"),
        ("serve", "--port", "0"),
        ("backup", "/"),
        ("restore", "/nowhere"),
        ("import-institutions", "/nowhere"),
        ("import-exemptions", "/nowhere"),
        ("check", "/nowhere"),
        ("explain", "/nowhere"),
        ("convert", "/nowhere", "--to", "json"),
    ],
    ids=" ".join,
)
def test_what_needs_no_database_loads_no_django(words: tuple[str, ...]) -> None:
    loaded = modules_after(*words)
    assert "zuzahlung.cli.main" in loaded
    assert loaded.isdisjoint(HEAVY)


HELP = """\
Aufruf: zuzahlung [-h] BEFEHL ...

Serviceportal für Zuzahlungen: starten, einrichten, Daten einspielen, Abrechnungsdateien prüfen.

Optionen:
  -h, --help             zeigt diese Hilfe

Befehle:
  BEFEHL
    demo                 startet zum Ausprobieren alles mit erfundenen Daten: Datenbank, Seiten, Arbeiter
    serve                startet das Portal, mit --operator die Seite des Betreibers
    work                 startet den Arbeiter, der Briefe druckt, E-Mails versendet und aufräumt
    migrate              legt die Tabellen an oder bringt sie auf den neuesten Stand
    database-roles       zeigt das SQL, das Rollen und Datenbank auf einem eigenen PostgreSQL-Server anlegt
    create-operator      legt eine Person an, die sich auf der Betreiberseite anmelden darf
    import-institutions  spielt das Verzeichnis der Einrichtungen ein (CSV)
    import-exemptions    spielt einen neuen Stand der Befreiungen ein (NDJSON oder CSV, auch gzip)
    check                prüft Abrechnungsdateien nach § 302 SGB V und nennt alles, was daran falsch ist
    explain              zeigt eine Abrechnungsdatei so, wie ein Mensch sie liest
    convert              macht aus einer Abrechnungsdatei JSON und aus dem JSON wieder dieselbe Datei
    rotate-keys          führt neue Schlüssel des Tresors ein; was die alten schützen, bleibt lesbar
    backup               sichert die Datenbank in eine Datei (ohne die Schlüssel des Tresors)
    restore              spielt eine Sicherung in eine leere Datenbank ein

Mehr zu einem Befehl: zuzahlung BEFEHL --help
"""


def test_the_help_has_a_line_for_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert (ended.value.code, capsys.readouterr()) == (0, (HELP, ""))


def test_every_module_with_a_command_is_one_that_the_program_knows() -> None:
    modules = {module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__)}
    assert modules == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert shown.startswith(f"Aufruf: zuzahlung {name}")
    assert "zeigt diese Hilfe" in shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "zuzahlung: Es fehlt: BEFEHL. Hilfe: zuzahlung --help\n"),
        (["nonsense"], "zuzahlung: Den Befehl „nonsense“ gibt es nicht. Hilfe: zuzahlung --help\n"),
        (
            ["serve", "--port", "viele"],
            "zuzahlung serve: --port: „viele“ ist keine Zahl von 1 bis 65535. Hilfe: zuzahlung serve --help\n",
        ),
        (
            ["serve", "--port"],
            "zuzahlung serve: --port: Hier fehlt der Wert. Hilfe: zuzahlung serve --help\n",
        ),
        (
            ["serve", "--port", "65536"],
            "zuzahlung serve: --port: „65536“ ist keine Zahl von 1 bis 65535. Hilfe: zuzahlung serve --help\n",
        ),
        (
            ["serve", "--threads", "0"],
            "zuzahlung serve: --threads: „0“ ist keine Zahl von 1 bis 256. Hilfe: zuzahlung serve --help\n",
        ),
        (
            ["demo", "--with-parent=yes"],
            "zuzahlung demo: --with-parent nimmt keinen Wert, auch nicht „yes“. Hilfe: zuzahlung demo --help\n",
        ),
        (
            ["migrate", "--fast", "now"],
            "zuzahlung migrate: Diese Angaben kennt der Befehl nicht: --fast now. Hilfe: zuzahlung migrate --help\n",
        ),
        (
            # Half a name could become the half of two.
            ["import-institutions", "--comp", "file"],
            (
                "zuzahlung import-institutions: Diese Angaben kennt der Befehl nicht: --comp. "
                "Hilfe: zuzahlung import-institutions --help\n"
            ),
        ),
        (
            ["import-exemptions"],
            "zuzahlung import-exemptions: Es fehlt: DATEI. Hilfe: zuzahlung import-exemptions --help\n",
        ),
        (
            ["import-exemptions", "file", "--day", "31.12.2026"],
            (
                "zuzahlung import-exemptions: --day: „31.12.2026“ ist hier kein gültiger Wert. "
                "Hilfe: zuzahlung import-exemptions --help\n"
            ),
        ),
    ],
)
def test_a_wrong_call_is_explained_in_german(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert (ended.value.code, capsys.readouterr().err) == (2, sentence)


def test_a_database_of_ones_own_needs_an_address_for_each_role(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://zuzahlung_portal@db.example/zuzahlung")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err == (
        "zuzahlung: DATABASE_URL nennt einen eigenen Server; dieser Befehl braucht dazu noch: DATABASE_OWNER_URL. "
        "Die Rollen legt an: zuzahlung database-roles | psql\n"
    )


def test_an_address_that_is_none_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://zuzahlung_portal@db.example/zuzahlung")
    monkeypatch.setenv("DATABASE_OWNER_URL", "zuzahlung")
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err == (
        "zuzahlung: DATABASE_OWNER_URL ist keine Adresse, die PostgreSQL versteht. Gemeint ist etwas wie "
        "postgresql://rolle:kennwort@rechner:5432/zuzahlung?sslmode=verify-full\n"
    )


class Failing:
    """A command that ends with an error."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Takes nothing."""

    def run(self, given: argparse.Namespace) -> int:
        """Fails."""
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/srv/var/static/a.css"),
            1,
            "zuzahlung: Der Datenträger ist voll: /srv/var/static/a.css.\n",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "zuzahlung: Der Datenträger ist voll.\n"),
        (
            OSError(errno.EROFS, "Read-only file system", "/srv/var"),
            1,
            "zuzahlung: Der Datenträger lässt sich nur lesen: /srv/var.\n",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/srv/var/keys"),
            1,
            "zuzahlung: Die Rechte dafür fehlen: /srv/var/keys.\n",
        ),
        (KeyboardInterrupt(), 130, "\nzuzahlung: abgebrochen.\n"),
    ],
    ids=["full", "full, somewhere", "read-only", "no rights", "Ctrl-C"],
)
def test_what_the_system_refuses_is_a_sentence(
    error: BaseException,
    code: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(program, "_load", lambda _: Failing(error))
    assert (main(["migrate"]), capsys.readouterr()) == (code, ("", says))


@pytest.mark.parametrize(
    "error", [ConnectionResetError(errno.ECONNRESET, "reset"), ValueError("a fault of ours")]
)
def test_a_fault_of_ours_is_not_hidden_behind_a_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "_load", lambda _: Failing(error))
    with pytest.raises(type(error)):
        main(["migrate"])


def test_a_terminal_without_our_quotation_marks_ends_no_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zuzahlung.cli.main", "database-roles"],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        encoding="latin-1",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "nur ?zuzahlung migrate? und die Sicherung" in done.stdout
    assert "Rollen und Datenbank für zuzahlung" in done.stdout
