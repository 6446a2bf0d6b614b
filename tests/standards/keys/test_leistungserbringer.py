"""Abrechnungscodes, Tarifkennzeichen and contract groups of Heilmittel are those of TA3 8.1.5, 8.1.14 and the contracts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.keys import leistungserbringer
from zuzahlung.standards.keys.leistungserbringer import (
    ABRECHNUNGSCODE,
    BEREICH_DES_ABRECHNUNGSCODES,
    LEISTUNGSERBRINGERGRUPPEN,
    SAMMELGRUPPE,
    TARIFBEREICH,
    Sondertarif,
    find_heilmittelbereich,
    find_sondertarif,
    is_tarifkennzeichen,
)


def test_the_professions_of_heilmittel() -> None:
    assert [(code, wert.bedeutung) for code, wert in ABRECHNUNGSCODE.items()] == [
        ("21", "Masseur/Medizinischer Badebetrieb"),
        ("22", "Krankengymnast/Physiotherapeut"),
        ("23", "Logopäde, Atem-, Sprech- und Stimmlehrer, staatl. anerkannter Sprachtherapeut"),
        ("24", "Sprachheilpädagoge, Dipl. Pädagoge"),
        ("25", "Sonstiger Sprachtherapeut"),
        ("26", "Ergotherapeut"),
        ("27", "Krankenhaus"),
        ("28", "Kurbetrieb"),
        ("29", "Sonstige therapeutische Heilperson"),
        ("71", "Podologen"),
        ("72", "Med. Fußpfleger (gemäß § 10 Abs. 4 bis 6 PodG)"),
        ("73", "Leistungserbringer von Ernährungstherapie für seltene angeborene Stoffwechselerkrankungen"),
        ("74", "Leistungserbringer von Ernährungstherapie für Mukoviszidose"),
    ]


def test_heilmittel_are_the_second_of_nineteen_groups_of_services() -> None:
    assert "".join(SAMMELGRUPPE) == "ABCDEFGHIJKLMNOPQRS"
    assert SAMMELGRUPPE[leistungserbringer.HEILMITTEL].bedeutung == "Leistungserbringer von Heilmitteln"


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("00", "Bundeseinheitlicher Tarif (gültig für Ost und West)"),
        ("01", "Baden-Württemberg"),
        ("08", "Nordrhein-Westfalen"),
        ("13", "Sachsen"),
        ("25", "Bundeseinheitlicher Tarif (Ost)"),
        ("50", "Bundesvertrag"),
        ("51", "Baden-Württemberg"),
        ("63", "Sachsen"),
        ("75", "Bundeseinheitlicher Tarif (Ost)"),
        ("90", "sonstiger länderübergreifender Tarif"),
        ("91", "Vertrag auf Kassenebene"),
        ("99", "Vertrag auf Kassenebene"),
    ],
)
def test_the_first_two_signs_of_the_tarifkennzeichen_name_a_region(code: str, region: str) -> None:
    assert TARIFBEREICH[code].bedeutung == region


def test_the_regions_stand_twice_in_the_same_order() -> None:
    regions = [
        "Baden-Württemberg",
        "Bayern",
        "Berlin Ost",
        "Bremen",
        "Hamburg",
        "Hessen",
        "Niedersachsen",
        "Nordrhein-Westfalen",
        "Rheinland-Pfalz",
        "Saarland",
        "Schleswig-Holstein",
        "Brandenburg",
        "Sachsen",
        "Sachsen-Anhalt",
        "Mecklenburg-Vorpommern",
        "Thüringen",
        "Stuttgart und Karlsruhe",
        "Freiburg und Tübingen",
        "Berlin West",
        "Nordrhein",
        "Westfalen-Lippe",
        "Lippe",
        "Berlin (gesamt)",
        "Bundeseinheitlicher Tarif (West)",
        "Bundeseinheitlicher Tarif (Ost)",
    ]
    assert [TARIFBEREICH[f"{code:02}"].bedeutung for code in range(1, 26)] == regions
    assert [TARIFBEREICH[f"{code:02}"].bedeutung for code in range(51, 76)] == regions


def test_every_pair_of_digits_is_a_region_or_kept_free() -> None:
    assert len(TARIFBEREICH) == 62
    assert TARIFBEREICH.nicht_belegt >= {"26", "49", "76", "89"}
    assert TARIFBEREICH.codes.isdisjoint(TARIFBEREICH.nicht_belegt)
    assert sorted(TARIFBEREICH.codes | TARIFBEREICH.nicht_belegt) == [f"{code:02}" for code in range(100)]


@pytest.mark.parametrize(
    ("signs", "sondertarif"),
    [
        ("000", Sondertarif.OHNE_BESONDERHEITEN),
        ("090", Sondertarif.OHNE_BESONDERHEITEN),
        ("A00", Sondertarif.OHNE_BESONDERHEITEN),
        ("A90", Sondertarif.OHNE_BESONDERHEITEN),
        ("091", Sondertarif.VERBAENDE),
        ("098", Sondertarif.VERBAENDE),
        ("A91", Sondertarif.VERBAENDE),
        ("A98", Sondertarif.VERBAENDE),
        ("099", Sondertarif.KOSTENVORANSCHLAG),
        ("A99", Sondertarif.VEREINBARUNG),
        ("100", Sondertarif.VEREINBARUNG),
        ("501", Sondertarif.VEREINBARUNG),
        ("999", Sondertarif.VEREINBARUNG),
        ("0A1", Sondertarif.VEREINBARUNG),
        ("TZZ", Sondertarif.VEREINBARUNG),
        ("U00", Sondertarif.NICHT_BESETZT),
        ("ZZZ", Sondertarif.NICHT_BESETZT),
    ],
)
def test_the_last_three_signs_of_the_tarifkennzeichen_name_its_kind(
    signs: str, sondertarif: Sondertarif
) -> None:
    assert find_sondertarif(signs) is sondertarif


@pytest.mark.parametrize("bad", ["", "50", "5011", "50a", "Ä01", "50 ", "٥٠١"])
def test_other_signs_name_no_kind(bad: str) -> None:
    assert find_sondertarif(bad) is None


@pytest.mark.parametrize("good", ["00501", "00000", "63A91", "99TZZ", "50099"])
def test_a_known_region_and_a_kind_in_use_make_a_tarifkennzeichen(good: str) -> None:
    assert is_tarifkennzeichen(good)


@pytest.mark.parametrize(
    "bad", ["", "00", "0050", "005011", "26501", "76501", "00U00", "00zzz", "A0501", "0000Ä"]
)
def test_what_is_kept_free_or_misshapen_is_none(bad: str) -> None:
    assert not is_tarifkennzeichen(bad)


@given(st.from_regex(r"[0-9A-Z]{3}", fullmatch=True))
def test_all_signs_that_begin_before_u_are_in_use(signs: str) -> None:
    assert is_tarifkennzeichen(f"00{signs}") == (re.match("[U-Z]", signs) is None)


def test_the_groups_of_the_contracts() -> None:
    assert LEISTUNGSERBRINGERGRUPPEN == {
        "1": ("2100501", "2200501", "2700511", "2800511", "2900511"),
        "2": ("7100501", "7200501", "2700541", "2800541"),
        "3": ("2300501", "2400501", "2500501", "2700521", "2800521"),
        "4": ("2600501", "2700531", "2800531", "2900531"),
        "5": ("7300501", "7400501", "2700551", "2800551", "2900551"),
    }


def test_a_group_of_a_contract_tells_its_heilmittelbereich_and_no_other_does() -> None:
    assert [find_heilmittelbereich(group) for group in ("2200501", "2700541", "2800521", "2600501")] == [
        "1", "2", "3", "4",
    ]  # fmt: skip
    assert find_heilmittelbereich("2600502") is None
    assert find_heilmittelbereich("") is None


def test_no_group_belongs_to_two_contracts_and_each_is_well_formed() -> None:
    groups = [group for of_one in LEISTUNGSERBRINGERGRUPPEN.values() for group in of_one]
    assert len(set(groups)) == len(groups) == 23
    assert all(group[:2] in ABRECHNUNGSCODE and is_tarifkennzeichen(group[2:]) for group in groups)


def test_a_profession_works_in_the_field_of_its_own_contract() -> None:
    contracts = {
        group[:2]: field
        for field, groups in LEISTUNGSERBRINGERGRUPPEN.items()
        for group in groups
        if group[:2] not in {"27", "28", "29"}
    }
    assert contracts == BEREICH_DES_ABRECHNUNGSCODES
