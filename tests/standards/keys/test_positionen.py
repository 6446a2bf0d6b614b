"""The shipped directory of Heilmittelpositionsnummern holds 2015 numbers, each with its label and its days."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest

from scripts.make_positions import paragraph, shipped
from zuzahlung.standards.keys import positionen
from zuzahlung.standards.keys.positionen import Position, find, find_on_any_day

TODAY = date(2026, 11, 2)
HEADER = (
    "HPNR,Leistungstyp,Heilmittelbereich,Leistungserbringer,Grundlage,"
    "Leistungsart,Leistung,gültig ab,gültig bis,Eigentümer\n"
)


def test_a_position_is_found_with_what_the_directory_says_of_it() -> None:
    assert find("20522", TODAY) == Position(
        positionsnummer="20522",
        leistung="Physiotherapeutische Diagnostik (PD)",
        bereich="Physiotherapie",
        grundlage="§ 125a SGB V",
        gueltig_ab=date(2024, 11, 1),
        gueltig_bis=None,
    )


def test_a_number_without_bereich_and_grundlage_has_none() -> None:
    position = find("99801", TODAY)
    assert position is not None
    assert (position.leistung, position.bereich, position.grundlage) == (
        "Med. Fußpflege (Orthonoxy)",
        None,
        None,
    )


@pytest.mark.parametrize("number", ["A5001", "BL922", "DL922", "EL922"])
def test_numbers_with_a_letter_are_found(number: str) -> None:
    assert find(number, TODAY) is not None


@pytest.mark.parametrize("number", ["", "X0501", "20500", "2050", "205010", "a5001", "20501 ", "²0501"])
def test_what_is_no_number_of_the_directory_is_not_found(number: str) -> None:
    assert find(number, TODAY) is None
    assert find_on_any_day(number) is None


def test_a_position_is_found_from_its_first_day_on() -> None:
    assert find("29950", date(2025, 12, 31)) is None
    assert find("29950", date(2026, 1, 1)) is not None
    assert find_on_any_day("29950") == find("29950", TODAY)


def test_a_position_is_found_up_to_its_last_day() -> None:
    ended = Position(
        positionsnummer="20501",
        leistung="Allgemeine Krankengymnastik",
        bereich=None,
        grundlage=None,
        gueltig_ab=date(2024, 1, 1),
        gueltig_bis=date(2024, 6, 30),
    )
    assert [ended.is_valid_on(date(2023, 12, 31)), ended.is_valid_on(date(2024, 1, 1))] == [False, True]
    assert [ended.is_valid_on(date(2024, 6, 30)), ended.is_valid_on(date(2024, 7, 1))] == [True, False]


def test_the_number_the_contract_renamed_still_exists_in_the_directory() -> None:
    assert find("29933", TODAY) is not None


def test_the_directory_holds_what_was_published() -> None:
    positions = list(positionen._directory().values())
    assert len(positions) == 2015
    assert Counter(position.bereich for position in positions) == {
        "Physiotherapie": 881,
        "Stimm-, Sprech-, Sprach- und Schlucktherapie": 253,
        "Ergotherapie": 217,
        "Podologie": 68,
        "Ernährungstherapie": 58,
        None: 538,
    }
    assert Counter(position.gueltig_ab for position in positions) == {
        date(1900, 1, 1): 1891,
        date(2024, 4, 1): 33,
        date(2024, 11, 1): 36,
        date(2025, 7, 1): 32,
        date(2025, 8, 1): 9,
        date(2026, 1, 1): 14,
    }
    assert {position.gueltig_bis for position in positions} == {None}
    assert sum(position.grundlage == "§ 125a SGB V" for position in positions) == 69


def test_every_number_has_the_form_of_a_position_and_a_label() -> None:
    for position in positionen._directory().values():
        assert re.fullmatch(r"A\d{4}|[1-9]\d{4}|[BDE]L922", position.positionsnummer)
        assert position.leistung
        assert position.leistung == " ".join(position.leistung.split())


def test_the_zuzahlung_has_no_position() -> None:
    assert [p for p in positionen._directory().values() if "zuzahlung" in p.leistung.casefold()] == []


def test_the_list_is_read_when_it_is_first_asked_for() -> None:
    asked = (
        "from zuzahlung.standards.keys import positionen, preise\n"
        "import datetime\n"
        "read = lambda: (positionen._directory.cache_info().misses, preise._rows.cache_info().misses)\n"
        "before = read()\n"
        "day = datetime.date(2026, 1, 1)\n"
        "positionen.find('20501', day), positionen.find('20501', day), preise.find('2200501', '20501', day)\n"
        "print(before, read())\n"
    )
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert answer.stdout == "(0, 0) (1, 1)\n"


def test_a_published_row_is_shipped_with_single_blanks_its_paragraph_sign_and_an_open_end() -> None:
    published = HEADER + (
        '20702,Heilmittel,Physiotherapie ,"Krankengymnast, allein", 125 Abs. 1 SGB V,Sonstiges,'
        '"Behandlung (bei\nMukoviszidose; einzeln)\u00a0 ",1900-01-01,9999-12-31,GKV-SV\n'
        "99801,Heilmittel,,Sonstige,,Med. Fußpflege,Med. Fußpflege,2024-04-01,2026-06-30,\n"
    )
    assert shipped(published) == (
        "positionsnummer;bereich;grundlage;leistung;gueltig_ab;gueltig_bis\n"
        '20702;Physiotherapie;§ 125 Abs. 1 SGB V;"Behandlung (bei Mukoviszidose; einzeln)";1900-01-01;\n'
        "99801;;;Med. Fußpflege;2024-04-01;2026-06-30\n"
    )


def test_a_publication_that_has_its_paragraph_signs_again_is_not_shipped_with_two() -> None:
    with pytest.raises(ValueError, match="carries its paragraph sign again"):
        paragraph("§ 125 Abs. 1 SGB V")
