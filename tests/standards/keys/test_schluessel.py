"""A key table is looked up by code, keeps the order of the document, and knows since when a code is valid."""

from __future__ import annotations

from datetime import date
from typing import Annotated, get_type_hints

import pytest

from zuzahlung.standards.keys import (
    abrechnung,
    leistungserbringer,
    verarbeitung,
    verordnung,
    versichertenstatus,
    zuzahlung,
)
from zuzahlung.standards.keys.schluessel import Schluessel, Schluesselwert

FARBE = Schluessel(
    nummer="9.9.9",
    name="Farbe",
    werte={"10": "rot", "02": "grün", "B1": "blau"},
    nicht_belegt=("03",),
    gueltig_ab={"B1": date(2025, 10, 1)},
)


def test_the_codes_stand_in_the_order_of_the_document_and_not_sorted() -> None:
    assert list(FARBE) == ["10", "02", "B1"]
    assert [wert.bedeutung for wert in FARBE.values()] == ["rot", "grün", "blau"]
    assert len(FARBE) == 3


def test_a_code_gives_its_line() -> None:
    assert FARBE["02"] == Schluesselwert(code="02", bedeutung="grün")
    assert FARBE.get("99") is None


@pytest.mark.parametrize("foreign", ["03", "2", "b1", " 02", "", 10, None])
def test_what_is_not_in_use_or_written_otherwise_is_no_member(foreign: object) -> None:
    assert foreign not in FARBE
    assert foreign not in FARBE.codes


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        FARBE["03"]


def test_a_code_printed_as_not_in_use_is_told_from_an_unknown_one() -> None:
    assert FARBE.nicht_belegt == {"03"}
    assert FARBE.codes == {"10", "02", "B1"}


def test_a_code_that_came_later_is_not_valid_on_the_day_before() -> None:
    assert not FARBE["B1"].is_valid_on(date(2025, 9, 30))
    assert FARBE["B1"].is_valid_on(date(2025, 10, 1))
    assert FARBE["10"].is_valid_on(date(1996, 6, 1))


def test_a_table_that_has_ended_is_valid_up_to_its_last_day() -> None:
    ended = Schluessel(nummer="1", name="Alt", werte={"1": "alt"}, gueltig_bis=date(2014, 9, 30))
    assert ended["1"].is_valid_on(date(2014, 9, 30))
    assert not ended["1"].is_valid_on(date(2014, 10, 1))


def test_a_table_says_where_it_is_printed() -> None:
    assert FARBE.nummer == "9.9.9"
    assert FARBE.fundstelle == "TA3 V21, 9.9.9"
    assert (
        Schluessel(nummer="5.4 UNB", name="", werte={}, dokument="TA1 V21").fundstelle == "TA1 V21, 5.4 UNB"
    )
    assert repr(FARBE) == "<Schluessel 9.9.9 Farbe>"


def test_a_table_can_mark_the_type_of_a_field_that_may_be_empty() -> None:
    class Segment:
        farbe: Annotated[str, FARBE] | None

    hints = get_type_hints(Segment, include_extras=True)
    assert hints["farbe"] == Annotated[str, FARBE] | None


def test_two_tables_are_not_one_even_if_they_say_the_same() -> None:
    assert Schluessel(nummer="1", name="", werte={"1": "ja"}) != Schluessel(
        nummer="1", name="", werte={"1": "ja"}
    )


def test_every_table_of_the_house_names_its_chapter() -> None:
    modules = (abrechnung, leistungserbringer, verarbeitung, verordnung, versichertenstatus, zuzahlung)
    tables = [value for module in modules for value in vars(module).values() if isinstance(value, Schluessel)]
    assert sorted((table.fundstelle, table.name) for table in tables) == [
        ("TA1 V21, 5.4 UNB", "Testindikator"),
        ("TA1 V21, 5.5.3.3 ZHE", "Dringlicher Behandlungsbedarf"),
        ("TA1 V21, 5.5.3.3 ZHE", "Hausbesuch"),
        ("TA1 V21, 5.5.3.3 ZHE", "Heilmittel-Bereich"),
        ("TA1 V21, 5.5.3.3 ZHE", "Leitsymptomatik"),
        ("TA1 V21, 5.5.3.3 ZHE", "Therapiebericht angefordert"),
        ("TA3 V21, 8.1.1", "Versichertenstatus, 1. Stelle"),
        ("TA3 V21, 8.1.1", "Versichertenstatus, 2. Stelle: Stichprobenzuordnung"),
        ("TA3 V21, 8.1.1", "Versichertenstatus, 5. Stelle: Ost-West-Status bzw. besondere Kennungen"),
        ("TA3 V21, 8.1.11", "Verordnungsbesonderheiten"),
        ("TA3 V21, 8.1.11", "Verordnungsbesonderheiten"),
        ("TA3 V21, 8.1.12", "Verordnungsart bei Heilmitteln"),
        ("TA3 V21, 8.1.14", "Leistungserbringer-Sammelgruppenschlüssel"),
        ("TA3 V21, 8.1.17", "Art der Genehmigung (Bereich Heilmittel)"),
        ("TA3 V21, 8.1.18", "Beleginformation"),
        ("TA3 V21, 8.1.2", "Unfall/Sonstiges"),
        ("TA3 V21, 8.1.2.1", "BVG/SER"),
        ("TA3 V21, 8.1.3", "Zuzahlung"),
        ("TA3 V21, 8.1.4", "Rechnungsart"),
        ("TA3 V21, 8.1.5.1", "Abrechnungscode (Heilmittel)"),
        ("TA3 V21, 8.1.5.2", "Tarifkennzeichen, 1. und 2. Stelle: Tarifbereich"),
        ("TA3 V21, 8.1.6", "Summenstatus"),
        ("TA3 V21, 8.1.7", "Verarbeitungskennzeichen"),
        ("TA3 V21, 8.1.9", "Prüfvermerk"),
    ]
