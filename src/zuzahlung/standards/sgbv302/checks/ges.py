"""Prüfstufe 3 of GES: which rows an SLGA has, and whether each says what its cases or invoices come to.

Of two fields of which one follows from the other, only the one that does not fit by itself is named.

Source: TA1 V21, 5.5.2 GES; TA3 V21, 8.1.6; house, what follows from another finding is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from zuzahlung.standards import money
from zuzahlung.standards.keys.versichertenstatus import GESAMTSUMME, SUMMENSTATUS
from zuzahlung.standards.money import ZERO
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, Rule, error
from zuzahlung.standards.sgbv302.checks.seen import At, Message
from zuzahlung.standards.sgbv302.checks.sums import Expected
from zuzahlung.standards.sgbv302.slga import GES

_GES = "TA1 V21, 5.5.2 GES"

TOTAL_FIRST = error(
    "ges.total-first",
    3,
    "Das erste GES muss die Gesamtsumme (Status 00) sein, hier steht Status {status}.",
    "The first GES has status 00.",
    _GES,
)
STATUS_TWICE = error(
    "ges.status-twice",
    3,
    "Zum Status {status} gibt es schon ein GES. Jeder Status steht höchstens einmal.",
    "Each Summenstatus occurs at most once.",
    _GES,
)
STATUS_WITHOUT_CASE = error(
    "ges.status-without-case",
    3,
    "Zum Status {status} gibt es in {whole} keinen Fall. Es gibt Fälle mit Status {expected}.",
    "No case belongs to this Summenstatus; those that occur: {expected}.",
    _GES,
)
STATUS_MISSING = error(
    "ges.status-missing",
    3,
    "Es fehlt ein GES für Status {missing}: In {whole} gibt es solche Fälle.",
    "Cases of the Summenstatus {missing} occur, but no GES for it.",
    _GES,
)
GROSS = error(
    "ges.gross",
    3,
    "Der Gesamtbruttobetrag für Status {status} ist {given}. {whole_first} ergibt {expected}.",
    "GES field 3 is the sum of BES field 1 over the cases of the status: {expected}.",
    _GES,
)
COPAYMENT = error(
    "ges.copayment",
    3,
    "Der Gesamtbetrag der Zuzahlung für Status {status} ist {given}. {whole_first} ergibt {expected}.",
    "GES field 4 is the sum of BES field 2 (VKZ 04: and 5; VKZ 03: GZF field 1) over the cases: {expected}.",
    _GES,
)
AMOUNT = error(
    "ges.amount",
    3,
    "Der Gesamtrechnungsbetrag für Status {status} ist {given}. Richtig ist {rule}: {expected}.",
    "GES field 2 is field 3 less field 4; with VKZ 03 it is field 4.",
    _GES,
)
GROSS_OF_CLAIM = error(
    "ges.gross-of-claim",
    3,
    "Bei einer Zuzahlungsforderung (03) ist der Gesamtbruttobetrag 0,00, hier steht {given}.",
    "With VKZ 03 GES field 3 is 0,00.",
    _GES,
)
OTHER_STATUS = error(
    "ges.other-status",
    3,
    "Die Gesamtsumme stimmt, ist aber auf die Status anders verteilt, als es die Fälle sind. Zählt ein Fall "
    "beim falschen Status? Für Status {status} ergibt {whole} {expected}, nicht {given}.",
    "The total fits the cases, the rows by status do not: a case is counted for another status.",
    _GES,
)


def of_ges(slga: Message, expected: Expected, *, is_claim: bool, is_sammel: bool) -> Iterator[FileFinding]:
    """Yield what is wrong with the rows of an SLGA; `is_claim` is VKZ 03."""
    whole = "den Rechnungen darunter" if is_sammel else "der SLLA"
    about = _About(
        expected, is_claim, whole, "Die Summe der Rechnungen darunter" if is_sammel else "Die Summe der Fälle"
    )
    if slga.is_whole:
        of_statuses = [*_of_statuses(slga.ges, about)]
        yield from of_statuses
        if of_statuses:
            # The rows that are there cannot fit one by one.
            about = about._replace(expected=Expected(expected.ways, has_statuses=False))
    times = Counter(at.row.status for at in slga.ges)
    rows = {at.row.status: at for at in slga.ges if times[at.row.status] == 1}
    if GESAMTSUMME in times or not slga.is_whole:
        yield from _of_amounts(rows, about, can_add=slga.is_whole and len(rows) == len(slga.ges))


class _About(NamedTuple):
    expected: Expected
    is_claim: bool
    whole: str
    whole_first: str


def _of_statuses(rows: Sequence[At], about: _About) -> Iterator[FileFinding]:
    """Yield what is wrong with which rows there are, if there are as many as Stufe 2 asks for."""
    if len(rows) < 2:
        return
    is_clean, first = True, rows[0].row.status
    if first in SUMMENSTATUS and first != GESAMTSUMME:
        is_clean = False
        yield TOTAL_FIRST.broken_at(rows[0].piece, "1", status=first)
        if all(at.row.status != GESAMTSUMME for at in rows):
            # It is the total after all.
            rows = rows[1:]
    seen: set[str] = set()
    for at in rows:
        status = at.row.status
        if status in seen:
            is_clean = False
            yield STATUS_TWICE.broken_at(at.piece, "1", status=status)
        elif status not in SUMMENSTATUS:
            is_clean = False
        seen.add(status)
    if is_clean and about.expected.ways and about.expected.has_statuses:
        yield from _of_statuses_beside_cases(rows, seen, about)


def _of_statuses_beside_cases(rows: Sequence[At], seen: set[str], about: _About) -> Iterator[FileFinding]:
    known = about.expected.ways[0]
    surplus = [at for at in rows if at.row.status not in known]
    for at in surplus:
        yield STATUS_WITHOUT_CASE.broken_at(
            at.piece,
            "1",
            status=at.row.status,
            whole=about.whole,
            expected=", ".join(status for status in known if status != GESAMTSUMME),
        )
    missing = [status for status in known if status not in seen]
    if missing and not surplus:
        yield STATUS_MISSING.broken_at(rows[0].piece, missing=", ".join(missing), whole=about.whole)


class _Column(NamedTuple):
    """One field of GES that adds up over cases and rows: field 3, or field 4."""

    rule: Rule
    place: str
    get: Callable[[Any], Decimal]


def _copayment(row: GES) -> Decimal:
    return row.gesamtbetrag_zuzahlung or ZERO


def _gross(row: GES) -> Decimal:
    return row.gesamtbruttobetrag


_GROSS: Final = _Column(GROSS, "3", _gross)
_COPAYMENT: Final = _Column(COPAYMENT, "4", _copayment)


class _Wrong(NamedTuple):
    """A field that does not fit what it may be."""

    at: At
    column: _Column
    expected: Decimal


def _of_amounts(rows: Mapping[str, At], about: _About, *, can_add: bool) -> Iterator[FileFinding]:
    """Yield what is wrong with the amounts of rows, which are those that stand once."""
    columns = (_COPAYMENT,) if about.is_claim else (_GROSS, _COPAYMENT)
    wrong = [one for column in columns for one in _of_column(rows, column, about, can_add=can_add)]
    wrong_amounts = [*_of_amount(rows, about)]
    if not about.expected.ways and wrong_amounts:
        # Without the cases it stays open which of the fields is wrong: one is enough.
        wrong = []
    if about.is_claim:
        for at in rows.values():
            if _gross(at.row):
                yield GROSS_OF_CLAIM.broken_at(at.piece, "3", given=money.format(_gross(at.row)))
    if _is_other_status(rows, wrong, columns, about):
        yield _finding(wrong[0], OTHER_STATUS, about)
        wrong = []
    order = {status: place for place, status in enumerate(rows)}
    for one in sorted(wrong, key=lambda one: (order[one.at.row.status], one.column.place)):
        yield _finding(one, one.column.rule, about)
    yield from wrong_amounts


def _finding(wrong: _Wrong, rule: Rule, about: _About) -> FileFinding:
    return rule.broken_at(
        wrong.at.piece,
        wrong.column.place,
        status=wrong.at.row.status,
        given=money.format(wrong.column.get(wrong.at.row)),
        expected=money.format(wrong.expected),
        whole=about.whole_first[0].lower() + about.whole_first[1:],
        whole_first=about.whole_first,
    )


def _of_column(rows: Mapping[str, At], column: _Column, about: _About, *, can_add: bool) -> Iterator[_Wrong]:
    ways = about.expected.ways
    total = money.total(column.get(at.row) for status, at in rows.items() if status != GESAMTSUMME)
    for status, at in rows.items():
        if status != GESAMTSUMME and not about.expected.has_statuses:
            continue
        may_be = [column.get(way[status]) for way in ways if status in way]
        if status == GESAMTSUMME and can_add and len(rows) > 1:
            may_be.append(total)
        if may_be and column.get(at.row) not in may_be:
            yield _Wrong(at, column, may_be[0])


def _of_amount(rows: Mapping[str, At], about: _About) -> Iterator[FileFinding]:
    """Yield each Gesamtrechnungsbetrag that fits neither its own row nor the cases."""
    for status, at in rows.items():
        row: GES = at.row
        own = _copayment(row) if about.is_claim else money.difference(_gross(row), _copayment(row))
        cases = [way[status].gesamtrechnungsbetrag for way in about.expected.ways if status in way]
        if row.gesamtrechnungsbetrag != own and row.gesamtrechnungsbetrag not in cases:
            yield AMOUNT.broken_at(
                at.piece,
                "2",
                status=status,
                given=money.format(row.gesamtrechnungsbetrag),
                expected=money.format(cases[0] if cases else own),
                rule="der Betrag der Zuzahlung" if about.is_claim else "Brutto abzüglich Zuzahlung",
            )


def _is_other_status(
    rows: Mapping[str, At], wrong: Sequence[_Wrong], columns: Sequence[_Column], about: _About
) -> bool:
    """Say whether only the split by status is wrong: the total fits, and what one row lacks another has."""
    statuses = {one.at.row.status for one in wrong}
    total = rows.get(GESAMTSUMME)
    if len(statuses) < 2 or GESAMTSUMME in statuses or total is None:
        return False
    return all(
        column.get(total.row)
        == column.get(about.expected.ways[0][GESAMTSUMME])
        == money.total(column.get(at.row) for status, at in rows.items() if status != GESAMTSUMME)
        for column in columns
    )
