"""Prüfstufe 3 of a case: its prices beside the contract's, as far as a price list is at hand; warnings only.

What a fund pays is told by its contract and checked there (Stufe 4). A price that is not at hand is never
taken for one that is not agreed: a note says once in a file what could not be compared.

Source: TA1 V21, 5.5.3.3 EHE, MWS; Physio-A2, A; Ergo-A2, A; SSSST-A2, 4 to 6; Podo-A2, §§ 1 to 3; HPNR, column
Grundlage; house, differences may be claimed in every invoice but the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from zuzahlung.standards import money
from zuzahlung.standards.days import format_day
from zuzahlung.standards.keys import preise
from zuzahlung.standards.keys.leistungserbringer import Sondertarif, find_sondertarif
from zuzahlung.standards.keys.preise import Grund, Preis
from zuzahlung.standards.keys.verarbeitung import ABRECHNUNG
from zuzahlung.standards.sgbv302.checks.facts import BLANKO_GRUNDLAGE, Facts, Line
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, Rule, note, warning

_CONTRACT = "TA1 V21, 5.5.3.3 EHE"

PRICE = warning(
    "ehe.price",
    3,
    "Der Vertrag nennt für die Position {number} am {day} {expected}, angegeben sind {given}.",
    "EHE.4 is not the contract's price of this day.",
    _CONTRACT,
)
TOO_HIGH = warning(
    "ehe.price-too-high",
    3,
    "Der Vertrag nennt für die Position {number} am {day} höchstens {expected}, angegeben sind {given}.",
    "EHE.4 is above the contract's price of this day.",
    _CONTRACT,
)
NOT_AGREED = warning(
    "ehe.position-not-agreed",
    3,
    "Die Position {number} steht nicht in der Preisliste des Vertrags.",
    "The price list in force for EHE.1 does not hold EHE.2.",
    _CONTRACT,
)
NOT_FOR_ISSUE = warning(
    "ehe.position-not-for-prescription",
    3,
    "Die Position {number} ist für eine Verordnung vom {issued} nicht vereinbart.",
    "The contract agrees EHE.2 only for prescriptions issued before or after a day that ZHE.3 lies beyond.",
    _CONTRACT,
)
VAT = warning(
    "mws.not-agreed",
    3,
    "Die Preise des Vertrags enthalten die Mehrwertsteuer schon. Ein Segment MWS wird hier nicht erwartet.",
    "The contract's prices are gross, so MWS is not expected.",
    "TA1 V21, 5.5.3.3 MWS",
)
NO_LIST = note(
    "ehe.no-price-list",
    3,
    "{what} ist hier keine Preisliste hinterlegt. Preise und Zuzahlungen wurden nicht mit dem Vertrag verglichen.",
    "No price list is held: {reason}.",
    _CONTRACT,
)

_IN_CONTRACTS: Final = frozenset({None, "§ 125 Abs. 1 SGB V"})
"""Grundlagen of the directory whose numbers the lists of § 125(1) SGB V would hold."""


def of_case(facts: Facts) -> Iterator[FileFinding]:
    """Yield where a price is not the contract's, and once in a file what has no price here."""
    is_first = facts.vkz == ABRECHNUNG
    for line in facts.lines:
        preis = line.listed.preis
        if not line.listed.fits or not line.group.is_known:
            continue
        if preis is None:
            if line.listed.position is not None:
                yield from _without_price(facts, line)
        elif (
            line.mws is not None
            or preis.preis != line.ehe.einzelbetrag
            or preis.verordnung_ab is not None
            or preis.verordnung_bis is not None
        ):
            yield from _of_price(facts, line, preis, is_first=is_first)


def _of_price(facts: Facts, line: Line, preis: Preis, *, is_first: bool) -> Iterator[FileFinding]:
    zhe, number = facts.zhe, line.ehe.positionsnummer
    if zhe is not None and not preis.is_agreed_for(zhe.verordnungsdatum):
        rule = _by(NOT_FOR_ISSUE, preis)
        yield rule.broken_at(line.at.piece, "2", number=number, issued=format_day(zhe.verordnungsdatum))
    if line.mws is not None:
        yield _by(VAT, preis).broken_at(line.mws.piece)
        return
    given, expected = line.ehe.einzelbetrag, preis.preis
    if given < 0:
        # Told by the amounts.
        return
    highest = preis.hoechstpreis if expected is None else expected
    if is_first and expected is not None and given != expected:
        rule = PRICE
    elif highest is not None and given > highest:
        rule = TOO_HIGH
    else:
        return
    yield _by(rule, preis).broken_at(
        line.at.piece,
        "4",
        number=number,
        day=format_day(line.ehe.leistungsdatum),
        expected=money.format(highest or money.ZERO),
        given=money.format(given),
    )


def _without_price(facts: Facts, line: Line) -> Iterator[FileFinding]:
    """Yield that the list does not hold a position it should hold, or once in a file that no list is at hand."""
    position, reason = line.listed.position, line.listed.reason
    grundlage = None if position is None else position.grundlage
    if grundlage not in _IN_CONTRACTS:
        what = "Für Positionen einer Blankoverordnung (§ 125a SGB V)"
        if grundlage != BLANKO_GRUNDLAGE:
            what = f"Für Positionen nach {grundlage}"
        if facts.once(NO_LIST.id, grundlage):
            yield NO_LIST.broken_at(line.at.piece, "2", what=what, reason=f"positions by {grundlage}")
    elif reason is Grund.NICHT_IN_DER_LISTE:
        yield NOT_AGREED.broken_at(line.at.piece, "2", number=line.ehe.positionsnummer)
    elif find_sondertarif(line.group.legs[4:]) is not Sondertarif.KOSTENVORANSCHLAG:
        # What is paid by an approved estimate has no list.
        yield from _without_list(facts, line)


def _without_list(facts: Facts, line: Line) -> Iterator[FileFinding]:
    legs, reason = line.group.legs, line.listed.reason
    if reason is None or not facts.once(NO_LIST.id, legs, reason):
        return
    what = f"Für die Leistungserbringergruppe {legs}"
    if (since := preise.listed_from(legs)) is not None:
        what += f" und Leistungen vor dem {format_day(since)}"
    yield NO_LIST.broken_at(line.at.piece, "1", what=what, reason=reason.value)


def _by(rule: Rule, preis: Preis) -> Rule:
    return replace(rule, source=preis.fundstelle)
