"""How a Zuzahlung is settled where no official text says it: named settings, each with our reading.

Source: house, what SGB V, TA1, TA3 and UE leave open; UE, 11, 13.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from zuzahlung.standards.copayment.key import TransitionRules

FlatFollows = Literal["first-day", "any-liable-day"]
FlatInCorrection = Literal["whole-case", "always", "never"]
FlatInPartialClaim = Literal["first-day", "always", "never"]
PartlyExemptKey = Literal[1, 2]


@dataclass(frozen=True, kw_only=True, slots=True)
class CopaymentRules(TransitionRules):
    """The readings of the house; a fund that sees it otherwise is met by another value.

    `flat_at_change`: whether the amount for each Verordnung is due when an exemption begins or ends inside
    the series. `first-day`: as the first day of treatment stands; `any-liable-day`: as soon as one day is
    liable. Not officially sourced (a practice publishes the first).

    `flat_at_birthday`: the same when the series begins under 18. Not officially sourced (as above).

    `flat_without_bearing_item`: whether that amount is due when no position of the sheet bears a Zuzahlung.
    Not officially sourced: TA1 caps it by the whole cost, but the contracts raise no Zuzahlung at all.

    `flat_in_correction`: whether a Korrekturrechnung (04) carries that amount again: only if nothing of the
    case was paid, always, or never. Not officially sourced (TA1 has no rule of its own for 04).

    `flat_in_partial_claim`: whether a Zuzahlungsforderung (03) for a part of what was deducted claims that
    amount: if the first day of treatment is among the claimed days, always, or never; and only up to what
    was deducted. Not officially sourced.

    `partly_exempt_key`: the key of a claim because some days were exempt: 1 by TA1 7.4.2.2 and UE 8 and 11,
    2 by UE 13. The sources contradict each other, so neither is settled.

    `proof_where_silent`: whether a claim for the days after an exemption ended, or for a position that bears
    no Zuzahlung, needs the proof that a refused payment needs. Not officially sourced (TA1 7.4.2.3 and UE 13
    say nothing of it).
    """

    flat_at_change: FlatFollows = "first-day"
    flat_at_birthday: FlatFollows = "first-day"
    flat_without_bearing_item: bool = False
    flat_in_correction: FlatInCorrection = "whole-case"
    flat_in_partial_claim: FlatInPartialClaim = "first-day"
    partly_exempt_key: PartlyExemptKey = 1
    proof_where_silent: bool = True

    def __post_init__(self) -> None:
        # A dataclass with slots is made anew, so that super() without arguments would not find it.
        TransitionRules.__post_init__(self)
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(map(str, allowed))}")


_CHOICES = {
    "flat_at_change": get_args(FlatFollows),
    "flat_at_birthday": get_args(FlatFollows),
    "flat_without_bearing_item": (False, True),
    "flat_in_correction": get_args(FlatInCorrection),
    "flat_in_partial_claim": get_args(FlatInPartialClaim),
    "partly_exempt_key": get_args(PartlyExemptKey),
    "proof_where_silent": (False, True),
}

DEFAULT_RULES = CopaymentRules()
