"""The amounts of a case by the formulas of TA1: one wrong amount is told once, where it stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.standards.sgbv302.checks.good import (
    CHILD,
    SIX,
    Defect,
    case,
    doubt,
    findings,
    good_file,
    number_of,
    position,
    told,
    with_element,
    with_segment,
    wrong,
)
from zuzahlung.standards.sgbv302.slla import BES, GZF, Leistungserbringergruppe

DAY = date(2026, 9, 8)
FILE = good_file()
CORRECTION, CLAIM = (good_file(case(vkz=vkz), vkz=vkz) for vkz in ("04", "03"))
WHOLE_CORRECTION = good_file(case(vkz="04", pauschal="10.00"), vkz="04")
EXEMPT = tuple(position(day=one.ehe.leistungsdatum, copayment=None) for one in SIX)
FREE = good_file(case(EXEMPT, zhe={"zuzahlungskennzeichen": "1"}))
DIFFERENCE = good_file(
    case(
        [position(price="22.78", copayment="2.28"), position(day=DAY, price="1.63", copayment="0.16")],
        vkz="02",
    ),
    vkz="02",
)
CAPPED = good_file(case([position("20401", DAY, "8.43", "0.84")]))
# A contract of one fund, with net prices that no list at hand holds.
OWN = Leistungserbringergruppe(abrechnungscode="22", tarifkennzeichen="91500")
NO_LIST = ("ehe.no-price-list", "note", "EHE.1")
NET = good_file(case([position(price="20.13", count="2.00", copayment="2.40", vat="19.00", legs=OWN)]))


def bes(brutto: str, total: str | None = None, percent: str | None = None, flat: str | None = None) -> BES:
    """Return the sums of a case as somebody may have written them."""
    amounts: list[Any] = [None if one is None else Decimal(one) for one in (brutto, total, percent, flat)]
    return BES(
        brutto=amounts[0],
        zuzahlung=amounts[1],
        zuzahlung_prozentual=amounts[2],
        zuzahlung_pauschal=amounts[3],
    )


DEFECTS = [
    Defect(
        "no unit at all",
        with_element(FILE, "EHE", "3", "0,00"),
        [wrong("ehe.quantity", "EHE.3")],
    ),
    Defect(
        "less than no unit",
        with_element(FILE, "EHE", "3", "-1,00"),
        [wrong("ehe.quantity", "EHE.3")],
    ),
    Defect(
        "a price below nought",
        with_element(NET, "EHE", "4", "-20,13"),
        [NO_LIST, wrong("ehe.price-negative", "EHE.4")],
    ),
    Defect(
        "a Zuzahlung that is a cent too high",
        with_element(FILE, "EHE", "6", "2,97"),
        [wrong("ehe.copayment-per-unit", "EHE.6")],
    ),
    Defect(
        "a half cent that was rounded to the even one",
        good_file(case([position("22001", DAY, "70.45", "7.04")])),
        [wrong("ehe.copayment-per-unit", "EHE.6")],
    ),
    Defect(
        "the Zuzahlung of a net price, taken from the net price",
        with_element(NET, "EHE", "6", "2,01"),
        [NO_LIST, wrong("ehe.copayment-per-unit", "EHE.6")],
    ),
    Defect(
        "a tax of another rate",
        with_element(NET, "MWS", "2", "2,82"),
        [NO_LIST, wrong("mws.amount", "MWS.2")],
    ),
    Defect(
        "a Zuzahlung that BES counts, but no line carries",
        with_element(FILE, "EHE", "6", ""),
        [wrong("ehe.copayment-left-out", "EHE.6")],
    ),
    Defect(
        "a gross sum that is a cent too high",
        with_element(FILE, "BES", "1", "177,79"),
        [wrong("bes.gross", "BES.1")],
    ),
    Defect(
        "a line too few",
        with_segment(FILE, "EHE", None),
        [wrong("bes.gross", "BES.1")],
    ),
    Defect(
        "ten per cent of the sum in place of the sum of ten per cent",
        good_file(case(summe=bes("177.78", "27.78", "17.78", "10.00"))),
        [wrong("bes.percent", "BES.3")],
    ),
    Defect(
        "a percentage that is missing",
        good_file(case(summe=bes("177.78", "27.76", None, "10.00"))),
        [wrong("bes.percent", "BES.3")],
    ),
    Defect(
        "a total that is not its parts",
        with_element(FILE, "BES", "2", "27,67"),
        [wrong("bes.total", "BES.2")],
    ),
    Defect(
        "a total that is missing",
        good_file(case(summe=bes("177.78", None, "17.76", "10.00"))),
        [wrong("bes.total", "BES.2")],
    ),
    Defect(
        "a total that is wrong in a case whose gross is wrong too",
        good_file(case(summe=bes("177.79", "27.67", "17.76", "10.00"))),
        [wrong("bes.gross", "BES.1"), wrong("bes.total", "BES.2")],
    ),
    Defect(
        "a flat amount that is missing in a first invoice",
        good_file(case(summe=bes("177.78", "17.76", "17.76"))),
        [wrong("bes.flat", "BES.4")],
    ),
    Defect(
        "a flat amount of half",
        good_file(case(summe=bes("177.78", "22.76", "17.76", "5.00"))),
        [wrong("bes.flat", "BES.4")],
    ),
    Defect(
        "a flat amount above what is left of the cost",
        good_file(
            case([position("20401", DAY, "8.43", "0.84")], summe=bes("8.43", "10.84", "0.84", "10.00"))
        ),
        [wrong("bes.flat", "BES.4")],
    ),
    Defect(
        "a flat amount of an exempt insured",
        with_segment(FREE, "BES", "BES+177,78+10,00++10,00"),
        [wrong("bes.flat", "BES.4")],
    ),
    Defect(
        "a flat amount above the highest in a correction",
        good_file(case(vkz="04", summe=bes("177.78", "28.76", "17.76", "11.00")), vkz="04"),
        [wrong("bes.flat", "BES.4")],
    ),
    Defect(
        "a flat amount that a correction leaves out of a total that counts it",
        with_segment(WHOLE_CORRECTION, "BES", "BES+177,78+27,76+17,76"),
        [wrong("bes.flat", "BES.4")],
    ),
    Defect(
        "a flat amount again in a Nachforderung",
        good_file(case(vkz="02", summe=bes("177.78", "27.76", "17.76", "10.00")), vkz="02"),
        [doubt("bes.flat-again", "BES.4")],
    ),
    Defect(
        "a flat amount again in a Wiederaufnahme",
        good_file(case(vkz="10", summe=bes("177.78", "27.76", "17.76", "10.00")), vkz="10"),
        [doubt("bes.flat-again", "BES.4")],
    ),
    Defect(
        "a key of those who owe nothing in a case that deducts",
        with_element(FILE, "ZHE", "4", "0"),
        [wrong("zhe.key-without-copayment", "ZHE.4")],
    ),
    Defect(
        "an exemption in a correction that deducts",
        with_element(CORRECTION, "ZHE", "4", "1"),
        [wrong("zhe.key-without-copayment", "ZHE.4")],
    ),
    Defect(
        "one line with a Zuzahlung in a case of an exempt insured",
        with_element(FREE, "EHE", "6", "2,96"),
        [wrong("ehe.copayment-despite-key", "EHE.6")],
    ),
    Defect(
        "a claim that is not its parts",
        with_element(CLAIM, "GZF", "1", "27,67"),
        [wrong("gzf.total", "GZF.1")],
    ),
    Defect(
        "a claim with another percentage",
        with_segment(CLAIM, "GZF", "GZF+27,78+17,78+10,00"),
        [wrong("gzf.percent", "GZF.2")],
    ),
    Defect(
        "a claim with a flat amount above the highest",
        with_segment(CLAIM, "GZF", "GZF+28,76+17,76+11,00"),
        [wrong("gzf.flat", "GZF.3")],
    ),
    Defect(
        "a claim whose flat amount went astray",
        with_element(CLAIM, "GZF", "3", "1,00"),
        [wrong("gzf.flat", "GZF.3")],
    ),
    Defect(
        "a claim of nothing",
        good_file(case(EXEMPT, vkz="03", summe=GZF(forderung=Decimal("0.00"))), vkz="03"),
        [wrong("gzf.zero", "GZF.1")],
    ),
]

GOOD = [
    ("six treatments", FILE),
    ("a flat amount up to what is left of the cost", CAPPED),
    ("half a unit", good_file(case([position(count="0.50", price="29.63")]))),
    ("an exempt insured", FREE),
    (
        "noughts in place of amounts that are not due",
        with_segment(with_element(FREE, "EHE", "6", "0,00"), "BES", "BES+177,78+0,00+0,00+0,00"),
    ),
    ("a difference of price, without a flat amount", DIFFERENCE),
    ("a correction without the flat amount", CORRECTION),
    ("a correction with it", WHOLE_CORRECTION),
    (
        "a correction with its Korrekturabzug",
        good_file(
            case(
                vkz="04",
                summe=BES(
                    brutto=Decimal("177.78"),
                    zuzahlung=Decimal("17.76"),
                    zuzahlung_prozentual=Decimal("17.76"),
                    korrekturabzug=Decimal("5.00"),
                ),
            ),
            vkz="04",
        ),
    ),
    ("a claim with the flat amount", CLAIM),
    ("a claim without it", good_file(case(vkz="03", pauschal="0.00"), vkz="03")),
    (
        "a claim of the flat amount that a cap had left",
        good_file(case(vkz="03", pauschal="7.59"), vkz="03"),
    ),
    (
        "a change of status with the flat amount",
        good_file(case([*SIX[:3], *EXEMPT[3:]], zhe={"zuzahlungskennzeichen": "4"})),
    ),
    (
        "a change of status without it",
        good_file(case([*EXEMPT[:3], *SIX[3:]], zhe={"zuzahlungskennzeichen": "5"}, pauschal="0.00")),
    ),
    (
        "a child",
        good_file(
            case([position("20708", DAY, "58.83", None)], nad=CHILD, zhe={"zuzahlungskennzeichen": "0"})
        ),
    ),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.says)
def test_a_defect_is_found_and_nothing_else(defect: Defect) -> None:
    assert [one[:3] for one in told(defect.text)] == list(defect.expected)


@pytest.mark.parametrize("text", [text for _, text in GOOD], ids=[says for says, _ in GOOD])
def test_what_is_allowed_is_not_found(text: str) -> None:
    assert told(text) == []


def test_a_net_price_with_its_tax_and_the_copayment_of_both_is_right() -> None:
    assert [one[:3] for one in told(NET)] == [NO_LIST]


def test_a_positions_copayment_is_left_out_at_the_line_that_explains_it() -> None:
    lines = [*SIX, position("29701", date(2026, 9, 23), "1.40", None)]
    damaged = with_element(good_file(case(lines)), "EHE", "6", "", nth=4)
    found = told(damaged)
    assert [one.rule for one in found] == ["ehe.copayment-left-out"]
    assert found[0].number == number_of(damaged, "EHE", 4)


def test_a_finding_names_the_amounts_in_words_for_the_practice() -> None:
    (finding,) = findings(with_element(FILE, "EHE", "6", "2,97"))
    assert finding.text == (
        "Die Zuzahlung für eine Einheit ist mit 2,97 € angegeben. Zum Einzelbetrag 29,63 € gehören 2,96 €."
    )
    assert finding.source == "TA1 V21, 5.5.3.3 EHE"


def test_where_a_price_was_typed_wrongly_the_sums_are_not_doubted_too() -> None:
    found = told(with_element(FILE, "EHE", "4", "39,63"))
    assert [one[:3] for one in found] == [
        doubt("ehe.price", "EHE.4"),
        wrong("ehe.copayment-per-unit", "EHE.6"),
    ]


def test_the_flat_amount_that_is_expected_is_named() -> None:
    (finding,) = findings(good_file(case(summe=bes("177.78", "17.76", "17.76"))))
    assert finding.text == "Die pauschale Zuzahlung ist mit 0,00 € angegeben; zu erwarten sind 10,00 €."


def test_a_segment_that_cannot_be_read_keeps_the_sums_from_being_judged() -> None:
    damaged = with_element(FILE, "EHE", "4", "29,6")
    assert [(one.stufe, one.pointer.partition("/")[2]) for one in findings(damaged)] == [(2, "EHE.4")]
