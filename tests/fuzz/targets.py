"""What must hold for any bytes whatever: the check ends in findings, and what can be read is written the same again."""

from __future__ import annotations

import re

from zuzahlung.cli.explanation_outline import outline
from zuzahlung.cli.explanation_page import write_page
from zuzahlung.cli.explanation_text import lines
from zuzahlung.standards.edifact import stream
from zuzahlung.standards.edifact.charsets import Charset, NotInCharset
from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.stream import BrokenStream
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.sgbv302 import files
from zuzahlung.standards.sgbv302.as_json import to_json
from zuzahlung.standards.sgbv302.checks.flow import CHARSET, check
from zuzahlung.standards.sgbv302.checks.rules import FileFinding
from zuzahlung.standards.sgbv302.explanation.walk import NoPayload, explain
from zuzahlung.standards.sgbv302.from_json import from_json

CHARSETS = tuple(Charset)


def everything(data: bytes) -> None:
    """Does with the bytes all that a stranger's file goes through; raises AssertionError where a promise breaks."""
    charset = CHARSETS[len(data) % len(CHARSETS)]
    findings = list(check([data], charset))
    for finding in findings:
        _is_told(finding, data)
    pieces = [data[at : at + 7] for at in range(0, len(data), 7)]
    assert _lasting(check(pieces, charset)) == _lasting(findings), (
        "the check depends on how the bytes come in"
    )
    _reads_what_it_wrote(data, charset)
    _comes_back_from_json(data, charset)
    _is_explained(data, charset)


def _is_told(finding: FileFinding, data: bytes) -> None:
    assert finding.stufe in {1, 2, 3}
    assert finding.severity in set(Severity)
    assert finding.text.endswith((".", "?", "'")), finding.text
    assert finding.detail
    assert finding.source
    assert 0 <= finding.offset <= len(data)


def _lasting(findings: object) -> list[FileFinding]:
    """Return the findings without the suspicion of a charset, which may miss what two chunks share."""
    return [finding for finding in findings if finding.rule != CHARSET.id]  # type: ignore[attr-defined]


def _reads_what_it_wrote(data: bytes, charset: Charset) -> None:
    try:
        datei = files.read([data], charset.decode)
    except (BrokenStream, Faulty, files.OutOfOrder, files.UnknownVersion):
        return
    text = files.write(datei)
    assert files.read([text.encode("utf-16-le")[::2]], lambda _: text) == datei
    try:
        again = charset.encode(text.replace(files.LINE_END, ""), whole=True)
    except NotInCharset:
        return
    assert files.read([again], charset.decode) == datei


def _comes_back_from_json(data: bytes, charset: Charset) -> None:
    try:
        document = b"".join(to_json([data], charset))
    except BrokenStream:
        return
    assert b"".join(from_json([document])) == data


def _is_explained(data: bytes, charset: Charset) -> None:
    page: list[str] = []
    try:
        blocks = list(outline(explain(stream.segments([data], charset.decode))))
    except NoPayload:
        return
    text = "\n".join(lines(blocks))
    write_page(blocks, page.append)
    whole = "".join(page)
    # What a file says is text: no mark that is not ours, nothing that steers a terminal or cannot be printed.
    assert not _STEERING.search(text)
    assert not _STEERING.search(whole)
    assert whole.encode("utf-8")
    assert whole.count("<script") == 0
    assert whole.endswith("</html>\n")


_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
