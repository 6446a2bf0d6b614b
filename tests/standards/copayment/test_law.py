"""The day of treatment picks the amounts of the law, and a new amount is a new row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.standards.copayment.sheets import plain
from zuzahlung.standards.copayment import amounts
from zuzahlung.standards.copayment.law import (
    ZUZAHLUNGSSAETZE,
    BeforeTheLaw,
    Zuzahlungssatz,
    find_zuzahlungssatz,
    get_zuzahlungssatz,
)
from zuzahlung.standards.copayment.sheet import Item, Sheet

INVENTED = (
    *ZUZAHLUNGSSAETZE,
    Zuzahlungssatz(
        vom_hundert=Decimal("12.5"),
        je_verordnung=Decimal("15.00"),
        fundstelle="an invented law",
        gueltig_ab=date(2027, 1, 1),
    ),
)


def treated(*days: date) -> Sheet:
    return Sheet(
        items=tuple(
            Item(
                leistungsdatum=day,
                positionsnummer="20501",
                einzelbetrag=Decimal("30.00"),
                anzahl=Decimal(1),
                bears_copayment=True,
            )
            for day in days
        ),
        geburtsdatum=date(1972, 4, 13),
    )


def test_every_amount_has_its_paragraph_and_its_first_day() -> None:
    rows = [(row.vom_hundert, row.je_verordnung, row.fundstelle, row.gueltig_ab) for row in ZUZAHLUNGSSAETZE]
    assert rows == [(Decimal(10), Decimal("10.00"), "§ 61 Satz 3 SGB V", date(2004, 1, 1))]


def test_the_rows_stand_in_the_order_of_their_days() -> None:
    days = [row.gueltig_ab for row in ZUZAHLUNGSSAETZE]
    assert days == sorted(set(days))


@pytest.mark.parametrize(
    ("day", "row"),
    [
        (date(2003, 12, 31), None),
        (date(2004, 1, 1), INVENTED[0]),
        (date(2026, 12, 31), INVENTED[0]),
        (date(2027, 1, 1), INVENTED[1]),
        (date(2100, 1, 1), INVENTED[1]),
    ],
)
def test_a_row_counts_from_its_first_day_until_the_next(day: date, row: Zuzahlungssatz | None) -> None:
    assert find_zuzahlungssatz(day, INVENTED) == row


def test_before_the_first_row_nothing_is_known_and_a_sentence_says_so() -> None:
    with pytest.raises(BeforeTheLaw) as wrong:
        get_zuzahlungssatz(date(2003, 12, 31))
    assert (
        wrong.value.text
        == "Für den 31.12.2003 ist hier keine Zuzahlung hinterlegt. Bitte prüfen Sie den Tag."
    )
    assert str(wrong.value) == "day before the law held here"


def test_a_new_law_counts_for_the_share_from_its_day_and_for_the_flat_amount_from_the_next_series() -> None:
    across = amounts.owed(treated(date(2026, 12, 29), date(2027, 1, 5)), saetze=INVENTED)
    assert plain(across)["units"] == ["3.00", "3.75"]
    assert str(across.pauschal) == "10.00"
    after = amounts.owed(treated(date(2027, 1, 5), date(2027, 1, 12)), saetze=INVENTED)
    assert plain(after)["units"] == ["3.75", "3.75"]
    assert str(after.pauschal) == "15.00"


def test_sentences_name_the_amounts_of_their_day() -> None:
    sheet = treated(date(2027, 1, 5))
    cheap = Sheet(
        items=(
            Item(
                leistungsdatum=date(2027, 1, 5),
                positionsnummer="20401",
                einzelbetrag=Decimal("8.00"),
                anzahl=Decimal(1),
                bears_copayment=True,
                printed_copayment=Decimal("0.80"),
            ),
        ),
        geburtsdatum=sheet.geburtsdatum,
    )
    found = plain(amounts.owed(cheap, saetze=INVENTED))
    [capped] = found["decisions"]
    assert capped == (
        "Statt 15 Euro je Verordnung fallen nur 7,20 Euro an: "
        "Die Zuzahlung ist nie höher als der Preis der Leistungen."
    )
    [told] = found["findings"]
    assert told == (
        "Position 20401 am 05.01.2027: Die Preisliste nennt 0,80 € Zuzahlung, "
        "12,5 Prozent von 8,00 € sind 1,00 €. Gerechnet wird mit der Preisliste."
    )


def test_a_sheet_from_before_the_law_is_refused() -> None:
    with pytest.raises(BeforeTheLaw):
        amounts.owed(treated(date(2003, 12, 30), date(2004, 1, 5)))
