"""The formula and the price lists shipped agree, and a sheet of listed prices owes what the handbook counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from zuzahlung.standards.copayment import formulas
from zuzahlung.standards.copayment.amounts import owed
from zuzahlung.standards.copayment.law import get_zuzahlungssatz
from zuzahlung.standards.copayment.sheet import Item, Sheet
from zuzahlung.standards.keys import preise
from zuzahlung.standards.keys.preise import VERGUETUNGSLISTEN, Verguetungsliste


def listed(position: str, day: date) -> Item:
    """Return one unit at its listed price: what the list prints no Zuzahlung for bears none."""
    preis = preise.find("2200501", position, day)
    assert preis is not None
    assert preis.preis is not None
    return Item(
        leistungsdatum=day,
        positionsnummer=position,
        einzelbetrag=preis.preis,
        anzahl=Decimal("1.00"),
        bears_copayment=preis.zuzahlung is not None,
        printed_copayment=preis.zuzahlung,
    )


@pytest.mark.parametrize("liste", VERGUETUNGSLISTEN, ids=lambda liste: liste.bereich)
def test_no_printed_zuzahlung_disagrees_with_the_formula(liste: Verguetungsliste) -> None:
    bearing = [row for row in preise._rows(liste) if row.preis is not None and row.zuzahlung is not None]
    assert len(bearing) > 10
    for row in bearing:
        satz = get_zuzahlungssatz(row.gueltig_ab)
        assert row.preis is not None
        assert formulas.unit_copayment(row.preis, satz=satz) == row.zuzahlung, row.positionsnummer


def test_a_sheet_of_listed_prices_owes_what_was_worked_by_hand() -> None:
    days = (date(2026, 9, 8), date(2026, 9, 10), date(2026, 9, 15))
    items = [listed(position, day) for day in days for position in ("21201", "21501")]
    found = owed(Sheet(items=(*items, listed("29701", days[-1])), geburtsdatum=date(1945, 1, 31)))
    assert [str(amount) for amount in (found.brutto, found.prozentual, found.pauschal, found.netto)] == [
        "156.65",
        "15.54",
        "10.00",
        "131.11",
    ]
    assert found.findings == ()
