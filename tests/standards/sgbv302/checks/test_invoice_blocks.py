"""Sammelrechnungen: every Kostenträger has one or none has, and what stands under one belongs to it."""

from __future__ import annotations

import pytest

from tests.standards.sgbv302.checks.damaged import (
    ABRECHNUNGSSTELLE,
    ANDERE_KASSE,
    ANDERE_PRAXIS,
    DRITTE_KASSE,
    GATHERED,
    INKASSO,
    KASSE,
    SEVERAL,
    SINGLE,
    THIRD_PARTY_GATHERED,
    add,
    drop,
    file_of,
    put,
    sammel,
    small_invoice,
    told,
)

ONE = ("GES+00+1,78+13,09+11,31", "GES+11+1,78+13,09+11,31")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (put(SINGLE, "FKT.2", "J"), "fkt.not-sammel 3 error FKT.2"),
        (put(GATHERED, "FKT#4.2", "J"), "fkt.not-sammel 3 error FKT#4.2"),
        (put(GATHERED, "FKT.2", ""), "fkt.sammel-not-marked 3 error FKT.2"),
        (put(GATHERED, "FKT.2", "X"), "fkt.sammelrechnung 3 error FKT.2"),
        (put(INKASSO, "FKT#6.2", ""), "fkt.sammel-not-marked 3 error FKT#6.2"),
        (put(GATHERED, "FKT.5", KASSE), "fkt.fund-of-sammel 3 error FKT.5"),
        (add(GATHERED, "REC", "UST+12/345/67890+J"), "ust.in-sammel 3 error UST"),
        (put(GATHERED, "REC.1.2", "7"), "rec.single-number-of-sammel 3 warning REC.1.2"),
    ],
)
def test_a_head_that_is_half_sammelrechnung_is_told_once(text: str, expected: str) -> None:
    assert told(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The Sammelrechnung itself is missing: told once for the two invoices that have its number.
        (drop(GATHERED, "UNH", "UNT"), "rec.single-number 3 error REC.1.2"),
        (drop(GATHERED, "UNH#6", "UNT#6"), "sammel.mixed 3 error FKT#6.4"),
        (drop(THIRD_PARTY_GATHERED, "UNH#4", "UNT#4"), "sammel.mixed 3 error FKT#4.4"),
        (drop(INKASSO, "UNH", "UNT"), "sammel.missing 3 error FKT.4"),
        (drop(INKASSO, "UNH#6", "UNT#6"), "sammel.missing 3 error FKT#6.4"),
    ],
)
def test_a_missing_sammelrechnung_is_told_once(text: str, expected: str) -> None:
    assert told(text) == [expected]


def test_a_sammelrechnung_after_invoices_without_one_is_told_once() -> None:
    mixed = file_of(
        small_invoice("2026-1:0", KASSE),
        small_invoice("2026-2:0", ANDERE_KASSE),
        sammel("2026-3", *ONE, payer=DRITTE_KASSE),
        small_invoice("2026-3:1", DRITTE_KASSE, payer=DRITTE_KASSE),
    )
    assert told(mixed) == ["sammel.mixed 3 error FKT#5.2"]


def test_an_invoice_of_another_kostentraeger_after_a_sammelrechnung_is_told_once() -> None:
    mixed = file_of(
        sammel("2026-3", *ONE, payer=DRITTE_KASSE),
        small_invoice("2026-3:1", DRITTE_KASSE, payer=DRITTE_KASSE),
        small_invoice("2026-1:0", KASSE),
    )
    assert told(mixed) == ["sammel.mixed 3 error FKT#4.4"]


@pytest.mark.parametrize("text", [SEVERAL, GATHERED, INKASSO, THIRD_PARTY_GATHERED])
def test_files_with_sammelrechnungen_everywhere_or_nowhere_are_right(text: str) -> None:
    assert told(text) == []


def test_a_sammelrechnung_with_nothing_under_it_is_told() -> None:
    first = sammel("2026-2", *ONE, payer=DRITTE_KASSE)
    other = [*sammel("2026-1", *ONE), *small_invoice("2026-1:1", KASSE)]
    assert told(file_of(first, other)) == ["sammel.empty 3 error UNH"]
    assert told(file_of(other, first)) == ["sammel.empty 3 error UNH#4"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (put(put(GATHERED, "FKT#4.4", "109990041"), "FKT#5.4", "109990041"), "sammel.other-paymaster 3 error FKT#4.4"),
        (put(put(GATHERED, "REC#4.1.1", "2026-9"), "REC#5.1.1", "2026-9"), "sammel.other-number 3 error REC#4.1.1"),
        (
            put(put(GATHERED, "FKT#4.3", ABRECHNUNGSSTELLE), "FKT#5.3", ABRECHNUNGSSTELLE),
            "sammel.other-provider 3 error FKT#4.3",
        ),
        (put(put(GATHERED, "REC#4.1.2", "0"), "REC#5.1.2", "0"), "rec.single-number-missing 3 error REC#4.1.2"),
        # It is told once that the Sammelrechnung differs from both invoices under it.
        (put(GATHERED, "FKT.4", "109990041"), "sammel.other-paymaster 3 error FKT#2.4"),
        (put(GATHERED, "REC.1.1", "2026-9"), "sammel.other-number 3 error REC#2.1.1"),
        # A third party must not head the Sammelrechnung of a practice.
        (put(THIRD_PARTY_GATHERED, "FKT.3", ABRECHNUNGSSTELLE), "sammel.other-provider 3 error FKT#2.3"),
    ],
)  # fmt: skip
def test_an_invoice_that_does_not_fit_the_sammelrechnung_above_it_is_told(text: str, expected: str) -> None:
    found = told(text)
    # A practice with Rechnungsart 1 that is not the sender is worth a warning of its own.
    assert [one for one in found if not one.startswith("fkt.not-self-billed")] == [expected]


def test_without_a_sammelrechnung_the_single_number_is_nought() -> None:
    wrong = SINGLE.replace("REC+2026-1001:0", "REC+2026-1001:1")
    assert told(wrong) == ["rec.single-number 3 error REC.1.2"]


def test_each_series_of_numbers_without_its_sammelrechnung_is_told_once() -> None:
    wrong = file_of(
        small_invoice("2026-1:1", KASSE),
        small_invoice("2026-1:2", ANDERE_KASSE),
        small_invoice("2026-2:1", DRITTE_KASSE, payer=DRITTE_KASSE),
    )
    assert told(wrong) == ["rec.single-number 3 error REC.1.2", "rec.single-number 3 error REC#5.1.2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (put(INKASSO, "FKT#3.6", ""), "fkt.biller-missing 3 error FKT#3.6"),
        (put(INKASSO, "FKT#3.6", ANDERE_PRAXIS), "fkt.other-biller 3 error FKT#3.6"),
        (put(SINGLE, "FKT#2.6", ABRECHNUNGSSTELLE), "fkt.biller-surplus 3 error FKT#2.6"),
        (put(THIRD_PARTY_GATHERED, "FKT#3.6", ABRECHNUNGSSTELLE), "fkt.biller-surplus 3 error FKT#3.6"),
        # The Sammelrechnung is the one that differs: told once for both invoices under it.
        (put(INKASSO, "FKT.3", ANDERE_PRAXIS), "fkt.other-biller 3 error FKT#3.6"),
    ],
)
def test_who_bills_is_named_in_the_slla_with_rechnungsart_3_and_only_there(text: str, expected: str) -> None:
    assert told(text) == [expected]


def test_below_a_sammelrechnung_of_rechnungsart_3_stand_the_invoices_of_several_practices() -> None:
    assert told(INKASSO) == []
    assert f"+{ANDERE_PRAXIS}+" in INKASSO


def test_after_an_slga_that_cannot_be_read_no_sammelrechnung_is_missed() -> None:
    assert told(put(GATHERED, "FKT.4", "x")) == ["element.not-a-number 2 error FKT.4"]
    assert told(put(INKASSO, "UNH.2.1", "SLXX")) == ["unh.kind 1 error UNH.2"]
