"""Whether the amount for each Verordnung is due when an insured does not owe on all days, and how much of it.

Source: SGB V, § 61 Satz 3; TA1 V21, 5.5.3.3 BES; house, what a change inside the series means for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from zuzahlung.standards import money
from zuzahlung.standards.copayment import decisions, formulas
from zuzahlung.standards.copayment.decisions import Decision
from zuzahlung.standards.copayment.law import Zuzahlungssatz
from zuzahlung.standards.copayment.rules import CopaymentRules
from zuzahlung.standards.copayment.sheet import Sheet
from zuzahlung.standards.copayment.status import Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Flat:
    """The amount for the Verordnung in euros, and every unusual decision that led to it."""

    amount: Decimal
    decisions: tuple[Decision, ...] = ()


NOTHING = Flat(amount=money.ZERO)


def settle(
    sheet: Sheet, *, gross: Decimal, percent: Decimal, satz: Zuzahlungssatz, rules: CopaymentRules
) -> Flat:
    """Return the amount for a Verordnung that is billed for the first time.

    Nothing is due, and nothing is said, when the insured owes on no day: the key says so already.
    """
    statuses = sheet.statuses()
    liable_on = [day for day, status in statuses.items() if status is Status.LIABLE]
    if sheet.spared_by or not liable_on:
        return NOTHING
    if not (rules.flat_without_bearing_item or any(item.bears_copayment for item in sheet.items)):
        return Flat(amount=money.ZERO, decisions=(decisions.flat_without_bearing_item(satz),))
    first = statuses[sheet.first_day]
    if first is Status.LIABLE:
        stays = len(liable_on) < len(statuses)
        return _due(gross, percent, satz, *([decisions.flat_stays(sheet.first_day, satz)] if stays else []))
    follows = rules.flat_at_birthday if first is Status.MINOR else rules.flat_at_change
    if follows == "any-liable-day":
        return _due(gross, percent, satz, decisions.flat_due_later(liable_on[0], satz))
    return Flat(amount=money.ZERO, decisions=(decisions.flat_dropped(sheet.first_day, first, satz),))


def _due(gross: Decimal, percent: Decimal, satz: Zuzahlungssatz, *reasons: Decision) -> Flat:
    amount = formulas.flat(gross, percent, satz=satz)
    if amount < satz.je_verordnung:
        reasons = (*reasons, decisions.flat_capped(amount, satz))
    return Flat(amount=amount, decisions=reasons)
