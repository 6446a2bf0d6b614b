"""Segments and composites as tables: one line a field, in the order of the wire, as the document prints it.

A segment is a frozen dataclass that inherits from `Segment` and is named by its tag. Each field is
`Annotated` with its form and its printed label; a field with a default of None may be missing (K), the
others must be there (M), also where they have another default. What reads, writes and checks a segment is
derived from these lines alone.

Source: house, how our tables are written.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from zuzahlung.standards.edifact.forms import Form
from zuzahlung.standards.edifact.kept import once


class Segment:
    """What every segment inherits: it is a row of a message, and its class name is its tag."""

    __slots__ = ()


class Composite:
    """What every composite (Datenelementgruppe) inherits: several components in one element."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One element, or one component of a composite.

    `place` counts from 1 as in the document; exactly one of `form` and `composite` is set. `notes` are
    whatever else stands in the annotation, for example the key table its codes are from.
    """

    name: str
    label: str
    place: int
    is_mandatory: bool
    form: Form | None
    composite: Table | None
    notes: Sequence[Any]

    @property
    def the_form(self) -> Form:
        """Return the form; raise TypeError for a composite."""
        if self.form is None:
            raise TypeError(f"{self.name} is a composite")
        return self.form

    @property
    def the_composite(self) -> Table:
        """Return the table of the composite; raise TypeError for a simple element."""
        if self.composite is None:
            raise TypeError(f"{self.name} is no composite")
        return self.composite

    def note(self, kind: type[Any]) -> Any:
        """Return the note of this kind, or None."""
        return next((note for note in self.notes if isinstance(note, kind)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The fields of a segment or composite in the order of the wire."""

    row: type[Any]
    fields: Sequence[Field]

    @property
    def tag(self) -> str:
        """Return the tag of the segment."""
        return self.row.__name__


@once
def table_of(row: type[Any]) -> Table:
    """Return the table a segment's or composite's class describes."""
    hints = get_type_hints(row, include_extras=True)
    described = dataclasses.fields(row)
    return Table(
        row=row,
        fields=tuple(_field(one, hints[one.name], place) for place, one in enumerate(described, start=1)),
    )


def _field(one: dataclasses.Field[Any], hint: Any, place: int) -> Field:
    kind, *notes = get_args(hint)
    form = next((note for note in notes if isinstance(note, Form)), None)
    composite = next((part for part in (kind, *get_args(kind)) if _is_composite(part)), None)
    return Field(
        name=one.name,
        label=next(note for note in notes if isinstance(note, str)),
        place=place,
        is_mandatory=one.default is not None,
        form=form,
        composite=None if composite is None else table_of(composite),
        notes=tuple(note for note in notes if not isinstance(note, Form | str)),
    )


def _is_composite(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Composite)
