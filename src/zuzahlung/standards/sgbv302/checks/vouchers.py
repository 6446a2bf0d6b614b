"""Prüfstufe 3 of the cases of one invoice beside each other: their Belegnummern, and what they claim again.

Source: TA1 V21, 5.5.3.1 INV, URI; TA1 V21, 7.3; RL, § 4(1), (2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from zuzahlung.standards.keys.verarbeitung import ZUZAHLUNGSFORDERUNG
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error, warning
from zuzahlung.standards.sgbv302.checks.seen import At, Case

VOUCHER_TWICE = error(
    "inv.voucher-twice",
    3,
    "Die Belegnummer {number} kommt in dieser Rechnung schon vor. Jeder Fall hat seine eigene.",
    "The Belegnummer is unique within its Gesamtrechnung.",
    "RL, § 4(1)",
)
VOUCHER_ORDER = warning(
    "inv.voucher-order",
    3,
    "Die Belegnummer {number} folgt auf {last}. Die Fälle sollen in der Reihenfolge der Belege stehen.",
    "Cases stand in the order of their Belegnummern; told once for each invoice.",
    "RL, § 4(2)",
)
CLAIMED_TWICE = warning(
    "uri.claimed-twice",
    3,
    "Derselbe Fall wird in dieser Rechnung schon gefordert: Die ursprüngliche Rechnung und Belegnummer sind "
    "dieselben.",
    "Two cases of VKZ 03 in one invoice name the same original case.",
    "TA1 V21, 7.3",
)

_NUMBERED: Final = re.compile(r"(.*?)([0-9]+)", re.DOTALL)


class Vouchers:
    """The Belegnummern of one invoice, and the original cases it claims: as many as it has cases, no more."""

    __slots__ = ("_claimed", "_is_in_order", "_last", "_last_number", "_seen")

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._claimed: set[str] = set()
        self._last = ("", -1)
        self._last_number = ""
        self._is_in_order = True

    def has(self, case: Case) -> bool:
        """Say whether an earlier case has the Belegnummer of this one."""
        return case.inv is not None and case.inv.row.belegnummer in self._seen

    def add(self, case: Case, vkz: str | None) -> Iterator[FileFinding]:
        """Yield what is wrong with a case beside those before it."""
        if case.inv is not None:
            yield from self._of_number(case.inv)
        if vkz == ZUZAHLUNGSFORDERUNG and case.uri is not None:
            claimed = case.uri.piece.text
            if claimed in self._claimed:
                yield CLAIMED_TWICE.broken_at(case.uri.piece)
            self._claimed.add(claimed)

    def _of_number(self, inv: At) -> Iterator[FileFinding]:
        number: str = inv.row.belegnummer
        if number in self._seen:
            yield VOUCHER_TWICE.broken_at(inv.piece, "4", number=number)
            return
        self._seen.add(number)
        if not self._is_in_order:
            return
        place = _place(number)
        if place[0] == self._last[0] and place[1] < self._last[1]:
            self._is_in_order = False
            yield VOUCHER_ORDER.broken_at(inv.piece, "4", number=number, last=self._last_number)
        self._last, self._last_number = place, number


def _place(number: str) -> tuple[str, int]:
    """Return what comes before the digits at the end, and their value: only among equals is there an order.

    A number without digits at its end is like no other.
    """
    if number.isascii() and number.isdigit():
        return "", int(number)
    found = _NUMBERED.fullmatch(number)
    return (number, -1) if found is None else (found[1], int(found[2]))
