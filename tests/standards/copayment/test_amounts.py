"""What a patient owes for a sheet: every worked case to the cent, with its key and its sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_type_hints

import pytest

from tests.standards.copayment.sheets import expected, plain, rules_of, segment, sheet_of
from tests.standards.copayment.vectors import cases
from zuzahlung.standards.copayment import amounts
from zuzahlung.standards.copayment.key import KeyDecision
from zuzahlung.standards.copayment.rules import DEFAULT_RULES, CopaymentRules
from zuzahlung.standards.copayment.sheet import Item, Sheet
from zuzahlung.standards.findings import Finding, Severity
from zuzahlung.standards.keys.zuzahlung import Zuzahlungskennzeichen as Key

LIABLE = date(1972, 4, 13)
ITEM = Item(
    leistungsdatum=date(2026, 9, 8),
    positionsnummer="20501",
    einzelbetrag=Decimal("29.63"),
    anzahl=Decimal("1.00"),
    bears_copayment=True,
)


@pytest.mark.parametrize("case", cases("sgb5_61_3") + cases("house_change_inside"))
def test_a_first_invoice_owes_what_the_worked_case_says(case: dict[str, Any]) -> None:
    assert case["source"]
    assert plain(amounts.owed(sheet_of(case), rules_of(case))) == expected(case)


@pytest.mark.parametrize("case", cases("ta1_7_4_1"))
def test_a_nachforderung_owes_what_the_worked_case_says(case: dict[str, Any]) -> None:
    assert case["source"]
    found = amounts.owed_additionally(sheet_of(case), rules_of(case), is_flat_charged=case["flat_charged"])
    assert plain(found) == expected(case)


@pytest.mark.parametrize("case", cases("ta1_7_4_3"))
def test_a_korrekturrechnung_owes_what_the_worked_case_says(case: dict[str, Any]) -> None:
    assert case["source"]
    found = amounts.owed_again(sheet_of(case), rules_of(case), is_whole_case_unpaid=case["whole"])
    assert plain(found) == expected(case)


@pytest.mark.parametrize("case", cases("ta1_5_5_3_3_bes"))
def test_the_sums_are_those_of_the_segment(case: dict[str, Any]) -> None:
    owed = amounts.owed(sheet_of(case))
    assert segment(owed.brutto, owed.gesamt, owed.prozentual, owed.pauschal) == case["bes"]


def test_each_item_has_its_own_sums() -> None:
    twice = replace(ITEM, anzahl=Decimal("2.00"))
    free = replace(ITEM, bears_copayment=False)
    owed = amounts.owed(Sheet(items=(twice, free), geburtsdatum=LIABLE))
    found = [(one.item, one.zuzahlung, str(one.brutto), str(one.prozentual)) for one in owed.items]
    assert found == [(twice, Decimal("2.96"), "59.26", "5.92"), (free, None, "29.63", "0.00")]


def test_a_disagreement_with_the_price_list_is_a_warning_at_its_item() -> None:
    other = replace(ITEM, printed_copayment=Decimal("2.95"), mws_betrag=Decimal("0.07"))
    owed = amounts.owed(Sheet(items=(ITEM, other), geburtsdatum=LIABLE))
    assert owed.findings == (
        Finding(
            rule="copayment.printed-differs",
            severity=Severity.WARNING,
            pointer="/items/1",
            text="Position 20501 am 08.09.2026: Die Preisliste nennt 2,95 € Zuzahlung, "
            "10 Prozent von 29,70 € sind 2,97 €. Gerechnet wird mit der Preisliste.",
            detail="the printed copayment per unit is 2.95, the formula gives 2.97; the printed one is used",
            source="SGB V, § 61 Satz 3; TA1 V21, 5.5.3.3 EHE",
        ),
    )
    assert owed.items[1].zuzahlung == Decimal("2.95")


def test_what_is_not_officially_sourced_is_marked() -> None:
    sheet = Sheet(items=(replace(ITEM, bears_copayment=False),), geburtsdatum=LIABLE)
    marked = [(one.rule, one.is_official, one.source) for one in amounts.owed(sheet).decisions]
    assert marked == [
        ("percent.free-positions", True, "Vergütungsvereinbarung nach § 125 SGB V"),
        ("flat.no-bearing-item", False, "house, not officially sourced"),
    ]


def test_a_key_given_for_another_reason_of_the_law_says_which() -> None:
    sheet = Sheet(items=(ITEM,), geburtsdatum=LIABLE, spared_by="§ 24e SGB V")
    assert amounts.owed(sheet).key == KeyDecision(
        key=Key.KEINE_GESETZLICHE_ZUZAHLUNG,
        reason="§ 24e SGB V: keine gesetzliche Zuzahlung.",
        is_official=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("minor_to_liable", 4),
        ("flat_at_change", "last-day"),
        ("flat_at_birthday", "never"),
        ("flat_without_bearing_item", "yes"),
        ("flat_in_correction", "first-day"),
        ("flat_in_partial_claim", ""),
        ("partly_exempt_key", 3),
        ("proof_where_silent", None),
    ],
)
def test_a_setting_outside_its_values_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        CopaymentRules(**{name: value})


def test_every_setting_is_said_to_be_without_official_source() -> None:
    said = (CopaymentRules.__doc__ or "").split("\n\n")
    for name in set(get_type_hints(CopaymentRules)) - {"minor_to_liable"}:
        [paragraph] = [one for one in said if one.strip().startswith(f"`{name}`")]
        assert "Not officially sourced" in paragraph or "neither is settled" in paragraph
    assert CopaymentRules() == DEFAULT_RULES
