"""The sums of a file: Zuzahlung of a position, BES and GZF of a case, GES of an invoice.

Whoever writes a file and whoever checks one counts with these lines. The amounts of the law are found by
day of treatment (`copayment.law`); the rounding of each line is that of `copayment.formulas`.

A field that may be missing (K) is left out of BES and GZF when its amount is nought: `BES+59,26'` is a case
without any Zuzahlung. GES names nought as 0,00, as receivers are used to.

Source: TA1 V21, 5.5.2 GES; TA1 V21, 5.5.3.3 EHE, MWS, BES, GZF; TA1 V21, 7.4; TA3 V21, 8.1.6; house, nought in
K fields, no second amount for one Verordnung in 02 and 10, GES of 10 as of 02.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from zuzahlung.standards import money
from zuzahlung.standards.copayment import formulas
from zuzahlung.standards.copayment.law import ZUZAHLUNGSSAETZE, Zuzahlungssatz, get_zuzahlungssatz
from zuzahlung.standards.keys.verarbeitung import (
    ABRECHNUNG,
    KORREKTURRECHNUNG,
    NACHFORDERUNG,
    WIEDERAUFNAHME,
    ZUZAHLUNGSFORDERUNG,
)
from zuzahlung.standards.keys.versichertenstatus import GESAMTSUMME, SUMMENSTATUS, summenstatus
from zuzahlung.standards.money import ZERO
from zuzahlung.standards.sgbv302.slga import GES
from zuzahlung.standards.sgbv302.slla import BES, EHE, GZF, MWS

MIT_BES: Final = frozenset({ABRECHNUNG, NACHFORDERUNG, KORREKTURRECHNUNG, WIEDERAUFNAHME})
"""The Verarbeitungskennzeichen whose cases end in BES; those of 03 end in GZF."""


class Line(Protocol):
    """A position with its tax, such as `files.Position`, or whatever a stream keeps of one."""

    @property
    def ehe(self) -> EHE:
        """Return the position on its day."""

    @property
    def mws(self) -> MWS | None:
        """Return its tax, None where the price is gross."""


def unit_copayment(
    ehe: EHE, mws: MWS | None = None, *, saetze: Sequence[Zuzahlungssatz] = ZUZAHLUNGSSAETZE
) -> Decimal:
    """Return what EHE.6 holds if the insured owes it: the Zuzahlung for one unit in euros.

    Raises `law.BeforeTheLaw` for a day before the first amount held, and ValueError for the tax of no unit.
    """
    tax = ZERO if mws is None else formulas.vat_per_unit(mws.betrag, ehe.anzahl)
    return formulas.unit_copayment(ehe.einzelbetrag, tax, satz=get_zuzahlungssatz(ehe.leistungsdatum, saetze))


def vat(ehe: EHE, satz: Decimal) -> MWS:
    """Return the tax of a position with a net price, at so many per cent."""
    return MWS(satz=satz, betrag=formulas.vat(ehe.einzelbetrag, ehe.anzahl, satz))


def gross(lines: Iterable[Line]) -> Decimal:
    """Return what the positions cost with their tax, each rounded by itself (BES.1)."""
    return money.total(
        formulas.line_gross(
            line.ehe.einzelbetrag, line.ehe.anzahl, ZERO if line.mws is None else line.mws.betrag
        )
        for line in lines
    )


def percent(lines: Iterable[Line]) -> Decimal:
    """Return the Zuzahlung of the positions that carry one, each rounded by itself (BES.3, GZF.2)."""
    return money.total(
        formulas.line_copayment(line.ehe.zuzahlung, line.ehe.anzahl)
        for line in lines
        if line.ehe.zuzahlung is not None
    )


def highest_flat(
    brutto: Decimal,
    prozentual: Decimal,
    *,
    first_day: date,
    saetze: Sequence[Zuzahlungssatz] = ZUZAHLUNGSSAETZE,
) -> Decimal:
    """Return the amount for each Verordnung (BES.4, GZF.3) if it is due: at most what is left of the cost.

    Its first day of treatment decides which amount of the law it is.

    >>> highest_flat(Decimal("8.43"), Decimal("0.84"), first_day=date(2026, 9, 11))
    Decimal('7.59')
    """
    return formulas.flat(brutto, prozentual, satz=get_zuzahlungssatz(first_day, saetze))


def bes(
    lines: Sequence[Line],
    *,
    vkz: str,
    pauschal: Decimal | None = None,
    korrekturabzug: Decimal | None = None,
    saetze: Sequence[Zuzahlungssatz] = ZUZAHLUNGSSAETZE,
) -> BES:
    """Return the sums of a case with at least one position.

    `pauschal` is the amount for the Verordnung where it was decided elsewhere (`copayment.amounts`). None
    leaves it to the positions: in 01 it is due when one of them carries a Zuzahlung, in 02 and 10 it is
    not. For 04 it has to be said, since only the first invoice tells. `korrekturabzug` is what a contract
    deducts from a Korrekturrechnung.

    Raises ValueError for 03 and unknown VKZ, for a `pauschal` above the cost, a missing one in 04, and a
    `korrekturabzug` elsewhere than in 04.
    """
    if vkz not in MIT_BES:
        raise ValueError("a case of this VKZ has no BES")
    if vkz == KORREKTURRECHNUNG and pauschal is None:
        raise ValueError("whether a correction repeats the amount for the Verordnung has to be said")
    if vkz != KORREKTURRECHNUNG and korrekturabzug:
        raise ValueError("only a correction has a Korrekturabzug")
    brutto, prozentual = gross(lines), percent(lines)
    is_due = vkz == ABRECHNUNG and prozentual
    once = _flat(lines, brutto, prozentual, pauschal if pauschal is not None or is_due else ZERO, saetze)
    return BES(
        brutto=brutto,
        zuzahlung=money.total((prozentual, once)) or None,
        zuzahlung_prozentual=prozentual or None,
        zuzahlung_pauschal=once or None,
        korrekturabzug=korrekturabzug or None,
    )


def gzf(
    lines: Sequence[Line],
    *,
    pauschal: Decimal | None = None,
    saetze: Sequence[Zuzahlungssatz] = ZUZAHLUNGSSAETZE,
) -> GZF:
    """Return what a Zuzahlungsforderung (03) claims for a case with at least one position.

    `pauschal` is the part of it that is no share of a price, as `copayment.claims` decides it: never more
    than was deducted. None claims it whole if a position is claimed, which is one that carries a Zuzahlung.
    Raises ValueError for a `pauschal` above the cost.
    """
    brutto, prozentual = gross(lines), percent(lines)
    once = _flat(lines, brutto, prozentual, pauschal if pauschal is not None or prozentual else ZERO, saetze)
    return GZF(
        forderung=money.total((prozentual, once)),
        forderung_prozentual=prozentual or None,
        forderung_pauschal=once or None,
    )


def _flat(
    lines: Sequence[Line],
    brutto: Decimal,
    prozentual: Decimal,
    asked: Decimal | None,
    saetze: Sequence[Zuzahlungssatz],
) -> Decimal:
    """Return the amount asked for, or the highest one if that is left open."""
    if asked is not None and not asked:
        return ZERO
    highest = highest_flat(
        brutto, prozentual, first_day=min(line.ehe.leistungsdatum for line in lines), saetze=saetze
    )
    if asked is not None and not ZERO <= asked <= highest:
        raise ValueError("the amount for the Verordnung is above what is left of the cost")
    return highest if asked is None else asked


class Summen:
    """What the cases of one invoice come to, by Summenstatus: it grows with the statuses, not with the cases.

    >>> summen = Summen()
    >>> summen.add("10001", BES(brutto=Decimal("59.26")))
    >>> [(row.status, str(row.gesamtrechnungsbetrag)) for row in summen.rows("01")]
    [('00', '59.26'), ('11', '59.26')]
    """

    __slots__ = ("_by_status",)

    def __init__(self) -> None:
        self._by_status: dict[str, tuple[Decimal, Decimal, Decimal]] = {}

    def add(self, versichertenstatus: str | None, summe: BES | GZF) -> None:
        """Count a case in: INV.2 of its insured, and the sums at its end."""
        if isinstance(summe, GZF):
            self._count(summenstatus(versichertenstatus), ZERO, summe.forderung, ZERO)
        else:
            self._count(
                summenstatus(versichertenstatus),
                summe.brutto,
                summe.zuzahlung or ZERO,
                summe.korrekturabzug or ZERO,
            )

    def include(self, other: Summen) -> None:
        """Count another invoice in, as a Sammelrechnung does with those under it."""
        for status, (brutto, zuzahlung, korrekturabzug) in other._by_status.items():
            self._count(status, brutto, zuzahlung, korrekturabzug)

    def _count(self, status: str, brutto: Decimal, zuzahlung: Decimal, korrekturabzug: Decimal) -> None:
        before = self._by_status.get(status, _NOTHING)
        self._by_status[status] = (
            money.total((before[0], brutto)),
            money.total((before[1], zuzahlung)),
            money.total((before[2], korrekturabzug)) if korrekturabzug else before[2],
        )

    def rows(self, vkz: str) -> tuple[GES, ...]:
        """Return the sums of all cases (00), then those of each Summenstatus that occurs, in printed order.

        The row 00 alone says that there was no case; a message needs two rows at least.
        """
        found = [(status, self._by_status[status]) for status in SUMMENSTATUS if status in self._by_status]
        brutto, zuzahlung, korrekturabzug = (money.total(one[n] for _, one in found) for n in range(3))
        all_of_them = (brutto, zuzahlung, korrekturabzug)
        return tuple(_row(vkz, status, sums) for status, sums in ((GESAMTSUMME, all_of_them), *found))


_NOTHING: Final = (ZERO, ZERO, ZERO)


def _row(vkz: str, status: str, sums: tuple[Decimal, Decimal, Decimal]) -> GES:
    brutto, zuzahlung, korrekturabzug = sums
    if vkz == ZUZAHLUNGSFORDERUNG:
        return _ges(status, zuzahlung, ZERO, zuzahlung)
    abzug = money.total((zuzahlung, korrekturabzug)) if vkz == KORREKTURRECHNUNG else zuzahlung
    return _ges(status, money.difference(brutto, abzug), brutto, abzug)


def _ges(status: str, rechnungsbetrag: Decimal, brutto: Decimal, abzug: Decimal) -> GES:
    return GES(
        status=status,
        gesamtrechnungsbetrag=rechnungsbetrag,
        gesamtbruttobetrag=brutto,
        gesamtbetrag_zuzahlung=abzug,
    )
