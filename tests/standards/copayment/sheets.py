"""Sheets as the worked cases and the properties build them: from rows of text, and at random."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.standards.copayment.vectors import periods
from zuzahlung.standards.copayment.amounts import Owed
from zuzahlung.standards.copayment.periods import Period
from zuzahlung.standards.copayment.rules import CopaymentRules
from zuzahlung.standards.copayment.sheet import Item, Sheet


def sheet_of(case: dict[str, Any]) -> Sheet:
    """Return the sheet of a worked case: each of its rows is one position on several days."""
    return Sheet(
        items=tuple(item_of(row, day) for row in case["items"] for day in row["days"]),
        geburtsdatum=case["born"],
        exemptions=tuple(periods({"periods": case.get("periods", [])})),
        other_days=tuple(case.get("other_days", [])),
        spared_by=case.get("spared_by"),
    )


def item_of(row: dict[str, Any], day: date) -> Item:
    printed = row.get("copayment")
    return Item(
        leistungsdatum=day,
        positionsnummer=row["position"],
        einzelbetrag=Decimal(row["price"]),
        anzahl=Decimal(row.get("quantity", "1.00")),
        bears_copayment=printed != "-",
        printed_copayment=None if printed in (None, "-") else Decimal(printed),
        mws_betrag=Decimal(row["mws"]) if "mws" in row else None,
    )


def rules_of(case: dict[str, Any]) -> CopaymentRules:
    return CopaymentRules(**case.get("rules", {}))


def shown(amount: Decimal | None) -> str:
    """Return an amount of one unit as the worked cases write it."""
    return "-" if amount is None else str(amount)


def segment(*amounts: Decimal) -> str:
    """Return the elements of BES or GZF: decimal comma, nothing at the end that is nought but the first."""
    written = [str(amount).replace(".", ",") for amount in amounts]
    while len(written) > 1 and written[-1] == "0,00":
        written.pop()
    return "+".join(written)


def cents(amount: Decimal) -> int:
    """Return whole cents, and fail on parts of one."""
    assert amount.as_tuple().exponent == -2, f"{amount} is not written to the cent"
    return int(amount.scaleb(2))


def plain(owed: Owed) -> dict[str, Any]:
    """Return a result in the words of a worked case, what is ordinary left out."""
    found: dict[str, Any] = {
        "units": [shown(item.zuzahlung) for item in owed.items],
        "brutto": str(owed.brutto),
        "prozentual": str(owed.prozentual),
        "pauschal": str(owed.pauschal),
        "gesamt": str(owed.gesamt),
        "netto": str(owed.netto),
        "key": None if owed.key.key is None else int(owed.key.key),
        "decisions": [decision.text for decision in owed.decisions],
        "findings": [finding.text for finding in owed.findings],
    }
    return found


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """Return what a worked case expects, in the same words."""
    return {"key": None, "decisions": [], "findings": []} | {
        name: case[name]
        for name in (
            "units",
            "brutto",
            "prozentual",
            "pauschal",
            "gesamt",
            "netto",
            "key",
            "decisions",
            "findings",
        )
        if name in case
    }


FIRST, LAST = date(2026, 11, 1), date(2027, 2, 28)
DAYS = st.dates(FIRST, LAST)
PRICES = st.integers(0, 20_000).map(lambda n: Decimal(n).scaleb(-2))
WHOLE = st.integers(1, 5).map(lambda n: Decimal(100 * n).scaleb(-2))
QUANTITIES = WHOLE | st.integers(1, 999).map(lambda n: Decimal(n).scaleb(-2))
PERIODS = st.lists(st.tuples(DAYS, DAYS).map(lambda pair: Period(min(pair), max(pair))), max_size=3).map(
    tuple
)
BIRTHDAYS = st.just(date(1972, 4, 13)) | st.dates(FIRST - timedelta(10), LAST + timedelta(10)).map(
    lambda day: date(day.year - 18, day.month, min(day.day, 28))
)
RULES = st.builds(
    CopaymentRules,
    minor_to_liable=st.sampled_from([3, 5]),
    flat_at_change=st.sampled_from(["first-day", "any-liable-day"]),
    flat_at_birthday=st.sampled_from(["first-day", "any-liable-day"]),
    flat_without_bearing_item=st.booleans(),
    flat_in_correction=st.sampled_from(["whole-case", "always", "never"]),
    flat_in_partial_claim=st.sampled_from(["first-day", "always", "never"]),
    partly_exempt_key=st.sampled_from([1, 2]),
    proof_where_silent=st.booleans(),
)


@st.composite
def items(draw: st.DrawFn, quantities: st.SearchStrategy[Decimal] = QUANTITIES) -> Item:
    price, quantity = draw(PRICES), draw(quantities)
    bears = draw(st.booleans())
    printed = None
    if bears and draw(st.booleans()):
        # Mostly what the formula gives, sometimes a cent beside it, and never above the price.
        beside = (cents(price) * 10 + 50) // 100 + draw(st.sampled_from([0, 0, 0, -1, 1]))
        printed = Decimal(max(0, min(cents(price), beside))).scaleb(-2)
    return Item(
        leistungsdatum=draw(DAYS),
        positionsnummer=draw(st.sampled_from(["20501", "21501", "29701"])),
        einzelbetrag=price,
        anzahl=quantity,
        bears_copayment=bears,
        printed_copayment=printed,
    )


@st.composite
def sheets(draw: st.DrawFn, quantities: st.SearchStrategy[Decimal] = QUANTITIES) -> Sheet:
    return Sheet(
        items=tuple(draw(st.lists(items(quantities), min_size=1, max_size=6))),
        geburtsdatum=draw(BIRTHDAYS),
        exemptions=draw(PERIODS),
        other_days=tuple(draw(st.lists(DAYS, max_size=2))),
    )
