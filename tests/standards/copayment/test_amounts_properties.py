"""Whatever stands on a sheet: the sums fit together, and nobody owes more than the law says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.standards.copayment.sheets import DAYS, RULES, WHOLE, cents, items, sheets
from zuzahlung.standards.copayment.amounts import Owed, owed, owed_additionally, owed_again
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.copayment.rules import CopaymentRules
from zuzahlung.standards.copayment.sheet import Item, Sheet
from zuzahlung.standards.copayment.status import Status
from zuzahlung.standards.money import ZERO

TEN = Decimal("10.00")


def sums(found: Owed) -> tuple[Decimal, ...]:
    return found.brutto, found.prozentual, found.pauschal, found.gesamt, found.netto


@given(sheet=sheets(), rules=RULES, whole=st.booleans())
def test_the_sums_fit_together_in_every_kind_of_invoice(
    sheet: Sheet, rules: CopaymentRules, whole: bool
) -> None:
    for found in (
        owed(sheet, rules),
        owed_additionally(sheet, rules, is_flat_charged=whole),
        owed_again(sheet, rules, is_whole_case_unpaid=whole),
    ):
        assert found.prozentual + found.pauschal == found.gesamt
        assert found.gesamt <= found.brutto
        assert found.netto == found.brutto - found.gesamt >= ZERO
        assert ZERO <= found.pauschal <= TEN
        assert found.prozentual >= ZERO
        assert all(cents(amount) >= 0 for amount in sums(found))


@given(sheet=sheets(), rules=RULES)
def test_whole_numbers_of_cents_give_the_same_sums(sheet: Sheet, rules: CopaymentRules) -> None:
    gross = percent = 0
    for item in sheet.items:
        price, quantity = cents(item.einzelbetrag), cents(item.anzahl)
        gross += (price * quantity + 50) // 100
        if item.bears_copayment and sheet.statuses()[item.leistungsdatum] is Status.LIABLE:
            unit = (price * 10 + 50) // 100
            if item.printed_copayment is not None:
                unit = cents(item.printed_copayment)
            percent += (unit * quantity + 50) // 100
    found = owed(sheet, rules)
    assert (cents(found.brutto), cents(found.prozentual)) == (gross, percent)
    assert cents(found.pauschal) in {0, min(1000, gross - percent)}


@given(sheet=sheets(), rules=RULES)
def test_an_item_has_a_zuzahlung_exactly_where_it_is_owed(sheet: Sheet, rules: CopaymentRules) -> None:
    statuses = sheet.statuses()
    for one in owed(sheet, rules).items:
        owes = one.item.bears_copayment and statuses[one.item.leistungsdatum] is Status.LIABLE
        assert (one.zuzahlung is not None) == owes
        if not owes:
            assert one.prozentual == ZERO


@given(sheet=sheets(), free=items(), rules=RULES)
def test_a_free_position_more_leaves_the_share_as_it_is(
    sheet: Sheet, free: Item, rules: CopaymentRules
) -> None:
    free = replace(free, bears_copayment=False, printed_copayment=None)
    # On a day of the series, so that neither the key nor the first day changes.
    free = replace(free, leistungsdatum=sheet.first_day)
    before, after = owed(sheet, rules), owed(replace(sheet, items=(*sheet.items, free)), rules)
    assert after.prozentual == before.prozentual
    assert after.pauschal >= before.pauschal
    assert after.brutto == before.brutto + free.brutto
    assert after.key == before.key


@given(sheet=sheets(quantities=WHOLE), rules=RULES)
def test_lines_split_into_single_units_owe_the_same(sheet: Sheet, rules: CopaymentRules) -> None:
    single = [replace(item, anzahl=Decimal("1.00")) for item in sheet.items for _ in range(int(item.anzahl))]
    assert sums(owed(replace(sheet, items=tuple(single)), rules)) == sums(owed(sheet, rules))


@given(sheet=sheets(), rules=RULES, order=st.randoms(use_true_random=False))
def test_the_order_of_items_days_and_periods_changes_nothing(
    sheet: Sheet, rules: CopaymentRules, order: Any
) -> None:
    def shuffled(things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(order.sample(things, len(things)))

    other = replace(
        sheet,
        items=shuffled(sheet.items),
        other_days=shuffled(sheet.other_days),
        exemptions=shuffled(sheet.exemptions),
    )
    one, two = owed(sheet, rules), owed(other, rules)
    assert sums(one) == sums(two)
    assert (one.key, one.decisions) == (two.key, two.decisions)
    assert sorted(finding.text for finding in one.findings) == sorted(
        finding.text for finding in two.findings
    )


@given(sheet=sheets(), first=DAYS, last=DAYS)
def test_a_longer_exemption_never_makes_anybody_owe_more(sheet: Sheet, first: date, last: date) -> None:
    more = Period(min(first, last), max(first, last))
    longer = replace(sheet, exemptions=(*sheet.exemptions, more))
    assert owed(longer).prozentual <= owed(sheet).prozentual
    assert owed(longer).gesamt <= owed(sheet).gesamt


@given(sheet=sheets(), rules=RULES)
def test_who_is_younger_never_owes_more(sheet: Sheet, rules: CopaymentRules) -> None:
    adult = replace(sheet, geburtsdatum=date(1950, 1, 1))
    assert owed(sheet).gesamt <= owed(adult).gesamt
    child = replace(sheet, geburtsdatum=date(2020, 1, 1))
    assert owed(child, rules).gesamt == ZERO
    assert owed(child, rules).key.key == 0


@given(sheet=sheets(), rules=RULES)
def test_key_0_and_key_1_go_with_no_zuzahlung_and_a_flat_amount_with_3_4_5_or_none(
    sheet: Sheet, rules: CopaymentRules
) -> None:
    found = owed(sheet, rules)
    if found.key.key in {0, 1}:
        assert found.gesamt == ZERO
    if found.pauschal:
        assert found.key.key in {3, 4, 5, None}


@given(sheet=sheets(), rules=RULES)
def test_who_is_spared_by_law_owes_nothing(sheet: Sheet, rules: CopaymentRules) -> None:
    found = owed(replace(sheet, spared_by="§ 24e SGB V"), rules)
    assert found.gesamt == ZERO
    assert found.key.key == 0


@given(sheet=sheets(), rules=RULES)
def test_a_nachforderung_carries_the_flat_amount_only_if_no_invoice_did(
    sheet: Sheet, rules: CopaymentRules
) -> None:
    first, later = owed(sheet, rules), owed_additionally(sheet, rules, is_flat_charged=True)
    assert later.pauschal == ZERO
    assert later.prozentual == first.prozentual
    assert later.key == first.key
    assert owed_additionally(sheet, rules, is_flat_charged=False) == first


@given(sheet=sheets(), rules=RULES)
def test_every_flat_amount_that_is_not_ten_euros_is_explained(sheet: Sheet, rules: CopaymentRules) -> None:
    found = owed(sheet, rules)
    is_liable = Status.LIABLE in sheet.statuses().values()
    if is_liable and found.pauschal != TEN:
        assert any(decision.rule.startswith("flat.") for decision in found.decisions)


@given(sheet=sheets(), rules=RULES)
def test_every_sentence_is_one_sentence_with_its_own_rule(sheet: Sheet, rules: CopaymentRules) -> None:
    found = owed(sheet, rules).decisions
    assert len({decision.rule for decision in found}) == len(found)
    for decision in found:
        assert decision.text.endswith(".")
        assert "\n" not in decision.text
