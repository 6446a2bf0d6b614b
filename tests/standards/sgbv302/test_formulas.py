"""The sums of cases and invoices follow TA1 to the cent, and a field that may be missing is left out at nought."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.copayment.law import BeforeTheLaw
from zuzahlung.standards.edifact.writing import write
from zuzahlung.standards.sgbv302 import formulas, slla
from zuzahlung.standards.sgbv302.files import Position
from zuzahlung.standards.sgbv302.formulas import Summen
from zuzahlung.standards.sgbv302.slla import BES, EHE, GZF, MWS


def ehe(preis: str, zuzahlung: str | None = None, *, anzahl: str = "1.00", day: int = 7) -> EHE:
    return EHE(
        leistungserbringergruppe=slla.Leistungserbringergruppe(
            abrechnungscode="22", tarifkennzeichen="00501"
        ),
        positionsnummer="20501",
        anzahl=Decimal(anzahl),
        einzelbetrag=Decimal(preis),
        leistungsdatum=date(2026, 9, day),
        zuzahlung=None if zuzahlung is None else Decimal(zuzahlung),
    )


def lines(*rows: tuple[str, str | None]) -> list[Position]:
    """Return one unit each of positions by price and Zuzahlung."""
    return [Position(ehe=ehe(preis, zuzahlung)) for preis, zuzahlung in rows]


SIX_TIMES = lines(*[("29.63", "2.96")] * 6)
WITH_A_FREE_POSITION = lines(*[("35.59", "3.56"), ("16.16", "1.62")] * 3, ("1.40", None))
CAPPED = lines(("8.43", "0.84"))
SMALL = lines(("13.09", "1.31"))
EXEMPT = lines(("29.63", None), ("29.63", None))
DIFFERENCE = lines(("22.78", "2.28"), ("1.63", "0.16"))


@pytest.mark.parametrize(
    ("preis", "zuzahlung"),
    [("29.63", "2.96"), ("33.75", "3.38"), ("11.95", "1.20"), ("70.45", "7.05"), ("0.04", "0.00")],
)
def test_the_zuzahlung_of_a_unit_is_ten_per_cent_rounded_half_up(preis: str, zuzahlung: str) -> None:
    assert formulas.unit_copayment(ehe(preis)) == Decimal(zuzahlung)


def test_the_zuzahlung_of_a_unit_takes_its_share_of_the_rounded_tax() -> None:
    # 7.65 for two units are 3.83 for one; ten per cent of 23.96 are 2.396.
    net = ehe("20.13", anzahl="2.00")
    tax = formulas.vat(net, Decimal("19.00"))
    assert write(tax) == "MWS+19,00+7,65"
    assert formulas.unit_copayment(net, tax) == Decimal("2.40")


def test_a_day_before_the_law_held_here_has_no_zuzahlung() -> None:
    old = replace(ehe("29.63"), leistungsdatum=date(2003, 12, 31))
    with pytest.raises(BeforeTheLaw):
        formulas.unit_copayment(old)


@pytest.mark.parametrize(
    ("positions", "text"),
    [
        (SIX_TIMES, "BES+177,78+27,76+17,76+10,00"),
        (WITH_A_FREE_POSITION, "BES+156,65+25,54+15,54+10,00"),
        (CAPPED, "BES+8,43+8,43+0,84+7,59"),
        (SMALL, "BES+13,09+11,31+1,31+10,00"),
        (EXEMPT, "BES+59,26"),
    ],
    ids=["ordinary", "free position", "capped", "small", "exempt"],
)
def test_a_first_invoice_has_the_sums_of_the_worked_case(positions: list[Position], text: str) -> None:
    assert write(formulas.bes(positions, vkz="01")) == text


@pytest.mark.parametrize("vkz", ["02", "10"])
def test_a_later_invoice_carries_no_second_amount_for_the_verordnung(vkz: str) -> None:
    assert write(formulas.bes(DIFFERENCE, vkz=vkz)) == "BES+24,41+2,44+2,44"


def test_the_share_of_each_line_is_rounded_and_not_the_share_of_the_sum() -> None:
    two_and_a_half = [Position(ehe=ehe("0.35", "0.03", anzahl="2.50"))] * 3
    assert write(formulas.bes(two_and_a_half, vkz="02")) == "BES+2,64+0,24+0,24"


def test_the_tax_counts_among_the_cost() -> None:
    taxed = [
        Position(
            ehe=ehe("20.13", "2.40", anzahl="2.00"), mws=MWS(satz=Decimal("19.00"), betrag=Decimal("7.65"))
        )
    ]
    assert write(formulas.bes(taxed, vkz="01")) == "BES+47,91+14,80+4,80+10,00"


def test_the_amount_for_the_verordnung_may_be_decided_elsewhere() -> None:
    assert write(formulas.bes(SIX_TIMES, vkz="01", pauschal=Decimal("0.00"))) == "BES+177,78+17,76+17,76"
    assert write(formulas.bes(EXEMPT, vkz="01", pauschal=Decimal("10.00"))) == "BES+59,26+10,00++10,00"


@pytest.mark.parametrize(
    ("pauschal", "korrekturabzug", "text"),
    [
        ("10.00", None, "BES+177,78+27,76+17,76+10,00"),
        ("0.00", None, "BES+177,78+17,76+17,76"),
        ("10.00", "5.00", "BES+177,78+27,76+17,76+10,00+5,00"),
        ("0.00", "5.00", "BES+177,78+17,76+17,76++5,00"),
        ("0.00", "0.00", "BES+177,78+17,76+17,76"),
    ],
)
def test_a_correction_has_the_amounts_it_is_told(
    pauschal: str, korrekturabzug: str | None, text: str
) -> None:
    bes = formulas.bes(
        SIX_TIMES,
        vkz="04",
        pauschal=Decimal(pauschal),
        korrekturabzug=None if korrekturabzug is None else Decimal(korrekturabzug),
    )
    assert write(bes) == text


def test_a_correction_that_is_not_told_about_the_amount_for_the_verordnung_is_refused() -> None:
    with pytest.raises(ValueError, match="has to be said"):
        formulas.bes(SIX_TIMES, vkz="04")


@pytest.mark.parametrize("vkz", ["01", "02", "10"])
def test_a_korrekturabzug_outside_of_a_correction_is_refused(vkz: str) -> None:
    with pytest.raises(ValueError, match="only a correction"):
        formulas.bes(SIX_TIMES, vkz=vkz, korrekturabzug=Decimal("5.00"))


@pytest.mark.parametrize("vkz", ["03", "05", ""])
def test_a_case_of_another_kind_has_no_bes(vkz: str) -> None:
    with pytest.raises(ValueError, match="no BES"):
        formulas.bes(SIX_TIMES, vkz=vkz)


@pytest.mark.parametrize("pauschal", ["7.60", "-0.01"])
def test_an_amount_for_the_verordnung_that_cannot_be_is_refused(pauschal: str) -> None:
    with pytest.raises(ValueError, match="what is left of the cost"):
        formulas.bes(CAPPED, vkz="01", pauschal=Decimal(pauschal))
    with pytest.raises(ValueError, match="what is left of the cost"):
        formulas.gzf(CAPPED, pauschal=Decimal(pauschal))


@pytest.mark.parametrize(
    ("positions", "text"),
    [
        (SIX_TIMES, "GZF+27,76+17,76+10,00"),
        (WITH_A_FREE_POSITION, "GZF+25,54+15,54+10,00"),
        (CAPPED, "GZF+8,43+0,84+7,59"),
        (EXEMPT, "GZF+0,00"),
    ],
    ids=["ordinary", "free position", "capped", "nothing claimed"],
)
def test_a_claim_is_what_was_deducted(positions: list[Position], text: str) -> None:
    assert write(formulas.gzf(positions)) == text


def test_a_claim_for_a_part_may_leave_out_the_amount_for_the_verordnung() -> None:
    part = lines(("29.63", None), ("29.63", "2.96"))
    assert write(formulas.gzf(part, pauschal=Decimal("0.00"))) == "GZF+2,96+2,96"
    assert write(formulas.gzf(part, pauschal=Decimal("7.59"))) == "GZF+10,55+2,96+7,59"


def test_a_claim_for_the_amount_of_the_verordnung_alone_has_no_share() -> None:
    assert write(formulas.gzf(EXEMPT, pauschal=Decimal("10.00"))) == "GZF+10,00++10,00"


def rows(summen: Summen, vkz: str) -> list[str]:
    return [write(row) for row in summen.rows(vkz)]


def summed(*cases: tuple[str | None, BES | GZF]) -> Summen:
    summen = Summen()
    for status, summe in cases:
        summen.add(status, summe)
    return summen


SIX_CASES = (
    ("10000", formulas.bes(SIX_TIMES, vkz="01")),
    ("50000", formulas.bes(WITH_A_FREE_POSITION, vkz="01")),
    ("30000", BES(brutto=Decimal("117.66"))),
    ("10000", formulas.bes(EXEMPT, vkz="01")),
    ("10000", formulas.bes(SMALL, vkz="01")),
    ("10000", formulas.bes(CAPPED, vkz="01")),
)


@pytest.mark.parametrize("vkz", ["01", "02", "10"])
def test_an_invoice_has_one_row_for_all_and_one_for_each_status(vkz: str) -> None:
    assert rows(summed(*SIX_CASES), vkz) == [
        "GES+00+459,83+532,87+73,04",
        "GES+11+211,06+258,56+47,50",
        "GES+31+117,66+117,66+0,00",
        "GES+51+131,11+156,65+25,54",
    ]


def test_a_status_that_is_missing_or_unknown_counts_last() -> None:
    bes = BES(brutto=Decimal("1.00"))
    assert rows(summed((None, bes), ("7000X", bes), ("5000M", bes), ("", bes)), "01") == [
        "GES+00+4,00+4,00+0,00",
        "GES+51+1,00+1,00+0,00",
        "GES+99+3,00+3,00+0,00",
    ]


def test_a_claim_has_no_gross_in_its_rows() -> None:
    cases = [("10000", formulas.gzf(SIX_TIMES)), ("50000", formulas.gzf(WITH_A_FREE_POSITION))]
    assert rows(summed(*cases), "03") == [
        "GES+00+53,30+0,00+53,30",
        "GES+11+27,76+0,00+27,76",
        "GES+51+25,54+0,00+25,54",
    ]


def test_only_a_correction_takes_off_what_its_contract_deducts() -> None:
    bes = formulas.bes(SIX_TIMES, vkz="04", pauschal=Decimal("10.00"), korrekturabzug=Decimal("5.00"))
    assert rows(summed(("10000", bes)), "04") == ["GES+00+145,02+177,78+32,76", "GES+11+145,02+177,78+32,76"]
    assert rows(summed(("10000", bes)), "01") == ["GES+00+150,02+177,78+27,76", "GES+11+150,02+177,78+27,76"]


def test_without_any_case_there_is_the_row_for_all_alone() -> None:
    assert rows(Summen(), "01") == ["GES+00+0,00+0,00+0,00"]


CENTS = st.integers(0, 10_000_00)
STATUS = st.sampled_from(["10000", "30000", "50001", "9000A", "", None])


def euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


@st.composite
def sums(draw: st.DrawFn) -> BES | GZF:
    brutto, zuzahlung, korrekturabzug = draw(CENTS), draw(CENTS), draw(CENTS)
    if draw(st.booleans()):
        return GZF(forderung=euros(zuzahlung))
    return BES(
        brutto=euros(brutto),
        zuzahlung=euros(zuzahlung) if draw(st.booleans()) else None,
        korrekturabzug=euros(korrekturabzug) if draw(st.booleans()) else None,
    )


CASES = st.lists(st.tuples(STATUS, sums()), max_size=12)
VKZ = st.sampled_from(["01", "02", "03", "04", "10"])


@given(cases=CASES, vkz=VKZ)
def test_the_row_for_all_is_the_sum_of_the_others(
    cases: list[tuple[str | None, BES | GZF]], vkz: str
) -> None:
    whole, *by_status = summed(*cases).rows(vkz)
    for name in ("gesamtrechnungsbetrag", "gesamtbruttobetrag", "gesamtbetrag_zuzahlung"):
        assert getattr(whole, name) == sum(getattr(row, name) for row in by_status)


@given(cases=CASES, vkz=VKZ)
def test_what_is_to_be_paid_is_gross_less_deduction_and_in_a_claim_the_claim(
    cases: list[tuple[str | None, BES | GZF]], vkz: str
) -> None:
    for row in summed(*cases).rows(vkz):
        assert row.gesamtbetrag_zuzahlung is not None
        if vkz == "03":
            assert row.gesamtrechnungsbetrag == row.gesamtbetrag_zuzahlung
            assert row.gesamtbruttobetrag == Decimal("0.00")
        else:
            assert row.gesamtrechnungsbetrag == row.gesamtbruttobetrag - row.gesamtbetrag_zuzahlung


@given(cases=CASES, cut=st.integers(0, 12), vkz=VKZ)
def test_a_sammelrechnung_over_two_invoices_is_as_one_invoice_over_all_their_cases(
    cases: list[tuple[str | None, BES | GZF]], cut: int, vkz: str
) -> None:
    gathered = Summen()
    gathered.include(summed(*cases[:cut]))
    gathered.include(summed(*cases[cut:]))
    assert gathered.rows(vkz) == summed(*reversed(cases)).rows(vkz)


def half_up(numerator: int, denominator: int) -> int:
    """Return the quotient of two whole numbers, rounded half up: a second way to count, without Decimal."""
    return (2 * numerator + denominator) // (2 * denominator)


@given(
    st.lists(st.tuples(st.integers(0, 200_00), st.integers(1, 9_99), st.booleans()), min_size=1, max_size=9)
)
def test_bes_is_what_whole_cents_give(rows: list[tuple[int, int, bool]]) -> None:
    positions, brutto, prozentual = [], 0, 0
    for preis, anzahl, bears_copayment in rows:
        unit = half_up(preis, 10)
        brutto += half_up(preis * anzahl, 100)
        prozentual += half_up(unit * anzahl, 100) if bears_copayment else 0
        one = ehe(str(euros(preis)), anzahl=str(euros(anzahl)))
        zuzahlung = formulas.unit_copayment(one) if bears_copayment else None
        positions.append(Position(ehe=replace(one, zuzahlung=zuzahlung)))
    pauschal = max(0, min(10_00, brutto - prozentual)) if prozentual else 0
    assert formulas.bes(positions, vkz="01") == BES(
        brutto=euros(brutto),
        zuzahlung=euros(prozentual + pauschal) or None,
        zuzahlung_prozentual=euros(prozentual) or None,
        zuzahlung_pauschal=euros(pauschal) or None,
    )
