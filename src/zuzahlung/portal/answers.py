"""An answer as people read it: one headline, then the facts in the order of the questions in mind."""

from __future__ import annotations

from dataclasses import dataclass

from zuzahlung.exemptions.permission_texts import permission_text
from zuzahlung.exemptions.receipts import HEADLINES, MEANINGS, WEEKDAYS
from zuzahlung.exemptions.services import DayGiven, Given
from zuzahlung.standards.copayment.status import Status
from zuzahlung.standards.days import format_day, format_moment
from zuzahlung.standards.numbers import kvnr


@dataclass(frozen=True, kw_only=True, slots=True)
class DayShown:
    """One day of an answer."""

    day: str
    state: str
    words: str
    until: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerShown:
    """An answer ready for a template."""

    state: str
    words: str
    day: str
    until: str
    kvnr: str
    initials: str
    number: str
    asked: str
    asked_by: str
    permission: str
    permission_until: str
    stand: str
    key: str
    reason: str
    days: tuple[DayShown, ...]
    is_series: bool
    may_be_freed: bool
    """Whether somebody is liable on one of the days, whom the fund can free any day."""


def show(given: Given) -> AnswerShown:
    """Puts an answer into words."""
    days = tuple(_day(day) for day in given.days)
    first = given.days[0]
    is_series = len(days) > 1
    return AnswerShown(
        state="none" if given.result == "unknown" else given.result,
        # A line of a narrow screen never begins with the dash.
        words=HEADLINES[given.result].replace(" –", "\u00a0–"),
        day=_span(given) if is_series else f"für {WEEKDAYS[first.day.weekday()]}, {days[0].day}",
        until="" if is_series or given.result in ("unknown", "mixed") else _until(days[0]),
        kvnr=kvnr.format(kvnr.KVNR(given.kvnr)),
        initials=given.initials,
        number=given.number,
        asked=format_moment(given.at),
        asked_by=given.actor.name,
        permission=permission_text(given.permission, version=given.permission_text).label,
        permission_until=format_day(given.permission_until_on) if given.permission_until_on else "",
        stand=format_day(given.stand),
        key="" if given.key is None else f"{given.key} – {MEANINGS[given.key]}",
        reason=given.reason,
        days=days,
        is_series=is_series,
        may_be_freed=any(day.status is Status.LIABLE for day in given.days),
    )


def _day(given: DayGiven) -> DayShown:
    return DayShown(
        day=format_day(given.day),
        state="none" if given.status is None else given.status.value,
        words="keine Auskunft" if given.status is None else Status(given.status).words,
        until=format_day(given.valid_until) if given.valid_until else "",
        note="nach heutigem Stand" if given.is_forecast else "",
    )


def _until(day: DayShown) -> str:
    return ", ".join(words for words in (day.until and f"gilt bis {day.until}", day.note) if words)


def _span(given: Given) -> str:
    return (
        f"für {len(given.days)} Tage vom {format_day(given.days[0].day)} bis {format_day(given.days[-1].day)}"
    )
