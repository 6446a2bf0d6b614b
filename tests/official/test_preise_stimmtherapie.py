"""Our prices of the Stimm-, Sprech-, Sprach- und Schlucktherapie are those printed in Anlage 2, and no others."""

from __future__ import annotations

import csv
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from zuzahlung.standards.keys.preise import VERGUETUNGSLISTEN

pytestmark = pytest.mark.official

OFFICIAL = Path(__file__).parents[3] / "shared" / "domain" / "sources"
ANNEX = OFFICIAL / "20260212_SSSST_Anlage_2.txt"
DIRECTORY = OFFICIAL / "Positionsnummernverzeichnis_2026_Full.csv"
OURS = Path(__file__).parents[2] / "src/zuzahlung/standards/keys/tables/preise_stimmtherapie.csv"

AMOUNT = r"[0-9]+,[0-9]{2}"
CODE = r"(ZL|KH|KB):? ([0-9]{5})\b"
"""A Positionsnummer with the group of providers it is printed for; one colon is missing in the document."""

FIRST_DIGIT = {"ZL": "3", "KH": "6", "KB": "8"}
PAGES = ("5", "6", "7", "8")

FOOT = r"Seite [0-9] von 8|LEGS: [0-9]{7}"
"""On page 7 the extraction left it between the lines of a label."""


@pytest.fixture(scope="module")
def text() -> str:
    if not ANNEX.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    return ANNEX.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages(text: str) -> dict[str, str]:
    """The pages of the price list, by the number printed on them."""
    return {number: text.split("\f")[int(number) - 1] for number in PAGES}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with OURS.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter=";"))


def on_page(rows: list[dict[str, str]], page: str) -> list[dict[str, str]]:
    return [row for row in rows if row["fundstelle"] == f"SSSST-A2, 6, Seite {page}"]


def as_printed(amount: str) -> str:
    return amount.replace(".", ",") or "-"


def test_every_page_of_the_price_list_is_found(pages: dict[str, str], rows: list[dict[str, str]]) -> None:
    for number in PAGES:
        assert f"Seite {number} von 8" in pages[number]
    assert "6.  Vergütungsliste nach § 125 SGB V ab dem 01.07.2026" in pages["5"]
    assert [len(on_page(rows, number)) for number in PAGES] == [6, 18, 24, 9]
    assert len(rows) == 57


@pytest.mark.parametrize("page", PAGES)
def test_our_numbers_are_those_of_the_page_in_its_order(
    page: str, pages: dict[str, str], rows: list[dict[str, str]]
) -> None:
    printed = re.findall(CODE, pages[page])
    assert [code for _, code in printed] == [row["positionsnummer"] for row in on_page(rows, page)]
    assert [group for group, _ in printed] == ["ZL", "KH", "KB"] * (len(printed) // 3)
    assert all(code.startswith(FIRST_DIGIT[group]) for group, code in printed)


def test_every_number_of_the_document_is_ours_and_every_one_of_ours_is_in_it(
    text: str, rows: list[dict[str, str]]
) -> None:
    printed = re.findall(r"\b[0-9]{5}\b", text)
    assert sorted(printed) == sorted(row["positionsnummer"] for row in rows)


@pytest.mark.parametrize("page", PAGES)
def test_prices_and_copayments_are_those_of_the_page_in_its_order(
    page: str, pages: dict[str, str], rows: list[dict[str, str]]
) -> None:
    """The three numbers of a position share one line of the two columns of amounts."""
    printed = re.findall(rf"(?m)({AMOUNT}) +({AMOUNT}|-)$", pages[page])
    ours = [(as_printed(row["preis"]), as_printed(row["zuzahlung"])) for row in on_page(rows, page)]
    assert [pair for pair in printed for _ in range(3)] == ours


def test_no_amount_of_the_document_is_left_over(text: str, rows: list[dict[str, str]]) -> None:
    printed = re.findall(rf"\b{AMOUNT}\b", text)
    of_the_zugelassene = [row for row in rows if row["positionsnummer"].startswith("3")]
    ours = [row[column] for row in of_the_zugelassene for column in ("preis", "zuzahlung") if row[column]]
    assert sorted(printed) == sorted(as_printed(amount) for amount in ours)


@pytest.mark.parametrize("page", ["6", "7"])
def test_our_labels_of_treatments_are_those_of_the_page_in_its_order(
    page: str, pages: dict[str, str], rows: list[dict[str, str]]
) -> None:
    label = r"((?:Einzel-Therapie|Gruppen-Therapie [2-5-]+ [^()]*?)(?: \(telemedizinische Leistungserbringung\))?)"
    bare = " ".join(re.sub(rf"{CODE}|(?m:{AMOUNT} +{AMOUNT}$)|{FOOT}", " ", pages[page]).split())
    printed = re.findall(label + r" Regelbehandlungszeit: ([0-9]+) Minuten", bare)
    ours = [row["bezeichnung"] for row in on_page(rows, page)]
    assert [f"{name}, {minutes} Minuten" for name, minutes in printed for _ in range(3)] == ours


def test_our_other_labels_are_printed(pages: dict[str, str], rows: list[dict[str, str]]) -> None:
    for page in ("5", "8"):
        bare = " ".join(re.sub(rf"{CODE}|(?m:{AMOUNT} +(?:{AMOUNT}|-)$)", " ", pages[page]).split())
        for row in on_page(rows, page):
            assert f" {row['bezeichnung']} " in bare


def test_the_directory_names_the_same_treatment_for_every_number(rows: list[dict[str, str]]) -> None:
    """Kind, minutes, patients and telemedicine by number: this does not rest on the order of torn columns."""
    if not DIRECTORY.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    with DIRECTORY.open(encoding="utf-8", newline="") as table:
        names = {row["HPNR"]: row["Leistung"] for row in csv.DictReader(table)}
    for row in rows:
        assert essence(names[row["positionsnummer"]]) == essence(row["bezeichnung"]), row["positionsnummer"]


def essence(label: str) -> tuple[object, ...]:
    treatments = ("Einzel", "Gruppen", "Erstdiagnostik", "Bedarfsdiagnostik", "Hausbesuch")
    kinds = (*treatments, "Bericht des Leistungserbringers", "Bericht auf besondere Anforderung")
    return (
        [kind for kind in kinds if kind in label],
        re.findall(r"([0-9]+) Min", label),
        re.findall(r"(2|3 ?- ?5) Patientinnen", label.replace(" - ", "-")),
        "telemedizinisch" in label,
    )


def test_our_legs_are_those_printed(text: str) -> None:
    ours = [liste.legs for liste in VERGUETUNGSLISTEN if liste.tabelle == OURS.stem]
    assert ours == [("2300501", "2400501", "2500501", "2700521", "2800521")]
    assert set(re.findall(r"\b[0-9]{7}\b", text)) == set(ours[0])


def test_the_first_day_is_the_one_printed(text: str, rows: list[dict[str, str]]) -> None:
    printed = re.findall(r"gilt für Leistungen, die ab dem\s+([0-9.]+) erbracht", text)
    assert printed == ["01.07.2026"]
    # Prices of days before are in no document at hand; nothing says that these prices end.
    assert {(row["gueltig_ab"], row["gueltig_bis"]) for row in rows} == {("2026-07-01", "")}


def test_a_copayment_is_ten_percent_of_the_price_rounded_half_up(rows: list[dict[str, str]]) -> None:
    for row in rows:
        if row["zuzahlung"]:
            tenth = (Decimal(row["preis"]) / 10).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert Decimal(row["zuzahlung"]) == tenth, row["positionsnummer"]


def test_only_the_two_reports_bear_no_copayment(rows: list[dict[str, str]]) -> None:
    free = [(row["positionsnummer"], row["preis"]) for row in rows if not row["zuzahlung"]]
    assert free == [
        ("33302", "6.72"),
        ("63302", "6.72"),
        ("83302", "6.72"),
        ("33303", "120.86"),
        ("63303", "120.86"),
        ("83303", "120.86"),
    ]


def test_every_position_has_a_price_and_none_an_upper_limit(rows: list[dict[str, str]]) -> None:
    assert all(re.fullmatch(r"[0-9]+\.[0-9]{2}", row["preis"]) for row in rows)
    assert {row["hoechstpreis"] for row in rows} == {""}
