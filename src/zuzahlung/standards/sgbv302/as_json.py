r"""A § 302 file as JSON, segment by segment, so that not a byte of it is lost: `from_json` makes the same file again.

The names of segments and members are those of the tables. Whatever the tables do not say, or would write in
another way, is kept as it stands: the text of such a segment in „wire“, other white space in „after“ and
„before“. What the format is in full: `docs/formats/esol-json.md`.

Source: house, how a file stands in JSON.

>>> print(b"".join(to_json([b"UNZ+000002+00118'\r\n"], Charset.I1)).decode(), end="")
{"format": "esol-json/1", "charset": "I1", "line_end": "\r\n", "segments": [
{"segment": "UNZ", "anzahl_nachrichten": 2, "datenaustauschreferenz": "00118"}
]}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from zuzahlung.standards.edifact import reading, stream, writing
from zuzahlung.standards.edifact.charsets import Charset, NotInCharset
from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.stream import BrokenStream, Piece
from zuzahlung.standards.edifact.syntax import ELEMENT, elements
from zuzahlung.standards.edifact.tables import Composite, Segment, Table, table_of
from zuzahlung.standards.sgbv302.messages import BEGINN, ENDE, FASSUNGEN, LEISTUNGSBEREICH
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ

FORMAT: Final = "esol-json/1"
"""What the member „format“ says: this format, in its first version."""

LONGEST_BLANKS: Final = stream.LONGEST
"""The longest white space that may stand in one place, in characters."""


class NoSegments(BrokenStream):
    """There is nothing in the file, or white space alone."""

    phrase = "no segments"


class EndlessBlanks(BrokenStream):
    """White space goes on for so long that it parts no segments."""

    phrase = "endless white space"


def to_json(chunks: Iterable[bytes], charset: Charset) -> Iterator[bytes]:
    """Yield the JSON document of a file while it is read, a line for each segment; memory does not grow with it.

    Raise BrokenStream where the bytes cannot be cut into segments; what was yielded before is worth nothing then.
    """
    cut = _cut(chunks, charset)
    _, before = next(cut)
    first = next(cut, None)
    if first is None:
        raise NoSegments("In der Datei steht kein Segment.", number=0, offset=0, beginning="")
    line_end = first[1]
    yield _head(charset, before, line_end)
    tables, lead = Tables(), b"\n"
    for text, after in chain([first], cut):
        members = _members(text, tables, charset)
        if after != line_end:
            members["after"] = after
        yield lead + _line(members)
        lead = b",\n"
    yield b"\n]}\n"


def _head(charset: Charset, before: str, line_end: str) -> bytes:
    head = {"format": FORMAT, "charset": charset.value, "before": before, "line_end": line_end}
    if not before:
        del head["before"]
    return _line(head)[:-1] + b', "segments": ['


def _line(members: Mapping[str, Any]) -> bytes:
    text = _ENCODER.encode(members)
    if _UNSEEN.search(text):
        text = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text.encode()


def _members(text: str, tables: Tables, charset: Charset) -> dict[str, Any]:
    tag = text.partition(ELEMENT)[0]
    row = tables.read(tag, text)
    if row is None:
        return {"segment": elements(text)[0], "wire": text}
    members = {"segment": tag, **described(row)}
    if not _is_canonical(row, text, charset):
        members["wire"] = text
    return members


def _is_canonical(row: Segment, text: str, charset: Charset) -> bool:
    """Say whether writing the row gives this text again, in bytes that we would write ourselves."""
    try:
        if writing.write(row) != text:
            return False
        charset.encode(text)
    except (Faulty, NotInCharset):
        return False
    return True


def described(row: Segment | Composite) -> dict[str, Any]:
    """Return the members of a row by the names of its table: text, whole numbers and objects; nothing for None.

    Amounts are text with a point and as many decimals as the table has, days are text (YYYY-MM-DD).
    """
    values = ((field, getattr(row, field.name)) for field in table_of(type(row)).fields)
    return {field.name: plain(value) for field, value in values if value is not None}


def plain(value: Any) -> Any:
    """Return one value of a row as it stands in JSON.

    >>> plain(Decimal("29.63")), plain(date(2026, 9, 7)), plain(53)
    ('29.63', '2026-09-07', 53)
    """
    if isinstance(value, Decimal):
        # Minus zero is a zero.
        return f"{value or value.copy_abs():f}"
    if isinstance(value, date):
        return value.isoformat()
    return described(value) if isinstance(value, Composite) else value


class Tables:
    """Which table a segment belongs to: the envelope's, or that of the message it stands in.

    Where the message is not known (no UNH, another version, the SLLA of another Leistungsbereich), its
    segments have no table and none is guessed.
    """

    def __init__(self) -> None:
        self._leistungsbereich = LEISTUNGSBEREICH
        self._message: Mapping[str, type[Segment]] = {}

    def find(self, tag: str) -> Table | None:
        """Return the table of the segments that have this tag here."""
        segment = _ENVELOPE.get(tag) or self._message.get(tag)
        return None if segment is None else table_of(segment)

    def read(self, tag: str, text: str) -> Segment | None:
        """Return the row of the next segment, or None where it cannot be read or has no table."""
        table, row = self.find(tag), None
        if table is not None:
            try:
                row = reading.read(table.row, text)
            except Faulty:
                row = None
        self.passed(tag, row)
        return row

    def passed(self, tag: str, row: Segment | None) -> None:
        """Go on to what follows this segment; `row` is None if nobody knows what it says."""
        if isinstance(row, UNB):
            self._leistungsbereich = row.leistungsbereich
        elif tag == BEGINN:
            self._message = self._segments_after(row) if isinstance(row, UNH) else {}
        elif tag == ENDE:
            self._message = {}

    def _segments_after(self, unh: UNH) -> Mapping[str, type[Segment]]:
        kennung = unh.nachrichtenkennung
        fassung = FASSUNGEN.get(kennung.version)
        nachricht = None if fassung is None else fassung.nachrichten.get(kennung.typ)
        if nachricht is None or (nachricht.typ == "SLLA" and self._leistungsbereich != LEISTUNGSBEREICH):
            return {}
        return nachricht.segmente


def _cut(chunks: Iterable[bytes], charset: Charset) -> Iterator[tuple[str, str]]:
    """Yield first nothing and what stands before the first segment, then each segment and what follows it."""
    blanks, text = _Blanks(charset), ""
    for piece in stream.segments(chunks, blanks):
        yield text, blanks.before(piece)
        text = piece.text
    yield text, blanks.at_the_end()


class _Blanks:
    """Decodes the pieces of a file for the cutting into segments, and finds again what that passes over."""

    def __init__(self, charset: Charset) -> None:
        self._charset = charset
        self._text = ""
        self._offset = 0
        self._end = 0

    def __call__(self, chunk: bytes) -> str:
        rest = self._text[self._end - self._offset :]
        # No segment is longer, so this is white space.
        if len(rest) > stream.LONGEST + LONGEST_BLANKS:
            raise self._endless()
        text = self._charset.decode(chunk)
        self._text, self._offset = rest + text, self._end
        return text

    def before(self, piece: Piece) -> str:
        """Return what stands between this segment and the one before it."""
        found = self._text[self._end - self._offset : piece.offset - self._offset]
        if len(found) > LONGEST_BLANKS:
            raise self._endless()
        self._end = piece.offset + len(piece.text) + 1
        return found

    def at_the_end(self) -> str:
        """Return what follows the last segment."""
        found = self._text[self._end - self._offset :]
        if len(found) > LONGEST_BLANKS:
            raise self._endless()
        return found

    def _endless(self) -> EndlessBlanks:
        return EndlessBlanks(
            f"Hier beginnt Leerraum, der nach {LONGEST_BLANKS} Zeichen noch nicht zu Ende ist.",
            number=0,
            offset=self._end,
            beginning="",
        )


_ENVELOPE: Final[Mapping[str, type[Segment]]] = {"UNB": UNB, "UNH": UNH, "UNT": UNT, "UNZ": UNZ}
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)
# What no terminal should be sent, and what UTF-8 cannot carry: bytes that are no character in their charset.
_UNSEEN: Final = re.compile("[\x7f-\x9f\ud800-\udfff]")
