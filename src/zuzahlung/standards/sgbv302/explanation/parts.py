"""The parts of an explained file: head, invoices, cases with their positions, whatever stays unread, and the end.

A segment that could be read is kept as its row; beside it stands what follows from it: names and sums.

Source: TA1 V21, 5.3; TA1 V21, 5.5; house, how a file is explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Final

from zuzahlung.standards import money
from zuzahlung.standards.edifact.stream import BrokenStream
from zuzahlung.standards.keys.versichertenstatus import GESAMTSUMME
from zuzahlung.standards.sgbv302 import slga, slla
from zuzahlung.standards.sgbv302.service import UNB, Nachrichtenkennung

SAMMELRECHNUNG: Final = "J"


class Grund(Enum):
    """Why a segment is shown as it stands."""

    NICHT_LESBAR = "no table fits the segment"
    NICHT_VORGESEHEN = "this segment does not stand here, or not twice"
    AUSSERHALB = "the segment stands outside of all messages"
    FASSUNG_NICHT_HINTERLEGT = "the tables of this version are not held"
    NACHRICHT_UNBEKANNT = "the message is neither SLGA nor SLLA"
    ANDERER_LEISTUNGSBEREICH = "the SLLA is not one for Heilmittel"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ungedeutet:
    """One segment as it stands in the file: its number, its text with release characters, and why."""

    nummer: int
    text: str
    grund: Grund


@dataclass(frozen=True, kw_only=True, slots=True)
class Dateikopf:
    """The head of a file; `unb` None: unreadable. `version` of TA1 is that of the first message, if one follows."""

    unb: UNB | None
    version: str | None
    ungedeutet: Sequence[Ungedeutet]


class Zahlungsweg(StrEnum):
    """To whom the money goes, by the Rechnungsart."""

    AN_LEISTUNGSERBRINGER = "1"
    AN_LEISTUNGSERBRINGER_UEBER_ABRECHNUNGSSTELLE = "2"
    AN_ABRECHNUNGSSTELLE = "3"


@dataclass(frozen=True, kw_only=True, slots=True)
class Zahlung:
    """Who is asked to pay whom; `ik_empfaenger` None: an Abrechnungsstelle that no Sammelrechnung names."""

    weg: Zahlungsweg
    ik_kostentraeger: str
    ik_empfaenger: str | None
    ik_absender: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rechnung:
    """An SLGA: a Gesamtrechnung, or a Sammelrechnung over those that follow it.

    `segmente` are the numbers of its first and last segment, by which findings are found again.
    """

    fkt: slga.FKT | None
    rec: slga.REC | None
    ust: slga.UST | None
    sko: Sequence[slga.SKO]
    ges: Sequence[slga.GES]
    nam: slga.NAM | None
    zahlung: Zahlung | None
    segmente: tuple[int, int]
    ist_fortsetzung: bool
    ungedeutet: Sequence[Ungedeutet]

    @property
    def ist_sammelrechnung(self) -> bool:
        """Say whether it sums up other invoices."""
        return self.fkt is not None and self.fkt.sammelrechnung == SAMMELRECHNUNG

    @property
    def betrag(self) -> Decimal | None:
        """What the fund is asked to pay: the amount of status 00."""
        return next((row.gesamtrechnungsbetrag for row in self.ges if row.status == GESAMTSUMME), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fallliste:
    """The head of an SLLA, whose cases follow; `ist_wie_rechnung` if it names the same as the SLGA before it."""

    fkt: slla.FKT | None
    rec: slga.REC | None
    ist_wie_rechnung: bool
    ist_fortsetzung: bool
    ungedeutet: Sequence[Ungedeutet]


@dataclass(frozen=True, kw_only=True, slots=True)
class Leistung:
    """One position on one day: its name if one is known, and what its quantity makes of price and Zuzahlung."""

    ehe: slla.EHE
    txt: slla.TXT | None = None
    mws: slla.MWS | None = None
    bezeichnung: str | None
    summe: Decimal
    zuzahlung: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fall:
    """One case; a segment is None if the case has none, or none that can be read (then see `ungedeutet`).

    `nummer` counts the cases of a message from 1. A case of thousands of positions comes in several parts:
    all but the last `geht_weiter`, all but the first `ist_fortsetzung`. `segmente` are the numbers of its first
    and last segment.
    """

    nummer: int
    inv: slla.INV | None = None
    uri: slla.URI | None = None
    nad: slla.NAD | None = None
    img: slla.IMG | None = None
    evo: slla.EVO | None = None
    leistungen: Sequence[Leistung]
    zhe: slla.ZHE | None = None
    diagnosen: Sequence[slla.DIA]
    skz: slla.SKZ | None = None
    bes: slla.BES | None = None
    gzf: slla.GZF | None = None
    segmente: tuple[int, int]
    ist_fortsetzung: bool
    geht_weiter: bool
    ungedeutet: Sequence[Ungedeutet]

    @property
    def betrag(self) -> Decimal | None:
        """What the fund is asked to pay for the case: what is claimed, or gross less what the insured bears."""
        if self.gzf is not None:
            return self.gzf.forderung
        if self.bes is None:
            return None
        borne = money.total([self.bes.zuzahlung or money.ZERO, self.bes.korrekturabzug or money.ZERO])
        return money.difference(self.bes.brutto, borne)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rest:
    """Segments that belong to nothing that is explained, all for the same reason.

    `kennung` is the message they stand in, where that is the reason.
    """

    grund: Grund
    kennung: Nachrichtenkennung | None
    ungedeutet: Sequence[Ungedeutet]


@dataclass(frozen=True, kw_only=True, slots=True)
class Dateiende:
    """The end of the file: what it held, and whether it ends as a file does.

    `betrag` sums up the Gesamtrechnungen, without Sammelrechnungen, as far as they can be read (`ist_ganz`).
    `abbruch` says where it breaks off; without one and without UNZ its end is missing.
    """

    rechnungen: int
    faelle: int
    betrag: Decimal
    ist_ganz: bool
    hat_unz: bool
    abbruch: BrokenStream | None


Teil = Dateikopf | Rechnung | Fallliste | Fall | Rest | Dateiende
