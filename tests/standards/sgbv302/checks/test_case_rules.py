"""The rules of a case as a whole: each is shown by a defect, cites what is registered, and is told apart by its id."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.standards.sgbv302.checks import (
    test_case_amounts,
    test_case_corrections,
    test_case_deadlines,
    test_case_insured,
    test_case_liability,
    test_case_positions,
    test_case_prescription,
    test_case_prices,
)
from tests.standards.sgbv302.checks.good import SIX, case, findings, good_file, with_element, with_segment
from tests.test_sources_are_registered import is_registered, register
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.sgbv302.checks import (
    amounts,
    case_sums,
    corrections,
    deadlines,
    insured,
    liability,
    positions,
    prescription,
    prices,
)
from zuzahlung.standards.sgbv302.checks.rules import Rule

FAMILIES = (amounts, case_sums, corrections, deadlines, insured, liability, positions, prescription, prices)
TABLES = (
    test_case_amounts,
    test_case_corrections,
    test_case_deadlines,
    test_case_insured,
    test_case_liability,
    test_case_positions,
    test_case_prescription,
    test_case_prices,
)
SHOWN_BY_A_TEST_OF_ITS_OWN = {"rec.before-treatment"}


def rules_of(module: ModuleType) -> Iterator[Rule]:
    """Yield the rules of a family."""
    return (value for value in vars(module).values() if isinstance(value, Rule))


RULES = [rule for family in FAMILIES for rule in rules_of(family)]


def test_every_rule_of_a_case_is_broken_by_a_defect_of_these_tables() -> None:
    shown = {rule for table in TABLES for defect in table.DEFECTS for rule, _, _ in defect.expected}
    assert {rule.id for rule in RULES} - shown == SHOWN_BY_A_TEST_OF_ITS_OWN


def test_no_two_rules_share_an_id() -> None:
    ids = [rule.id for rule in RULES]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_cites_a_registered_document_and_speaks_in_sentences(rule: Rule) -> None:
    assert is_registered(rule.source, register())
    assert rule.stufe == 3
    assert rule.text.endswith((".", ".“"))
    assert rule.detail.endswith(".")


@pytest.mark.parametrize("family", [liability, prices, deadlines], ids=["liability", "prices", "deadlines"])
def test_what_only_fund_and_contract_can_tell_is_never_an_error(family: ModuleType) -> None:
    assert {rule.severity for rule in rules_of(family)} <= {Severity.WARNING, Severity.NOTE}


@pytest.mark.parametrize("tag", ["INV", "NAD", "EHE", "ZHE", "DIA", "BES"], ids=lambda tag: f"without-{tag}")
def test_where_a_segment_is_missing_the_rules_of_the_case_do_not_guess(tag: str) -> None:
    damaged = with_segment(good_file(case(SIX[:1])), tag, None)
    assert {one.stufe for one in findings(damaged)} == {2}


def test_findings_of_a_case_come_in_the_order_of_the_file() -> None:
    text = with_element(good_file(), "DIA", "1", "M545")
    text = with_element(text, "ZHE", "2", "906716834")
    text = with_element(text, "INV", "1", "A123456781")
    text = with_element(text, "EHE", "6", "2,97")
    assert [one.rule for one in findings(text)] == [
        "inv.kvnr-check-digit",
        "ehe.copayment-per-unit",
        "zhe.lanr-check-digit",
        "dia.icd",
    ]
