"""A table leaves the house so that a table program shows its cells and runs none of them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards import tables


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_begins_like_a_formula_is_text(beginning: str) -> None:
    assert tables.as_text(f"{beginning}1+1") == f"'{beginning}1+1"


@pytest.mark.parametrize("cell", ["", "A123456780", "19.11.2026", "2=2", "keine Auskunft", " =1", "ß+"])
def test_every_other_cell_stays_as_it_is(cell: str) -> None:
    assert tables.as_text(cell) == cell


def test_semicolons_quotes_and_line_ends_stay_inside_their_cell() -> None:
    assert tables.line(["a;b", 'sagt "ja"', "zwei\r\nZeilen", "", "plain, with comma"]) == (
        '"a;b";"sagt ""ja""";"zwei\r\nZeilen";;plain, with comma\r\n'
    )


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=4), min_size=1, max_size=5))
def test_whatever_is_written_is_read_again_and_no_cell_begins_like_a_formula(rows: list[list[str]]) -> None:
    text = "".join(tables.line(cells) for cells in rows)
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    assert read == [[tables.as_text(cell) for cell in cells] for cells in rows]
    assert not [
        cell for cells in read for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"}
    ]
