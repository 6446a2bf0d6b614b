"""Periods of days in which an insured is exempt from Zuzahlung (Befreiung), both ends inclusive.

Source: SGB V, § 62(1) (the certificate frees for the rest of the calendar year); house, revocation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from zuzahlung.standards.errors import InvalidPeriod

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `first` to `last`, both included; raises InvalidPeriod if they are the wrong way round."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidPeriod("Der Zeitraum endet, bevor er beginnt.")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def effective(from_: date, to: date, revoked_on: date | None = None) -> Period | None:
    """Return the days on which an exemption counts, or None if it was revoked before it began.

    `to` is the last day of the exemption, `revoked_on` the first day without effect. A revocation after
    `to` changes nothing. Raises InvalidPeriod if `to` lies before `from_`.
    """
    granted = Period(from_, to)
    if revoked_on is None or revoked_on > to:
        return granted
    return Period(from_, revoked_on - _DAY) if revoked_on > from_ else None


def unite(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Return the fewest periods with the same days, in order: what overlaps or adjoins becomes one."""
    united: list[Period] = []
    for period in sorted(periods):
        if united and period.first - united[-1].last <= _DAY:
            united[-1] = Period(united[-1].first, max(united[-1].last, period.last))
        else:
            united.append(period)
    return tuple(united)
