"""The program explains itself in German, and loads nothing that a command does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

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


@pytest.mark.parametrize("words", [("--help",), ("database-roles",), ("nonsense",)])
def test_a_command_without_database_loads_no_django(words: tuple[str, ...]) -> None:
    loaded = modules_after(*words)
    assert "zuzahlung.cli.main" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_the_help_names_every_command_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert shown.startswith("Aufruf: zuzahlung [-h] BEFEHL")
    assert [name for name in COMMANDS if f"    {name}" not in shown] == []


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
            "zuzahlung serve: --port: „viele“ ist hier kein gültiger Wert. Hilfe: zuzahlung serve --help\n",
        ),
        (
            ["serve", "--port"],
            "zuzahlung serve: --port: Hier fehlt der Wert. Hilfe: zuzahlung serve --help\n",
        ),
        (
            ["migrate", "--fast"],
            "zuzahlung: Diese Angaben kennt der Befehl nicht: --fast. Hilfe: zuzahlung --help\n",
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
