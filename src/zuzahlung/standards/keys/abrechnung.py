"""Keys of an invoice and its file: who is paid, whether papers follow, test or not, the fund's answer.

Source: TA3 V21, 8.1.4, 8.1.9, 8.1.18; TA1 V21, 5.4 UNB.
"""

from __future__ import annotations

from typing import Final

from zuzahlung.standards.keys.schluessel import Schluessel

RECHNUNGSART: Final = Schluessel(
    nummer="8.1.4",
    name="Rechnungsart",
    werte={
        "1": "Abrechnung von Leistungserbringer und Zahlung an IK Leistungserbringer",
        "2": (
            "Abrechnung über Abrechnungsstelle (ohne Inkassovollmacht) und Zahlung an IK Leistungserbringer"
        ),
        "3": "Abrechnung über Abrechnungsstelle (mit Inkassovollmacht) und Zahlung an IK Abrechnungsstelle",
    },
    nicht_belegt=("0",),
)

# The fund's answer; no segment of the files that we write or read carries it.
PRUEFVERMERK: Final = Schluessel(
    nummer="8.1.9",
    name="Prüfvermerk",
    werte={
        "01": "Rechnungsbetrag wird bezahlt",
        "02": "Rechnung wird zurückgewiesen",
        "03": "Rechnungsbetrag wurde berichtigt",
        "04": "Rechnungsbetrag wurde gekürzt",
        "05": "Rechnung wird zur Zeit geprüft",
    },
)

# 2 waits until all funds work electronically; TA3 names no day for it.
BELEGINFORMATION: Final = Schluessel(
    nummer="8.1.18",
    name="Beleginformation",
    werte={
        "0": "keine Belegübermittlung zum Fall",
        "1": "Belege zum Fall per Post übermittelt",
        "2": "Belege zum Fall elektronisch (z. B. Image) übermittelt",
    },
)

TESTINDIKATOR: Final = Schluessel(
    nummer="5.4 UNB",
    name="Testindikator",
    werte={"0": "Testdatei", "1": "Erprobungsdatei", "2": "Echtdatei"},
    dokument="TA1 V21",
)
