"""A segment is described by the lines of its class and by nothing else, in the order of the wire."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import Annotated, Any

import pytest

from zuzahlung.standards.edifact.forms import an, code, count
from zuzahlung.standards.edifact.reading import read
from zuzahlung.standards.edifact.tables import Composite, Segment, table_of
from zuzahlung.standards.edifact.writing import write


@dataclass(frozen=True)
class Note:
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair(Composite):
    first: Annotated[str, an(1), "First"] = "A"
    second: Annotated[str | None, an(1), "Second"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class XYZ(Segment):
    """A segment of no document."""

    pair: Annotated[Pair | None, "Pair"] = None
    number: Annotated[int, count(most=3), "Number"]
    kind: Annotated[str, code(2), "Kind", Note("of key 1"), Note("of key 2")] = "01"
    rest: Annotated[str | None, an(most=9), "Rest"] = None


FIELDS = table_of(XYZ).fields


def test_fields_stand_in_the_order_of_the_class_and_count_from_one() -> None:
    assert [(field.place, field.name, field.label) for field in FIELDS] == [
        (1, "pair", "Pair"),
        (2, "number", "Number"),
        (3, "kind", "Kind"),
        (4, "rest", "Rest"),
    ]


def test_a_field_may_be_missing_only_if_it_is_none_unless_said_otherwise() -> None:
    assert [field.is_mandatory for field in FIELDS] == [False, True, True, False]
    assert [field.is_mandatory for field in FIELDS[0].the_composite.fields] == [True, False]


def test_a_field_has_a_form_or_a_composite() -> None:
    assert [field.form is None for field in FIELDS] == [True, False, False, False]
    assert FIELDS[0].the_composite.row is Pair
    assert FIELDS[1].the_form.printed == "n..3"
    with pytest.raises(TypeError, match=r"^pair is a composite$"):
        FIELDS[0].the_form  # noqa: B018 - asking is what raises.
    with pytest.raises(TypeError, match=r"^number is no composite$"):
        FIELDS[1].the_composite  # noqa: B018 - asking is what raises.


def test_what_else_stands_in_an_annotation_is_found_by_its_kind() -> None:
    assert FIELDS[2].note(Note) == Note("of key 1")
    assert FIELDS[1].note(Note) is None
    assert FIELDS[2].notes == (Note("of key 1"), Note("of key 2"))


def test_the_name_of_the_class_is_the_tag() -> None:
    assert table_of(XYZ).tag == "XYZ"


def test_a_table_is_made_once() -> None:
    assert table_of(XYZ) is table_of(XYZ)


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (XYZ(number=7), "XYZ++7+01"),
        (XYZ(pair=Pair(), number=7, kind="02"), "XYZ+A+7+02"),
        (XYZ(pair=Pair(first="?", second=":"), number=7, rest="x"), "XYZ+??:?:+7+01+x"),
    ],
)
def test_a_row_is_written_and_read_by_its_table(row: XYZ, text: str) -> None:
    assert write(row) == text
    assert read(XYZ, text) == row


def test_a_row_that_was_read_is_as_frozen_as_any_other() -> None:
    row: Any = read(XYZ, "XYZ++7+01")
    with pytest.raises(FrozenInstanceError):
        row.number = 8
    assert row.rest is None
    assert hash(row) == hash(XYZ(number=7))
