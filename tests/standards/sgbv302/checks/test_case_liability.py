"""Whether a Zuzahlung is owed at all: what key, age and contract make one expect is a doubt, never an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.standards.sgbv302.checks.good import (
    CHILD,
    INV,
    NAD,
    SIX,
    Defect,
    case,
    doubt,
    good_file,
    position,
    remark,
    told,
    with_element,
)
from zuzahlung.standards.sgbv302.files import Position
from zuzahlung.standards.sgbv302.slla import Leistungserbringergruppe

EXEMPT = tuple(position(day=one.ehe.leistungsdatum, copayment=None) for one in SIX)
FIRST_FREE, LAST_FREE = (*EXEMPT[:3], *SIX[3:]), (*SIX[:3], *EXEMPT[3:])
REPORT = position("29701", date(2026, 9, 23), "1.40", None)
FOR_CHILDREN = position("20708", price="58.83", copayment=None)
ERNAEHRUNG = Leistungserbringergruppe(abrechnungscode="73", tarifkennzeichen="00501")
BIRTHDAY_INSIDE = replace(NAD, geburtsdatum="20080916")


def file(positionen: Sequence[Position], key: str, *, pauschal: str | None = None, **changes: Any) -> str:
    """Return a file with a case of these positions and this Zuzahlungskennzeichen."""
    zhe = {"zuzahlungskennzeichen": key, **changes.pop("zhe", {})}
    return good_file(case(positionen, zhe=zhe, pauschal=pauschal, **changes))


DEFECTS = [
    Defect(
        "a child that pays",
        good_file(case(nad=CHILD)),
        [doubt("ehe.copayment-under-18", "EHE.6")],
    ),
    Defect(
        "an adult who pays for a day before the birthday",
        file(SIX, "3", nad=BIRTHDAY_INSIDE),
        [doubt("ehe.copayment-under-18", "EHE.6")],
    ),
    Defect(
        "a child with the key of those who owe",
        file([FOR_CHILDREN], "3", nad=CHILD),
        [doubt("zhe.key-under-18", "ZHE.4")],
    ),
    Defect(
        "an adult whom the law is said to spare",
        file(EXEMPT, "0"),
        [doubt("zhe.key-0-adult", "ZHE.4")],
    ),
    Defect(
        "an insured who owes, and pays for nothing",
        file(EXEMPT, "3"),
        [doubt("zhe.key-3-without-copayment", "ZHE.4")],
    ),
    Defect(
        "one line without its Zuzahlung",
        file([*SIX[:5], EXEMPT[5]], "3"),
        [doubt("ehe.copayment-missing", "EHE.6")],
    ),
    Defect(
        "the same in a correction",
        good_file(case([*SIX[:5], EXEMPT[5]], vkz="04"), vkz="04"),
        [doubt("ehe.copayment-missing", "EHE.6")],
    ),
    Defect(
        "free days at the end with the key of those who owe on all days",
        file(LAST_FREE, "3"),
        [doubt("zhe.key-3-with-free-days", "ZHE.4")],
    ),
    Defect(
        "a day with one position that carries a Zuzahlung and one that does not",
        file([*LAST_FREE, position("21501", date(2026, 9, 7), "16.16", None)], "4"),
        [doubt("ehe.copayment-missing", "EHE.6")],
    ),
    Defect(
        "a change to free with free days first",
        file(FIRST_FREE, "4"),
        [doubt("zhe.key-of-change", "ZHE.4")],
    ),
    Defect(
        "a change to liable with free days last",
        file(LAST_FREE, "5"),
        [doubt("zhe.key-of-change", "ZHE.4")],
    ),
    Defect(
        "a report with a Zuzahlung",
        file([*SIX, position("29701", date(2026, 9, 23), "1.40", "0.14")], "3"),
        [doubt("ehe.copayment-free-position", "EHE.6")],
    ),
]

GOOD = [
    ("a child that pays nothing", file([FOR_CHILDREN], "0", nad=CHILD)),
    ("an exempt adult", file(EXEMPT, "1")),
    ("an exempt child", file([FOR_CHILDREN], "1", nad=CHILD)),
    (
        "a pregnant adult",
        file(EXEMPT, "0", zhe={"verordnungsbesonderheiten": "2"}),
    ),
    ("an adult after an accident at work", file(EXEMPT, "0", zhe={"unfallkennzeichen": "1"})),
    ("an adult under the law of social compensation", file(EXEMPT, "0", zhe={"bvg_ser": "6"})),
    (
        "an adult in a special form of care",
        file(EXEMPT, "0", inv=replace(INV, besondere_versorgungsform="1")),
    ),
    ("nothing but a report, with the key 0", file([REPORT], "0")),
    ("nothing but a report, with the key 3", file([REPORT], "3")),
    ("a report among treatments", file([*SIX, REPORT], "3")),
    ("free days after paid ones", file(LAST_FREE, "4")),
    ("paid days after free ones", file(FIRST_FREE, "5")),
    ("paid days after free ones, without the flat amount", file(FIRST_FREE, "5", pauschal="0.00")),
    ("an exemption before the first treatment", file(EXEMPT, "4")),
    (
        "a birthday inside the series, paid from that day on",
        file(FIRST_FREE, "3", nad=BIRTHDAY_INSIDE, pauschal="0.00"),
    ),
    (
        "a day of birth that is not known to the day",
        file(EXEMPT, "3", nad=replace(NAD, geburtsdatum="20080000")),
    ),
    ("a nought in place of no Zuzahlung", with_element(file(EXEMPT, "1"), "EHE", "6", "0,00")),
    (
        "a claim for a child that had paid",
        good_file(case(vkz="03", nad=CHILD, zhe={"zuzahlungskennzeichen": "1"}), vkz="03"),
    ),
    (
        "a claim for some of the days",
        good_file(case(LAST_FREE, vkz="03", zhe={"zuzahlungskennzeichen": "1"}), vkz="03"),
    ),
    (
        "a claim for a report that bears nothing",
        good_file(case([*EXEMPT, position("29701", copayment="0.14", price="1.40")], vkz="03"), vkz="03"),
    ),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.says)
def test_a_doubt_is_told_and_nothing_else(defect: Defect) -> None:
    assert [one[:3] for one in told(defect.text)] == list(defect.expected)


@pytest.mark.parametrize("text", [text for _, text in GOOD], ids=[says for says, _ in GOOD])
def test_what_is_allowed_is_not_told(text: str) -> None:
    assert told(text) == []


def test_the_birthday_itself_is_the_first_day_that_is_paid() -> None:
    before = file(SIX[3:], "3", nad=replace(NAD, geburtsdatum="20080917"))
    on_it = file(SIX[3:], "3", nad=replace(NAD, geburtsdatum="20080916"))
    assert [one.rule for one in told(before)] == ["ehe.copayment-under-18"]
    assert told(on_it) == []


def test_without_a_price_list_nobody_is_said_to_owe() -> None:
    lines = [position("A5001", date(2026, 9, 8), "40.00", None, legs=ERNAEHRUNG)]
    zhe = {"diagnosegruppe": "SAS", "heilmittelbereich": "5", "therapiefrequenz": "0"}
    assert [one[:3] for one in told(file(lines, "3", zhe=zhe))] == [remark("ehe.no-price-list", "EHE.1")]


def test_each_line_without_its_copayment_is_named_where_it_stands() -> None:
    text = file([SIX[0], EXEMPT[1], SIX[2], EXEMPT[3], *SIX[4:]], "3")
    found = told(text)
    assert [one.rule for one in found] == ["ehe.copayment-missing"] * 2
    assert found[1].number - found[0].number == 2
