"""The shipped directory of positions follows, byte for byte, from the published one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from scripts.make_positions import SHIPPED, shipped

pytestmark = pytest.mark.official

PUBLISHED = Path(__file__).parents[3] / "shared/domain/sources" / "Positionsnummernverzeichnis_2026_Full.csv"


@pytest.fixture
def published() -> str:
    if not PUBLISHED.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    return PUBLISHED.read_text(encoding="utf-8")


def test_the_script_makes_the_shipped_list_from_the_published_one(published: str) -> None:
    assert shipped(published).encode() == SHIPPED.read_bytes()


def test_every_published_number_is_shipped_with_its_label_and_its_days(published: str) -> None:
    with SHIPPED.open(encoding="utf-8", newline="") as table:
        ours = [
            (row["positionsnummer"], squeezed(row["leistung"]), row["gueltig_ab"], row["gueltig_bis"])
            for row in csv.DictReader(table, delimiter=";")
        ]
    printed = csv.DictReader(published.splitlines(keepends=True))
    assert ours == [
        (
            row["HPNR"],
            squeezed(row["Leistung"]),
            row["gültig ab"],
            row["gültig bis"].replace("9999-12-31", ""),
        )
        for row in printed
    ]
    assert len(ours) == 2015


def squeezed(label: str) -> str:
    return "".join(label.split())
