"""Prüfstufe 2: the order of the segments in a message, and how often each may stand.

Source: TA1 V21, 5.5.2; TA1 V21, 5.5.3.1; TA1 V21, 6.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.standards.edifact.stream import Piece
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error
from zuzahlung.standards.sgbv302.checks.seen import Message
from zuzahlung.standards.sgbv302.messages import Nachricht

_SOURCE = "TA1 V21, 5.5.2; TA1 V21, 5.5.3.1"

UNKNOWN = error(
    "segment.unknown",
    2,
    "Das Segment „{tag}“ gibt es in der Nachricht {typ} nicht.",
    "No segment {tag} in {typ}.",
    _SOURCE,
)
WRONG = error(
    "segment.order",
    2,
    "{tag} darf nicht nach {last} stehen. Dort wird erwartet: {expected}.",
    "{tag} after {last}; expected is one of: {among}.",
    _SOURCE,
)
TOO_MANY = error(
    "segment.too-many",
    2,
    "{tag} steht öfter als {most}-mal hintereinander.",
    "{tag} occurs at most {most} times.",
    _SOURCE,
)
TOO_FEW = error(
    "segment.too-few",
    2,
    "{tag} muss mindestens {least}-mal stehen.",
    "{tag} occurs at least {least} times.",
    _SOURCE,
)


def unknown(piece: Piece, message: Message) -> FileFinding:
    """Return that the message has no such segment."""
    tag = piece.text.partition("+")[0][:10]
    return UNKNOWN.broken_at(piece, tag=tag, typ=message.typ)


def wrong(piece: Piece, tag: str, last: str, nachricht: Nachricht) -> FileFinding:
    """Return that a segment may not follow the one before it."""
    expected = nachricht.folgen.get(last, frozenset())
    in_order = [other for other in (*nachricht.segmente, "UNT") if other in expected]
    return WRONG.broken_at(
        piece, tag=tag, last=last, expected=" oder ".join(in_order), among=", ".join(in_order)
    )


def too_many(piece: Piece, tag: str, times: int, nachricht: Nachricht) -> Iterator[FileFinding]:
    """Yield, once, that a segment stands too often in a row."""
    most = nachricht.hoechstens.get(tag)
    if most is not None and times == most + 1:
        yield TOO_MANY.broken_at(piece, tag=tag, most=most)


def too_few(piece: Piece, tag: str, times: int, nachricht: Nachricht) -> Iterator[FileFinding]:
    """Yield that a segment stood too seldom before this one."""
    least = nachricht.mindestens.get(tag)
    if least is not None and times < least:
        yield TOO_FEW.broken_at(piece, tag=tag, least=least)
