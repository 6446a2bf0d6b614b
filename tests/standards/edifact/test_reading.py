"""A segment is read in one way only, or all that is wrong with it is named, whatever the text is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.standards.sgbv302 import small_file
from tests.standards.sgbv302.generated import SEGMENTS, name_of, rows
from zuzahlung.standards.edifact import reading
from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.forms import FIT
from zuzahlung.standards.edifact.reading import faults_in, read, reader_of
from zuzahlung.standards.edifact.syntax import elements
from zuzahlung.standards.edifact.tables import table_of
from zuzahlung.standards.edifact.writing import write
from zuzahlung.standards.sgbv302 import slga, slla
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT

EVERY_SEGMENT = pytest.mark.parametrize("segment", SEGMENTS, ids=name_of)

ZHE = "ZHE+110178400+906716934+20260901+3+WS+03++++++1+1000++0+1+2"
LONGEST_EVO_ID = "EVO+" + "x" * 256

# One fault a line: the segment, its text, then rule, place and sentence.
FAULTS: list[tuple[type[Any], str, str, str, str]] = [
    (slla.NAD, "NAD+Müller++19450131", "element.missing", "2", "Die Pflichtangabe „Vorname“ fehlt."),
    (slla.NAD, "NAD+Müller+Erna", "element.missing", "3", "Die Pflichtangabe „Geburtsdatum“ fehlt."),
    (slla.NAD, "NAD+Müller+Erna+", "element.missing", "3", "Die Pflichtangabe „Geburtsdatum“ fehlt."),
    (slla.TXT, "TXT", "element.missing", "1", "Die Pflichtangabe „Text“ fehlt."),
    (
        slga.REC,
        "REC+2026-1001+20261005+1",
        "element.missing",
        "1.2",
        "Die Pflichtangabe „Einzel-Rechnungsnummer“ fehlt.",
    ),
    (
        slga.REC,
        "REC+2026-1001:+20261005+1",
        "element.missing",
        "1.2",
        "Die Pflichtangabe „Einzel-Rechnungsnummer“ fehlt.",
    ),
    (
        slga.REC,
        "REC+:0+20261005+1",
        "element.missing",
        "1.1",
        "Die Pflichtangabe „Sammel-Rechnungsnummer“ fehlt.",
    ),
    (slga.REC, "REC++20261005+1", "element.missing", "1", "Die Pflichtangabe „Rechnungsnummer“ fehlt."),
    (
        UNB,
        "UNB+UNOC+440301798+660999007+20261005:1040+00118+B+SL030179S10+0",
        "element.missing",
        "1.2",
        "Die Pflichtangabe „Syntax-Versionsnummer“ fehlt.",
    ),
    (
        slla.NAD,
        "NAD+M\x00ller+Erna+19450131",
        "element.characters",
        "1",
        "„Nachname“ enthält ein Zeichen, das in keinem Text stehen darf.",
    ),
    (
        slla.NAD,
        "NAD+M\udcfcller+Erna+19450131",
        "element.characters",
        "1",
        "„Nachname“ enthält ein Zeichen, das in keinem Text stehen darf.",
    ),
    (
        slla.NAD,
        "NAD+Müller\n+Erna+19450131",
        "element.characters",
        "1",
        "„Nachname“ enthält ein Zeichen, das in keinem Text stehen darf.",
    ),
    (
        slla.ZHE,
        ZHE.replace("++++++1+", "++++20260907++1+"),
        "element.not-empty",
        "10",
        "„Behandlungsbeginn“ bleibt immer leer.",
    ),
    (
        slga.FKT,
        "FKT+01++440301798+10999001A+109990018+440301798",
        "element.not-a-number",
        "4",
        "In „IK Kostenträger“ steht etwas anderes als eine Zahl; erlaubt sind nur Ziffern.",
    ),
    (
        UNT,
        "UNT+00000²+00001",
        "element.not-a-number",
        "1",
        "In „Anzahl Einheiten“ steht etwas anderes als eine Zahl; erlaubt sind nur Ziffern.",
    ),
    (
        slla.BES,
        "BES+1.000,00",
        "element.not-a-number",
        "1",
        "In „Gesamtbetrag Brutto“ steht etwas anderes als eine Zahl; erlaubt ist eine Zahl mit Komma.",
    ),
    (
        slla.BES,
        "BES+12,00-",
        "element.not-a-number",
        "1",
        "In „Gesamtbetrag Brutto“ steht etwas anderes als eine Zahl; erlaubt ist eine Zahl mit Komma.",
    ),
    (
        slla.BES,
        "BES+-",
        "element.not-a-number",
        "1",
        "In „Gesamtbetrag Brutto“ steht etwas anderes als eine Zahl; erlaubt ist eine Zahl mit Komma.",
    ),
    (
        slla.BES,
        "BES+12,5",
        "element.decimals",
        "1",
        "„Gesamtbetrag Brutto“ braucht genau 2 Stellen nach dem Komma.",
    ),
    (
        slla.BES,
        "BES+12",
        "element.decimals",
        "1",
        "„Gesamtbetrag Brutto“ braucht genau 2 Stellen nach dem Komma.",
    ),
    (
        slla.BES,
        "BES+12,345",
        "element.decimals",
        "1",
        "„Gesamtbetrag Brutto“ braucht genau 2 Stellen nach dem Komma.",
    ),
    (
        slla.BES,
        "BES+-12345678901,00",
        "element.length",
        "1",
        "„Gesamtbetrag Brutto“ hat höchstens 10 Stellen vor dem Komma, hier sind es 11.",
    ),
    (
        slga.SKO,
        "SKO+2,00+1000",
        "element.length",
        "2",
        "„Zahlungsziel“ hat höchstens 3 Stellen, hier sind es 4.",
    ),
    (UNT, "UNT+9+00001", "element.length", "1", "„Anzahl Einheiten“ hat genau 6 Stellen, hier sind es 1."),
    (
        slla.EVO,
        "EVO+160.123",
        "element.length",
        "1",
        "„eVO-ID“ hat mindestens 22 Stellen, hier sind es 7.",
    ),
    (
        slla.EVO,
        LONGEST_EVO_ID + "x",
        "element.length",
        "1",
        "„eVO-ID“ hat höchstens 256 Stellen, hier sind es 257.",
    ),
    (
        slla.TXT,
        "TXT+" + "?+" * 71,
        "element.length",
        "1",
        "„Text“ hat höchstens 70 Stellen, hier sind es 71.",
    ),
    (
        slga.REC,
        "REC+2026-1001:0+20260230+1",
        "element.no-such-day",
        "2",
        "„Rechnungsdatum“ nennt einen Tag, den es im Kalender nicht gibt.",
    ),
    (
        UNB,
        "UNB+UNOC:3+440301798+660999007+00000000:1040+00118+B+SL030179S10+0",
        "element.no-such-day",
        "4.1",
        "„Datum“ nennt einen Tag, den es im Kalender nicht gibt.",
    ),
    (
        slla.GZF,
        "GZF+1,00+1,00+0,00+0,00",
        "segment.surplus",
        "",
        "Das Segment hat mehr als 3 Felder.",
    ),
    (slla.TXT, "TXT+a+b", "segment.surplus", "", "Das Segment hat mehr als ein Feld."),
    (
        slga.REC,
        "REC+2026-1001:0:1+20261005+1",
        "element.surplus",
        "1",
        "Das Feld besteht aus mehr als 2 Teilen.",
    ),
    (slla.TXT, "TXT+10:30 Uhr", "element.surplus", "1", "Das Feld besteht aus mehr als einem Teil."),
    (
        slla.BES,
        "BES+12,00+",
        "segment.trailing-separator",
        "",
        "Am Ende steht ein Trennzeichen „+“ zu viel.",
    ),
    (slla.TXT, "EHE+a", "segment.tag", "", "Das ist kein Segment TXT."),
    (slla.TXT, "TXTE+a", "segment.tag", "", "Das ist kein Segment TXT."),
    (slla.TXT, "TXT?+a", "segment.tag", "", "Das ist kein Segment TXT."),
    (slla.TXT, "", "segment.tag", "", "Das ist kein Segment TXT."),
    (
        slla.TXT,
        "TXT+Gruß?",
        "segment.release",
        "",
        "Ein Zeichen ' steht ohne ? davor, oder am Ende steht ein einzelnes ?.",
    ),
    (
        slla.TXT,
        "TXT+D'Angelo",
        "segment.release",
        "",
        "Ein Zeichen ' steht ohne ? davor, oder am Ende steht ein einzelnes ?.",
    ),
]


def refusal(segment: type[Any], text: str) -> Faulty:
    with pytest.raises(Faulty) as caught:
        read(segment, text)
    return caught.value


@pytest.mark.parametrize(("segment", "text", "rule", "place", "sentence"), FAULTS)
def test_a_fault_is_told_once_with_its_rule_place_and_sentence(
    segment: type[Any], text: str, rule: str, place: str, sentence: str
) -> None:
    (fault,) = refusal(segment, text).faults
    assert (fault.rule, fault.place, fault.text) == (rule, place, sentence)
    assert fault.detail.endswith((".", "?"))
    assert fault.source.startswith("TA1 V21, ")


def test_every_fault_of_a_segment_is_told_in_the_order_of_the_wire() -> None:
    text = "EHE+22:501+2050+1+29,6+20260931+x+1234567+y"
    assert [(fault.place, fault.rule) for fault in refusal(slla.EHE, text).faults] == [
        ("", "segment.surplus"),
        ("1.2", "element.length"),
        ("2", "element.length"),
        ("3", "element.decimals"),
        ("4", "element.decimals"),
        ("5", "element.no-such-day"),
        ("6", "element.not-a-number"),
        ("7", "element.length"),
    ]


def test_empty_elements_at_the_end_are_a_fault_of_their_own_beside_a_missing_one() -> None:
    assert [(fault.place, fault.rule) for fault in refusal(slla.NAD, "NAD+Müller+Erna++").faults] == [
        ("", "segment.trailing-separator"),
        ("3", "element.missing"),
    ]


def test_a_refusal_names_tag_places_and_rules_for_logs_and_nothing_of_the_segment() -> None:
    faulty = refusal(slla.NAD, "NAD+M\x00ller+Erna+194501")
    assert str(faulty) == "faulty segment NAD: 1 element.characters 3 element.length"
    assert faulty.tag == "NAD"
    assert faulty.text == (
        "„Nachname“ enthält ein Zeichen, das in keinem Text stehen darf. "
        "„Geburtsdatum“ hat genau 8 Stellen, hier sind es 6."
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("TXT+D?'Angelo", "D'Angelo"),
        ("TXT+1?,5 und 1,5", "1,5 und 1,5"),
        ("TXT+?a??", "a?"),
        ("TXT+10?:30", "10:30"),
        ("TXT+" + "?+" * 70, "+" * 70),
    ],
)
def test_released_characters_are_taken_back_and_do_not_count(text: str, meant: str) -> None:
    assert read(slla.TXT, text) == slla.TXT(text=meant)


@pytest.mark.parametrize(
    ("amount", "cents"), [(",15", 15), ("0,15", 15), ("-,15", -15), ("000000,15", 15), (",00", 0)]
)
def test_a_zero_before_the_comma_may_be_missing_or_stand_often(amount: str, cents: int) -> None:
    assert read(slla.BES, f"BES+{amount}").brutto * 100 == cents


def test_an_element_of_ten_thousand_characters_is_a_fault_and_no_trouble() -> None:
    (fault,) = refusal(slla.NAD, f"NAD+{'x' * 10_000}+Erna+19450131").faults
    assert fault.text == "„Nachname“ hat höchstens 47 Stellen, hier sind es 10000."


def agree(segment: type[Any], text: str) -> None:
    """Asserts that reading succeeds exactly where there is no fault, and that both ways give the same row."""
    faults = tuple(faults_in(table_of(segment), text))
    if faults:
        assert refusal(segment, text).faults == faults
        return
    row = reader_of(segment)(text)
    assert row == reading._row(table_of(segment), elements(text)[1:])
    assert type(row) is segment
    assert read(segment, write(row)) == row
    assert FIT.fullmatch(text)


# What decides about the fate of a segment, and some of what does not.
SIGNS = "+:?',-0123456789 AJxüß.²٣\x00\n\udcfc\x85"


@EVERY_SEGMENT
@given(data=st.data())
def test_the_fast_and_the_slow_way_agree_on_any_text(segment: type[Any], data: st.DataObject) -> None:
    tag = data.draw(st.sampled_from([segment.__name__, segment.__name__ + "+"]))
    agree(segment, tag + data.draw(st.one_of(st.text(SIGNS, max_size=40), st.text(max_size=40))))


@pytest.mark.thorough
@EVERY_SEGMENT
@given(data=st.data())
def test_the_fast_and_the_slow_way_agree_on_damaged_segments(segment: type[Any], data: st.DataObject) -> None:
    text = write(data.draw(rows(segment)))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 2))
        text = text[:start] + data.draw(st.text(SIGNS, max_size=2)) + text[start + length :]
    agree(segment, text)


@pytest.mark.thorough
@EVERY_SEGMENT
@given(data=st.data())
def test_the_fast_and_the_slow_way_agree_on_elements_that_moved(
    segment: type[Any], data: st.DataObject
) -> None:
    tag, *rest = elements(write(data.draw(rows(segment))))
    some = data.draw(st.lists(st.sampled_from([*rest, ""]), max_size=len(rest) + 2)) if rest else []
    agree(segment, "+".join([tag, *some]))


@given(st.sampled_from(SEGMENTS), st.text())
@example(slla.DIA, "DIA+")
@example(slla.DIA, "DIA++")
@example(slla.TXT, "TXT+?")
@example(UNB, "UNB+:")
def test_nothing_but_a_refusal_comes_of_any_text(segment: type[Any], text: str) -> None:
    agree(segment, text)


@pytest.mark.parametrize("text", small_file.SEGMENTS)
def test_segments_as_they_stand_in_files_are_read_and_written_the_same(text: str) -> None:
    readable = [segment for segment in SEGMENTS if not list(faults_in(table_of(segment), text))]
    assert readable
    assert {write(read(segment, text)) for segment in readable} == {text}


def test_reading_the_same_values_again_gives_the_same_row_whatever_was_read_between() -> None:
    text = "UNH+00001+SLGA:21:0:0"
    first = read(UNH, text)
    for number in range(30_000):
        read(UNT, f"UNT+{number:06}+x")
    assert read(UNH, text) == first
