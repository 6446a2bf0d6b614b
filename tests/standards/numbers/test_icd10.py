"""A code of the ICD-10-GM is known by its form; letters printed behind it are split off, nothing is repaired."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.errors import InvalidCharacters, InvalidLength, NumberError
from zuzahlung.standards.numbers import icd10

CODES = st.from_regex(r"[A-Z][0-9]{2}(\.([0-9]{1,2}|[0-9]?-))?[+*!]?", fullmatch=True)


@pytest.mark.parametrize(
    "code",
    ["M54.5", "G80.1", "Z98.88", "E66.9", "M75.1", "I10", "G20.-", "E10.3+", "G73.6*", "U09.9!", "M24.5-"],
)
def test_a_code_in_use_is_read_as_it_is(code: str) -> None:
    assert icd10.parse(code) == code
    assert icd10.is_valid(code)
    assert icd10.is_plausible(code)
    assert icd10.format(icd10.parse(code)) == code


@pytest.mark.parametrize(
    ("typed", "kind", "suggestion"),
    [
        ("m54.5", InvalidCharacters, "M54.5"),
        ("M545", InvalidCharacters, "M54.5"),
        ("m545", InvalidCharacters, "M54.5"),
        ("M54,5", InvalidCharacters, "M54.5"),
        ("M54. 5", InvalidCharacters, "M54.5"),
        ("M54.5 G", InvalidCharacters, "M54.5"),
        ("E10.3†", InvalidCharacters, "E10.3+"),
        ("E1030+", InvalidCharacters, "E10.30+"),
        ("54.5", InvalidCharacters, None),
        ("MM4.5", InvalidCharacters, None),
        ("M5O.5", InvalidCharacters, None),
        ("Ä54.5", InvalidCharacters, None),
        ("M５4.5", InvalidCharacters, None),
        ("WS", InvalidCharacters, None),
        ("Rückenschmerz", InvalidCharacters, None),
        ("", InvalidLength, None),
        ("M", InvalidLength, None),
        ("M5", InvalidLength, None),
        ("M54.", InvalidLength, None),
        ("M54.555", InvalidLength, None),
        ("M54.5++", InvalidLength, None),
    ],
)
def test_another_form_is_refused_and_at_most_the_right_one_is_offered(
    typed: str, kind: type[NumberError], suggestion: str | None
) -> None:
    with pytest.raises(kind) as wrong:
        icd10.parse(typed)
    assert type(wrong.value) is kind
    assert getattr(wrong.value, "suggestion", None) == suggestion
    assert not icd10.is_valid(typed)
    assert not icd10.is_plausible(typed)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", "Bitte geben Sie den ICD-10-Code ein, zum Beispiel M54.5."),
        (
            "WS",
            "WS ist eine Diagnosegruppe. Gesucht ist der ICD-10-Code der Diagnose, zum Beispiel M54.5.",
        ),
        (
            "M54.",
            (
                "Der ICD-10-Code ist zu kurz, vollständig wäre zum Beispiel M54.5. "
                "Bitte vergleichen Sie mit der Verordnung."
            ),
        ),
        (
            "m54.5",
            (
                "Ein ICD-10-Code ist anders aufgebaut: Großbuchstabe, zwei Ziffern, Zusatz nach einem Punkt, "
                "zum Beispiel M54.5. Meinten Sie M54.5? Bitte vergleichen Sie mit der Verordnung."
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_in_german(typed: str, text: str) -> None:
    with pytest.raises(NumberError) as wrong:
        icd10.parse(typed)
    assert wrong.value.text == text


def test_spaces_around_the_code_are_accepted_from_people_but_not_in_files() -> None:
    assert icd10.parse(" M54.5\n") == "M54.5"
    assert icd10.is_valid(" M54.5\n")
    assert not icd10.is_plausible("M54.5 ")


@pytest.mark.parametrize(
    ("printed", "code", "marks"),
    [
        ("M54.5 G R", "M54.5", ("G", "R")),
        ("M54.5 R G", "M54.5", ("R", "G")),
        ("M54.5GB", "M54.5", ("G", "B")),
        ("M54.5 L", "M54.5", ("L",)),
        ("E66.9V", "E66.9", ("V",)),
        ("G20.- Z", "G20.-", ("Z",)),
        ("E10.3+ A", "E10.3+", ("A",)),
        ("I10", "I10", ()),
        (" I10 ", "I10", ()),
    ],
)
def test_letters_printed_behind_a_code_are_split_off(printed: str, code: str, marks: tuple[str, ...]) -> None:
    assert icd10.split(printed) == (code, marks)


@pytest.mark.parametrize(
    "printed", ["M54.5 G G", "M54.5 R L", "M54.5 G R G", "M54.5 X", "G R", "M54.5 g", "M545 G", ""]
)
def test_letters_that_are_no_side_and_certainty_are_not_split_off(printed: str) -> None:
    with pytest.raises(NumberError):
        icd10.split(printed)


def test_every_letter_has_its_meaning() -> None:
    assert icd10.SEITE == {"R": "rechts", "L": "links", "B": "beidseitig"}
    assert icd10.SICHERHEIT == {
        "G": "gesicherte Diagnose",
        "V": "Verdacht auf",
        "Z": "Zustand nach",
        "A": "ausgeschlossene Diagnose",
    }


@given(CODES, st.sampled_from(["", " ", "  "]), st.sampled_from(["", *"RLB"]), st.sampled_from(["", *"GVZA"]))
def test_whatever_is_printed_behind_a_code_the_code_comes_out_whole(
    code: str, gap: str, seite: str, sicherheit: str
) -> None:
    found = tuple(mark for mark in (seite, sicherheit) if mark)
    assert icd10.split(code + gap + seite + gap + sicherheit) == (code, found)


@given(st.text(max_size=10) | st.from_regex(r"[A-Zm]?[0-9O]{1,3}[.,]?[0-9-]{0,3}[+*! G]?", fullmatch=True))
def test_any_text_is_either_a_code_or_an_error_with_a_german_sentence(text: str) -> None:
    if icd10.is_valid(text):
        assert icd10.parse(text) == text.strip()
        return
    with pytest.raises(NumberError) as wrong:
        icd10.parse(text)
    assert wrong.value.text.endswith(".")
    suggestion = getattr(wrong.value, "suggestion", None)
    assert suggestion is None or icd10.is_plausible(suggestion)
