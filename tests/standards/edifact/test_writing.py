"""A row is written as its segment, or refused with everything that cannot be written; nothing is cut or rounded."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_DOWN, Context, Decimal, Inexact, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standards.sgbv302.generated import SEGMENTS, rows
from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.reading import read
from zuzahlung.standards.edifact.writing import write
from zuzahlung.standards.sgbv302 import slga, slla
from zuzahlung.standards.sgbv302.service import UNB, Syntax, Zeitpunkt


def rec(sammelnummer: str = "2026-1001", einzelnummer: str = "0", *, on: Any = date(2026, 10, 5)) -> slga.REC:
    number = slga.Rechnungsnummer(sammelnummer=sammelnummer, einzelnummer=einzelnummer)
    return slga.REC(rechnungsnummer=number, rechnungsdatum=on, rechnungsart="1")


def refused(row: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(Faulty) as caught:
        write(row)
    return [(fault.place, fault.rule, fault.text) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("sammelnummer", "einzelnummer", "text"),
    [
        ("A", ":", "REC+A:?:+20261005+1"),
        ("A", "1::", "REC+A:1?:?:+20261005+1"),
        (":", "+", "REC+?::?++20261005+1"),
        ("?", "?", "REC+??:??+20261005+1"),
    ],
)
def test_a_separator_at_the_end_of_a_component_stays_in_it(
    sammelnummer: str, einzelnummer: str, text: str
) -> None:
    row = rec(sammelnummer, einzelnummer)
    assert write(row) == text
    assert read(slga.REC, text) == row


@pytest.mark.parametrize(("comma", "text"), [(False, "TXT+1,5 h"), (True, "TXT+1?,5 h")])
def test_decimal_marks_in_texts_are_released_for_a_receiver_that_asks_for_it(comma: bool, text: str) -> None:
    assert write(slla.TXT(text="1,5 h"), comma=comma) == text


def test_decimal_marks_of_amounts_are_never_released() -> None:
    assert write(slla.MWS(satz=Decimal(19), betrag=Decimal("5.63")), comma=True) == "MWS+19,00+5,63"


def test_empty_fields_at_the_end_are_left_out_and_those_before_are_kept() -> None:
    assert write(slla.BES(brutto=Decimal(1))) == "BES+1,00"
    assert write(slla.BES(brutto=Decimal(1), zuzahlung_pauschal=Decimal(0))) == "BES+1,00+++0,00"
    assert write(slla.DIA(diagnoseschluessel="", diagnosetext="")) == "DIA"


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        (
            slla.TXT(text="x" * 71),
            [("1", "element.length", "„Text“ hat höchstens 70 Stellen, hier sind es 71.")],
        ),
        (slla.TXT(text=""), [("1", "element.missing", "Die Pflichtangabe „Text“ fehlt.")]),
        (
            slla.TXT(text="a\nb"),
            [("1", "element.characters", "„Text“ enthält ein Zeichen, das in keinem Text stehen darf.")],
        ),
        (
            slla.BES(brutto=Decimal("1.005")),
            [("1", "element.value", "Der Wert von „Gesamtbetrag Brutto“ passt nicht in das Feld.")],
        ),
        (
            slla.BES(brutto=Decimal(10) ** 10),
            [("1", "element.value", "Der Wert von „Gesamtbetrag Brutto“ passt nicht in das Feld.")],
        ),
        (
            slga.SKO(prozent=Decimal(2), zahlungsziel=1000),
            [("2", "element.length", "„Zahlungsziel“ hat höchstens 3 Stellen, hier sind es 4.")],
        ),
        (
            rec("x" * 15, ""),
            [
                (
                    "1.1",
                    "element.length",
                    "„Sammel-Rechnungsnummer“ hat höchstens 14 Stellen, hier sind es 15.",
                ),
                ("1.2", "element.missing", "Die Pflichtangabe „Einzel-Rechnungsnummer“ fehlt."),
            ],
        ),
        (
            rec(on=datetime(2026, 10, 5, 23, 30, tzinfo=UTC)),
            [("2", "element.value", "Der Wert von „Rechnungsdatum“ passt nicht in das Feld.")],
        ),
        (
            slla.ZHE(
                betriebsstaettennummer="110178400",
                arztnummer="906716934",
                verordnungsdatum=date(2026, 9, 1),
                zuzahlungskennzeichen="3",
                diagnosegruppe="WS",
                verordnungsart="3",
                behandlungsbeginn="20260907",
                leitsymptomatik="1000",
                dringlicher_behandlungsbedarf="0",
                therapiefrequenz="1-3",
            ),
            [
                ("6", "element.length", "„Verordnungsart“ hat genau 2 Stellen, hier sind es 1."),
                ("10", "element.not-empty", "„Behandlungsbeginn“ bleibt immer leer."),
                (
                    "17",
                    "element.not-a-number",
                    "In „Therapiefrequenz“ steht etwas anderes als eine Zahl; erlaubt sind nur Ziffern.",
                ),
            ],
        ),
    ],
)
def test_what_cannot_be_written_is_named_completely(row: Any, faults: list[tuple[str, str, str]]) -> None:
    assert refused(row) == faults


@pytest.mark.parametrize(
    "value", [29.63, "29,63", None, [Decimal(1)], {}, Decimal("NaN"), Decimal("sNaN"), date(2026, 1, 1)]
)
def test_a_value_of_another_kind_is_refused_and_breaks_nothing(value: Any) -> None:
    ((place, rule, _),) = refused(slla.BES(brutto=value))
    assert (place, rule) == ("1", "element.missing" if value is None else "element.value")


@pytest.mark.parametrize("value", ["2026-1001:0", ["2026-1001", "0"], Syntax(), 1])
def test_something_else_in_place_of_a_composite_is_refused_and_breaks_nothing(value: Any) -> None:
    row = slga.REC(rechnungsnummer=value, rechnungsdatum=date(2026, 10, 5), rechnungsart="1")
    assert refused(row) == [("1", "element.value", "Der Wert von „Rechnungsnummer“ passt nicht in das Feld.")]


def test_a_part_of_a_composite_cannot_be_left_out_though_it_has_a_default() -> None:
    version: Any = None
    row = UNB(
        syntax=Syntax(version=version),
        absender="440301798",
        empfaenger="660999007",
        zeitpunkt=Zeitpunkt(datum=date(2026, 10, 5), uhrzeit="1040"),
        datenaustauschreferenz="00118",
        leistungsbereich="B",
        anwendungsreferenz="SL030179S10",
        testindikator="0",
    )
    assert refused(row) == [("1.2", "element.missing", "Die Pflichtangabe „Syntax-Versionsnummer“ fehlt.")]


def test_a_refusal_repeats_no_value_in_what_logs_see() -> None:
    with pytest.raises(Faulty) as caught:
        write(slla.NAD(nachname="Mustermann" * 5, vorname="Erika", geburtsdatum="1964"))
    assert str(caught.value) == "faulty segment NAD: 1 element.length 3 element.length"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_value_refused_once_is_refused_again() -> None:
    for _ in range(2):
        assert refused(slla.TXT(text="a\x00"))


@given(st.data())
def test_the_ambient_decimal_context_changes_nothing(data: st.DataObject) -> None:
    row = data.draw(rows(data.draw(st.sampled_from(SEGMENTS))))
    with localcontext(Context(prec=3, rounding=ROUND_DOWN, traps=[Inexact])):
        text = write(row)
        back = read(type(row), text)
    assert back == row
    assert write(back) == text
