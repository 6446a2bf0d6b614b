"""The cases in which a practice claims a Zuzahlung from the fund (VKZ 03), with key, extent and proof.

Source: TA1 V21, 7.4.2; UE, 8 to 13; SGB V, § 43c(1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from zuzahlung.standards.keys.zuzahlung import Zuzahlungskennzeichen as Key


class ClaimCase(StrEnum):
    """Why the practice claims: the four cases of TA1 7.4.2 in its order, and one more of UE 13."""

    REFUSED = "refused"
    EXEMPT = "exempt"
    LIABLE_AGAIN = "liable-again"
    CUT_BY_FUND = "cut-by-fund"
    FREE_POSITION = "free-position"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What the documents say of a case: its key, whether a part may be claimed, whether proof goes along.

    `needs_proof` is None where they are silent; a setting decides then.
    """

    key: Key
    reason: str
    allows_part: bool
    needs_proof: bool | None
    source: str


CASES: Mapping[ClaimCase, Case] = {
    ClaimCase.REFUSED: Case(
        key=Key.KEINE_ZUZAHLUNG_TROTZ_ZAHLUNGSAUFFORDERUNG,
        reason="Die Person ist zuzahlungspflichtig und hat trotz Aufforderung nicht gezahlt",
        allows_part=False,
        needs_proof=True,
        source="TA1 V21, 7.4.2.1; UE, 11",
    ),
    ClaimCase.EXEMPT: Case(
        key=Key.ZUZAHLUNGSBEFREIT,
        reason="Die Zuzahlung wurde abgezogen, die Person war aber befreit",
        allows_part=True,
        needs_proof=False,
        source="TA1 V21, 7.4.2.2; UE, 8, 11",
    ),
    ClaimCase.LIABLE_AGAIN: Case(
        key=Key.UEBERGANG_ZU_ZUZAHLUNGSPFLICHTIG,
        reason="Die Befreiung endete während der Behandlung, "
        "und die Person hat für die Tage danach nicht gezahlt",
        allows_part=True,
        needs_proof=None,
        source="TA1 V21, 7.4.2.3",
    ),
    ClaimCase.CUT_BY_FUND: Case(
        key=Key.KEINE_ZUZAHLUNG_TROTZ_ZAHLUNGSAUFFORDERUNG,
        reason="Die Krankenkasse hat die Rechnung um die Zuzahlung gekürzt, "
        "und die Person hat trotz Aufforderung nicht gezahlt",
        allows_part=False,
        needs_proof=True,
        source="TA1 V21, 7.4.2.4; UE, 10, 11",
    ),
    ClaimCase.FREE_POSITION: Case(
        key=Key.KEINE_ZUZAHLUNG_TROTZ_ZAHLUNGSAUFFORDERUNG,
        reason="Die Zuzahlung wurde für eine zuzahlungsfreie Position abgezogen",
        allows_part=True,
        needs_proof=None,
        source="UE, 13",
    ),
}
