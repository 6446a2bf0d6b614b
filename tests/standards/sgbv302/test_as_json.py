"""A § 302 file becomes JSON a segment a line, and the JSON becomes the same file again, byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from zuzahlung.standards.edifact import stream, writing
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.edifact.forms import Form
from zuzahlung.standards.edifact.stream import BrokenStream
from zuzahlung.standards.edifact.tables import Field, Segment, Table, table_of
from zuzahlung.standards.sgbv302 import as_json
from zuzahlung.standards.sgbv302.as_json import LONGEST_BLANKS, EndlessBlanks, NoSegments, to_json
from zuzahlung.standards.sgbv302.from_json import from_json
from zuzahlung.standards.sgbv302.messages import SLGA_21, SLLA_B_21, Nachricht
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ, Nachrichtenkennung, Syntax

FILE = (
    b"UNB+UNOC:3+440301798+660999007+20261005:1040+00118+B+SL030179S10+0'\r\n"
    b"UNH+00001+SLLA:21:0:0'\r\n"
    b"FKT+01++440301798+109990018+109990018'\r\n"
    b"INV+A123456780+10000+1+1'\r\n"
    b"NAD+D?'Angelo+M\xfcller ?+ S\xf6hne+19720413'\r\n"
    b"EHE+22:00501+20501+1,00+29,63+20260907+2,96'\r\n"
    b"EHE+22:00501+29901+1,00+0,35+20260907++12'\r\n"
    b"DIA+M54.5'\r\n"
    b"UNT+000008+00001'\r\n"
    b"UNZ+000001+00118'\r\n"
)
DOCUMENT = r"""{"format": "esol-json/1", "charset": "I1", "line_end": "\r\n", "segments": [
{"segment": "UNB", "syntax": {"kennung": "UNOC", "version": "3"}, "absender": "440301798", "empfaenger": "660999007", "zeitpunkt": {"datum": "2026-10-05", "uhrzeit": "1040"}, "datenaustauschreferenz": "00118", "leistungsbereich": "B", "anwendungsreferenz": "SL030179S10", "testindikator": "0"},
{"segment": "UNH", "nachrichtenreferenznummer": "00001", "nachrichtenkennung": {"typ": "SLLA", "version": "21", "freigabe": "0", "organisation": "0"}},
{"segment": "FKT", "verarbeitungskennzeichen": "01", "ik_leistungserbringer": "440301798", "ik_kostentraeger": "109990018", "ik_krankenkasse": "109990018"},
{"segment": "INV", "versichertennummer": "A123456780", "versichertenstatus": "10000", "beleginformation": "1", "belegnummer": "1"},
{"segment": "NAD", "nachname": "D'Angelo", "vorname": "Müller + Söhne", "geburtsdatum": "19720413"},
{"segment": "EHE", "leistungserbringergruppe": {"abrechnungscode": "22", "tarifkennzeichen": "00501"}, "positionsnummer": "20501", "anzahl": "1.00", "einzelbetrag": "29.63", "leistungsdatum": "2026-09-07", "zuzahlung": "2.96"},
{"segment": "EHE", "leistungserbringergruppe": {"abrechnungscode": "22", "tarifkennzeichen": "00501"}, "positionsnummer": "29901", "anzahl": "1.00", "einzelbetrag": "0.35", "leistungsdatum": "2026-09-07", "kilometer": 12},
{"segment": "DIA", "diagnoseschluessel": "M54.5"},
{"segment": "UNT", "anzahl_einheiten": 8, "nachrichtenreferenznummer": "00001"},
{"segment": "UNZ", "anzahl_nachrichten": 1, "datenaustauschreferenz": "00118"}
]}
"""
UNH_SLLA = b"UNH+00001+SLLA:21:0:0'"
UNH_SLGA = b"UNH+00001+SLGA:21:0:0'"


def text_of(data: bytes, charset: Charset = Charset.I1) -> str:
    return b"".join(to_json([data], charset)).decode("utf-8")


def document_of(data: bytes, charset: Charset = Charset.I1) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text_of(data, charset))
    return document


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def again(data: bytes, charset: Charset = Charset.I1, *, size: int = 1000) -> bytes:
    """The file by way of JSON, both read in pieces of a size."""
    return b"".join(from_json(cut(b"".join(to_json(cut(data, size), charset)), size)))


def test_a_file_is_shown_a_segment_a_line() -> None:
    assert text_of(FILE) == DOCUMENT


def test_the_shown_document_makes_the_same_file_again() -> None:
    assert b"".join(from_json([DOCUMENT.encode()])) == FILE


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"MWS+19,00+,15", {"satz": "19.00", "betrag": "0.15", "wire": "MWS+19,00+,15"}),
        (b"MWS+19,00+-0,00", {"satz": "19.00", "betrag": "0.00", "wire": "MWS+19,00+-0,00"}),
        (b"MWS+19,00+00012,50", {"satz": "19.00", "betrag": "12.50", "wire": "MWS+19,00+00012,50"}),
        (b"TXT+eins?, zwei", {"text": "eins, zwei", "wire": "TXT+eins?, zwei"}),
        (b"TXT+?e?i?n?s", {"text": "eins", "wire": "TXT+?e?i?n?s"}),
        # What a receiver of I5 would read otherwise we never write ourselves.
        (b"TXT+Caf\xb4", {"text": "Caf´", "wire": "TXT+Caf´"}),
        # With these, nobody knows what the sender meant.
        (b"DIA+M54.5+", {"wire": "DIA+M54.5+"}),
        (b"TXT+Text+mehr", {"wire": "TXT+Text+mehr"}),
        (b"TXT", {"wire": "TXT"}),
        (b"MWS+19,0+1,50", {"wire": "MWS+19,0+1,50"}),
        (b"SKZ+1+20260231+B1", {"wire": "SKZ+1+20260231+B1"}),
        (b"TXT+\x00\x1b[31m\x9b", {"wire": "TXT+\x00\x1b[31m\x9b"}),
        (b"TXT+" + b"x" * 500, {"wire": "TXT+" + "x" * 500}),
    ],
    ids=lambda given: str(given)[:25],
)
def test_a_segment_we_would_write_otherwise_carries_its_text(written: bytes, shown: dict[str, str]) -> None:
    data = UNH_SLLA + written + b"'"
    expected = {"segment": written[:3].decode(), **shown}
    assert document_of(data)["segments"][1] == expected
    assert again(data) == data


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"XYZ+1:2+3'", [{"segment": "XYZ", "wire": "XYZ+1:2+3"}]),
        (b"XYZ'", [{"segment": "XYZ", "wire": "XYZ"}]),
        (b"X?+Y?'Z+1'", [{"segment": "X?+Y?'Z", "wire": "X?+Y?'Z+1"}]),
        (b"''", [{"segment": "", "wire": ""}, {"segment": "", "wire": ""}]),
        (b"+'", [{"segment": "", "wire": "+"}]),
        # Longer tags that begin like a known one are another segment.
        (b"UNZX+000001+00118'", [{"segment": "UNZX", "wire": "UNZX+000001+00118"}]),
        (b"unz+000001+00118'", [{"segment": "unz", "wire": "unz+000001+00118"}]),
        (b"UNZ:000001+00118'", [{"segment": "UNZ:000001", "wire": "UNZ:000001+00118"}]),
    ],
)
def test_an_unknown_segment_is_its_text(data: bytes, shown: list[dict[str, str]]) -> None:
    shown[0].setdefault("after", "")
    assert [{"after": "", **segment} for segment in document_of(data)["segments"]] == [
        {"after": "", **segment} for segment in shown
    ]
    assert again(data) == data


@pytest.mark.parametrize(
    ("data", "before", "line_end", "after"),
    [
        (b"A'B'C'", None, "", [None, None, None]),
        (b"A'\nB'\nC'\n", None, "\n", [None, None, None]),
        (b"A'\r\nB'\r\nC'\r\n", None, "\r\n", [None, None, None]),
        (b"A'\r\nB'\r\nC'", None, "\r\n", [None, None, ""]),
        (b"A'\r\nB'\nC'\r\n\r\n", None, "\r\n", [None, "\n", "\r\n\r\n"]),
        (b"A'B'\r\nC'\r\n", None, "", [None, "\r\n", "\r\n"]),
        (b"A'\r\n  B'\tC'", None, "\r\n  ", [None, "\t", ""]),
        (b"UNA:+,? 'A'B'C'", "UNA:+,? '", "", [None, None, None]),
        (b"UNA:+.? '\r\nA'\r\nB'\r\nC'\r\n", "UNA:+.? '\r\n", "\r\n", [None, None, None]),
        (b"\r\n A'\nB'\nC'\n", "\r\n ", "\n", [None, None, None]),
    ],
)
def test_white_space_and_una_are_kept(
    data: bytes, before: str | None, line_end: str, after: list[str | None]
) -> None:
    document = document_of(data)
    assert (document.get("before"), document["line_end"]) == (before, line_end)
    assert [segment.get("after") for segment in document["segments"]] == after
    for size in range(1, len(data) + 1):
        assert again(data, size=size) == data


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (UNH_SLGA + b"FKT+01++440301798+109990018++440301798'", "ik_absender"),
        (UNH_SLLA + b"FKT+01++440301798+109990018+109990018+440301798'", "ik_rechnungssteller"),
        (b"FKT+01++440301798+109990018+109990018+440301798'", None),
        (b"UNH+00001+SLLA:20:0:0'FKT+01++440301798+109990018+109990018'", None),
        (b"UNH+00001+KOTR:21:0:0'FKT+01++440301798+109990018+109990018'", None),
        (b"UNH+00001'FKT+01++440301798+109990018+109990018'", None),
        (UNH_SLLA + b"UNT+000002+00001'FKT+01++440301798+109990018+109990018'", None),
        (UNH_SLLA + b"UNH+'FKT+01++440301798+109990018+109990018'", None),
        (
            FILE[: FILE.index(b"UNH")].replace(b"+B+", b"+A+") + UNH_SLLA + b"INV+A123456780+10000+1+1'",
            None,
        ),
        (
            FILE[: FILE.index(b"UNH")].replace(b"+B+", b"+A+") + UNH_SLGA + b"UST+123'",
            "steuernummer",
        ),
    ],
)
def test_a_segment_is_read_by_the_table_of_its_message_and_no_other(data: bytes, known: str | None) -> None:
    last = document_of(data)["segments"][-1]
    if known is None:
        assert last.keys() - {"after"} == {"segment", "wire"}
    else:
        assert known in last
        assert "wire" not in last
    assert again(data) == data


@pytest.mark.parametrize(
    ("charset", "written", "shown"),
    [
        (Charset.I1, b"M\xfcller", r'"text": "Müller"'),
        (Charset.I8, b"M}ller", r'"text": "Müller"'),
        (Charset.I7, b"M}ller", r'"text": "Müller"'),
        (Charset.I7, b"M\xfcller", r'"wire": "TXT+M\udcfcller"'),
        (Charset.I5, b"5 \xa4", r'"text": "5 €", "wire": "TXT+5 €"'),
        (Charset.I1, b"\x85\x7f", r'"wire": "TXT+\u0085\u007f"'),
        (Charset.I8, b"info\x40praxis", r'"text": "info§praxis"'),
        (Charset.I8, b"info\xa7praxis", r'"text": "info@praxis", "wire": "TXT+info@praxis"'),
    ],
)
def test_bytes_are_shown_in_the_charset_of_the_file(charset: Charset, written: bytes, shown: str) -> None:
    data = UNH_SLLA + b"TXT+" + written + b"'"
    assert text_of(data, charset).splitlines()[2] == f'{{"segment": "TXT", {shown}}}'
    assert document_of(data, charset)["charset"] == charset.value
    assert again(data, charset) == data


@pytest.mark.parametrize("data", [b"", b"\r\n", b"UNA:+,? '", b"UNA:+,? '\r\n\r\n"])
def test_a_file_without_segments_is_refused(data: bytes) -> None:
    with pytest.raises(NoSegments) as refused:
        text_of(data)
    assert refused.value.text == "In der Datei steht kein Segment."


def test_what_cannot_be_cut_into_segments_is_refused() -> None:
    for end in range(1, len(FILE)):
        if not FILE[:end].rstrip().endswith(b"'") or FILE[:end].endswith(b"?'"):
            with pytest.raises(BrokenStream):
                text_of(FILE[:end])


@pytest.mark.parametrize("before", [b"", b"UNA:+,? '", b"A'", b"A'\r\nB'"])
@pytest.mark.parametrize("behind", [b"", b"C'"])
@pytest.mark.parametrize("size", [1000, 10_000_000])
def test_white_space_without_end_is_refused(before: bytes, behind: bytes, size: int) -> None:
    with pytest.raises(EndlessBlanks) as refused:
        list(to_json(cut(before + b" " * 200_000 + behind, size), Charset.I1))
    assert refused.value.text == "Hier beginnt Leerraum, der nach 65536 Zeichen noch nicht zu Ende ist."


def test_white_space_up_to_the_limit_is_kept() -> None:
    data = b"A'" + b" " * LONGEST_BLANKS + b"B'"
    assert again(data) == data


def test_gigabytes_of_white_space_are_not_read() -> None:
    taken = 0

    def blanks() -> Iterator[bytes]:
        nonlocal taken
        yield b"A'"
        while taken < 1000:
            taken += 1
            yield b" " * 1000

    with pytest.raises(EndlessBlanks):
        list(to_json(blanks(), Charset.I1))
    assert taken < 150


def test_a_file_is_read_no_further_than_its_json_is_asked_for() -> None:
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        while taken < 1000:
            taken += 1
            yield b"XYZ+1'\n" * 10

    lines = to_json(pieces(), Charset.I1)
    assert b"XYZ+1" in [next(lines) for _ in range(25)][-1]
    assert taken == 3


def every_table(nachrichten: Iterable[Nachricht] = (SLGA_21, SLLA_B_21)) -> list[Table]:
    rows = {UNB, UNH, UNT, UNZ} | {row for one in nachrichten for row in one.segmente.values()}
    return sorted(map(table_of, rows), key=lambda table: (table.tag, table.row.__module__))


def test_no_field_of_a_table_has_the_name_of_what_the_format_adds() -> None:
    added = {"segment", "wire", "after"}
    assert [table.tag for table in every_table() if added & {field.name for field in table.fields}] == []


def values(form: Form, alphabet: str) -> st.SearchStrategy[Any]:
    """Whatever can be written in an element of this form."""
    if form.decimals:
        limit = 10 ** (form.most + form.decimals) - 1
        return st.integers(-limit, limit).map(lambda number: Decimal(number).scaleb(-form.decimals))
    if form.read is int:
        return st.integers(0, 10**form.most - 1)
    if form.read == date.fromisoformat:
        return st.dates()
    return st.text("0123456789" if form.is_number else alphabet, min_size=form.least, max_size=form.most)


def rows(table: Table, alphabet: str) -> st.SearchStrategy[Any]:
    """Every row of a table that can be written."""
    members: dict[str, st.SearchStrategy[Any]] = {}
    for field in table.fields:
        if field.composite is not None:
            one = rows(field.composite, alphabet)
        elif field.the_form.most:
            one = values(field.the_form, alphabet)
        else:
            one = st.none()
        # The syntax has both parts wherever it stands.
        is_there = field.is_mandatory or table.row is Syntax
        members[field.name] = one if is_there else st.none() | one
    return st.builds(table.row, **members)


@st.composite
def files(draw: st.DrawFn) -> tuple[list[Segment], Charset, str]:
    """Segments of every kind in two messages, in any order, with a charset that carries them and a line end."""
    charset = draw(st.sampled_from(Charset))
    alphabet = "".join(sorted(charset.repertoire()))
    segments: list[Segment] = []
    unb = draw(rows(table_of(UNB), alphabet))
    segments.append(UNB(**{name: getattr(unb, name) for name in unb.__slots__} | {"leistungsbereich": "B"}))
    for nachricht in draw(st.lists(st.sampled_from([SLGA_21, SLLA_B_21]), max_size=3)):
        kennung = Nachrichtenkennung(typ=nachricht.typ, version="21", freigabe="0", organisation="0")
        segments.append(UNH(nachrichtenreferenznummer="00001", nachrichtenkennung=kennung))
        kinds = draw(st.lists(st.sampled_from(sorted(nachricht.segmente)), max_size=4))
        segments += [draw(rows(table_of(nachricht.segmente[kind]), alphabet)) for kind in kinds]
        segments.append(draw(rows(table_of(UNT), alphabet)))
    segments.append(draw(rows(table_of(UNZ), alphabet)))
    return segments, charset, draw(st.sampled_from(["", "\n", "\r\n"]))


@given(files(), st.integers(1, 500))
def test_every_canonical_file_comes_back_and_needs_no_text_of_its_own(
    file: tuple[list[Segment], Charset, str], size: int
) -> None:
    segments, charset, line_end = file
    data = b"".join(charset.encode(writing.write(segment)) + b"'" + line_end.encode() for segment in segments)
    document = document_of(data, charset)
    assert [segment["segment"] for segment in document["segments"]] == [
        type(segment).__name__ for segment in segments
    ]
    assert not any({"wire", "after"} & segment.keys() for segment in document["segments"])
    assert again(data, charset, size=size) == data


@given(st.data(), st.sampled_from(every_table()), st.sampled_from(Charset))
def test_every_segment_of_every_table_comes_back(data: st.DataObject, table: Table, charset: Charset) -> None:
    row = data.draw(rows(table, "".join(sorted(charset.repertoire()))))
    head = b"" if table.row in {UNB, UNH, UNT, UNZ} else UNH_SLLA
    if table.row in SLGA_21.segmente.values() and table.row not in SLLA_B_21.segmente.values():
        head = UNH_SLGA
    written = head + charset.encode(writing.write(row)) + b"'"
    shown = document_of(written, charset)["segments"][-1]
    assert "wire" not in shown
    assert shown == {"segment": table.tag, **as_json.described(row)}
    assert again(written, charset) == written


def is_cut(data: bytes) -> bool:
    try:
        return bool(list(stream.segments([data])))
    except BrokenStream:
        return False


TOKENS = [b"'", b"'", b"'", b"+", b":", b"?", b",", b"\r\n", b"\n", b" ", b"\t", b"UNA", b"UNA:+,? '"]
TOKENS += [b"UNB+UNOC:3+4+6+20261005:1040+1+B+S+0'", UNH_SLLA, UNH_SLGA, b"UNT+000002+00001'", b"UNZ"]
TOKENS += [b"EHE+22:00501+20501+1,00+29,63+20260907'", b"EHE", b"MWS+19,00+,15'", b"TXT+", b"\xfc", b"\x00"]


@given(
    st.lists(st.sampled_from(TOKENS) | st.binary(max_size=3)).map(b"".join).map(lambda data: data + b"'"),
    st.sampled_from(Charset),
    st.integers(1, 30),
)
@example(b"UNA:+,? 'UNA:+,? 'UNA+'", Charset.I1, 1)
@example(b"\r\nUNA:+,? 'X'", Charset.I1, 1)
@example(b"A??'?'?'B'''", Charset.I7, 2)
@example(b"UNB+UNOC+4+6+20261005:1040+1+B+S+0'", Charset.I1, 100)
def test_whatever_can_be_cut_into_segments_comes_back(data: bytes, charset: Charset, size: int) -> None:
    assume(is_cut(data))
    assert again(data, charset, size=size) == data


PAGE = (Path(__file__).parents[3] / "docs" / "formats" / "esol-json.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", ["", "-odd"])
def test_the_page_about_the_format_shows_what_happens(suffix: str) -> None:
    file, shown = (
        re.findall(rf"```{name}{suffix}\n(.*?)```", PAGE, re.DOTALL)[0] for name in ("esol", "json")
    )
    data = file.replace("\n", "\r\n").encode("latin-1")
    assert text_of(data) == shown
    assert b"".join(from_json([shown.encode()])) == data


def test_the_page_about_the_format_names_every_member_of_every_table() -> None:
    named = {tuple(cell.strip(" `") for cell in line.split("|")[1:-1]) for line in PAGE.splitlines()}
    missing = [member for table in every_table() for member in members_of(table) if member not in named]
    assert missing == []
    segments = {row[0] for row in named if len(row) == 6}
    assert segments - {"Segment", "---"} == {name_of(table) for table in every_table()}


def members_of(table: Table) -> Iterator[tuple[str, ...]]:
    """Each member as the page has it: segment, name, kind of value, form, M or K, label."""
    for name, field in flat(table, ""):
        form = "" if field.form is None else field.form.printed
        must = "M" if field.is_mandatory else "K"
        yield name_of(table), name, kind_of(field), form, must, field.label


def name_of(table: Table) -> str:
    # The two messages have tables of their own for this tag only.
    return f"FKT` in {table.row.__module__[-4:].upper()}" if table.tag == "FKT" else table.tag


def flat(table: Table, before: str) -> Iterator[tuple[str, Field]]:
    for field in table.fields:
        yield before + field.name, field
        if field.composite is not None:
            yield from flat(field.composite, f"{before}{field.name}.")


def kind_of(field: Field) -> str:
    if field.composite is not None:
        return "object"
    form = field.the_form
    if not form.most:
        return "stays empty"
    if form.decimals:
        return "amount"
    return {str: "text", int: "whole number"}.get(form.read, "day")  # type: ignore[call-overload, no-any-return]
