"""Every segment that can be written is read back as it was, whatever stands in it, and is written in one way only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.standards.sgbv302.generated import SEGMENTS, name_of, rows
from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.reading import read
from zuzahlung.standards.edifact.syntax import elements
from zuzahlung.standards.edifact.tables import table_of
from zuzahlung.standards.edifact.writing import write
from zuzahlung.standards.sgbv302 import messages, slga, slla
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ, Nachrichtenkennung, Syntax, Zeitpunkt

EVERY_SEGMENT = pytest.mark.parametrize("segment", SEGMENTS, ids=name_of)

# One row of each segment beside the text it is written as.
SHOWN: list[tuple[Any, str]] = [
    (
        UNB(
            syntax=Syntax(),
            absender="440301798",
            empfaenger="660999007",
            zeitpunkt=Zeitpunkt(datum=date(2026, 10, 5), uhrzeit="0905"),
            datenaustauschreferenz="00118",
            leistungsbereich="B",
            anwendungsreferenz="SL030179S10",
            testindikator="0",
        ),
        "UNB+UNOC:3+440301798+660999007+20261005:0905+00118+B+SL030179S10+0",
    ),
    (
        UNH(
            nachrichtenreferenznummer="00001",
            nachrichtenkennung=Nachrichtenkennung(typ="SLGA", version="21", freigabe="0", organisation="0"),
        ),
        "UNH+00001+SLGA:21:0:0",
    ),
    (UNT(anzahl_einheiten=9, nachrichtenreferenznummer="00001"), "UNT+000009+00001"),
    (UNZ(anzahl_nachrichten=2, datenaustauschreferenz="00118"), "UNZ+000002+00118"),
    (
        slga.FKT(
            verarbeitungskennzeichen="01",
            sammelrechnung="J",
            ik_rechnungssteller="440301798",
            ik_kostentraeger="109990018",
            ik_absender="440301798",
        ),
        "FKT+01+J+440301798+109990018++440301798",
    ),
    (
        slga.REC(
            rechnungsnummer=slga.Rechnungsnummer(sammelnummer="2026-1002", einzelnummer="1"),
            rechnungsdatum=date(2026, 10, 5),
            rechnungsart="1",
        ),
        "REC+2026-1002:1+20261005+1",
    ),
    (slga.UST(steuernummer="201/123/40207"), "UST+201/123/40207"),
    (slga.SKO(prozent=Decimal(2), zahlungsziel=14), "SKO+2,00+14"),
    (
        slga.GES(
            status="00",
            gesamtrechnungsbetrag=Decimal("459.83"),
            gesamtbruttobetrag=Decimal("532.87"),
            gesamtbetrag_zuzahlung=Decimal("73.04"),
        ),
        "GES+00+459,83+532,87+73,04",
    ),
    (
        slga.NAM(name="Praxis Müller + Söhne", email="info@example.org"),
        "NAM+Praxis Müller ?+ Söhne+++info@example.org",
    ),
    (
        slla.FKT(
            verarbeitungskennzeichen="01",
            ik_leistungserbringer="440301798",
            ik_kostentraeger="109990018",
            ik_krankenkasse="109990018",
        ),
        "FKT+01++440301798+109990018+109990018",
    ),
    (
        slla.INV(
            versichertennummer="A123456780",
            versichertenstatus="10000",
            beleginformation="1",
            belegnummer="1",
        ),
        "INV+A123456780+10000+1+1",
    ),
    (
        slla.URI(
            ik_leistungserbringer="123456789",
            rechnungsnummer=slga.Rechnungsnummer(sammelnummer="A-135", einzelnummer="0"),
            rechnungsdatum=date(2014, 5, 2),
            belegnummer="28",
        ),
        "URI+123456789+A-135:0+20140502+28",
    ),
    (
        slla.NAD(nachname="D'Angelo", vorname="Luigi", geburtsdatum="19720000"),
        "NAD+D?'Angelo+Luigi+19720000",
    ),
    (
        slla.IMG(abrechnungsjahr="2026", abrechnungsmonat="09", ik_image_stelle="440301798"),
        "IMG+2026+09+440301798",
    ),
    (slla.EVO(evo_id="160.123.456.789.012.34"), "EVO+160.123.456.789.012.34"),
    (
        slla.EHE(
            leistungserbringergruppe=slla.Leistungserbringergruppe(
                abrechnungscode="22", tarifkennzeichen="00501"
            ),
            positionsnummer="20501",
            anzahl=Decimal(1),
            einzelbetrag=Decimal("29.63"),
            leistungsdatum=date(2026, 9, 7),
            zuzahlung=Decimal("0.15"),
            kilometer=7,
        ),
        "EHE+22:00501+20501+1,00+29,63+20260907+0,15+7",
    ),
    (slla.TXT(text="Wozu? 2:1, 3+4"), "TXT+Wozu?? 2?:1, 3?+4"),
    (slla.MWS(satz=Decimal(19), betrag=Decimal("5.63")), "MWS+19,00+5,63"),
    (
        slla.ZHE(
            betriebsstaettennummer="110178400",
            arztnummer="906716934",
            verordnungsdatum=date(2026, 9, 1),
            zuzahlungskennzeichen="3",
            diagnosegruppe="WS",
            verordnungsart="03",
            leitsymptomatik="1000",
            dringlicher_behandlungsbedarf="0",
            therapiefrequenz="2",
        ),
        "ZHE+110178400+906716934+20260901+3+WS+03+++++++1000++0++2",
    ),
    (slla.DIA(diagnosetext="Rückenschmerz"), "DIA++Rückenschmerz"),
    (
        slla.SKZ(genehmigungskennzeichen="G-4711", datum=date(2026, 8, 20), art="B2"),
        "SKZ+G-4711+20260820+B2",
    ),
    (
        slla.BES(brutto=Decimal("8.43"), korrekturabzug=Decimal("-0.50")),
        "BES+8,43++++-0,50",
    ),
    (slla.GZF(forderung=Decimal(10), forderung_pauschal=Decimal(10)), "GZF+10,00++10,00"),
]


def test_every_segment_of_both_messages_is_looked_at_here() -> None:
    used = {row for message in (messages.SLGA_21, messages.SLLA_B_21) for row in message.segmente.values()}
    assert set(SEGMENTS) == used | {UNB, UNH, UNT, UNZ}
    assert {type(row) for row, _ in SHOWN} == set(SEGMENTS)


@pytest.mark.parametrize(("row", "text"), SHOWN, ids=[name_of(type(row)) for row, _ in SHOWN])
def test_a_row_is_written_as_shown_and_read_back(row: Any, text: str) -> None:
    assert write(row) == text
    assert read(type(row), text) == row


@EVERY_SEGMENT
@given(data=st.data())
def test_what_was_written_is_read_as_it_was_and_written_the_same_again(
    segment: type[Any], data: st.DataObject
) -> None:
    row = data.draw(rows(segment))
    text = write(row)
    back = read(segment, text)
    assert back == row
    assert [type(value) for value in values(back)] == [type(value) for value in values(row)]
    assert write(back) == text
    assert read(segment, write(row, comma=True)) == row


def values(row: Any) -> list[Any]:
    return [getattr(row, field.name) for field in table_of(type(row)).fields]


@EVERY_SEGMENT
@settings(max_examples=25)
@given(data=st.data())
def test_every_field_stands_at_its_place(segment: type[Any], data: st.DataObject) -> None:
    row = data.draw(rows(segment))
    tag, *found = elements(write(row))
    filled = [getattr(row, field.name) is not None for field in table_of(segment).fields]
    assert tag == segment.__name__
    assert [bool(element) for element in found] == filled[: len(found)]
    assert not any(filled[len(found) :])


@EVERY_SEGMENT
def test_a_row_without_its_mandatory_fields_is_refused_with_a_fault_for_each(segment: type[Any]) -> None:
    table = table_of(segment)
    mandatory = [str(field.place) for field in table.fields if field.is_mandatory]
    empty = table.row(**dict.fromkeys((field.name for field in table.fields), None))
    if not mandatory:
        assert write(empty) == table.tag
        return
    with pytest.raises(Faulty) as caught:
        write(empty)
    assert [(fault.rule, fault.place) for fault in caught.value.faults] == [
        ("element.missing", place) for place in mandatory
    ]
