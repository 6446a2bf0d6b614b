"""A case as its rules look at it: what several of them ask is looked up once, and kept where files repeat it.

The same few positions, prices and days fill a file, so what follows from them is kept by value, in bounded
memory: the amounts of a line, and what directory and price list say of a position on a day.

Source: TA1 V21, 5.5.3.3 EHE, MWS; HPNR, columns HPNR and Leistungserbringer; house, which Abrechnungscode goes
with which first sign, and what is looked up once.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from zuzahlung.standards.copayment import formulas
from zuzahlung.standards.copayment.law import find_zuzahlungssatz
from zuzahlung.standards.days import eighteenth_birthday
from zuzahlung.standards.edifact.kept import MOST_KEPT, Kept
from zuzahlung.standards.keys import positionen, preise
from zuzahlung.standards.keys.leistungserbringer import (
    ABRECHNUNGSCODE,
    BEREICH_DES_ABRECHNUNGSCODES,
    find_heilmittelbereich,
    is_tarifkennzeichen,
)
from zuzahlung.standards.keys.verarbeitung import VERARBEITUNGSKENNZEICHEN
from zuzahlung.standards.money import ZERO
from zuzahlung.standards.numbers import ik, positionsnummer
from zuzahlung.standards.numbers.positionsnummer import SIGN_OF_ABRECHNUNGSCODE
from zuzahlung.standards.sgbv302.checks.seen import At, Case, File, Message
from zuzahlung.standards.sgbv302.slla import EHE, INV, MWS, NAD, ZHE

IS_IK: Final = Kept(ik.is_valid, {})
"""Says whether the check digit of an IK fits; the same few stand in every case."""


class Group(NamedTuple):
    """A Leistungserbringergruppe: whether its Tarifkennzeichen may stand there, and its Heilmittel-Bereich.

    `is_known` says that its Abrechnungscode is in the table too.
    """

    legs: str
    has_tarif: bool
    is_known: bool
    bereich: str | None


class Amounts(NamedTuple):
    """What follows from price, quantity and Zuzahlung of one line; `unit` is what EHE.6 is by its rule.

    `unit` is None on a day before the first amount of the law, and for the tax of no unit. `is_sound` says
    that quantity and price may be so, and that EHE.6 is `unit` if it is more than nought.
    """

    gross: Decimal
    copayment: Decimal
    unit: Decimal | None
    is_sound: bool


BLANKOVERORDNUNG: Final = "05"
"""The Verordnungsart (ZHE.6) of a Blankoverordnung."""
BLANKO_GRUNDLAGE: Final = "§ 125a SGB V"
"""The Grundlage by which the directory marks its positions."""


class Listed:
    """What directory and price list say of a position number on a treatment day.

    `fits` says that a provider of this Abrechnungscode bills such numbers.
    """

    __slots__ = (
        "fits",
        "has_form",
        "is_blanko",
        "is_home_visit",
        "is_treatment",
        "position",
        "preis",
        "reason",
    )

    def __init__(self, legs: str, number: str, day: date) -> None:
        signs = _SIGNS.get(legs[:2])
        self.has_form = positionsnummer.is_billable(number)
        self.fits = signs is None or number[:1] in signs
        self.position = positionen.find(number, day)
        self.preis = None if self.position is None else preise.find(legs, number, day)
        self.reason = None if self.position is None else preise.why_none(legs, number, day)
        self.is_blanko = self.position is not None and self.position.grundlage == BLANKO_GRUNDLAGE
        label = "" if self.position is None else self.position.leistung
        self.is_home_visit = label.lstrip('"').startswith(_HOME_VISITS)
        self.is_treatment = not any(word in label for word in _WRITTEN)


_SIGNS: Final[Mapping[str, AbstractSet[str]]] = {
    **{code: frozenset(sign) for code, sign in SIGN_OF_ABRECHNUNGSCODE.items()},
    # Besides its own sign, each may bill the report sent electronically (B, D, E); 4 is for state rules.
    "21": frozenset("1D"),
    "22": frozenset("2D"),
    "23": frozenset("34E"),
    "24": frozenset("34E"),
    "25": frozenset("34E"),
    "26": frozenset("5B"),
    "27": frozenset("6BDE"),
    "28": frozenset("8BDE"),
}

_HOME_VISITS: Final = (
    "Hausbesuch",
    "Stimm-, sprech-, sprach- und schlucktherapeutischer Hausbesuch",
    "Ärztlich verordneter Hausbesuch",
)
_WRITTEN: Final = ("Bericht", "bericht", "Übermittlungsgebühr")


class Line(NamedTuple):
    """One position of the case with all that was looked up for it."""

    at: At
    ehe: EHE
    mws: At | None
    group: Group
    amounts: Amounts
    listed: Listed
    key: tuple[str, str, date]

    @property
    def is_charged(self) -> bool:
        """Say whether the line carries a Zuzahlung; 0,00 says as much as an empty field."""
        return bool(self.ehe.zuzahlung)

    @property
    def bears(self) -> bool | None:
        """Say whether the contract raises a Zuzahlung for the position, or None where no list tells."""
        preis = self.listed.preis
        return None if preis is None else preis.zuzahlung is not None


@dataclass(slots=True)
class Facts:
    """A case with what its rules ask; a part is None where it is missing or could not be read.

    `vkz` is empty where it is unknown, or where SLGA and SLLA disagree in it. `adult_on` is the eighteenth
    birthday, None where the day of birth is not known to the day, or cannot be right. `first_day` and
    `last_day` are those of all positions that could be read.
    `left_out` is the line whose Zuzahlung is missing for sure, once the amounts have told so.
    """

    case: Case
    message: Message
    file: File
    vkz: str
    inv: INV | None
    nad: NAD | None
    zhe: ZHE | None
    lines: list[Line]
    first_day: date | None
    last_day: date | None
    adult_on: date | None
    left_out: Line | None = None

    def is_adult_on(self, day: date | None) -> bool:
        """Say whether the insured is certainly an adult on this day."""
        return self.adult_on is not None and day is not None and self.adult_on <= day

    def is_minor_on(self, day: date | None) -> bool:
        """Say whether the insured is certainly under 18 on this day."""
        return self.adult_on is not None and day is not None and day < self.adult_on

    def once(self, *what: object) -> bool:
        """Say whether this is to be told for the first time in the file."""
        told = self.file.told
        if what in told or len(told) >= _MOST_TOLD:
            return False
        told.add(what)
        return True


_MOST_TOLD: Final = 1_000
"""How many different things are told once in a file; a file of any size needs no more memory for them."""


def of_case(case: Case, message: Message, file: File) -> Facts:
    """Return what the rules ask of a case."""
    inv, nad, zhe, vkz = case.inv, case.nad, case.zhe, message.vkz
    lines = [_line(item.ehe, item.mws) for item in case.items]
    days = [line.ehe.leistungsdatum for line in lines]
    return Facts(
        case=case,
        message=message,
        file=file,
        vkz=vkz if vkz is not None and vkz in VERARBEITUNGSKENNZEICHEN else "",
        inv=None if inv is None else inv.row,
        nad=None if nad is None else nad.row,
        zhe=None if zhe is None else zhe.row,
        lines=lines,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        adult_on=None if nad is None or zhe is None else _adult_on(nad.row, zhe.row),
    )


class _Known(NamedTuple):
    """What follows from the text of an EHE alone."""

    group: Group
    amounts: Amounts
    listed: Listed
    key: tuple[str, str, date]


def _line(at: At, mws: At | None) -> Line:
    ehe: EHE = at.row
    known = _known_lines.get(at.piece.text) or _remember(at.piece.text, ehe)
    group, amounts, listed, key = known
    return Line(at, ehe, mws, group, amounts if mws is None else _amounts_of(ehe, mws.row), listed, key)


_known_lines: Final[dict[str, _Known]] = {}


def _remember(text: str, ehe: EHE) -> _Known:
    """Return what follows from an EHE, and keep it by its text: the same treatment fills many cases."""
    if len(_known_lines) >= MOST_KEPT:
        _known_lines.clear()
    gruppe, number, day = ehe.leistungserbringergruppe, ehe.positionsnummer, ehe.leistungsdatum
    group: Group = _groups[gruppe.abrechnungscode, gruppe.tarifkennzeichen]
    key = (group.legs, number, day)
    known = _known_lines[text] = _Known(group, _amounts_of(ehe, None), _listed[key], key)
    return known


def _group(key: tuple[str, str]) -> Group:
    code, tarif = key
    legs, has_tarif = code + tarif, is_tarifkennzeichen(tarif)
    bereich = BEREICH_DES_ABRECHNUNGSCODES.get(code) or find_heilmittelbereich(legs)
    return Group(legs, has_tarif, has_tarif and code in ABRECHNUNGSCODE.codes, bereich)


def _amounts_of(ehe: EHE, mws: MWS | None) -> Amounts:
    price, quantity, copayment = ehe.einzelbetrag, ehe.anzahl, ehe.zuzahlung
    tax = ZERO if mws is None else mws.betrag
    satz = find_zuzahlungssatz(ehe.leistungsdatum)
    if satz is None or (tax and not quantity):
        unit = None
    else:
        tax_of_one = formulas.vat_per_unit(tax, quantity) if tax else ZERO
        unit = formulas.unit_copayment(price, tax_of_one, satz=satz)
    return Amounts(
        formulas.line_gross(price, quantity, tax),
        formulas.line_copayment(copayment, quantity) if copayment else ZERO,
        unit,
        quantity > 0 and price >= 0 and (not copayment or unit is None or copayment == unit),
    )


_groups: Final = Kept(_group, {})
_listed: Final = Kept(lambda key: Listed(*key), {})


def _adult_on(nad: NAD, zhe: ZHE) -> date | None:
    """Return the eighteenth birthday, None where there is no such day, or none before the prescription."""
    try:
        born = date.fromisoformat(nad.geburtsdatum)
    except ValueError:
        return None
    # The calendar ends with the year 9999.
    return eighteenth_birthday(born) if born <= zhe.verordnungsdatum and born.year < 9000 else None
