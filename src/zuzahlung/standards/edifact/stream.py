r"""A file of any size as segments: bytes in, texts of segments out, in memory that does not grow with the file.

Between segments nothing, a line feed, or carriage return and line feed may stand, and other white space; a
service string advice (UNA) at the beginning is taken when it names the characters everybody uses.
In every charset one byte is one character, so a place in the text is a place in the file.

Source: TA1 V21, 5.1; TA1 V21, 5.2; house, white space between segments is dropped.

>>> list(segments([b"UNB+UNOC:3'\r\nUN", b"H+00001'\r\n"]))
[Piece(number=1, offset=0, text='UNB+UNOC:3'), Piece(number=2, offset=13, text='UNH+00001')]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from zuzahlung.standards.edifact.syntax import RELEASE, TERMINATOR, ends_in_release
from zuzahlung.standards.errors import MalformedInput

LONGEST: Final = 65_536
"""The longest segment that is read, in characters; the longest that TA1 allows has some hundreds."""

CHUNK: Final = 65_536
"""How many bytes a file is best read in at once."""

_BLANK: Final = " \t\r\n"
_ADVICE: Final = "UNA"
_ADVICE_LENGTH: Final = 9
_ADVICES: Final = (":+,? '", ":+.? '", ":+,?*'", ":+.?*'")


class Piece(NamedTuple):
    """One segment as it stands in the file: its number from 1, the byte it begins at, and its text.

    The text has no terminator and keeps its release characters. UNA has no number of its own and is no piece.
    """

    number: int
    offset: int
    text: str


class BrokenStream(MalformedInput):
    """The bytes cannot be read as segments any further; `offset` is the byte at which the trouble begins."""

    phrase = "broken stream of segments"

    def __init__(self, text: str, *, number: int, offset: int, beginning: str) -> None:
        super().__init__(text)
        self.number = number
        self.offset = offset
        self.beginning = beginning

    def __str__(self) -> str:
        return f"{self.phrase} at byte {self.offset}, segment {self.number}"


class UnfinishedSegment(BrokenStream):
    """The file ends within a segment."""

    phrase = "the file ends within a segment"


class EndlessSegment(BrokenStream):
    """No terminator comes for so long that this is no segment."""

    phrase = "no terminator"


class OtherSeparators(BrokenStream):
    """The UNA names other service characters than `:+,? '`."""

    phrase = "other service characters"


def segments(
    chunks: Iterable[bytes], decode: Callable[[bytes], str] = lambda chunk: chunk.decode("latin-1")
) -> Iterator[Piece]:
    """Yield the segments of a file that comes in chunks of any size; raise BrokenStream where none can be made.

    `decode` must make one character of each byte and never fail. What could be read is yielded before.
    """
    number, offset, rest = 0, 0, ""
    new_piece = tuple.__new__
    for chunk in _after_advice(map(decode, chunks)):
        *finished, rest = (rest + chunk.text).split(TERMINATOR)
        offset = offset or chunk.offset
        open_ = ""
        for part in finished:
            if part[-1:] == RELEASE and ends_in_release(part):
                open_ += part + TERMINATOR
                continue
            if open_:
                part, open_ = open_ + part, ""  # noqa: PLW2901 - the whole segment takes the place of its end.
            plain = part.lstrip(_BLANK)
            number += 1
            offset += len(part)
            length = len(plain)
            if length > LONGEST:
                raise _endless(number, offset - length, plain)
            # The same as Piece(…), without the call of a function in between.
            yield new_piece(Piece, (number, offset - length, plain))
            offset += 1
        rest = open_ + rest
        if len(rest) > LONGEST:
            offset, rest = _without_blanks(number, offset, rest)
    if plain := rest.lstrip(_BLANK):
        raise UnfinishedSegment(
            "Die Datei bricht mitten in einem Segment ab.",
            number=number + 1,
            offset=offset + len(rest) - len(plain),
            beginning=plain[:80],
        )


class _Text(NamedTuple):
    offset: int
    text: str


def _after_advice(texts: Iterable[str]) -> Iterator[_Text]:
    """Yield the texts without the service string advice; only the offset of the first one is meant."""
    beginning, is_beginning = "", True
    for text in texts:
        if not is_beginning:
            yield _Text(0, text)
            continue
        beginning += text
        if len(beginning) >= _ADVICE_LENGTH or not _ADVICE.startswith(beginning[:3]):
            is_beginning = False
            yield _Text(_advice(beginning), beginning[_advice(beginning) :])
    if is_beginning:
        yield _Text(_advice(beginning), beginning[_advice(beginning) :])


def _without_blanks(number: int, offset: int, rest: str) -> tuple[int, str]:
    plain = rest.lstrip(_BLANK)
    if len(plain) > LONGEST:
        raise _endless(number + 1, offset + len(rest) - len(plain), plain)
    return offset + len(rest) - len(plain), plain


def _advice(text: str) -> int:
    if not text.startswith(_ADVICE):
        return 0
    named = text[3:_ADVICE_LENGTH]
    if named not in _ADVICES:
        raise OtherSeparators(
            "Die Datei nennt am Anfang (UNA) andere Trennzeichen als : + , ? und '.",
            number=0,
            offset=0,
            beginning=text[:9],
        )
    return _ADVICE_LENGTH


def _endless(number: int, offset: int, plain: str) -> EndlessSegment:
    return EndlessSegment(
        f"Hier beginnt ein Segment, das nach {LONGEST} Zeichen noch nicht zu Ende ist.",
        number=number,
        offset=offset,
        beginning=plain[:80],
    )
