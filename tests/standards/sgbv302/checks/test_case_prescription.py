"""The prescription of a case: numbers, group, symptoms, frequency, diagnoses and approval."""

from __future__ import annotations

from datetime import date

import pytest

from tests.standards.sgbv302.checks.good import (
    END,
    Defect,
    case,
    doubt,
    findings,
    good_file,
    position,
    told,
    with_element,
    with_segment,
    wrong,
)
from zuzahlung.standards.sgbv302.slla import DIA, SKZ, Leistungserbringergruppe

FILE = good_file()
PODOLOGIE = Leistungserbringergruppe(abrechnungscode="71", tarifkennzeichen="00501")
FEET = good_file(
    case(
        [position("78010", date(2026, 9, 8), "36.10", "3.61", legs=PODOLOGIE)],
        zhe={"diagnosegruppe": "DF", "heilmittelbereich": "2", "therapiefrequenz": "0"},
    )
)
APPROVED = good_file(
    case(
        skz=SKZ(genehmigungskennzeichen="G-4711", datum=date(2026, 8, 3), art="B2"),
        zhe={"verordnungsart": "04"},
    )
)
DENTIST = good_file(
    case(
        zhe={
            "verordnungsbesonderheiten": "1",
            "diagnosegruppe": "CD2a",
            "leitsymptomatik": "9999",
            "arztnummer": "123456789",
        }
    )
)
OUTSIDE = good_file(case(zhe={"verordnungsart": "99", "diagnosegruppe": "9999", "leitsymptomatik": "9999"}))

DEFECTS = [
    Defect(
        "a Betriebsstättennummer with a hyphen",
        with_element(FILE, "ZHE", "1", "11-178400"),
        [wrong("zhe.bsnr", "ZHE.1")],
    ),
    Defect(
        "an Arztnummer with a blank",
        with_element(FILE, "ZHE", "2", "9067 6934"),
        [wrong("zhe.lanr", "ZHE.2")],
    ),
    Defect(
        "an Arztnummer whose check digit does not fit",
        with_element(FILE, "ZHE", "2", "906716834"),
        [doubt("zhe.lanr-check-digit", "ZHE.2")],
    ),
    Defect(
        "an Arztnummer filled up with noughts",
        with_element(FILE, "ZHE", "2", "000000000"),
        [doubt("zhe.lanr-check-digit", "ZHE.2")],
    ),
    Defect(
        "a Diagnosegruppe with a hyphen",
        with_element(FILE, "ZHE", "5", "WS-1"),
        [wrong("zhe.diagnosegruppe-form", "ZHE.5")],
    ),
    Defect(
        "a Diagnosegruppe with an umlaut",
        with_element(FILE, "ZHE", "5", "WÄ"),
        [wrong("zhe.diagnosegruppe-form", "ZHE.5")],
    ),
    Defect(
        "a Diagnosegruppe of another Heilmittel-Bereich",
        with_element(FILE, "ZHE", "5", "SB1"),
        [doubt("zhe.diagnosegruppe", "ZHE.5")],
    ),
    Defect(
        "a Diagnosegruppe of no catalogue, where no Heilmittel-Bereich is named",
        with_element(with_element(FILE, "ZHE", "16", ""), "ZHE", "5", "WS1"),
        [doubt("zhe.diagnosegruppe", "ZHE.5")],
    ),
    Defect(
        "a tick for own symptoms without their text",
        with_element(FILE, "ZHE", "13", "0001"),
        [wrong("zhe.leitsymptomatik-text", "ZHE.14")],
    ),
    Defect(
        "no tick and no text",
        with_element(FILE, "ZHE", "13", "0000"),
        [wrong("zhe.leitsymptomatik-text", "ZHE.14")],
    ),
    Defect(
        "ticks on the prescription of a dentist",
        with_element(DENTIST, "ZHE", "13", "1000"),
        [doubt("zhe.leitsymptomatik-9999", "ZHE.13")],
    ),
    Defect(
        "ticks on a prescription outside of both directives",
        with_element(OUTSIDE, "ZHE", "13", "1000"),
        [doubt("zhe.leitsymptomatik-9999", "ZHE.13")],
    ),
    Defect(
        "9999 on the prescription of a doctor",
        with_element(FILE, "ZHE", "13", "9999"),
        [doubt("zhe.leitsymptomatik-missing", "ZHE.13")],
    ),
    Defect(
        "a frequency in the Podologie",
        with_element(FEET, "ZHE", "17", "1"),
        [wrong("zhe.therapiefrequenz", "ZHE.17")],
    ),
    Defect(
        "a diagnosis with nothing in it",
        with_segment(FILE, "DIA", "DIA"),
        [wrong("dia.empty", "DIA.2")],
    ),
    Defect(
        "the Diagnosegruppe in place of the diagnosis",
        with_element(FILE, "DIA", "1", "WS"),
        [wrong("dia.diagnosegruppe", "DIA.1")],
    ),
    Defect(
        "a diagnosis without its point",
        with_element(FILE, "DIA", "1", "M545"),
        [doubt("dia.icd", "DIA.1")],
    ),
    Defect(
        "a diagnosis with the letter for certainty",
        with_element(FILE, "DIA", "1", "M54.5 G"),
        [doubt("dia.icd", "DIA.1")],
    ),
    Defect(
        "an approval with another Verordnungsart",
        with_element(APPROVED, "ZHE", "6", "03"),
        [doubt("skz.verordnungsart", "SKZ.3")],
    ),
]

GOOD = [
    (
        "numbers that are missing on the paper",
        with_element(with_element(FILE, "ZHE", "1", "999999999"), "ZHE", "2", "999999999"),
    ),
    ("an Arztnummer of six digits", with_element(FILE, "ZHE", "2", "471100")),
    ("a Betriebsstätte of a region we do not know", with_element(FILE, "ZHE", "1", "999")),
    ("no Diagnosegruppe on the paper", with_element(FILE, "ZHE", "5", "9999")),
    (
        "own symptoms with their text",
        with_element(with_element(FILE, "ZHE", "13", "0001"), "ZHE", "14", "Schwindel"),
    ),
    ("no tick, but a text", with_element(with_element(FILE, "ZHE", "13", "0000"), "ZHE", "14", "Schwindel")),
    ("a text that nothing asks for", with_element(FILE, "ZHE", "14", "Schwindel")),
    ("the prescription of a dentist", DENTIST),
    ("a prescription outside of both directives", OUTSIDE),
    ("Podologie", FEET),
    ("no frequency on the paper", with_element(FILE, "ZHE", "17", "0")),
    ("a diagnosis in words", with_segment(FILE, "DIA", "DIA++Schulter steif")),
    ("two diagnoses", with_segment(FILE, "DIA", f"DIA+M54.5{END}DIA+G80.1+Zerebralparese")),
    ("a diagnosis with a dagger as plus", good_file(case(diagnosen=[DIA(diagnoseschluessel="E10.3+")]))),
    ("an approval", APPROVED),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.says)
def test_a_defect_is_found_and_nothing_else(defect: Defect) -> None:
    assert [one[:3] for one in told(defect.text)] == list(defect.expected)


@pytest.mark.parametrize("text", [text for _, text in GOOD], ids=[says for says, _ in GOOD])
def test_what_is_allowed_is_not_found(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("place", "code"), [("4", "7"), ("6", "01"), ("7", "8"), ("13", "1200"), ("16", "6")]
)
def test_a_code_that_no_table_holds_is_told_once(place: str, code: str) -> None:
    found = told(with_element(FILE, "ZHE", place, code))
    assert [one[:3] for one in found] == [wrong("key.unknown", f"ZHE.{place}")]


def test_the_second_diagnosis_is_the_one_named() -> None:
    damaged = with_segment(FILE, "DIA", f"DIA+M54.5{END}DIA+WS")
    assert [one.content for one in findings(damaged)] == ["DIA+WS"]


def test_a_wrong_bereich_does_not_put_the_diagnosegruppe_in_doubt() -> None:
    assert [one.rule for one in told(with_element(FILE, "ZHE", "16", "3"))] == ["zhe.bereich"]


def test_a_wrong_bereich_that_knows_no_frequency_is_told_at_its_own_field() -> None:
    assert [one[:3] for one in told(with_element(FILE, "ZHE", "16", "2"))] == [
        doubt("zhe.bereich", "ZHE.16"),
        wrong("zhe.therapiefrequenz", "ZHE.16"),
    ]
