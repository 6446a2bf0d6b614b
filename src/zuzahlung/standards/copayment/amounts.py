"""What a patient owes for a Verordnungsblatt, and what is left for the fund: the sums of BES, with reasons.

Source: SGB V, §§ 32(2), 61 Satz 3, 62(1); TA1 V21, 5.5.3.3 EHE, BES, 7.4; house, VKZ 02, 04 and 10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zuzahlung.standards import money
from zuzahlung.standards.copayment import decisions, flat, formulas
from zuzahlung.standards.copayment.decisions import Decision
from zuzahlung.standards.copayment.flat import Flat
from zuzahlung.standards.copayment.key import KeyDecision, copayment_key
from zuzahlung.standards.copayment.law import ZUZAHLUNGSSAETZE, Zuzahlungssatz, get_zuzahlungssatz
from zuzahlung.standards.copayment.rules import DEFAULT_RULES, CopaymentRules
from zuzahlung.standards.copayment.sheet import Item, Sheet
from zuzahlung.standards.copayment.status import Status
from zuzahlung.standards.days import format_day
from zuzahlung.standards.findings import Finding, Severity
from zuzahlung.standards.keys.zuzahlung import Zuzahlungskennzeichen as Key


@dataclass(frozen=True, kw_only=True, slots=True)
class OwedItem:
    """One item in euros: `zuzahlung` is that of one unit (EHE.6), None if the insured owes none for it."""

    item: Item
    zuzahlung: Decimal | None
    brutto: Decimal
    prozentual: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """What a sheet costs and who bears it, in euros: `gesamt` the insured, `netto` the fund.

    `items` stand in the order of the sheet. `decisions` say what is not as on an ordinary Verordnung,
    `findings` where the price list and the formula disagree; their pointers count the items from 0.
    """

    items: tuple[OwedItem, ...]
    brutto: Decimal
    prozentual: Decimal
    pauschal: Decimal
    gesamt: Decimal
    netto: Decimal
    key: KeyDecision
    decisions: tuple[Decision, ...]
    findings: tuple[Finding, ...]


def owed(
    sheet: Sheet,
    rules: CopaymentRules = DEFAULT_RULES,
    *,
    saetze: Sequence[Zuzahlungssatz] = ZUZAHLUNGSSAETZE,
) -> Owed:
    """Return what is owed for a sheet that is billed for the first time (VKZ 01).

    Raises `law.BeforeTheLaw` for a day of treatment before the first row of `saetze`.
    """
    return _settle(sheet, rules, saetze, instead_of_flat=None)


def owed_additionally(
    sheet: Sheet,
    rules: CopaymentRules = DEFAULT_RULES,
    *,
    is_flat_charged: bool,
    saetze: Sequence[Zuzahlungssatz] = ZUZAHLUNGSSAETZE,
) -> Owed:
    """Return what is owed for items that the first invoice left out, or billed too low (VKZ 02, and 10).

    The price of an item is then the difference. `is_flat_charged` says that an earlier invoice carries the
    amount for the Verordnung, in full or up to its cost: it is not charged again then.

    Source: TA1 V21, 7.4.1, 7.4.4; UE, 6, 14, 19; house, no second amount for one Verordnung.
    """
    before = decisions.flat_charged_before if is_flat_charged else None
    return _settle(sheet, rules, saetze, instead_of_flat=before)


def owed_again(
    sheet: Sheet,
    rules: CopaymentRules = DEFAULT_RULES,
    *,
    is_whole_case_unpaid: bool,
    saetze: Sequence[Zuzahlungssatz] = ZUZAHLUNGSSAETZE,
) -> Owed:
    """Return what is owed for items that are billed again after they were not paid (VKZ 04).

    Source: TA1 V21, 7.4.3; house, when the amount for each Verordnung is carried again.
    """
    if rules.flat_in_correction == "never":
        return _settle(sheet, rules, saetze, instead_of_flat=decisions.flat_never_repeated)
    if is_whole_case_unpaid or rules.flat_in_correction == "always":
        return _settle(sheet, rules, saetze, instead_of_flat=None)
    return _settle(sheet, rules, saetze, instead_of_flat=decisions.flat_not_repeated)


def _settle(
    sheet: Sheet,
    rules: CopaymentRules,
    saetze: Sequence[Zuzahlungssatz],
    *,
    instead_of_flat: Callable[[Zuzahlungssatz], Decision] | None,
) -> Owed:
    statuses = sheet.statuses()
    satz = get_zuzahlungssatz(sheet.first_day, saetze)
    items = tuple(_owed_item(item, _satz_of(item, sheet, statuses, saetze)) for item in sheet.items)
    brutto = money.total(item.brutto for item in items)
    prozentual = money.total(item.prozentual for item in items)
    once = flat.settle(sheet, gross=brutto, percent=prozentual, satz=satz, rules=rules)
    if instead_of_flat and once.amount:
        once = Flat(amount=money.ZERO, decisions=(instead_of_flat(satz),))
    gesamt = money.total((prozentual, once.amount))
    return Owed(
        items=items,
        brutto=brutto,
        prozentual=prozentual,
        pauschal=once.amount,
        gesamt=gesamt,
        netto=money.difference(brutto, gesamt),
        key=_key(sheet, statuses, rules),
        decisions=(*_about_percent(sheet, statuses, satz), *once.decisions),
        findings=tuple(_disagreements(sheet, statuses, saetze)),
    )


def _satz_of(
    item: Item, sheet: Sheet, statuses: Mapping[date, Status], saetze: Sequence[Zuzahlungssatz]
) -> Zuzahlungssatz | None:
    """Return the share that is due for the item by the law of its day, or None if none is."""
    if sheet.spared_by or not item.bears_copayment or statuses[item.leistungsdatum] is not Status.LIABLE:
        return None
    return get_zuzahlungssatz(item.leistungsdatum, saetze)


def _owed_item(item: Item, satz: Zuzahlungssatz | None) -> OwedItem:
    if satz is None:
        return OwedItem(item=item, zuzahlung=None, brutto=item.brutto, prozentual=money.ZERO)
    zuzahlung = item.printed_copayment
    if zuzahlung is None:
        zuzahlung = formulas.unit_copayment(item.einzelbetrag, item.mws_per_unit, satz=satz)
    prozentual = formulas.line_copayment(zuzahlung, item.anzahl)
    return OwedItem(item=item, zuzahlung=zuzahlung, brutto=item.brutto, prozentual=prozentual)


def _disagreements(
    sheet: Sheet, statuses: Mapping[date, Status], saetze: Sequence[Zuzahlungssatz]
) -> Iterator[Finding]:
    for place, item in enumerate(sheet.items):
        satz = _satz_of(item, sheet, statuses, saetze)
        if satz is None or item.printed_copayment is None:
            continue
        counted = formulas.unit_copayment(item.einzelbetrag, item.mws_per_unit, satz=satz)
        if item.printed_copayment != counted:
            yield _disagreement(place, item, satz, counted)


def _disagreement(place: int, item: Item, satz: Zuzahlungssatz, counted: Decimal) -> Finding:
    printed, share = money.format(item.printed_copayment or money.ZERO), decisions.per_cent(satz)
    price = money.format(money.total((item.einzelbetrag, item.mws_per_unit)))
    return Finding(
        rule="copayment.printed-differs",
        severity=Severity.WARNING,
        pointer=f"/items/{place}",
        text=f"Position {item.positionsnummer} am {format_day(item.leistungsdatum)}: Die Preisliste nennt "
        f"{printed} Zuzahlung, {share} Prozent von {price} sind {money.format(counted)}. "
        "Gerechnet wird mit der Preisliste.",
        detail=f"the printed copayment per unit is {item.printed_copayment}, the formula gives {counted}; "
        "the printed one is used",
        source="SGB V, § 61 Satz 3; TA1 V21, 5.5.3.3 EHE",
    )


def _key(sheet: Sheet, statuses: Mapping[date, Status], rules: CopaymentRules) -> KeyDecision:
    if sheet.spared_by:
        key = Key.KEINE_GESETZLICHE_ZUZAHLUNG
        return KeyDecision(key=key, reason=f"{sheet.spared_by}: {key.bedeutung}.", is_official=False)
    return copayment_key(tuple(statuses.items()), rules)


def _about_percent(sheet: Sheet, statuses: Mapping[date, Status], satz: Zuzahlungssatz) -> Iterator[Decision]:
    if sheet.spared_by:
        yield decisions.spared(sheet.spared_by)
        return
    billed = {item.leistungsdatum: statuses[item.leistungsdatum] for item in sheet.items}
    others = [status for status in billed.values() if status is not Status.LIABLE]
    if others and len(others) < len(billed):
        yield decisions.some_days_only(len(billed) - len(others), others, satz)
    free = [
        item.positionsnummer
        for item in sheet.items
        if not item.bears_copayment and billed[item.leistungsdatum] is Status.LIABLE
    ]
    if free:
        yield decisions.free_positions(free)
