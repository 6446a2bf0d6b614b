"""The Verarbeitungskennzeichen are those of TA3 8.1.7, and name in URI only what TA1 chapter 7 allows."""

from __future__ import annotations

from datetime import date

import pytest

from zuzahlung.standards.keys.verarbeitung import KORREKTURVERFAHREN, VERARBEITUNGSKENNZEICHEN, may_name


def test_the_five_codes_with_their_meanings() -> None:
    assert [(code, wert.bedeutung) for code, wert in VERARBEITUNGSKENNZEICHEN.items()] == [
        ("01", "Abrechnung ohne Besonderheiten"),
        ("02", "Nachforderung"),
        ("03", "Zuzahlungsforderung"),
        ("04", "Korrekturrechnung"),
        ("10", "Wiederaufnahme"),
    ]


def test_the_ten_is_new_since_october_2025_and_the_others_are_old() -> None:
    on = date(2025, 9, 30)
    assert [code for code, wert in VERARBEITUNGSKENNZEICHEN.items() if not wert.is_valid_on(on)] == ["10"]
    assert VERARBEITUNGSKENNZEICHEN["10"].is_valid_on(date(2025, 10, 1))


@pytest.mark.parametrize(
    ("vkz", "named"),
    [
        ("01", []),
        ("02", ["01", "10"]),
        ("03", ["01", "02", "04", "10"]),
        ("04", ["01", "02", "10"]),
        ("10", ["01"]),
        ("05", []),
    ],
)
def test_an_invoice_may_name_only_these_originals(vkz: str, named: list[str]) -> None:
    assert [code for code in VERARBEITUNGSKENNZEICHEN if may_name(vkz=vkz, ursprung=code)] == named


def test_corrections_by_file_are_mandatory_since_these_days() -> None:
    assert [
        (row.leistungsbereich, row.optional_ab, row.verpflichtend_ab, row.verarbeitungskennzeichen)
        for row in KORREKTURVERFAHREN
    ] == [
        ("Heilmittel", date(2019, 7, 1), date(2020, 7, 1), ("02", "03", "04")),
        ("Heilmittel (Physiotherapie)", date(2023, 7, 1), date(2025, 10, 1), ("02", "03", "04", "10")),
    ]
