"""A list file is read whatever a German table program makes of it, or refused in a sentence that names the line."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.exemptions import list_file
from zuzahlung.exemptions.list_file import ListFile, NotAList
from zuzahlung.exemptions.permission_texts import Permission, permission_choices
from zuzahlung.exemptions.services import Question
from zuzahlung.standards.numbers.kvnr import KVNR

HEADER = "KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\r\n"


def read(text: str | bytes, *, most_rows: int = 500) -> ListFile | NotAList:
    return list_file.read(text if isinstance(text, bytes) else text.encode(), most_rows=most_rows)


def rows(text: str | bytes) -> list[tuple[int, tuple[str, ...]]]:
    found = read(text)
    assert isinstance(found, ListFile), found
    return [(row.line, row.cells) for row in found.rows]


def refusal(content: str | bytes, *, most_rows: int = 500) -> str:
    found = read(content, most_rows=most_rows)
    assert isinstance(found, NotAList), found
    return found.text


@pytest.mark.parametrize(
    "text",
    [
        "KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\r\nA123456780;vor Ort;;19.11.2026\r\n",
        "kvnr,permission,permissionUntil,serviceDates\nA123456780,vor Ort,,19.11.2026\n",
        "Tag der Abgabe\tKRANKENVERSICHERTENNUMMER\tErlaubnis  bis\tErlaubnis\n19.11.2026\tA123456780\t\tvor Ort",
        "Versichertennummer;Erlaubnis;Tage der Abgabe;;\n A123456780 ; vor  Ort ;19.11.2026;;\n",
        '"KVNR";"Erlaubnis";"Tag der Abgabe"\r"A123456780";"vor Ort";"19.11.2026"\r',
    ],
    ids=["german", "json-names", "tabs-and-another-order", "empty-columns-and-spaces", "quoted-old-mac"],
)
def test_columns_have_german_names_or_those_of_the_json_in_any_order(text: str) -> None:
    assert rows(text) == [(2, ("A123456780", "vor Ort", "", "19.11.2026"))]


def test_a_line_that_names_the_separator_is_passed_over_and_lines_keep_their_numbers() -> None:
    text = "sep=;\n" + HEADER + '\nA123456780;"vor\nOrt";;19.11.2026\n;;;\nB123456782;Telefon;;'
    assert rows(text) == [
        (4, ("A123456780", "vor Ort", "", "19.11.2026")),
        (7, ("B123456782", "Telefon", "", "")),
    ]


@pytest.mark.parametrize(
    ("encoded", "name"),
    [
        (f"{HEADER}A123456780;mündlich;;".encode(), "UTF-8"),
        (f"\ufeff{HEADER}A123456780;mündlich;;".encode(), "UTF-8"),
        (f"{HEADER}A123456780;mündlich;;".encode("cp1252"), "Windows-1252"),
    ],
    ids=["utf-8", "utf-8-with-mark", "windows-1252"],
)
def test_the_encodings_of_excel_are_read_and_named(encoded: bytes, name: str) -> None:
    found = read(encoded)
    assert isinstance(found, ListFile)
    assert (found.encoding, found.rows[0].cells[1]) == (name, "mündlich")


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("bomb.csv", b"0" * 10_000_000)
    return content.getvalue()


SAVE_AS = "Bitte speichern Sie die Tabelle als „CSV UTF-8 (durch Trennzeichen getrennt)“ und wählen Sie diese Datei."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (archive(), f"Die Datei ist eine Excel-Mappe oder ein Archiv. {SAVE_AS}"),
        (gzip.compress(b"0" * 10_000_000, mtime=0), f"Die Datei ist gepackt. {SAVE_AS}"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), f"Die Datei ist eine alte Excel-Mappe. {SAVE_AS}"),
        (b"%PDF-1.7", f"Die Datei ist ein PDF. {SAVE_AS}"),
        (HEADER.encode("utf-16"), f"Die Datei ist in UTF-16 gespeichert. {SAVE_AS}"),
        (b"KVNR;Erlaubnis\nA\0B;x", f"Die Datei ist keine Textdatei. {SAVE_AS}"),
        (
            b"KVNR;Erlaubnis\n\nA;\x81",
            f"Zeile 3: Hier steht ein Zeichen, das weder UTF-8 noch Windows-1252 ist. {SAVE_AS}",
        ),
        (b" \r\n ", "Die Datei ist leer. Bitte wählen Sie die Datei mit Ihrer Tabelle."),
        (
            "KVNR;Erlaubnis;Name\nA123456780;vor Ort;Meier",
            (
                "Zeile 1: Die Spalte „Name“ ist nicht bekannt. Bekannt sind: KVNR, Erlaubnis, Erlaubnis bis, "
                "Tag der Abgabe. Bitte prüfen Sie die Kopfzeile."
            ),
        ),
        ("KVNR;kvnr;Erlaubnis\nA;B;C", "Zeile 1: Die Spalte „KVNR“ kommt zweimal vor."),
        ("KVNR;Tag der Abgabe\nA;B", "Zeile 1: In der Kopfzeile fehlt die Spalte „Erlaubnis“."),
        ("sep=;", "Zeile 1: In der Kopfzeile fehlt die Spalte „KVNR“."),
        (
            HEADER + ";;;\n",
            "Unter der Kopfzeile steht keine Abfrage. Bitte tragen Sie mindestens eine Zeile ein.",
        ),
        (
            HEADER + 'A123456780;"vor" Ort;;\n',
            "Zeile 2: Ein Anführungszeichen steht an der falschen Stelle. Bitte prüfen Sie diese Zeile und die davor.",
        ),
    ],
    ids=[
        "zip-bomb", "gzip", "old-excel", "pdf", "utf-16", "binary", "broken-text", "empty", "unknown-column",
        "column-twice", "column-missing", "only-separator", "no-rows", "quotes",
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_with_line_and_reason(content: bytes | str, sentence: str) -> None:
    assert refusal(content) == sentence


def test_more_rows_than_allowed_are_refused_before_anything_is_asked() -> None:
    assert refusal(HEADER + "A123456780;vor Ort;;\n" * 3, most_rows=2) == (
        "Die Datei hat 3 Zeilen; auf einmal sind 2 möglich. Bitte teilen Sie die Datei."
    )


def test_an_unknown_column_is_quoted_in_part_and_without_invisible_characters() -> None:
    assert "„Spalte?Spalte" in refusal("Spalte\x1bSpalte" * 20 + ";x")


def test_a_row_with_more_cells_than_the_header_is_faulty_and_the_others_are_not() -> None:
    found = read(
        HEADER.replace(";", ",") + "A123456780,vor Ort,,19.11.2026,20.11.2026\nB123456782,vor Ort,,\n"
    )
    assert isinstance(found, ListFile)
    assert [row.faults for row in found.rows] == [
        (
            "Die Zeile hat mehr Zellen als die Kopfzeile. Mehrere Tage in einer Zelle trennen Sie bitte mit Leerzeichen.",
        ),
        (),
    ]


def test_a_cell_without_end_is_faulty_and_not_kept() -> None:
    found = read(HEADER + "A123456780;" + "x" * 1001 + ";;")
    assert isinstance(found, ListFile)
    assert found.rows[0].faults == ("In der Spalte „Erlaubnis“ stehen mehr als 1000 Zeichen.",)
    assert found.rows[0].cells[1] == ""


def test_a_row_becomes_a_question() -> None:
    question, faults = list_file.question_of(
        ("a123 456 780", "SERIE", "01.12.2026", "20.11.2026, 2026-11-19;20.11.2026")
    )
    assert faults == ()
    assert question == Question(
        kvnr=KVNR("A123456780"),
        permission=Permission.SERIES,
        permission_until_on=date(2026, 12, 1),
        days=(date(2026, 11, 19), date(2026, 11, 20)),
    )


def test_every_form_of_permission_has_short_words_its_label_and_its_name_in_the_json() -> None:
    for value, label in permission_choices():
        for word in (value, label, label.upper(), *list_file.WORDS[Permission(value)]):
            question, _ = list_file.question_of(("A123456780", word, "", ""))
            assert question is not None
            assert question.permission == value


def test_everything_wrong_with_a_row_is_said_at_once() -> None:
    assert list_file.question_of(("A123456781", "vielleicht", "bald", "31.02.2026")) == (
        None,
        (
            "Die Prüfziffer passt nicht: Nach A12345678 müsste eine 0 stehen. Bitte vergleichen Sie mit der Karte.",
            (
                "Die Erlaubnis „vielleicht“ ist nicht bekannt. Möglich sind: mündlich, schriftlich, elektronisch, "
                "Telefon, Vertretung, Serie."
            ),
            "Bitte schreiben Sie den Tag so: Tag, Monat und Jahr, zum Beispiel 22.11.2026.",
            "Den 31.02.2026 gibt es im Kalender nicht. Bitte prüfen Sie den Tag.",
        ),
    )


def test_a_row_without_permission_is_no_question() -> None:
    assert list_file.question_of(("A123456780", "", "", "")) == (
        None,
        ("Die Erlaubnis fehlt: Ohne sie wird nicht abgefragt.",),
    )


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: (HEADER + text).encode()))
def test_whatever_is_handed_in_is_a_list_or_a_sentence(content: bytes) -> None:
    found = list_file.read(content, most_rows=500)
    if isinstance(found, NotAList):
        assert found.text.endswith((".", "“."))
    else:
        for row in found.rows:
            question, faults = list_file.question_of(row.cells)
            assert (question is None) == bool(faults)
