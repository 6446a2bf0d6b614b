"""Deadlines of the Heilmittel-Richtlinie that a file can show: doubts of a first invoice, each told once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from tests.standards.sgbv302.checks.good import Defect, case, doubt, good_file, position, remark, told
from zuzahlung.standards.sgbv302.files import Position
from zuzahlung.standards.sgbv302.slla import Leistungserbringergruppe

ISSUED = date(2026, 2, 2)
PODOLOGIE = Leistungserbringergruppe(abrechnungscode="71", tarifkennzeichen="00501")
NO_LIST = remark("ehe.no-price-list", "EHE.2")


def after(*days: int, number: str = "20501") -> list[Position]:
    """Return a treatment so many days after the prescription, each."""
    return [position(number, ISSUED + timedelta(days=count)) for count in days]


def feet(*days: int) -> list[Position]:
    """Return a podological treatment so many days after the prescription, each."""
    return [
        position("78010", ISSUED + timedelta(days=count), "35.16", "3.52", legs=PODOLOGIE) for count in days
    ]


FEET = {"diagnosegruppe": "DF", "heilmittelbereich": "2", "therapiefrequenz": "0"}


def file(positionen: Sequence[Position], *, vkz: str = "01", **zhe: Any) -> str:
    """Return a file with a case of these positions, whose prescription was issued on 02.02.2026."""
    one = case(positionen, vkz=vkz, zhe={"verordnungsdatum": ISSUED, **zhe})
    return good_file(one, vkz=vkz)


DEFECTS = [
    Defect("a begin on the 29th day", file(after(29, 31)), [doubt("heilmrl.begin", "EHE.5")]),
    Defect(
        "an urgent begin on the 15th day",
        file(after(15, 17), dringlicher_behandlungsbedarf="1"),
        [doubt("heilmrl.begin", "EHE.5")],
    ),
    Defect(
        "fifteen days without treatment",
        file(after(5, 21)),
        [doubt("heilmrl.interruption", "EHE.5")],
    ),
    Defect(
        "two interruptions, told once",
        file(after(5, 30, 60)),
        [doubt("heilmrl.interruption", "EHE.5")],
    ),
    Defect(
        "a Blankoverordnung after sixteen weeks",
        file(after(5, 113, number="20535"), verordnungsart="05"),
        [NO_LIST, doubt("heilmrl.blanko-weeks", "EHE.5")],
    ),
    Defect(
        "a Wiederaufnahme after sixteen weeks",
        file(after(113, number="20535"), vkz="10", verordnungsart="05"),
        [NO_LIST, doubt("heilmrl.blanko-weeks", "EHE.5")],
    ),
]

GOOD = [
    ("a begin on the 28th day", file(after(28, 30))),
    ("an urgent begin on the 14th day", file(after(14, 16), dringlicher_behandlungsbedarf="1")),
    ("a begin told by the second invoice, which cannot know", file(after(60), vkz="02")),
    (
        "a discharge from a hospital, which has a deadline of its own",
        file(after(29), verordnungsbesonderheiten="4"),
    ),
    (
        "a prescription outside of both directives",
        file(after(60), verordnungsart="99", diagnosegruppe="9999", leitsymptomatik="9999"),
    ),
    ("fourteen days without treatment", file(after(5, 20))),
    ("an interruption in the Podologie", file(feet(5, 60), **FEET)),
    (
        "a report long after the last treatment",
        file([*after(5, 7), position("29701", ISSUED + timedelta(days=60), "1.40", None)]),
    ),
    (
        "a report as the first position",
        file([*after(5, 7), position("29701", ISSUED, "1.40", None)]),
    ),
    (
        "a correction of two far days",
        good_file(case(after(5, 60), vkz="04", zhe={"verordnungsdatum": ISSUED}), vkz="04"),
    ),
]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.says)
def test_a_doubt_is_told_and_nothing_else(defect: Defect) -> None:
    assert [one[:3] for one in told(defect.text)] == list(defect.expected)


@pytest.mark.parametrize("text", [text for _, text in GOOD], ids=[says for says, _ in GOOD])
def test_what_is_allowed_is_not_told(text: str) -> None:
    assert told(text) == []


def test_a_blankoverordnung_lasts_until_the_last_day_of_its_sixteenth_week() -> None:
    whole = file(after(5, 112, number="20535"), verordnungsart="05")
    assert [one[:3] for one in told(whole)] == [NO_LIST]


def test_a_blankoverordnung_of_the_podologie_lasts_forty_weeks() -> None:
    lines = [
        position("78010", day, "35.16", "3.52", legs=PODOLOGIE)
        for day in (date(2025, 12, 1), date(2026, 6, 1))
    ]
    text = good_file(
        case(lines, zhe={**FEET, "verordnungsart": "05", "verordnungsdatum": date(2025, 11, 28)})
    )
    assert told(text) == []


def test_the_order_of_the_positions_is_no_interruption() -> None:
    assert told(file(after(16, 5, 11))) == []


def test_a_day_that_is_wrong_anyway_speaks_of_no_deadline() -> None:
    assert [one.rule for one in told(file(after(5, 7, 400)))] == ["ehe.after-invoice"]
