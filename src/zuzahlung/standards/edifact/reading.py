"""Reading: the text of a segment becomes a row of its table, or everything that is wrong with it is named.

A segment without release characters is matched by one regular expression made from its table; whatever
that does not match goes field by field, which is slower and tells all that is wrong. Values that come
again and again (days, prices, codes) are read once and kept.

Source: TA1 V21, 5.1; TA1 V21, 5.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from zuzahlung.standards.edifact import faults
from zuzahlung.standards.edifact.faults import Fault, Faulty
from zuzahlung.standards.edifact.kept import Kept, once
from zuzahlung.standards.edifact.syntax import COMPONENT, ELEMENT, components, elements, taken_back
from zuzahlung.standards.edifact.tables import Field, Segment, Table, table_of

S = TypeVar("S", bound=Segment)


def read(segment: type[S], text: str) -> S:
    """Return the row of a segment's text (tag first, no terminator); raise Faulty with all that is wrong."""
    return reader_of(segment)(text)


def reader_of(segment: type[S]) -> Callable[[str], S]:
    """Return what `read` does for this segment, for those who read many."""
    return _reader_of(segment)


class _Reader:
    """Reads the text of one kind of segment."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._match = re.compile(_pattern(table, ELEMENT, table.tag)).fullmatch
        self._texts, self._values = _places(table)

    def __call__(self, text: str) -> Any:
        found = self._match(text)
        if found is None:
            return self._slowly(text)
        groups = found.groups()
        row = object.__new__(self._table.row)
        try:
            # The row is frozen for everybody else: it is filled through its slots, which is five times as fast.
            for place, fill in self._texts:
                fill(row, groups[place] or None)
            for place, fill, kept in self._values:
                fill(row, kept[groups[place]])
        except ValueError:
            return self._slowly(text)
        return row

    def _slowly(self, text: str) -> Any:
        found = list(faults_in(self._table, text))
        if found:
            raise Faulty(self._table.tag, found)
        return _row(self._table, elements(text)[1:])


@once
def _reader_of(segment: type[Any]) -> Callable[[str], Any]:
    return _Reader(table_of(segment))


def _pattern(table: Table, separator: str, head: str | None) -> str:
    """Return the expression of a whole segment or composite, with one group for each field."""
    mandatory = max((field.place for field in table.fields if field.is_mandatory), default=0)
    parts, ends = [] if head is None else [head], 0
    for field in table.fields:
        one = f"({_pattern_of(field)})" + ("" if field.is_mandatory else "?")
        lead = re.escape(separator) if parts else ""
        if field.place > mandatory:
            parts.append(f"(?:{lead}{one}")
            ends += 1
        else:
            parts.append(lead + one)
    # Nothing but a filled field stands before the end.
    return "".join(parts) + ")?" * ends + (rf"(?<!\{separator})" if ends else "")


def _pattern_of(field: Field) -> str:
    if field.form is not None:
        return field.form.pattern
    inner = _pattern(field.the_composite, COMPONENT, None)
    return re.sub(r"\((?!\?)", "(?:", inner)


def _places(table: Table) -> tuple[list[tuple[int, Any]], list[tuple[int, Any, Kept]]]:
    texts: list[tuple[int, Any]] = []
    values: list[tuple[int, Any, Kept]] = []
    for place, field in enumerate(table.fields):
        fill = table.row.__dict__[field.name].__set__
        if field.form is not None and field.form.read is str:
            texts.append((place, fill))
        else:
            values.append((place, fill, _kept(field)))
    return texts, values


def _kept(field: Field) -> Kept:
    if field.composite is not None:
        return _kept_composites(field.composite.row)
    return _kept_values(field.the_form.read)


@once
def _kept_values(read_one: Callable[[str], Any]) -> Kept:
    return Kept(read_one, {"": None, None: None})


@once
def _kept_composites(composite: type[Any]) -> Kept:
    return Kept(lambda text: _row(table_of(composite), components(text)), {"": None, None: None})


def _row(table: Table, parts: Sequence[str]) -> Any:
    """Return the row of parts that have no fault."""
    values: dict[str, Any] = {}
    for field, part in zip(table.fields, parts, strict=False):
        if field.composite is not None:
            values[field.name] = _row(field.composite, components(part)) if part else None
        else:
            values[field.name] = field.the_form.read(taken_back(part)) if part else None
    return table.row(**values)


def faults_in(table: Table, text: str) -> Iterator[Fault]:
    """Yield everything that is wrong with the text of a segment of this table."""
    tag, *parts = elements(text)
    if tag != table.tag:
        yield _wrong_tag(table)
        return
    if not _WELL_RELEASED.fullmatch(text):
        yield _badly_released()
    yield from _faults_of_parts(table, parts, ELEMENT, "")


# What the stream of segments never gives, since there a terminator would have ended the segment.
_WELL_RELEASED = re.compile(r"(?:[^?']++|\?.)*+", re.DOTALL)


def _faults_of_parts(table: Table, parts: Sequence[str], separator: str, before: str) -> Iterator[Fault]:
    if len(parts) > len(table.fields):
        yield _surplus(separator, before, len(table.fields))
    elif parts and not parts[-1] and not table.fields[len(parts) - 1].is_mandatory:
        yield _trailing(separator, before)
    for field in table.fields:
        place = f"{before}{field.place}"
        part = parts[field.place - 1] if field.place <= len(parts) else ""
        if not part:
            if field.is_mandatory:
                yield faults.missing(field.label, place)
        elif field.composite is not None:
            yield from _faults_of_parts(field.composite, components(part), COMPONENT, f"{place}.")
        else:
            yield from _faults_of_part(field, part, place)


def _faults_of_part(field: Field, part: str, place: str) -> Iterator[Fault]:
    if len(components(part)) > 1:
        yield _surplus(COMPONENT, place, 1)
    elif fault := faults.of_text(field.the_form, field.label, place, taken_back(part)):
        yield fault


def _surplus(separator: str, place: str, most: int) -> Fault:
    if separator == ELEMENT:
        wants = "ein Feld" if most == 1 else f"{most} Felder"
        text, detail = f"Das Segment hat mehr als {wants}.", f"More elements than {most}."
    else:
        wants = "einem Teil" if most == 1 else f"{most} Teilen"
        text, detail = (
            f"Das Feld besteht aus mehr als {wants}.",
            f"More components than {most}; is a : not released?",
        )
    return Fault(
        rule="segment.surplus" if separator == ELEMENT else "element.surplus",
        place=place.rstrip("."),
        text=text,
        detail=detail,
        source="TA1 V21, 5.5",
    )


def _trailing(separator: str, place: str) -> Fault:
    return Fault(
        rule="segment.trailing-separator",
        place=place.rstrip("."),
        text=f"Am Ende steht ein Trennzeichen „{separator}“ zu viel.",
        detail="Empty elements at the end are omitted with their separators.",
        source=faults.EMPTY,
    )


def _wrong_tag(table: Table) -> Fault:
    return Fault(
        rule="segment.tag",
        place="",
        text=f"Das ist kein Segment {table.tag}.",
        detail=f"The tag is not {table.tag}.",
        source="TA1 V21, 5.5",
    )


def _badly_released() -> Fault:
    return Fault(
        rule="segment.release",
        place="",
        text="Ein Zeichen ' steht ohne ? davor, oder am Ende steht ein einzelnes ?.",
        detail="An apostrophe that is not released, or a release character that releases nothing.",
        source="TA1 V21, 5.1",
    )
