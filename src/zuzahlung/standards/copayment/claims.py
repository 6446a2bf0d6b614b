"""What a practice claims from the fund when the insured did not pay a Zuzahlung that was deducted (VKZ 03).

Source: TA1 V21, 5.5.3.3 GZF, 7.4.2; UE, 8 to 13; SGB V, § 43c(1); house, the flat amount in a part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zuzahlung.standards import money
from zuzahlung.standards.copayment import decisions, formulas
from zuzahlung.standards.copayment.amounts import Owed
from zuzahlung.standards.copayment.claim_cases import CASES, ClaimCase
from zuzahlung.standards.copayment.decisions import Decision
from zuzahlung.standards.copayment.flat import NOTHING, Flat
from zuzahlung.standards.copayment.key import KeyDecision
from zuzahlung.standards.copayment.rules import DEFAULT_RULES, CopaymentRules
from zuzahlung.standards.days import format_day
from zuzahlung.standards.errors import MalformedInput
from zuzahlung.standards.findings import Finding, Severity
from zuzahlung.standards.keys.zuzahlung import Zuzahlungskennzeichen as Key


@dataclass(frozen=True, kw_only=True, slots=True)
class DeductedItem:
    """One item of the base invoice: `brutto` of the line, `zuzahlung` of one unit as it was sent (EHE.6)."""

    leistungsdatum: date
    positionsnummer: str
    anzahl: Decimal
    brutto: Decimal
    zuzahlung: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Deducted:
    """The base invoice (VKZ 01, 02, 04 or 10) as it was sent: its items and its flat amount (BES.4).

    Where the fund cut the invoice because nothing had been deducted (7.4.2.4), it is what the law gives.
    Raises ValueError where more is deducted than the services cost: no invoice may say so.
    """

    items: tuple[DeductedItem, ...]
    pauschal: Decimal

    def __post_init__(self) -> None:
        shares = (
            formulas.line_copayment(item.zuzahlung, item.anzahl)
            for item in self.items
            if item.zuzahlung is not None
        )
        if money.total((*shares, self.pauschal)) > money.total(item.brutto for item in self.items):
            raise ValueError("more is deducted than the services cost")

    @property
    def with_copayment(self) -> frozenset[int]:
        """Return the places, from 0, of the items that carry a Zuzahlung."""
        return frozenset(n for n, item in enumerate(self.items) if item.zuzahlung is not None)

    def on_days(self, days: Collection[date]) -> frozenset[int]:
        """Return the places, from 0, of the items of these days that carry a Zuzahlung."""
        return frozenset(n for n in self.with_copayment if self.items[n].leistungsdatum in days)


def deducted(owed: Owed) -> Deducted:
    """Return what an invoice deducts that is built from these amounts."""
    items = tuple(
        DeductedItem(
            leistungsdatum=one.item.leistungsdatum,
            positionsnummer=one.item.positionsnummer,
            anzahl=one.item.anzahl,
            brutto=one.brutto,
            zuzahlung=one.zuzahlung,
        )
        for one in owed.items
    )
    return Deducted(items=items, pauschal=owed.pauschal)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A Zuzahlungsforderung in euros (GZF): `gesamt` is `prozentual` and `pauschal` together.

    `zuzahlungen` has one entry for each item of the base, in its order: the Zuzahlung of one unit (EHE.6),
    None where it is not claimed or none was deducted.
    """

    zuzahlungen: tuple[Decimal | None, ...]
    prozentual: Decimal
    pauschal: Decimal
    gesamt: Decimal
    key: KeyDecision
    needs_proof: bool
    decisions: tuple[Decision, ...]
    findings: tuple[Finding, ...]


class NothingToClaim(MalformedInput):
    """No Zuzahlung was deducted for what shall be claimed."""

    phrase = "nothing to claim"


def claim(
    base: Deducted,
    case: ClaimCase,
    *,
    claimed: Collection[int] | None = None,
    rules: CopaymentRules = DEFAULT_RULES,
) -> Claim:
    """Return the claim for the items at these places (from 0), or for all that carry a Zuzahlung.

    Never more is claimed than was deducted. Raises NothingToClaim if an item carries no Zuzahlung, or none
    does, and IndexError for a place that the base does not have.
    """
    chosen = base.with_copayment if claimed is None else frozenset(claimed)
    _refuse_unless_deducted(base, chosen)
    zuzahlungen = tuple(item.zuzahlung if n in chosen else None for n, item in enumerate(base.items))
    prozentual = money.total(
        formulas.line_copayment(zuzahlung, item.anzahl)
        for item, zuzahlung in zip(base.items, zuzahlungen, strict=True)
        if zuzahlung is not None
    )
    once = _flat(base, case, chosen, rules)
    gesamt = money.total((prozentual, once.amount))
    if not gesamt:
        raise NothingToClaim("Für diese Leistungen wurde keine Zuzahlung abgezogen.")
    return Claim(
        zuzahlungen=zuzahlungen,
        prozentual=prozentual,
        pauschal=once.amount,
        gesamt=gesamt,
        key=_key(case, rules, is_part=chosen != base.with_copayment),
        needs_proof=_needs_proof(case, rules),
        decisions=once.decisions,
        findings=tuple(_findings(case, is_part=chosen != base.with_copayment)),
    )


def _refuse_unless_deducted(base: Deducted, chosen: Collection[int]) -> None:
    if min(chosen, default=0) < 0:
        raise IndexError("places count from 0")
    for item in (base.items[n] for n in sorted(chosen)):
        if item.zuzahlung is None:
            raise NothingToClaim(
                f"Für die Position {item.positionsnummer} am {format_day(item.leistungsdatum)} wurde keine "
                "Zuzahlung abgezogen. Sie kann nicht gefordert werden."
            )


def _flat(base: Deducted, case: ClaimCase, chosen: Collection[int], rules: CopaymentRules) -> Flat:
    """Return the part of the flat amount that goes with the claim: all of what was deducted, or nothing."""
    if not base.pauschal:
        return NOTHING
    is_part = chosen != base.with_copayment
    if case is ClaimCase.FREE_POSITION and (is_part or rules.flat_without_bearing_item):
        return _left_out(decisions.flat_still_owed(base.pauschal))
    if not is_part:
        return Flat(amount=base.pauschal)
    return _flat_of_a_part(base, chosen, rules)


def _flat_of_a_part(base: Deducted, chosen: Collection[int], rules: CopaymentRules) -> Flat:
    if rules.flat_in_partial_claim == "always":
        return Flat(amount=base.pauschal, decisions=(decisions.flat_claimed_always(base.pauschal),))
    if rules.flat_in_partial_claim == "never":
        return _left_out(decisions.flat_claimed_never(base.pauschal))
    first_day = min(item.leistungsdatum for item in base.items)
    if any(base.items[n].leistungsdatum == first_day for n in chosen):
        return Flat(amount=base.pauschal, decisions=(decisions.flat_claimed(first_day, base.pauschal),))
    return _left_out(decisions.flat_not_claimed(first_day, base.pauschal))


def _left_out(why: Decision) -> Flat:
    return Flat(amount=money.ZERO, decisions=(why,))


def _key(case: ClaimCase, rules: CopaymentRules, *, is_part: bool) -> KeyDecision:
    facts = CASES[case]
    if case is ClaimCase.EXEMPT and is_part and rules.partly_exempt_key == 2:
        key, by = (
            Key.KEINE_ZUZAHLUNG_TROTZ_ZAHLUNGSAUFFORDERUNG,
            " (nach Frage 13 der Umsetzungsempfehlungen)",
        )
    else:
        key, by = facts.key, ""
    # For a part of the days the documents contradict each other, so that neither key is settled.
    is_official = not (case is ClaimCase.EXEMPT and is_part)
    return KeyDecision(key=key, reason=f"{facts.reason}: {key.bedeutung}{by}.", is_official=is_official)


def _needs_proof(case: ClaimCase, rules: CopaymentRules) -> bool:
    said = CASES[case].needs_proof
    return rules.proof_where_silent if said is None else said


def _findings(case: ClaimCase, *, is_part: bool) -> Iterator[Finding]:
    if is_part and not CASES[case].allows_part:
        yield Finding(
            rule="claim.part-not-foreseen",
            severity=Severity.WARNING,
            pointer="/items",
            text="In diesem Fall ist nur die Forderung der ganzen abgezogenen Zuzahlung vorgesehen. "
            "Hier wird ein Teil gefordert. Bitte klären Sie das mit der Krankenkasse.",
            detail="the document allows a part of the base invoice in 7.4.2.2 and 7.4.2.3 only",
            source=CASES[case].source,
        )
