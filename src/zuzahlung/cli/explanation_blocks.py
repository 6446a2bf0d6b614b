"""What an explained file is made of on any surface: headings, facts, tables, sentences and segments as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """A heading; what follows up to the next of its level or a higher one belongs to it. The file is level 1."""

    level: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Names and what they are."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column: numbers line up at the right; of words that come again and again the first time tells most."""

    title: str
    is_number: bool = False
    is_wordy: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table with its caption; the first cell of a row names the row, and `foot` is the sum."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    foot: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A sentence; one that `stands_out` is what most readers look for, or must not miss."""

    text: str
    stands_out: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AsItStands:
    """Segments that are shown as they stand in the file, each after its number, with a lead that says why."""

    lead: str
    segments: Sequence[tuple[int, str]]


Block = Heading | Facts | Table | Sentence | AsItStands
