"""The positions of a case: profession and contract, number, day, and that none stands twice."""

from __future__ import annotations

from datetime import date

import pytest

from tests.standards.sgbv302.checks.good import (
    SIX,
    Defect,
    case,
    doubt,
    good_file,
    position,
    remark,
    told,
    with_element,
    wrong,
)
from zuzahlung.standards.sgbv302.slla import Leistungserbringergruppe

FILE = good_file()
DAY = date(2026, 9, 8)
ONE = good_file(case([position(day=DAY)]))
ERGO = Leistungserbringergruppe(abrechnungscode="26", tarifkennzeichen="00501")
ERGO_ZHE = {"diagnosegruppe": "SB1", "heilmittelbereich": "4"}
HOSPITAL = Leistungserbringergruppe(abrechnungscode="27", tarifkennzeichen="00511")
VISIT = good_file(case([position(day=DAY), position("29950", DAY, "22.78", "2.28")], zhe={"hausbesuch": "1"}))


def ergo(
    number: str = "54102", price: str = "52.77", copayment: str | None = "5.28", **changes: object
) -> str:
    """Return a file of the Ergotherapie with one position."""
    return good_file(case([position(number, DAY, price, copayment, legs=ERGO)], zhe={**ERGO_ZHE, **changes}))


DEFECTS = [
    Defect(
        "a Tarifbereich that is not given out",
        with_element(FILE, "EHE", "1.2", "26501"),
        [wrong("ehe.tarif", "EHE.1.2")],
    ),
    Defect(
        "a Sondertarif that is kept free",
        with_element(FILE, "EHE", "1.2", "00U00"),
        [wrong("ehe.tarif", "EHE.1.2")],
    ),
    Defect(
        "a Sondertarif in small letters",
        with_element(FILE, "EHE", "1.2", "00a01"),
        [wrong("ehe.tarif", "EHE.1.2")],
    ),
    Defect(
        "the X of a contract in place of the first sign",
        with_element(FILE, "EHE", "2", "X0501"),
        [wrong("ehe.position-form", "EHE.2")],
    ),
    Defect(
        "a position that the directory does not have",
        with_element(FILE, "EHE", "2", "20500"),
        [doubt("ehe.position-unknown", "EHE.2")],
    ),
    Defect(
        "a position that was not there yet",
        good_file(
            case(
                [position("29950", date(2025, 12, 30), "22.78", "2.28")],
                zhe={"verordnungsdatum": date(2025, 12, 29), "hausbesuch": "1"},
            )
        ),
        [doubt("ehe.position-not-valid", "EHE.2")],
    ),
    Defect(
        "a position of Masseure, billed by Physiotherapeuten",
        with_element(ONE, "EHE", "2", "10501"),
        [doubt("ehe.position-of-other-profession", "EHE.2")],
    ),
    Defect(
        "one line of another profession",
        with_element(FILE, "EHE", "1.1", "26"),
        [doubt("ehe.position-of-other-profession", "EHE.2")],
    ),
    Defect(
        "a Heilmittel-Bereich that none of the lines has",
        with_element(FILE, "ZHE", "16", "4"),
        [doubt("zhe.bereich", "ZHE.16")],
    ),
    Defect(
        "a line of the Ergotherapie among those of the Physiotherapie",
        good_file(case([*SIX, position("54102", DAY, "52.77", "5.28", legs=ERGO)])),
        [doubt("ehe.other-bereich", "EHE.1")],
    ),
    Defect(
        "a treatment that stands twice",
        good_file(case([*SIX, position(day=date(2026, 9, 23))])),
        [wrong("ehe.twice", "EHE.2")],
    ),
    Defect(
        "a treatment with two prices",
        good_file(case([*SIX, position(day=date(2026, 9, 23), price="20.00", copayment="2.00")])),
        [wrong("ehe.two-prices", "EHE.4"), doubt("ehe.price", "EHE.4")],
    ),
    Defect(
        "one treatment before the prescription",
        with_element(FILE, "EHE", "5", "20260831"),
        [wrong("ehe.before-prescription", "EHE.5")],
    ),
    Defect(
        "the only treatment before the prescription",
        with_element(ONE, "EHE", "5", "20260831"),
        [wrong("ehe.before-prescription", "EHE.5")],
    ),
    Defect(
        "a prescription after all treatments",
        with_element(FILE, "ZHE", "3", "20260930"),
        [wrong("zhe.after-treatment", "ZHE.3")],
    ),
    Defect(
        "one treatment after the invoice",
        with_element(ONE, "EHE", "5", "20261006"),
        [wrong("ehe.after-invoice", "EHE.5")],
    ),
    Defect(
        "a home visit that is not ticked",
        with_element(VISIT, "ZHE", "12", ""),
        [doubt("zhe.hausbesuch", "ZHE.12")],
    ),
    Defect(
        "a position of a Blankoverordnung among others",
        good_file(case([*SIX, position("20545", DAY, "10.00", "1.00")])),
        [doubt("ehe.blanko-position", "EHE.2"), remark("ehe.no-price-list", "EHE.2")],
    ),
    Defect(
        "nothing but positions of a Blankoverordnung",
        good_file(case([position("20545", DAY, "10.00", "1.00")])),
        [remark("ehe.no-price-list", "EHE.2"), doubt("zhe.blanko", "ZHE.6")],
    ),
]

GOOD = [
    ("a treatment on the day of the prescription", with_element(FILE, "EHE", "5", "20260901")),
    ("a treatment on the day of the invoice", good_file(case(SIX[-1:]), rechnungsdatum=date(2026, 9, 23))),
    ("a double treatment in one line", good_file(case([position(day=DAY, count="2.00")]))),
    ("one position on two days", FILE),
    (
        "two splints of one day, for which the contract fixes no price",
        good_file(
            case(
                [position("54405", DAY, price, None, legs=ERGO) for price in ("120.00", "80.00")],
                zhe=ERGO_ZHE,
            )
        ),
    ),
    (
        "two differences of price of one position and day in a Nachforderung",
        good_file(
            case([position(day=DAY), position(day=DAY, price="1.11", copayment="0.11")], vkz="02"), vkz="02"
        ),
    ),
    (
        "a hospital that bills Physiotherapie",
        good_file(case([position("60501", DAY, legs=HOSPITAL)])),
    ),
    ("a prescription that does not name its Heilmittel-Bereich", with_element(FILE, "ZHE", "16", "")),
    ("a home visit that is ticked", VISIT),
    ("Ergotherapie", ergo()),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.says)
def test_a_defect_is_found_and_nothing_else(defect: Defect) -> None:
    assert [one[:3] for one in told(defect.text)] == list(defect.expected)


@pytest.mark.parametrize("text", [text for _, text in GOOD], ids=[says for says, _ in GOOD])
def test_what_is_allowed_is_not_found(text: str) -> None:
    assert told(text) == []


def test_an_invoice_dated_before_all_treatments_is_told_once_for_all_of_its_cases() -> None:
    text = good_file(case(), case(), rechnungsdatum=date(2026, 9, 2))
    assert [one[:3] for one in told(text)] == [wrong("rec.before-treatment", "REC.2")]


def test_an_unknown_abrechnungscode_is_told_by_its_table_alone() -> None:
    assert [one[:3] for one in told(with_element(ONE, "EHE", "1.1", "99"))] == [
        wrong("key.unknown", "EHE.1.1")
    ]


def test_the_later_of_two_equal_lines_is_the_one_named() -> None:
    text = good_file(case([SIX[0], SIX[1], SIX[0]]))
    first = text.split("'\n").index("EHE+22:00501+20501+1,00+29,63+20260907+2,96") + 1
    assert [(one.rule, one.number - first) for one in told(text)] == [("ehe.twice", 2)]


def test_a_report_sent_electronically_fits_the_profession_that_may_bill_it() -> None:
    lines = [*SIX, position("DL922", date(2026, 9, 23), "6.00", None)]
    text = good_file(case(lines, zhe={"therapiebericht": "1"}))
    assert [one.rule for one in told(text)] == ["ehe.no-price-list"]
