"""How single values of an Abrechnungsdatei are written for people: amounts, days, numbers in groups, keys."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from zuzahlung.cli.terminal import german
from zuzahlung.standards import days, money
from zuzahlung.standards.keys.leistungserbringer import ABRECHNUNGSCODE, TARIFBEREICH
from zuzahlung.standards.keys.schluessel import Schluessel
from zuzahlung.standards.numbers import ik as iks
from zuzahlung.standards.numbers import kvnr, stamp
from zuzahlung.standards.sgbv302.slga import Rechnungsnummer
from zuzahlung.standards.sgbv302.slla import NAD, Leistungserbringergruppe

NO_BREAK = "\u00a0"
MINUS = "\u2212"
NONE = "keine"

_IK = re.compile("[0-9]{9}")
_KVNR = re.compile("[A-Z][0-9]{9}")


def euros(amount: Decimal | None) -> str:
    """29,63 €, with a real minus below nought; „keine“ where there is no amount."""
    if amount is None:
        return NONE
    return money.format(amount).replace("-", MINUS).replace(" ", NO_BREAK)


def quantity(number: Decimal) -> str:
    """1,00 as it stands in the file."""
    return f"{number:f}".replace(".", ",").replace("-", MINUS)


def day(on: date) -> str:
    """05.10.2026."""
    return days.format_day(on)


def birth_date(text: str) -> str:
    """13.04.1972; foreign insured may have neither day nor month."""
    year, month, of_month = text[:4], text[4:6], text[6:]
    if month == "00":
        return f"{year} (ohne Tag und Monat)"
    return f"{month}.{year} (ohne Tag)" if of_month == "00" else f"{of_month}.{month}.{year}"


def clock(text: str) -> str:
    """10:40 Uhr, of the four digits of the file."""
    return f"{text[:2]}:{text[2:]}{NO_BREAK}Uhr"


def ik(number: str) -> str:
    """IK 440 301 798; whatever is none stays as it is."""
    if not _IK.fullmatch(number):
        return number
    return f"IK {iks.format(iks.IK(number))}".replace(" ", NO_BREAK)


def insured_number(number: str) -> str:
    """A123 456 780; whatever is none stays as it is."""
    return kvnr.format(kvnr.KVNR(number)).replace(" ", NO_BREAK) if _KVNR.fullmatch(number) else number


def key(table: Schluessel, code: str) -> str:
    """The code and its meaning."""
    if code in table:
        return f"{code} – {table[code].bedeutung}"
    return f"{code} – kein Wert des Schlüssels „{table.name}“"


def invoice_number(number: Rechnungsnummer) -> str:
    """2026-1001:0 as it stands in the file, since it has to stay the same everywhere."""
    return f"{number.sammelnummer}:{number.einzelnummer}"


def doctor_number(number: str) -> str:
    """The number, or that there is none."""
    return "nicht angegeben" if number == stamp.MISSING else number


def person(nad: NAD) -> str:
    """Surname, first name, date of birth."""
    return f"{nad.nachname}, {nad.vorname}, geboren {birth_date(nad.geburtsdatum)}"


def address(nad: NAD) -> str:
    """What there is of street, place and country, in one line."""
    place = " ".join(part for part in (nad.plz, nad.wohnort) if part)
    return ", ".join(part for part in (nad.strasse, place, nad.laenderkennzeichen) if part)


def profession(group: Leistungserbringergruppe) -> str:
    """Who performed, and by which tariff."""
    tarif = group.tarifkennzeichen
    region = TARIFBEREICH.get(tarif[:2])
    where = "unbekannter Tarifbereich" if region is None else region.bedeutung
    return f"{key(ABRECHNUNGSCODE, group.abrechnungscode)}, Tarif {tarif}: {where}"


def segments(numbers: tuple[int, int]) -> str:
    """14 bis 24, as findings number the segments of the file."""
    first, last = numbers
    return german(first) if first == last else f"{german(first)} bis {german(last)}"


def ticks(*ticked: tuple[str, str | None]) -> str:
    """Which of the boxes of a Verordnung have a tick, or that none has."""
    crossed = [
        name if code == "1" else f"{name} (Kennzeichen {code})"
        for name, code in ticked
        if code not in {None, "0"}
    ]
    return ", ".join(crossed) or "nichts"
