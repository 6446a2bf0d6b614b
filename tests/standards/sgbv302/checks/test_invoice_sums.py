"""GES: every row is the sum of its cases; one wrong amount is told once, and never again because of a wrong case."""

from __future__ import annotations

import pytest

from tests.standards.sgbv302.checks.damaged import (
    CLAIM,
    END,
    GATHERED,
    GOOD,
    INKASSO,
    KASSE,
    SINGLE,
    add,
    drop,
    file_of,
    message,
    put,
    told,
)
from zuzahlung.standards.sgbv302.checks.flow import check


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(("place", "rule"), [("2", "amount"), ("3", "gross"), ("4", "copayment")])
def test_one_wrong_amount_of_any_row_of_any_file_is_told_exactly_there(
    name: str, place: str, rule: str
) -> None:
    text = GOOD[name]
    for nth in range(1, text.count("GES+") + 1):
        where = f"GES#{nth}.{place}" if nth > 1 else f"GES.{place}"
        expected = "gross-of-claim" if name == "claim" and rule == "gross" else rule
        assert told(put(text, where, "9,99")) == [f"ges.{expected} 3 error {where}"]


def test_a_zuzahlung_that_is_left_out_counts_as_nought() -> None:
    assert told(put(SINGLE, "GES#3.4", "")) == []
    assert told(put(SINGLE, "GES#2.4", "")) == ["ges.copayment 3 error GES#2.4"]


def test_a_row_that_is_wrong_in_itself_and_consistent_is_told_at_the_sum_that_is_wrong() -> None:
    # Row and total are 10,00 too high in gross and in what is to be paid.
    rows = SINGLE.replace("GES+11+3,56+26,18+22,62", "GES+11+13,56+36,18+22,62")
    assert told(rows.replace("GES+00+62,82+85,44+22,62", "GES+00+72,82+95,44+22,62")) == [
        "ges.gross 3 error GES#2.3"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (put(SINGLE, "GES.1", "31"), "ges.total-first 3 error GES.1"),
        (put(SINGLE, "GES.1", "11"), "ges.total-first 3 error GES.1"),
        (drop(SINGLE, "GES"), "ges.total-first 3 error GES.1"),
        (put(put(SINGLE, "GES", "GES+11+3,56+26,18+22,62"), "GES#2", "GES+00+62,82+85,44+22,62"), "ges.total-first 3 error GES.1"),
        (put(SINGLE, "GES#3.1", "11"), "ges.status-twice 3 error GES#3.1"),
        (put(SINGLE, "GES#3.1", "00"), "ges.status-twice 3 error GES#3.1"),
        (add(SINGLE, "GES#3", "GES+51+59,26+59,26+0,00"), "ges.status-twice 3 error GES#4.1"),
        (add(SINGLE, "GES#3", "GES+31+0,00+0,00+0,00"), "ges.status-without-case 3 error GES#4.1"),
        (put(SINGLE, "GES#3.1", "31"), "ges.status-without-case 3 error GES#3.1"),
        (drop(SINGLE, "GES#3"), "ges.status-missing 3 error GES"),
        (drop(GATHERED, "GES#2"), "segment.too-few 2 error NAM"),
        (put(SINGLE, "GES#2.1", "77"), "key.unknown 3 error GES#2.1"),
        (put(SINGLE, "GES.1", "77"), "key.unknown 3 error GES.1"),
    ],
)  # fmt: skip
def test_a_row_missing_or_too_many_or_out_of_place_is_told_once(text: str, expected: str) -> None:
    assert told(text) == [expected]


def test_a_case_counted_for_another_status_is_told_once_at_the_first_row() -> None:
    assert told(put(SINGLE, "INV.2", "50000")) == ["ges.other-status 3 error GES#2.3"]


def test_a_case_of_a_status_that_no_row_has_is_told_once() -> None:
    assert told(put(SINGLE, "INV.2", "30000")) == ["ges.status-missing 3 error GES"]
    assert told(put(SINGLE, "INV.2", "70000")) == ["ges.status-missing 3 error GES"]


def test_a_status_that_is_none_or_cannot_be_read_is_not_held_against_the_rows() -> None:
    assert told(put(SINGLE, "INV.2", "X0000")) == ["inv.status-form 3 warning INV.2"]
    assert told(put(SINGLE, "INV.2", "1")) == ["element.length 2 error INV.2"]


def test_without_a_status_a_case_counts_to_99() -> None:
    rows = put(put(SINGLE, "GES#3.1", "99"), "INV#3.2", "")
    with_address = put(rows, "NAD#3", "NAD+Frei+Fritz+19600606+Weg 1+12345+Musterstadt")
    assert told(with_address) == []


@pytest.mark.parametrize(
    ("where", "new", "expected"),
    [
        ("BES.1", "13,90", "bes.gross 3 error BES.1"),
        ("BES.2", "11,13", "bes.total 3 error BES.2"),
        ("BES.3", "1,13", "bes.percent 3 error BES.3"),
        ("BES.4", "9,00", "bes.flat 3 error BES.4"),
        ("EHE.6", "1,13", "ehe.copayment-per-unit 3 error EHE.6"),
    ],
)
def test_an_amount_of_a_case_that_is_wrong_is_told_there_and_not_at_the_sums(
    where: str, new: str, expected: str
) -> None:
    assert told(put(SINGLE, where, new)) == [expected]


def test_sums_that_follow_a_wrong_case_are_not_told_again() -> None:
    # The case says 13,90 instead of 13,09, and so do the sums of the invoice and of the Sammelrechnung.
    wrong = put(SINGLE, "BES.1", "13,90")
    rows = wrong.replace("GES+00+62,82+85,44+22,62", "GES+00+63,63+86,25+22,62")
    assert told(rows.replace("GES+11+3,56+26,18+22,62", "GES+11+4,37+26,99+22,62")) == [
        "bes.gross 3 error BES.1"
    ]
    gathered = put(GATHERED, "BES#3.1", "13,90").split("UNH+00006")
    follow = gathered[1].replace("+1,78+13,09+11,31", "+2,59+13,90+11,31")
    assert told("UNH+00006".join([gathered[0], follow])) == ["bes.gross 3 error BES#3.1"]


def test_a_sammelrechnung_that_follows_a_wrong_row_below_it_is_not_told_again() -> None:
    rows = GATHERED.replace("GES+11+1,78+13,09+11,31", "GES+11+1,78+14,00+11,31", 1)
    assert told(rows) == ["ges.gross 3 error GES#4.3"]
    assert told(put(rows, "GES#2.3", "27,09")) == ["ges.gross 3 error GES#4.3"]
    rows = GATHERED.replace("GES+11+1,78+13,09+11,31", "GES+11+1,78+13,09+12,00", 1)
    assert told(put(rows, "GES#2.4", "23,31")) == ["ges.copayment 3 error GES#4.4"]


def test_a_sum_that_fits_neither_the_cases_as_they_stand_nor_as_they_should_be_is_told() -> None:
    wrong = put(put(SINGLE, "BES.1", "13,90"), "GES#2.3", "26,66")
    assert told(wrong) == ["bes.gross 3 error BES.1", "ges.gross 3 error GES#2.3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (put(SINGLE, "BES.1", "13,9"), "element.decimals 2 error BES.1"),
        (drop(SINGLE, "BES"), "segment.order 2 error INV#2"),
        (put(SINGLE, "INV#2", "INX+A123456780+10001+1+2"), "segment.unknown 2 error INX"),
        (put(SINGLE, "GES#2.3", "26,1"), "element.decimals 2 error GES#2.3"),
    ],
)
def test_sums_are_not_compared_where_one_of_them_could_not_be_read(text: str, expected: str) -> None:
    assert told(text) == [expected]


def test_rows_and_cases_that_cannot_be_read_leave_nothing_to_compare() -> None:
    assert told(put(put(SINGLE, "GES#2.3", "26,1"), "BES.1", "13,9")) == [
        "element.decimals 2 error GES#2.3",
        "element.decimals 2 error BES.1",
    ]


def test_a_position_that_cannot_be_read_leaves_the_sums_comparable() -> None:
    wrong = put(SINGLE, "EHE.4", "13,9")
    assert told(wrong) == ["element.decimals 2 error EHE.4"]
    assert told(put(wrong, "GES#2.3", "9,99")) == [
        "element.decimals 2 error EHE.4",
        "ges.gross 3 error GES#2.3",
    ]


def test_rows_that_cannot_be_compared_with_cases_still_fit_each_other() -> None:
    unreadable = put(SINGLE, "BES.1", "13,9")
    assert told(put(unreadable, "GES#2.2", "9,99")) == [
        "element.decimals 2 error BES.1",
        "ges.amount 3 error GES#2.2",
    ]
    assert told(put(unreadable, "GES.4", "9,99").replace("GES+00+62,82", "GES+00+75,45")) == [
        "element.decimals 2 error BES.1",
        "ges.copayment 3 error GES.4",
    ]


def test_a_case_that_was_left_out_of_the_rows_is_told_at_each_amount_and_not_at_the_total() -> None:
    rows = SINGLE.replace("GES+11+3,56+26,18+22,62", "GES+11+1,78+13,09+11,31")
    assert told(rows.replace("GES+00+62,82+85,44+22,62", "GES+00+61,04+72,35+11,31")) == [
        "ges.gross 3 error GES#2.3",
        "ges.copayment 3 error GES#2.4",
    ]


def test_in_a_claim_gross_is_nought_and_what_is_claimed_is_the_amount() -> None:
    assert told(CLAIM) == []
    assert told(put(CLAIM, "GES#2.3", "13,09")) == ["ges.gross-of-claim 3 error GES#2.3"]
    assert told(put(CLAIM, "GES#2.2", "0,00")) == ["ges.amount 3 error GES#2.2"]
    assert told(put(CLAIM, "GES#2.4", "")) == ["ges.copayment 3 error GES#2.4"]


def test_a_korrekturabzug_counts_to_the_zuzahlung_of_the_rows() -> None:
    head = f"FKT+04++440301798+{KASSE}+{KASSE}"
    text = file_of(
        message(
            "SLGA",
            f"{head}+440301798",
            "REC+2026-1:0+20261005+1",
            "GES+00+28,13+29,63+1,50",
            "GES+11+28,13+29,63+1,50",
            "NAM+Physiotherapie Mustermann",
        ),
        message(
            "SLLA",
            head,
            "REC+2026-1:0+20261005+1",
            "INV+D456789013+10000+1+1",
            "URI+440301798+2026-77:0+20260930+4",
            "NAD+Frei+Fritz+19600606",
            "EHE+22:00501+20501+1,00+29,63+20260910",
            "ZHE+110178400+906716934+20260901+1+WS+03+++++++1000++0+1+2",
            "DIA+M54.4",
            "BES+29,63++++1,50",
        ),
    )
    assert told(text) == []
    forgotten = text.replace("+28,13+29,63+1,50", "+29,63+29,63+0,00")
    assert told(forgotten) == ["ges.copayment 3 error GES#2.4"]


def test_the_rows_of_a_sammelrechnung_are_the_sums_of_the_invoices_under_it() -> None:
    assert told(put(put(GATHERED, "GES.3", "13,09"), "GES#2.3", "13,09")) == ["ges.gross 3 error GES#2.3"]
    assert told(put(INKASSO, "GES#2.1", "51")) == ["ges.status-without-case 3 error GES#2.1"]
    assert told(drop(INKASSO, "UNH#4", "UNT#5")) == [
        "ges.gross 3 error GES#2.3",
        "ges.copayment 3 error GES#2.4",
    ]


def test_a_sammelrechnung_is_not_compared_with_an_invoice_that_could_not_be_read() -> None:
    assert told(put(GATHERED, "BES.1", "13,9")) == ["element.decimals 2 error BES.1"]
    assert told(drop(GATHERED, "UNH#5", "UNT#5")) == ["slga.without-slla 3 error UNH#4"]


def test_the_rows_of_a_sammelrechnung_follow_those_below_where_the_cases_cannot_be_read() -> None:
    unreadable = put(GATHERED, "BES.1", "13,9")
    assert told(put(unreadable, "GES#2.3", "9,99")) == [
        "element.decimals 2 error BES.1",
        "ges.gross 3 error GES#2.3",
    ]


def test_rows_that_cannot_be_read_are_no_excuse_for_a_sammelrechnung() -> None:
    # It says what the rows come to that could be read, and not what the cases come to.
    wrong = put(put(GATHERED, "GES#4.3", "13,0"), "GES#2.3", "13,09")
    assert told(wrong) == ["element.decimals 2 error GES#4.3", "ges.gross 3 error GES#2.3"]


def test_a_case_of_no_readable_status_leaves_the_split_of_the_sammelrechnung_alone() -> None:
    assert told(put(GATHERED, "INV.2", "X0000")) == ["inv.status-form 3 warning INV.2"]


def test_two_rows_that_are_wrong_by_themselves_are_both_told() -> None:
    assert told(put(put(SINGLE, "GES#2.3", "9,99"), "GES#3.3", "9,98")) == [
        "ges.gross 3 error GES#2.3",
        "ges.gross 3 error GES#3.3",
    ]


@pytest.mark.parametrize(
    ("bes", "expected"),
    [
        ("BES+29,63+12,69+2,96+10,00", "bes.total 3 error BES.2"),
        ("BES+26,93+12,96+2,96+10,00", "bes.gross 3 error BES.1"),
    ],
)
def test_a_wrong_case_of_a_correction_is_not_told_again_at_the_rows(bes: str, expected: str) -> None:
    head = f"FKT+04++440301798+{KASSE}+{KASSE}"
    text = file_of(
        message(
            "SLGA",
            f"{head}+440301798",
            "REC+2026-1:0+20261005+1",
            "GES+00+16,67+29,63+12,96",
            "GES+11+16,67+29,63+12,96",
            "NAM+Physiotherapie Mustermann",
        ),
        message(
            "SLLA",
            head,
            "REC+2026-1:0+20261005+1",
            "INV+A123456780+10000+1+1",
            "URI+440301798+2026-77:0+20260930+4",
            "NAD+D?'Angelo+Luigi+19720413",
            "EHE+22:00501+20501+1,00+29,63+20260910+2,96",
            "ZHE+110178400+906716934+20260901+3+WS+03+++++++1000++0+1+2",
            "DIA+M54.4",
            bes,
        ),
    )
    assert told(text) == [expected]


def test_the_text_of_a_status_without_cases_names_those_that_have_some() -> None:
    (found,) = check([add(SINGLE, "GES#3", "GES+31+0,00+0,00+0,00").encode("latin-1")])
    assert found.text == "Zum Status 31 gibt es in der SLLA keinen Fall. Es gibt Fälle mit Status 11, 51."


def test_an_invoice_that_breaks_off_is_not_compared() -> None:
    assert told(SINGLE[: SINGLE.index("INV+D45")]) == ["unz.missing 1 error BES#2"]


def test_the_text_names_both_amounts_in_euros() -> None:
    (found,) = check([put(SINGLE, "GES#2.3", "26,81").encode("latin-1")])
    assert found.text == (
        "Der Gesamtbruttobetrag für Status 11 ist 26,81 €. Die Summe der Fälle ergibt 26,18 €."
    )
    assert found.source == "TA1 V21, 5.5.2 GES"
    assert END not in found.content
