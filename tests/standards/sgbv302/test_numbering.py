"""Numbers and names of files, invoices and vouchers have the form the documents give them, and follow in order."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.errors import InvalidCharacters, InvalidLength, NumberError
from zuzahlung.standards.keys.abrechnung import TESTINDIKATOR
from zuzahlung.standards.sgbv302 import numbering
from zuzahlung.standards.sgbv302.numbering import Absenderart, Dateiart, LogischerDateiname, MonatVon
from zuzahlung.standards.sgbv302.slga import Rechnungsnummer

GROUPED = (
    "In einer Rechnungsnummer stehen Bindestrich und Schrägstrich nur einzeln zwischen Buchstaben oder "
    "Ziffern, nicht am Anfang, nicht am Ende und nicht hintereinander."
)
ALLOWED = "Erlaubt sind Buchstaben von A bis Z, Ziffern, Bindestrich und Schrägstrich."


# The numbers of the examples in TA1 7.5 and 5.5.2 are among them.
@pytest.mark.parametrize(
    "number", ["A-135", "B-548", "C-87", "58D", "00234567", "2026-1001", "2026/10-1a", "7", "12345678901234"]
)
def test_a_well_formed_rechnungsnummer_is_taken_as_it_is(number: str) -> None:
    assert numbering.parse_sammelnummer(number) == number
    assert numbering.is_sammelnummer(number)


@pytest.mark.parametrize(
    ("number", "error", "sentence"),
    [
        ("", InvalidLength, "Bitte geben Sie eine Rechnungsnummer an."),
        (
            "123456789012345",
            InvalidLength,
            "Eine Rechnungsnummer hat höchstens 14 Zeichen, hier sind es 15.",
        ),
        ("-135", InvalidCharacters, GROUPED),
        ("135/", InvalidCharacters, GROUPED),
        ("2026--1", InvalidCharacters, GROUPED),
        ("2026-/1", InvalidCharacters, GROUPED),
        ("/", InvalidCharacters, GROUPED),
        ("2026 1", InvalidCharacters, f"Das Zeichen „ “ gehört nicht in eine Rechnungsnummer. {ALLOWED}"),
        ("2026_1", InvalidCharacters, f"Das Zeichen „_“ gehört nicht in eine Rechnungsnummer. {ALLOWED}"),
        ("Mär-1", InvalidCharacters, f"Das Zeichen „ä“ gehört nicht in eine Rechnungsnummer. {ALLOWED}"),
        ("1:2", InvalidCharacters, f"Das Zeichen „:“ gehört nicht in eine Rechnungsnummer. {ALLOWED}"),
        (
            "1\x00",
            InvalidCharacters,
            f"Ein unsichtbares Zeichen gehört nicht in eine Rechnungsnummer. {ALLOWED}",
        ),
        ("٣", InvalidCharacters, f"Das Zeichen „٣“ gehört nicht in eine Rechnungsnummer. {ALLOWED}"),
    ],
)
def test_a_malformed_rechnungsnummer_is_refused_with_a_sentence(
    number: str, error: type[NumberError], sentence: str
) -> None:
    assert not numbering.is_sammelnummer(number)
    with pytest.raises(error) as refused:
        numbering.parse_sammelnummer(number)
    assert type(refused.value) is error
    assert refused.value.text == sentence


def test_blanks_around_a_typed_number_do_not_belong_to_it() -> None:
    assert numbering.parse_sammelnummer(" A-135 ") == "A-135"
    assert numbering.parse_belegnummer(" 28 ") == "28"
    assert not numbering.is_sammelnummer(" A-135 ")
    assert not numbering.is_sammelnummer("A-135\n")


def test_an_einzelnummer_has_up_to_six_characters() -> None:
    assert numbering.parse_einzelnummer("0") == "0"
    assert numbering.parse_einzelnummer("4711-1") == "4711-1"
    assert not numbering.is_einzelnummer("1234567")
    with pytest.raises(InvalidLength) as refused:
        numbering.parse_einzelnummer("1234567")
    assert refused.value.text == "Eine Einzel-Rechnungsnummer hat höchstens 6 Zeichen, hier sind es 7."


@pytest.mark.parametrize(
    ("text", "sammelnummer", "einzelnummer"),
    [("001:2", "001", "2"), ("B-548:11", "B-548", "11"), ("001", "001", "0")],
)
def test_both_parts_of_a_number_are_read(text: str, sammelnummer: str, einzelnummer: str) -> None:
    number = Rechnungsnummer(sammelnummer=sammelnummer, einzelnummer=einzelnummer)
    assert numbering.parse_rechnungsnummer(text) == number


@pytest.mark.parametrize("text", ["001:", ":1", "001:1:1"])
def test_a_number_with_an_empty_part_or_a_third_is_refused(text: str) -> None:
    with pytest.raises(NumberError):
        numbering.parse_rechnungsnummer(text)


PARTS = st.lists(st.text("aZ09", min_size=1, max_size=4), min_size=1, max_size=3).map("-".join)


@given(PARTS.filter(lambda text: len(text) <= 14), PARTS.filter(lambda text: len(text) <= 6))
def test_a_number_that_is_printed_is_read_back(sammelnummer: str, einzelnummer: str) -> None:
    number = Rechnungsnummer(sammelnummer=sammelnummer, einzelnummer=einzelnummer)
    assert numbering.parse_rechnungsnummer(numbering.format_rechnungsnummer(number)) == number


@given(st.text(max_size=16))
def test_a_number_is_valid_exactly_when_parsing_keeps_it(text: str) -> None:
    try:
        kept = numbering.parse_sammelnummer(text) == text
    except NumberError:
        kept = False
    assert numbering.is_sammelnummer(text) == kept


@pytest.mark.parametrize("number", ["1", "28", "A/1-2", "1234567890"])
def test_a_belegnummer_is_taken_as_it_is(number: str) -> None:
    assert numbering.parse_belegnummer(number) == number


@pytest.mark.parametrize(
    ("number", "error", "sentence"),
    [
        ("", InvalidLength, "Bitte geben Sie eine Belegnummer an."),
        ("12345678901", InvalidLength, "Eine Belegnummer hat höchstens 10 Zeichen, hier sind es 11."),
        (
            "1 2",
            InvalidCharacters,
            "In einer Belegnummer stehen keine Leerzeichen und keine unsichtbaren Zeichen.",
        ),
        (
            "1\u200b2",
            InvalidCharacters,
            "In einer Belegnummer stehen keine Leerzeichen und keine unsichtbaren Zeichen.",
        ),
    ],
)
def test_a_malformed_belegnummer_is_refused_with_a_sentence(
    number: str, error: type[NumberError], sentence: str
) -> None:
    assert not numbering.is_belegnummer(number)
    with pytest.raises(error) as refused:
        numbering.parse_belegnummer(number)
    assert refused.value.text == sentence


def test_the_first_number_that_comes_twice_is_named() -> None:
    assert numbering.repeated(["3", "1", "2", "1", "3"]) == "1"
    assert numbering.repeated(["1", "01", "001"]) is None
    assert numbering.repeated([]) is None


@pytest.mark.parametrize(
    ("last", "following"),
    [(None, "00001"), ("00001", "00002"), ("00118", "00119"), ("99998", "99999"), ("99999", "00001")],
)
def test_deliveries_are_numbered_in_a_ring_without_nought(last: str | None, following: str) -> None:
    assert numbering.next_datenaustauschreferenz(last) == following


@pytest.mark.parametrize("last", ["00000", "118", "100000", "", "1e+04", "٠٠٠٠١"])
def test_what_numbers_no_delivery_has_no_successor(last: str) -> None:
    assert not numbering.is_datenaustauschreferenz(last)
    with pytest.raises(NumberError) as refused:
        numbering.next_datenaustauschreferenz(last)
    assert refused.value.text == "Eine Datenaustauschreferenz hat fünf Ziffern und beginnt bei 00001."


def test_messages_are_numbered_with_five_digits() -> None:
    assert [numbering.nachrichtenreferenz(place) for place in (1, 2, 99_999)] == ["00001", "00002", "99999"]


@pytest.mark.parametrize("place", [0, -1, 100_000])
def test_a_message_beyond_five_digits_has_no_number(place: int) -> None:
    with pytest.raises(ValueError, match="99,999"):
        numbering.nachrichtenreferenz(place)


@pytest.mark.parametrize(
    ("ik", "art", "monat", "name"),
    [
        ("440301798", Absenderart.SELBSTABRECHNER, 10, "SL030179S10"),
        ("440301798", Absenderart.ABRECHNUNGSSTELLE, 2, "SL030179A02"),
        ("590301867", Absenderart.SELBSTABRECHNER, 7, "SL030186S07"),
    ],
)
def test_the_logical_name_names_sender_kind_and_month(
    ik: str, art: Absenderart, monat: int, name: str
) -> None:
    made = numbering.logischer_dateiname(ik_absender=ik, absenderart=art, monat=monat)
    assert str(made) == name
    assert numbering.parse_logischer_dateiname(name) == made
    assert made.is_of(ik)
    assert not made.is_of("440999998")


LOGICAL = "Der logische Dateiname besteht aus SL, sechs Ziffern des Absender-IK, S oder A und dem Monat von 01 bis 12."


@pytest.mark.parametrize(
    ("name", "error", "sentence"),
    [
        ("SL440301798S1026", InvalidLength, "Der logische Dateiname hat 11 Zeichen, hier sind es 16."),
        ("", InvalidLength, "Der logische Dateiname hat 11 Zeichen, hier sind es 0."),
        ("SL030179S13", InvalidCharacters, LOGICAL),
        ("SL030179S00", InvalidCharacters, LOGICAL),
        ("SL030179X10", InvalidCharacters, LOGICAL),
        ("sl030179s10", InvalidCharacters, LOGICAL),
        ("PL030179S10", InvalidCharacters, LOGICAL),
        ("SL0301 9S10", InvalidCharacters, LOGICAL),
    ],
)
def test_what_is_no_logical_name_is_refused_with_a_sentence(
    name: str, error: type[NumberError], sentence: str
) -> None:
    with pytest.raises(error) as refused:
        numbering.parse_logischer_dateiname(name)
    assert refused.value.text == sentence


@pytest.mark.parametrize(
    ("ik_stellen", "monat"), [("03017", 10), ("03017X", 10), ("030179", 0), ("030179", 13)]
)
def test_a_logical_name_of_impossible_parts_is_refused(ik_stellen: str, monat: int) -> None:
    with pytest.raises(ValueError, match=r"digits|month"):
        LogischerDateiname(ik_stellen=ik_stellen, absenderart=Absenderart.SELBSTABRECHNER, monat=monat)


@pytest.mark.parametrize(
    ("monat_von", "monat"), [(MonatVon.ERSTELLUNG, 12), (MonatVon.RECHNUNG, 11), (MonatVon.LEISTUNG, 10)]
)
def test_the_month_of_a_name_is_that_of_the_file_unless_a_setting_says_otherwise(
    monat_von: MonatVon, monat: int
) -> None:
    found = numbering.abrechnungsmonat(
        monat_von,
        erstellt_am=date(2026, 12, 1),
        rechnungsdaten=[date(2026, 11, 30), date(2026, 11, 2)],
        leistungsdaten=[date(2026, 9, 7), date(2026, 10, 31)],
    )
    assert found == monat


def test_the_last_invoice_counts_over_the_turn_of_the_year() -> None:
    found = numbering.abrechnungsmonat(
        MonatVon.RECHNUNG,
        erstellt_am=date(2027, 2, 1),
        rechnungsdaten=[date(2026, 12, 30), date(2027, 1, 4)],
        leistungsdaten=[],
    )
    assert found == 1


@pytest.mark.parametrize(
    ("dateiart", "name"),
    [(Dateiart.TEST, "TSOL0007"), (Dateiart.ERPROBUNG, "TSOL0007"), (Dateiart.ECHT, "ESOL0007")],
)
def test_test_and_erprobung_are_sent_under_one_name_and_echtdateien_under_another(
    dateiart: Dateiart, name: str
) -> None:
    assert numbering.physischer_dateiname(dateiart=dateiart, transfernummer=7) == name
    assert numbering.auftragsdateiname(name) == f"{name}.AUF"


@pytest.mark.parametrize("transfernummer", [-1, 1000])
def test_a_transfernummer_has_three_digits(transfernummer: int) -> None:
    with pytest.raises(ValueError, match="three digits"):
        numbering.physischer_dateiname(dateiart=Dateiart.ECHT, transfernummer=transfernummer)


def test_each_dateiart_has_its_meaning_in_the_table() -> None:
    meanings = {art.name: TESTINDIKATOR[art].bedeutung for art in Dateiart}
    assert meanings == {"TEST": "Testdatei", "ERPROBUNG": "Erprobungsdatei", "ECHT": "Echtdatei"}
    assert len(Dateiart) == len(TESTINDIKATOR)
