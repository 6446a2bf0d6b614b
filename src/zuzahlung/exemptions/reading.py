"""Reading a delivery: its lines become rows of the registry, and what is wrong with them a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from zuzahlung.exemptions.deliveries import Delivery, Refused
from zuzahlung.exemptions.delivery_faults import FaultList
from zuzahlung.exemptions.delivery_lines import Fault, Reader, Said
from zuzahlung.exemptions.registry_rows import RowWriter

MERGED_AT_ONCE = 1_000


class Reading:
    """One delivery being read; `lines` counts those that were read, without empty ones.

    `tell` hears after each megabyte how many lines were read, and how many there are by estimate.
    """

    def __init__(
        self, delivery: Delivery, reader: Reader, faults: FaultList, tell: Callable[[int, int | None], None]
    ) -> None:
        self._delivery = delivery
        self._reader = reader
        self._faults = faults
        self._tell = tell
        self.lines = 0

    def rows(self, writer: RowWriter) -> Iterator[bytes]:
        """The rows for the table; lines of one insured that follow each other become one."""
        read, row = self._reader.read, writer.row
        pending: Said | None = None
        for block in self._delivery.blocks():
            rows: list[bytes] = []
            for number, line in enumerate(block.lines, block.first):
                if not line:
                    continue
                try:
                    said = read(line)
                except (Fault, Refused) as problem:
                    rows += self._spoiled(number, problem, writer)
                    continue
                if pending is not None:
                    if said[0] == pending[0] and _continues(said, pending):
                        pending = *pending[:3], pending[3] + said[3]
                        continue
                    rows.append(row(pending))
                pending = said
            yield b"".join(rows)
            self.lines += len(block.lines) - block.lines.count("")
            self._tell(self.lines, _estimate(self.lines, self._delivery))
        if pending is not None:
            yield row(pending)

    def _spoiled(self, number: int, problem: Fault | Refused, writer: RowWriter) -> Iterator[bytes]:
        """Notes a faulty line; the row says that nothing of this insured may be served."""
        if isinstance(problem, Refused):
            raise Refused(problem.reason, line=number) from None
        self._faults.add(number, problem.reason)
        if problem.kvnr is not None:
            yield writer.spoiled(problem.kvnr)

    def lines_of(
        self, wanted: set[bytes] | None, fingerprint: Callable[[bytes], bytes]
    ) -> Iterator[tuple[bytes, int, str, str]]:
        """Fingerprint, number, initials and birth date of every line of these insured; None means of all."""
        for block in self._delivery.blocks():
            for number, line in enumerate(block.lines, block.first):
                if not line:
                    continue
                with suppress(Fault):
                    kvnr, initials, birth_date, _ = self._reader.read(line)
                    digest = fingerprint(kvnr.encode())
                    if wanted is None or digest in wanted:
                        yield digest, number, initials, birth_date


def _continues(said: Said, before: Said) -> bool:
    """Whether two lines with one KVNR mean the same person."""
    return said[1:3] == before[1:3] and len(before[3]) < MERGED_AT_ONCE


def _estimate(lines: int, delivery: Delivery) -> int | None:
    """How many lines there will be, to two places, by how much of the file they have filled so far."""
    read = delivery.position
    if not read:
        return None
    estimate = lines * delivery.size // read
    return max(lines, int(float(f"{estimate:.1e}")))
