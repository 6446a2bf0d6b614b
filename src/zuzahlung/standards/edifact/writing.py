"""Writing: a row becomes the text of its segment, or everything that cannot be written is named.

Source: TA1 V21, 5.1; TA1 V21, 5.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from zuzahlung.standards.edifact import faults
from zuzahlung.standards.edifact.faults import Fault, Faulty
from zuzahlung.standards.edifact.kept import Kept, once
from zuzahlung.standards.edifact.syntax import COMPONENT, ELEMENT, release
from zuzahlung.standards.edifact.tables import Field, Segment, Table, table_of


def write(row: Segment, *, comma: bool = False) -> str:
    """Return the text of a row, without terminator; raise Faulty with everything that cannot be written.

    `comma` also releases decimal marks inside of texts, for a receiver that takes TA1 5.1 by the letter.
    """
    return _writer_of(type(row), comma)(row)


class _Writer:
    """Writes rows of one kind."""

    def __init__(self, table: Table, *, comma: bool) -> None:
        self._table = table
        self._get = attrgetter(*(field.name for field in table.fields))
        self._is_single = len(table.fields) == 1
        self._kept = [_kept_texts(table.row, field.name, comma) for field in table.fields]

    def __call__(self, row: Any) -> str:
        values = (self._get(row),) if self._is_single else self._get(row)
        try:
            texts = [kept[value] for kept, value in zip(self._kept, values, strict=True)]
        except (ValueError, TypeError):  # A TypeError for what cannot be looked up, such as a list.
            raise Faulty(self._table.tag, list(_unwritable(self._table, row, ""))) from None
        while texts and not texts[-1]:
            texts.pop()
        return ELEMENT.join([self._table.tag, *texts])


@once
def _writer_of(segment: type[Any], comma: bool) -> _Writer:  # noqa: FBT001 - cached by position.
    return _Writer(table_of(segment), comma=comma)


@once
def _kept_texts(row: type[Any], name: str, comma: bool) -> Kept:  # noqa: FBT001 - cached by position.
    field = next(field for field in table_of(row).fields if field.name == name)

    def make(value: Any) -> str:
        if field.composite is not None:
            return _written_composite(field.composite, value, comma=comma)
        return _written(field, value, comma=comma)

    return Kept(make, {} if field.is_mandatory else {None: "", "": ""})


def _written_composite(table: Table, row: Any, *, comma: bool) -> str:
    if not isinstance(row, table.row):
        raise ValueError("this composite is expected here")  # noqa: TRY004 - a value that does not fit.
    parts = [_kept_texts(table.row, field.name, comma)[getattr(row, field.name)] for field in table.fields]
    while parts and not parts[-1]:
        parts.pop()
    return COMPONENT.join(parts)


def _written(field: Field, value: Any, *, comma: bool) -> str:
    form = field.the_form
    text = form.write(value)
    if faults.of_text(form, field.label, "", text):
        raise ValueError("the value does not have its form")
    return release(text, comma=comma) if form.read is str else text


def _unwritable(table: Table, row: Any, before: str) -> Iterator[Fault]:
    for field in table.fields:
        place, value = f"{before}{field.place}", getattr(row, field.name)
        if value is None or value == "":
            if field.is_mandatory:
                yield faults.missing(field.label, place)
        elif field.composite is None:
            yield from _unwritable_value(field, value, place)
        elif isinstance(value, field.composite.row):
            yield from _unwritable(field.composite, value, f"{place}.")
        else:
            yield _unfit(field.label, place, f"{field.composite.row.__name__} is expected here")


def _unwritable_value(field: Field, value: Any, place: str) -> Iterator[Fault]:
    form = field.the_form
    try:
        text = form.write(value)
    except ValueError as error:
        yield _unfit(field.label, place, f"{form.printed}: {error}")
        return
    if fault := faults.of_text(form, field.label, place, text):
        yield fault


def _unfit(label: str, place: str, detail: str) -> Fault:
    return Fault(
        rule="element.value",
        place=place,
        text=f"Der Wert von „{label}“ passt nicht in das Feld.",
        detail=detail,
        source=faults.LENGTHS,
    )
