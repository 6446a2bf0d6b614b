"""The numbers and names that a file, its invoices and its vouchers bear: which are allowed, and which comes next.

Nothing is drawn here. Who keeps the last number of a series asks for the next one; whether a Rechnungsnummer
was used before, in this or another year, only the keeper of all of them knows.

TA1 says for the parts of a Rechnungsnummer which signs group it, and calls all other special signs and blanks
forbidden; that letters are those from A to Z is our reading.

Source: TA1 V21, 5.4 UNB, UNH; TA1 V21, 5.5.2 REC; TA1 V21, 5.5.3.1 INV; RL, § 4(1); Anh1, 4.2, 4.3; Anh2, 5, 6;
GGT4, 1.3; house, letters of a Rechnungsnummer, blanks in a Belegnummer, the month of a logical file name.

>>> parse_rechnungsnummer("2026-1002:1")
Rechnungsnummer(sammelnummer='2026-1002', einzelnummer='1')
>>> format_rechnungsnummer(parse_rechnungsnummer("00234567"))
'00234567:0'
>>> parse_sammelnummer("2026--1002")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidCharacters: wrong character
>>> parse_sammelnummer("2026-1000000000")
Traceback (most recent call last):
    ...
zuzahlung.standards.errors.InvalidLength: wrong length
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NewType

from zuzahlung.standards.errors import InvalidCharacters, InvalidLength, NumberError
from zuzahlung.standards.numbers.typed import first_foreign
from zuzahlung.standards.sgbv302.slga import Rechnungsnummer

Sammelnummer = NewType("Sammelnummer", str)
Einzelnummer = NewType("Einzelnummer", str)
Belegnummer = NewType("Belegnummer", str)

OHNE_SAMMELRECHNUNG: Final = Einzelnummer("0")
"""The single number of an invoice without a Sammelrechnung above it, and of a Sammelrechnung itself."""

MOST_MESSAGES: Final = 99_999
"""How many messages a file counts at most: the number of each has five digits."""

MOST_SEGMENTS: Final = 999_999
"""How many segments a message counts at most, UNH and UNT included: their count has six digits."""


def parse_sammelnummer(text: str) -> Sammelnummer:
    """Return the first part of a Rechnungsnummer; raise the NumberError that says what is wrong."""
    return Sammelnummer(_invoice_number(text, "Rechnungsnummer", 14))


def parse_einzelnummer(text: str) -> Einzelnummer:
    """Return the second part of a Rechnungsnummer; raise the NumberError that says what is wrong."""
    return Einzelnummer(_invoice_number(text, "Einzel-Rechnungsnummer", 6))


def parse_rechnungsnummer(text: str) -> Rechnungsnummer:
    """Return both parts of a number written as 2026-1002:1; without a colon the second one is 0."""
    sammelnummer, colon, einzelnummer = text.partition(":")
    return Rechnungsnummer(
        sammelnummer=parse_sammelnummer(sammelnummer),
        einzelnummer=parse_einzelnummer(einzelnummer) if colon else OHNE_SAMMELRECHNUNG,
    )


def format_rechnungsnummer(nummer: Rechnungsnummer) -> str:
    """Return the number as it is written on the vouchers and their Begleitzettel, both parts unchanged."""
    return f"{nummer.sammelnummer}:{nummer.einzelnummer}"


def is_sammelnummer(text: str) -> bool:
    """Say whether the text may stand in the first part of a Rechnungsnummer, exactly so.

    >>> is_sammelnummer("A-135"), is_sammelnummer("A-135-"), is_sammelnummer("A 135")
    (True, False, False)
    """
    return len(text) <= 14 and _GROUPED.fullmatch(text) is not None


def is_einzelnummer(text: str) -> bool:
    """Say whether the text may stand in the second part of a Rechnungsnummer, exactly so.

    >>> is_einzelnummer("0"), is_einzelnummer("4711/1"), is_einzelnummer("1234567")
    (True, True, False)
    """
    return len(text) <= 6 and _GROUPED.fullmatch(text) is not None


_GROUPED: Final = re.compile(r"[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*")
_ALLOWED: Final = frozenset(string.ascii_letters + string.digits + "-/")


def _invoice_number(typed: str, name: str, most: int) -> str:
    text = typed.strip()
    if not text:
        raise InvalidLength(f"Bitte geben Sie eine {name} an.")
    if foreign := first_foreign(text, _ALLOWED):
        raise InvalidCharacters(
            f"{foreign} gehört nicht in eine {name}. "
            "Erlaubt sind Buchstaben von A bis Z, Ziffern, Bindestrich und Schrägstrich."
        )
    if len(text) > most:
        raise InvalidLength(f"Eine {name} hat höchstens {most} Zeichen, hier sind es {len(text)}.")
    if not _GROUPED.fullmatch(text):
        raise InvalidCharacters(
            f"In einer {name} stehen Bindestrich und Schrägstrich nur einzeln zwischen Buchstaben oder "
            "Ziffern, nicht am Anfang, nicht am Ende und nicht hintereinander."
        )
    return text


def parse_belegnummer(text: str) -> Belegnummer:
    """Return the number of a voucher; raise the NumberError that says what is wrong.

    >>> parse_belegnummer(" 28 ")
    '28'
    """
    number = text.strip()
    if not number:
        raise InvalidLength("Bitte geben Sie eine Belegnummer an.")
    if len(number) > 10:
        raise InvalidLength(f"Eine Belegnummer hat höchstens 10 Zeichen, hier sind es {len(number)}.")
    if not is_belegnummer(number):
        raise InvalidCharacters(
            "In einer Belegnummer stehen keine Leerzeichen und keine unsichtbaren Zeichen."
        )
    return Belegnummer(number)


def is_belegnummer(text: str) -> bool:
    """Say whether the text is one to ten characters that can be seen.

    INV.4 asks for no more than ten characters; that a blank is none of them is our reading.

    >>> is_belegnummer("28"), is_belegnummer("2 8"), is_belegnummer("12345678901"), is_belegnummer("")
    (True, False, False, False)
    """
    return 1 <= len(text) <= 10 and text.isprintable() and " " not in text


def repeated(numbers: Iterable[str]) -> str | None:
    """Return the first number that comes a second time, or None.

    >>> repeated(["1", "2", "1"]), repeated(["1", "01"])
    ('1', None)
    """
    seen: set[str] = set()
    for number in numbers:
        if number in seen:
            return number
        seen.add(number)
    return None


def next_datenaustauschreferenz(last: str | None) -> str:
    """Return the number of the next delivery from one sender to one receiver; `last` is None before the first.

    It runs through all years and begins again after 99999. Raises NumberError if `last` is none.

    >>> next_datenaustauschreferenz(None), next_datenaustauschreferenz("00118")
    ('00001', '00119')
    >>> next_datenaustauschreferenz("99999")
    '00001'
    """
    if last is None:
        return "00001"
    if not is_datenaustauschreferenz(last):
        raise NumberError("Eine Datenaustauschreferenz hat fünf Ziffern und beginnt bei 00001.")
    return f"{int(last) % 99_999 + 1:05}"


def is_datenaustauschreferenz(text: str) -> bool:
    """Say whether the text may number a delivery: five digits, from 00001.

    >>> is_datenaustauschreferenz("00118"), is_datenaustauschreferenz("00000"), is_datenaustauschreferenz("118")
    (True, False, False)
    """
    return re.fullmatch("[0-9]{5}", text) is not None and text != "00000"


def nachrichtenreferenz(place: int) -> str:
    """Return the number of a message by its place in the file, from 1; ValueError beyond five digits.

    >>> nachrichtenreferenz(1), nachrichtenreferenz(99_999)
    ('00001', '99999')
    """
    if not 1 <= place <= MOST_MESSAGES:
        raise ValueError("a file has 1 to 99,999 messages")
    return f"{place:05}"


class Absenderart(StrEnum):
    """Who makes the file, as its logical name says it."""

    SELBSTABRECHNER = "S"
    ABRECHNUNGSSTELLE = "A"


class Dateiart(StrEnum):
    """What the file is for, as the Testindikator of UNB says it (meanings: `keys.abrechnung.TESTINDIKATOR`)."""

    TEST = "0"
    ERPROBUNG = "1"
    ECHT = "2"


@dataclass(frozen=True, kw_only=True, slots=True)
class LogischerDateiname:
    """The name in UNB and Auftragsdatei: digits 3 to 8 of the sender's IK, what it is, and the month (1 to 12).

    The document does not say whether the month is that of the services, of the invoice or of the file.
    """

    ik_stellen: str
    absenderart: Absenderart
    monat: int

    def __post_init__(self) -> None:
        if not re.fullmatch("[0-9]{6}", self.ik_stellen):
            raise ValueError("six digits of an IK")
        if not 1 <= self.monat <= 12:
            raise ValueError("a month is one of twelve")

    def __str__(self) -> str:
        return f"SL{self.ik_stellen}{self.absenderart}{self.monat:02}"

    def is_of(self, ik: str) -> bool:
        """Say whether the name may be that of a file from this IK."""
        return ik[2:8] == self.ik_stellen


def logischer_dateiname(*, ik_absender: str, absenderart: Absenderart, monat: int) -> LogischerDateiname:
    """Return the name of a file from this sender.

    >>> str(logischer_dateiname(ik_absender="440301798", absenderart=Absenderart.SELBSTABRECHNER, monat=10))
    'SL030179S10'
    """
    return LogischerDateiname(ik_stellen=ik_absender[2:8], absenderart=absenderart, monat=monat)


def parse_logischer_dateiname(text: str) -> LogischerDateiname:
    """Return what the name of a file says; raise the NumberError that says what is wrong with it.

    >>> parse_logischer_dateiname("SL030179S10").monat
    10
    """
    if len(text) != 11:
        raise InvalidLength(f"Der logische Dateiname hat 11 Zeichen, hier sind es {len(text)}.")
    found = _LOGICAL.fullmatch(text)
    if found is None:
        raise InvalidCharacters(
            "Der logische Dateiname besteht aus SL, sechs Ziffern des Absender-IK, S oder A und dem Monat "
            "von 01 bis 12."
        )
    return LogischerDateiname(ik_stellen=found[1], absenderart=Absenderart(found[2]), monat=int(found[3]))


_LOGICAL: Final = re.compile(r"SL([0-9]{6})([SA])(0[1-9]|1[0-2])")


class MonatVon(StrEnum):
    """Which month a logical file name bears: a setting, since no document says it; practice takes the first."""

    ERSTELLUNG = "Erstellung"
    RECHNUNG = "Rechnung"
    LEISTUNG = "Leistung"


def abrechnungsmonat(
    monat_von: MonatVon, *, erstellt_am: date, rechnungsdaten: Iterable[date], leistungsdaten: Iterable[date]
) -> int:
    """Return the month (1 to 12) for the name of a file: of its last invoice or service where these decide.

    >>> october, september = date(2026, 10, 5), date(2026, 9, 30)
    >>> abrechnungsmonat(
    ...     MonatVon.LEISTUNG, erstellt_am=october, rechnungsdaten=[october], leistungsdaten=[september]
    ... )
    9
    """
    if monat_von is MonatVon.RECHNUNG:
        return max(rechnungsdaten).month
    if monat_von is MonatVon.LEISTUNG:
        return max(leistungsdaten).month
    return erstellt_am.month


def physischer_dateiname(*, dateiart: Dateiart, transfernummer: int) -> str:
    """Return the name a file is sent under: ESOL0 for Echtdateien, TSOL0 for Test and Erprobung, and the number.

    >>> physischer_dateiname(dateiart=Dateiart.ECHT, transfernummer=7)
    'ESOL0007'
    >>> physischer_dateiname(dateiart=Dateiart.ERPROBUNG, transfernummer=7)
    'TSOL0007'
    """
    if not 0 <= transfernummer <= 999:
        raise ValueError("a Transfernummer has three digits")
    return f"{'E' if dateiart is Dateiart.ECHT else 'T'}SOL0{transfernummer:03}"


def auftragsdateiname(physischer_name: str) -> str:
    """Return the name of the Auftragsdatei that goes with a file.

    >>> auftragsdateiname("ESOL0007")
    'ESOL0007.AUF'
    """
    return f"{physischer_name}.AUF"
