"""What one line of a delivery says of one insured, or what is wrong with it.

A fault is told without the values of the line, since faults are shown, stored and handed back to the fund.
"""

from __future__ import annotations

import csv
import unicodedata
from datetime import date
from typing import Any, Protocol

import orjson

from zuzahlung.exemptions.deliveries import Delivery, Format, Refused
from zuzahlung.exemptions.remembered import Remembered
from zuzahlung.standards.copayment.periods import effective
from zuzahlung.standards.days import parse_iso_day
from zuzahlung.standards.errors import DayError, InvalidPeriod
from zuzahlung.standards.numbers import kvnr as kvnr_rule

FIELDS = ("kvnr", "initials", "birthDate", "periods")
PERIOD_FIELDS = ("from", "to", "revokedOn")
COLUMNS = ("kvnr", "initials", "birthDate", "from", "to", "revokedOn")
OLDEST_YEARS = 130
MOST_INITIALS = 6

Granted = tuple[str, str, str]
"""First day, last day and first day without effect (or empty) as written: checked, and quick to compare."""


Said = tuple[str, str, str, tuple[Granted, ...]]
"""What a line says: KVNR, initials, birth date, periods. Days stay ISO texts, since few are needed as days."""


class Fault(Exception):
    """What is wrong with a line, in German. `kvnr` is set where it is known whom the line means."""

    def __init__(self, reason: str, kvnr: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kvnr = kvnr


class Reader(Protocol):
    """Reads the lines of one format; raises `Fault` for a bad line and `Refused` for a bad delivery."""

    def read(self, line: str) -> Said:
        """What the line says."""


def reader_for(delivery: Delivery, *, today: date) -> Reader:
    """The reader for a delivery, by its format; the header of a CSV file is checked here."""
    if delivery.format is Format.NDJSON:
        return NdjsonReader(today)
    return CsvReader(delivery.header, delivery.header_line, today)


class NdjsonReader:
    """One insured a line, as a JSON object."""

    def __init__(self, today: date) -> None:
        self._values = _Values(today)

    def read(self, line: str) -> Said:
        """What the line says, in exactly the fields of the format."""
        try:
            given = orjson.loads(line)
            kvnr, initials, birth_date, periods = (
                given["kvnr"], given["initials"], given["birthDate"], given["periods"],
            )  # fmt: skip
        except (ValueError, KeyError, TypeError):
            kvnr = None
        if kvnr is None:
            raise self._incomplete(line)
        # Keys and values that are in order hold no quotation mark, so the marks count the fields as written:
        # a field that stands twice, of which the parser keeps the last, has two or four too many.
        granted: tuple[Granted, ...] = ()
        marks = 14
        values = self._values
        values.check_kvnr(kvnr)
        try:
            if len(given) != len(FIELDS):
                raise _unknown_field(given, FIELDS)
            if periods != []:
                granted, more = self._periods(periods)
                marks += more
            said = kvnr, values.initials(initials), values.birth_date(birth_date), granted
        except Fault as fault:
            fault.kvnr = kvnr
            raise
        if line.count('"') != marks:
            raise Fault("Ein Feld steht doppelt in der Zeile.", kvnr)
        return said

    def _periods(self, given: Any) -> tuple[tuple[Granted, ...], int]:
        """The periods, and how many quotation marks they take."""
        if not isinstance(given, list):
            raise Fault("periods ist keine Liste.")
        granted, marks = [], 0
        for period in given:
            if not isinstance(period, dict):
                raise Fault("Ein Eintrag in periods ist kein JSON-Objekt.")
            if not period.keys() <= set(PERIOD_FIELDS):
                raise _unknown_field(period, PERIOD_FIELDS)
            revoked_on = period.get("revokedOn")
            marks += 2 * len(period) + (4 if revoked_on is None else 6)
            granted.append(
                self._values.granted(
                    period.get("from"), period.get("to"), "" if revoked_on is None else revoked_on
                )
            )
        return tuple(granted), marks

    def _incomplete(self, line: str) -> Fault | Refused:
        try:
            given = orjson.loads(line)
        except ValueError:
            return Fault("Die Zeile ist kein vollständiges JSON-Objekt.")
        if not isinstance(given, dict):
            return Fault("Die Zeile ist kein JSON-Objekt.")
        if not given.keys() <= set(FIELDS):
            return _unknown_field(given, FIELDS)
        missing = next((name for name in FIELDS if given.get(name) is None), "")
        kvnr = given.get("kvnr")
        known = kvnr if isinstance(kvnr, str) and kvnr_rule.is_checked(kvnr) else None
        return Fault(f"Das Feld {missing} fehlt.", known)


class CsvReader:
    """One period a line; an insured without a period has one line with those three cells empty."""

    def __init__(self, header: str, number: int, today: date) -> None:
        self._values = _Values(today)
        self._delimiter = ";" if ";" in header else ","
        cells = _cells(header, self._delimiter) or []
        if "kvnr" not in cells:
            raise Refused(
                f"Die erste Zeile ist weder ein JSON-Objekt noch die Kopfzeile {';'.join(COLUMNS)}.",
                line=number,
            )
        for place, cell in enumerate(cells, start=1):
            if cell not in COLUMNS:
                raise Refused(f"Die Spalte {_name(cell) or place} ist unbekannt.", line=number)
        for name in COLUMNS:
            if cells.count(name) != 1:
                raise Refused(
                    f"Die Spalte {name} {'steht doppelt da' if name in cells else 'fehlt'}.", line=number
                )
        self._order = None if tuple(cells) == COLUMNS else [cells.index(name) for name in COLUMNS]

    def read(self, line: str) -> Said:
        """What the line says."""
        cells = line.split(self._delimiter) if '"' not in line else _cells(line, self._delimiter)
        if cells is None:
            raise Fault("Die Anführungszeichen der Zeile passen nicht zusammen.")
        if len(cells) != len(COLUMNS):
            raise Fault(f"Die Zeile hat nicht {len(COLUMNS)} Spalten.")
        if self._order is not None:
            cells = [cells[place] for place in self._order]
        kvnr, initials, birth_date, first, last, revoked_on = cells
        values = self._values
        values.check_kvnr(kvnr)
        try:
            granted = (values.granted(first, last, revoked_on),) if first or last or revoked_on else ()
            return kvnr, values.initials(initials), values.birth_date(birth_date), granted
        except Fault as fault:
            fault.kvnr = kvnr
            raise


class _Values:
    """The single values of a line. Initials and periods found in order once are not looked at again."""

    def __init__(self, today: date) -> None:
        self._earliest_birth = date(today.year - OLDEST_YEARS, 1, 1).isoformat()
        self._latest_birth = today.isoformat()
        self._initials: Remembered[str] = Remembered(_initials)
        self._granted: Remembered[Granted] = Remembered(_granted)

    def check_kvnr(self, given: Any) -> None:
        """Passes exactly what stands on a card."""
        if isinstance(given, str) and kvnr_rule.is_checked(given):
            return
        if not isinstance(given, str) or len(given) != 10:
            raise Fault("Die KVNR hat nicht 10 Zeichen.")
        if not (given.isascii() and given[0].isupper() and given[1:].isdigit()):
            raise Fault("Die KVNR besteht nicht aus einem Großbuchstaben und neun Ziffern.")
        raise Fault("Die Prüfziffer der KVNR passt nicht.")

    def initials(self, given: Any) -> str:
        """The initials in one way of writing."""
        if not isinstance(given, str):
            raise Fault("initials ist kein Text.")
        return self._initials[given]

    def birth_date(self, given: Any) -> str:
        """The birth date, as it is written."""
        try:
            # Days in this form are in order when their texts are; remembering them would be slower.
            if given[4:8:3] == "--" and self._earliest_birth <= given <= self._latest_birth:
                date.fromisoformat(given)
                return str(given)
        except (TypeError, ValueError):
            pass
        if _day(given, "birthDate").isoformat() > self._latest_birth:
            raise Fault("birthDate liegt in der Zukunft.")
        raise Fault(f"birthDate liegt mehr als {OLDEST_YEARS} Jahre zurück.")

    def granted(self, first: Any, last: Any, revoked_on: Any) -> Granted:
        """The period, as it is written."""
        try:
            return self._granted[first, last, revoked_on]
        except TypeError:
            raise Fault("Ein Tag in periods ist kein Text.") from None


def _initials(given: str) -> str:
    """Single capitals as they begin names: „M. M.", „MM", „A.-K. v. S."; no whole name fits in."""
    if not given:
        raise Fault("Das Feld initials fehlt.")
    text = unicodedata.normalize("NFC", given)
    letters, run = 0, 0
    for character in text:
        run = run + 1 if character.isalpha() else 0
        letters += character.isalpha()
        if not (character.isalpha() or character in ".- '’"):
            raise Fault(
                "initials enthält andere Zeichen als Buchstaben, Punkte, Leerzeichen und Bindestriche."
            )
        if run > 3 or (run > 1 and not character.isupper()):
            raise Fault("initials enthält mehr als die Anfangsbuchstaben.")
    if not 1 <= letters <= MOST_INITIALS or len(text) > 4 * MOST_INITIALS:
        raise Fault(f"initials enthält keinen oder mehr als {MOST_INITIALS} Buchstaben.")
    return text


def _granted(given: tuple[Any, Any, Any]) -> Granted:
    first, last, revoked_on = given
    try:
        effective(
            _day(first, "from"), _day(last, "to"), _day(revoked_on, "revokedOn") if revoked_on != "" else None
        )
    except InvalidPeriod:
        pass
    else:
        return str(first), str(last), str(revoked_on)
    raise Fault("to liegt vor from.")


def _day(given: Any, name: str) -> date:
    if given is None or given == "":
        raise Fault(f"Das Feld {name} fehlt.")
    try:
        return parse_iso_day(given)
    except (DayError, TypeError):
        pass
    raise Fault(f"{name} ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt.")


def _cells(line: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _unknown_field(given: dict[str, Any], known: tuple[str, ...]) -> Refused:
    names = [_name(name) for name in given if name not in known]
    return Refused(f"Das Feld {names[0]} ist unbekannt." if names and names[0] else "Ein Feld ist unbekannt.")


def _name(given: str) -> str:
    """The name of a field or column if it looks like one, so that no value is repeated by mistake."""
    return f"„{given}“" if given.isascii() and given.isalpha() and len(given) <= 30 else ""
