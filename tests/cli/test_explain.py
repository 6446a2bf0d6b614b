"""`zuzahlung explain` tells a file to a person, as text or as a page, whatever stands in it, and leaves no half page."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import os
import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cases.interchanges import samples
from tests.standards.sgbv302.small_file import SEGMENTS, TEXT, joined
from zuzahlung.cli.drafts import draft
from zuzahlung.cli.explanation_blocks import Block, Column, Facts, Heading, Table
from zuzahlung.cli.explanation_page import Markup, write_page
from zuzahlung.cli.explanation_style import STYLE
from zuzahlung.cli.explanation_text import WIDTH, lines
from zuzahlung.cli.main import main
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.sgbv302 import files
from zuzahlung.standards.sgbv302.files import Nutzdaten

IN_I8 = TEXT.replace(b"\xfc", b"}").replace(b"\xf6", b"|")
HOSTILE = '</style></title><script>alert(1)</script>&amp;" onload="x'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "datei.esol").write_bytes(TEXT)
    return tmp_path


@pytest.fixture
def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Writes a file, explains it as text, and gives what was printed."""

    def tell(data: bytes | Nutzdaten, *options: str) -> str:
        whole = Charset.I1.encode_lossless(files.write(data)) if isinstance(data, Nutzdaten) else data
        Path("datei.esol").write_bytes(whole)
        assert main(["explain", "datei.esol", *options]) == 0
        return capsys.readouterr().out

    return tell


def files_in(folder: str = ".") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


EXPECTED = """\
Abrechnungsdatei SL030179S10 vom 05.10.2026
===========================================

Von               IK 440 301 798
An                IK 660 999 007 (Datenannahmestelle)
Erstellt          05.10.2026, 10:40 Uhr
Art der Datei     0 – Testdatei
Lieferung Nr.     00118
Leistungsbereich  B – Leistungserbringer von Heilmitteln
Fassung           Technische Anlage 1, Version 21 (für Dateien ab 01.10.2025)

Rechnung 2026-1001:0 vom 05.10.2026
===================================

459,83 € werden vom Kostenträger (IK 109 990 018) gefordert. Das Geld geht an den Leistungserbringer
selbst (IK 440 301 798).

Rechnungssteller          Praxis Müller + Söhne
Leistungserbringer        IK 440 301 798
Kostenträger              IK 109 990 018
Krankenkasse              IK 109 990 018
Rückfragen an             Frau Muster 0300000000, info@example.org
Verarbeitungskennzeichen  01 – Abrechnung ohne Besonderheiten
Rechnungsart              1 – Abrechnung von Leistungserbringer und Zahlung an IK Leistungserbringer
Steuernummer              DE123456789, von der Umsatzsteuer befreit
Skonto                    2,00 % bei Zahlung in 14 Tagen
Skonto                    1,50 % bei Zahlung in 30 Tagen
Segmente                  2 bis 10

Summen nach Versichertenstatus
                                                          Kasse
Status  Bedeutung                   Brutto  Zuzahlung     zahlt
------  ------------------------  --------  ---------  --------
00      Gesamtsumme aller Status  532,87 €    73,04 €  459,83 €
11      Mitglieder                532,87 €    73,04 €  459,83 €

Fall 1: Beleg 1, D'Angelo, Luigi
--------------------------------

Versicherte Person        D'Angelo, Luigi, geboren 13.04.1972
Versichertennummer        A123 456 780
Versichertenstatus        10000 (zählt zu: Mitglieder)
Ursprüngliche Rechnung    2026-1000:0 vom 05.09.2026, Beleg 17, Leistungserbringer IK 440 301 798
Belege                    1 – Belege zum Fall per Post übermittelt
Bild des Belegs           Abrechnungsmonat 09/2026, Image-Stelle IK 440 301 798
Elektronische Verordnung  160.123.456.789.012.34
Verordnung vom            01.09.2026
Zuzahlung                 3 – zuzahlungspflichtig
Heilmittelbereich         1 – Physiotherapie
Diagnosegruppe            WS
Leitsymptomatik           1000 – Leitsymptomatik a
Verordnungsart            03 – Verordnung nach § 7 Abs. 1 bis 5 HeilM-RL bzw. § 6 Abs. 1 bis 4
                          HeilM-RL Zahnärzte (orientierender Behandlungsmenge gemäß
                          Heilmittelkatalog)
Angekreuzt                Hausbesuch
Therapiefrequenz          2-mal wöchentlich
Verordnet von             Arztnummer 906716934, Betriebsstätte 110178400
Diagnosen                 M54.5; Rückenschmerz: links
Genehmigung               G-4711 vom 20.08.2026, B2 – Genehmigung gem. § 8 Abs. 3
                          Heilmittel-Richtlinie Ärzte bzw. § 7 Abs. 1 Heilmittel-Richtlinie
                          Zahnärzte (Genehmigung eines langfristigen Heilmittelbedarfs)
Beruf und Tarif           22 – Krankengymnast/Physiotherapeut, Tarif 00501: Bundeseinheitlicher
                          Tarif (gültig für Ost und West)
Segmente                  15 bis 28

Leistungen
                                                                                Zuzahlung
                                                                                       je
Tag         Nummer  Leistung                       Menge  Einzelpreis    Summe    Einheit  Zuzahlung
----------  ------  -----------------------------  -----  -----------  -------  ---------  ---------
07.09.2026  20501   Allgemeine Krankengymnastik     1,00      29,63 €  35,26 €     2,96 €     2,96 €
                    (KG) (auch auf
                    neurophysiologischer
                    Grundlage): Einzelbehandlung;
                    Text: Fragen?; zuzüglich
                    19,00 % Mehrwertsteuer:
                    5,63 €
09.09.2026  20501   Allgemeine Krankengymnastik     1,00      29,63 €  29,63 €     2,96 €     2,96 €
                    (KG) (auch auf
                    neurophysiologischer
                    Grundlage): Einzelbehandlung;
                    gefahrene Kilometer: 12
----------  ------  -----------------------------  -----  -----------  -------  ---------  ---------
Summe                                                                  64,89 €                5,92 €

Summen des Falls
Posten                  Betrag
---------------------  -------
Brutto                 64,89 €
Zuzahlung, prozentual   5,92 €
Zuzahlung, pauschal    10,00 €
Zuzahlung, zusammen    15,92 €
---------------------  -------
Kasse zahlt            48,97 €

Fall 2: Beleg 2, Müller, Erna
-----------------------------

Versicherte Person  Müller, Erna, geboren 31.01.1945
Anschrift           Weg 1, 01067 Dresden
Versichertennummer  B234 567 895
Versichertenstatus  50000 (zählt zu: Rentner)
Belege              1 – Belege zum Fall per Post übermittelt
Verordnung vom      01.09.2026
Zuzahlung           2 – keine Zuzahlung trotz schriftlicher Zahlungsaufforderung
Heilmittelbereich   1 – Physiotherapie
Diagnosegruppe      EX
Leitsymptomatik     1000 – Leitsymptomatik a
Verordnungsart      03 – Verordnung nach § 7 Abs. 1 bis 5 HeilM-RL bzw. § 6 Abs. 1 bis 4 HeilM-RL
                    Zahnärzte (orientierender Behandlungsmenge gemäß Heilmittelkatalog)
Angekreuzt          nichts
Therapiefrequenz    2-mal wöchentlich
Verordnet von       Arztnummer 906716934, Betriebsstätte 110178400
Diagnose            M75.1
Beruf und Tarif     22 – Krankengymnast/Physiotherapeut, Tarif 00501: Bundeseinheitlicher Tarif
                    (gültig für Ost und West)
Segmente            29 bis 34

Leistungen
                                                                                Zuzahlung
                                                                                       je
Tag         Nummer  Leistung                       Menge  Einzelpreis    Summe    Einheit  Zuzahlung
----------  ------  -----------------------------  -----  -----------  -------  ---------  ---------
08.09.2026  21201   Manuelle Therapie:              0,50      35,59 €  17,80 €     3,56 €     1,78 €
                    Einzelbehandlung
----------  ------  -----------------------------  -----  -----------  -------  ---------  ---------
Summe                                                                  17,80 €                1,78 €

Die Preise stehen nur zur Zuordnung da; gefordert wird allein die Zuzahlung.

Summen des Falls
Posten                    Betrag
-----------------------  -------
Zuzahlung, prozentual    17,76 €
Zuzahlung, pauschal      10,00 €
-----------------------  -------
Von der Kasse gefordert  27,76 €

Ende der Datei
==============

Rechnungen                1
Fälle                     2
Von den Kassen gefordert  459,83 €

Ob die Angaben zueinander passen und gelten, sagt „zuzahlung check“.
"""


def test_a_file_is_told_from_its_head_to_its_end(told: Callable[..., str]) -> None:
    assert told(TEXT) == EXPECTED


def test_no_line_is_wider_than_a_terminal(told: Callable[..., str]) -> None:
    printed = told(samples.s01()) + told(samples.s02()) + told(samples.s04())
    assert max(len(line) for line in printed.splitlines()) <= WIDTH


def after(text: str, beginning: str, count: int) -> list[str]:
    """So many lines from the one that begins so."""
    found = text.splitlines()
    place = next(number for number, line in enumerate(found) if line.startswith(beginning))
    return found[place : place + count]


def test_names_that_come_again_are_told_by_their_beginning(told: Callable[..., str]) -> None:
    assert after(told(samples.s01()), "08.09.2026  21201", 11) == [
        "08.09.2026  21201   Manuelle Therapie:             1,00      35,59 €   35,59 €     3,56 €     3,56 €",
        "                    Einzelbehandlung",
        "08.09.2026  21501   Warmpackung (einzelner oder    1,00      16,16 €   16,16 €     1,62 €     1,62 €",
        "                    mehrerer Körperteile):",
        "                    Einzelbehandlung",
        "10.09.2026  21201   Manuelle Therapie: …           1,00      35,59 €   35,59 €     3,56 €     3,56 €",
        "10.09.2026  21501   Warmpackung (einzelner …       1,00      16,16 €   16,16 €     1,62 €     1,62 €",
        "15.09.2026  21201   Manuelle Therapie: …           1,00      35,59 €   35,59 €     3,56 €     3,56 €",
        "15.09.2026  21501   Warmpackung (einzelner …       1,00      16,16 €   16,16 €     1,62 €     1,62 €",
        "15.09.2026  29701   Übermittlungsgebühr für        1,00       1,40 €    1,40 €      keine      keine",
        "                    Mitteilung/Bericht an die",
    ]


def test_a_case_without_copayment_says_so(told: Callable[..., str]) -> None:
    text = told(samples.s01())
    exempt = text[text.index("Fall 4: Beleg 4, Frei, Fritz") : text.index("Fall 5:")]
    assert "Zuzahlung           1 – zuzahlungsbefreit\n" in exempt
    assert after(exempt, "Summen des Falls", 7) == [
        "Summen des Falls",
        "Posten                Betrag",
        "-------------------  -------",
        "Brutto               59,26 €",
        "Zuzahlung, zusammen    keine",
        "-------------------  -------",
        "Kasse zahlt          59,26 €",
    ]


def test_a_claim_says_what_the_fund_is_asked_for(told: Callable[..., str]) -> None:
    text = told(samples.s04())
    assert after(text, "53,30 €", 2) == [
        "53,30 € Zuzahlung werden vom Kostenträger (IK 109 990 018) gefordert. Das Geld geht an den",
        "Leistungserbringer selbst (IK 440 301 798).",
    ]
    assert after(text, "Summen nach", 8) == [
        "Summen nach Versichertenstatus",
        "                                                        Von der",
        "                                          Geforderte      Kasse",
        "Status  Bedeutung                 Brutto   Zuzahlung  gefordert",
        "------  ------------------------  ------  ----------  ---------",
        "00      Gesamtsumme aller Status  0,00 €     53,30 €    53,30 €",
        "11      Mitglieder                0,00 €     27,76 €    27,76 €",
        "51      Rentner                   0,00 €     25,54 €    25,54 €",
    ]


def test_a_collective_invoice_is_not_money_twice(told: Callable[..., str]) -> None:
    text = told(samples.s02())
    assert [line for line in text.splitlines() if "rechnung 2026" in line or "Rechnung 2026" in line] == [
        "Sammelrechnung 2026-1002:0 vom 05.10.2026",
        "Rechnung 2026-1002:1 vom 05.10.2026",
        "Rechnung 2026-1002:2 vom 05.10.2026",
    ]
    assert "Sie fasst die Rechnungen zusammen, die nach ihr stehen; deren Beträge kommen nicht hinzu." in text
    assert "Von den Kassen gefordert  281,13 €\n" in text


@pytest.mark.parametrize(
    ("art", "sentence"),
    [
        ("1", "Das Geld geht an den Leistungserbringer selbst (IK 440 301 798)."),
        (
            "2",
            "Das Geld geht an den Leistungserbringer (IK 440 301 798); abgerechnet hat für ihn der Absender (IK 590 000 010).",
        ),
        (
            "3",
            "Das Geld geht an die Abrechnungsstelle mit Inkassovollmacht, nicht an den Leistungserbringer.",
        ),
    ],
)
def test_where_the_money_goes_is_one_sentence(art: str, sentence: str, told: Callable[..., str]) -> None:
    data = TEXT.replace(b"20261005+1'", f"20261005+{art}'".encode())
    text = told(data.replace(b"109990018+440301798'", b"109990018+590000010'"))
    assert sentence in " ".join(text.split())


@pytest.mark.parametrize(
    ("segment", "instead", "line"),
    [
        ("+SL030179S10+0'", "+SL030179S10+2'", "Art der Datei     2 – Echtdatei"),
        ("+19720413'", "+19720400'", "Versicherte Person        D'Angelo, Luigi, geboren 04.1972 (ohne Tag)"),
        (
            "+19720413'",
            "+19720000'",
            "Versicherte Person        D'Angelo, Luigi, geboren 1972 (ohne Tag und Monat)",
        ),
        ("+3+WS+", "+3+9999+", "Diagnosegruppe            9999 – keine"),
        ("+3+WS+", "+8+WS+", "Zuzahlung                 8 – kein Wert des Schlüssels „Zuzahlung“"),
        (
            "+1000++0+1+2'",
            "+1011+Schmerz+1+1+0'",
            "Leitsymptomatik           1011 – Leitsymptomatik a, Leitsymptomatik c, patientenindividuelle",
        ),
        (
            "+1000++0+1+2'",
            "+1011+Schmerz+1+1+0'",
            "Angekreuzt                dringlicher Behandlungsbedarf, Hausbesuch",
        ),
        ("+1000++0+1+2'", "+1000++0+1+0'", "Therapiefrequenz          0 – keine angegeben"),
        ("ZHE+110178400+", "ZHE+999999999+", "Verordnet von             Arztnummer 906716934, Betriebsstätte nicht"),
        ("INV+A123456780+", "INV++", "Versichertennummer        nicht angegeben"),
        ("+22:00501+20501+1,00+29,63+20260907+2,96'", "+22:00501+2ZZZZ+1,00+29,63+20260907'",
         "07.09.2026  2ZZZZ   unbekannte Positionsnummer;     1,00      29,63 €  35,26 €      keine      keine"),
    ],
)  # fmt: skip
def test_a_value_is_told_in_words(segment: str, instead: str, line: str, told: Callable[..., str]) -> None:
    changed = TEXT.replace(segment.encode(), instead.encode(), 1)
    assert changed != TEXT
    assert line in told(changed)


def test_amounts_below_nought_keep_their_sign(told: Callable[..., str]) -> None:
    text = told(TEXT.replace(b"BES+64,89+15,92", b"BES+10,00+15,92"))
    assert "Kasse zahlt            -5,92 €\n" in text


def test_the_charset_is_taken_from_the_option(told: Callable[..., str]) -> None:
    text = told(IN_I8, "--charset", "I8")
    assert "Rechnungssteller          Praxis Müller + Söhne\n" in text


def test_another_charset_than_the_declared_one_is_suspected(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "datei.esol").write_bytes(IN_I8)
    assert main(["explain", "datei.esol"]) == 0
    assert capsys.readouterr().err == (
        "Hinweis: Die Datei sieht nach I8 (DIN 66303) aus und nicht nach I1: das Byte 0x7D ist dort „ü“, hier „}“. "
        "Dann hilft --charset I8.\n"
    )


def test_the_standard_input_is_read_with_a_hyphen(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT)))
    assert main(["explain", "-"]) == 0
    assert capsys.readouterr().out == EXPECTED


# Files with faults


def test_what_cannot_be_read_is_shown_where_it_stands(told: Callable[..., str]) -> None:
    text = told(TEXT.replace(b"DIA+M54.5'", b"DIA+M54.5+'").replace(b"SKZ+", b"XYZ+"))
    assert after(text, "Kasse zahlt            48,97", 10) == [
        "Kasse zahlt            48,97 €",
        "",
        "nicht lesbar – „zuzahlung check“ sagt, warum:",
        "  Segment 25: DIA+M54.5+",
        "",
        "hier nicht vorgesehen – „zuzahlung check“ sagt, warum:",
        "  Segment 27: XYZ+G-4711+20260820+B2",
        "",
        "Fall 2: Beleg 2, Müller, Erna",
        "-----------------------------",
    ]


def test_the_sum_over_unreadable_lines_is_called_a_part(told: Callable[..., str]) -> None:
    text = told(TEXT.replace(b"20501+1,00+29,63+20260909", b"20501+1.00+29,63+20260909"))
    assert after(text, "Teilsumme", 1) == [
        "Teilsumme                                                              35,26 €                2,96 €"
    ]


def test_a_file_that_breaks_off_says_where(told: Callable[..., str]) -> None:
    text = told(TEXT[: TEXT.index(b"Erna") + 2])
    assert after(text, "Ende der Datei", 14) == [
        "Ende der Datei",
        "==============",
        "",
        "Ab Byte 922 ist die Datei nicht weiter lesbar. Die Datei bricht mitten in einem Segment ab.",
        "",
        "So beginnt, was nicht lesbar ist:",
        "  Segment 30: NAD+Müller+Er",
        "",
        "Rechnungen                               1",
        "Fälle                                    2",
        "Von den Kassen gefordert, soweit lesbar  459,83 €",
        "",
        "Ob die Angaben zueinander passen und gelten, sagt „zuzahlung check“.",
    ]


def test_a_file_without_its_end_is_called_incomplete(told: Callable[..., str]) -> None:
    text = told(joined(*SEGMENTS[:-1]))
    assert "Das Ende der Datei (UNZ) fehlt: Sie ist nicht vollständig.\n" in text


@pytest.mark.parametrize(
    ("segments", "words"),
    [
        (SEGMENTS[1:], ["Abrechnungsdatei\n=", "Der Kopf der Datei (UNB) fehlt."]),
        (("UNB+UNOC:3", *SEGMENTS[1:]), ["Abrechnungsdatei\n=", "Der Kopf der Datei (UNB) ist nicht lesbar.",
                                         "Segment 1: UNB+UNOC:3\n"]),
        ([text.replace("SLLA:21", "SLLA:20") for text in SEGMENTS],
         ["Nicht gedeutet\n=", "Nachricht SLLA nach Version 20, deren Tabellen hier nicht hinterlegt sind:\n"]),
        ([text.replace("SLLA:21", "PLAA:21") for text in SEGMENTS], ["Nachricht, die weder SLGA noch SLLA ist:\n"]),
        ([text.replace("+B+SL", "+A+SL") for text in SEGMENTS],
         ["Leistungsbereich  A – Leistungserbringer von Hilfsmitteln",
          "Erklärt werden nur Abrechnungen von Heilmitteln (Leistungsbereich B).\n",
          "Nachricht SLLA eines anderen Leistungsbereichs als Heilmittel:\n"]),
        ([*SEGMENTS, "REC+1"], ["außerhalb jeder Nachricht – „zuzahlung check“ sagt, warum:\n  Segment 37: REC+1\n"]),
        ((SEGMENTS[0], *SEGMENTS[11:]),
         ["Einzelfälle zu Rechnung 2026-1001:0 vom 05.10.2026\n=",
          "Davor steht keine lesbare Gesamtaufstellung (SLGA), zu der diese Fälle gehören.\n",
          "Krankenkasse              IK 109 990 018\n"]),
        ([*SEGMENTS[:11], "REC+1", *SEGMENTS[11:]], ["Einzelfälle zu Rechnung 2026-1001:0 vom 05.10.2026\n="]),
        ([text.replace("REC+2026-1001:0+2", "REC+2") for text in SEGMENTS],
         ["Rechnung ohne lesbare Nummer\n", "Einzelfälle zu Rechnung ohne lesbare Nummer\n"]),
        ([text.replace("INV+A123456780+10000+1+1", "INV+A123456780+10000+1") for text in SEGMENTS],
         ["Fall 1: ohne lesbare Belegnummer, D'Angelo, Luigi\n"]),
        ([text.replace("ZHE+110178400+906716934", "ZHE+") for text in SEGMENTS],
         ["Verordnung                ohne lesbare Angaben (ZHE)\n"]),
    ],
    ids=["no UNB", "bad UNB", "V20", "PLAA", "area A", "outside", "no SLGA", "between", "no REC", "no INV", "no ZHE"],
)  # fmt: skip
def test_what_is_missing_is_said(segments: list[str], words: list[str], told: Callable[..., str]) -> None:
    text = told(joined(*segments))
    assert [word for word in words if word not in text] == []


# Hostile text


def test_nothing_in_a_file_moves_or_colours_the_terminal(told: Callable[..., str]) -> None:
    text = told(
        TEXT.replace(b"NAD+M\xfcller", b"NAD+M\xad\xfcller").replace(b"DIA+M75.1", b"DIA+\x1b[31m\x07\x9b")
    )
    assert "Fall 2: Beleg 2, M<U+00AD>üller, Erna\n" in text
    assert "  Segment 33: DIA+<0x1B>[31m<0x07><0x9B>\n" in text
    assert [sign for sign in text.replace("\n", "") if not sign.isprintable()] == []


def test_text_that_turns_the_direction_of_reading_is_made_visible() -> None:
    blocks: list[Block] = [
        Heading(level=1, text="Titel"),
        Facts(rows=[("Name", "a\u202eb\u200bc\u2028d\u2066e")]),
    ]
    assert list(lines(blocks))[3:] == ["Name  a<U+202E>b<U+200B>c<U+2028>d<U+2066>e"]
    assert "a&lt;U+202E&gt;b&lt;U+200B&gt;c&lt;U+2028&gt;d&lt;U+2066&gt;e" in page_of(blocks)


def test_a_segment_of_absurd_length_is_cut(told: Callable[..., str]) -> None:
    text = told(TEXT.replace(b"DIA+M54.5'", b"DIA+" + b"x" * 5_000 + b"'"))
    assert " … (5.004 Zeichen)\n" in text
    assert text.count("x") < 1_100


# The page


def page_of(blocks: list[Block]) -> str:
    written = io.StringIO()
    write_page(blocks, written.write)
    return written.getvalue()


class Reader(HTMLParser):
    """Reads a page as a browser would, and notes what it is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)


@pytest.fixture
def page(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[bytes], str]:
    """Writes a file, explains it as a page, and gives the page."""

    def make(data: bytes) -> str:
        Path("datei.esol").write_bytes(data)
        assert main(["explain", "datei.esol", "--html", "seite.html"]) == 0
        assert capsys.readouterr() == (
            "Die Seite steht in seite.html. Sie enthält Daten von Versicherten; lesen kann sie nur Ihr Benutzer.\n",
            "",
        )
        return Path("seite.html").read_text(encoding="utf-8")

    return make


def test_the_page_has_one_title_and_headings_in_order(page: Callable[[bytes], str]) -> None:
    text = page(TEXT)
    assert text.startswith('<!DOCTYPE html>\n<html lang="de"><head><meta charset="utf-8">')
    reader = Reader(text)
    assert [tag for tag in reader.tags if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h3", "h3", "h2"]
    assert reader.texts["title"] == ["Abrechnungsdatei SL030179S10 vom 05.10.2026 – erklärt"]
    assert reader.texts["h3"] == ["Fall 1: Beleg 1, D'Angelo, Luigi", "Fall 2: Beleg 2, Müller, Erna"]
    assert reader.tags.count("main") == reader.tags.count("footer") == 1
    assert reader.tags.count("article") == 2


def test_the_page_says_what_the_text_says(page: Callable[[bytes], str]) -> None:
    said = Reader(page(TEXT)).texts
    assert said["p"][0] == (
        "459,83\u00a0€ werden vom Kostenträger (IK\u00a0109\u00a0990\u00a0018) gefordert. "
        "Das Geld geht an den Leistungserbringer selbst (IK\u00a0440\u00a0301\u00a0798)."
    )
    assert said["caption"] == [
        "Summen nach Versichertenstatus", "Leistungen", "Summen des Falls", "Leistungen", "Summen des Falls",
    ]  # fmt: skip
    assert said["dd"][:3] == [
        "IK\u00a0440\u00a0301\u00a0798", "IK\u00a0660\u00a0999\u00a0007 (Datenannahmestelle)",
        "05.10.2026, 10:40\u00a0Uhr",
    ]  # fmt: skip


def test_a_table_names_its_rows_and_columns() -> None:
    table = Table(
        caption="Summen",
        columns=[
            Column(title="Posten"),
            Column(title="Was", is_wordy=True),
            Column(title="Betrag", is_number=True),
        ],
        rows=[("Brutto", "lang", "1,00 €"), ("Netto", "lang", "0,90 €")],
        foot=("Summe", "", "1,90 €"),
    )
    text = page_of([Heading(level=1, text="Titel"), table])
    assert text[text.index("<table") : text.index("</table>")] == (
        '<table role="table" class="stack"><caption>Summen</caption><thead role="rowgroup"><tr role="row">'
        '<th scope="col" role="columnheader">Posten</th><th scope="col" role="columnheader">Was</th>'
        '<th scope="col" role="columnheader" class="number">Betrag</th></tr></thead><tbody role="rowgroup">'
        '<tr role="row"><th scope="row" role="rowheader" data-label="Posten">Brutto</th>'
        '<td role="cell" data-label="Was">lang</td>'
        '<td role="cell" data-label="Betrag" class="number">1,00 €</td></tr>'
        '<tr role="row"><th scope="row" role="rowheader" data-label="Posten">Netto</th>'
        '<td role="cell" data-label="Was" class="again">lang</td>'
        '<td role="cell" data-label="Betrag" class="number">0,90 €</td></tr></tbody><tfoot role="rowgroup">'
        '<tr role="row"><th scope="row" role="rowheader" data-label="Posten">Summe</th>'
        '<td role="cell" data-label="Was"></td>'
        '<td role="cell" data-label="Betrag" class="number">1,90 €</td></tr></tfoot>'
    )


def test_the_page_allows_its_own_style_and_nothing_else(page: Callable[[bytes], str]) -> None:
    text = page(TEXT)
    digest = base64.b64encode(hashlib.sha256(Reader(text).texts["style"][0].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert Reader(text).attributes[2:4] == [("http-equiv", "Content-Security-Policy"), ("content", policy)]
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_the_style_stands_in_the_page_as_it_is() -> None:
    assert f"<style>{STYLE}</style>" in page_of([Heading(level=1, text="Titel")])


def test_hostile_text_is_text_and_nothing_else(page: Callable[[bytes], str]) -> None:
    hostile = HOSTILE.replace("+", "").replace(":", "")
    data = TEXT.replace(b"NAD+M\xfcller", f"NAD+{hostile[:47]}".encode()).replace(
        b"DIA++R\xfcckenschmerz?: links", f"DIA++{hostile}".encode()
    )
    text = page(
        data.replace(b"+SL030179S10+", b"+</title><b>x+").replace(b"DIA+M75.1", b"XYZ+" + hostile.encode())
    )
    reader = Reader(text)
    assert {"script", "b"}.isdisjoint(reader.tags)
    assert "onload" not in dict(reader.attributes)
    assert text.count("</style>") == text.count("</title>") == 1
    assert f"M54.5; {hostile}" in reader.texts["dd"]
    assert reader.texts["code"] == [f"XYZ+{hostile}"]
    assert reader.texts["title"] == ["Abrechnungsdatei </title><b>x vom 05.10.2026 – erklärt"]


def test_the_builder_writes_no_element_and_no_attribute_of_others() -> None:
    written = io.StringIO()
    markup = Markup(written.write)
    with pytest.raises(ValueError, match="no element"):
        markup.begin("script")
    markup.leaf("p", "<&>\"'\x00", class_="\"><script>'\n")
    assert written.getvalue() == (
        "<!DOCTYPE html>\n"
        '<p class="&quot;&gt;&lt;script&gt;&#x27;&lt;0x0A&gt;">&lt;&amp;&gt;&quot;&#x27;&lt;0x00&gt;</p>'
    )


@pytest.mark.thorough
def test_every_beginning_of_a_file_makes_a_whole_page(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for length in range(90, len(TEXT), 7):
        (folder / "datei.esol").write_bytes(TEXT[:length])
        assert main(["explain", "datei.esol", "--html", "seite.html"]) == 0
        assert Reader((folder / "seite.html").read_text(encoding="utf-8")).tags.count("h1") == 1


# Where the page goes


def test_the_page_is_for_its_owner_alone_and_replaces_an_older_one(page: Callable[[bytes], str]) -> None:
    Path("seite.html").write_text("alt", encoding="utf-8")
    assert "alt" not in page(TEXT)[:3]
    assert Path("seite.html").stat().st_mode & 0o777 == 0o600
    assert files_in() == ["datei.esol", "seite.html"]


def test_a_link_to_a_file_stays_a_link(page: Callable[[bytes], str]) -> None:
    Path("ziel.html").write_text("alt", encoding="utf-8")
    Path("seite.html").symlink_to("ziel.html")
    page(TEXT)
    assert Path("seite.html").is_symlink()
    assert Path("ziel.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("ordner", "ordner ist ein Ordner. Bitte nennen Sie eine Datei."),
        ("zum-ordner", "zum-ordner ist ein Ordner. Bitte nennen Sie eine Datei."),
        ("fehlt/seite.html", "Den Ordner fehlt gibt es nicht. Bitte legen Sie ihn zuerst an."),
        ("rohr", "rohr ist keine gewöhnliche Datei. Bitte wählen Sie einen anderen Namen."),
        ("datei.esol", "datei.esol ist die Datei, die gelesen wird. Bitte wählen Sie einen anderen Namen."),
        ("zur-datei", "zur-datei ist die Datei, die gelesen wird. Bitte wählen Sie einen anderen Namen."),
    ],
)
def test_a_bad_place_for_the_page_is_refused(
    out: str, sentence: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("ordner").mkdir()
    Path("zum-ordner").symlink_to("ordner")
    Path("zur-datei").symlink_to("datei.esol")
    os.mkfifo("rohr")
    before = files_in()
    assert main(["explain", "datei.esol", "--html", out]) == 1
    assert capsys.readouterr() == ("", f"zuzahlung: {sentence}\n")
    assert (files_in(), files_in("ordner")) == (before, [])
    assert Path("datei.esol").read_bytes() == TEXT


def test_the_file_at_the_standard_input_is_not_written_over(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "datei.esol").open(encoding="latin-1") as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert main(["explain", "-", "--html", "datei.esol"]) == 1
    assert capsys.readouterr().err == (
        "zuzahlung: datei.esol ist die Datei, die gelesen wird. Bitte wählen Sie einen anderen Namen.\n"
    )


def interrupted_after(_: int) -> None:
    raise KeyboardInterrupt


def test_a_page_that_cannot_be_finished_leaves_the_old_one(folder: Path) -> None:
    out = folder / "seite.html"
    out.write_text("alt", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), draft(out) as file:
        interrupted_after(file.write(b"neu"))
    assert out.read_text(encoding="utf-8") == "alt"
    assert files_in() == ["datei.esol", "seite.html"]


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main(["explain", "datei.esol", "--html", "seite.html"]) == 1
    assert capsys.readouterr() == (
        "", "zuzahlung: seite.html lässt sich nicht schreiben. Der Datenträger ist voll.\n",
    )  # fmt: skip
    assert files_in() == ["datei.esol"]


# Files that are none


@pytest.mark.parametrize("options", [[], ["--html", "seite.html"]], ids=["text", "page"])
@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("fehlt.esol", None, "Die Datei oder der Ordner darüber fehlt."),
        ("ordner", None, "Das ist ein Ordner."),
        ("leer.esol", b"", "Die Datei ist leer."),
        ("bild.esol", b"\x89PNG\r\n\x1a\n'",
         "Das ist keine Abrechnungsdatei nach § 302 SGB V: Am Anfang steht kein UNB. Sie ist ein Bild. Gebraucht wird die Datei, die Ihre Software für die Datenannahmestelle schreibt."),
        ("kurz.esol", b"UNB+UNOC:3+44", "Die Datei bricht schon im ersten Segment ab."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_at_all_ends_with_2(
    name: str,
    data: bytes | None,
    sentence: str,
    options: list[str],
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("ordner").mkdir()
    if data is not None:
        Path(name).write_bytes(data)
    before = files_in()
    assert main(["explain", name, *options]) == 2
    assert capsys.readouterr() == ("", f"zuzahlung: {name} lässt sich nicht lesen. {sentence}\n")
    assert files_in() == before


def test_no_insured_person_is_named_in_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for data in (
        b"NAD'" + TEXT,
        b"\xef\xbb\xbf" + TEXT,
        TEXT.replace(b"'", b"~"),
        TEXT.decode("latin-1").encode("utf-16"),
    ):
        (folder / "datei.esol").write_bytes(data)
        main(["explain", "datei.esol"])
        said = capsys.readouterr().err
        assert [name for name in ("Angelo", "Luigi", "Erna", "ller", "A123456780") if name in said] == []


def test_a_file_saved_as_utf_8_with_a_mark_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "datei.esol").write_bytes(b"\xef\xbb\xbf" + TEXT)
    assert main(["explain", "datei.esol"]) == 2
    assert "Sie ist in Unicode (UTF-8 mit BOM, oder UTF-16) gespeichert." in capsys.readouterr().err


def test_the_help_says_what_the_exit_codes_mean(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["explain", "--help"])
    assert (
        capsys.readouterr().out
        == """\
Aufruf: zuzahlung explain [-h] [--html SEITE] [--charset {I1,I5,I7,I8}] DATEI

Zeigt eine Abrechnungsdatei so, wie ein Mensch sie liest.

Angaben:
  DATEI                     Abrechnungsdatei, - für die Standardeingabe

Optionen:
  -h, --help                zeigt diese Hilfe
  --html SEITE              schreibt eine HTML-Seite in diese Datei (sonst: Text)
  --charset {I1,I5,I7,I8}   Zeichensatz der Datei, wie ihn die Auftragsdatei nennt (üblich: I1 = ISO 8859-1)

Endet mit 0, wenn die Datei erklärt ist, auch wenn sie Fehler hat (was falsch ist, sagt „zuzahlung check“),
mit 1, wenn sich die Seite nicht schreiben lässt, und mit 2, wenn die Datei sich nicht lesen lässt.
"""
    )
