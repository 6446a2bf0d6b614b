"""What a check has seen so far and still needs: the file, the message and the case it is in.

These are the only mutable parts of the check. A case is forgotten when it ends, a message when its
successor has been compared with it, so memory does not grow with the file.

Source: house, how a file of any size is checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from zuzahlung.standards.edifact.stream import Piece
from zuzahlung.standards.sgbv302.messages import Fassung, Nachricht


class At(NamedTuple):
    """A segment that could be read: where it stands, and its row."""

    piece: Piece
    row: Any


@dataclass(slots=True)
class Item:
    """One position of a case."""

    ehe: At
    txt: At | None = None
    mws: At | None = None


@dataclass(slots=True)
class Case:
    """One Abrechnungsfall; a part is None if it is missing or could not be read.

    `is_whole` says that every segment of it could be read and stands in order, so that sums can be compared.
    `has_sound_sums` says that nothing was found against its amounts, so that an invoice can be added up.
    `is_too_large` says that it has more positions or diagnoses than are kept.
    """

    inv: At | None = None
    uri: At | None = None
    nad: At | None = None
    img: At | None = None
    evo: At | None = None
    items: list[Item] = field(default_factory=list)
    zhe: At | None = None
    diagnoses: list[At] = field(default_factory=list)
    skz: At | None = None
    summe: At | None = None
    sums: int = 0
    is_whole: bool = True
    has_sound_sums: bool = True
    is_too_large: bool = False


@dataclass(slots=True)
class Message:
    """One message as far as it was read.

    `is_whole` says that every segment of it outside of cases could be read and stands in order; `nachricht` is
    None where the tables of its version are not held. `vkz` is the Verarbeitungskennzeichen that an SLLA and
    its SLGA agree in, known when its first case ends; `segments` counts UNH and UNT too, when it has ended.
    """

    unh: At | None
    first: Piece
    typ: str
    nachricht: Nachricht | None
    fkt: At | None = None
    rec: At | None = None
    ust: At | None = None
    nam: At | None = None
    sko: list[At] = field(default_factory=list)
    ges: list[At] = field(default_factory=list)
    vkz: str | None = None
    cases: int = 0
    segments: int = 0
    is_whole: bool = True


@dataclass(slots=True)
class File:
    """The file as far as it was read; `fassung` is None where its version is unknown.

    `told` holds what is said once in a file and not again, so that it does not hide the rest.
    """

    unb: At | None = None
    fassung: Fassung | None = None
    messages: int = 0
    last_reference: str = ""
    has_right_version: bool = False
    versions: set[str] = field(default_factory=set)
    told: set[tuple[object, ...]] = field(default_factory=set)
