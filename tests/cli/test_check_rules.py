"""`zuzahlung check --rules` tells what the check would look for, to a person and to a program, without any file."""

from __future__ import annotations

import json

import pytest

from zuzahlung.cli.main import main
from zuzahlung.standards.sgbv302.checks.register import register

TEXT = """\
Fehler, Stufe 1: Die Datei hat […] Nachrichten, angegeben sind […].
  Regel unz.count (TA1 V21, 5.4). 0036 counts the messages of the file: […], given […].
"""


def test_a_person_reads_every_rule_with_its_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--rules"]) == 0
    said = capsys.readouterr().out
    assert TEXT in said
    ids = [line.split()[1] for line in said.splitlines() if line.startswith("  Regel ")]
    assert ids == [rule.id for rule in register()]


def test_a_program_gets_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--rules", "--json"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert [rule["rule"] for rule in rules] == [rule.id for rule in register()]
    assert {
        "rule": "unz.count",
        "stufe": 1,
        "severity": "error",
        "text": "Die Datei hat {actual} Nachrichten, angegeben sind {given}.",
        "detail": "0036 counts the messages of the file: {actual}, given {given}.",
        "source": "TA1 V21, 5.4",
    } in rules


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "zuzahlung check: Es fehlt: DATEI. Hilfe: zuzahlung check --help\n"),
        (["--json"], "zuzahlung check: Es fehlt: DATEI. Hilfe: zuzahlung check --help\n"),
        (
            ["--rules", "rechnung.esol"],
            "zuzahlung check: --rules nennt die Regeln und nimmt keine DATEI. Hilfe: zuzahlung check --help\n",
        ),
    ],
)
def test_a_call_that_is_neither_is_refused(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *words]) == 2
    assert capsys.readouterr() == ("", sentence)
