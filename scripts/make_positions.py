"""Makes the shipped list of positions from the published Heilmittelpositionsnummernverzeichnis.

    python scripts/make_positions.py <published list>.csv

The same publication always gives the same file; the columns are described beside it, in tables/README.md.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

SHIPPED = Path(__file__).parents[1] / "src/zuzahlung/standards/keys/tables/positionen.csv"
COLUMNS = ("positionsnummer", "bereich", "grundlage", "leistung", "gueltig_ab", "gueltig_bis")
OPEN = "9999-12-31"


def main(arguments: list[str]) -> None:
    """Writes the shipped list anew."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("published", type=Path, help="the directory as CSV (UTF-8, commas)")
    published = parser.parse_args(arguments).published.read_text(encoding="utf-8")
    SHIPPED.write_text(shipped(published), encoding="utf-8", newline="\n")


def shipped(published: str) -> str:
    """Return the shipped list that follows from the text of the published one."""
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row(printed) for printed in csv.DictReader(io.StringIO(published)))
    return table.getvalue()


def row(printed: dict[str, str]) -> dict[str, str]:
    """Return what we keep of one row of the directory."""
    return {
        "positionsnummer": printed["HPNR"],
        "bereich": single_blanks(printed["Heilmittelbereich"]),
        "grundlage": paragraph(printed["Grundlage"]),
        "leistung": single_blanks(printed["Leistung"]),
        "gueltig_ab": printed["gültig ab"],
        "gueltig_bis": "" if printed["gültig bis"] == OPEN else printed["gültig bis"],
    }


def single_blanks(text: str) -> str:
    """Return the text without the line breaks, doubled and no-break blanks of the spreadsheet."""
    return " ".join(text.split())


def paragraph(text: str) -> str:
    """Return the Grundlage with its paragraph sign, which the publication as CSV lost.

    Raises ValueError where the sign is there: then the publication has changed, and this script must too.
    """
    if "§" in text:
        raise ValueError("the Grundlage carries its paragraph sign again")
    return f"§ {single_blanks(text)}" if text.strip() else ""


if __name__ == "__main__":
    main(sys.argv[1:])
