r"""A § 302 file from the JSON that `as_json` or a program of somebody else made: checked strictly, or refused.

Every segment that has no text of its own („wire“) is written from its members as the tables say, and nothing
is corrected, replaced or passed over in silence. Counts and sums are taken as they stand; checking a file is
another matter.

Source: house, how a file stands in JSON.

>>> b"".join(from_json([b'''{"format": "esol-json/1", "charset": "I1", "line_end": "\\r\\n", "segments": [
... {"segment": "UNZ", "anzahl_nachrichten": 2, "datenaustauschreferenz": "00118"}]}''']))
b"UNZ+000002+00118'\r\n"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from zuzahlung.standards.days import parse_iso_day
from zuzahlung.standards.edifact import stream, writing
from zuzahlung.standards.edifact.charsets import Charset, NotInCharset
from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.forms import Form
from zuzahlung.standards.edifact.stream import BrokenStream
from zuzahlung.standards.edifact.syntax import elements
from zuzahlung.standards.edifact.tables import Field, Segment, Table
from zuzahlung.standards.errors import DayError, MalformedInput
from zuzahlung.standards.findings import Finding, Severity
from zuzahlung.standards.sgbv302 import json_rules
from zuzahlung.standards.sgbv302.as_json import FORMAT, LONGEST_BLANKS, Tables, described, plain
from zuzahlung.standards.sgbv302.json_text import Document, Odd
from zuzahlung.standards.sgbv302.messages import BEGINN

MOST_FINDINGS: Final = 100
"""With so many findings reading stops: nobody mends more at once."""


class Refused(MalformedInput):
    """The JSON is no file of segments; `findings` says all that is wrong, up to MOST_FINDINGS."""

    phrase = "refused JSON of a file"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(" ".join(finding.text for finding in findings))
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return f"{self.phrase}: " + " ".join(finding.rule for finding in self.findings)


def from_json(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of the file while its JSON is read, segment by segment; memory does not grow with it.

    Raise NotJson or Refused; what was yielded before is worth nothing then.
    """
    document, findings = Document(chunks), _Findings()
    head: dict[str, Any] = {}
    writer: _Writer | None = None
    for name in document.names():
        if writer is not None:
            findings.add(_pointer("", name), json_rules.AFTER_THE_SEGMENTS)
            document.value()
        elif name == "segments" and document.is_list():
            writer = _Writer(_frame_of(head, findings), findings)
            for index, item in enumerate(document.items()):
                yield writer.bytes_of(item, index)
        else:
            _take_in(head, name, document.value(), findings)
    if writer is None or writer.is_idle:
        findings.add("/segments", json_rules.NO_SEGMENTS)
    if writer is None:
        _frame_of(head, findings)
    findings.refuse()


def _take_in(head: dict[str, Any], name: str, value: Any, findings: _Findings) -> None:
    if name in head:
        findings.add(_pointer("", name), json_rules.REPEATED)
    elif name in _HEAD:
        head[name] = value
    elif name != "segments":
        findings.add(_pointer("", name), json_rules.UNKNOWN_MEMBER)


class _Findings:
    """What is wrong so far."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, pointer: str, rule: json_rules.Rule) -> None:
        self.put(pointer, rule.id, rule.text, rule.detail, json_rules.SOURCE)

    def put(self, pointer: str, rule: str, text: str, detail: str, source: str) -> None:
        self._found.append(
            Finding(
                rule=rule, severity=Severity.ERROR, pointer=pointer, text=text, detail=detail, source=source
            )
        )
        if len(self._found) == MOST_FINDINGS:
            self.refuse()

    def places(self, beginning: int) -> frozenset[str]:
        """Return the pointers of all findings from this one on."""
        return frozenset(finding.pointer for finding in self._found[beginning:])

    def __len__(self) -> int:
        return len(self._found)

    def refuse(self) -> None:
        """Raise Refused if anything is wrong."""
        if self._found:
            raise Refused(self._found)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Frame:
    """What the head says of the whole file."""

    charset: Charset
    before: str
    line_end: str


def _frame_of(head: Mapping[str, Any], findings: _Findings) -> _Frame:
    """Return what the head says; raise Refused at once if it is faulty, since it says how to read the rest."""
    if head.get("format") != FORMAT:
        findings.add("/format", json_rules.OTHER_FORMAT)
    if head.get("charset") not in [charset.value for charset in Charset]:
        findings.add("/charset", json_rules.OTHER_CHARSET)
    if not _is_before(head.get("before", "")):
        findings.add("/before", json_rules.NO_BEGINNING)
    if _blanks(head.get("line_end")) is None:
        findings.add("/line_end", json_rules.NOT_BLANK)
    findings.refuse()
    return _Frame(charset=Charset(head["charset"]), before=head.get("before", ""), line_end=head["line_end"])


class _Writer:
    """Writes segment after segment, and knows in which message it is."""

    def __init__(self, frame: _Frame, findings: _Findings) -> None:
        self._frame = frame
        self._charset = frame.charset
        self._findings = findings
        self._tables = Tables()
        self._is_lost = False
        self.is_idle = True

    def bytes_of(self, item: Any, index: int) -> bytes:
        """Return the bytes of a segment and of what follows it, before the first also of what precedes it.

        If anything is wrong with it, that is noted, and the bytes mean nothing.
        """
        self.is_idle = False
        pointer = f"/segments/{index}"
        if not isinstance(item, dict) or not isinstance(item.get("segment"), str):
            self._findings.add(pointer, json_rules.NO_SEGMENT)
            return b""
        members = dict(item)
        tag, after = members.pop("segment"), _blanks(members.pop("after", self._frame.line_end))
        if after is None:
            self._findings.add(f"{pointer}/after", json_rules.NOT_BLANK)
        before, known = self._frame.before if index == 0 else "", len(self._findings)
        if "wire" in members:
            wire = members.pop("wire")
            written = self._kept(tag, wire, members, pointer)
            if index == 0 and not before and written.startswith(b"UNA"):
                self._findings.add(f"{pointer}/wire", json_rules.ADVICE_IS_NO_SEGMENT)
        else:
            written = self._made(tag, members, pointer)
        is_good = len(self._findings) == known
        if not is_good:
            self._tables.passed(tag, None)
        if tag == BEGINN:
            self._is_lost = not is_good
        return before.encode("ascii") + written + b"'" + (after or b"")

    def _kept(self, tag: str, wire: Any, members: Mapping[str, Any], pointer: str) -> bytes:
        """Return the bytes of a segment whose text is given."""
        if not isinstance(wire, str):
            self._findings.add(
                f"{pointer}/wire", json_rules.REPEATED if wire is Odd.REPEATED else json_rules.NOT_TEXT
            )
            return b""
        try:
            written = self._charset.encode_lossless(wire)
        except NotInCharset as refusal:
            self._not_carried(f"{pointer}/wire", refusal)
            return b""
        if not _is_one_segment(written):
            self._findings.add(f"{pointer}/wire", json_rules.NOT_ONE_SEGMENT)
        elif elements(wire)[0] != tag:
            self._findings.add(f"{pointer}/segment", json_rules.OTHER_TAG)
        row = self._tables.read(tag, wire)
        if members and (row is None or members != described(row)):
            self._findings.add(pointer, json_rules.OTHER_VALUES)
        return written

    def _made(self, tag: str, members: Mapping[str, Any], pointer: str) -> bytes:
        """Return the bytes of a segment whose members are given."""
        table = self._tables.find(tag)
        if table is None:
            # What kind of message it is has been asked for already where its UNH is faulty.
            if not self._is_lost:
                self._findings.add(f"{pointer}/segment", json_rules.NO_TABLE)
            return b""
        known = len(self._findings)
        row: Segment = self._row(table, members, pointer)
        try:
            written = self._charset.encode(self._text(table, row, pointer, known))
        except NotInCharset:
            self._name_what_is_not_carried(table, row, pointer)
            written = b""
        if len(self._findings) == known:
            self._tables.passed(tag, row)
        return written

    def _row(self, table: Table, members: Mapping[str, Any], pointer: str) -> Any:
        """Return the row, with None for whatever is missing or wrong."""
        names = {field.name for field in table.fields}
        for name in members:
            if name not in names:
                self._findings.add(_pointer(pointer, name), json_rules.UNKNOWN_MEMBER)
        return table.row(
            **{
                field.name: self._value(field, members[field.name], f"{pointer}/{field.name}")
                if field.name in members
                else None
                for field in table.fields
            }
        )

    def _value(self, field: Field, given: Any, pointer: str) -> Any:
        if given is Odd.REPEATED:
            self._findings.add(pointer, json_rules.REPEATED)
        elif field.composite is None:
            value = _value_of(field.the_form, given)
            if value is None:
                self._findings.add(pointer, json_rules.expected(field.the_form))
            return value
        elif isinstance(given, dict):
            return self._row(field.composite, given, pointer)
        else:
            self._findings.add(pointer, json_rules.NOT_AN_OBJECT)
        return None

    def _text(self, table: Table, row: Segment, pointer: str, known: int) -> str:
        """Return the text of the row; what cannot be written is noted, unless it was found wrong before."""
        try:
            return writing.write(row)
        except Faulty as faulty:
            told = self._findings.places(known)
            for fault in faulty.faults:
                place = _place(pointer, table, fault.place)
                if place not in told:
                    self._findings.put(place, fault.rule, fault.text, fault.detail, fault.source)
            return ""

    def _name_what_is_not_carried(self, table: Table, row: Any, pointer: str) -> None:
        for field in table.fields:
            value = getattr(row, field.name)
            if field.composite is not None and value is not None:
                self._name_what_is_not_carried(field.composite, value, f"{pointer}/{field.name}")
            elif isinstance(value, str):
                try:
                    self._charset.encode(value)
                except NotInCharset as refusal:
                    self._not_carried(f"{pointer}/{field.name}", refusal)

    def _not_carried(self, pointer: str, refusal: NotInCharset) -> None:
        detail = f"Character {refusal.place + 1} is not written in {self._charset}."
        self._findings.put(pointer, "charset.character", refusal.text, detail, "GGT2, ZEICHENSATZ")


def _value_of(form: Form, given: Any) -> Any:
    """Return the value of a member, or None if it is not written as it has to be."""
    if form.read is int:
        return given if isinstance(given, int) and not isinstance(given, bool) else None
    if not isinstance(given, str) or not given:
        return None
    if form.read is str:
        return given
    if not form.decimals:
        try:
            return parse_iso_day(given)
        except DayError:
            return None
    if not re.fullmatch(rf"-?[0-9]{{1,20}}\.[0-9]{{{form.decimals}}}", given):
        return None
    amount = Decimal(given)
    # There is one way to write an amount.
    return amount if plain(amount) == given else None


def _is_before(text: Any) -> bool:
    """Say whether this may stand before the first segment: a UNA that is understood, and white space."""
    if not isinstance(text, str) or not text.isascii() or len(text) > LONGEST_BLANKS:
        return False
    try:
        return [piece[1:] for piece in stream.segments([f"{text}X'".encode("ascii")])] == [(len(text), "X")]
    except BrokenStream:
        return False


def _is_one_segment(written: bytes) -> bool:
    """Say whether a file could be cut so that exactly these bytes are a segment."""
    text = written.decode("latin-1")
    try:
        # Something stands before it, so that it is taken for no UNA.
        return [piece.text for piece in stream.segments([b"X'" + written + b"'"])] == ["X", text]
    except BrokenStream:
        return False


def _blanks(text: Any) -> bytes | None:
    """Return white space that may follow a segment, or None if it is something else."""
    if not isinstance(text, str) or len(text) > LONGEST_BLANKS or text.strip(" \t\r\n"):
        return None
    return text.encode("ascii")


def _pointer(before: str, name: str) -> str:
    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return f"{before}/{shown.replace('~', '~0').replace('/', '~1')}"


def _place(pointer: str, table: Table, place: str) -> str:
    """Return the pointer of what a fault calls 6 or 1.2."""
    number, _, inner = place.partition(".")
    if not number:
        return pointer
    field = table.fields[int(number) - 1]
    at = f"{pointer}/{field.name}"
    return _place(at, field.the_composite, inner) if inner else at


_HEAD: Final = ("format", "charset", "before", "line_end")
_LONGEST_NAME: Final = 60
