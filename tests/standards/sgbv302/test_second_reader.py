"""A reader that others wrote finds in our files the tags, elements and components that we meant.

The other reader is pydifact, which knows EDIFACT and nothing of § 302. What is peculiar to it stands here
as tests of its own, so that a change is noticed, and nothing is bent for it but what these tests name:

* It reads texts, not bytes: the charset is undone before.
* It holds UNB, UNH, UNT, UNZ, and also UST and TXT against its own directories of EDIFACT, which it does not
  bring along, and warns that they are missing: it is asked not to validate.
* It warns of a segment without elements. A DIA without both of its fields is one; the check finds that.
* It cannot tell a composite with one component from a plain element. In TA1 every composite has at least
  two components that must be there.
* It looks for a UNA anywhere in the file and takes an apostrophe in front of it for a terminator even if
  that is released: a name like D'UNA breaks it. Texts with UNA in them are left out below.
* After a terminator it drops blanks, CR and LF, as we do.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydifact.exceptions import EDISyntaxError, MissingImplementationWarning
from pydifact.parser import Parser
from pydifact.segments import Segment as OtherSegment
from pydifact.segments import SegmentFactory

from tests.standards.sgbv302 import small_file
from tests.standards.sgbv302.generated import SEGMENTS, characters_of, name_of, rows, whole_files
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.edifact.tables import Composite, Segment, table_of
from zuzahlung.standards.edifact.writing import write
from zuzahlung.standards.sgbv302 import files, slla

Read = list[tuple[str, list[str | list[str]]]]


class NotValidating(SegmentFactory):
    """Takes every segment as it stands."""

    @staticmethod
    def create_segment(name: str, *elements: Any, **_validation: Any) -> OtherSegment:
        return SegmentFactory.create_segment(name, *elements, validate=False)


def read_by_others(text: str) -> Read:
    parser = Parser(factory=NotValidating())
    return [(segment.tag, list(segment.elements)) for segment in parser.parse(text)]


def meant(row: Segment) -> tuple[str, list[str | list[str]]]:
    """Return a row as the other reader should see it, made from its values and not from what we write."""
    elements = [seen(getattr(row, field.name), field.the_form.least if field.form else 0)
                for field in table_of(type(row)).fields]  # fmt: skip
    while elements and not elements[-1]:
        elements.pop()
    return type(row).__name__, elements


def seen(value: Any, digits: int) -> str | list[str]:
    if isinstance(value, Composite):
        return [
            str(seen(getattr(value, field.name), field.the_form.least))
            for field in table_of(type(value)).fields
        ]
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat().replace("-", "")
    if isinstance(value, int):
        return str(value).zfill(digits)
    if isinstance(value, Decimal):
        sign = "-" if value < 0 else ""
        cents = str(int(abs(value) * 100)).zfill(3)
        return f"{sign}{cents[:-2]},{cents[-2:]}"
    return str(value)


EMPTY_DIA = pytest.mark.filterwarnings("ignore:Segment DIA is empty:SyntaxWarning")


@EMPTY_DIA
@pytest.mark.parametrize("segment", SEGMENTS, ids=name_of)
@settings(max_examples=40)
@given(data=st.data())
def test_any_segment_we_write_is_read_alike_by_others(segment: type[Any], data: st.DataObject) -> None:
    row = data.draw(rows(segment))
    for comma in (False, True):
        text = write(row, comma=comma) + "'"
        assume("UNA" not in text)
        assert read_by_others(text) == [meant(row)]


@EMPTY_DIA
@settings(max_examples=30)
@given(whole_files(characters_of(Charset.I1)), st.sampled_from(["", "\n", "\r\n"]), st.booleans())
def test_any_file_we_write_is_read_alike_by_others(
    datei: files.Nutzdaten, line_end: str, comma: bool
) -> None:
    data = Charset.I1.encode_lossless(files.write(datei, line_end=line_end, comma=comma))
    assume(b"UNA" not in data)
    assert read_by_others(data.decode("latin-1")) == [meant(row) for row in files.segments_of(datei)]


def test_a_file_with_every_segment_is_read_alike_by_others() -> None:
    datei = files.read([small_file.TEXT], Charset.I1.decode)
    found = read_by_others(files.write(datei))
    assert found == [meant(row) for row in files.segments_of(datei)]
    assert [tag for tag, _ in found] == [segment[:3] for segment in small_file.SEGMENTS]
    assert found[0] == (
        "UNB",
        [
            ["UNOC", "3"], "440301798", "660999007", ["20261005", "1040"],
            "00118", "B", "SL030179S10", "0",
        ],
    )  # fmt: skip
    assert ("NAD", ["D'Angelo", "Luigi", "19720413"]) in found
    assert ("DIA", ["", "Rückenschmerz: links"]) in found
    assert ("TXT", ["Fragen?"]) in found
    assert found[-1] == ("UNZ", ["000002", "00118"])


def test_peculiar_to_the_other_reader_is_that_a_released_una_breaks_it() -> None:
    text = write(slla.NAD(nachname="D'UNAxyz", vorname="Luigi", geburtsdatum="19720413"))
    assert text == "NAD+D?'UNAxyz+Luigi+19720413"
    with pytest.raises(EDISyntaxError):
        read_by_others(text + "'UNZ+000001+00118'")


@pytest.mark.parametrize("text", ["UST+201/123/40207'", "TXT+a'"])
def test_peculiar_to_the_other_reader_is_that_it_validates_what_it_has_no_directory_for(text: str) -> None:
    with pytest.warns(MissingImplementationWarning):
        list(Parser().parse(text))


def test_peculiar_to_the_other_reader_is_that_it_warns_of_a_segment_without_elements() -> None:
    with pytest.warns(SyntaxWarning, match="^Segment DIA is empty"):
        read_by_others("DIA'")


def test_peculiar_to_the_other_reader_is_that_it_drops_blanks_and_line_ends_after_a_terminator() -> None:
    assert read_by_others("TXT+a' \r\n \nTXT+b'\r\n") == [("TXT", ["a"]), ("TXT", ["b"])]


def test_peculiar_to_the_other_reader_is_that_a_single_component_is_a_plain_element() -> None:
    assert read_by_others("REC+a+b:'") == [("REC", ["a", "b"])]
