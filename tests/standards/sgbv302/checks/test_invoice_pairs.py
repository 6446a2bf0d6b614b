"""SLGA and SLLA: each SLGA has its own SLLA, and what both say is the same; a slip in one field is told once."""

from __future__ import annotations

import pytest

from tests.standards.sgbv302.checks.damaged import (
    ANDERE_KASSE,
    ANDERE_PRAXIS,
    END,
    GATHERED,
    GOOD,
    INKASSO,
    KASSE,
    SEVERAL,
    SINGLE,
    add,
    drop,
    file_of,
    fritz,
    luigi,
    put,
    told,
)
from zuzahlung.standards.sgbv302.checks.flow import check

SLLA_OF_SINGLE = SINGLE[SINGLE.index("UNH+00002") : SINGLE.index("UNZ")].split(END)[:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (drop(SINGLE, "UNH", "UNT"), "slla.without-slga 3 error UNH"),
        (drop(SINGLE, "UNH#2", "UNT#2"), "slga.without-slla 3 error UNH"),
        (drop(SEVERAL, "UNH#3", "UNT#3"), "slla.without-slga 3 error UNH#3"),
        (drop(SEVERAL, "UNH#2", "UNT#2"), "slga.without-slla 3 error UNH"),
        (drop(SEVERAL, "UNH#4", "UNT#4"), "slga.without-slla 3 error UNH#3"),
        (drop(GATHERED, "UNH#3", "UNT#3"), "slga.without-slla 3 error UNH#2"),
        (drop(GATHERED, "UNH#4", "UNT#4"), "slla.without-slga 3 error UNH#4"),
        (drop(INKASSO, "UNH#8", "UNT#8"), "slga.without-slla 3 error UNH#7"),
    ],
)
def test_a_missing_slga_or_slla_is_told_once_at_the_one_that_is_alone(text: str, expected: str) -> None:
    assert told(text) == [expected]


def test_one_slla_for_each_case_is_told_once_and_its_sums_are_right() -> None:
    head = SLLA_OF_SINGLE[:3]
    torn = add(add(SINGLE, "BES", "UNT+0+0", *head), "BES#2", "UNT+0+0", *head)
    assert told(torn) == ["slla.second 3 error UNH#3"]


def test_an_slla_that_was_copied_is_told_with_its_belegnummern_but_not_with_the_sums() -> None:
    assert told(add(SINGLE, "UNT#2", *SLLA_OF_SINGLE)) == [
        "slla.second 3 error UNH#3",
        "inv.voucher-twice 3 error INV#4.4",
        "inv.voucher-twice 3 error INV#5.4",
        "inv.voucher-twice 3 error INV#6.4",
    ]


def test_an_slla_of_another_invoice_is_told_once_and_no_sum_is_compared_with_it() -> None:
    alien = put(put(SINGLE, "FKT#2.5", ANDERE_KASSE), "REC#2.1.1", "2026-8")
    assert told(alien) == ["slla.other-invoice 3 error UNH#2"]


def test_two_slla_in_each_others_place_are_told_at_each() -> None:
    # Their sums differ, but that is no news.
    rows = SEVERAL.replace("GES+00+1,78+13,09+11,31", "GES+00+59,26+59,26+0,00", 1)
    rows = rows.replace("GES+11+1,78+13,09+11,31", "GES+11+59,26+59,26+0,00", 1)
    case = "".join(part + END for part in luigi("1"))
    other = "".join(part + END for part in fritz("1", status="10000"))
    parts = rows.replace(case, other, 1).split(END)[1:-2]
    first, second, third, fourth = (
        parts[start:end]
        for start, end in zip(
            [place for place, part in enumerate(parts) if part.startswith("UNH")],
            [place + 1 for place, part in enumerate(parts) if part.startswith("UNT")],
            strict=True,
        )
    )
    assert told(file_of(first, fourth, third, second)) == [
        "slla.other-invoice 3 error UNH#2",
        "slla.other-invoice 3 error UNH#4",
    ]


@pytest.mark.parametrize(
    ("where", "new", "expected"),
    [
        ("FKT#2.1", "02", "fkt.differs 3 error FKT#2.1"),
        ("FKT#2.3", ANDERE_PRAXIS, "fkt.differs 3 error FKT#2.3"),
        ("FKT#2.4", ANDERE_KASSE, "fkt.differs 3 error FKT#2.4"),
        ("FKT#2.5", ANDERE_KASSE, "fkt.differs 3 error FKT#2.5"),
        ("REC#2.1.1", "2026-1002", "rec.differs 3 error REC#2.1.1"),
        ("REC#2.1.2", "1", "rec.differs 3 error REC#2.1.2"),
        ("REC#2.1", "2026-1002:1", "rec.differs 3 error REC#2.1.1"),
        ("REC#2.2", "20261004", "rec.differs 3 error REC#2.2"),
        ("REC#2.3", "2", "rec.differs 3 error REC#2.3"),
    ],
)
def test_an_slla_that_says_another_thing_than_its_slga_is_told(where: str, new: str, expected: str) -> None:
    assert told(put(SINGLE, where, new)) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Rechnungsart 1: the sender confirms the practice of the SLLA.
        (put(SINGLE, "FKT.3", ANDERE_PRAXIS), "fkt.differs 3 error FKT.3"),
        # The IK of the SLGA is none.
        (put(SINGLE, "FKT.4", "109990019"), "fkt.differs 3 error FKT.4"),
        (put(SINGLE, "FKT.5", "109990019"), "fkt.differs 3 error FKT.5"),
        # The number of the SLGA is none.
        (put(SINGLE, "REC.1.1", "2026--1001"), "rec.differs 3 error REC.1.1"),
        # There is no Sammelrechnung, so 0 is right.
        (put(SINGLE, "REC.1.2", "1"), "rec.differs 3 error REC.1.2"),
        # The file so far confirms the SLLA.
        (put(SEVERAL, "FKT#3.1", "02"), "fkt.differs 3 error FKT#3.1"),
        (put(SEVERAL, "REC#3.3", "2"), "rec.differs 3 error REC#3.3"),
        # The Sammelrechnung confirms it.
        (put(GATHERED, "FKT#2.4", "109990041"), "fkt.differs 3 error FKT#2.4"),
        (put(GATHERED, "REC#2.1.1", "2026-9"), "rec.differs 3 error REC#2.1.1"),
    ],
)
def test_the_slga_is_named_where_something_else_confirms_the_slla(text: str, expected: str) -> None:
    assert told(text) == [expected]


SLIPS = {
    "FKT.1": "02",
    "FKT.3": "461100888",
    "FKT.4": "109990041",
    "FKT.5": "109990041",
    "REC.1.1": "77",
    "REC.1.2": "9",
    "REC.2": "20261001",
}


@pytest.mark.parametrize(
    "name", ["single", "several", "gathered", "third party", "third party gathered", "inkasso"]
)
@pytest.mark.parametrize("where", SLIPS)
def test_one_slip_in_the_heading_of_any_message_is_told_exactly_once(name: str, where: str) -> None:
    text = GOOD[name]
    tag, _, place = where.partition(".")
    for nth in range(1, text.count(f"{tag}+") + 1):
        is_of_sammel = _segment(text, tag, nth) in _sammel_heads(text)
        found = told(put(text, f"{tag}#{nth}.{place}", SLIPS[where]))
        # The day of a Sammelrechnung need not be that of the invoices under it.
        assert len(found) == (0 if is_of_sammel and where == "REC.2" else 1), (nth, found)


def _segment(text: str, tag: str, nth: int) -> str:
    return [part for part in text.split(END) if part.startswith(f"{tag}+")][nth - 1]


def _sammel_heads(text: str) -> set[str]:
    parts = text.split(END)
    marked = [place for place, part in enumerate(parts) if part.startswith("FKT+01+J")]
    return {parts[place] for place in marked} | {parts[place + 1] for place in marked}


@pytest.mark.parametrize("where", ["FKT.3", "FKT.1", "REC.2", "REC.1.2", "FKT#2.4", "REC#2.3"])
def test_what_cannot_be_read_is_told_once_and_compared_with_nothing(where: str) -> None:
    assert told(put(SINGLE, where, "\x01")) == [f"element.characters 2 error {where}"]


@pytest.mark.parametrize(
    ("where", "new", "expected"),
    [
        ("UNH.2.1", "SLXX", "unh.kind 1 error UNH.2"),
        ("UNH#2.2.1", "SLXX", "unh.kind 1 error UNH#2.2"),
        ("UNH.2.2", "99", "version.unknown 1 error UNH.2.2"),
        ("UNH#2.2.2", "99", "version.unknown 1 error UNH#2.2.2"),
        ("UNH#3.2.2", "99", "version.unknown 1 error UNH#3.2.2"),
        ("UNH#6.2.1", "SLXX", "unh.kind 1 error UNH#6.2"),
    ],
)
def test_a_message_of_no_known_kind_or_version_is_not_missed_in_the_invoices(
    where: str, new: str, expected: str
) -> None:
    assert told(put(GATHERED, where, new)) == [expected]


def test_an_slga_is_judged_by_itself_where_its_slla_cannot_be_read() -> None:
    assert told(put(put(SINGLE, "UNH#2.2.1", "SLXX"), "REC.1.1", "2026--1")) == [
        "unh.kind 1 error UNH#2.2",
        "rec.number-form 3 error REC.1.1",
    ]


def test_a_message_that_takes_itself_for_the_other_kind_is_not_missed_again() -> None:
    assert told(put(SINGLE, "UNH.2.1", "SLLA")) == ["segment.unknown 2 error GES"]
    assert told(put(SINGLE, "UNH#2.2.1", "SLGA")) == [
        "slga.without-slla 3 error UNH",
        "element.missing 2 error FKT#2.6",
        "segment.unknown 2 error INV",
    ]


def test_a_krankenkasse_that_is_missing_in_an_invoice_is_told_once() -> None:
    assert told(put(SINGLE, "FKT.5", "")) == ["fkt.fund-missing 3 error FKT.5"]
    assert told(put(INKASSO, "FKT#2.5", "")) == ["fkt.fund-missing 3 error FKT#2.5"]


def test_an_slla_without_cases_is_told_once() -> None:
    assert told(drop(SINGLE, "INV", "BES#3")) == ["segment.order 2 error UNT#2"]


def test_the_cases_are_judged_by_the_verarbeitungskennzeichen_that_slga_and_slla_agree_in() -> None:
    # With 02 each of the three cases would lack its URI.
    assert told(put(SINGLE, "FKT#2.1", "02")) == ["fkt.differs 3 error FKT#2.1"]
    assert told(SINGLE.replace("FKT+01", "FKT+02"))[0] == "uri.missing 3 error INV"


def test_the_names_of_both_are_in_the_text() -> None:
    (found,) = check([put(SINGLE, "FKT#2.5", ANDERE_KASSE).encode("latin-1")])
    assert found.text == (
        f"IK Krankenkasse: Die SLGA nennt {KASSE}, die SLLA {ANDERE_KASSE}. Beide müssen gleich sein."
    )
