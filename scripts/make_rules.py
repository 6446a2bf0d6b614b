"""Writes docs/pruefregeln.md, the list of all rules of `zuzahlung check`, from the rules themselves.

    python scripts/make_rules.py

A test fails while the document says anything else than the code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from zuzahlung.standards.findings import Severity
from zuzahlung.standards.sgbv302.checks.register import register, shown
from zuzahlung.standards.sgbv302.checks.rules import Rule

DOCS = Path(__file__).parents[1] / "docs"
WRITTEN = DOCS / "pruefregeln.md"

HEAD = """\
# Prüfregeln von „zuzahlung check“

Diese Liste wird aus dem Programm geschrieben (`python scripts/make_rules.py`), bitte nicht von Hand ändern. Dasselbe
sagt der Befehl `zuzahlung check --rules`, mit `--json` für Programme. Wie man prüft und Befunde liest:
[Eine § 302-Datei prüfen](pruefen.md).

**Fehler**: Die Datei ist nach der Technischen Anlage abzuweisen. **Warnung**: Das sollte sich jemand ansehen; abgewiesen
wird deswegen nicht. **Hinweis**: etwas über die Prüfung selbst. „[…]“ steht für das, was ein Befund im Einzelfall nennt.
Namen von Regeln sind unsere eigenen, denn kein Dokument hat welche; sie bleiben, wie sie sind. Bei Preisen und Schlüsseln
nennt der Befund als Fundstelle den Vertrag oder die Tabelle selbst.
"""
STUFEN = {
    1: "Ist es eine Abrechnungsdatei, und stimmen ihre Kopf- und Endsegmente?",
    2: "Stehen die Segmente in der richtigen Reihenfolge, und hat jedes Feld seine Form? In UNB, UNH, UNT und UNZ gehört "
    "ein falsches Feld zu Stufe 1.",
    3: "Passen die Angaben zueinander, zu den Schlüsselverzeichnissen und zu den Verträgen?",
}
DOCUMENTS = {
    "SGB V": "Sozialgesetzbuch, Fünftes Buch",
    "RL": "Richtlinien nach § 302 Abs. 2 SGB V über Form und Inhalt des Abrechnungsverfahrens",
    "TA1": "Anlage 1 der Richtlinien: Technische Anlage",
    "TA3": "Anlage 3 der Richtlinien: Schlüsselverzeichnisse",
    "Anh1": "Anhang 1 zur Anlage 1: Datenübermittlung",
    "UE": "Gemeinsame Umsetzungsempfehlungen zum Korrekturverfahren im Heilmittelbereich",
    "GGT2": "Gemeinsame Grundsätze Technik, Anlage 2: Auftragsdatei",
    "KVNR-A1": "Krankenversichertennummer, Anlage 1: Prüfziffernberechnung",
    "HPNR": "Bundeseinheitliches Heilmittelpositionsnummernverzeichnis",
    "HeilM-RL": "Heilmittel-Richtlinie des Gemeinsamen Bundesausschusses",
}
WORDS = {Severity.ERROR: "Fehler", Severity.WARNING: "Warnung", Severity.NOTE: "Hinweis"}


def main() -> None:
    """Writes the document anew."""
    WRITTEN.write_text(written(), encoding="utf-8", newline="\n")


def written() -> str:
    """Return the whole document."""
    return "\n".join([HEAD, *_stufen(), *_documents()])


def _stufen() -> Iterator[str]:
    for stufe, about in STUFEN.items():
        rules = [rule for rule in register() if rule.stufe == stufe]
        yield f"## Prüfstufe {stufe}\n\n{about} {_counted(rules)}\n"
        yield "| Regel | | Was sie sagt | Fundstelle |\n|---|---|---|---|"
        yield from (_row(rule) for rule in rules)
        yield ""


def _counted(rules: list[Rule]) -> str:
    times = Counter(rule.severity for rule in rules)
    many = {Severity.ERROR: "Fehler", Severity.WARNING: "Warnungen", Severity.NOTE: "Hinweise"}
    kinds = [
        f"{times[severity]} {WORDS[severity] if times[severity] == 1 else many[severity]}"
        for severity in Severity
        if times[severity]
    ]
    return f"{len(rules)} Regeln: {', '.join(kinds)}."


def _row(rule: Rule) -> str:
    cells = (f"`{rule.id}`", WORDS[rule.severity], shown(rule.text), rule.source)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _documents() -> Iterator[str]:
    yield "## Fundstellen\n"
    yield "Welche Fassung gelesen wurde, und ob der Wortlaut selbst: [Quellen](sources.md) (auf Englisch).\n"
    yield "| Kürzel | Dokument |\n|---|---|"
    yield from (f"| {id_} | {title} |" for id_, title in DOCUMENTS.items())
    yield ""


if __name__ == "__main__":
    main()
