"""What must hold for any bytes whatever: the check ends in findings, and what can be read is written the same again."""

from __future__ import annotations

from zuzahlung.standards.edifact.charsets import Charset, NotInCharset
from zuzahlung.standards.edifact.faults import Faulty
from zuzahlung.standards.edifact.stream import BrokenStream
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.sgbv302 import files
from zuzahlung.standards.sgbv302.checks.flow import CHARSET, check
from zuzahlung.standards.sgbv302.checks.rules import FileFinding

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
