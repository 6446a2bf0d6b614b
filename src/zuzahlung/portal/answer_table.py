"""Answers as lines of a table that leaves the house: one line for each day asked about."""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.exemptions.permission_texts import permission_text
from zuzahlung.exemptions.services import DayGiven, Given
from zuzahlung.standards.days import format_day, format_moment
from zuzahlung.standards.numbers import kvnr

COLUMNS = (
    "Krankenversichertennummer", "Initialen", "Tag der Abgabe", "Auskunft", "gilt bis", "Zuzahlungskennzeichen",
    "Begründung", "Erlaubnis", "Erlaubnis bis", "Stand der Daten", "Auskunft-Nummer", "abgefragt", "abgefragt von",
)  # fmt: skip


def lines(given: Given) -> Iterator[tuple[str, ...]]:
    """The cells of an answer in the order of `COLUMNS`, day by day."""
    permission = permission_text(given.permission, version=given.permission_text)
    for day in given.days:
        yield (
            kvnr.format(kvnr.KVNR(given.kvnr)),
            given.initials,
            format_day(day.day),
            words(day),
            format_day(day.valid_until) if day.valid_until else "",
            "" if given.key is None else str(given.key),
            given.reason,
            permission.label,
            format_day(given.permission_until_on) if given.permission_until_on else "",
            format_day(given.stand),
            given.number,
            format_moment(given.at),
            given.actor.name,
        )


def words(day: DayGiven) -> str:
    """What was answered for one day."""
    if day.status is None:
        return "keine Auskunft"
    return f"{day.status.words}, nach heutigem Stand" if day.is_forecast else day.status.words
