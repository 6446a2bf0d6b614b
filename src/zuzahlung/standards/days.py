"""German calendar days: which day it is by law in Germany, how it is written, and when it begins.

Times are stored in UTC; every day of law is a day in Germany, where clocks change twice a year. The
zone's table is read from the package `tzdata` shipped with us (an allowed exception to "no I/O"), so
that every machine gives the same day whatever its operating system has installed.

Source: EinhZeitG, §§ 4, 5; tzdata, Europe/Berlin.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from zuzahlung.standards.errors import NoSuchDay, UnreadableDay


class _ShippedZone(ZoneInfo):
    # A zone read from a file refuses to be copied or pickled, and with it every time that carries it.
    def __reduce__(self) -> tuple[Callable[[], ZoneInfo], tuple[()]]:
        return _germany, ()


@cache
def _germany() -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", "Europe", "Berlin").open("rb") as table:
        return _ShippedZone.from_file(table, key="Europe/Berlin")


_GERMANY = _germany()


def german_time(at: datetime) -> datetime:
    """Return the instant as German local time; a time without a zone is a bug and raises ValueError.

    >>> german_time(datetime(2026, 11, 22, 9, 42, tzinfo=UTC)).isoformat()
    '2026-11-22T10:42:00+01:00'
    """
    if at.utcoffset() is None:
        raise ValueError("a time without a time zone names no instant")
    return at.astimezone(_GERMANY)


def german_day(at: datetime) -> date:
    """Return the calendar day in Germany at this instant.

    >>> german_day(datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    datetime.date(2027, 1, 1)
    """
    return german_time(at).date()


def first_instant(day: date) -> datetime:
    """Return the UTC instant at which the German day begins.

    >>> first_instant(date(2026, 7, 1)).isoformat()
    '2026-06-30T22:00:00+00:00'
    """
    return datetime.combine(day, time.min, tzinfo=_GERMANY).astimezone(UTC)


def instants_of(day: date) -> tuple[datetime, datetime]:
    """Return the UTC instants from which (inclusive) and to which (exclusive) the German day lasts.

    A day lasts 23 or 25 hours when the clocks change.
    """
    return first_instant(day), first_instant(day + timedelta(days=1))


def format_day(day: date) -> str:
    """Return the day as it is written in Germany.

    >>> format_day(date(2026, 3, 1))
    '01.03.2026'
    """
    return f"{day.day:02}.{day.month:02}.{day.year:04}"


def format_time(at: datetime) -> str:
    """Return the German time of day of an instant; the hour that comes twice in October says which it is.

    >>> format_time(datetime(2026, 11, 22, 9, 42, tzinfo=UTC))
    '10:42 Uhr'
    >>> format_time(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    '02:30 Uhr (Winterzeit)'
    """
    local = german_time(at)
    written = f"{local.hour:02}:{local.minute:02} Uhr"
    first, second = local.replace(fold=0), local.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return written
    return f"{written} ({'Winterzeit' if local.fold else 'Sommerzeit'})"


def format_moment(at: datetime) -> str:
    """Return the German day and time of an instant.

    >>> format_moment(datetime(2026, 11, 22, 9, 42, tzinfo=UTC))
    '22.11.2026, 10:42 Uhr'
    """
    return f"{format_day(german_day(at))}, {format_time(at)}"


def format_moment_after(at: datetime) -> str:
    """Return the first full minute that is not before the instant, for a moment somebody shall wait for.

    >>> format_moment_after(datetime(2026, 11, 22, 6, 0, 37, tzinfo=UTC))
    '22.11.2026, 07:01 Uhr'
    """
    minute = at.replace(second=0, microsecond=0)
    return format_moment(minute if minute == at else minute + timedelta(minutes=1))


_GERMAN = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4}|[0-9]{2})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def parse_day(text: str) -> date:
    """Return the day a person typed as 22.11.2026, 22.11.26 or 2026-11-22; raise a DayError otherwise.

    A year of two digits lies in this century: days of service do, so this is no reader for birth dates.

    >>> parse_day("1.3.26")
    datetime.date(2026, 3, 1)
    """
    written = "".join(text.split())
    if match := _GERMAN.fullmatch(written):
        day, month, year = match.groups()
        return _existing(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
    if match := _ISO.fullmatch(written):
        year, month, day = match.groups()
        return _existing(int(year), int(month), int(day))
    if not written:
        raise UnreadableDay("Bitte geben Sie einen Tag ein, zum Beispiel 22.11.2026.")
    raise UnreadableDay("Bitte schreiben Sie den Tag so: Tag, Monat und Jahr, zum Beispiel 22.11.2026.")


def parse_iso_day(text: str) -> date:
    """Return the day written exactly as YYYY-MM-DD; raise a DayError otherwise. For files, and fast.

    >>> parse_iso_day("2026-11-22")
    datetime.date(2026, 11, 22)
    """
    # fromisoformat alone would also read 20261122 and the week form 2026-W47-7.
    if len(text) == 10 and text[4] == "-" == text[7]:
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # What is wrong is found below, outside, so that the fault does not quote the text.
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
        return _existing(int(year), int(month), int(day))
    raise UnreadableDay("Der Tag muss in der Form JJJJ-MM-TT stehen, zum Beispiel 2026-11-22.")


def _existing(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        pass
    raise NoSuchDay(f"Den {day:02}.{month:02}.{year:04} gibt es im Kalender nicht. Bitte prüfen Sie den Tag.")


def eighteenth_birthday(born: date) -> date:
    """Return the first day on which a person has completed the eighteenth year of life.

    The day of birth counts, so the year is completed when the day before the birthday ends. Who was born
    on 29 February never turns eighteen in a leap year: the last day of February ends the year, and the
    first day as an adult is 1 March.

    Source: BGB, §§ 187(2), 188(2), 188(3); SGB X, § 26(1).

    >>> eighteenth_birthday(date(2008, 11, 22)), eighteenth_birthday(date(2008, 2, 29))
    (datetime.date(2026, 11, 22), datetime.date(2026, 3, 1))
    """
    if (born.month, born.day) == (2, 29):
        return date(born.year + 18, 3, 1)
    return born.replace(year=born.year + 18)
