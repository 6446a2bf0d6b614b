"""Single fields: a fault of form is Stufe 2 (in the envelope 1), a code outside of its table Stufe 3, each at its place."""

from __future__ import annotations

import pytest

from tests.standards.sgbv302.checks.damaged import SINGLE, put, told
from zuzahlung.standards.edifact.faults import Fault
from zuzahlung.standards.edifact.stream import Piece
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.sgbv302 import slga, slla
from zuzahlung.standards.sgbv302.checks import fields
from zuzahlung.standards.sgbv302.checks.flow import check


@pytest.mark.parametrize(
    ("where", "new", "expected"),
    [
        ("NAM.1", "", "element.missing 2 error NAM.1"),
        ("NAM.1", "x" * 31, "element.length 2 error NAM.1"),
        ("REC.1", "2026-1001", "element.missing 2 error REC.1.2"),
        ("REC.2", "20261032", "element.no-such-day 2 error REC.2"),
        ("GES.2", "62.82", "element.not-a-number 2 error GES.2"),
        ("GES.2", "62,8", "element.decimals 2 error GES.2"),
        ("FKT.4", "10999001", "element.length 2 error FKT.4"),
        ("NAM.5", "zu viel", "segment.surplus 2 error NAM"),
        ("EHE.1", "22:00501:1", "element.surplus 2 error EHE.1"),
        ("UNZ.2", "x" * 15, "element.length 1 error UNZ.2"),
        ("UNB.8", "", "element.missing 1 error UNB.8"),
    ],
)
def test_a_fault_of_form_is_told_at_its_place(where: str, new: str, expected: str) -> None:
    assert told(put(SINGLE, where, new)) == [expected]


@pytest.mark.parametrize(
    ("where", "new"),
    [
        ("FKT.1", "05"),
        ("REC.3", "0"),
        ("GES#2.1", "12"),
        ("ZHE.4", "6"),
        ("ZHE.6", "01"),
        ("INV.3", "3"),
        ("EHE.1.1", "99"),
    ],
)
def test_a_code_that_its_table_has_not_is_told_at_its_place(where: str, new: str) -> None:
    assert f"key.unknown 3 error {where}" in told(put(SINGLE, where, new))


def test_two_faults_of_one_segment_are_both_told() -> None:
    assert told(put(put(SINGLE, "GES.2", "62,8"), "GES.3", "x")) == [
        "element.decimals 2 error GES.2",
        "element.not-a-number 2 error GES.3",
    ]


def test_the_text_of_an_unknown_code_names_code_field_and_table() -> None:
    (found,) = check([put(SINGLE, "REC.3", "0").encode("latin-1")])
    assert found.text == "„0“ ist kein Schlüssel für „Rechnungsart“."
    assert found.detail == "The code 0 is not in the key table 8.1.4."
    assert found.source == "TA3 V21, 8.1.4"


def test_a_finding_of_a_fault_keeps_its_rule_source_and_words() -> None:
    fault = Fault(
        rule="element.length", place="1.2", text="Zu lang.", detail="Too long.", source="TA1 V21, 5.1"
    )
    (found,) = fields.of_faults(Piece(7, 120, "REC+1"), [fault], stufe=2)
    assert (found.rule, found.stufe, found.severity) == ("element.length", 2, Severity.ERROR)
    assert (found.pointer, found.place, found.offset) == ("7/REC.1.2", "1.2", 120)
    assert (found.text, found.detail, found.source) == ("Zu lang.", "Too long.", "TA1 V21, 5.1")


def test_a_text_with_braces_is_told_as_it_stands() -> None:
    fault = Fault(rule="x", place="", text="{0} {name}", detail="{}", source="house, a test")
    (found,) = fields.of_faults(Piece(1, 0, "X"), [fault], stufe=1)
    assert (found.text, found.detail) == ("{0} {name}", "{}")


def test_the_coded_fields_of_a_segment_are_found_in_its_table() -> None:
    assert [place for _, _, place, _ in fields.keys_of(slga.REC)] == ["3"]
    assert [place for _, _, place, _ in fields.keys_of(slla.EHE)] == ["1.1"]
    assert [place for _, _, place, _ in fields.keys_of(slga.NAM)] == []


def test_a_field_that_is_empty_has_no_unknown_code() -> None:
    row = slla.INV(belegnummer="1")
    assert list(fields.of_codes(Piece(1, 0, "INV++++1"), row, fields.keys_of(slla.INV))) == []
