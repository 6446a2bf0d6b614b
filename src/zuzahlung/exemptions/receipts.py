"""The receipt (Nachweis) of an answer: what the portal said, to whom, when and on which permission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from zuzahlung.delivery.letterhead import Fund, letterhead
from zuzahlung.delivery.pdf import render
from zuzahlung.exemptions.permission_texts import permission_text
from zuzahlung.exemptions.services import DayGiven, Given
from zuzahlung.standards.copayment.status import Status
from zuzahlung.standards.days import format_day, format_moment
from zuzahlung.standards.keys.zuzahlung import Zuzahlungskennzeichen
from zuzahlung.standards.numbers import ik, kvnr

# The words of page and receipt, by the result in one word.
HEADLINES: Mapping[str, str] = MappingProxyType(
    {
        "exempt": "Befreit – keine Zuzahlung",
        "liable": "Nicht befreit – Zuzahlung fällig",
        "minor": "Keine Zuzahlung – unter 18 Jahre",
        "mixed": "Wechsel in der Serie – bitte die Tage beachten",
        "unknown": "Keine Auskunft möglich",
    }
)
MEANINGS = {int(key): key.bedeutung for key in Zuzahlungskennzeichen}
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def receipt_pdf(given: Given, *, fund: Fund) -> bytes:
    """The receipt as a PDF; the same answer gives the same bytes whenever it is printed."""
    return render("/exemptions/typst/auskunft.typ", _data(given, fund), created_at=given.at)


def _data(given: Given, fund: Fund) -> dict[str, object]:
    return {
        "fund": letterhead(fund),
        "number": given.number,
        "result": given.result,
        "headline": HEADLINES[given.result],
        "summary": _summary(given),
        "facts": [_person(given), _query(given)],
        "days": [_row(day) for day in given.days],
        "forecast_note": _forecast_note(given),
        "key": _key(given),
        "asked": format_moment(given.at),
    }


def _summary(given: Given) -> str:
    """For which day or days, in one line below the headline."""
    first, last = given.days[0], given.days[-1]
    if len(given.days) > 1:
        span = f"{len(given.days)} Tage, vom {format_day(first.day)} bis zum {format_day(last.day)}"
        return f"{span}: {_counts(given)}" if given.result == "mixed" else span
    until = "" if first.valid_until is None else f" · gilt bis zum {format_day(first.valid_until)}"
    return f"für {_weekday(first)}, {format_day(first.day)}{until}"


def _counts(given: Given) -> str:
    counted = Counter(_status(day.status) for day in given.days)
    return ", ".join(f"{count} {'Tag' if count == 1 else 'Tage'} {words}" for words, count in counted.items())


def _person(given: Given) -> list[tuple[str, str]]:
    facts = [("Krankenversichertennummer", kvnr.format(kvnr.KVNR(given.kvnr)))]
    if given.initials:
        facts.append(("Initialen", given.initials))
    if len(given.days) == 1 and given.result != "unknown":
        facts.append((f"Status am {format_day(given.days[0].day)}", _words(given.days[0])))
    return facts


def _query(given: Given) -> list[tuple[str, str]]:
    text = permission_text(given.permission, version=given.permission_text)
    until = "" if given.permission_until_on is None else f", bis {format_day(given.permission_until_on)}"
    return [
        ("Auskunft-Nummer", given.number),
        ("Abgefragt am", format_moment(given.at)),
        ("Abgefragt von", given.actor.name),
        ("Einrichtung", f"{given.institution_name}, IK {ik.format(ik.IK(given.ik))}"),
        ("Erlaubnis zur Abfrage", f"{text.label}{until}, Textfassung {given.permission_text}"),
        ("Stand der Daten", format_day(given.stand)),
    ]


def _row(day: DayGiven) -> tuple[str, str, str, str]:
    until = "" if day.valid_until is None else format_day(day.valid_until)
    return format_day(day.day), _weekday(day), _words(day), until


def _words(day: DayGiven) -> str:
    ahead = day.is_forecast and day.status is not None
    return _status(day.status) + (", nach heutigem Stand" if ahead else "")


def _status(status: Status | None) -> str:
    return "keine Auskunft" if status is None else status.words


def _weekday(day: DayGiven) -> str:
    return WEEKDAYS[day.day.weekday()]


def _forecast_note(given: Given) -> str | None:
    if given.result == "unknown" or not any(day.is_forecast for day in given.days):
        return None
    return f"„Nach heutigem Stand“ heißt: nach dem Stand der Daten vom {format_day(given.stand)}."


def _key(given: Given) -> dict[str, str] | None:
    if not given.reason:
        return None
    if given.key is None:
        return {"key": "keines", "reason": given.reason}
    return {"key": f"{given.key} – {MEANINGS[given.key]}", "reason": given.reason}
