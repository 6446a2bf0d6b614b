"""One insured as a row of the registry, in the bytes that PostgreSQL's binary COPY reads.

Source: PostgreSQL, COPY, binary format; src/backend/utils/adt/multirangetypes.c, multirange_recv.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date, timedelta

from zuzahlung.exemptions.delivery_lines import Granted, Said
from zuzahlung.exemptions.remembered import Remembered
from zuzahlung.standards.copayment.periods import Period, effective, unite
from zuzahlung.standards.days import eighteenth_birthday, parse_iso_day

START = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
"""What a binary COPY begins with; the driver adds its end."""

REMEMBERED_PERIODS = 4
LAST_DAY = date(9998, 12, 31)
_EPOCH = date(2000, 1, 1).toordinal()
_DAY = timedelta(days=1)
_NULL = struct.pack(">i", -1)
_LOWER_INCLUSIVE = 2


def matters_from(today: date) -> date:
    """The earliest day that anybody may ask about from today on: 1 January of the previous year.

    Nothing that lies wholly before it is stored: no exemption, and no 18th birthday.
    """
    return date(today.year - 1, 1, 1)


class RowWriter:
    """Writes the rows of one stand, with fingerprints in place of numbers."""

    def __init__(self, stand: int, fingerprint: Callable[[bytes], bytes], *, today: date) -> None:
        self._start = struct.pack(">hiii", 5, 4, stand, 16)
        self._fingerprint = fingerprint
        self._matters_from = matters_from(today)
        # Whoever was born before this day was of age before any day that matters.
        self._adults_born_before = date(today.year - 20, 1, 1).isoformat()
        self._initials: Remembered[bytes] = Remembered(lambda initials: _field(initials.encode()))
        self._births: Remembered[bytes] = Remembered(self._adult_on)
        self._periods: Remembered[bytes] = Remembered(self._stored)

    def row(self, said: Said) -> bytes:
        """The row of an insured: stand, fingerprint, initials, 18th birthday, periods."""
        kvnr, initials, birth_date, periods = said
        return b"".join(
            (
                self._start,
                self._fingerprint(kvnr.encode()),
                self._initials[initials],
                _NULL if birth_date < self._adults_born_before else self._births[birth_date],
                self._stored(periods) if len(periods) > REMEMBERED_PERIODS else self._periods[periods],
            )
        )

    def spoiled(self, kvnr: str) -> bytes:
        """A row that says: a line of this insured is faulty, so nothing of him may be served.

        It has no initials, which no true row lacks.
        """
        return b"".join(
            (self._start, self._fingerprint(kvnr.encode()), _field(b""), _NULL, self._periods[()])
        )

    def _adult_on(self, birth_date: str) -> bytes:
        adult_on = eighteenth_birthday(parse_iso_day(birth_date))
        return _date(adult_on) if adult_on > self._matters_from else _NULL

    def _stored(self, granted: tuple[Granted, ...]) -> bytes:
        periods = stored_periods(granted, since=self._matters_from)
        ranges = [
            _field(bytes([_LOWER_INCLUSIVE]) + _date(one.first) + _date(one.last + _DAY)) for one in periods
        ]
        return _field(struct.pack(">i", len(ranges)) + b"".join(ranges))


def stored_periods(granted: tuple[Granted, ...], *, since: date) -> tuple[Period, ...]:
    """The days on which the exemptions hold and which still matter, with overlaps united."""
    periods = []
    for first, last, revoked_on in granted:
        found = effective(
            parse_iso_day(first), parse_iso_day(last), parse_iso_day(revoked_on) if revoked_on else None
        )
        if found is not None and found.last >= since and found.first <= LAST_DAY:
            periods.append(Period(max(found.first, since), min(found.last, LAST_DAY)))
    return unite(periods)


def _date(day: date) -> bytes:
    return _field(struct.pack(">i", day.toordinal() - _EPOCH))


def _field(value: bytes) -> bytes:
    return struct.pack(">i", len(value)) + value
