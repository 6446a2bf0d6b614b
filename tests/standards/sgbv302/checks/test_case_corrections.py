"""A case and its Verarbeitungskennzeichen: the original invoice, BES or GZF, voucher and key of the procedure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.standards.sgbv302.checks.good import (
    END,
    INV,
    Defect,
    after_segment,
    case,
    doubt,
    findings,
    good_file,
    segment,
    told,
    with_element,
    with_segment,
    wrong,
)

FIRST, MORE, CLAIM, CORRECTION, RESUMED = (good_file(vkz=vkz) for vkz in ("01", "02", "03", "04", "10"))
WITHOUT_VOUCHER = replace(INV, beleginformation="0")
URI_TEXT = segment(MORE, "URI")

DEFECTS = [
    Defect(
        "a Nachforderung without the original invoice",
        with_segment(MORE, "URI", None),
        [wrong("uri.missing", "INV")],
    ),
    Defect(
        "a claim without the original invoice",
        with_segment(CLAIM, "URI", None),
        [wrong("uri.missing", "INV")],
    ),
    Defect(
        "a first invoice with an original one",
        after_segment(FIRST, "INV", URI_TEXT),
        [wrong("uri.in-first-invoice", "URI")],
    ),
    Defect(
        "a correction that names itself",
        with_element(CORRECTION, "URI", "2", "2026-1104:0"),
        [wrong("uri.own-invoice", "URI.2")],
    ),
    Defect(
        "an original invoice of the day after",
        with_element(CORRECTION, "URI", "3", "20261104"),
        [doubt("uri.after-invoice", "URI.3")],
    ),
    Defect(
        "an original IK whose check digit does not fit",
        with_element(CORRECTION, "URI", "1", "440301799"),
        [doubt("uri.ik-check-digit", "URI.1")],
    ),
    Defect(
        "a claim that ends with BES",
        with_segment(CLAIM, "GZF", "BES+177,78+27,76+17,76+10,00"),
        [wrong("bes.in-claim", "BES")],
    ),
    Defect(
        "a first invoice that ends with GZF",
        with_segment(FIRST, "BES", "GZF+27,76+17,76+10,00"),
        [wrong("gzf.outside-claim", "GZF")],
    ),
    Defect(
        "a Korrekturabzug in a Nachforderung",
        with_element(MORE, "BES", "5", "5,00"),
        [wrong("bes.deduction-outside-correction", "BES.5")],
    ),
    Defect(
        "a claim of somebody liable",
        with_element(CLAIM, "ZHE", "4", "3"),
        [wrong("zhe.key-of-claim", "ZHE.4")],
    ),
    Defect(
        "a refused Zuzahlung outside of a claim",
        with_element(FIRST, "ZHE", "4", "2"),
        [doubt("zhe.key-2-outside-claim", "ZHE.4")],
    ),
    Defect(
        "a Wiederaufnahme in the Ergotherapie",
        with_element(RESUMED, "ZHE", "16", "4"),
        [wrong("zhe.resumed-bereich", "ZHE.16"), doubt("zhe.bereich", "ZHE.16")],
    ),
    Defect(
        "a Wiederaufnahme without a Blankoverordnung",
        with_element(RESUMED, "ZHE", "6", "03"),
        [wrong("zhe.resumed-verordnungsart", "ZHE.6")],
    ),
    Defect(
        "a correction without a voucher",
        with_element(CORRECTION, "INV", "3", "0"),
        [doubt("inv.voucher-expected", "INV.3")],
    ),
    Defect(
        "a Wiederaufnahme without a voucher",
        with_element(RESUMED, "INV", "3", "0"),
        [doubt("inv.voucher-expected", "INV.3")],
    ),
    Defect(
        "a refused Zuzahlung without the proof",
        with_element(CLAIM, "INV", "3", "0"),
        [doubt("inv.voucher-expected", "INV.3")],
    ),
    Defect(
        "a voucher sent electronically",
        with_element(FIRST, "INV", "3", "2"),
        [doubt("inv.voucher-electronic", "INV.3")],
    ),
]

GOOD = [
    ("a Nachforderung without a voucher", with_element(MORE, "INV", "3", "0")),
    ("a correction that does not speak of vouchers", with_element(CORRECTION, "INV", "3", "")),
    (
        "the claim of somebody exempt, without a voucher",
        good_file(case(vkz="03", inv=WITHOUT_VOUCHER, zhe={"zuzahlungskennzeichen": "1"}), vkz="03"),
    ),
    ("a claim for the days after an exemption", with_element(CLAIM, "ZHE", "4", "5")),
    ("an original invoice of the same day", with_element(CORRECTION, "URI", "3", "20261103")),
    (
        "an original invoice of the same number by another practice",
        with_element(with_element(CORRECTION, "URI", "1", "461100877"), "URI", "2", "2026-1104:0"),
    ),
    ("a correction with its Korrekturabzug", good_file(case(vkz="04"), vkz="04")),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.says)
def test_a_defect_is_found_and_nothing_else(defect: Defect) -> None:
    assert [one[:3] for one in told(defect.text)] == list(defect.expected)


@pytest.mark.parametrize("text", [text for _, text in GOOD], ids=[says for says, _ in GOOD])
def test_what_is_allowed_is_not_found(text: str) -> None:
    assert told(text) == []


def test_that_vouchers_are_not_yet_sent_electronically_is_told_once_in_a_file() -> None:
    electronic = replace(INV, beleginformation="2")
    text = good_file(case(inv=electronic), case(inv=electronic))
    assert [one.rule for one in told(text)] == ["inv.voucher-electronic"]


def test_an_original_invoice_that_cannot_be_read_is_not_missing() -> None:
    broken = with_segment(MORE, "URI", f"{URI_TEXT}+surplus")
    assert [one.rule for one in findings(broken)] == ["segment.surplus"]


def test_two_segments_with_a_line_end_between_them_are_two() -> None:
    assert told(with_segment(FIRST, "DIA", f"DIA+M54.5{END}DIA+M54.4")) == []
