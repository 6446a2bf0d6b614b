"""A delivery of the fund as a file: plain or gzip, NDJSON or CSV by its content, given out line by line.

What cannot be read as such a file is refused with the line and the reason; neither ever repeats what
stands in the file, because that is personal data.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

BLOCK_BYTES = 1 << 20
LINE_BYTES = 100_000
_GZIP = b"\x1f\x8b"
_GZIP_WBITS = 31
_NO_TEXT = {
    b"PK": "Die Datei ist ein ZIP-Archiv. Gelesen wird sie ohne Verpackung oder mit gzip.",
    b"\xff\xfe": "Die Datei ist in UTF-16 geschrieben. Gelesen wird UTF-8.",
    b"\xfe\xff": "Die Datei ist in UTF-16 geschrieben. Gelesen wird UTF-8.",
}


class Refused(Exception):
    """The whole delivery cannot be used: a German sentence, and the line where it showed, if there is one."""

    def __init__(self, reason: str, *, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class Format(StrEnum):
    """How the lines of a delivery are written."""

    NDJSON = "NDJSON"
    CSV = "CSV"


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Some lines one after the other; `first` is the number of the first, counted from one."""

    first: int
    lines: list[str]


class Delivery:
    """An open delivery. Its lines can be read more than once, and stay those of the file that was opened.

    `header` is the first line of a CSV file, and `header_line` the number it stands on.
    """

    def __init__(self, file: BinaryIO, *, most_bytes: int) -> None:
        self._file = file
        self._most_bytes = most_bytes
        self.size = os.fstat(file.fileno()).st_size
        start = file.read(2)
        if start in _NO_TEXT:
            raise Refused(_NO_TEXT[start])
        self._is_gzip = start == _GZIP
        number, line = self._first_line()
        self.format = Format.NDJSON if line.startswith("{") else Format.CSV
        self.header, self.header_line = ("", 0) if self.format is Format.NDJSON else (line, number)

    @property
    def position(self) -> int:
        """How many of the file's `size` bytes were read."""
        return self._file.tell()

    def blocks(self) -> Iterator[Block]:
        """All lines after the header, without their ends; raises `Refused` where they cannot be read."""
        for block in self._blocks():
            before = self.header_line + 1 - block.first
            if before <= 0:
                yield block
            elif before < len(block.lines):
                yield Block(first=block.first + before, lines=block.lines[before:])

    def _blocks(self) -> Iterator[Block]:
        number = 1
        try:
            for piece in self._pieces():
                lines = _text(piece, is_first=number == 1).split("\n")
                if not lines[-1]:
                    lines.pop()
                yield Block(first=number, lines=lines)
                number += len(lines)
        except _Unreadable as why:
            refused = Refused(why.reason, line=number + why.lines_before)
        else:
            return
        raise refused

    def _first_line(self) -> tuple[int, str]:
        """The first line that is not empty, and its number."""
        for block in self._blocks():
            for number, line in enumerate(block.lines, block.first):
                if said := line.strip():
                    if said.startswith("["):
                        raise Refused("Gelesen wird ein JSON-Objekt je Zeile, keine JSON-Liste.", line=number)
                    return number, said
        raise Refused("Die Datei ist leer.")

    def _pieces(self) -> Iterator[bytes]:
        """The content in pieces of about a megabyte that end where a line ends, within the size allowed."""
        rest, left = b"", self._most_bytes
        for raw in self._unpacked() if self._is_gzip else self._plain():
            if len(raw) > left:
                size = f"{self._most_bytes:,}".replace(",", ".")
                before = (rest + raw[:left]).count(b"\n")
                raise _Unreadable(f"Die Datei ist entpackt größer als die erlaubten {size} Byte.", before)
            left -= len(raw)
            end = raw.rfind(b"\n") + 1
            if end:
                yield rest + raw[:end]
                rest = raw[end:]
            else:
                rest += raw
            if len(rest) > BLOCK_BYTES + LINE_BYTES:
                raise _Unreadable("Die Zeile ist zu lang.")
        if rest:
            yield rest

    def _plain(self) -> Iterator[bytes]:
        self._file.seek(0)
        while raw := self._file.read(BLOCK_BYTES):
            yield raw

    def _unpacked(self) -> Iterator[bytes]:
        """What is inside the gzip file, a megabyte at most at a time, however much one block of it unpacks to."""
        self._file.seek(0)
        member, packed = zlib.decompressobj(_GZIP_WBITS), b""
        try:
            while packed := packed or self._file.read(BLOCK_BYTES):
                if member.eof:
                    # A gzip file may consist of several, one after the other, and end in zeros.
                    packed = packed.lstrip(b"\0")
                    member = zlib.decompressobj(_GZIP_WBITS) if packed else member
                    continue
                if raw := member.decompress(packed, BLOCK_BYTES):
                    yield raw
                packed = member.unused_data if member.eof else member.unconsumed_tail
        except zlib.error:
            broken = "Die gzip-Datei ist etwa ab hier beschädigt."
        else:
            if member.eof:
                return
            broken = "Die gzip-Datei ist hier abgeschnitten."
        raise _Unreadable(broken)


class _Unreadable(Exception):
    """Like `Refused`, but knows only how many lines of its piece lie before the place."""

    def __init__(self, reason: str, lines_before: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lines_before = lines_before


@contextmanager
def open_delivery(path: Path, *, most_bytes: int) -> Iterator[Delivery]:
    """Opens a file and looks what it is; `most_bytes` is the size allowed, counted after unpacking."""
    if not path.is_file():
        raise Refused("Diese Datei gibt es nicht.")
    try:
        file = path.open("rb")
    except OSError:
        raise Refused("Die Datei darf nicht gelesen werden.") from None
    with file:
        yield Delivery(file, most_bytes=most_bytes)


def _text(piece: bytes, *, is_first: bool) -> str:
    try:
        text = piece.decode("utf-8-sig" if is_first else "utf-8")
    except UnicodeDecodeError as error:
        before = piece[: error.start].count(b"\n")
    else:
        return text.replace("\r\n", "\n") if "\r" in text else text
    raise _Unreadable("Die Datei ist nicht durchgehend in UTF-8 geschrieben.", before)
