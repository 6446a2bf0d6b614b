"""The prices of a case beside the contract's: what differs is a doubt, and what cannot be compared is said once."""

from __future__ import annotations

from datetime import date

import pytest

from tests.standards.sgbv302.checks.good import (
    SIX,
    Defect,
    after_segment,
    case,
    doubt,
    findings,
    good_file,
    position,
    remark,
    told,
    with_element,
)
from zuzahlung.standards.sgbv302.slla import Leistungserbringergruppe

DAY = date(2026, 9, 8)
ERGO = Leistungserbringergruppe(abrechnungscode="26", tarifkennzeichen="00501")
ERGO_ZHE = {"diagnosegruppe": "SB1", "heilmittelbereich": "4"}
PODOLOGIE = Leistungserbringergruppe(abrechnungscode="71", tarifkennzeichen="00501")
PODOLOGIE_ZHE = {"diagnosegruppe": "UI1", "heilmittelbereich": "2", "therapiefrequenz": "0"}
ERNAEHRUNG = Leistungserbringergruppe(abrechnungscode="73", tarifkennzeichen="00501")
ERNAEHRUNG_ZHE = {"diagnosegruppe": "SAS", "heilmittelbereich": "5", "therapiefrequenz": "0"}
KASSENVERTRAG = Leistungserbringergruppe(abrechnungscode="22", tarifkennzeichen="91500")
ESTIMATE = Leistungserbringergruppe(abrechnungscode="26", tarifkennzeichen="00099")
NO_LIST = remark("ehe.no-price-list", "EHE.1")


def nutrition(*days: date) -> str:
    """Return a file of the Ernährungstherapie with a case for each day."""
    lines = ([position("A5001", day, "40.00", "4.00", legs=ERNAEHRUNG)] for day in days)
    return good_file(*(case(line, zhe=ERNAEHRUNG_ZHE) for line in lines))


def splint(price: str) -> str:
    """Return a file with a splint without an estimate, up to 400,00 €."""
    return good_file(case([position("54405", DAY, price, None, legs=ERGO)], zhe=ERGO_ZHE))


def clasp(issued: date) -> str:
    """Return a file with a treatment that is agreed for prescriptions from 01.10.2025 on."""
    lines = [position("78610", date(2025, 10, 8), "55.90", "5.59", legs=PODOLOGIE)]
    return good_file(
        case(lines, zhe={**PODOLOGIE_ZHE, "verordnungsdatum": issued}), rechnungsdatum=date(2025, 11, 3)
    )


DEFECTS = [
    Defect(
        "a price above the contract's",
        good_file(case([*SIX[1:], position(price="30.00", copayment="3.00")])),
        [doubt("ehe.price", "EHE.4")],
    ),
    Defect(
        "a price below the contract's in a first invoice",
        good_file(case([*SIX[1:], position(price="29.62", copayment="2.96")])),
        [doubt("ehe.price", "EHE.4")],
    ),
    Defect(
        "a difference above the whole price",
        good_file(case([position(price="29.64", copayment="2.96")], vkz="02"), vkz="02"),
        [doubt("ehe.price-too-high", "EHE.4")],
    ),
    Defect(
        "a splint above the highest price",
        splint("400.01"),
        [doubt("ehe.price-too-high", "EHE.4")],
    ),
    Defect(
        "a home visit that the contract has renumbered",
        good_file(case([*SIX, position("29933", DAY, "22.78", "2.28")], zhe={"hausbesuch": "1"})),
        [doubt("ehe.position-not-agreed", "EHE.2")],
    ),
    Defect(
        "a treatment of the new kind on a prescription of the day before",
        clasp(date(2025, 9, 30)),
        [doubt("ehe.position-not-for-prescription", "EHE.2")],
    ),
    Defect(
        "tax on top of a gross price",
        good_file(case([position(vat="19.00", copayment="3.53")])),
        [doubt("mws.not-agreed", "MWS")],
    ),
    Defect("Ernährungstherapie", nutrition(DAY), [NO_LIST]),
    Defect(
        "a contract of a single fund",
        good_file(case([position(legs=KASSENVERTRAG)])),
        [NO_LIST],
    ),
    Defect(
        "a treatment before the list came into force",
        good_file(
            case([position(day=date(2025, 12, 30))], zhe={"verordnungsdatum": date(2025, 12, 29)}),
            rechnungsdatum=date(2026, 1, 5),
        ),
        [NO_LIST],
    ),
    Defect(
        "a Blankoverordnung",
        good_file(case([position("20535", DAY)], zhe={"verordnungsart": "05"})),
        [remark("ehe.no-price-list", "EHE.2")],
    ),
]

GOOD = [
    (
        "a difference of price in a Nachforderung",
        good_file(case([position(price="1.11", copayment="0.11")], vkz="02"), vkz="02"),
    ),
    ("a splint at the highest price", splint("400.00")),
    ("a treatment of the new kind on a prescription of the first day", clasp(date(2025, 10, 1))),
    (
        "what is paid by an approved estimate",
        good_file(case([position("54406", DAY, "512.00", None, legs=ESTIMATE)], zhe=ERGO_ZHE)),
    ),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.says)
def test_a_defect_is_found_and_nothing_else(defect: Defect) -> None:
    assert [one[:3] for one in told(defect.text)] == list(defect.expected)


@pytest.mark.parametrize("text", [text for _, text in GOOD], ids=[says for says, _ in GOOD])
def test_what_is_allowed_is_not_found(text: str) -> None:
    assert told(text) == []


def test_that_no_list_is_at_hand_is_said_once_in_a_file_however_many_cases_it_has() -> None:
    many = nutrition(*(date(2026, 9, day) for day in range(2, 30)))
    assert [one[:3] for one in told(many)] == [NO_LIST]


def test_the_note_says_what_could_not_be_compared() -> None:
    (note,) = findings(nutrition(DAY))
    assert note.text == (
        "Für die Leistungserbringergruppe 7300501 ist hier keine Preisliste hinterlegt. "
        "Preise und Zuzahlungen wurden nicht mit dem Vertrag verglichen."
    )


def test_a_note_tells_from_which_day_on_prices_are_held() -> None:
    lines = [position(day=date(2025, 12, 30))]
    early = good_file(
        case(lines, zhe={"verordnungsdatum": date(2025, 12, 29)}), rechnungsdatum=date(2026, 1, 5)
    )
    assert [one.text.partition(" ist hier")[0] for one in findings(early)] == [
        "Für die Leistungserbringergruppe 2200501 und Leistungen vor dem 01.01.2026"
    ]


def test_a_finding_names_both_prices_and_the_page_of_the_contract() -> None:
    text = good_file(case([*SIX[1:], position(price="30.00", copayment="3.00")]))
    assert [(one.text, one.source) for one in findings(text)] == [
        (
            "Der Vertrag nennt für die Position 20501 am 07.09.2026 29,63 €, angegeben sind 30,00 €.",
            "Physio-A2, A, Seite 3",
        )
    ]


def test_the_first_sign_of_a_position_does_not_change_its_price() -> None:
    masseur = good_file(case(SIX), vkz="01")
    changed = with_element(masseur, "EHE", "2", "10501")
    assert [one.rule for one in told(changed)] == ["ehe.position-of-other-profession"]


def test_a_price_of_which_nothing_can_be_said_is_passed_over_in_a_line_that_is_wrong_otherwise() -> None:
    changed = with_element(good_file(), "EHE", "1.2", "99U00")
    assert [one.rule for one in told(changed)] == ["ehe.tarif"]


def test_a_text_beside_a_position_changes_nothing() -> None:
    assert told(after_segment(good_file(), "EHE", "TXT+Doppelbehandlung")) == []
