"""Every defect of the table is found by the rule it breaks, at its place, and brings forth nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.standards.sgbv302.seeded.allowed import ALLOWED
from tests.standards.sgbv302.seeded.damage import Defect, told
from tests.standards.sgbv302.seeded.defects import DEFECTS, NOT_SEEDED
from tests.standards.sgbv302.seeded.good import GOOD
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.sgbv302.checks.flow import check
from zuzahlung.standards.sgbv302.checks.register import register


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_found_in_a_good_file(name: str) -> None:
    assert list(check([GOOD[name]])) == []


@pytest.mark.parametrize("name", GOOD)
def test_other_ways_to_write_a_good_file_are_as_good(name: str) -> None:
    content = GOOD[name]
    for other in (
        content.replace(b"\r\n", b"\n"),
        content.replace(b"\r\n", b""),
        b"UNA:+,? '" + content,
        b"UNA:+,? '\r\n" + content,
        content.replace(b"Schulter", b"Schulter?, rechts"),
    ):
        assert list(check([other])) == []


@pytest.mark.parametrize("change", ALLOWED, ids=lambda change: change.id)
def test_what_only_looks_odd_is_not_found_fault_with(change: Defect) -> None:
    content = change.damaged()
    assert content != GOOD[change.file]
    assert list(check([content])) == []


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.id)
def test_a_defect_is_found_where_it_is_and_brings_forth_nothing_else(defect: Defect) -> None:
    content = defect.damaged()
    assert content != GOOD[defect.file]
    findings = list(check([content]))
    # A note about the check itself is named in the table or not looked at.
    found = [
        one for one in told(content, findings) if one.severity is not Severity.NOTE or one in defect.expected
    ]
    assert Counter(found) == Counter(defect.expected)
    for one in findings:
        assert one.text
        assert "{" not in one.text + one.detail


def test_several_defects_are_all_found_and_not_only_the_first() -> None:
    several = [one for one in DEFECTS if one.id in IN_DIFFERENT_PLACES]
    text = GOOD["01"].decode("latin-1")
    for one in several:
        text = one.damage(text)
    content = text.encode("latin-1")
    expected = [finding for one in several for finding in one.expected]
    assert len(expected) == len(IN_DIFFERENT_PLACES)
    assert Counter(told(content, check([content]))) == Counter(expected)


IN_DIFFERENT_PLACES = {
    "unb-time",
    "email-with-umlaut",
    "ges-amount",
    "kvnr-check-digit",
    "beginning-of-treatment",
    "symptoms-without-text",
    "key-of-approval",
    "charged-although-exempt",
    "bes-flat-above-cost",
    "no-number-half-an-address",
    "home-visit-not-ticked",
    "unt-count",
    "unz-reference",
}


def test_the_table_says_why_where_a_defect_has_not_exactly_one_finding() -> None:
    assert [one.id for one in DEFECTS if (len(one.expected) == 1) == bool(one.why)] == []


def test_the_table_holds_each_defect_once_and_enough_of_them_for_each_kind_of_file() -> None:
    assert [id_ for id_, times in Counter(one.id for one in DEFECTS).items() if times > 1] == []
    by_vkz = Counter(one.file[:2] for one in DEFECTS)
    assert len(DEFECTS) >= 300
    assert by_vkz["01"] >= 80
    assert min(by_vkz[vkz] for vkz in ("02", "03", "04", "10")) >= 5


def test_every_rule_of_the_check_is_broken_by_a_defect_or_it_is_said_why_not() -> None:
    broken = {expected.rule for one in DEFECTS for expected in one.expected}
    assert {rule.id for rule in register()} - broken == set(NOT_SEEDED)
