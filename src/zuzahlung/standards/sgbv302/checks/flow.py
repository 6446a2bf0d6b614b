"""The check as one walk through the file: segments come in, findings go out, in the order of the file.

Each segment is read once. The envelope is Stufe 1; order and form of the segments are Stufe 2; what a case,
an invoice and the file say as wholes is Stufe 3 and asked when they end. A part that could not be read is
left out of what compares it with others, so that one fault does not bring forth others that mislead.

Source: TA1 V21, 6; house, how a file of any size is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Any, Final

from zuzahlung.standards.edifact import reading
from zuzahlung.standards.edifact.charsets import Charset, Suspicion, suspicion
from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.stream import BrokenStream, OtherSeparators, Piece, segments
from zuzahlung.standards.sgbv302.checks import envelope, fields, order
from zuzahlung.standards.sgbv302.checks.case import of_case
from zuzahlung.standards.sgbv302.checks.invoice import Invoices
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, Rule, warning
from zuzahlung.standards.sgbv302.checks.seen import At, Case, File, Item, Message
from zuzahlung.standards.sgbv302.messages import FASSUNGEN, Nachricht
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ

CHARSET: Final = warning(
    "file.charset",
    1,
    "{text}",
    "{detail}",
    "GGT2, ZEICHENSATZ",
)

TOO_LARGE: Final = warning(
    "case.too-large",
    3,
    "Der Fall hat mehr als {most} Positionen oder Diagnosen. Ob seine Summen stimmen, ist ungeprüft.",
    "More than {most} EHE or DIA in one case; its contents were not compared.",
    "TA1 V21, 6.2",
)

_SERVICE: Final[Mapping[str, Any]] = MappingProxyType({"UNB": UNB, "UNH": UNH, "UNT": UNT, "UNZ": UNZ})
_AFTER_TAG: Final = frozenset({"+", ""})
_new_tuple: Final = tuple.__new__
_NOTHING: Final[AbstractSet[str]] = frozenset()


def check(chunks: Iterable[bytes], charset: Charset = Charset.I1) -> Iterator[FileFinding]:
    """Yield every finding of a file that comes in chunks of bytes; raise nothing, whatever the bytes are."""
    return _Check(charset).run(chunks)


class _Check:
    """One walk; `_message` and `_case` are those the walk is in, or None."""

    def __init__(self, charset: Charset) -> None:
        self._charset = charset
        self._decoded = 0
        self._suspicion: Suspicion | None = None
        self._suspicion_at = -1
        self._file = File()
        self._invoices = Invoices()
        self._message: Message | None = None
        self._case: Case | None = None
        self._segments = 0
        self._last = ""
        self._in_order = True
        self._repeated = 0
        self._readers: Mapping[str, tuple[Callable[[str], Any], Sequence[fields.Key]]] = {}
        self._is_over = False
        self._is_outside = False
        self._unknown = 0
        self._misplaced: set[str] = set()
        self._smooth: Mapping[str, AbstractSet[str]] = {}

    def run(self, chunks: Iterable[bytes]) -> Iterator[FileFinding]:
        """Walk through the file."""
        last: Piece | None = None
        try:
            for piece in segments(chunks, self._decode):
                if last is None and piece.text[:4] != "UNB+":
                    yield envelope.NO_PAYLOAD.broken_at(piece)
                    return
                last = piece
                yield from self._of_piece(piece)
                if self._suspicion_at >= 0 and self._suspicion_at < piece.offset + len(piece.text):
                    yield from self._suspected(piece)
        except BrokenStream as broken:
            piece = Piece(broken.number, broken.offset, broken.beginning)
            if last is None and broken.beginning[:4] != "UNB+":
                is_other = isinstance(broken, OtherSeparators)
                yield (envelope.OTHER_SEPARATORS if is_other else envelope.NO_PAYLOAD).broken_at(piece)
                return
            yield envelope.BROKEN.broken_at(piece, text=broken.text, detail=f"{broken.phrase}.")
            yield from self._end(None)
            return
        if last is None:
            yield envelope.EMPTY.broken_at(None)
            return
        yield from self._end(last)

    def _decode(self, chunk: bytes) -> str:
        if self._suspicion is None and (found := suspicion(chunk, self._charset)):
            self._suspicion, self._suspicion_at = found, self._decoded + found.place
        self._decoded += len(chunk)
        return self._charset.decode(chunk)

    def _suspected(self, piece: Piece) -> Iterator[FileFinding]:
        self._suspicion_at = -1
        if self._suspicion is not None:
            yield CHARSET.broken_at(piece, text=self._suspicion.text, detail=self._suspicion.detail)

    def _of_piece(self, piece: Piece) -> Iterable[FileFinding]:
        tag = piece.text[:3]
        self._segments += 1
        if self._is_over:
            return self._outside(envelope.AFTER_UNZ, piece)
        if tag in _SERVICE and piece.text[3:4] in _AFTER_TAG:
            return self._of_service(piece, tag)
        if self._message is None:
            return self._outside(envelope.OUTSIDE, piece)
        return self._of_content(piece, tag, self._message)

    def _outside(self, rule: Rule, piece: Piece) -> Iterable[FileFinding]:
        """Return that a segment belongs to nothing; of several in a row, the first tells it all."""
        was_outside, self._is_outside = self._is_outside, True
        return () if was_outside else (rule.broken_at(piece),)

    def _of_service(self, piece: Piece, tag: str) -> Iterator[FileFinding]:
        row = None
        try:
            row = reading.read(_SERVICE[tag], piece.text)
        except Faulty as faulty:
            yield from fields.of_faults(piece, faulty.faults, stufe=1)
        else:
            yield from fields.of_codes(piece, row, fields.keys_of(type(row)))
        at = None if row is None else At(piece, row)
        if tag == "UNB":
            yield from self._of_unb(piece, at)
        elif tag == "UNH":
            yield from self._of_unh(piece, at)
        elif tag == "UNT":
            yield from self._of_unt(piece, at)
        else:
            yield from self._of_unz(piece, at)

    def _of_unb(self, piece: Piece, at: At | None) -> Iterator[FileFinding]:
        if piece.number > 1:
            yield envelope.SECOND_UNB.broken_at(piece)
        elif at is not None:
            self._file.unb = at
            self._invoices.begin(at)
            yield from envelope.of_unb(at)

    def _of_unh(self, piece: Piece, at: At | None) -> Iterator[FileFinding]:
        yield from self._end_of_message(None, is_told=self._was_unknown(piece))
        self._file.messages += 1
        self._is_outside = False
        typ, nachricht = "", None
        if at is not None:
            kennung = at.row.nachrichtenkennung
            typ, fassung = kennung.typ, FASSUNGEN.get(kennung.version)
            if fassung is not None and not envelope.is_of_other_area(typ, self._file):
                nachricht = fassung.nachrichten.get(typ)
            yield from envelope.of_unh(at, self._file)
        self._message = Message(unh=at, first=piece, typ=typ, nachricht=nachricht)
        self._segments, self._last, self._in_order, self._repeated = 1, "UNH", True, 1
        self._misplaced.clear()
        self._smooth = {} if nachricht is None else _smooth(nachricht)
        self._readers = (
            {}
            if nachricht is None
            else {
                tag: (reading.reader_of(segment), fields.keys_of(segment))
                for tag, segment in nachricht.segmente.items()
            }
        )
        yield from self._invoices.open(self._message)

    def _of_unt(self, piece: Piece, at: At | None) -> Iterator[FileFinding]:
        if self._message is None:
            yield from self._of_lost_unh(piece)
            return
        yield from self._of_order(piece, "UNT", self._message)
        if at is not None:
            yield from envelope.of_unt(at, self._message, self._file, self._segments)
        yield from self._end_of_message(piece)

    def _of_lost_unh(self, piece: Piece) -> Iterator[FileFinding]:
        """Yield that a message ends without having begun, unless its segments told so already.

        Those count as a message, so that the numbers of the others do not seem to be wrong.
        """
        if not self._is_outside:
            yield envelope.NO_UNH.broken_at(piece)
            return
        self._is_outside = False
        self._file.messages += 1
        yield from self._invoices.open(Message(unh=None, first=piece, typ="", nachricht=None))

    def _of_unz(self, piece: Piece, at: At | None) -> Iterator[FileFinding]:
        yield from self._end_of_message(None, is_told=self._was_unknown(piece))
        self._is_over, self._is_outside = True, False
        if not self._file.messages:
            yield envelope.NO_MESSAGE.broken_at(piece)
        if at is not None:
            yield from envelope.of_unz(at, self._file)

    def _end(self, last: Piece | None) -> Iterator[FileFinding]:
        """Yield what is missing after the last segment, which is None where it was said that the file breaks off."""
        yield from self._end_of_message(None, is_told=True)
        if not self._is_over and last is not None:
            yield envelope.NO_UNZ.broken_at(last)
        yield from self._invoices.end(is_cut=not self._is_over)

    def _end_of_message(self, end: Piece | None, *, is_told: bool = False) -> Iterator[FileFinding]:
        """Yield what is wrong with the message that ends; without `end` its UNT is missing, if that is not told."""
        message, self._message = self._message, None
        if message is None:
            return
        if end is None:
            message.is_whole = False
            if self._case is not None:
                self._case.is_whole = False
            if not is_told:
                yield envelope.NO_UNT.broken_at(message.first)
        message.segments = self._segments
        yield from self._end_of_case(message)
        if message.nachricht is not None:
            yield from self._invoices.close(message)

    def _of_content(self, piece: Piece, tag: str, message: Message) -> Iterable[FileFinding]:
        """Return what is wrong with a segment of a message; most segments take the short way through here."""
        if message.nachricht is None:
            return ()
        known = self._readers.get(tag)
        if known is None or piece.text[3:4] not in _AFTER_TAG:
            self._spoil(message)
            # It may stand for one that belongs here, so what follows it is not judged by its place.
            self._in_order = False
            was_unknown, self._unknown = self._was_unknown(piece), piece.number
            return () if was_unknown else (order.unknown(piece, message),)
        read, keys = known
        if tag in self._smooth.get(self._last, _NOTHING):
            found: Iterable[FileFinding] = ()
            self._last, self._in_order, self._repeated = tag, True, 1
        else:
            found = [*self._of_order(piece, tag, message)]
        if tag == "INV":
            found = [*found, *self._end_of_case(message)]
            self._case = Case()
            self._misplaced.clear()
        try:
            row = read(piece.text)
        except Faulty as faulty:
            self._spoil(message)
            return [*found, *fields.of_faults(piece, faulty.faults, stufe=2)]
        at = _new_tuple(At, (piece, row))  # The same as At(…), without a call in between.
        case = self._case
        if not (_place_in_message(tag, at, message) if case is None else _place_in_case(tag, at, case)):
            self._spoil(message)
        if keys and (unknown := fields.of_codes(piece, row, keys)):
            return [*found, *unknown]
        return found

    def _of_order(self, piece: Piece, tag: str, message: Message) -> Iterator[FileFinding]:
        """Yield that a segment may not stand here; of several in a row that may not, the first tells it all."""
        nachricht = message.nachricht
        if nachricht is None:
            return
        expected = nachricht.folgen.get(self._last, _NOTHING)
        if tag not in expected:
            # What is missing here because it stood elsewhere was told there.
            if self._in_order and not expected & self._misplaced:
                yield order.wrong(piece, tag, self._last, nachricht)
            self._in_order = False
            self._misplaced.add(tag)
            self._spoil(message)
        else:
            self._in_order = True
        if tag != self._last and message.is_whole:
            for finding in order.too_few(piece, self._last, self._repeated, nachricht):
                # What is missing here may stand where it may not, and need not be told again there.
                self._in_order = False
                yield finding
        self._repeated = self._repeated + 1 if tag == self._last else 1
        yield from order.too_many(piece, tag, self._repeated, nachricht)
        self._last = tag

    def _was_unknown(self, piece: Piece) -> bool:
        """Say whether the segment before this one is none that exists: it may have been what is missing."""
        return self._unknown == piece.number - 1

    def _spoil(self, message: Message) -> None:
        """Remember that the case, or else the message, cannot be compared as a whole."""
        if self._case is None:
            message.is_whole = False
        else:
            self._case.is_whole = False

    def _end_of_case(self, message: Message) -> Iterator[FileFinding]:
        case, self._case = self._case, None
        if case is None:
            return
        if not message.cases:
            yield from self._invoices.head(message)
        message.cases += 1
        if case.is_too_large:
            yield TOO_LARGE.broken_at(None if case.inv is None else case.inv.piece, most=MOST_OF_A_CASE)
        # With two sums they are two cases in one, and what one says would be held against the other.
        if case.sums < 2:
            yield from of_case(case, message, self._file)
        yield from self._invoices.add(case)


def _smooth(nachricht: Nachricht) -> Mapping[str, AbstractSet[str]]:
    """Return what may follow each segment without another look: whatever need not be counted."""
    return {
        tag: after - nachricht.hoechstens.keys()
        for tag, after in nachricht.folgen.items()
        if tag not in nachricht.mindestens
    }


MOST_OF_A_CASE: Final = 5_000
"""How many positions, or diagnoses, of one case are kept; more are no case, and would fill the memory."""
MOST_OF_A_MESSAGE: Final = 100
"""How many GES or SKO of one message are kept; nine each are allowed."""

_ONE_OF_MESSAGE: Final = {tag: tag.lower() for tag in ("FKT", "REC", "UST", "NAM")}
_ONE_OF_CASE: Final = {tag: tag.lower() for tag in ("INV", "URI", "NAD", "IMG", "EVO", "ZHE", "SKZ")}


def _place_in_message(tag: str, at: At, message: Message) -> bool:
    if tag in {"GES", "SKO"}:
        kept = message.ges if tag == "GES" else message.sko
        if len(kept) >= MOST_OF_A_MESSAGE:
            return False
        kept.append(at)
    elif (name := _ONE_OF_MESSAGE.get(tag)) and getattr(message, name) is None:
        setattr(message, name, at)
    else:
        return False
    return True


def _place_in_case(tag: str, at: At, case: Case) -> bool:
    if tag in {"EHE", "DIA"}:
        kept: list[Any] = case.items if tag == "EHE" else case.diagnoses
        if len(kept) >= MOST_OF_A_CASE:
            case.is_too_large = True
            return False
        kept.append(Item(at) if tag == "EHE" else at)
    elif tag in {"BES", "GZF"}:
        case.sums += 1
        if case.summe is not None:
            return False
        case.summe = at
    elif (name := _ONE_OF_CASE.get(tag)) and getattr(case, name) is None:
        setattr(case, name, at)
    elif tag == "TXT" and case.items and case.items[-1].txt is None:
        case.items[-1].txt = at
    elif tag == "MWS" and case.items and case.items[-1].mws is None:
        case.items[-1].mws = at
    else:
        return False
    return True
