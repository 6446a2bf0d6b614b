"""The receipt (Nachweis) of an answer: what the portal said, to whom, when and on which permission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from zuzahlung.delivery.letterhead import Fund, letterhead
from zuzahlung.delivery.pdf import render
from zuzahlung.standards.copayment.status import Status
from zuzahlung.standards.days import format_day, format_moment
from zuzahlung.standards.numbers import ik, kvnr


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptDay:
    """One day asked about; without status and end where there was no answer."""

    day: date
    status: Status | None = None
    valid_until: date | None = None
    is_forecast: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What was answered, as the journal holds it; nothing in it is looked up again.

    `number` is the Auskunft-Nummer in groups; `asked_by` the short name of the person or the name of the key;
    `permission` the label of its form and `permission_version` the version of the text confirmed; `initials`
    and the key stay None where there was no answer.
    """

    number: str
    asked_at: datetime
    asked_by: str
    institution_ik: ik.IK
    institution_name: str
    kvnr: kvnr.KVNR
    initials: str | None = None
    permission: str
    permission_until: date | None = None
    permission_version: str
    stand_on: date
    days: tuple[ReceiptDay, ...]
    copayment_key: int | None = None
    key_reason: str | None = None

    @property
    def is_answered(self) -> bool:
        """Says whether the insured was found; a receipt without answer is the same for every reason."""
        return all(day.status is not None for day in self.days)


def receipt_pdf(receipt: Receipt, *, fund: Fund) -> bytes:
    """The receipt as a PDF; the same answer gives the same bytes whenever it is printed."""
    return render("/exemptions/typst/auskunft.typ", _data(receipt, fund), created_at=receipt.asked_at)


def headline(statuses: Sequence[Status | None]) -> str:
    """The answer in words, the same as on the page: one for all days, or that it changes."""
    different = set(statuses)
    return _HEADLINES[different.pop()] if len(different) == 1 else "Der Status wechselt in dieser Serie"


_HEADLINES: Mapping[Status | None, str] = MappingProxyType(
    {
        Status.EXEMPT: "Befreit – keine Zuzahlung",
        Status.LIABLE: "Nicht befreit – Zuzahlung fällig",
        Status.MINOR: "Keine Zuzahlung – unter 18 Jahre",
        None: "Keine Auskunft möglich",
    }
)


def _data(receipt: Receipt, fund: Fund) -> dict[str, object]:
    statuses = [day.status for day in receipt.days]
    different = {_NAMES[status] for status in statuses}
    return {
        "fund": letterhead(fund),
        "number": receipt.number,
        "headline": headline(statuses),
        "result": different.pop() if len(different) == 1 else "mixed",
        "summary": _summary(receipt),
        "facts": [_person(receipt), _query(receipt)],
        "days": [_row(day) for day in receipt.days],
        "forecast_note": _forecast_note(receipt),
        "is_answered": receipt.is_answered,
        "key": _key(receipt),
        "asked": format_moment(receipt.asked_at),
    }


_NAMES: Mapping[Status | None, str] = MappingProxyType(
    {Status.EXEMPT: "exempt", Status.LIABLE: "liable", Status.MINOR: "minor", None: "unknown"}
)


def _summary(receipt: Receipt) -> str:
    """For which day or days, in one line below the headline."""
    first, last = receipt.days[0], receipt.days[-1]
    if len(receipt.days) > 1:
        span = f"{len(receipt.days)} Tage, vom {format_day(first.day)} bis zum {format_day(last.day)}"
        counted = Counter(day.status for day in receipt.days)
        if len(counted) == 1:
            return span
        return f"{span}: " + ", ".join(_counted(status, count) for status, count in counted.items())
    when = f"am {_weekday(first.day)}, {format_day(first.day)}"
    if first.status is None or first.valid_until is None:
        return when
    return f"{when} · gilt bis zum {format_day(first.valid_until)}"


def _counted(status: Status | None, count: int) -> str:
    words = "ohne Auskunft" if status is None else status.words
    return f"{count} {'Tag' if count == 1 else 'Tage'} {words}"


def _weekday(day: date) -> str:
    return ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")[day.weekday()]


def _person(receipt: Receipt) -> list[tuple[str, str]]:
    facts = [("Krankenversichertennummer", kvnr.format(receipt.kvnr))]
    if receipt.initials is not None:
        facts.append(("Initialen", receipt.initials))
    if len(receipt.days) == 1 and receipt.is_answered:
        facts.append((f"Status am {format_day(receipt.days[0].day)}", _status(receipt.days[0])))
    return facts


def _query(receipt: Receipt) -> list[tuple[str, str]]:
    permission = receipt.permission
    if receipt.permission_until is not None:
        permission += f": {format_day(receipt.permission_until)}"
    return [
        ("Auskunft-Nummer", receipt.number),
        ("Abgefragt am", format_moment(receipt.asked_at)),
        ("Abgefragt von", receipt.asked_by),
        ("Einrichtung", f"{receipt.institution_name}, IK {ik.format(receipt.institution_ik)}"),
        ("Erlaubnis zur Abfrage", f"{permission} (Textfassung {receipt.permission_version})"),
        ("Stand der Daten", format_day(receipt.stand_on)),
    ]


def _row(day: ReceiptDay) -> tuple[str, str, str, str]:
    until = "" if day.valid_until is None else format_day(day.valid_until)
    return format_day(day.day), _weekday(day.day), _status(day), until


def _status(day: ReceiptDay) -> str:
    if day.status is None:
        return "keine Auskunft"
    return f"{day.status.words}, nach heutigem Stand" if day.is_forecast else day.status.words


def _forecast_note(receipt: Receipt) -> str | None:
    if not any(day.is_forecast for day in receipt.days):
        return None
    return f"„Nach heutigem Stand“ heißt: nach dem Stand der Daten vom {format_day(receipt.stand_on)}."


def _key(receipt: Receipt) -> dict[str, str] | None:
    if receipt.key_reason is None:
        return None
    key = "keines" if receipt.copayment_key is None else str(receipt.copayment_key)
    return {"key": key, "reason": receipt.key_reason}
