"""The insured of a case: number, status, address, day of birth, and where the picture of the voucher lies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.standards.sgbv302.checks.good import (
    INV,
    NAD,
    Defect,
    case,
    doubt,
    good_file,
    told,
    with_element,
    with_segment,
    wrong,
)
from zuzahlung.standards.sgbv302 import slla

FILE = good_file()
ADDRESS = {"strasse": "Musterweg 1", "plz": "10115", "wohnort": "Berlin"}
UNKNOWN = good_file(
    case(inv=replace(INV, versichertennummer=None, versichertenstatus=None), nad=replace(NAD, **ADDRESS))
)
IMAGE = good_file(
    case(img=slla.IMG(abrechnungsjahr="2026", abrechnungsmonat="10", ik_image_stelle="590301867"))
)

DEFECTS = [
    Defect(
        "a KVNR with another last digit",
        with_element(FILE, "INV", "1", "A123456781"),
        [doubt("inv.kvnr-check-digit", "INV.1")],
    ),
    Defect(
        "a KVNR without its last digit",
        with_element(FILE, "INV", "1", "A12345678"),
        [doubt("inv.kvnr-form", "INV.1")],
    ),
    Defect(
        "a KVNR in small letters",
        with_element(FILE, "INV", "1", "a123456780"),
        [doubt("inv.kvnr-form", "INV.1")],
    ),
    Defect(
        "an umlaut in place of the letter",
        with_element(FILE, "INV", "1", "Ä123456780"),
        [doubt("inv.kvnr-form", "INV.1")],
    ),
    Defect(
        "a number of five digits",
        with_element(FILE, "INV", "1", "12345"),
        [doubt("inv.kvnr-form", "INV.1")],
    ),
    Defect(
        "a letter within the status",
        with_element(FILE, "INV", "2", "1M000"),
        [doubt("inv.status-form", "INV.2")],
    ),
    Defect(
        "no number and no address",
        with_segment(FILE, "INV", "INV++10000+1+1"),
        [wrong("nad.address", "NAD.4")],
    ),
    Defect(
        "an address without a town",
        with_segment(UNKNOWN, "NAD", "NAD+D?'Angelo+Luigi+19720413+Musterweg 1+10115"),
        [wrong("nad.address", "NAD.6")],
    ),
    Defect(
        "a postcode of four digits in Germany",
        with_element(UNKNOWN, "NAD", "5", "1011"),
        [wrong("nad.postcode", "NAD.5")],
    ),
    Defect(
        "a postcode with its country",
        with_element(with_element(UNKNOWN, "NAD", "5", "D-10115"), "NAD", "7", "D"),
        [wrong("nad.postcode", "NAD.5")],
    ),
    Defect(
        "a thirtieth of February",
        with_element(FILE, "NAD", "3", "19720230"),
        [wrong("nad.birth-date", "NAD.3")],
    ),
    Defect(
        "a day of birth without a month",
        with_element(FILE, "NAD", "3", "19720013"),
        [wrong("nad.birth-date", "NAD.3")],
    ),
    Defect(
        "no day of birth but noughts",
        with_element(FILE, "NAD", "3", "00000000"),
        [wrong("nad.birth-date", "NAD.3")],
    ),
    Defect(
        "a birth the day after the prescription",
        with_element(FILE, "NAD", "3", "20260902"),
        [wrong("nad.birth-after-prescription", "NAD.3")],
    ),
    Defect(
        "a birth in the year after the prescription, without month and day",
        with_element(FILE, "NAD", "3", "20270000"),
        [wrong("nad.birth-after-prescription", "NAD.3")],
    ),
    Defect(
        "a thirteenth month of the image",
        with_element(IMAGE, "IMG", "2", "13"),
        [wrong("img.month", "IMG.2")],
    ),
    Defect(
        "a month of the image without its nought",
        with_element(IMAGE, "IMG", "2", " 9"),
        [wrong("img.month", "IMG.2")],
    ),
    Defect(
        "a check digit of the image maker that does not fit",
        with_element(IMAGE, "IMG", "3", "590301868"),
        [doubt("img.ik-check-digit", "IMG.3")],
    ),
]

GOOD = [
    ("an old number of digits alone", with_element(FILE, "INV", "1", "123456")),
    ("a status with a letter at the end", with_element(FILE, "INV", "2", "1000M")),
    ("an address in place of number and status", UNKNOWN),
    (
        "an address abroad, whose postcode has other signs",
        with_element(with_element(UNKNOWN, "NAD", "5", "1010"), "NAD", "7", "A"),
    ),
    (
        "a postcode abroad where the number is known",
        with_segment(FILE, "NAD", "NAD+D?'Angelo+Luigi+19720413+Weg 1+1010+Wien"),
    ),
    ("a birth without its day", with_element(FILE, "NAD", "3", "19720400")),
    ("a birth without day and month", with_element(FILE, "NAD", "3", "19720000")),
    ("an image of December", with_element(IMAGE, "IMG", "2", "12")),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.says)
def test_a_defect_is_found_and_nothing_else(defect: Defect) -> None:
    assert [one[:3] for one in told(defect.text)] == list(defect.expected)


@pytest.mark.parametrize("text", [text for _, text in GOOD], ids=[says for says, _ in GOOD])
def test_what_is_allowed_is_not_found(text: str) -> None:
    assert told(text) == []


def test_birth_on_the_day_of_the_prescription_is_possible() -> None:
    newborn = with_element(FILE, "NAD", "3", "20260901")
    assert [one.rule for one in told(newborn)] == ["ehe.copayment-under-18"]
