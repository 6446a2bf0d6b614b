"""The keys of an invoice and its file are those of TA3 8.1.4, 8.1.9, 8.1.18 and of TA1 UNB."""

from __future__ import annotations

from zuzahlung.standards.keys import abrechnung
from zuzahlung.standards.keys.schluessel import Schluessel


def lines(table: Schluessel) -> list[tuple[str, str]]:
    return [(code, wert.bedeutung) for code, wert in table.items()]


def test_who_bills_and_who_is_paid() -> None:
    assert lines(abrechnung.RECHNUNGSART) == [
        ("1", "Abrechnung von Leistungserbringer und Zahlung an IK Leistungserbringer"),
        (
            "2",
            "Abrechnung über Abrechnungsstelle (ohne Inkassovollmacht) und Zahlung an IK Leistungserbringer",
        ),
        (
            "3",
            "Abrechnung über Abrechnungsstelle (mit Inkassovollmacht) und Zahlung an IK Abrechnungsstelle",
        ),
    ]
    assert abrechnung.RECHNUNGSART.nicht_belegt == {"0"}


def test_what_the_payer_answers() -> None:
    assert lines(abrechnung.PRUEFVERMERK) == [
        ("01", "Rechnungsbetrag wird bezahlt"),
        ("02", "Rechnung wird zurückgewiesen"),
        ("03", "Rechnungsbetrag wurde berichtigt"),
        ("04", "Rechnungsbetrag wurde gekürzt"),
        ("05", "Rechnung wird zur Zeit geprüft"),
    ]


def test_how_papers_follow() -> None:
    assert lines(abrechnung.BELEGINFORMATION) == [
        ("0", "keine Belegübermittlung zum Fall"),
        ("1", "Belege zum Fall per Post übermittelt"),
        ("2", "Belege zum Fall elektronisch (z. B. Image) übermittelt"),
    ]


def test_a_file_is_test_trial_or_real() -> None:
    assert lines(abrechnung.TESTINDIKATOR) == [
        ("0", "Testdatei"),
        ("1", "Erprobungsdatei"),
        ("2", "Echtdatei"),
    ]
    assert abrechnung.TESTINDIKATOR.fundstelle == "TA1 V21, 5.4 UNB"
