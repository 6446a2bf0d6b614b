"""The segments that make one part of a file, read by their tables; what no table fits stays as it stands.

Source: house, how a file is explained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.reading import reader_of
from zuzahlung.standards.edifact.stream import Piece
from zuzahlung.standards.sgbv302.explanation.parts import Grund, Ungedeutet
from zuzahlung.standards.sgbv302.service import Nachrichtenkennung

MOST_SEGMENTS: Final = 5_000
"""How many segments one part holds at most; a longer one goes on in the next, which is its Fortsetzung."""

MOST_CHARACTERS: Final = 1_000_000
"""How many characters one part holds at most, for segments of an absurd length."""


class Kind(Enum):
    """What the segments at hand are going to be."""

    KOPF = 0
    RECHNUNG = 1
    FALLLISTE = 2
    FALL = 3
    REST = 4


@dataclass(kw_only=True, slots=True)
class Group:
    """The segments at hand, until they are whole or too many; `segmente` are the tables they are read by.

    `is_closed`: the sums that end a case have come. `grund` and `kennung` are for what is not explained.
    """

    kind: Kind
    segmente: Mapping[str, Any] = field(default_factory=dict)
    grund: Grund = Grund.AUSSERHALB
    kennung: Nachrichtenkennung | None = None
    is_closed: bool = False
    is_continued: bool = False
    goes_on: bool = False
    pieces: list[Piece] = field(default_factory=list)
    characters: int = 0

    def add(self, piece: Piece) -> None:
        """Take the segment in."""
        self.pieces.append(piece)
        self.characters += len(piece.text)
        self.is_closed = self.is_closed or piece.text[:3] in {"BES", "GZF"}

    @property
    def numbers(self) -> tuple[int, int]:
        """The numbers of the first segment and of the last; the end of the message belongs to no part of it."""
        first, last = self.pieces[0], self.pieces[-1]
        if last.text[:3] == "UNT" and last is not first:
            last = self.pieces[-2]
        return first.number, last.number

    def is_full(self) -> bool:
        """Say whether it must be let go before it is whole."""
        return len(self.pieces) >= MOST_SEGMENTS or self.characters >= MOST_CHARACTERS

    def rest(self) -> Group:
        """Return the empty group in which this one goes on."""
        return replace(self, is_continued=True, goes_on=False, pieces=[], characters=0)


class Reading:
    """The rows of a group by their tags, and the segments that stay as they stand."""

    def __init__(self, group: Group) -> None:
        self._segmente = group.segmente
        self._rows: dict[str, list[tuple[Piece, Any]]] = {}
        self._left: list[Ungedeutet] = []
        self._asked = {"UNH", "UNT", "UNZ"}

    @classmethod
    def of(cls, group: Group) -> Reading:
        """Return the reading of all segments of a group."""
        reading = cls(group)
        for piece in group.pieces:
            reading.take(piece)
        return reading

    def row(self, piece: Piece) -> Any:
        """Return the row of a segment, or None if it stays as it stands."""
        segment = self._segmente.get(piece.text[:3])
        if segment is None:
            return self.leave(piece, Grund.NICHT_VORGESEHEN)
        try:
            return reader_of(segment)(piece.text)
        except Faulty:
            return self.leave(piece, Grund.NICHT_LESBAR)

    def take(self, piece: Piece) -> None:
        """Keep the row of a segment under its tag."""
        if (row := self.row(piece)) is not None:
            self._rows.setdefault(piece.text[:3], []).append((piece, row))

    def leave(self, piece: Piece, grund: Grund) -> None:
        """Let the segment stay as it stands."""
        self._left.append(Ungedeutet(nummer=piece.number, text=piece.text, grund=grund))

    def one(self, tag: str) -> Any:
        """Return the first row of this tag, or None; all others stay as they stand."""
        self._asked.add(tag)
        rows = self._rows.get(tag, [])
        for piece, _ in rows[1:]:
            self.leave(piece, Grund.NICHT_VORGESEHEN)
        return rows[0][1] if rows else None

    def many(self, tag: str) -> tuple[Any, ...]:
        """Return all rows of this tag."""
        self._asked.add(tag)
        return tuple(row for _, row in self._rows.get(tag, []))

    def left(self) -> tuple[Ungedeutet, ...]:
        """Return what stays, in the order of the file, with whatever nobody has asked for; ask last."""
        for tag in self._rows.keys() - self._asked:
            for piece, _ in self._rows[tag]:
                self.leave(piece, Grund.NICHT_VORGESEHEN)
        return tuple(sorted(self._left, key=lambda one: one.nummer))
