"""The keys of a Verordnung are those of TA3 8.1.2, 8.1.2.1, 8.1.11, 8.1.12, 8.1.17 and of TA1 ZHE."""

from __future__ import annotations

import pytest

from zuzahlung.standards.keys import verordnung
from zuzahlung.standards.keys.schluessel import Schluessel


def lines(table: Schluessel) -> list[tuple[str, str]]:
    return [(code, wert.bedeutung) for code, wert in table.items()]


def test_accidents() -> None:
    assert lines(verordnung.UNFALL) == [
        ("1", "Arbeitsunfall / Wegeunfall / Berufskrankheit"),
        ("2", "sonstige Unfallfolgen"),
        ("3", "Sonstiges (BVFG, BEG, HHG, OEG, IfSG, SVG)"),
    ]


def test_bvg_and_ser_share_the_six() -> None:
    assert lines(verordnung.BVG_SER) == [("6", "BVG/SER")]


def test_occasions_of_a_prescription() -> None:
    assert lines(verordnung.VERORDNUNGSBESONDERHEITEN) == [
        ("1", "Verordnung von einem Zahnarzt/Kieferorthopäden"),
        ("2", "Verordnung im Zusammenhang mit der Schwangerschaft oder der Entbindung"),
        ("4", "Verordnung im Rahmen des Entlassmanagements"),
        ("7", "Verordnung im Rahmen der Terminservicestellen"),
        ("8", "Empfehlung nach § 40 Abs. 6 SGB XI (nur Hilfsmittel)"),
        ("9", "Verordnung im Rahmen eines Modellvorhabens nach § 64d SGB V"),
    ]
    assert verordnung.VERORDNUNGSBESONDERHEITEN.nicht_belegt == {"3"}


def test_the_eight_is_for_hilfsmittel_only() -> None:
    heilmittel = verordnung.VERORDNUNGSBESONDERHEITEN_HEILMITTEL
    assert list(heilmittel) == ["1", "2", "4", "7", "9"]
    assert heilmittel["9"].bedeutung == "Verordnung im Rahmen eines Modellvorhabens nach § 64d SGB V"
    assert heilmittel.nicht_belegt == {"3"}


def test_kinds_of_prescription() -> None:
    assert lines(verordnung.VERORDNUNGSART) == [
        (
            "03",
            (
                "Verordnung nach § 7 Abs. 1 bis 5 HeilM-RL bzw. § 6 Abs. 1 bis 4 HeilM-RL Zahnärzte "
                "(orientierender Behandlungsmenge gemäß Heilmittelkatalog)"
            ),
        ),
        (
            "04",
            (
                "Verordnung nach § 7 Abs. 6 HeilM-RL bzw. § 6 Abs. 5 HeilM-RL Zahnärzte "
                "(besonderer Verordnungsbedarf oder langfristiger Heilmittelbedarf bis zu 12 Wochen)"
            ),
        ),
        ("05", "Verordnung nach § 13a HeilM-RL Ärzte bzw. § 12 HeilM-RL Zahnärzte (Blankoverordnung)"),
        ("99", "Fallkonstellationen außerhalb der beiden Heilmittel-Richtlinien"),
    ]
    assert verordnung.VERORDNUNGSART.nicht_belegt == {"01", "02", "10", "11"}


def test_the_only_approval_in_heilmittel_is_that_of_a_long_need() -> None:
    assert lines(verordnung.ART_DER_GENEHMIGUNG) == [
        (
            "B2",
            (
                "Genehmigung gem. § 8 Abs. 3 Heilmittel-Richtlinie Ärzte bzw. § 7 Abs. 1 "
                "Heilmittel-Richtlinie Zahnärzte (Genehmigung eines langfristigen Heilmittelbedarfs)"
            ),
        )
    ]
    assert verordnung.ART_DER_GENEHMIGUNG.nicht_belegt == {"B1"}


def test_the_five_fields_of_heilmittel() -> None:
    assert lines(verordnung.HEILMITTELBEREICH) == [
        ("1", "Physiotherapie"),
        ("2", "Podologische Therapie"),
        ("3", "Stimm-, Sprech-, Sprach- und Schlucktherapie"),
        ("4", "Ergotherapie"),
        ("5", "Ernährungstherapie"),
    ]
    assert verordnung.HEILMITTELBEREICH.fundstelle == "TA1 V21, 5.5.3.3 ZHE"


def test_a_tick_is_a_one_and_urgency_is_always_told() -> None:
    assert lines(verordnung.THERAPIEBERICHT) == [("1", "Therapiebericht angefordert")]
    assert lines(verordnung.HAUSBESUCH) == [("1", "Hausbesuch")]
    assert lines(verordnung.DRINGLICHER_BEHANDLUNGSBEDARF) == [("0", "nein"), ("1", "ja")]


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("0010", "Leitsymptomatik c"),
        ("1010", "Leitsymptomatik a, Leitsymptomatik c"),
        ("0101", "Leitsymptomatik b, patientenindividuelle Leitsymptomatik"),
        ("0000", "kein Kreuz gesetzt"),
        ("9999", "Verordnung, die nicht der Heilmittel-Richtlinie (Ärzte) unterliegt"),
    ],
)
def test_the_ticks_of_the_leitsymptomatik_are_read_sign_by_sign(code: str, meaning: str) -> None:
    assert verordnung.LEITSYMPTOMATIK[code].bedeutung == meaning


@pytest.mark.parametrize("wrong", ["", "1", "101", "10100", "2000", "999", "1O10"])
def test_no_other_leitsymptomatik_is_known(wrong: str) -> None:
    assert wrong not in verordnung.LEITSYMPTOMATIK
    assert len(verordnung.LEITSYMPTOMATIK) == 17
