"""The sample files are explained with the right money, names and words, and nothing in them stays unread."""

from __future__ import annotations

from pathlib import Path

import pytest

from zuzahlung.cli.main import main

pytestmark = pytest.mark.official

SAMPLES = Path(__file__).parents[3] / "shared" / "domain" / "samples"


def told(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    if not (SAMPLES / name).exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    assert main(["explain", str(SAMPLES / name)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


FIRST_CASE_OF_S01 = """\
Fall 1: Beleg 1, D'Angelo, Luigi
--------------------------------

Versicherte Person  D'Angelo, Luigi, geboren 13.04.1972
Versichertennummer  A123 456 780
Versichertenstatus  10000 (zählt zu: Mitglieder)
Belege              1 – Belege zum Fall per Post übermittelt
Verordnung vom      01.09.2026
Zuzahlung           3 – zuzahlungspflichtig
Heilmittelbereich   1 – Physiotherapie
Diagnosegruppe      WS
Leitsymptomatik     1000 – Leitsymptomatik a
Verordnungsart      03 – Verordnung nach § 7 Abs. 1 bis 5 HeilM-RL bzw. § 6 Abs. 1 bis 4 HeilM-RL
                    Zahnärzte (orientierender Behandlungsmenge gemäß Heilmittelkatalog)
Angekreuzt          Hausbesuch
Therapiefrequenz    2-mal wöchentlich
Verordnet von       Arztnummer 906716934, Betriebsstätte 110178400
Diagnose            M54.5
Beruf und Tarif     22 – Krankengymnast/Physiotherapeut, Tarif 00501: Bundeseinheitlicher Tarif
                    (gültig für Ost und West)
Segmente            14 bis 24

Leistungen
                                                                                Zuzahlung
                                                                                       je
Tag         Nummer  Leistung                      Menge  Einzelpreis     Summe    Einheit  Zuzahlung
----------  ------  ----------------------------  -----  -----------  --------  ---------  ---------
07.09.2026  20501   Allgemeine Krankengymnastik    1,00      29,63 €   29,63 €     2,96 €     2,96 €
                    (KG) (auch auf
                    neurophysiologischer
                    Grundlage): Einzelbehandlung
09.09.2026  20501   Allgemeine …                   1,00      29,63 €   29,63 €     2,96 €     2,96 €
14.09.2026  20501   Allgemeine …                   1,00      29,63 €   29,63 €     2,96 €     2,96 €
16.09.2026  20501   Allgemeine …                   1,00      29,63 €   29,63 €     2,96 €     2,96 €
21.09.2026  20501   Allgemeine …                   1,00      29,63 €   29,63 €     2,96 €     2,96 €
23.09.2026  20501   Allgemeine …                   1,00      29,63 €   29,63 €     2,96 €     2,96 €
----------  ------  ----------------------------  -----  -----------  --------  ---------  ---------
Summe                                                                 177,78 €               17,76 €

Summen des Falls
Posten                   Betrag
---------------------  --------
Brutto                 177,78 €
Zuzahlung, prozentual   17,76 €
Zuzahlung, pauschal     10,00 €
Zuzahlung, zusammen     27,76 €
---------------------  --------
Kasse zahlt            150,02 €
"""


def test_s01_is_told_case_by_case(capsys: pytest.CaptureFixture[str]) -> None:
    text = told("s01_vkz01_einzelrechnung.esol", capsys)
    assert text[text.index("Fall 1:") : text.index("\nFall 2:")] == FIRST_CASE_OF_S01
    assert [line for line in text.splitlines() if line.startswith("Fall ")] == [
        "Fall 1: Beleg 1, D'Angelo, Luigi",
        "Fall 2: Beleg 2, Müller, Erna",
        "Fall 3: Beleg 3, Kind, Kim",
        "Fall 4: Beleg 4, Frei, Fritz",
        "Fall 5: Beleg 5, Mini, Mia",
        "Fall 6: Beleg 6, Cap, Carl",
    ]
    assert [line.split()[-2] for line in text.splitlines() if line.startswith("Kasse zahlt")] == [
        "150,02", "131,11", "117,66", "59,26", "1,78", "0,00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sentence", "total"),
    [
        (
            "s01_vkz01_einzelrechnung.esol",
            "459,83 € werden vom Kostenträger (IK 109 990 018) gefordert.",
            "459,83",
        ),
        (
            "s02_vkz01_sammelrechnung.esol",
            "281,13 € werden vom Kostenträger (IK 109 990 018) gefordert.",
            "281,13",
        ),
        (
            "s04_vkz03_zuzahlungsforderung.esol",
            "53,30 € Zuzahlung werden vom Kostenträger (IK 109 990 018) gefordert.",
            "53,30",
        ),
    ],
    ids=["s01", "s02", "s04"],
)
def test_the_money_of_a_sample_goes_to_the_practice_itself(
    name: str, sentence: str, total: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(name, capsys)
    assert f"{sentence} Das Geld geht an den Leistungserbringer selbst (IK 440 301 798)." in " ".join(
        text.split()
    )
    assert f"Von den Kassen gefordert  {total} €\n" in text
    assert "zuzahlung check“ sagt, warum" not in text
    assert "unbekannte" not in text
