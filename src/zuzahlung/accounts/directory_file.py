"""The directory of institutions as a CSV file: its columns, its rows, and everything that is wrong with them."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from zuzahlung.standards.copayment.law import Leistungsart
from zuzahlung.standards.errors import NumberError
from zuzahlung.standards.numbers import ik

SERVICE_KINDS = tuple(kind.value.lower() for kind in Leistungsart)
"""The service kinds (Leistungsarten) an institution can have."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "ik": ("IK", "Institutionskennzeichen"),
    "name": ("Name",),
    "street": ("Straße", "Strasse", "street"),
    "postcode": ("PLZ", "Postleitzahl", "postcode"),
    "city": ("Ort", "city"),
    "service_kinds": ("Leistungsarten", "serviceKinds", "service_kinds"),
}
"""Each column with the names it may have in the first line; upper and lower case do not matter."""

LINE_BYTES = 20_000
_LENGTHS = {"name": 200, "street": 200, "postcode": 10, "city": 100}
_LABELS = {"name": "Name", "street": "Straße", "postcode": "Postleitzahl", "city": "Ort"}
_NAMES = {name.casefold(): column for column, names in COLUMNS.items() for name in names}
_POSTCODE = re.compile(r"[0-9]{5}|[A-Z]{1,3}-[0-9A-Z -]{3,7}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One institution as the file has it; an empty address is possible, letters are then not."""

    line: int
    ik: str
    name: str
    street: str
    postcode: str
    city: str
    service_kinds: tuple[str, ...]

    @property
    def has_address(self) -> bool:
        """Whether letters could reach it."""
        return bool(self.street and self.postcode and self.city)


@dataclass(frozen=True, kw_only=True, slots=True)
class FaultyLine:
    """A line that is left out, and why; `ik` where it could be read, so that it is not taken for missing."""

    line: int
    text: str
    ik: str | None = None


class UnreadableDirectory(Exception):
    """The whole file cannot be read; `text` says so in German, with the line where there is one."""

    def __init__(self, text: str, *, line: int | None = None) -> None:
        super().__init__("unreadable directory")
        self.line = line
        self.text = text if line is None else f"Zeile {line}: {text}"


def read(file: BinaryIO) -> Iterator[Row | FaultyLine]:
    """Reads a directory line by line; raises `UnreadableDirectory` when it is none or ends in nonsense."""
    lines = _lines(file)
    first = next(lines, "")
    header = next(csv.reader([first], delimiter=(delimiter := ";" if ";" in first else ",")), [])
    columns = _columns(header)
    table = csv.reader(lines, delimiter=delimiter, strict=True)
    seen: dict[str, int] = {}
    while True:
        # The reader counts from the line after the header, and a cell may hold a line break.
        try:
            cells = next(table, None)
        except csv.Error:
            raise UnreadableDirectory(
                "Die Anführungszeichen gehen nicht auf, oder es steht ein verbotenes Zeichen darin.",
                line=table.line_num + 1,
            ) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _row(cells, columns, table.line_num + 1, seen)


def _lines(file: BinaryIO) -> Iterator[str]:
    number = 0
    while raw := file.readline(LINE_BYTES + 1):
        number += 1
        if len(raw) > LINE_BYTES:
            raise UnreadableDirectory(f"Die Zeile hat mehr als {LINE_BYTES} Zeichen.", line=number)
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise UnreadableDirectory(
                "Die Datei ist nicht als UTF-8 gespeichert. Bitte speichern Sie sie als „CSV UTF-8“.",
                line=number,
            ) from None
        yield text


def _columns(header: list[str]) -> list[str]:
    """The column of each cell, from the first line."""
    names = [cell.strip() for cell in header]
    columns = [_NAMES.get(name.casefold(), "") for name in names]
    unknown = [name or "(leer)" for name, column in zip(names, columns, strict=True) if not column]
    if unknown:
        raise UnreadableDirectory(
            f"Diese Spalten kennt das Verzeichnis nicht: {', '.join(unknown)[:200]}. "
            f"Bekannt sind: {', '.join(known[0] for known in COLUMNS.values())}.",
            line=1,
        )
    missing = [known[0] for column, known in COLUMNS.items() if column not in columns]
    if missing:
        raise UnreadableDirectory(f"Es fehlen die Spalten: {', '.join(missing)}.", line=1)
    if len(set(columns)) < len(columns):
        raise UnreadableDirectory("Eine Spalte kommt zweimal vor.", line=1)
    return columns


def _row(cells: list[str], columns: list[str], line: int, seen: dict[str, int]) -> Row | FaultyLine:
    if len(cells) != len(columns):
        return FaultyLine(line=line, text=f"Die Zeile hat {len(cells)} Felder statt {len(columns)}.")
    values = {column: _clean(cell) for column, cell in zip(columns, cells, strict=True)}
    try:
        number = ik.parse(values["ik"])
    except NumberError as error:
        return FaultyLine(line=line, text=error.text)
    if number in seen:
        return FaultyLine(line=line, text=f"Das IK {number} steht schon in Zeile {seen[number]}.", ik=number)
    seen[number] = line
    kinds = tuple(dict.fromkeys(re.findall(r"[^\s,;|/]+", values["service_kinds"].casefold())))
    fault = _fault_of_text(values) or _fault_of_kinds(kinds)
    if fault is not None:
        return FaultyLine(line=line, text=fault, ik=number)
    return Row(
        line=line,
        ik=number,
        name=values["name"],
        street=values["street"],
        postcode=values["postcode"],
        city=values["city"],
        service_kinds=kinds,
    )


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", " ".join(cell.split()))


def _fault_of_text(values: Mapping[str, str]) -> str | None:
    if not values["name"]:
        return "Der Name fehlt."
    for column, most in _LENGTHS.items():
        if len(values[column]) > most:
            return f"{_LABELS[column]}: höchstens {most} Zeichen, hier sind es {len(values[column])}."
        if not values[column].isprintable():
            return f"{_LABELS[column]}: Darin steht ein unsichtbares Zeichen."
    return fault_of_postcode(values["postcode"])


def fault_of_postcode(postcode: str) -> str | None:
    """What is wrong with a postcode, as a sentence; an empty one is no fault here."""
    if not postcode or _POSTCODE.fullmatch(postcode):
        return None
    return (
        "Eine deutsche Postleitzahl hat fünf Ziffern (vielleicht ging die führende Null verloren), eine "
        "ausländische beginnt mit dem Kennzeichen des Landes: A-6020."
    )


def _fault_of_kinds(kinds: tuple[str, ...]) -> str | None:
    known = ", ".join(SERVICE_KINDS)
    if not kinds:
        return f"Die Leistungsarten fehlen. Möglich sind: {known}."
    unknown = [kind for kind in kinds if kind not in SERVICE_KINDS]
    return f"Unbekannte Leistungsart: {', '.join(unknown)[:100]}. Möglich sind: {known}." if unknown else None
