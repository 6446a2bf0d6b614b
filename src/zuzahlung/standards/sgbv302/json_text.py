"""A JSON document that comes in pieces: the members of its object, and one long list item by item.

No more than one value is held at a time, so the document may be of any size. Python's own decoder reads the
values; what it would pass over is kept as `Odd`, to be refused where it stands.

Source: house, how JSON is taken in.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Final

from zuzahlung.standards.errors import MalformedInput

LONGEST: Final = 2_000_000
"""The longest value that is read, in characters."""


class Odd(Enum):
    """What stands in place of a value that JSON allows, or Python's decoder does, and nobody here expects."""

    REPEATED = "a member that stands twice"
    NUMBER = "a number that is not whole, endless or longer than any count"


class NotJson(MalformedInput):
    """The bytes are no JSON object, or come to an end too early; `line` is where the trouble begins."""

    phrase = "not a JSON object"

    def __init__(self, text: str, *, line: int) -> None:
        super().__init__(text)
        self.line = line

    def __str__(self) -> str:
        return f"{self.phrase}, line {self.line}"


class Document:
    """A JSON object in UTF-8, read from pieces of any size; every method raises NotJson where it is none.

    >>> document = Document([b'{"name": "x", "rows": [1, ', b'2]}'])
    >>> [(name, list(document.items()) if document.is_list() else document.value()) for name in document.names()]
    [('name', 'x'), ('rows', [1, 2])]
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        # Editors on Windows put a byte order mark in front.
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._text, self._at, self._line = "", 0, 1
        self._is_over = False

    def names(self) -> Iterator[str]:
        """Yield the name of each member; its value has to be taken before the next name is asked for."""
        self._one_of("{")
        if self._peek() == "}":
            self._at += 1
        else:
            yield self._name()
            while self._one_of(",}") == ",":
                yield self._name()
        if self._peek():
            raise self._broken(self._at)

    def is_list(self) -> bool:
        """Say whether the value that comes next is a list."""
        return self._peek() == "["

    def items(self) -> Iterator[Any]:
        """Yield the items of the list that comes next."""
        self._one_of("[")
        if self._peek() == "]":
            self._at += 1
            return
        yield self.value()
        while self._one_of(",]") == ",":
            yield self.value()

    def value(self) -> Any:
        """Return the value that comes next."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                # Either the value goes on in the next piece, or there is none.
                if not self._much_more():
                    raise self._broken(error.pos) from None
            except RecursionError:
                raise self._broken(self._at) from None
            else:
                # A number at the very end of a piece may have more digits in the next.
                if end < len(self._text) or not self._much_more():
                    if end - self._at > LONGEST:
                        raise self._broken(self._at)
                    self._at = end
                    return value

    def _name(self) -> str:
        if self._peek() != '"':
            raise self._broken(self._at)
        name: str = self.value()
        self._one_of(":")
        return name

    def _one_of(self, characters: str) -> str:
        found = self._peek()
        if not found or found not in characters:
            raise self._broken(self._at)
        self._at += 1
        return found

    def _peek(self) -> str:
        """Return the character that comes next after white space, or nothing at the end."""
        while True:
            blanks = _BLANKS.match(self._text, self._at)
            self._at = blanks.end() if blanks else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _much_more(self) -> bool:
        """Read as much again as is at hand, so that a long value is tried a few times and not with every piece."""
        at_hand = len(self._text) - self._at
        if at_hand > LONGEST or not self._more():
            return False
        while len(self._text) < min(2 * at_hand, LONGEST + 1) and self._more():
            pass
        return True

    def _more(self) -> bool:
        """Read a piece more, and forget what is done with."""
        text = ""
        while not text and not self._is_over:
            chunk = next(self._chunks, None)
            self._is_over = chunk is None
            try:
                text = self._decode(chunk or b"", self._is_over)
            except UnicodeDecodeError:
                raise NotJson("Die Datei ist kein Text in UTF-8, also kein JSON.", line=self._line) from None
        if text:
            self._line += self._text.count("\n", 0, self._at)
            self._text, self._at = self._text[self._at :] + text, 0
        return bool(text)

    def _broken(self, at: int) -> NotJson:
        line = self._line + self._text.count("\n", 0, at)
        if self._is_over and at >= len(self._text):
            return NotJson(f"Das JSON bricht in Zeile {line} ab.", line=line)
        return NotJson(f"In Zeile {line} ist das kein JSON, wie es hier erwartet wird.", line=line)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                members[name] = Odd.REPEATED
            seen.add(name)
    return members


def _whole(digits: str) -> int | Odd:
    return int(digits) if len(digits.lstrip("-")) <= _MOST_DIGITS else Odd.NUMBER


_MOST_DIGITS: Final = 18
_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_whole,
    parse_float=lambda _: Odd.NUMBER,
    parse_constant=lambda _: Odd.NUMBER,
)
