"""Our prices of the Podologie are those printed in Anlage 2, both steps, and no others."""

from __future__ import annotations

import csv
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from zuzahlung.standards.keys.preise import VERGUETUNGSLISTEN

pytestmark = pytest.mark.official

OFFICIAL = Path(__file__).parents[3] / "shared" / "domain" / "sources"
ANNEX = OFFICIAL / "20250617_Podologie_Anlage_2.txt"
DIRECTORY = OFFICIAL / "Positionsnummernverzeichnis_2026_Full.csv"
OURS = Path(__file__).parents[2] / "src/zuzahlung/standards/keys/tables/preise_podologie.csv"

AMOUNT = r"[0-9]+,[0-9]{2}"
CODE = r"(ZL|KH|KB): ([0-9]{5})\b"
FIRST_DIGIT = {"ZL": "7", "KH": "6", "KB": "8"}
SECOND_COLUMN = 77
"""Amounts printed left of this column of the extracted text are prices, right of it copayments."""

STEPS = ("§ 2", "§ 3")
LETTERS = "abcde"
TABLES = [(step, letter) for step in STEPS for letter in LETTERS]

Table = tuple[str, str]
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def text() -> str:
    if not ANNEX.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    return ANNEX.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables(text: str) -> dict[Table, str]:
    """The ten tables as printed: from their head to the sentences that take the prices apart."""
    found: dict[Table, str] = {}
    parts = re.split(r"(?m)^(§ ?[1-4]) (?=Allgemeines$|Preisvereinbarung|Inkrafttreten)", text)
    for step, body in zip(parts[1::2], parts[2::2], strict=True):
        letters = re.split(r"(?m)^([a-e])\) (?=für|Hausbesuche)", body)
        for letter, table in zip(letters[1::2], letters[2::2], strict=True):
            found[step, letter] = table.split("\nDie Vergütung der Position ")[0]
    return found


@pytest.fixture(scope="module")
def rows() -> Rows:
    with OURS.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter=";"))


def of_table(rows: Rows, table: Table) -> Rows:
    step, letter = table
    return [row for row in rows if row["fundstelle"].startswith(f"Podo-A2, {step}(2) {letter}, ")]


def of_podologists(rows: Rows) -> Rows:
    """One row for each three: the price is printed once for ZL, KH and KB together."""
    return [row for row in rows if row["positionsnummer"].startswith("7")]


def as_printed(amount: str) -> str:
    return amount.replace(".", ",")


def test_the_document_holds_ten_tables_and_we_hold_all_their_rows(
    tables: dict[Table, str], rows: Rows
) -> None:
    assert list(tables) == TABLES
    assert [len(of_table(rows, table)) for table in TABLES] == [12, 15, 6, 15, 6] * 2
    assert len(rows) == 108


@pytest.mark.parametrize("table", TABLES)
def test_our_numbers_are_those_of_the_table_in_its_order(
    table: Table, tables: dict[Table, str], rows: Rows
) -> None:
    printed = re.findall(CODE, tables[table])
    assert [code for _, code in printed] == [row["positionsnummer"] for row in of_table(rows, table)]
    assert [group for group, _ in printed] == ["ZL", "KH", "KB"] * (len(printed) // 3)
    assert all(code.startswith(FIRST_DIGIT[group]) for group, code in printed)


def test_every_number_of_the_document_is_ours(text: str, rows: Rows) -> None:
    assert set(re.findall(r"\b[0-9]{5}\b", text)) == {row["positionsnummer"] for row in rows}


@pytest.mark.parametrize("table", TABLES)
def test_prices_and_copayments_are_those_of_the_table_in_its_order(
    table: Table, tables: dict[Table, str], rows: Rows
) -> None:
    prices: list[str] = []
    copayments: list[str] = []
    for line in tables[table].splitlines():
        for amount in re.finditer(rf"{AMOUNT}(?= €)|(?<= )-$", line):
            (prices if amount.start() < SECOND_COLUMN else copayments).append(amount[0])
    ours = of_podologists(of_table(rows, table))
    assert prices == [as_printed(row["preis"]) for row in ours]
    # A dash is printed for 78220; the cell of 78530 is empty and leaves nothing in the text.
    assert copayments == [
        as_printed(row["zuzahlung"]) or "-" for row in ours if row["positionsnummer"] != "78530"
    ]


@pytest.mark.parametrize(("step", "cited"), [("§ 2", "§ 1"), ("§ 3", "§ 2")])
def test_every_price_is_the_sum_the_document_takes_it_apart_into(
    step: str, cited: str, text: str, rows: Rows
) -> None:
    """This ties a price to its number in a sentence, where no column can have slipped.

    The sentences cite the paragraph before the one they stand in. Seven sums miss the printed price by a
    cent; there the price of the table holds.
    """
    sentences = re.findall(
        rf"Die Vergütung der Position ([0-9]{{5}}) nach {cited} Abs\. 2 (.+?)zu(?:- )?sammen\.", joined(text)
    )
    sums = {number: sum(parts(sentence), Decimal(0)) for number, sentence in sentences}
    prices = {
        row["positionsnummer"]: Decimal(row["preis"])
        for row in of_podologists(rows)
        if row["fundstelle"].startswith(f"Podo-A2, {step}(2) ")
    }
    assert prices.keys() - sums.keys() == {"79933", "79934"}
    assert {
        number: str(prices[number] - parted) for number, parted in sums.items() if prices[number] != parted
    } == {
        "§ 2": {"78020": "0.01", "78610": "0.01", "78100": "0.01", "78110": "0.01", "78510": "0.01"},
        "§ 3": {"78300": "0.01", "78610": "-0.01"},
    }[step]


def parts(sentence: str) -> list[Decimal]:
    return [Decimal(amount.replace(",", ".")) for amount in re.findall(rf"({AMOUNT}) €", sentence)]


def joined(text: str) -> str:
    """The running text on one line, without the feet and heads of pages inside its sentences."""
    page = r"(?m)^LEGS: [0-9]{7}.*$|^\f? *Anlage 2: Vergütung i\. d\. F\. .*$|^ *zum Vertag nach .*$"
    return " ".join(re.sub(page, "", text).split())


@pytest.mark.parametrize("table", TABLES)
def test_our_labels_are_printed_in_the_table(table: Table, tables: dict[Table, str], rows: Rows) -> None:
    """Compared without blanks and hyphens: a line may end in either kind of hyphen."""
    printed = squeezed(re.sub(rf"{CODE}|{AMOUNT} €|davon|Zuzahlung|\(nachrichtlich\)", " ", tables[table]))
    for row in of_table(rows, table):
        assert squeezed(row["bezeichnung"]) in printed, row["positionsnummer"]


def squeezed(label: str) -> str:
    return re.sub(r"[\s-]", "", label)


def test_the_directory_names_the_same_treatment_for_every_number(rows: Rows) -> None:
    if not DIRECTORY.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    with DIRECTORY.open(encoding="utf-8", newline="") as table:
        names = {row["HPNR"]: row["Leistung"].strip() for row in csv.DictReader(table)}
    for row in rows:
        number = row["positionsnummer"]
        # Home visits of hospitals and Kurbetriebe carry the label all Bereiche share.
        if number not in {"69933", "89933", "69934", "89934"}:
            assert names[number].replace("z. B.", "z.B.") == row["bezeichnung"].replace("z. B.", "z.B."), (
                number
            )


def test_our_legs_are_those_printed(text: str) -> None:
    ours = [liste.legs for liste in VERGUETUNGSLISTEN if liste.tabelle == OURS.stem]
    assert ours == [("7100501", "7200501", "2700541", "2800541")]
    assert set(re.findall(r"\b[0-9]{7}\b", text)) == set(ours[0])


def test_the_steps_begin_on_the_days_printed(text: str, rows: Rows) -> None:
    printed = re.findall(r"Behandlungen, die ab dem ([0-9.]+) stattfinden", joined(text))
    assert printed == ["01.07.2025", "01.07.2026"]
    windows = {(row["fundstelle"][9:12], row["gueltig_ab"], row["gueltig_bis"]) for row in rows}
    assert windows == {("§ 2", "2025-07-01", "2026-06-30"), ("§ 3", "2026-07-01", "")}


@pytest.mark.parametrize("step", STEPS)
def test_braces_are_agreed_by_the_day_of_the_verordnung_as_printed(
    step: str, tables: dict[Table, str], rows: Rows
) -> None:
    heads = {letter: tables[step, letter].lstrip().split("\n")[0] for letter in LETTERS}
    assert heads["b"].endswith("(Verordnungsdatum bis zum 30.09.2025)")
    assert heads["c"].endswith("(Verordnungsdatum ab dem 01.10.2025)")
    assert all("Verordnungsdatum " not in heads[letter] for letter in "ade")
    expected = {"b": ("", "2025-09-30"), "c": ("2025-10-01", "")}
    for letter in LETTERS:
        ours = {(row["verordnung_ab"], row["verordnung_bis"]) for row in of_table(rows, (step, letter))}
        assert ours == {expected.get(letter, ("", ""))}


def test_the_page_of_every_row_is_the_one_its_number_is_printed_on(text: str, rows: Rows) -> None:
    pages = text.split("\f")
    for row in rows:
        page = int(row["fundstelle"].rsplit(" ", 1)[1])
        assert f"Seite {page} von 13" in pages[page - 1]
        assert re.search(rf"(?:ZL|KH|KB): {row['positionsnummer']}\b", pages[page - 1]), row


def test_a_copayment_is_ten_percent_of_the_price_rounded_half_up(rows: Rows) -> None:
    for row in rows:
        if row["zuzahlung"]:
            tenth = (Decimal(row["preis"]) / 10).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert Decimal(row["zuzahlung"]) == tenth, row["positionsnummer"]


def test_hospitals_and_kurbetriebe_have_the_prices_of_podologists(rows: Rows) -> None:
    """One price is printed beside three numbers that differ in their first digit."""
    values = [column for column in rows[0] if column != "positionsnummer"]
    for first, *others in zip(rows[::3], rows[1::3], rows[2::3], strict=True):
        for other in others:
            assert other["positionsnummer"][1:] == first["positionsnummer"][1:]
            assert [other[value] for value in values] == [first[value] for value in values]


def test_only_the_making_of_a_brace_and_the_report_bear_no_copayment(rows: Rows) -> None:
    free = [(row["gueltig_ab"], row["positionsnummer"], row["preis"]) for row in rows if not row["zuzahlung"]]
    assert free == [
        ("2025-07-01", "78220", "54.24"),
        ("2025-07-01", "68220", "54.24"),
        ("2025-07-01", "88220", "54.24"),
        ("2025-07-01", "78530", "16.86"),
        ("2025-07-01", "68530", "16.86"),
        ("2025-07-01", "88530", "16.86"),
        ("2026-07-01", "78220", "55.66"),
        ("2026-07-01", "68220", "55.66"),
        ("2026-07-01", "88220", "55.66"),
        ("2026-07-01", "78530", "17.33"),
        ("2026-07-01", "68530", "17.33"),
        ("2026-07-01", "88530", "17.33"),
    ]


def test_every_position_has_a_price_and_none_an_upper_limit(rows: Rows) -> None:
    assert all(re.fullmatch(r"[0-9]+\.[0-9]{2}", row["preis"]) for row in rows)
    assert {row["hoechstpreis"] for row in rows} == {""}
