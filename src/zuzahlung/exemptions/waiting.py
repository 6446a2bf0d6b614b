"""When a new stand has to wait for the operator, because its delivery looks cut, broken or out of date."""

from __future__ import annotations

from datetime import date

from zuzahlung.exemptions.rules import Settings
from zuzahlung.standards.days import format_day


def reasons_to_wait(
    *,
    faulty: int,
    lines: int,
    missing: int,
    old_insured: int,
    day: date,
    old_day: date | None,
    limits: Settings,
) -> tuple[str, ...]:
    """Why a stand is not served before the operator has looked at it, in sentences for him; mostly none."""
    reasons = []
    if faulty > limits.faulty_share * lines:
        reasons.append(
            f"{_percent(faulty, lines)} der Zeilen sind fehlerhaft; erlaubt sind {_share(limits.faulty_share)}."
        )
    if old_day is not None and missing > limits.missing_share * old_insured:
        reasons.append(
            f"{_percent(missing, old_insured)} der Versicherten des bisherigen Standes fehlen; "
            f"erlaubt sind {_share(limits.missing_share)}."
        )
    if old_day is not None and day < old_day:
        reasons.append(
            f"Der Stand vom {format_day(day)} ist älter als der bisherige vom {format_day(old_day)}."
        )
    return tuple(reasons)


def _percent(part: int, whole: int) -> str:
    return _share(part / whole)


def _share(share: float) -> str:
    return f"{100 * share:.2f} %".replace(".", ",")
