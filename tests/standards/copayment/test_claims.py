"""A Zuzahlungsforderung claims what was deducted, or a part of it, and never more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standards.copayment.sheets import RULES, cents, rules_of, segment, sheet_of, sheets, shown
from tests.standards.copayment.vectors import cases
from zuzahlung.standards.copayment.amounts import owed
from zuzahlung.standards.copayment.claim_cases import ClaimCase
from zuzahlung.standards.copayment.claims import Deducted, DeductedItem, NothingToClaim, claim, deducted
from zuzahlung.standards.copayment.rules import CopaymentRules
from zuzahlung.standards.copayment.sheet import Sheet

FIRST, SECOND = date(2026, 9, 7), date(2026, 9, 9)


def item(day: date, zuzahlung: str | None = "2.96") -> DeductedItem:
    return DeductedItem(
        leistungsdatum=day,
        positionsnummer="20501",
        anzahl=Decimal("1.00"),
        brutto=Decimal("29.63"),
        zuzahlung=None if zuzahlung is None else Decimal(zuzahlung),
    )


BASE = Deducted(items=(item(FIRST), item(SECOND), item(SECOND, None)), pauschal=Decimal("10.00"))

OF_THE_LAST_ITEM = (
    "Für die Position 20501 am 09.09.2026 wurde keine Zuzahlung abgezogen. Sie kann nicht gefordert werden."
)


@pytest.mark.parametrize("case", cases("ta1_7_4_2"))
def test_a_claim_is_that_of_the_worked_case(case: dict[str, Any]) -> None:
    assert case["source"]
    base = deducted(owed(sheet_of(case)))
    found = claim(base, ClaimCase(case["case"]), claimed=case.get("claimed"), rules=rules_of(case))
    assert [shown(amount) for amount in found.zuzahlungen] == case["units"]
    assert segment(found.gesamt, found.prozentual, found.pauschal) == case["gzf"]
    assert (found.key.key, found.key.is_official) == (case["key"], case["official"])
    assert found.key.reason == case["reason"]
    assert found.needs_proof is case["needs_proof"]
    assert [one.text for one in found.decisions] == case.get("decisions", [])
    assert [one.text for one in found.findings] == case.get("findings", [])


def test_items_are_found_by_their_days_where_they_carry_a_zuzahlung() -> None:
    assert BASE.with_copayment == {0, 1}
    assert BASE.on_days([SECOND]) == {1}
    assert BASE.on_days([]) == frozenset()


@pytest.mark.parametrize(
    ("base", "claimed", "text"),
    [
        (BASE, [0, 2], OF_THE_LAST_ITEM),
        (BASE, [], "Für diese Leistungen wurde keine Zuzahlung abgezogen."),
        (
            Deducted(items=(item(FIRST, None),), pauschal=Decimal("0.00")),
            None,
            "Für diese Leistungen wurde keine Zuzahlung abgezogen.",
        ),
    ],
)
def test_what_was_not_deducted_is_not_claimed(base: Deducted, claimed: list[int] | None, text: str) -> None:
    with pytest.raises(NothingToClaim) as wrong:
        claim(base, ClaimCase.EXEMPT, claimed=claimed)
    assert wrong.value.text == text
    assert str(wrong.value) == "nothing to claim"


@pytest.mark.parametrize("place", [-1, 3])
def test_a_place_that_the_base_does_not_have_is_a_bug(place: int) -> None:
    with pytest.raises(IndexError):
        claim(BASE, ClaimCase.EXEMPT, claimed=[place])


def test_a_base_that_deducts_more_than_the_services_cost_is_refused() -> None:
    assert Deducted(items=(item(FIRST),), pauschal=Decimal("26.67")).pauschal == Decimal("26.67")
    with pytest.raises(ValueError, match="more is deducted than the services cost"):
        Deducted(items=(item(FIRST),), pauschal=Decimal("26.68"))


def test_a_flat_amount_alone_can_be_claimed() -> None:
    base = Deducted(items=(item(FIRST, None),), pauschal=Decimal("10.00"))
    assert str(claim(base, ClaimCase.REFUSED).gesamt) == "10.00"


@given(sheet=sheets(), rules=RULES, case=st.sampled_from(list(ClaimCase)), data=st.data())
def test_a_claim_never_exceeds_what_was_deducted(
    sheet: Sheet, rules: CopaymentRules, case: ClaimCase, data: st.DataObject
) -> None:
    amounts = owed(sheet, rules)
    base = deducted(amounts)
    part = data.draw(st.sets(st.sampled_from(sorted(base.with_copayment)))) if base.with_copayment else set()
    try:
        found = claim(base, case, claimed=part, rules=rules)
    except NothingToClaim:
        return
    assert Decimal("0.00") <= found.prozentual <= amounts.prozentual
    assert found.pauschal in {Decimal("0.00"), amounts.pauschal}
    assert found.gesamt == found.prozentual + found.pauschal
    assert Decimal("0.00") < found.gesamt <= amounts.brutto
    assert [n for n, unit in enumerate(found.zuzahlungen) if unit is not None] == sorted(part)


@given(sheet=sheets(), case=st.sampled_from([ClaimCase.REFUSED, ClaimCase.EXEMPT, ClaimCase.CUT_BY_FUND]))
def test_a_whole_claim_is_what_was_deducted(sheet: Sheet, case: ClaimCase) -> None:
    amounts = owed(sheet)
    if not amounts.gesamt:
        return
    found = claim(deducted(amounts), case)
    assert (found.prozentual, found.pauschal) == (amounts.prozentual, amounts.pauschal)
    assert found.zuzahlungen == tuple(one.zuzahlung for one in amounts.items)


@given(sheet=sheets(), data=st.data())
def test_claims_for_some_days_and_for_the_others_make_the_whole(sheet: Sheet, data: st.DataObject) -> None:
    amounts = owed(sheet)
    base = deducted(amounts)
    days = {base.items[n].leistungsdatum for n in base.with_copayment}
    if len(days) < 2:
        return
    some = data.draw(st.sets(st.sampled_from(sorted(days)), min_size=1, max_size=len(days) - 1))
    parts = []
    for chosen in (base.on_days(some), base.on_days(days - some)):
        try:
            parts.append(claim(base, ClaimCase.EXEMPT, claimed=chosen))
        except NothingToClaim:
            continue
    assert sum(cents(part.prozentual) for part in parts) == cents(amounts.prozentual)
    carried = [part for part in parts if part.pauschal]
    # The flat amount follows the first day of treatment, which carries a Zuzahlung in at most one part.
    first = min(one.leistungsdatum for one in base.items)
    assert len(carried) == (1 if amounts.pauschal and first in days else 0)
