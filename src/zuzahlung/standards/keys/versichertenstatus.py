"""Versichertenstatus as printed on card and Verordnung, and the Summenstatus by which cases are added up.

TA3 heads the whole key 8.1.1 „wird nicht mehr verwendet ab 01.10.2014“: it explains old prints only. The print
of today has seven signs, of which TA1 sends the first five, and its own meanings, which no document at hand
tells; only the first sign still decides something (8.1.6). So a check looks at the form alone, the value is
passed on as printed, and an explanation names no more than the first sign as certain.

Source: TA3 V21, 8.1.1, 8.1.6; TA1 V21, 5.5.3.1 INV.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from zuzahlung.standards.keys.schluessel import Schluessel

_LAST_DAY = date(2014, 9, 30)
_FORM = re.compile(r"[0-9]{4}[0-9A-Z]")

VERSICHERTENART: Final = Schluessel(
    nummer="8.1.1",
    name="Versichertenstatus, 1. Stelle",
    werte={"1": "Mitglieder", "3": "Familienversicherter", "5": "Rentner"},
    gueltig_bis=_LAST_DAY,
)

STICHPROBE: Final = Schluessel(
    nummer="8.1.1",
    name="Versichertenstatus, 2. Stelle: Stichprobenzuordnung",
    werte={
        "0": "Versicherter nimmt nicht an der Stichprobe teil",
        "1": "weiblich, ohne EU-/BU-Rentenbezug",
        "2": "männlich, ohne EU-/BU-Rentenbezug",
        "3": "weiblich, mit EU-/BU-Rentenbezug",
        "4": "männlich, mit EU-/BU-Rentenbezug",
        "5": "wie 1, nur vor 1900 geboren",
        "6": "wie 2, nur vor 1900 geboren",
        "7": "wie 1, nur nach 1999 geboren",
        "8": "wie 2, nur nach 1999 geboren",
    },
    gueltig_bis=_LAST_DAY,
)

_DMP = "eingeschriebene Versicherte in Disease-Management-Programme für"

BESONDERE_KENNUNG: Final = Schluessel(
    nummer="8.1.1",
    name="Versichertenstatus, 5. Stelle: Ost-West-Status bzw. besondere Kennungen",
    werte={
        "1": "West",
        "4": "Sozialhilfeempfänger, § 264 SGB V",
        "6": "BVG inkl. OEG, IfSG, SVG, ZHG, HHG, PrVG sowie BEG",
        "7": "Sozialversicherungsabkommen, nach Aufwand, deutsch-niederl. Grenzgänger",
        "8": "Sozialversicherungsabkommen, pauschal",
        "9": "Ost",
        "M": f"{_DMP} Diabetes mellitus Typ 2 - Rechtskreis West",
        "X": f"{_DMP} Diabetes mellitus Typ 2 - Rechtskreis Ost",
        "A": f"{_DMP} Brustkrebs - Rechtskreis West",
        "C": f"{_DMP} Brustkrebs - Rechtskreis Ost",
        "K": f"{_DMP} Koronare Herzkrankheit - Rechtskreis West",
        "L": f"{_DMP} Koronare Herzkrankheit - Rechtskreis Ost",
        "E": f"{_DMP} Diabetes mellitus Typ 1 - Rechtskreis West",
        "N": f"{_DMP} Diabetes mellitus Typ 1 - Rechtskreis Ost",
        "D": f"{_DMP} Asthma bronchiale - Rechtskreis West",
        "F": f"{_DMP} Asthma bronchiale - Rechtskreis Ost",
        "S": f"{_DMP} COPD - Rechtskreis West",
        "P": f"{_DMP} COPD - Rechtskreis Ost",
    },
    gueltig_bis=_LAST_DAY,
)

GESAMTSUMME: Final = "00"

SUMMENSTATUS: Final = Schluessel(
    nummer="8.1.6",
    name="Summenstatus",
    werte={
        GESAMTSUMME: "Gesamtsumme aller Status",
        "11": "Mitglieder",
        "31": "Angehörige",
        "51": "Rentner",
        "99": "nicht zuzuordnende Status",
    },
)

_BY_FIRST_SIGN: Final = {"1": "11", "3": "31", "5": "51"}


def is_versichertenstatus(text: str) -> bool:
    """Say whether the text has the form of INV.2: four digits, then a digit or a capital letter.

    >>> is_versichertenstatus("10001"), is_versichertenstatus("5000M"), is_versichertenstatus("1000100")
    (True, True, False)
    """
    return _FORM.fullmatch(text) is not None


def summenstatus(versichertenstatus: str | None) -> str:
    """Return the Summenstatus (never 00) that a case with this Versichertenstatus (INV.2) counts to.

    Only the first sign counts; what is none of 1, 3, 5, or missing, cannot be assigned.

    >>> summenstatus("10001"), summenstatus("30000"), summenstatus("5000M"), summenstatus("")
    ('11', '31', '51', '99')
    """
    return _BY_FIRST_SIGN.get(versichertenstatus[:1], "99") if versichertenstatus else "99"
