"""`zuzahlung check`: Prüfstufen 1 to 3 of § 302 files, every finding of each, for a person or as JSON.

With `--rules` it tells what it would look for, and looks at no file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper

from zuzahlung.cli.lookalikes import Beginning
from zuzahlung.cli.payloads import NotRead, add_charset, called, pieces
from zuzahlung.cli.terminal import german, say
from zuzahlung.standards.edifact.charsets import Charset, visible
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.sgbv302.checks.envelope import UNCHECKED, UNREADABLE
from zuzahlung.standards.sgbv302.checks.flow import check
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, Rule

NO_ERRORS, SOME_ERRORS, NOT_READABLE = 0, 1, 2
CALLED_WRONGLY = 2

_WORDS = {Severity.ERROR: "Fehler", Severity.WARNING: "Warnung", Severity.NOTE: "Hinweis"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes the files, their charset, and how the findings are told."""
    parser.add_argument(
        "files", nargs="*", metavar="DATEI", help="Abrechnungsdatei, - für die Standardeingabe"
    )
    add_charset(parser)
    parser.add_argument("--json", action="store_true", help="gibt die Befunde (oder Regeln) als JSON aus")
    parser.add_argument(
        "--rules", action="store_true", help="nennt alle Prüfregeln, statt eine Datei zu prüfen"
    )
    parser.epilog = (
        "Endet mit 0, wenn keine Datei einen Fehler hat, mit 1 bei Fehlern, "
        "mit 2, wenn eine Datei nicht lesbar ist. Warnungen und Hinweise ändern daran nichts."
    )


def run(given: argparse.Namespace) -> int:
    """Checks one file after the other, or tells the rules."""
    if given.rules == bool(given.files):
        what = "--rules nennt die Regeln und nimmt keine DATEI" if given.rules else "Es fehlt: DATEI"
        say(f"zuzahlung check: {what}. Hilfe: zuzahlung check --help")
        return CALLED_WRONGLY
    if given.json:
        _print_in_utf_8()
    if given.rules:
        from zuzahlung.standards.sgbv302.checks.register import register

        (_rules_as_json if given.json else _rules_as_text)(register())
        return NO_ERRORS
    charset = Charset(given.charset)
    tell = _as_json if given.json else _as_text
    results = [_Result(name=name, charset=charset) for name in given.files]
    tell(results)
    return max(result.exit_code for result in results)


def _print_in_utf_8() -> None:
    """JSON is UTF-8, whatever the terminal or the system is set to."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


@dataclass(kw_only=True, slots=True)
class _Result:
    """The check of one file: its findings while it runs, and afterwards how many there were."""

    name: str
    charset: Charset
    count: Counter[Severity] = field(default_factory=Counter)
    lowest: int | None = None
    is_readable: bool = True
    refusal: str = ""
    is_complete: bool = True
    beginning: Beginning = field(default_factory=Beginning)

    def findings(self) -> Iterator[FileFinding]:
        """Yields the findings as the file is read; a file that cannot be opened has none, but a refusal."""
        try:
            for finding in check(self.beginning.of(pieces(self.name)), self.charset):
                self._count(finding)
                yield finding
        except NotRead as error:
            self.refusal = f"{error}: {called(self.name)}"
            self.is_readable = False

    def _count(self, finding: FileFinding) -> None:
        self.count[finding.severity] += 1
        if finding.rule in UNREADABLE:
            self.is_readable = False
        if finding.rule in UNCHECKED:
            self.is_complete = False
        if finding.severity is Severity.ERROR:
            self.lowest = finding.stufe if self.lowest is None else min(self.lowest, finding.stufe)

    @property
    def exit_code(self) -> int:
        if not self.is_readable:
            return NOT_READABLE
        return SOME_ERRORS if self.count[Severity.ERROR] else NO_ERRORS

    @property
    def verdict(self) -> str:
        """What it comes to, in a sentence."""
        if self.refusal:
            return f"{self.refusal}."
        if not self.is_readable:
            return f"Nicht lesbar: Das ist keine Abrechnungsdatei nach § 302 SGB V.{self.beginning.advice}"
        if self.lowest is None and not self.is_complete:
            return "Kein Fehler in Prüfstufe 1; der Inhalt ist ganz oder zum Teil ungeprüft."
        if self.lowest is None:
            return "Kein Fehler in den Prüfstufen 1 bis 3."
        return f"Abzuweisen in Prüfstufe {self.lowest}."

    @property
    def sums(self) -> str:
        """How many findings of each kind, without those there are none of."""
        parts = []
        for severity, one, many in (
            (Severity.ERROR, "Fehler", "Fehler"),
            (Severity.WARNING, "Warnung", "Warnungen"),
            (Severity.NOTE, "Hinweis", "Hinweise"),
        ):
            if number := self.count[severity]:
                parts.append(f"{german(number)} {one if number == 1 else many}")
        return ", ".join(parts)


def _as_text(results: list[_Result]) -> None:
    for place, result in enumerate(results):
        if place:
            print()
        print(called(result.name))
        for finding in result.findings():
            print(_paragraph(finding))
        print(" ".join(part for part in (result.sums and f"{result.sums}.", result.verdict) if part))


def _paragraph(finding: FileFinding) -> str:
    lines = [
        "",
        f"  {_WORDS[finding.severity]}, Stufe {finding.stufe}{_where(finding)}: {visible(finding.text)}",
    ]
    if finding.content:
        lines.append(f"    {visible(finding.content)}'")
    lines.append(f"    Regel {finding.rule} ({finding.source}). {visible(finding.detail)}")
    return "\n".join(lines)


def _where(finding: FileFinding) -> str:
    if not finding.segment:
        return ""
    tag = visible(finding.pointer.partition("/")[2].partition(".")[0])
    place = f", Feld {finding.place}" if finding.place else ""
    return f", Segment {german(finding.segment)} ({tag}){place}, ab Byte {german(finding.offset)}"


def _as_json(results: list[_Result]) -> None:
    print('{"files": [', end="")
    for place, result in enumerate(results):
        print(",\n" if place else "\n", end="")
        print(f' {{"file": {json.dumps(result.name)}, "findings": [', end="")
        for number, finding in enumerate(result.findings()):
            print("," if number else "", end="\n  ")
            print(json.dumps(_members(finding), ensure_ascii=False), end="")
        summary = {
            "errors": result.count[Severity.ERROR],
            "warnings": result.count[Severity.WARNING],
            "notes": result.count[Severity.NOTE],
            "isReadable": result.is_readable,
            "text": result.verdict,
        }
        print(f"],\n  {json.dumps(summary, ensure_ascii=False)[1:-1]}}}", end="")
    print("\n]}")


def _members(finding: FileFinding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "stufe": finding.stufe,
        "severity": str(finding.severity),
        "segment": finding.segment,
        "offset": finding.offset,
        "place": finding.place,
        "pointer": visible(finding.pointer),
        "content": visible(finding.content),
        "text": visible(finding.text),
        "detail": visible(finding.detail),
        "source": finding.source,
    }


def _rules_as_text(rules: Sequence[Rule]) -> None:
    from zuzahlung.standards.sgbv302.checks.register import shown

    for rule in rules:
        print(f"{_WORDS[rule.severity]}, Stufe {rule.stufe}: {shown(rule.text)}")
        print(f"  Regel {rule.id} ({rule.source}). {shown(rule.detail)}")


def _rules_as_json(rules: Sequence[Rule]) -> None:
    lines = ",\n  ".join(json.dumps(_members_of_rule(rule), ensure_ascii=False) for rule in rules)
    print(f'{{"rules": [\n  {lines}\n]}}')


def _members_of_rule(rule: Rule) -> dict[str, object]:
    return {
        "rule": rule.id,
        "stufe": rule.stufe,
        "severity": str(rule.severity),
        "text": rule.text,
        "detail": rule.detail,
        "source": rule.source,
    }
