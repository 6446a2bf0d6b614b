"""Which Zuzahlungskennzeichen follows from the status on the days of a Verordnung.

TA3 has one key for each pure case and one for a single change. It says nothing of an eighteenth birthday
inside a series (a setting here), and has no key for more than one change (none is given, with the reason).

Source: TA3 V21, 8.1.3; house, what the document leaves open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from zuzahlung.standards.copayment.status import Status
from zuzahlung.standards.days import format_day
from zuzahlung.standards.keys.zuzahlung import Zuzahlungskennzeichen as Key


@dataclass(frozen=True, kw_only=True, slots=True)
class TransitionRules:
    """How the cases are read that TA3 8.1.3 does not name; not officially sourced, hence a setting.

    `minor_to_liable` is the key when the eighteenth birthday lies inside the series and the insured owes
    from then on: 3 reads the days before as not counting, 5 reads them as days free of Zuzahlung.
    """

    minor_to_liable: Literal[3, 5] = 3

    def __post_init__(self) -> None:
        if self.minor_to_liable not in (3, 5):
            raise ValueError("minor_to_liable must be 3 or 5")


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyDecision:
    """The key for a Verordnung, or None where TA3 has none, and one German sentence that says why.

    `is_official` is False where TA3 does not name the case and the key rests on `TransitionRules`.
    """

    key: Key | None
    reason: str
    is_official: bool


_M, _E, _L = Status.MINOR, Status.EXEMPT, Status.LIABLE

_NAMED_BY_TA3: Mapping[tuple[Status, ...], Key] = {
    (_M,): Key.KEINE_GESETZLICHE_ZUZAHLUNG,
    (_E,): Key.ZUZAHLUNGSBEFREIT,
    (_L,): Key.ZUZAHLUNGSPFLICHTIG,
    (_L, _E): Key.UEBERGANG_ZU_ZUZAHLUNGSFREI,
    (_E, _L): Key.UEBERGANG_ZU_ZUZAHLUNGSPFLICHTIG,
}

# With a birthday inside, the days from it on decide; before it nothing is due that a key could speak of.
_DAYS_BEFORE_THE_BIRTHDAY_DO_NOT_COUNT: Mapping[tuple[Status, ...], Key] = {
    (_M, _E): Key.ZUZAHLUNGSBEFREIT,
    (_M, _L): Key.ZUZAHLUNGSPFLICHTIG,
    (_M, _L, _E): Key.UEBERGANG_ZU_ZUZAHLUNGSFREI,
    (_M, _E, _L): Key.UEBERGANG_ZU_ZUZAHLUNGSPFLICHTIG,
}

# Read as free days, those before the birthday make a change of their own, so M-L-E has two changes: no key.
# M-E stays 1: nothing is due on any day, and 0 would claim that the law spares an adult.
_DAYS_BEFORE_THE_BIRTHDAY_ARE_FREE: Mapping[tuple[Status, ...], Key] = {
    (_M, _E): Key.ZUZAHLUNGSBEFREIT,
    (_M, _L): Key.UEBERGANG_ZU_ZUZAHLUNGSPFLICHTIG,
    (_M, _E, _L): Key.UEBERGANG_ZU_ZUZAHLUNGSPFLICHTIG,
}

DEFAULT_RULES = TransitionRules()


def copayment_key(
    statuses: Sequence[tuple[date, Status]], rules: TransitionRules = DEFAULT_RULES
) -> KeyDecision:
    """Return the key for the days of one Verordnung, given in any order.

    Raises ValueError without any day, with two statuses on one day, and when a minor day follows an adult
    one: that is a bug of the caller and no fact about an insured. Key 2 never follows from a status.
    """
    runs = _runs(_in_order(statuses))
    pattern = tuple(run.status for run in runs)
    if _M in pattern[1:]:
        raise ValueError("nobody is under age after having been of age")
    if pattern in _NAMED_BY_TA3:
        return _decision(_NAMED_BY_TA3[pattern], runs, is_official=True)
    ours = (
        _DAYS_BEFORE_THE_BIRTHDAY_DO_NOT_COUNT
        if rules.minor_to_liable == 3
        else _DAYS_BEFORE_THE_BIRTHDAY_ARE_FREE
    )
    return _decision(ours.get(pattern), runs, is_official=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    status: Status
    first: date
    last: date
    days: int


def _in_order(statuses: Iterable[tuple[date, Status]]) -> list[tuple[date, Status]]:
    ordered = sorted(set(statuses), key=lambda pair: pair[0])
    if not ordered:
        raise ValueError("a key needs at least one day")
    if len({day for day, _ in ordered}) != len(ordered):
        raise ValueError("one day has one status")
    return ordered


def _runs(ordered: Sequence[tuple[date, Status]]) -> list[_Run]:
    runs = []
    for status, group in groupby(ordered, key=lambda pair: pair[1]):
        days = [day for day, _ in group]
        runs.append(_Run(status=status, first=days[0], last=days[-1], days=len(days)))
    return runs


def _decision(key: Key | None, runs: Sequence[_Run], *, is_official: bool) -> KeyDecision:
    if key is None:
        follows = (
            "Für mehr als einen Wechsel gibt es kein Kennzeichen, "
            "bitte klären Sie die Abrechnung mit der Krankenkasse"
        )
    elif is_official:
        follows = key.bedeutung
    else:
        follows = f"{key.bedeutung} (so eingestellt, die amtlichen Schlüssel nennen diesen Fall nicht)"
    return KeyDecision(key=key, reason=f"{_course(runs)}: {follows}.", is_official=is_official)


_SHORT: Mapping[Status, str] = {_M: "unter 18", _E: "befreit", _L: "nicht befreit"}


def _course(runs: Sequence[_Run]) -> str:
    first, *later = runs
    if later:
        changes = "".join(f", ab {format_day(run.first)} {_SHORT[run.status]}" for run in later)
        return f"Bis {format_day(first.last)} {_SHORT[first.status]}{changes}"
    if first.days == 2:
        return f"An beiden Tagen {_SHORT[first.status]}"
    if first.days > 1:
        return f"An allen {first.days} Tagen {_SHORT[first.status]}"
    return f"Am {format_day(first.first)} {_SHORT[first.status]}"
