"""The form of a Diagnosegruppe and its place in the Heilmittelkatalog are two questions with two answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.errors import InvalidCharacters, InvalidLength, NumberError
from zuzahlung.standards.numbers import diagnosegruppe

CATALOGUE = {
    "1": "WS EX CS ZN PN AT GE LY SO1 SO2 SO3 SO4 SO5",
    "2": "DF NF QF UI1 UI2",
    "3": "ST1 ST2 ST3 ST4 SP1 SP2 SP3 SP4 SP5 SP6 RE1 RE2 SF SC",
    "4": "SB1 SB2 SB3 EN1 EN2 EN3 PS1 PS2 PS3 PS4",
    "5": "SAS CF",
}


def test_each_heilmittel_bereich_has_the_groups_of_its_catalogue() -> None:
    assert {bereich: " ".join(gruppen) for bereich, gruppen in diagnosegruppe.KATALOG.items()} == CATALOGUE


@pytest.mark.parametrize(
    ("gruppe", "bereich"),
    [(gruppe, bereich) for bereich, names in CATALOGUE.items() for gruppe in names.split()],
)
def test_a_group_belongs_to_its_bereich_and_to_no_other(gruppe: str, bereich: str) -> None:
    assert diagnosegruppe.parse(gruppe) == gruppe
    assert diagnosegruppe.is_billable(gruppe)
    assert diagnosegruppe.bereich_of(gruppe) == bereich
    assert [n for n in "0123456789" if diagnosegruppe.is_plausible(gruppe, n)] == [bereich]


@pytest.mark.parametrize("gruppe", ["CD2a", "WS1a", "X", "ws", "S01", "0000"])
def test_what_no_catalogue_knows_may_be_billed_with_a_warning(gruppe: str) -> None:
    assert diagnosegruppe.is_billable(gruppe)
    assert diagnosegruppe.is_valid(gruppe)
    assert diagnosegruppe.bereich_of(gruppe) is None
    assert not diagnosegruppe.is_plausible(gruppe, "1")


@pytest.mark.parametrize("bereich", ["1", "2", "3", "4", "5"])
def test_where_none_is_given_four_nines_stand_and_are_right_everywhere(bereich: str) -> None:
    assert diagnosegruppe.MISSING == "9999"
    assert diagnosegruppe.is_billable(diagnosegruppe.MISSING)
    assert diagnosegruppe.is_plausible(diagnosegruppe.MISSING, bereich)
    assert diagnosegruppe.bereich_of(diagnosegruppe.MISSING) is None


@pytest.mark.parametrize("text", ["", "PS 2", " WS", "WS\n", "PS-2", "WÄ", "ß", "WS1ab", "９９９９"])
def test_an_invoice_takes_nothing_but_one_to_four_letters_and_digits(text: str) -> None:
    assert not diagnosegruppe.is_billable(text)


def test_spaces_are_accepted_from_people_and_the_case_is_kept() -> None:
    assert diagnosegruppe.parse(" PS 2\n") == "PS2"
    assert diagnosegruppe.parse("CD2a") == "CD2a"
    assert diagnosegruppe.format(diagnosegruppe.parse("CD2a")) == "CD2a"


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        (
            " ",
            InvalidLength,
            "Bitte geben Sie die Diagnosegruppe der Verordnung ein, zum Beispiel WS oder PS2.",
        ),
        (
            "WS1ab",
            InvalidLength,
            (
                "Eine Diagnosegruppe hat höchstens 4 Zeichen, eingegeben sind 5. "
                "Bitte vergleichen Sie mit der Verordnung."
            ),
        ),
        (
            "WÄ",
            InvalidCharacters,
            (
                "Das Zeichen „Ä“ gehört nicht in eine Diagnosegruppe: Buchstaben (ohne Umlaute) und Ziffern. "
                "Bitte vergleichen Sie mit der Verordnung."
            ),
        ),
        (
            "PS-2",
            InvalidCharacters,
            (
                "Das Zeichen „-“ gehört nicht in eine Diagnosegruppe: Buchstaben (ohne Umlaute) und Ziffern. "
                "Meinten Sie PS2? Bitte vergleichen Sie mit der Verordnung."
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_german(typed: str, kind: type[NumberError], text: str) -> None:
    with pytest.raises(kind) as wrong:
        diagnosegruppe.parse(typed)
    assert wrong.value.text == text
    assert not diagnosegruppe.is_valid(typed)


@pytest.mark.parametrize(
    ("typed", "suggestion"), [("PS-2", "PS2"), ("WS.", "WS"), ("PS-9", None), ("Ä", None)]
)
def test_only_a_group_of_the_catalogue_is_offered(typed: str, suggestion: str | None) -> None:
    with pytest.raises(InvalidCharacters) as wrong:
        diagnosegruppe.parse(typed)
    assert wrong.value.suggestion == suggestion


@given(st.text(max_size=6))
def test_any_text_is_either_billable_without_its_spaces_or_an_error_with_a_german_sentence(text: str) -> None:
    if diagnosegruppe.is_valid(text):
        assert diagnosegruppe.is_billable(diagnosegruppe.parse(text))
        return
    assert not diagnosegruppe.is_billable(text)
    with pytest.raises(NumberError) as wrong:
        diagnosegruppe.parse(text)
    assert wrong.value.text.endswith(".")
