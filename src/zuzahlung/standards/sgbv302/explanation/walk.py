"""A Nutzdatendatei as a person reads it, part by part in its order, in memory that does not grow with the file.

A file with faults is explained as far as it can be read: a segment that no table fits stays as it stands,
beside what could be read. What is wrong with it is said by `checks`, not here.

Source: TA1 V21, 5.3; TA1 V21, 5.4; TA1 V21, 5.5; house, how a file is explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from zuzahlung.standards import money
from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.reading import reader_of
from zuzahlung.standards.edifact.stream import BrokenStream, EndlessSegment, OtherSeparators, Piece
from zuzahlung.standards.edifact.syntax import components, elements
from zuzahlung.standards.errors import MalformedInput
from zuzahlung.standards.sgbv302 import slga, slla
from zuzahlung.standards.sgbv302.explanation.cases import case_of
from zuzahlung.standards.sgbv302.explanation.groups import Group, Kind, Reading
from zuzahlung.standards.sgbv302.explanation.parts import (
    SAMMELRECHNUNG,
    Dateiende,
    Dateikopf,
    Fall,
    Fallliste,
    Grund,
    Rechnung,
    Rest,
    Teil,
    Ungedeutet,
    Zahlung,
    Zahlungsweg,
)
from zuzahlung.standards.sgbv302.messages import FASSUNGEN, LEISTUNGSBEREICH
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ, Nachrichtenkennung

NO_HEAD: Final = "Das ist keine Abrechnungsdatei nach § 302 SGB V: Am Anfang steht kein UNB."


class NoPayload(MalformedInput):
    """This is no Nutzdatendatei at all, or breaks off before its first segment ends."""

    phrase = "no file of invoices"


def explain(pieces: Iterable[Piece]) -> Iterator[Teil]:
    """Yield the parts of a file in its order; raise NoPayload if it does not begin like one."""
    walk = _Walk()
    broken: BrokenStream | None = None
    try:
        for piece in pieces:
            yield from walk.take(piece)
    except BrokenStream as error:
        broken = error
    yield from walk.end(broken)


_ENVELOPE: Final[Mapping[str, Any]] = {"UNH": UNH, "UNT": UNT}
_TAGS: Final = frozenset({"UNB", "UNH", "UNT", "UNZ"}).union(
    *(nachricht.segmente for fassung in FASSUNGEN.values() for nachricht in fassung.nachrichten.values())
)


class _Walk:
    """One walk through the segments, with the group they belong to in hand."""

    def __init__(self) -> None:
        self._group = Group(kind=Kind.REST)
        self._has_begun = False
        self._hat_unz = False
        self._leistungsbereich: str | None = None
        self._kennung: Nachrichtenkennung | None = None
        self._rechnung: Rechnung | None = None
        self._inkasso: tuple[str, str] | None = None
        self._nummer = 0
        self._rechnungen = 0
        self._faelle = 0
        self._betrag = money.ZERO
        self._ist_ganz = True

    def take(self, piece: Piece) -> Iterator[Teil]:
        """Yield what is whole now that this segment has come."""
        tag = piece.text[:3]
        if not self._has_begun and (tag not in _TAGS or piece.text[3:4] not in {"+", ""}):
            raise NoPayload(NO_HEAD)
        self._has_begun = True
        self._remember(piece, tag)
        if (begun := self._begun_by(tag)) is not None:
            yield from self._flush()
            self._group = begun
        self._group.add(piece)
        if tag in {"UNT", "UNZ"}:
            yield from self._flush()
            self._group = Group(kind=Kind.REST)
        elif self._group.is_full():
            self._group.goes_on = True
            yield from self._flush()
            self._group = self._group.rest()

    def end(self, broken: BrokenStream | None) -> Iterator[Teil]:
        """Yield what is left when no segment comes any more."""
        if not self._has_begun:
            raise _nothing_to_read(broken)
        yield from self._flush()
        yield Dateiende(
            rechnungen=self._rechnungen,
            faelle=self._faelle,
            betrag=self._betrag,
            ist_ganz=self._ist_ganz,
            hat_unz=self._hat_unz,
            abbruch=broken,
        )

    def _remember(self, piece: Piece, tag: str) -> None:
        """Keep what the envelope says of the segments that follow it."""
        if tag == "UNB":
            self._leistungsbereich, self._kennung, self._hat_unz = _leistungsbereich(piece.text), None, False
        elif tag == "UNH":
            self._kennung = _kennung(piece.text)
        elif tag == "UNZ":
            self._hat_unz = True

    def _begun_by(self, tag: str) -> Group | None:
        """Return the group that begins with this segment, or None if it belongs to the one at hand."""
        at_hand = self._group
        if tag == "UNB":
            return Group(kind=Kind.KOPF, segmente={"UNB": UNB})
        if tag == "UNH":
            return self._message()
        if tag == "UNZ":
            return Group(kind=Kind.REST, segmente={"UNZ": UNZ}, grund=Grund.NICHT_LESBAR)
        if at_hand.kind is Kind.KOPF:
            return Group(kind=Kind.REST)
        if at_hand.kind is Kind.FALLLISTE:
            is_case = tag in at_hand.segmente.keys() - {"FKT", "REC", "UNT"}
        else:
            # A case whose INV is missing begins with what follows INV.
            is_case = at_hand.kind is Kind.FALL and (
                tag == "INV" or (at_hand.is_closed and tag in {"URI", "NAD"})
            )
        return Group(kind=Kind.FALL, segmente=at_hand.segmente) if is_case else None

    def _message(self) -> Group:
        kennung = self._kennung
        typ, version = ("", "") if kennung is None else (kennung.typ, kennung.version)
        fassung = FASSUNGEN.get(version)
        nachricht = None if fassung is None else fassung.nachrichten.get(typ)
        if typ not in {"SLGA", "SLLA"}:
            return Group(kind=Kind.REST, grund=Grund.NACHRICHT_UNBEKANNT, kennung=kennung)
        if typ == "SLLA" and self._leistungsbereich not in {None, LEISTUNGSBEREICH}:
            return Group(kind=Kind.REST, grund=Grund.ANDERER_LEISTUNGSBEREICH, kennung=kennung)
        if nachricht is None:
            return Group(kind=Kind.REST, grund=Grund.FASSUNG_NICHT_HINTERLEGT, kennung=kennung)
        kind = Kind.RECHNUNG if typ == "SLGA" else Kind.FALLLISTE
        return Group(kind=kind, segmente={**_ENVELOPE, **nachricht.segmente})

    def _flush(self) -> Iterator[Teil]:
        group = self._group
        if not group.pieces:
            return
        if group.kind is Kind.KOPF:
            yield self._kopf(group)
        elif group.kind is Kind.RECHNUNG:
            yield self._of_rechnung(group)
        elif group.kind is Kind.FALLLISTE:
            yield self._fallliste(group)
        elif group.kind is Kind.FALL:
            yield self._fall(group)
        else:
            # What a message that is not explained asks for is missing in the sum.
            self._ist_ganz = self._ist_ganz and group.kennung is None
            yield from _rest(group)

    def _kopf(self, group: Group) -> Dateikopf:
        reading = Reading.of(group)
        version = None if self._kennung is None else self._kennung.version
        return Dateikopf(unb=reading.one("UNB"), version=version, ungedeutet=reading.left())

    def _of_rechnung(self, group: Group) -> Rechnung:
        reading = Reading.of(group)
        fkt, rec = reading.one("FKT"), reading.one("REC")
        rechnung = Rechnung(
            fkt=fkt,
            rec=rec,
            ust=reading.one("UST"),
            sko=reading.many("SKO"),
            ges=reading.many("GES"),
            nam=reading.one("NAM"),
            zahlung=self._zahlung(fkt, rec),
            segmente=group.numbers,
            ist_fortsetzung=group.is_continued,
            ungedeutet=reading.left(),
        )
        if not group.is_continued:
            self._add_up(rechnung)
        return rechnung

    def _zahlung(self, fkt: slga.FKT | None, rec: slga.REC | None) -> Zahlung | None:
        if fkt is None or rec is None or rec.rechnungsart not in set(Zahlungsweg):
            return None
        weg, sammelnummer = Zahlungsweg(rec.rechnungsart), rec.rechnungsnummer.sammelnummer
        empfaenger: str | None = fkt.ik_rechnungssteller
        if fkt.sammelrechnung == SAMMELRECHNUNG:
            self._inkasso = sammelnummer, fkt.ik_rechnungssteller
        elif weg is Zahlungsweg.AN_ABRECHNUNGSSTELLE:
            empfaenger = self._inkasso[1] if self._inkasso and self._inkasso[0] == sammelnummer else None
        return Zahlung(
            weg=weg,
            ik_kostentraeger=fkt.ik_kostentraeger,
            ik_empfaenger=empfaenger,
            ik_absender=fkt.ik_absender,
        )

    def _add_up(self, rechnung: Rechnung) -> None:
        if rechnung.ist_sammelrechnung:
            return
        self._rechnung = rechnung
        self._rechnungen += 1
        self._ist_ganz = self._ist_ganz and rechnung.betrag is not None
        self._betrag = money.total([self._betrag, rechnung.betrag or money.ZERO])

    def _fallliste(self, group: Group) -> Fallliste:
        reading = Reading.of(group)
        fkt, rec = reading.one("FKT"), reading.one("REC")
        if not group.is_continued:
            self._nummer = 0
        return Fallliste(
            fkt=fkt,
            rec=rec,
            ist_wie_rechnung=self._rechnung is not None and _is_of(fkt, rec, self._rechnung),
            ist_fortsetzung=group.is_continued,
            ungedeutet=reading.left(),
        )

    def _fall(self, group: Group) -> Fall:
        if not group.is_continued:
            self._nummer += 1
            self._faelle += 1
        return case_of(group, self._nummer)


def _nothing_to_read(broken: BrokenStream | None) -> NoPayload:
    if broken is None:
        return NoPayload("Die Datei ist leer.")
    if isinstance(broken, OtherSeparators):
        return NoPayload(broken.text)
    if not broken.beginning.startswith(tuple(f"{tag}+" for tag in _TAGS)):
        return NoPayload(NO_HEAD)
    if isinstance(broken, EndlessSegment):
        return NoPayload("Das erste Segment nimmt kein Ende.")
    return NoPayload("Die Datei bricht schon im ersten Segment ab.")


def _leistungsbereich(text: str) -> str | None:
    try:
        return reader_of(UNB)(text).leistungsbereich
    except Faulty:
        return None


def _kennung(text: str) -> Nachrichtenkennung | None:
    """Return what UNH names, even if another of its fields is faulty."""
    parts = elements(text)
    named = components(parts[2]) if len(parts) > 2 else []
    if len(named) < 2:
        return None
    return Nachrichtenkennung(typ=named[0], version=named[1], freigabe="0", organisation="0")


def _rest(group: Group) -> Iterator[Rest]:
    # A UNZ that can be read has said all it says.
    if group.segmente and not Reading.of(group).left():
        return
    left = tuple(
        Ungedeutet(nummer=piece.number, text=piece.text, grund=group.grund) for piece in group.pieces
    )
    yield Rest(grund=group.grund, kennung=group.kennung, ungedeutet=left)


def _is_of(fkt: slla.FKT | None, rec: slga.REC | None, rechnung: Rechnung) -> bool:
    if fkt is None or rechnung.fkt is None or rec is None:
        return False
    same = (
        rechnung.fkt.verarbeitungskennzeichen,
        rechnung.fkt.ik_rechnungssteller,
        rechnung.fkt.ik_kostentraeger,
        rechnung.fkt.ik_krankenkasse,
    )
    named = fkt.verarbeitungskennzeichen, fkt.ik_leistungserbringer, fkt.ik_kostentraeger, fkt.ik_krankenkasse
    return named == same and rec == rechnung.rec
