"""A whole Nutzdatendatei as objects: messages, cases and positions, read from a file and written to one.

For what fits into memory and is in order. A file of any size, or with faults, goes through `checks`.

Source: TA1 V21, 5.3; TA1 V21, 5.4; TA1 V21, 5.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from zuzahlung.standards.edifact import reading, stream, writing
from zuzahlung.standards.edifact.charsets import visible
from zuzahlung.standards.edifact.syntax import ELEMENT, TERMINATOR
from zuzahlung.standards.edifact.tables import Segment
from zuzahlung.standards.errors import MalformedInput
from zuzahlung.standards.sgbv302 import slga, slla
from zuzahlung.standards.sgbv302.messages import FASSUNGEN, Nachricht
from zuzahlung.standards.sgbv302.numbering import nachrichtenreferenz
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ, Nachrichtenkennung

T = TypeVar("T")

LINE_END: Final = "\r\n"
"""What follows each terminator unless a receiver wants nothing, or a line feed alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """One position on one day, with its text and its tax."""

    ehe: slla.EHE
    txt: slla.TXT | None = None
    mws: slla.MWS | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Abrechnungsfall:
    """One prescription of one insured; `summe` is a GZF in a Zuzahlungsforderung and a BES elsewhere."""

    inv: slla.INV
    uri: slla.URI | None = None
    nad: slla.NAD
    img: slla.IMG | None = None
    evo: slla.EVO | None = None
    positionen: Sequence[Position]
    zhe: slla.ZHE
    diagnosen: Sequence[slla.DIA]
    skz: slla.SKZ | None = None
    summe: slla.BES | slla.GZF


@dataclass(frozen=True, kw_only=True, slots=True)
class Gesamtaufstellung:
    """A message SLGA without its envelope."""

    fkt: slga.FKT
    rec: slga.REC
    ust: slga.UST | None = None
    sko: Sequence[slga.SKO] = ()
    ges: Sequence[slga.GES]
    nam: slga.NAM


@dataclass(frozen=True, kw_only=True, slots=True)
class Einzelabrechnung:
    """A message SLLA:B without its envelope."""

    fkt: slla.FKT
    rec: slga.REC
    faelle: Sequence[Abrechnungsfall]


Inhalt = Gesamtaufstellung | Einzelabrechnung


@dataclass(frozen=True, kw_only=True, slots=True)
class Nutzdaten:
    """A file: its head, the version of TA1 its messages follow, and the messages in order."""

    unb: UNB
    version: str
    nachrichten: Sequence[Inhalt]


class OutOfOrder(MalformedInput):
    """A segment stands where none of its kind may stand, or a count or number of the envelope is wrong.

    `tag` is that of segment `number`, or None if the file ends before it.
    """

    phrase = "the file is out of order"

    def __init__(self, number: int, tag: str | None) -> None:
        super().__init__(
            f"Segment {number} fehlt: Die Datei ist zu Ende, bevor sie vollständig ist."
            if tag is None
            else f"Segment {number} ({visible(tag[:10])}) steht nicht, wo es stehen muss."
        )
        self.number = number
        self.tag = tag

    def __str__(self) -> str:
        return f"{self.phrase} at segment {self.number}"


def segments_of(datei: Nutzdaten) -> Iterator[Segment]:
    """Yield every segment of the file in order, UNH, UNT and UNZ with their numbers and counts."""
    yield datei.unb
    for number, inhalt in enumerate(datei.nachrichten, start=1):
        reference = nachrichtenreferenz(number)
        typ = "SLGA" if isinstance(inhalt, Gesamtaufstellung) else "SLLA"
        kennung = Nachrichtenkennung(typ=typ, version=datei.version, freigabe="0", organisation="0")
        yield UNH(nachrichtenreferenznummer=reference, nachrichtenkennung=kennung)
        count = 2
        for segment in _content(inhalt):
            count += 1
            yield segment
        yield UNT(anzahl_einheiten=count, nachrichtenreferenznummer=reference)
    yield UNZ(
        anzahl_nachrichten=len(datei.nachrichten), datenaustauschreferenz=datei.unb.datenaustauschreferenz
    )


def _content(inhalt: Inhalt) -> Iterator[Segment]:
    yield inhalt.fkt
    yield inhalt.rec
    if isinstance(inhalt, Einzelabrechnung):
        for fall in inhalt.faelle:
            yield from _case(fall)
        return
    if inhalt.ust is not None:
        yield inhalt.ust
    yield from inhalt.sko
    yield from inhalt.ges
    yield inhalt.nam


def _case(fall: Abrechnungsfall) -> Iterator[Segment]:
    yield fall.inv
    for segment in (fall.uri, fall.nad, fall.img, fall.evo):
        if segment is not None:
            yield segment
    for position in fall.positionen:
        yield position.ehe
        if position.txt is not None:
            yield position.txt
        if position.mws is not None:
            yield position.mws
    yield fall.zhe
    yield from fall.diagnosen
    if fall.skz is not None:
        yield fall.skz
    yield fall.summe


def write(datei: Nutzdaten, *, line_end: str = LINE_END, comma: bool = False) -> str:
    """Return the text of the file; raise Faulty for a segment that cannot be written.

    A charset makes bytes of it (`edifact.charsets`); `comma` releases decimal marks inside of texts.
    """
    end = TERMINATOR + line_end
    return "".join(writing.write(segment, comma=comma) + end for segment in segments_of(datei))


def read(chunks: Iterable[bytes], decode: Callable[[bytes], str]) -> Nutzdaten:
    """Return the file; raise BrokenStream, Faulty or OutOfOrder where it is not one, UnknownVersion too."""
    return _Reading(stream.segments(chunks, decode)).file()


class UnknownVersion(MalformedInput):
    """The file follows a version of TA1 whose tables are not held, or none at all."""

    phrase = "the tables of this version are not held"


class _Reading:
    """One walk through the segments of a file, a segment at a time with one in view."""

    def __init__(self, pieces: Iterable[stream.Piece]) -> None:
        self._pieces = iter(pieces)
        self._tables: Any = {"UNB": UNB, "UNH": UNH, "UNT": UNT, "UNZ": UNZ}
        self._number = 0
        # The tag of the segment in view: None at the end of the file, "" for a segment with nothing in it.
        self._tag: str | None = None
        self._advance()

    def _advance(self) -> None:
        piece = next(self._pieces, None)
        self._tag = None if piece is None else piece.text.partition(ELEMENT)[0]
        self._text = "" if piece is None else piece.text
        self._number += 1

    def _is(self, tag: str) -> bool:
        return self._tag == tag

    def _take(self, *tags: str) -> Any:
        """Return the segment in view, which has to be one of these, and look at the next."""
        if self._tag is None or self._tag not in tags:
            raise OutOfOrder(self._number, self._tag)
        row = reading.read(self._tables[self._tag], self._text)
        self._advance()
        return row

    def _maybe(self, tag: str) -> Any:
        return self._take(tag) if self._tag == tag else None

    def _many(self, tag: str, nachricht: Nachricht) -> tuple[Any, ...]:
        """Return the segments of this kind that stand in a row, as many as the message may and must have."""
        least, most = nachricht.mindestens.get(tag, 0), nachricht.hoechstens.get(tag)
        found: list[Any] = []
        while len(found) < least or (self._is(tag) and len(found) != most):
            found.append(self._take(tag))
        return tuple(found)

    def _one_or_more(self, tag: str, make: Callable[[], T]) -> tuple[T, ...]:
        """Return what is made of the segments in view, at least once and as long as one begins with this tag."""
        found = [make()]
        while self._is(tag):
            found.append(make())
        return tuple(found)

    def file(self) -> Nutzdaten:
        unb: UNB = self._take("UNB")
        nachrichten, versions = [], set()
        while self._is("UNH"):
            number = self._number
            unh: UNH = self._take("UNH")
            versions.add(unh.nachrichtenkennung.version)
            nachricht = self._table_of(unh)
            self._tables = {**self._tables, **nachricht.segmente}
            nachrichten.append(self._slga(nachricht) if nachricht.typ == "SLGA" else self._slla())
            self._end(unh, number, f"{len(nachrichten):05}")
        number = self._number
        unz: UNZ = self._take("UNZ")
        whole = (len(nachrichten), unb.datenaustauschreferenz)
        if len(versions) != 1 or whole != (unz.anzahl_nachrichten, unz.datenaustauschreferenz):
            raise OutOfOrder(number, "UNZ")
        if self._tag is not None:
            raise OutOfOrder(self._number, self._tag)
        return Nutzdaten(unb=unb, version=versions.pop(), nachrichten=tuple(nachrichten))

    def _table_of(self, unh: UNH) -> Nachricht:
        kennung = unh.nachrichtenkennung
        fassung = FASSUNGEN.get(kennung.version)
        nachricht = None if fassung is None else fassung.nachrichten.get(kennung.typ)
        if nachricht is None or (kennung.freigabe, kennung.organisation) != ("0", "0"):
            raise UnknownVersion(
                f"Die Fassung {kennung.version} von {kennung.typ} ist hier nicht hinterlegt."
            )
        return nachricht

    def _end(self, unh: UNH, began: int, reference: str) -> None:
        number = self._number
        unt: UNT = self._take("UNT")
        expected = (number - began + 1, reference, reference)
        if expected != (
            unt.anzahl_einheiten, unt.nachrichtenreferenznummer, unh.nachrichtenreferenznummer,
        ):  # fmt: skip
            raise OutOfOrder(number, "UNT")

    def _slga(self, nachricht: Nachricht) -> Gesamtaufstellung:
        return Gesamtaufstellung(
            fkt=self._take("FKT"),
            rec=self._take("REC"),
            ust=self._maybe("UST"),
            sko=self._many("SKO", nachricht),
            ges=self._many("GES", nachricht),
            nam=self._take("NAM"),
        )

    def _slla(self) -> Einzelabrechnung:
        return Einzelabrechnung(
            fkt=self._take("FKT"), rec=self._take("REC"), faelle=self._one_or_more("INV", self._case)
        )

    def _case(self) -> Abrechnungsfall:
        return Abrechnungsfall(
            inv=self._take("INV"),
            uri=self._maybe("URI"),
            nad=self._take("NAD"),
            img=self._maybe("IMG"),
            evo=self._maybe("EVO"),
            positionen=self._one_or_more("EHE", self._position),
            zhe=self._take("ZHE"),
            diagnosen=self._one_or_more("DIA", partial(self._take, "DIA")),
            skz=self._maybe("SKZ"),
            summe=self._take("BES", "GZF"),
        )

    def _position(self) -> Position:
        return Position(ehe=self._take("EHE"), txt=self._maybe("TXT"), mws=self._maybe("MWS"))
