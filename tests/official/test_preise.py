"""Our prices of the Physiotherapie and the Ergotherapie are those printed in Anlage 2, and no others.

The extraction tore the columns of a page apart but kept the order inside each of them. So on every page our
numbers, labels, prices and Zuzahlungen must each be what its column holds, in its order.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest

from zuzahlung.standards.keys.preise import VERGUETUNGSLISTEN

pytestmark = pytest.mark.official

DOMAIN = Path(__file__).parents[3] / "shared" / "domain"
TABLES = Path(__file__).parents[2] / "src/zuzahlung/standards/keys/tables"
EXTRACT = DOMAIN / "samples" / "physio_preise_zuzahlung_2026.csv"

# A remark on two old numbers begins a line of text further right.
NUMBER = r"(?m)^ {0,13}(X\d{4}|2190\d)\b(?! in X)"
AMOUNT = r"\d+,\d\d(?!\d)"

Rows = list[dict[str, str]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Annex:
    """An Anlage 2: where its text lies, what our table of it is called, how many positions its pages hold."""

    text: str
    table: str
    document: str
    pages: dict[int, int]


PHYSIO = Annex(
    text="20251201_Physiotherapie_Anlage_2.txt",
    table="preise_physiotherapie",
    document="Physio-A2",
    pages={2: 5, 3: 13, 4: 7, 5: 12, 6: 13, 7: 4, 8: 4},
)
ERGO = Annex(
    text="20240531_Ergotherapie_Anlage_2.txt",
    table="preise_ergotherapie",
    document="Ergo-A2",
    pages={2: 3, 3: 7, 4: 3, 5: 3, 6: 5, 7: 7, 8: 9, 9: 3},
)
each_annex = pytest.mark.parametrize("annex", [PHYSIO, ERGO], ids=lambda annex: annex.document)
each_page = pytest.mark.parametrize(
    ("annex", "page"),
    [(annex, page) for annex in (PHYSIO, ERGO) for page in annex.pages],
    ids=lambda value: value.document if isinstance(value, Annex) else f"Seite {value}",
)


def text_of(annex: Annex) -> str:
    file = DOMAIN / "sources" / annex.text
    if not file.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    # Ligatures of the print are letters again.
    return unicodedata.normalize("NFKC", file.read_text(encoding="utf-8"))


def list_on(annex: Annex, page: int) -> str:
    """What a page prints of the Vergütungsliste, without the paragraphs before and after it."""
    text = text_of(annex).split("\f")[page - 1]
    assert re.search(rf"Seite {page} von 1[01]\b", text)
    return text.split("\nB. Abrechnung der Leistungen")[0].split("abzurechnen:")[-1]


def rows_of(annex: Annex) -> Rows:
    with (TABLES / f"{annex.table}.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter=";"))


def rows_on(annex: Annex, page: int) -> Rows:
    return [row for row in rows_of(annex) if row["fundstelle"] == f"{annex.document}, A, Seite {page}"]


def as_printed(amount: str) -> str:
    return amount.replace(".", ",")


@each_annex
def test_every_row_of_ours_stands_on_a_page_of_the_list(annex: Annex) -> None:
    rows = rows_of(annex)
    assert {page: len(rows_on(annex, page)) for page in annex.pages} == annex.pages
    assert len(rows) == sum(annex.pages.values()) == {PHYSIO: 58, ERGO: 40}[annex]


@each_page
def test_our_numbers_are_those_of_the_page_in_its_order(annex: Annex, page: int) -> None:
    printed = re.findall(NUMBER, list_on(annex, page))
    assert printed == [row["positionsnummer"] for row in rows_on(annex, page)]


@each_annex
def test_every_number_the_document_speaks_of_is_ours(annex: Annex) -> None:
    printed = set(re.findall(r"\bX\d{4}\b|\b2190\d\b", text_of(annex)))
    ours = {row["positionsnummer"] for row in rows_of(annex)}
    # The two that the Physiotherapie renamed are named as gone.
    assert printed - ours == {PHYSIO: {"X9933", "X9934"}, ERGO: set()}[annex]
    assert ours <= printed


@pytest.mark.parametrize("page", PHYSIO.pages)
def test_prices_and_zuzahlungen_of_the_physiotherapie_are_those_of_the_page(page: int) -> None:
    """Each price stands on one line with its Zuzahlung, or with the dash for none."""
    text = list_on(PHYSIO, page)
    printed = re.findall(rf"(?m)({AMOUNT}) +({AMOUNT}|-)$", text)
    assert printed == [
        (as_printed(row["preis"]), as_printed(row["zuzahlung"]) or "-") for row in rows_on(PHYSIO, page)
    ]
    assert len(re.findall(AMOUNT, text)) == sum(cell != "-" for pair in printed for cell in pair)


@pytest.mark.parametrize("page", ERGO.pages)
def test_prices_and_zuzahlungen_of_the_ergotherapie_are_those_of_the_page(page: int) -> None:
    """Price and Zuzahlung may stand on lines of their own; the column tells them apart."""
    lines = list_on(ERGO, page).splitlines()
    pairs = [pair for line in lines if (pair := re.search(rf"{AMOUNT} +({AMOUNT})$", line))]
    second = min(pair.start(1) for pair in pairs) - 2
    prices: list[str] = []
    zuzahlungen: list[str] = []
    for line in lines:
        for amount in re.finditer(rf"(?<= ){AMOUNT}(?= |$)(?! €)", line):
            (prices if amount.start() < second else zuzahlungen).append(amount[0])
    ours = rows_on(ERGO, page)
    assert prices == [as_printed(row["preis"]) for row in ours if row["preis"]]
    assert zuzahlungen == [as_printed(row["zuzahlung"]) for row in ours if row["zuzahlung"]]


def test_splints_have_the_limits_printed_instead_of_a_price() -> None:
    limits = re.findall(rf"(?:bis|ab) ({AMOUNT}) €", list_on(ERGO, 8))
    assert limits == ["400,00", "400,01"]
    unpriced = {row["positionsnummer"]: row["hoechstpreis"] for row in rows_of(ERGO) if not row["preis"]}
    assert unpriced == {"X4405": "400.00", "X4406": ""}
    assert {row["hoechstpreis"] for row in rows_of(PHYSIO)} == {""}


@each_page
def test_our_labels_are_those_of_the_page_in_its_order(annex: Annex, page: int) -> None:
    """Compared without blanks, numbers of positions and amounts, which stand between the lines of a label."""
    text = re.sub(NUMBER, "", list_on(annex, page))
    text = squeezed(re.sub(rf"(?m) +{AMOUNT}( +({AMOUNT}|-))?$", "", text))
    end = 0
    for row in rows_on(annex, page):
        label = squeezed(row["bezeichnung"])
        start = text.find(label, end)
        assert start >= 0, row["positionsnummer"]
        end = start + len(label)
        # A label that goes on is another one.
        assert not text.startswith("alstelemedizinische", end), row["positionsnummer"]


def squeezed(label: str) -> str:
    return re.sub(r"\s", "", label)


@pytest.mark.parametrize(
    ("annex", "sentence"),
    [
        (PHYSIO, "(X9701) (X1906) (21901) (21904)"),
        (ERGO, "(X4405, X4406) (X9701)"),
    ],
    ids=["Physio-A2", "Ergo-A2"],
)
def test_positions_the_document_frees_by_name_bear_no_zuzahlung(annex: Annex, sentence: str) -> None:
    part = text_of(annex).split("\nB. Abrechnung der Leistungen")[1]
    (freed,) = re.findall(r"\((?:3|4)\) ((?:(?!\(\d{1,2}\) )[\s\S])*?) werden keine\s+Zuzahlungen", part)
    assert " ".join(re.findall(r"\([X2][^)]*\)", freed)) == sentence
    free = {row["positionsnummer"] for row in rows_of(annex) if not row["zuzahlung"]}
    assert set(re.findall(r"X?\d{4,5}", sentence)) <= free


@each_annex
def test_the_list_is_in_force_from_the_day_printed(annex: Annex) -> None:
    printed = re.findall(r"Für Behandlungen, die ab dem ([\d.]+) ", text_of(annex))
    assert printed == [{PHYSIO: "01.01.2026", ERGO: "01.06.2024"}[annex]]
    assert {(row["gueltig_ab"], row["gueltig_bis"]) for row in rows_of(annex)} == {
        ({PHYSIO: "2026-01-01", ERGO: "2024-06-01"}[annex], "")
    }


@each_annex
def test_our_legs_and_status_digits_are_those_printed(annex: Annex) -> None:
    (ours,) = [liste for liste in VERGUETUNGSLISTEN if liste.tabelle == annex.table]
    text = text_of(annex)
    (printed,) = set(re.findall(r"LEGS: ([\d/]+)", text))
    assert printed == "/".join(ours.legs)
    status = text.split("wie folgt zu ersetzen:")[1].split("Für Behandlungen")[0]
    assert "".join(re.findall(r"(?m)^(\d)(?: -|[.…])", status)) == ours.statusziffern


def test_the_58_rows_of_the_physiotherapie_are_those_of_the_rounding_oracle() -> None:
    if not EXTRACT.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    with EXTRACT.open(encoding="utf-8", newline="") as table:
        expected = sorted(
            (row["position"], row["preis"], row["zuzahlung_je_einheit"])
            for row in csv.DictReader(table, delimiter=";")
        )
    assert len(expected) == 58
    assert (
        sorted((row["positionsnummer"], row["preis"], row["zuzahlung"]) for row in rows_of(PHYSIO))
        == expected
    )
