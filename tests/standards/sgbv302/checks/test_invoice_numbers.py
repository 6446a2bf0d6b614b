"""Rechnungsnummern and Belegnummern: their form, each used once, and the cases of one invoice in one invoice."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date

import pytest

from tests.standards.sgbv302.checks.damaged import (
    ABRECHNUNGSSTELLE,
    ANDERE_KASSE,
    ANDERE_PRAXIS,
    CLAIM,
    DRITTE_KASSE,
    GATHERED,
    INKASSO,
    KASSE,
    SEVERAL,
    SINGLE,
    file_of,
    luigi,
    message,
    put,
    sammel,
    small_invoice,
    told,
)
from zuzahlung.standards.edifact.stream import Piece
from zuzahlung.standards.sgbv302.checks.flow import check
from zuzahlung.standards.sgbv302.checks.heading import Heading
from zuzahlung.standards.sgbv302.checks.known import Known
from zuzahlung.standards.sgbv302.checks.numbers import of_group
from zuzahlung.standards.sgbv302.checks.rules import FileFinding
from zuzahlung.standards.sgbv302.checks.seen import At, Case
from zuzahlung.standards.sgbv302.checks.vouchers import Vouchers

RA3 = {"sender": ABRECHNUNGSSTELLE, "art": "3", "biller": ABRECHNUNGSSTELLE}
TWO = ("GES+00+3,56+26,18+22,62", "GES+11+3,56+26,18+22,62")


def numbered(number: str) -> str:
    return SINGLE.replace("REC+2026-1001:0", f"REC+{number}")


@pytest.mark.parametrize(
    "number", ["2026--1001:0", "-2026:0", "2026-:0", "2026/:0", "2026-/1:0", "2026 1001:0", "2026.1001:0", "Ä1:0"]
)  # fmt: skip
def test_a_sammelnummer_of_another_form_is_told_once(number: str) -> None:
    assert told(numbered(number)) == ["rec.number-form 3 error REC.1.1"]


def test_an_einzelnummer_of_another_form_is_told_once() -> None:
    wrong = put(put(GATHERED, "REC#2.1.2", "1-"), "REC#3.1.2", "1-")
    assert told(wrong) == ["rec.number-form 3 error REC#2.1.2"]


def test_a_sammelrechnung_with_a_number_of_another_form_is_told_with_its_invoices() -> None:
    assert told(GATHERED.replace("2026-1001", "2026_1001")) == [
        "rec.number-form 3 error REC.1.1",
        "rec.number-form 3 error REC#2.1.1",
        "rec.number-form 3 error REC#4.1.1",
    ]


@pytest.mark.parametrize(
    "number", ["2026-1001:0", "A-135:0", "2026/10/1:0", "00234567:0", "a1B2:0", "12345678901234:0"]
)
def test_numbers_of_the_right_form_are_right(number: str) -> None:
    assert told(numbered(number)) == []


def test_the_same_number_for_the_same_krankenkasse_is_told_and_nothing_else() -> None:
    twice = file_of(small_invoice("2026-1:0", KASSE), small_invoice("2026-1:0", KASSE))
    assert told(twice) == ["rec.number-twice 3 error REC#3.1"]


def test_the_same_number_for_another_krankenkasse_is_a_warning() -> None:
    reused = file_of(small_invoice("2026-1:0", KASSE), small_invoice("2026-1:0", ANDERE_KASSE))
    assert told(reused) == ["rec.number-reused 3 warning REC#3.1"]


def test_two_practices_may_not_use_the_same_number_for_a_krankenkasse() -> None:
    common = {"sender": ABRECHNUNGSSTELLE, "art": "2"}
    twice = file_of(
        small_invoice("2026-1:0", KASSE, **common),
        small_invoice("2026-1:0", KASSE, provider=ANDERE_PRAXIS, **common),
        unb=f"{ABRECHNUNGSSTELLE}+660999007+20261005",
    )
    assert told(twice) == ["rec.number-twice 3 error REC#3.1"]


def test_a_sammelrechnung_with_the_number_of_another_is_told_once() -> None:
    reused = GATHERED.replace("2026-1002", "2026-1001")
    assert told(reused) == ["rec.number-reused 3 warning REC#6.1"]


def of_inkasso(second: list[str]) -> str:
    above = sammel("001", *TWO, biller=ABRECHNUNGSSTELLE, sender=ABRECHNUNGSSTELLE, art="3")
    first = small_invoice("001:1", KASSE, **RA3)
    return file_of(above, first, second, unb=f"{ABRECHNUNGSSTELLE}+660999007+20261005")


def test_with_rechnungsart_3_a_practice_may_keep_its_single_number_for_several_krankenkassen() -> None:
    assert told(of_inkasso(small_invoice("001:1", ANDERE_KASSE, **RA3))) == []


def test_with_rechnungsart_3_each_practice_has_its_own_single_number() -> None:
    other = small_invoice("001:1", ANDERE_KASSE, provider=ANDERE_PRAXIS, **RA3)
    assert told(of_inkasso(other)) == ["rec.number-of-another 3 error REC#4.1.2"]


def test_cases_that_belong_into_one_invoice_are_told_at_the_second() -> None:
    torn = file_of(small_invoice("2026-1:0", KASSE), small_invoice("2026-2:0", KASSE))
    assert told(torn) == ["invoice.torn-apart 3 error FKT#3"]


def test_another_day_of_invoice_or_practice_or_krankenkasse_makes_another_invoice() -> None:
    second = small_invoice("2026-2:0", KASSE)
    assert (
        told(
            file_of(
                small_invoice("2026-1:0", KASSE), [part.replace("20261005", "20261004") for part in second]
            )
        )
        == []
    )
    assert told(INKASSO) == []
    assert told(SEVERAL) == []


def test_an_invoice_too_long_to_be_counted_may_be_split() -> None:
    fkt = At(Piece(3, 0, "FKT+01"), None)
    first = Heading(
        fkt=fkt, vkz="01", ik_rechnungssteller="1", ik_kostentraeger="2", ik_krankenkasse="3",
        sammelnummer="1", einzelnummer="0", rechnungsdatum=date(2026, 10, 5),
    )  # fmt: skip

    def second_of(segments: int) -> list[FileFinding]:
        known = Known()
        assert list(of_group(first, known, segments=500_000)) == []
        return list(of_group(first._replace(sammelnummer="2"), known, segments=segments))

    assert [found.rule for found in second_of(499_999)] == ["invoice.torn-apart"]
    assert second_of(500_000) == []


def test_a_belegnummer_that_comes_twice_is_told_and_the_sums_are_not() -> None:
    assert told(put(SINGLE, "INV#3.4", "2")) == ["inv.voucher-twice 3 error INV#3.4"]


def test_a_copied_case_is_told_by_its_belegnummer_and_not_by_the_sums() -> None:
    parts = luigi("1")
    copied = SINGLE.replace(
        "INV+A123456780+10001", "'\r\n".join(parts) + "'\r\nINV+A123456780+10001"
    ).replace("UNT+000023+00002", "UNT+000029+00002")
    assert told(copied) == ["inv.voucher-twice 3 error INV#2.4"]


def test_the_same_belegnummer_in_another_invoice_is_right() -> None:
    assert "+1+1'" in SEVERAL.partition("INV")[2].partition("INV")[2]
    assert told(SEVERAL) == []


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (("1", "2", "0"), ["inv.voucher-order 3 warning INV#3.4"]),
        (("9", "2", "1"), ["inv.voucher-order 3 warning INV#2.4"]),
        (("9", "10", "11"), []),
        (("1", "01", "2"), []),
        (("1", "7", "8"), []),
        (("A-9", "A-10", "A-11"), []),
        (("A-9", "A-11", "A-10"), ["inv.voucher-order 3 warning INV#3.4"]),
        (("B1", "A2", "7"), []),
        (("X", "W", "V"), []),
        (("7", "A1", "6"), []),
    ],
)
def test_cases_stand_in_the_order_of_numbers_that_have_one(
    numbers: tuple[str, ...], expected: list[str]
) -> None:
    text = SINGLE
    for nth, number in enumerate(numbers, start=1):
        text = put(text, f"INV#{nth}.4", number)
    assert told(text) == expected


def test_the_same_case_claimed_twice_is_a_warning() -> None:
    assert told(put(CLAIM, "URI#2.4", "1")) == ["uri.claimed-twice 3 warning URI#2"]


def test_corrections_may_name_the_same_case_again() -> None:
    # Two positions of one voucher, cut for two reasons (VKZ 04).
    head = f"FKT+04++440301798+{KASSE}+{KASSE}"

    def case(beleg: str, day: str) -> list[str]:
        return [
            f"INV+D456789013+10000+1+{beleg}",
            "URI+440301798+2026-77:0+20260930+4",
            "NAD+Frei+Fritz+19600606",
            f"EHE+22:00501+20501+1,00+29,63+{day}",
            "ZHE+110178400+906716934+20260901+1+WS+03+++++++1000++0+1+2",
            "DIA+M54.4",
            "BES+29,63",
        ]

    text = file_of(
        message(
            "SLGA",
            f"{head}+440301798",
            "REC+2026-1:0+20261005+1",
            "GES+00+59,26+59,26+0,00",
            "GES+11+59,26+59,26+0,00",
            "NAM+Physiotherapie Mustermann",
        ),
        message("SLLA", head, "REC+2026-1:0+20261005+1", case("1", "20260910"), case("2", "20260917")),
    )
    assert told(text) == []


def test_of_the_cases_of_a_file_only_the_one_in_view_is_kept() -> None:
    cases = [part for number in range(300) for part in luigi(str(number))]
    text = SINGLE.partition("INV")[0] + "".join(f"{part}'\r\n" for part in cases)
    alive: list[int] = []

    def chunks() -> Iterator[bytes]:
        yield text.encode("latin-1")
        alive.append(sum(type(one) is Case for one in gc.get_objects()))

    list(check(chunks()))
    assert alive == [1]


@pytest.mark.thorough
def test_the_belegnummern_of_an_invoice_are_forgotten_with_it() -> None:
    alive: list[int] = []

    def chunks() -> Iterator[bytes]:
        yield SEVERAL.partition("UNZ")[0].encode("latin-1")
        gc.collect()
        alive.append(sum(type(one) is Vouchers for one in gc.get_objects()))

    list(check(chunks()))
    assert alive == [1]


def test_a_number_for_a_third_krankenkasse_is_compared_with_both_before() -> None:
    reused = file_of(
        small_invoice("2026-1:0", KASSE),
        small_invoice("2026-1:0", ANDERE_KASSE),
        small_invoice("2026-1:0", DRITTE_KASSE, payer=DRITTE_KASSE),
    )
    assert told(reused) == ["rec.number-reused 3 warning REC#3.1", "rec.number-reused 3 warning REC#5.1"]
