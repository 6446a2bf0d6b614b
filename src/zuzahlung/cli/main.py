"""The program `zuzahlung`: finds the command, loads that command alone, and ends in a sentence or a result."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn, Protocol, cast

from zuzahlung.cli.errors import HouseError, refusal
from zuzahlung.cli.terminal import say, shown

PROGRAM = "zuzahlung"
SUMMARY = "Serviceportal für Zuzahlungen: starten, einrichten, Daten einspielen, Abrechnungsdateien prüfen."
COMMANDS: Mapping[str, str] = {
    "demo": "startet zum Ausprobieren alles mit erfundenen Daten: Datenbank, Seiten, Arbeiter",
    "serve": "startet das Portal, mit --operator die Seite des Betreibers",
    "work": "startet den Arbeiter, der Briefe druckt, E-Mails versendet und aufräumt",
    "migrate": "legt die Tabellen an oder bringt sie auf den neuesten Stand",
    "database-roles": "zeigt das SQL, das Rollen und Datenbank auf einem eigenen PostgreSQL-Server anlegt",
    "create-operator": "legt eine Person an, die sich auf der Betreiberseite anmelden darf",
    "import-institutions": "spielt das Verzeichnis der Einrichtungen ein (CSV)",
    "import-exemptions": "spielt einen neuen Stand der Befreiungen ein (NDJSON oder CSV, auch gzip)",
    "check": "prüft Abrechnungsdateien nach § 302 SGB V und nennt alles, was daran falsch ist",
    "explain": "zeigt eine Abrechnungsdatei so, wie ein Mensch sie liest",
    "convert": "macht aus einer Abrechnungsdatei JSON und aus dem JSON wieder dieselbe Datei",
    "rotate-keys": "führt neue Schlüssel des Tresors ein; was die alten schützen, bleibt lesbar",
    "backup": "sichert die Datenbank in eine Datei (ohne die Schlüssel des Tresors)",
    "restore": "spielt eine Sicherung in eine leere Datenbank ein",
}
COMMANDS_PACKAGE = "zuzahlung.cli.commands"


class Command(Protocol):
    """What a module in `commands` offers."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Adds what the command takes."""

    def run(self, given: argparse.Namespace) -> int:
        """Does it; returns the exit code."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command, and says by the exit code how it went.

    0: done. 1: refused or failed, with a sentence. 2: called wrongly. 3: done, and the new stand waits for the
    operator (`import-exemptions`). 130: ended by Ctrl-C before it was done.
    """
    _open_what_is_closed()
    _print_on_any_terminal()
    try:
        return _run_and_print(list(sys.argv[1:] if arguments is None else arguments))
    except HouseError as error:
        fault = error
    except BrokenPipeError:
        _stop_printing()
        return 1
    except OSError as error:
        told = refusal(error)
        if told is None:
            raise
        fault = told
    except KeyboardInterrupt:
        print(f"\n{PROGRAM}: abgebrochen.", file=sys.stderr)
        return 130
    say(f"{PROGRAM}: {fault}")
    return 1


def _run_and_print(words: Sequence[str]) -> int:
    """Runs the command, and hears of it while somebody can still be told if its output cannot be written."""
    code = _run(words)
    sys.stdout.flush()
    return code


def _run(words: Sequence[str]) -> int:
    wanted = next((word for word in words if not word.startswith("-")), None)
    parser = _parser()
    commands = parser.add_subparsers(
        title="Befehle", metavar="BEFEHL", dest="command", required=True, parser_class=_GermanParser
    )
    command: Command | None = None
    called: argparse.ArgumentParser = parser
    for name, line in COMMANDS.items():
        entry = commands.add_parser(
            name, help=line, description=f"{line[0].upper()}{line[1:]}.", add_help=False
        )
        _add_help(entry)
        if name == wanted:
            command, called = _load(name), entry
            command.arguments(entry)
    given, unknown = parser.parse_known_args(words)
    if unknown:
        called.error(f"unrecognized arguments: {' '.join(unknown)}")
    if command is None:
        parser.error("the following arguments are required: BEFEHL")
    return command.run(given)


def _open_what_is_closed() -> None:
    """Lets whoever called us with a closed stream (`>&-`) read nothing and write nowhere, as with /dev/null.

    Otherwise the next file that is opened would take its place.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - to the very end.


def _print_on_any_terminal() -> None:
    """Lets a terminal that knows no German quotation marks show a question mark instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _stop_printing() -> None:
    """Lets the command end quietly when whoever read what it prints has gone (`| head`)."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _load(name: str) -> Command:
    return cast("Command", importlib.import_module(f"{COMMANDS_PACKAGE}.{name.replace('-', '_')}"))


def _parser() -> argparse.ArgumentParser:
    parser = _GermanParser(
        prog=PROGRAM,
        description=SUMMARY,
        epilog=f"Mehr zu einem Befehl: {PROGRAM} BEFEHL --help",
        add_help=False,
    )
    _add_help(parser)
    return parser


def _add_help(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-h", "--help", action="help", help="zeigt diese Hilfe")


class _GermanHelp(argparse.HelpFormatter):
    """The help of argparse with German words around it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=110)

    def format_help(self) -> str:
        # The commands are set in by two more than argparse reckons with.
        self._action_max_length += 2
        return super().format_help()

    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        return super().add_usage(usage, actions, groups, "Aufruf: " if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        german = {"positional arguments": "Angaben", "options": "Optionen"}
        super().start_section(german.get(heading or "", heading))


class _GermanParser(argparse.ArgumentParser):
    """A parser that explains wrong calls in German."""

    SENTENCES = (
        (r"the following arguments are required: (.*)", r"Es fehlt: \1."),
        (r"unrecognized arguments: (.*)", r"Diese Angaben kennt der Befehl nicht: \1."),
        (r"argument BEFEHL: invalid choice: '([^']*)'.*", r"Den Befehl „\1“ gibt es nicht."),
        (r"argument (\S+): invalid choice: '([^']*)' \(choose from (.*)\)", r"\1: „\2“ geht nicht, nur \3."),
        (r"argument (\S+): invalid \S+ value: '([^']*)'", r"\1: „\2“ ist hier kein gültiger Wert."),
        (r"argument (\S+): expected .*", r"\1: Hier fehlt der Wert."),
        (r"argument (\S+): ignored explicit argument '([^']*)'", r"\1 nimmt keinen Wert, auch nicht „\2“."),
        # What a command itself says of a value is a sentence already.
        (r"argument (\S+): (.*)", r"\1: \2"),
    )

    def __init__(self, *arguments: object, **named: object) -> None:
        named.setdefault("formatter_class", _GermanHelp)
        # Half a name that works today may be the half of two names tomorrow.
        named.setdefault("allow_abbrev", False)
        super().__init__(*arguments, **named)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        message = shown(message)
        for pattern, sentence in self.SENTENCES:
            if found := re.fullmatch(pattern, message):
                message = found.expand(sentence)
                break
        self.exit(2, f"{self.prog}: {message} Hilfe: {self.prog} --help\n")


if __name__ == "__main__":
    sys.exit(main())
