"""The Versichertenstatus is checked by its form, and its first sign alone decides the Summenstatus (TA3 8.1.6)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.keys import versichertenstatus
from zuzahlung.standards.keys.versichertenstatus import SUMMENSTATUS, is_versichertenstatus, summenstatus


@pytest.mark.parametrize("good", ["10000", "18000", "10001", "50004", "3000X", "00000"])
def test_four_digits_and_a_digit_or_capital_letter_are_a_versichertenstatus(good: str) -> None:
    assert is_versichertenstatus(good)


@pytest.mark.parametrize(
    "bad", ["", "1", "1000", "1000100", "1000x", "1A000", "1000 ", "1000Ä", "1000\n", "١٠٠٠٠"]
)
def test_any_other_text_is_none(bad: str) -> None:
    assert not is_versichertenstatus(bad)


def test_the_sums_of_an_invoice_with_their_meanings() -> None:
    assert [(code, wert.bedeutung) for code, wert in SUMMENSTATUS.items()] == [
        ("00", "Gesamtsumme aller Status"),
        ("11", "Mitglieder"),
        ("31", "Angehörige"),
        ("51", "Rentner"),
        ("99", "nicht zuzuordnende Status"),
    ]


@pytest.mark.parametrize(
    ("printed", "sum_status"),
    [
        ("10000", "11"),
        ("1000M", "11"),
        ("30009", "31"),
        ("50004", "51"),
        ("90000", "99"),
        ("00000", "99"),
        ("", "99"),
        (None, "99"),
        ("01000", "99"),
    ],
)
def test_the_first_sign_decides_the_sum(printed: str | None, sum_status: str) -> None:
    assert summenstatus(printed) == sum_status


@given(st.text())
def test_every_case_counts_to_a_sum_and_never_to_that_of_all(printed: str) -> None:
    assert summenstatus(printed) in {"11", "31", "51", "99"}


def test_the_signs_of_old_cards_are_explained_as_no_longer_used() -> None:
    signs = (
        versichertenstatus.VERSICHERTENART["5"],
        versichertenstatus.STICHPROBE["7"],
        versichertenstatus.BESONDERE_KENNUNG["6"],
        versichertenstatus.BESONDERE_KENNUNG["P"],
    )
    assert [sign.bedeutung for sign in signs] == [
        "Rentner",
        "wie 1, nur nach 1999 geboren",
        "BVG inkl. OEG, IfSG, SVG, ZHG, HHG, PrVG sowie BEG",
        "eingeschriebene Versicherte in Disease-Management-Programme für COPD - Rechtskreis Ost",
    ]
    assert {sign.gueltig_bis for sign in signs} == {date(2014, 9, 30)}
