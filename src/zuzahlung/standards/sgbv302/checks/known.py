"""Prüfstufe 3 of what holds for the whole file: one Verarbeitungskennzeichen, one Rechnungsart, one sender, IKs.

What is kept here grows with the invoices of the file, never with its cases.

Source: TA1 V21, 5.2(5); TA1 V21, 5.5.2 FKT, REC; TA1 V21, 7.3; house, an IK is told once.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from zuzahlung.standards.days import format_day
from zuzahlung.standards.edifact.stream import Piece
from zuzahlung.standards.edifact.tables import table_of
from zuzahlung.standards.numbers import ik
from zuzahlung.standards.sgbv302.checks.heading import Heading
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, Rule, error, warning
from zuzahlung.standards.sgbv302.checks.seen import At, Message

MOST_IKS: Final = 20_000
"""How many different IKs of one file are looked at; a file of any size needs no more memory for them."""

MIXED_VKZ = error(
    "file.mixed-vkz",
    3,
    "Die Datei mischt Verarbeitungskennzeichen: hier {given}, bisher {before}. Je Kennzeichen ist eine eigene "
    "Datei nötig.",
    "One file holds invoices of one Verarbeitungskennzeichen.",
    "TA1 V21, 7.3",
)
MIXED_RECHNUNGSART = error(
    "file.mixed-rechnungsart",
    3,
    "Die Datei mischt Rechnungsarten: hier {given}, bisher {before}.",
    "One file holds invoices of one Rechnungsart.",
    "TA1 V21, 5.2(5)",
)
OTHER_SENDER = error(
    "fkt.sender",
    3,
    "Als Absender der Datei nennt die SLGA {given}, der Kopf der Datei (UNB) aber {sender}.",
    "FKT field 6 of every SLGA is the sender of UNB.",
    "TA1 V21, 5.5.2 FKT",
)
AFTER_THE_FILE = warning(
    "rec.after-the-file",
    3,
    "Das Rechnungsdatum {given} liegt nach dem Tag der Datei ({day}).",
    "REC field 2 is later than the day of UNB.",
    "TA1 V21, 6.3",
)
IK_CHECK = warning(
    "ik.check-digit",
    3,
    "Die Prüfziffer des Institutionskennzeichens {given} ({label}) passt nicht.",
    "The check digit of this IK does not fit; TA1 asks for none. Told once for each IK.",
    "Anh1, 4.2",
)


@dataclass(slots=True)
class Known:
    """What is known of the file so far; `told` is what was found once and need not be repeated.

    `has_sammel` and `has_single` say whether Sammelrechnungen, and invoices without one, were seen; after
    `is_lost` nobody can say, since an SLGA could not be read.
    """

    unb: At | None = None
    vkz: str | None = None
    rechnungsart: str | None = None
    has_sammel: bool = False
    has_single: bool = False
    is_lost: bool = False
    told: set[tuple[str, object]] = field(default_factory=set)
    numbers: dict[tuple[str, str], dict[str, str | None]] = field(default_factory=dict)
    groups: dict[tuple[str | None, ...], tuple[int, str]] = field(default_factory=dict)
    _iks: set[str] = field(default_factory=set)

    def begin(self, unb: At) -> None:
        """Remember the head of the file, whose IKs are a matter of Stufe 1."""
        self.unb = unb
        self._iks |= {unb.row.absender, unb.row.empfaenger}

    def is_new(self, rule: Rule, about: object) -> bool:
        """Say, once, that this has not been told yet."""
        key = (rule.id, about)
        if key in self.told:
            return False
        self.told.add(key)
        return True

    def of_heading(self, heading: Heading) -> Iterator[FileFinding]:
        """Yield what an invoice or a Sammelrechnung says otherwise than the file so far."""
        fkt, rec = heading.fkt, heading.rec
        if fkt is not None and (vkz := heading.vkz) is not None:
            self.vkz = self.vkz or vkz
            if vkz != self.vkz and self.is_new(MIXED_VKZ, vkz):
                yield MIXED_VKZ.broken_at(fkt.piece, "1", given=vkz, before=self.vkz)
        if rec is not None and (art := heading.rechnungsart) is not None:
            self.rechnungsart = self.rechnungsart or art
            if art != self.rechnungsart and self.is_new(MIXED_RECHNUNGSART, art):
                yield MIXED_RECHNUNGSART.broken_at(rec.piece, "3", given=art, before=self.rechnungsart)
        yield from self._of_day(heading)

    def _of_day(self, heading: Heading) -> Iterator[FileFinding]:
        rec, on = heading.rec, heading.rechnungsdatum
        if rec is None or on is None or self.unb is None:
            return
        day = self.unb.row.zeitpunkt.datum
        if on > day and self.is_new(AFTER_THE_FILE, on):
            yield AFTER_THE_FILE.broken_at(rec.piece, "2", given=format_day(on), day=format_day(day))

    def of_sender(self, slga: Message) -> Iterator[FileFinding]:
        """Yield that an SLGA names another sender than UNB, once for each; what is no IK was told at UNB."""
        if slga.fkt is None or self.unb is None:
            return
        given, sender = slga.fkt.row.ik_absender, self.unb.row.absender
        is_ik = len(sender) == 9 and sender.isascii() and sender.isdigit()
        if given != sender and is_ik and self.is_new(OTHER_SENDER, given):
            yield OTHER_SENDER.broken_at(slga.fkt.piece, "6", given=given, sender=sender)

    def of_iks(self, message: Message, apart_from: AbstractSet[str]) -> Iterator[FileFinding]:
        """Yield each IK of a FKT whose check digit is wrong, apart from fields that are wrong anyway."""
        if message.fkt is None:
            return
        for field_ in table_of(type(message.fkt.row)).fields:
            if field_.label.startswith("IK ") and _AGREED.get(field_.name, field_.name) not in apart_from:
                number = getattr(message.fkt.row, field_.name)
                yield from self._of_ik(message.fkt.piece, str(field_.place), field_.label, number)

    def _of_ik(self, piece: Piece, place: str, label: str, number: str | None) -> Iterator[FileFinding]:
        if number is None or number in self._iks or len(self._iks) >= MOST_IKS:
            return
        self._iks.add(number)
        if not ik.is_valid(number):
            yield IK_CHECK.broken_at(piece, place, given=number, label=label)


# The IK of the Leistungserbringer has another name in FKT of an SLLA.
_AGREED: Final = {"ik_leistungserbringer": "ik_rechnungssteller"}
