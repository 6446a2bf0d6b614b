"""A JSON document is read in pieces of any size, and what is no JSON object is refused with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.sgbv302 import json_text
from zuzahlung.standards.sgbv302.json_text import LONGEST, Document, NotJson, Odd

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def read(*pieces: bytes) -> dict[str, Any]:
    """Everything in the document; lists are taken item by item."""
    document = Document(pieces)
    return {
        name: list(document.items()) if document.is_list() else document.value() for name in document.names()
    }


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(st.dictionaries(st.text(), VALUES, max_size=5), st.integers(1, 9), st.sampled_from([None, 1]))
def test_any_object_is_read_from_pieces_of_any_size(
    members: dict[str, Any], size: int, indent: int | None
) -> None:
    data = json.dumps(members, ensure_ascii=False, indent=indent).encode("utf-8", "backslashreplace")
    assert read(*cut(data, size)) == members


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Das JSON bricht in Zeile 1 ab."),
        ("\n\n ", "Das JSON bricht in Zeile 3 ab."),
        ("{", "Das JSON bricht in Zeile 1 ab."),
        ('{"a"', "Das JSON bricht in Zeile 1 ab."),
        ('{"a": 1', "Das JSON bricht in Zeile 1 ab."),
        ('{"a": [1,\n2', "Das JSON bricht in Zeile 2 ab."),
        ("[]", "In Zeile 1 ist das kein JSON, wie es hier erwartet wird."),
        ("UNB+UNOC:3'", "In Zeile 1 ist das kein JSON, wie es hier erwartet wird."),
        ('{"a": 1}\n{"a": 1}', "In Zeile 2 ist das kein JSON, wie es hier erwartet wird."),
        ('{\n"a": 1,\n}', "In Zeile 3 ist das kein JSON, wie es hier erwartet wird."),
        ('{\n"a": [1,\n\n]}', "In Zeile 4 ist das kein JSON, wie es hier erwartet wird."),
        ('{"a": [\n1 2]}', "In Zeile 2 ist das kein JSON, wie es hier erwartet wird."),
        ('{"a": "\n"}', "In Zeile 1 ist das kein JSON, wie es hier erwartet wird."),
        ('{"a": "\\x"}', "In Zeile 1 ist das kein JSON, wie es hier erwartet wird."),
        ("{'a': 1}", "In Zeile 1 ist das kein JSON, wie es hier erwartet wird."),
        ("{1: 1}", "In Zeile 1 ist das kein JSON, wie es hier erwartet wird."),
        ('{"a": \n{"b": tru}}', "In Zeile 2 ist das kein JSON, wie es hier erwartet wird."),
    ],
)
@pytest.mark.parametrize("size", [1, 100])
def test_what_is_no_object_is_refused_with_its_line(text: str, says: str, size: int) -> None:
    with pytest.raises(NotJson) as refused:
        read(*cut(text.encode(), size))
    assert refused.value.text == says


@pytest.mark.parametrize("data", [b'{"a": "M\xfcller"}', b'{"a": "\xc3', '{"a": 1}'.encode("utf-16")])
def test_another_encoding_than_utf_8_is_refused(data: bytes) -> None:
    with pytest.raises(NotJson) as refused:
        read(data)
    assert refused.value.text == "Die Datei ist kein Text in UTF-8, also kein JSON."


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read(b"\xef", b"\xbb\xbf{", b'"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.0", Odd.NUMBER),
        ("1e3", Odd.NUMBER),
        ("NaN", Odd.NUMBER),
        ("-Infinity", Odd.NUMBER),
        ("9" * 18, 999999999999999999),
        ("9" * 19, Odd.NUMBER),
        ("9" * 100_000, Odd.NUMBER),
        ('{"b": 1, "c": 2, "b": 1}', {"b": Odd.REPEATED, "c": 2}),
        (r'"\ud83d\ude00 \udcfc"', "\U0001f600 \udcfc"),
    ],
    ids=lambda given: str(given)[:20],
)
def test_what_a_decoder_lets_pass_is_kept_as_odd(written: str, value: Any) -> None:
    assert read(f'{{"a": {written}}}'.encode()) == {"a": value}


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_values_nested_beyond_measure_are_refused(opening: str) -> None:
    with pytest.raises(NotJson):
        read(f'{{"a": {{"b": {opening * 100_000}'.encode())


def test_a_value_without_end_is_given_up() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield b'{"a": "'
        while taken < 100:
            taken += 1
            yield b"x" * 100_000

    with pytest.raises(NotJson):
        read(*[next(piece) for piece in [endless()] * 2], *[b"x" * 100_000] * 50)
    document = Document(endless())
    with pytest.raises(NotJson):
        [document.value() for _ in document.names()]
    assert taken <= LONGEST // 100_000 + 3


def test_a_number_without_end_is_given_up() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield b'{"a": 1'
        while taken < 100:
            taken += 1
            yield b"0" * 100_000

    document = Document(endless())
    with pytest.raises(NotJson):
        [document.value() for _ in document.names()]
    assert taken <= LONGEST // 100_000 + 3


@pytest.mark.parametrize(("length", "is_read"), [(LONGEST, True), (LONGEST + 1, False)])
@pytest.mark.parametrize("sign", [b"1", b'"'], ids=["number", "text"])
def test_a_value_is_as_long_as_it_may_be_and_no_longer(sign: bytes, length: int, is_read: bool) -> None:
    value = sign + b"1" * (length - 2) + sign
    pieces = [b'{"a": ', *cut(value, 65_536), b"}"]
    if is_read:
        assert list(read(*pieces)) == ["a"]
    else:
        with pytest.raises(NotJson):
            read(*pieces)


def test_a_long_value_is_tried_a_few_times_and_not_with_every_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = 0

    class Counting(json.JSONDecoder):
        def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
            nonlocal tried
            tried += 1
            return super().raw_decode(s, idx)

    monkeypatch.setattr(json_text, "_DECODER", Counting())
    assert read(b'{"a": "', *[b"x" * 1_000] * 1_000, b'"}') == {"a": "x" * 1_000_000}
    assert tried <= 15


def test_a_list_is_read_no_further_than_its_items_are_asked_for() -> None:
    pieces = iter([b'{"rows": [1, ', b"2, ", b"3]}"])
    document = Document(pieces)
    assert next(document.names()) == "rows"
    items = document.items()
    assert next(items) == 1
    assert next(pieces) == b"2, "
