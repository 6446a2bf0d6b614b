"""What the cases of an invoice come to, and the invoices under a Sammelrechnung: what its GES may say.

A row may follow the sums of the cases as they stand, or as the formulas would have them: where a case is
wrong, that was said there and is not said again at the rows.

Source: TA1 V21, 5.5.2 GES; TA1 V21, 5.5.3.3 BES, GZF; house, what follows from another finding is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from zuzahlung.standards import money
from zuzahlung.standards.copayment.law import BeforeTheLaw
from zuzahlung.standards.edifact.kept import Kept
from zuzahlung.standards.keys.verarbeitung import ABRECHNUNG, ZUZAHLUNGSFORDERUNG
from zuzahlung.standards.keys.versichertenstatus import is_versichertenstatus
from zuzahlung.standards.money import ZERO
from zuzahlung.standards.sgbv302 import formulas
from zuzahlung.standards.sgbv302.checks.seen import Case, Message
from zuzahlung.standards.sgbv302.formulas import Summen
from zuzahlung.standards.sgbv302.slga import GES
from zuzahlung.standards.sgbv302.slla import BES, EHE, GZF, MWS


class Expected(NamedTuple):
    """What the rows of an SLGA may say: `ways` are the sums by status, empty where nothing can be said.

    `has_statuses` is False where only the total is known, since the status of a case could not be read.
    """

    ways: Sequence[Mapping[str, GES]]
    has_statuses: bool


class Sums:
    """What cases come to, as it stands at their ends and as the formulas would have it.

    `is_complete` ends when the sum of a case could not be read, `has_statuses` when the status of one could not.
    """

    __slots__ = ("_corrections", "_stated", "has_statuses", "is_complete")

    def __init__(self) -> None:
        self._stated = Summen()
        self._corrections: Summen | None = None
        self.is_complete = True
        self.has_statuses = True

    def add(self, case: Case, vkz: str | None, *, is_repeated: bool) -> None:
        """Count a case in; `is_repeated` says that an earlier one has its number, and it may be the same.

        The Verarbeitungskennzeichen is None where SLGA and SLLA disagree in it.
        """
        at, inv = case.summe, case.inv
        if (
            vkz is None
            or at is None
            or case.sums != 1
            or type(at.row) is not (GZF if vkz == ZUZAHLUNGSFORDERUNG else BES)
        ):
            self.is_complete = False
            return
        status = None if inv is None else inv.row.versichertenstatus
        if inv is None or not _IS_STATUS[status]:
            self.has_statuses = False
        self._stated.add(status, at.row)
        if is_repeated:
            self._correct(status, _reversed(at.row))
        elif not case.has_sound_sums and (correction := _correction(case, vkz)) is not None:
            self._correct(status, correction)

    def _correct(self, status: str | None, correction: BES | GZF) -> None:
        if self._corrections is None:
            self._corrections = Summen()
        self._corrections.add(status, correction)

    def include(self, other: Sums) -> None:
        """Count another invoice in, as a Sammelrechnung does with those under it."""
        self.is_complete = self.is_complete and other.is_complete
        self.has_statuses = self.has_statuses and other.has_statuses
        self._stated.include(other._stated)
        if other._corrections is not None:
            self._corrections = self._corrections or Summen()
            self._corrections.include(other._corrections)

    def expected(self, vkz: str) -> Expected:
        """Return what the rows of an SLGA over these cases may say."""
        if not self.is_complete:
            return Expected((), has_statuses=False)
        ways = [_by_status(self._stated, vkz)]
        if self._corrections is not None:
            meant = Summen()
            meant.include(self._stated)
            meant.include(self._corrections)
            ways.append(_by_status(meant, vkz))
        return Expected(ways, self.has_statuses)


# Whether a Versichertenstatus tells which row its case counts to; none at all counts to 99.
_IS_STATUS: Final = Kept(is_versichertenstatus, {None: True})


def _by_status(summen: Summen, vkz: str) -> Mapping[str, GES]:
    return {row.status: row for row in summen.rows(vkz)}


class _Line(NamedTuple):
    ehe: EHE
    mws: MWS | None


def _correction(case: Case, vkz: str) -> BES | GZF | None:
    """Return by how much the sums of a case differ from the formulas, None if that cannot be said."""
    if not case.is_whole or not case.items or case.summe is None:
        return None
    lines = [_Line(item.ehe.row, None if item.mws is None else item.mws.row) for item in case.items]
    stated = case.summe.row
    try:
        is_open = case.zhe is not None and case.zhe.row.zuzahlungskennzeichen in _CHANGES
        flat = _flat(lines, stated, vkz, is_open=is_open)
        if isinstance(stated, GZF):
            meant = formulas.gzf(lines, pauschal=flat).forderung
            return GZF(forderung=money.difference(meant, stated.forderung))
        return _less(formulas.bes(lines, vkz=vkz, pauschal=flat), stated)
    except (ValueError, BeforeTheLaw):
        return None


def _reversed(stated: BES | GZF) -> BES | GZF:
    if isinstance(stated, GZF):
        return GZF(forderung=-stated.forderung)
    return BES(
        brutto=-stated.brutto,
        zuzahlung=-(stated.zuzahlung or ZERO),
        korrekturabzug=-(stated.korrekturabzug or ZERO),
    )


def _flat(lines: Sequence[_Line], stated: BES | GZF, vkz: str, *, is_open: bool) -> Decimal | None:
    """Return the amount for the Verordnung to count with, None for that of the formula.

    The case is believed as far as it may be right: after the first invoice up to the highest amount, in the
    first one where a change of status leaves open whether the amount is due (`is_open`).
    """
    given = (stated.forderung_pauschal if isinstance(stated, GZF) else stated.zuzahlung_pauschal) or ZERO
    first_day = min(line.ehe.leistungsdatum for line in lines)
    highest = formulas.highest_flat(formulas.gross(lines), formulas.percent(lines), first_day=first_day)
    if vkz != ABRECHNUNG:
        return max(ZERO, min(given, highest))
    return given if is_open and given in {ZERO, highest} else None


# From liable to exempt, and from exempt to liable.
_CHANGES: Final = frozenset({"4", "5"})


def _less(meant: BES, stated: BES) -> BES:
    """Return the difference of two sums; the Korrekturabzug is a matter of the contract, and no formula's."""
    return BES(
        brutto=money.difference(meant.brutto, stated.brutto),
        zuzahlung=money.difference(meant.zuzahlung or ZERO, stated.zuzahlung or ZERO),
    )


class Rows:
    """The GES of several SLGA added up as they stand: what a Sammelrechnung above them may also say."""

    __slots__ = ("_by_status", "is_complete")

    def __init__(self) -> None:
        self._by_status: dict[str, GES] = {}
        self.is_complete = True

    def include(self, slga: Message) -> None:
        """Count the rows of an SLGA in."""
        self.is_complete = self.is_complete and slga.is_whole
        for at in slga.ges:
            row: GES = at.row
            before = self._by_status.get(row.status)
            self._by_status[row.status] = row if before is None else _both(before, row)

    def beside(self, expected: Expected) -> Expected:
        """Return what a Sammelrechnung may say: what follows from the cases, or from the rows as they stand."""
        if not self.is_complete:
            return expected
        is_alone = not expected.ways
        return Expected([*expected.ways, self._by_status], is_alone or expected.has_statuses)


def _both(one: GES, other: GES) -> GES:
    return GES(
        status=one.status,
        gesamtrechnungsbetrag=money.total((one.gesamtrechnungsbetrag, other.gesamtrechnungsbetrag)),
        gesamtbruttobetrag=money.total((one.gesamtbruttobetrag, other.gesamtbruttobetrag)),
        gesamtbetrag_zuzahlung=money.total(
            (one.gesamtbetrag_zuzahlung or ZERO, other.gesamtbetrag_zuzahlung or ZERO)
        ),
    )
