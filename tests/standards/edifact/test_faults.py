"""A fault says what is wrong and where, and repeats nothing of the segment."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.edifact.faults import Fault, Faulty, missing, of_text
from zuzahlung.standards.edifact.forms import Form, an, code, count, day, decimal, nothing
from zuzahlung.standards.errors import MalformedInput

FORMS = [
    an(5), an(most=3), an(most=9, least=4), code(2), count(3), count(most=3), decimal(2, 2), decimal(3, 1), day(),
]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "text", "detail"),
    [
        (an(5), "1234", "an5, but the length is 4."),
        (an(most=3), "1234", "an..3, but the length is 4."),
        (code(2), "A1", "n2 holds digits only, a minus and a comma where decimals are defined."),
        (code(2), "123", "n2, but the length is 3."),
        (decimal(2, 2), "1,5", "n..2,2 has exactly 2 decimals after a comma."),
        (decimal(2, 2), "123,00", "n..2,2, but the length is 3."),
        (day(), "20261301", "JJJJMMTT that is no day of the calendar."),
        (nothing(), "x", "The element is defined, but kept empty."),
        (an(5), "12\x0034", "A control character, or a byte that the charset does not define."),
    ],
)
def test_the_detail_tells_form_and_length_to_it(form: Form, text: str, detail: str) -> None:
    fault = of_text(form, "Feld", "6", text)
    assert fault is not None
    assert fault.detail == detail
    assert fault.place == "6"
    assert "„Feld“" in fault.text


@pytest.mark.parametrize("form", FORMS, ids=[form.printed for form in FORMS])
@given(text=st.text(max_size=12) | st.text("0123456789,-", max_size=12))
def test_a_text_has_a_fault_exactly_if_it_does_not_match_its_form(form: Form, text: str) -> None:
    fault = of_text(form, "Feld", "1", text)
    if fault is None:
        assert form.write(form.read(text))
    if not set("+:?'") & set(text):
        assert (fault is None) == (bool(re.fullmatch(form.pattern, text)) and can_be_read(form, text))


def can_be_read(form: Form, text: str) -> bool:
    try:
        form.read(text)
    except ValueError:
        return False
    return True


def test_a_refusal_is_malformed_input_that_names_no_values() -> None:
    one = Fault(rule="element.length", place="1", text="Zu kurz.", detail="-", source="TA1 V21, 5.1(8)")
    whole = Fault(rule="segment.surplus", place="", text="Zu viel.", detail="-", source="TA1 V21, 5.5")
    faulty = Faulty("NAD", [one, whole])
    assert isinstance(faulty, MalformedInput)
    assert faulty.text == "Zu kurz. Zu viel."
    assert str(faulty) == "faulty segment NAD: 1 element.length - segment.surplus"
    assert faulty.faults == (one, whole)


def test_a_missing_field_is_named_by_its_label() -> None:
    fault = missing("Belegnummer", "4")
    assert (fault.rule, fault.place, fault.text) == (
        "element.missing",
        "4",
        "Die Pflichtangabe „Belegnummer“ fehlt.",
    )
