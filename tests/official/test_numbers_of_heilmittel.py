"""The forms of Positionsnummer, Diagnosegruppe and ICD-10 code hold for every one the official texts print."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from zuzahlung.standards.numbers import diagnosegruppe, icd10, positionsnummer

pytestmark = pytest.mark.official

SOURCES = Path(__file__).parents[3] / "shared" / "domain" / "sources"


def official(name: str) -> str:
    """Return an official text, or end the test where the folder is absent."""
    if not (SOURCES / name).exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    return (SOURCES / name).read_text(encoding="utf-8-sig")


def directory() -> list[dict[str, str]]:
    """Return the rows of the directory of 2026."""
    return list(csv.DictReader(official("Positionsnummernverzeichnis_2026_Full.csv").splitlines()))


def test_every_number_of_the_directory_has_the_form() -> None:
    numbers = [row["HPNR"] for row in directory()]
    assert len(numbers) == 2015
    assert [number for number in numbers if not positionsnummer.is_billable(number)] == []


def test_the_first_sign_names_the_provider_of_the_directory() -> None:
    printed = Counter((row["HPNR"][0], row["Leistungserbringer"].replace("/ ", "/")) for row in directory())
    ours = positionsnummer.LEISTUNGSERBRINGER
    assert {sign for sign, _ in printed} == set(ours)
    assert {sign: who for sign, who in printed if who != ours[sign]} == {
        "4": "Sonst. Sprachtherapeut (Verwendung soweit abweichende landesrechtl. Vergütungsregelungen bestehen)",
        # Fifteen numbers of hospitals carry the label of those who treat feet.
        "6": "Podologe",
        "8": "Leistungserbringer von ambulanten Vorsorgeleistungen in anerkannten Kurorten",
    }
    assert printed["6", "Podologe"] == 15


def test_the_catalogue_has_every_group_at_the_head_of_a_table_and_no_other() -> None:
    lines = official("HeilM-RL_2025-05-15.txt").splitlines()
    # The heading stands in the table of contents too; a group stands alone on the line where its table begins.
    begin = max(n for n, line in enumerate(lines) if line.startswith("I. Maßnahmen der Physiotherapie"))
    heads = {line.strip() for line in lines[begin:] if re.fullmatch(r"[A-Z]{2,3}[1-9]?\s*", line)}
    ours = {gruppe for gruppen in diagnosegruppe.KATALOG.values() for gruppe in gruppen}
    torn_apart = {"SB1", "SB2", "SB3", "UI1", "UI2"}
    assert heads == ours - torn_apart


@pytest.mark.parametrize("gruppe", ["SB1", "SB2", "SB3", "UI1", "UI2"])
def test_a_group_whose_table_is_torn_apart_is_named_in_the_text(gruppe: str) -> None:
    assert re.search(rf"\b{gruppe}\b", official("HeilM-RL_2025-05-15.txt"))


def test_every_code_of_the_diagnoseliste_has_the_form() -> None:
    codes = re.findall(r"(?<![\w.])[A-Z][0-9]{2}[^\s,;()/“]*", official("heilmittel-diagnoseliste.txt"))
    assert len(codes) == 493
    assert [code for code in codes if not icd10.is_plausible(code)] == []
