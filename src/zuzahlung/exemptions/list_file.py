"""The file of a list query: what its columns are called, which words they know, and what is wrong with a row.

The format is described in `docs/formats/list-query.md`.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from zuzahlung.exemptions.permission_texts import VERSIONS, Permission
from zuzahlung.exemptions.services import Question
from zuzahlung.standards.days import parse_day
from zuzahlung.standards.errors import MalformedInput
from zuzahlung.standards.numbers import kvnr

KVNR, PERMISSION, UNTIL, DAYS = range(4)
COLUMNS = ("KVNR", "Erlaubnis", "Erlaubnis bis", "Tag der Abgabe")
"""The columns by their German names, in the order in which the cells of a row are kept."""

NAMES: Mapping[str, int] = MappingProxyType(
    {
        "kvnr": KVNR,
        "versichertennummer": KVNR,
        "krankenversichertennummer": KVNR,
        "erlaubnis": PERMISSION,
        "permission": PERMISSION,
        "erlaubnis bis": UNTIL,
        "permissionuntil": UNTIL,
        "tag der abgabe": DAYS,
        "tage der abgabe": DAYS,
        "servicedates": DAYS,
    }
)
OF_RESULTS = frozenset(
    {
        "zeile", "initialen", "auskunft", "gilt bis", "zuzahlungskennzeichen", "begründung", "stand der daten",
        "auskunft-nummer", "abgefragt", "abgefragt von", "hinweis",
    }
)  # fmt: skip
"""Columns that only a file with results has. They are passed over, so that it can be handed in again."""

WORDS: Mapping[Permission, tuple[str, ...]] = MappingProxyType(
    {
        Permission.IN_PERSON: ("mündlich", "vor Ort"),
        Permission.IN_WRITING: ("schriftlich",),
        Permission.ELECTRONIC: ("elektronisch",),
        Permission.TELEPHONE: ("Telefon", "telefonisch"),
        Permission.LEGAL_REPRESENTATIVE: ("Vertretung", "gesetzliche Vertretung"),
        Permission.SERIES: ("Serie",),
    }
)
"""The short words of each form of permission; its value in the JSON and its label on the page count too."""

_KNOWN = {
    word.casefold(): permission
    for permission in Permission
    for word in (
        permission.value,
        *WORDS[permission],
        *(texts[permission].label for texts in VERSIONS.values()),
    )
}
_NOT_TEXT = (
    (b"PK\x03\x04", "Die Datei ist eine Excel-Mappe oder ein Archiv."),
    (b"PK\x05\x06", "Die Datei ist ein Archiv."),
    (b"\xd0\xcf\x11\xe0", "Die Datei ist eine alte Excel-Mappe."),
    (b"\x1f\x8b", "Die Datei ist gepackt."),
    (b"%PDF", "Die Datei ist ein PDF."),
    (b"\xff\xfe", "Die Datei ist in UTF-16 gespeichert."),
    (b"\xfe\xff", "Die Datei ist in UTF-16 gespeichert."),
)
_SAVE_AS = "Bitte speichern Sie die Tabelle als „CSV UTF-8 (durch Trennzeichen getrennt)“ und wählen Sie diese Datei."
ENCODINGS: Mapping[str, str] = MappingProxyType({"utf-8": "UTF-8", "cp1252": "Windows-1252"})
_QUOTED = 40
_LONGEST = 1000
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row: the line it begins in, its cells in the order of `COLUMNS`, and what is wrong with its shape."""

    line: int
    cells: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListFile:
    """A file that can be worked with; `encoding` is UTF-8 or Windows-1252, as it was found."""

    encoding: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NotAList:
    """The file as a whole cannot be used, and why, in a sentence for the practice."""

    text: str


def read(content: bytes, *, most_rows: int) -> ListFile | NotAList:
    """The rows of a file, or why it is refused. Nothing is ever unpacked."""
    decoded = _decode(content)
    if isinstance(decoded, NotAList):
        return decoded
    text, encoding = decoded
    lines = _numbered(text)
    try:
        places = _places(next(lines, _Line(number=1, cells=())))
        if isinstance(places, NotAList):
            return places
        rows = tuple(_row(found, places) for found in lines if any(found.cells))
    except _Unbalanced as error:
        return NotAList(
            text=f"Zeile {error.line}: Ein Anführungszeichen steht an der falschen Stelle. "
            "Bitte prüfen Sie diese Zeile und die davor."
        )
    if not rows:
        return NotAList(
            text="Unter der Kopfzeile steht keine Abfrage. Bitte tragen Sie mindestens eine Zeile ein."
        )
    if len(rows) > most_rows:
        return NotAList(
            text=f"Die Datei hat {len(rows)} Zeilen; auf einmal sind {most_rows} möglich. Bitte teilen Sie die Datei."
        )
    return ListFile(encoding=encoding, rows=rows)


def question_of(cells: Sequence[str]) -> tuple[Question | None, tuple[str, ...]]:
    """What a row asks, or everything that is wrong with its cells; a row without day has none in its question."""
    faults: list[str] = []
    number = _tried(lambda: kvnr.parse(cells[KVNR]), faults)
    permission = _permission(cells[PERMISSION], faults)
    until = _tried(lambda: parse_day(cells[UNTIL]), faults) if cells[UNTIL] else None
    days = _tried(lambda: _days(cells[DAYS]), faults)
    if number is None or permission is None or days is None or faults:
        return None, tuple(faults)
    question = Question(kvnr=number, permission=permission, permission_until_on=until, days=days)
    return question, ()


def _tried(read: Callable[[], _T], faults: list[str]) -> _T | None:
    try:
        return read()
    except MalformedInput as error:
        faults.append(error.text)
        return None


def _permission(text: str, faults: list[str]) -> Permission | None:
    found = _KNOWN.get(" ".join(text.split()).casefold())
    if found is None and not text:
        faults.append("Die Erlaubnis fehlt: Ohne sie wird nicht abgefragt.")
    elif found is None:
        known = ", ".join(words[0] for words in WORDS.values())
        faults.append(f"Die Erlaubnis {_quote(text)} ist nicht bekannt. Möglich sind: {known}.")
    return found


def _days(text: str) -> tuple[date, ...]:
    return tuple(sorted({parse_day(word) for word in text.replace(",", " ").replace(";", " ").split()}))


def _decode(content: bytes) -> tuple[str, str] | NotAList:
    if not content.strip():
        return NotAList(text="Die Datei ist leer. Bitte wählen Sie die Datei mit Ihrer Tabelle.")
    for beginning, sentence in _NOT_TEXT:
        if content.startswith(beginning):
            return NotAList(text=f"{sentence} {_SAVE_AS}")
    if b"\0" in content:
        return NotAList(text=f"Die Datei ist keine Textdatei. {_SAVE_AS}")
    encodings = {"utf-8-sig": "UTF-8"} if content.startswith(codecs.BOM_UTF8) else ENCODINGS
    line = 0
    for encoding, name in encodings.items():
        try:
            return content.decode(encoding), name
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
    return NotAList(
        text=f"Zeile {line}: Hier steht ein Zeichen, das weder UTF-8 noch Windows-1252 ist. {_SAVE_AS}"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    number: int
    cells: tuple[str, ...]


class _Unbalanced(Exception):
    def __init__(self, line: int) -> None:
        super().__init__("quotation marks are not balanced")
        self.line = line


def _numbered(text: str) -> Iterator[_Line]:
    """Each record with the number of the line it begins in, spaces tidied."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    # Some programs write `sep=;` above the header.
    before, text = (1, rest) if first.strip().lower().startswith("sep=") else (0, text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = before + 1
    try:
        for cells in reader:
            yield _Line(number=number, cells=tuple(" ".join(cell.split()) for cell in cells))
            number = before + reader.line_num + 1
    except csv.Error:
        raise _Unbalanced(number) from None


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(";\t,", key=header.count)


def _places(header: _Line) -> tuple[int | None, ...] | NotAList:
    """For each column of the file its place in `COLUMNS`, or None; empty columns at the end do no harm."""
    names = list(header.cells)
    while names and not names[-1]:
        names.pop()
    places: list[int | None] = []
    for name in names:
        if name.casefold() in OF_RESULTS:
            places.append(None)
            continue
        place = NAMES.get(name.casefold())
        if place is None:
            return NotAList(
                text=f"Zeile {header.number}: Die Spalte {_quote(name)} ist nicht bekannt. "
                f"Bekannt sind: {', '.join(COLUMNS)}. Bitte prüfen Sie die Kopfzeile."
            )
        if place in places:
            return NotAList(text=f"Zeile {header.number}: Die Spalte „{COLUMNS[place]}“ kommt zweimal vor.")
        places.append(place)
    for needed in (KVNR, PERMISSION):
        if needed not in places:
            return NotAList(
                text=f"Zeile {header.number}: In der Kopfzeile fehlt die Spalte „{COLUMNS[needed]}“."
            )
    return tuple(places)


def _row(found: _Line, places: Sequence[int | None]) -> Row:
    kept = [""] * len(COLUMNS)
    for place, cell in zip(places, found.cells, strict=False):
        if place is not None:
            kept[place] = cell
    faults = []
    if any(found.cells[len(places) :]):
        faults.append(
            "Die Zeile hat mehr Zellen als die Kopfzeile. Mehrere Tage in einer Zelle trennen Sie bitte mit "
            "Leerzeichen."
        )
    for place, cell in enumerate(kept):
        if len(cell) > _LONGEST:
            faults.append(f"In der Spalte „{COLUMNS[place]}“ stehen mehr als {_LONGEST} Zeichen.")
            kept[place] = ""
    return Row(line=found.number, cells=tuple(kept), faults=tuple(faults))


def _quote(text: str) -> str:
    shown = "".join(character if character.isprintable() else "?" for character in text)
    return f"„{shown}“" if len(shown) <= _QUOTED else f"„{shown[:_QUOTED]} …“"
