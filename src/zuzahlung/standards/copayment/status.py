"""Whether an insured owes Zuzahlung on a day: the status belongs to the day, not to the person or the year.

Source: SGB V, §§ 32(2), 62(1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from zuzahlung.standards.copayment.law import end_of_exemption_year
from zuzahlung.standards.copayment.periods import Period, unite

_DAY = timedelta(days=1)


class Status(StrEnum):
    """What holds for an insured on one day; `words` says it to people."""

    EXEMPT = "exempt"
    LIABLE = "liable"
    MINOR = "minor"

    @property
    def words(self) -> str:
        """Return the status in German, as pages and receipts show it."""
        return _WORDS[self]


_WORDS: Mapping[Status, str] = {
    Status.EXEMPT: "befreit",
    Status.LIABLE: "nicht befreit",
    Status.MINOR: "keine Zuzahlung (unter 18)",
}


def status_on(day: date, *, periods: Sequence[Period], adult_on: date | None) -> Status:
    """Return what holds on the day.

    `periods` are the days of exemption in any order, `adult_on` is the eighteenth birthday, or None for
    an adult, and for a service that children pay for as well (see `law.spares_minors`). A minor needs no
    exemption, so being one comes first; from the birthday on only the periods count.
    """
    if adult_on is not None and day < adult_on:
        return Status.MINOR
    return Status.EXEMPT if any(day in period for period in periods) else Status.LIABLE


def valid_until(day: date, *, periods: Sequence[Period], adult_on: date | None) -> date:
    """Return the last day up to which the status of `day` holds without a break, 31 December at the latest.

    An exemption ends with its calendar year by law. For the other two the cap is our decision: the
    answer speaks of one calendar year, next year's exemptions are not known yet, and a child's answer
    does not give away a birthday years ahead. For an insured who is liable it is a statement as things
    stand („nach heutigem Stand"), since an exemption may still be granted.

    Source: SGB V, § 62(1); house, the cap for those who are liable or under 18.
    """
    return min(_end_of_run(day, periods, adult_on), end_of_exemption_year(day))


def _end_of_run(day: date, periods: Sequence[Period], adult_on: date | None) -> date:
    if adult_on is not None and day < adult_on:
        return adult_on - _DAY
    for period in unite(periods):
        if day in period:
            return period.last
        if day < period.first:
            return period.first - _DAY
    return date.max
