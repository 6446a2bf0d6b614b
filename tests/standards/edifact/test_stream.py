"""Bytes in chunks of any size give the same segments at the same places, in memory that does not grow with the file."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from itertools import count, pairwise, repeat
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.standards.sgbv302 import small_file
from zuzahlung.standards.edifact import stream
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.edifact.stream import (
    CHUNK,
    LONGEST,
    BrokenStream,
    EndlessSegment,
    OtherSeparators,
    Piece,
    UnfinishedSegment,
    segments,
)

BLANKS = b" \t\r\n"


def cut(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def texts(*chunks: bytes) -> list[str]:
    return [piece.text for piece in segments(chunks)]


def broken(*chunks: bytes) -> BrokenStream:
    with pytest.raises(BrokenStream) as caught:
        list(segments(chunks))
    return caught.value


def test_pieces_have_number_and_byte_and_neither_terminator_nor_white_space_before() -> None:
    data = b" UNB+A'\r\nUNH+1'UNT+M\xfcller'\n\tUNZ+?''  "
    assert list(segments([data])) == [
        Piece(number=1, offset=1, text="UNB+A"),
        Piece(number=2, offset=9, text="UNH+1"),
        Piece(number=3, offset=15, text="UNT+Müller"),
        Piece(number=4, offset=28, text="UNZ+?'"),
    ]


@pytest.mark.parametrize("data", [b"", b"\r\n", b"  \n\t "], ids=repr)
def test_a_file_without_anything_in_it_has_no_segments(data: bytes) -> None:
    assert list(segments([data])) == []
    assert list(segments([])) == []


def test_empty_chunks_are_nothing() -> None:
    assert texts(b"", b"UN", b"", b"", b"B+A'", b"") == ["UNB+A"]


def test_an_empty_segment_is_a_segment() -> None:
    assert list(segments([b"A''\r\n'B'"])) == [
        Piece(number=1, offset=0, text="A"),
        Piece(number=2, offset=2, text=""),
        Piece(number=3, offset=5, text=""),
        Piece(number=4, offset=6, text="B"),
    ]


def test_white_space_within_a_segment_and_at_its_end_belongs_to_it() -> None:
    assert texts(b"NAD+ A \r\nB \n'") == ["NAD+ A \r\nB \n"]


def test_nul_bytes_are_kept_where_they_stand() -> None:
    assert list(segments([b"A\x00'\x00\x00B'"])) == [
        Piece(number=1, offset=0, text="A\x00"),
        Piece(number=2, offset=3, text="\x00\x00B"),
    ]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b" \r\n\r\n"], ids=repr)
@pytest.mark.parametrize("advice", [b"UNA:+,? '", b"UNA:+.? '", b"UNA:+,?*'", b"UNA:+.?*'"])
def test_an_advice_that_names_the_usual_separators_is_no_segment(advice: bytes, end: bytes) -> None:
    data = advice + end + b"UNB+A'"
    for size in range(1, len(data) + 1):
        (piece,) = segments(cut(data, size))
        assert piece == Piece(number=1, offset=9 + len(end), text="UNB+A")


@pytest.mark.parametrize(
    "data", [b"UNA:+.!~'UNB+A'", b"UNA+:,? 'UNB:A'", b"UNA:+,? ;UNB+A;", b"UNA:+,?", b"UNA", b"UNA\r\n'"]
)
def test_an_advice_that_names_others_is_refused_at_once(data: bytes) -> None:
    for size in range(1, len(data) + 1):
        found = broken(*cut(data, size))
        assert type(found) is OtherSeparators
        assert (found.number, found.offset) == (0, 0)
        assert found.text == "Die Datei nennt am Anfang (UNA) andere Trennzeichen als : + , ? und '."
        assert str(found) == "other service characters at byte 0, segment 0"
        assert found.beginning == data[:9].decode("latin-1")


def test_an_advice_alone_is_a_file_without_segments() -> None:
    assert list(segments(cut(b"UNA:+,? '\r\n", 2))) == []


def test_an_advice_anywhere_else_is_a_segment_like_any_other() -> None:
    assert texts(b"UNB+A'UNA:+,x 'UNZ'") == ["UNB+A", "UNA:+,x ", "UNZ"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"TXT+a?'b'X'", ["TXT+a?'b", "X"]),
        (b"TXT+a??'X'", ["TXT+a??", "X"]),
        (b"TXT+a???'b'X'", ["TXT+a???'b", "X"]),
        (b"TXT+?'?'?''X'", ["TXT+?'?'?'", "X"]),
        (b"TXT+????'X'", ["TXT+????", "X"]),
        (b"TXT+?\r\n'X'", ["TXT+?\r\n", "X"]),
    ],
)
def test_a_released_terminator_ends_nothing_wherever_the_chunks_are_cut(
    data: bytes, expected: list[str]
) -> None:
    for first in range(len(data) + 1):
        for second in range(first, len(data) + 1):
            assert texts(data[:first], data[first:second], data[second:]) == expected


def test_a_file_broken_off_at_any_byte_gives_its_whole_segments_and_says_where_the_rest_begins() -> None:
    data = small_file.TEXT
    whole = list(segments([data]))
    assert [piece.text for piece in whole] == list(small_file.SEGMENTS)
    ends = [piece.offset + len(piece.text) + 1 for piece in whole]
    for length in range(len(data)):
        done = sum(end <= length for end in ends)
        begins_at = whole[done].offset if done < len(whole) else len(data)
        expected = None if length <= begins_at else (UnfinishedSegment, done + 1, begins_at)
        assert really([data[:length]]) == (whole[:done], expected)


def test_a_refusal_shows_no_more_than_the_beginning_and_logs_see_nothing_of_it() -> None:
    found = broken(b"UNB+A'NAD+M\xfcller" + b"x" * 100)
    assert found.text == "Die Datei bricht mitten in einem Segment ab."
    assert found.beginning == "NAD+Müller" + "x" * 70
    assert str(found) == "the file ends within a segment at byte 6, segment 2"


def test_the_longest_segment_is_read_and_a_longer_one_is_refused() -> None:
    assert texts(b"x" * LONGEST + b"'") == ["x" * LONGEST]
    for end in (b"", b"'", b"'UNZ'"):
        for size in (1000, CHUNK, 1_000_000):
            found = broken(*cut(b"UNB+A'\r\n" + b"y" * (LONGEST + 1) + end, size))
            assert type(found) is EndlessSegment
            assert (found.number, found.offset, found.beginning) == (2, 8, "y" * 80)
    assert found.text == "Hier beginnt ein Segment, das nach 65536 Zeichen noch nicht zu Ende ist."
    assert str(found) == "no terminator at byte 8, segment 2"


@pytest.mark.parametrize("pattern", [b"A", b"?'", b"????", b"\x00", b"A+:"], ids=repr)
def test_a_gigabyte_without_a_terminator_is_given_up_early(pattern: bytes) -> None:
    gigabyte = repeat(pattern * (CHUNK // len(pattern)), 1_000_000_000 // CHUNK)
    taken = count()

    tracemalloc.start()
    try:
        with pytest.raises(EndlessSegment):
            list(segments(chunk for chunk, _ in zip(gigabyte, taken, strict=False)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert next(taken) <= 3
    assert peak < 3_000_000


@pytest.mark.thorough
@pytest.mark.parametrize("blanks", [b"\r\n" * (CHUNK // 2), b" " * CHUNK], ids=["lines", "blanks"])
def test_two_hundred_megabytes_of_white_space_pass_in_bounded_memory(blanks: bytes) -> None:
    times = 200_000_000 // CHUNK
    chunks: Iterable[bytes] = (
        chunk for part in ([b"UNB'"], repeat(blanks, times), [b"UNZ'"]) for chunk in part
    )
    tracemalloc.start()
    try:
        assert list(segments(chunks)) == [Piece(1, 0, "UNB"), Piece(2, 4 + times * CHUNK, "UNZ")]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.thorough
def test_memory_does_not_grow_with_the_number_of_segments() -> None:
    chunk = small_file.joined(*small_file.SEGMENTS) * 40

    def peak_of(times: int) -> int:
        tracemalloc.start()
        try:
            assert sum(1 for _ in segments(repeat(chunk, times))) == times * 40 * len(small_file.SEGMENTS)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak_of(200) < 1.5 * peak_of(5)


def test_one_chunk_of_nothing_but_released_terminators_is_given_up_early() -> None:
    assert type(broken(b"?'" * 2_000_000)) is EndlessSegment


def test_any_charset_may_decode() -> None:
    assert [piece.text for piece in segments([b"NAD+M}ller'"], Charset.I8.decode)] == ["NAD+Müller"]


# A plain reading of the rules, a character at a time, which everything is held against.
def plainly(data: bytes, longest: int) -> tuple[list[Piece], tuple[type[BrokenStream], int, int] | None]:
    at, number, pieces = 0, 1, list[Piece]()
    if data.startswith(b"UNA"):
        if data[3:9] not in {b":+,? '", b":+.? '", b":+,?*'", b":+.?*'"}:
            return [], (OtherSeparators, 0, 0)
        at = 9
    while (begin := after_white_space(data, at)) < len(data):
        at = end_of_segment(data, begin)
        if at - begin > longest:
            return pieces, (EndlessSegment, number, begin)
        if at == len(data):
            return pieces, (UnfinishedSegment, number, begin)
        pieces.append(Piece(number, begin, data[begin:at].decode("latin-1")))
        at, number = at + 1, number + 1
    return pieces, None


def after_white_space(data: bytes, at: int) -> int:
    while at < len(data) and data[at] in BLANKS:
        at += 1
    return at


def end_of_segment(data: bytes, at: int) -> int:
    is_released = False
    while at < len(data) and (is_released or data[at : at + 1] != b"'"):
        is_released = data[at : at + 1] == b"?" and not is_released
        at += 1
    return at


def really(chunks: Iterable[bytes]) -> tuple[list[Piece], tuple[type[BrokenStream], int, int] | None]:
    pieces: list[Piece] = []
    try:
        for piece in segments(chunks):
            pieces.append(piece)  # noqa: PERF402 - what came before the refusal counts too.
    except BrokenStream as error:
        return pieces, (type(error), error.number, error.offset)
    return pieces, None


FEW = st.lists(st.sampled_from([b"?", b"'", b" ", b"\r\n", b"A", b"+", b"\x00", b"\xe4"]), max_size=40)
ADVICE = st.sampled_from([b"", b"", b"UNA:+,? '", b"UNA:+.?*'", b"UNA", b"UNA'", b"UN", b"UNA:+,? ''"])
DATA = st.tuples(ADVICE, st.binary() | FEW.map(b"".join)).map(b"".join)


@given(DATA, st.lists(st.integers(0, 60)))
@example(b"AAAAAAAA'", [3])
@example(b"  A?'A?'A?'", [])
def test_any_bytes_cut_anywhere_give_what_a_plain_reading_gives(data: bytes, places: list[int]) -> None:
    edges = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    chunks = [data[start:end] for start, end in pairwise(edges)]
    for longest in (6, LONGEST):
        with patch.object(stream, "LONGEST", longest):
            assert really(chunks) == plainly(data, longest)


@given(DATA)
def test_every_piece_stands_in_the_file_where_it_says(data: bytes) -> None:
    pieces, _ = really([data])
    for number, piece in enumerate(pieces, start=1):
        assert piece.number == number
        assert data[piece.offset : piece.offset + len(piece.text) + 1] == piece.text.encode("latin-1") + b"'"
