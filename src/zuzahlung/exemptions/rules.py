"""Decisions of the query: which days may be asked, and what the answer is. Plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from zuzahlung.exemptions.permission_texts import TEXT_VERSION, VERSIONS, Permission
from zuzahlung.standards.copayment import law
from zuzahlung.standards.copayment.key import KeyDecision, TransitionRules, copayment_key
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.copayment.status import Status, status_on, valid_until
from zuzahlung.standards.days import format_day

SERVICE_KINDS = tuple(kind.value.lower() for kind in law.Leistungsart)
"""The service kinds (Leistungsarten) a practice can have in the directory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the house decides about queries; the ceilings follow the published ones of a sister portal."""

    per_day: int = 100
    per_burst: int = 20
    burst_seconds: int = 300
    unknown_per_day: int = 10
    series_days: int = 60
    previous_year: bool = True
    next_year_from_month: int = 12
    kinds_with_day_of_service: tuple[str, ...] = ("heilmittel", "hilfsmittel", "fahrkosten")
    list_rows: int = 500
    list_bytes: int = 200_000
    list_kept_days: int = 14
    standing_permission_days: int = 366
    registry: str = "zuzahlung.exemptions.registry.HouseRegistry"
    registry_timeout_seconds: float = 2.0
    faulty_share: float = 0.01
    missing_share: float = 0.05
    import_bytes: int = 20_000_000_000
    minor_to_liable: Literal[3, 5] = 3

    def __post_init__(self) -> None:
        """Refuses a service kind that no practice can have: a day would then be demanded of nobody."""
        unknown = [kind for kind in self.kinds_with_day_of_service if kind not in SERVICE_KINDS]
        if unknown:
            raise ValueError(
                f"Die Leistungsart „{unknown[0]}“ gibt es nicht. Es gibt: {', '.join(SERVICE_KINDS)}."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Insured:
    """What the registry knows of one insured; `adult_on` is None once the 18th birthday no longer matters."""

    initials: str
    adult_on: date | None
    periods: tuple[Period, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DayAnswer:
    """The status of one day, and the last day on which it still holds by this stand."""

    day: date
    status: Status
    valid_until: date | None
    is_forecast: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the house says about the days asked."""

    days: tuple[DayAnswer, ...]
    key: KeyDecision

    @property
    def result(self) -> str:
        """One word for the whole answer: exempt, liable, minor or mixed."""
        statuses = {day.status for day in self.days}
        return statuses.pop().value if len(statuses) == 1 else "mixed"


UNKNOWN = "unknown"
"""The result when the registry does not hold the insured: one neutral answer, whatever the reason."""


def is_scarce(left: int, limit: int, *, share: int = 4) -> bool:
    """Says whether a quarter of a quota (or another part) or less is left, which is when people are warned."""
    return share * left <= limit


def days_allowed(today: date, *, settings: Settings) -> tuple[date, date]:
    """The first and last day that may be asked about today."""
    first_year = today.year - 1 if settings.previous_year else today.year
    may_ask_next = 1 <= settings.next_year_from_month <= today.month
    return date(first_year, 1, 1), date(today.year + 1 if may_ask_next else today.year, 12, 31)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Why a question cannot be asked like this: stable id, field, sentence for the practice, phrase for its IT.

    `place` is the place of the faulty day among the days as they were given, from 0.
    """

    rule: str
    field: str
    text: str
    detail: str
    place: int | None = None


def faults_of_days(days: Sequence[date], today: date, *, settings: Settings) -> tuple[Fault, ...]:
    """What is wrong with the days asked; empty when they may be asked."""
    if len(days) > settings.series_days:
        return (
            _fault_of_days(
                "too-many",
                f"Bitte geben Sie höchstens {settings.series_days} Tage an; es sind {len(days)}.",
                f"A query has at most {settings.series_days} days.",
            ),
        )
    faults = (_fault_of_day(day, place, today, settings=settings) for place, day in enumerate(days))
    return tuple(fault for fault in faults if fault is not None)


def _fault_of_day(day: date, place: int, today: date, *, settings: Settings) -> Fault | None:
    first, last = days_allowed(today, settings=settings)
    if day < first:
        says = f"Für den {format_day(day)} gibt es keine Auskunft mehr: Der früheste Tag ist der {format_day(first)}."
        return _fault_of_days("too-early", says, f"The earliest day is {first.isoformat()}.", place)
    if day <= last:
        return None
    says = (
        f"Für den {format_day(day)} gibt es noch keine Auskunft: Der späteste Tag ist der {format_day(last)}"
    )
    if last.year == today.year and 1 <= settings.next_year_from_month <= 12:
        opens = f"01.{settings.next_year_from_month:02d}.{last.year}"
        says += f"; das Jahr {last.year + 1} können Sie ab dem {opens} abfragen"
    return _fault_of_days("too-late", f"{says}.", f"The latest day is {last.isoformat()}.", place)


def fault_of_missing_day() -> Fault:
    """What is said when the service demands its day and none was given."""
    return _fault_of_days(
        "missing",
        "Bitte geben Sie den Tag der Abgabe an.",
        "This institution has to name the days of service.",
    )


def _fault_of_days(kind: str, text: str, detail: str, place: int | None = None) -> Fault:
    return Fault(rule=f"service-dates.{kind}", field="serviceDates", text=text, detail=detail, place=place)


def faults_of_permission(
    permission: Permission, until: date | None, today: date, *, settings: Settings
) -> tuple[Fault, ...]:
    """What is wrong with the form of permission; a standing one, and no other, has its last day."""
    if permission is not Permission.SERIES:
        if until is None:
            return ()
        return _fault_of_permission(
            "only-for-series",
            "Einen letzten Tag hat nur die Erlaubnis für eine ganze Behandlungsserie.",
            "Only the permission “series” has a last day.",
        )
    if until is None:
        return _fault_of_permission(
            "missing",
            "Bitte geben Sie an, bis zu welchem Tag die Erlaubnis für diese Behandlungsserie gilt.",
            "The permission “series” needs its last day.",
        )
    if until < today:
        return _fault_of_permission(
            "past",
            f"Die Erlaubnis galt nur bis zum {format_day(until)}. Bitte holen Sie eine neue ein.",
            "The last day of the permission is over.",
        )
    if until > today + timedelta(days=settings.standing_permission_days):
        return _fault_of_permission(
            "too-far",
            f"Eine Erlaubnis für eine Serie gilt höchstens {settings.standing_permission_days} Tage.",
            f"The last day lies more than {settings.standing_permission_days} days ahead.",
        )
    return ()


def _fault_of_permission(kind: str, text: str, detail: str) -> tuple[Fault, ...]:
    return (Fault(rule=f"permission-until.{kind}", field="permissionUntil", text=text, detail=detail),)


def faults_of_permission_text(version: str) -> tuple[Fault, ...]:
    """What is wrong with the version of the sentence that somebody confirmed: only that of today can be."""
    if version == TEXT_VERSION:
        return ()
    kind, says = (
        ("outdated", "Ihre Software zeigt zur Erlaubnis einen Satz, der nicht mehr gilt.")
        if version in VERSIONS
        else ("unknown", "Ihre Software nennt zur Erlaubnis einen Satz, den es nicht gibt.")
    )
    return (
        Fault(
            rule=f"permission-text.{kind}",
            field="permissionText",
            text=f"{says} Bitte wenden Sie sich an den Hersteller Ihrer Software.",
            detail=f"The version of today is {TEXT_VERSION}: show its sentence, then ask.",
        ),
    )


def decide(
    insured: Insured, days: Sequence[date], today: date, *, service_kinds: Sequence[str], settings: Settings
) -> Answer:
    """Says for each day whether this insured owes a co-payment, and which key of TA3 8.1.3 follows."""
    ordered = sorted(set(days))
    adult_on = insured.adult_on if spares_minors(service_kinds) else None
    statuses = [(day, status_on(day, periods=insured.periods, adult_on=adult_on)) for day in ordered]
    answers = tuple(
        DayAnswer(
            day=day,
            status=status,
            valid_until=_promise(day, status, insured.periods, adult_on),
            is_forecast=day > today,
        )
        for day, status in statuses
    )
    rules = TransitionRules(minor_to_liable=settings.minor_to_liable)
    return Answer(days=answers, key=copayment_key(statuses, rules))


def _promise(day: date, status: Status, periods: tuple[Period, ...], adult_on: date | None) -> date | None:
    """How long the status holds; of who is liable nothing is promised, since a fund can free anybody any day."""
    return None if status is Status.LIABLE else valid_until(day, periods=periods, adult_on=adult_on)


def demands_day_of_service(service_kinds: Sequence[str], *, settings: Settings) -> bool:
    """Says whether a practice of these service kinds has to name the Tag der Abgabe."""
    return any(kind in settings.kinds_with_day_of_service for kind in service_kinds)


def spares_minors(service_kinds: Sequence[str]) -> bool:
    """Says whether children are free for what this practice does; for journeys alone they are not."""
    known = [law.Leistungsart(kind.capitalize()) for kind in service_kinds if kind in SERVICE_KINDS]
    return not known or any(law.spares_minors(kind) for kind in known)
