"""The sums we count are those of the sample files: BES of s01 and s02, GZF of s04."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from zuzahlung.standards.copayment.amounts import Owed, owed
from zuzahlung.standards.copayment.claim_cases import ClaimCase
from zuzahlung.standards.copayment.claims import claim, deducted
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.copayment.sheet import Item, Sheet

pytestmark = pytest.mark.official

SAMPLES = Path(__file__).parents[3] / "shared" / "domain" / "samples"
CLAIM_OF_KEY = {"1": ClaimCase.EXEMPT, "2": ClaimCase.REFUSED, "5": ClaimCase.LIABLE_AGAIN}


def case_groups(name: str) -> list[list[list[str]]]:
    """Return the segments of each case, split into elements; no element of these files holds a released +."""
    if not SAMPLES.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    text = (SAMPLES / name).read_text(encoding="latin-1").replace("?'", "’")
    found: list[list[list[str]]] = []
    for segment in "".join(text.splitlines()).split("'"):
        elements = segment.split("+")
        if elements[0] == "INV":
            found.append([])
        if found:
            found[-1].append(elements)
    return found


def amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def counted(case: list[list[str]], *, is_claim: bool) -> Owed:
    """Return what the items of a case owe by age, by its key, and by which of them carry EHE.6."""
    key = next(elements[4] for elements in case if elements[0] == "ZHE")
    items = tuple(
        Item(
            leistungsdatum=day(elements[5]),
            positionsnummer=elements[2],
            einzelbetrag=amount(elements[4]),
            anzahl=amount(elements[3]),
            bears_copayment=len(elements) > 6,
            printed_copayment=amount(elements[6]) if len(elements) > 6 else None,
        )
        for elements in case
        if elements[0] == "EHE"
    )
    exempt = (Period(date(2026, 1, 1), date(2026, 12, 31)),) if key == "1" and not is_claim else ()
    born = next(day(elements[3]) for elements in case if elements[0] == "NAD")
    return owed(Sheet(items=items, geburtsdatum=born, exemptions=exempt))


@pytest.mark.parametrize(
    ("name", "cases"), [("s01_vkz01_einzelrechnung.esol", 6), ("s02_vkz01_sammelrechnung.esol", 2)]
)
def test_the_sums_of_each_case_are_those_of_the_file(name: str, cases: int) -> None:
    found = case_groups(name)
    assert len(found) == cases
    for case in found:
        sums = next(elements[1:] for elements in case if elements[0] == "BES")
        ours = counted(case, is_claim=False)
        written = [amount(one) for one in sums] + [Decimal("0.00")] * (4 - len(sums))
        assert [ours.brutto, ours.gesamt, ours.prozentual, ours.pauschal] == written
        assert str(ours.key.key) == next(elements[4] for elements in case if elements[0] == "ZHE")
        assert ours.findings == ()


def test_the_claims_are_those_of_the_file() -> None:
    found = case_groups("s04_vkz03_zuzahlungsforderung.esol")
    assert len(found) == 2
    for case in found:
        key = next(elements[4] for elements in case if elements[0] == "ZHE")
        sums = next(elements[1:] for elements in case if elements[0] == "GZF")
        ours = claim(deducted(counted(case, is_claim=True)), CLAIM_OF_KEY[key])
        assert [ours.gesamt, ours.prozentual, ours.pauschal] == [amount(one) for one in sums]
        assert str(ours.key.key) == key
