"""A file without end or without a terminator is refused in bounded memory, and not read to its end."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Iterator
from itertools import islice

import pytest

from tests.standards.sgbv302.seeded.good import GOOD
from zuzahlung.standards.edifact.stream import CHUNK, LONGEST
from zuzahlung.standards.sgbv302.checks.flow import check
from zuzahlung.standards.sgbv302.checks.rules import LONGEST_SHOWN

pytestmark = pytest.mark.thorough

GIBIBYTE = 2**30
MEBIBYTE = 2**20
HEAD = GOOD["01"][: GOOD["01"].index(b"UNH")]
MESSAGE = GOOD["01"][len(HEAD) : GOOD["01"].index(b"INV")]
INVOICE = GOOD["10"][GOOD["10"].index(b"UNH") : GOOD["10"].index(b"UNZ")]


class Stream:
    """A gibibyte of the same chunk after a beginning; it counts how many bytes were taken."""

    def __init__(self, beginning: bytes, chunk: bytes) -> None:
        self.taken = 0
        self._beginning = beginning
        self._chunk = chunk * (CHUNK // len(chunk))

    def __iter__(self) -> Iterator[bytes]:
        yield self._taken(self._beginning)
        while self.taken < GIBIBYTE:
            yield self._taken(self._chunk)

    def _taken(self, chunk: bytes) -> bytes:
        self.taken += len(chunk)
        return chunk


@pytest.mark.parametrize(
    ("beginning", "chunk", "rules"),
    [
        (b"", b"x", ["file.no-payload"]),
        (b"", b"\x00", ["file.no-payload"]),
        (b"", b"\xff\xd8\xff\xe0", ["file.no-payload"]),
        (b"UNB+", b"x", ["file.broken"]),
        (HEAD, b"x", ["file.broken"]),
        (HEAD, b"?'", ["file.broken"]),
        (HEAD + MESSAGE, b"+", ["file.broken"]),
    ],
    ids=["letters", "noughts", "picture", "in UNB", "after UNB", "released terminators", "elements"],
)
def test_a_gibibyte_without_a_terminator_is_refused_after_its_beginning(
    beginning: bytes, chunk: bytes, rules: list[str]
) -> None:
    stream = Stream(beginning, chunk)
    tracemalloc.start()
    try:
        found = list(check(stream))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [one.rule for one in found] == rules
    assert len(found[0].content) <= LONGEST_SHOWN
    assert stream.taken < 4 * LONGEST
    assert peak < 4 * MEBIBYTE


@pytest.mark.parametrize(
    ("beginning", "repeated", "rule", "number"),
    [
        (HEAD + MESSAGE, b"EHE+22:00501'", "element.missing", 100_000),
        (HEAD + MESSAGE, b"INV+A123456780+10000+1+1'NAD+Kind++20140101'", "element.missing", 100_000),
        (HEAD, b"UNH+00001+SLLA:21:0:0'", "unt.missing", 100_000),
        (HEAD, INVOICE.replace(b"29,63", b"29,36"), "ehe.copayment-per-unit", 20_000),
    ],
    ids=["segments", "cases", "messages", "invoices"],
)
def test_findings_of_a_hopeless_file_stream_without_growing_memory(
    beginning: bytes, repeated: bytes, rule: str, number: int
) -> None:
    stream = Stream(beginning, repeated)
    found = check(stream)
    rules = {one.rule for one in islice(found, number // 5)}
    gc.collect()
    blocks = sys.getallocatedblocks()
    rules.update(one.rule for one in islice(found, number - number // 5))
    gc.collect()
    assert sys.getallocatedblocks() - blocks < number // 100
    assert rule in rules
    assert stream.taken < GIBIBYTE


@pytest.mark.parametrize(
    ("tag", "rule"), [("EHE", "case.too-large"), ("DIA", "case.too-large"), ("GES", "segment.too-many")]
)
def test_a_part_that_is_repeated_for_ever_is_told_and_not_kept(tag: str, rule: str) -> None:
    content = GOOD["02"]
    begin = content.index(tag.encode() + b"+")
    end = content.index(b"'", begin) + 1

    def endless() -> Iterator[bytes]:
        yield content[:begin]
        for _ in range(20_000):
            yield content[begin:end]
        yield content[begin:]

    tracemalloc.start()
    try:
        rules = {one.rule for one in check(endless())}
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert rule in rules
    # Kept whole, twenty thousand of them would take some twenty megabytes.
    assert most < 9_000_000
