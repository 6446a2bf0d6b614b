"""The Zuzahlungskennzeichen are the six of TA3 V21, 8.1.3, with their meanings, and act as numbers."""

from __future__ import annotations

import json

import pytest

from zuzahlung.standards.keys.zuzahlung import ZUZAHLUNG, Zuzahlungskennzeichen


def test_the_six_codes_stand_with_their_meanings_in_the_order_of_the_document() -> None:
    assert [(key.value, key.bedeutung) for key in Zuzahlungskennzeichen] == [
        (0, "keine gesetzliche Zuzahlung"),
        (1, "zuzahlungsbefreit"),
        (2, "keine Zuzahlung trotz schriftlicher Zahlungsaufforderung"),
        (3, "zuzahlungspflichtig"),
        (4, "Übergang zuzahlungspflichtig zu zuzahlungsfrei"),
        (5, "Übergang zuzahlungsfrei zu zuzahlungspflichtig"),
    ]


@pytest.mark.parametrize("unused", [-1, 6, 7, 8, 9])
def test_there_is_no_other_code(unused: int) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        Zuzahlungskennzeichen(unused)  # type: ignore[call-arg]


def test_a_key_is_written_as_a_number_in_json() -> None:
    assert json.dumps({"copaymentKey": Zuzahlungskennzeichen.UEBERGANG_ZU_ZUZAHLUNGSFREI}) == (
        '{"copaymentKey": 4}'
    )


def test_the_table_gives_the_same_meanings_by_the_code_of_a_file() -> None:
    assert [(code, wert.bedeutung) for code, wert in ZUZAHLUNG.items()] == [
        ("0", "keine gesetzliche Zuzahlung"),
        ("1", "zuzahlungsbefreit"),
        ("2", "keine Zuzahlung trotz schriftlicher Zahlungsaufforderung"),
        ("3", "zuzahlungspflichtig"),
        ("4", "Übergang zuzahlungspflichtig zu zuzahlungsfrei"),
        ("5", "Übergang zuzahlungsfrei zu zuzahlungspflichtig"),
    ]
    assert ZUZAHLUNG.fundstelle == "TA3 V21, 8.1.3"
