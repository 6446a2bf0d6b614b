"""A file that arrives incomplete or with a wrong byte gets findings, whatever byte it is: never a traceback.

A truncated file always breaks a rule of Stufe 1, so nobody takes it for a whole one. Only the line end behind
the last terminator may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.standards.sgbv302.seeded.good import GOOD
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.sgbv302.checks.envelope import UNREADABLE
from zuzahlung.standards.sgbv302.checks.flow import check
from zuzahlung.standards.sgbv302.checks.rules import LONGEST_SHOWN

pytestmark = pytest.mark.thorough

SMALLEST = GOOD["10"]
POSITIONS = range(len(SMALLEST))
SHARES = 4
"""In how many parts the positions are tried, so that several processes share the work."""


@pytest.mark.parametrize("name", GOOD)
def test_a_file_cut_off_at_any_byte_breaks_a_rule_of_stufe_1(name: str) -> None:
    whole = GOOD[name]
    for length in range(len(whole) - len("\r\n")):
        found = list(check([whole[:length]]))
        assert any(one.stufe == 1 and one.severity is Severity.ERROR for one in found), length


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("missing", [1, 2])
def test_the_line_end_behind_the_last_terminator_may_be_missing(name: str, missing: int) -> None:
    assert list(check([GOOD[name][:-missing]])) == []


def test_what_is_cut_off_before_its_unb_is_complete_is_no_file_or_a_broken_one() -> None:
    for length in range(SMALLEST.index(b"'")):
        rules = [one.rule for one in check([SMALLEST[:length]])]
        if length < 4:
            assert len(rules) == 1
            assert rules[0] in UNREADABLE
        else:
            assert rules == ["file.broken"]


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("bits", [0x01, 0x20, 0x80, 0xFF])
def test_a_byte_with_flipped_bits_raises_nothing(bits: int, share: int) -> None:
    for position in POSITIONS[share::SHARES]:
        damaged = bytearray(SMALLEST)
        damaged[position] ^= bits
        _assert_findings_are_whole(bytes(damaged))


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("inserted", [b"'", b"+", b":", b"?", b"\x00", b""])
def test_a_byte_too_many_or_too_few_raises_nothing(inserted: bytes, share: int) -> None:
    for position in POSITIONS[share::SHARES]:
        after = position if inserted else position + 1
        _assert_findings_are_whole(SMALLEST[:position] + inserted + SMALLEST[after:])


@pytest.mark.parametrize("charset", Charset)
def test_any_bytes_in_any_charset_raise_nothing(charset: Charset) -> None:
    every_byte = bytes(range(256))
    for content in (every_byte, SMALLEST.replace(b"Wanda", every_byte), SMALLEST.replace(b"+", every_byte)):
        _assert_findings_are_whole(content, charset)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("name", ["01", "03"])
def test_how_the_bytes_come_in_pieces_changes_nothing(name: str, size: int) -> None:
    spoilt = GOOD[name].replace(b"EHE", b"EHX", 1).replace(b"29,63", b"29,6", 2)
    assert list(check(_pieces(spoilt, size))) == list(check([spoilt])) != []


def _pieces(content: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def _assert_findings_are_whole(content: bytes, charset: Charset = Charset.I1) -> None:
    for one in check([content], charset):
        assert one.stufe in {1, 2, 3}
        assert all((one.text, one.detail, one.source))
        assert len(one.content) <= LONGEST_SHOWN
