"""Who performed, and by which tariff: Sammelgruppe, Abrechnungscode, Tarifkennzeichen, contract groups.

The Leistungserbringergruppe (LEGS) has seven signs: two of the Abrechnungscode, two of the Tarifbereich,
three of the Sondertarif. The text extraction of TA3 tears the page with the Tarifbereiche 50 to 99 into a
column of codes and a column of names; they were transcribed in the order of both, and Anh3 prints the same
lines whole. The Abrechnungscodes stand in the order of 8.1.14, which has those of Heilmittel together.

Source: TA3 V21, 8.1.5, 8.1.14; Anh3 V10, 8.15; Physio-A2, A; SSSST-A2, 4; Ergo-A2, A and foot lines;
Podo-A2, foot lines; Ern-A3, foot lines; house, which Abrechnungscode belongs to which Heilmittel-Bereich.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from zuzahlung.standards.keys.schluessel import Schluessel
from zuzahlung.standards.keys.verordnung import (
    ERGOTHERAPIE,
    ERNAEHRUNGSTHERAPIE,
    PHYSIOTHERAPIE,
    PODOLOGIE,
    STIMM_SPRECH_SPRACH_UND_SCHLUCKTHERAPIE,
)

HEILMITTEL: Final = "B"
"""The Sammelgruppe of everything in here, and the Leistungsbereich in UNB."""

# D is printed without its equals sign; L has no heading, so it bears the names of its two Abrechnungscodes.
SAMMELGRUPPE: Final = Schluessel(
    nummer="8.1.14",
    name="Leistungserbringer-Sammelgruppenschlüssel",
    werte={
        "A": "Leistungserbringer von Hilfsmitteln",
        HEILMITTEL: "Leistungserbringer von Heilmitteln",
        "C": "Leistungserbringer von häuslicher Krankenpflege",
        "D": "Leistungserbringer von Haushaltshilfe",
        "E": "Leistungserbringer von Krankentransportleistungen",
        "F": "Hebammen",
        "G": "nichtärztliche Dialysesachleistungen",
        "H": "Leistungserbringer von Rehabilitationssport",
        "I": "Leistungserbringer von Funktionstraining",
        "J": "Weitere Sonstige Leistungserbringer, sofern nicht unter A - I und K - O aufgeführt",
        "K": (
            "Leistungserbringer von Präventions- und Gesundheitsförderungsmaßnahmen "
            "im Rahmen von ambulanten Vorsorgeleistungen"
        ),
        "L": "Leistungserbringer für ergänzende Rehamaßnahmen; Mobile Rehabilitationseinrichtung",
        "M": "Sozialpädiatrische Zentren/Frühförderstellen",
        "N": "Soziotherapeutischer Leistungserbringer",
        "O": "SAPV",
        "P": "Leistungserbringer nach § 132g SGB V",
        "Q": "Kurzzeitpflege",
        "R": "Außerklinische Intensivpflege",
        "S": "Modellvorhaben nach § 64d SGB V",
    },
)

ABRECHNUNGSCODE: Final = Schluessel(
    nummer="8.1.5.1",
    name="Abrechnungscode (Heilmittel)",
    werte={
        "21": "Masseur/Medizinischer Badebetrieb",
        "22": "Krankengymnast/Physiotherapeut",
        "23": "Logopäde, Atem-, Sprech- und Stimmlehrer, staatl. anerkannter Sprachtherapeut",
        "24": "Sprachheilpädagoge, Dipl. Pädagoge",
        "25": "Sonstiger Sprachtherapeut",
        "26": "Ergotherapeut",
        "27": "Krankenhaus",
        "28": "Kurbetrieb",
        "29": "Sonstige therapeutische Heilperson",
        "71": "Podologen",
        "72": "Med. Fußpfleger (gemäß § 10 Abs. 4 bis 6 PodG)",
        "73": "Leistungserbringer von Ernährungstherapie für seltene angeborene Stoffwechselerkrankungen",
        "74": "Leistungserbringer von Ernährungstherapie für Mukoviszidose",
    },
)

_REGIONEN = (
    "Baden-Württemberg",
    "Bayern",
    "Berlin Ost",
    "Bremen",
    "Hamburg",
    "Hessen",
    "Niedersachsen",
    "Nordrhein-Westfalen",
    "Rheinland-Pfalz",
    "Saarland",
    "Schleswig-Holstein",
    "Brandenburg",
    "Sachsen",
    "Sachsen-Anhalt",
    "Mecklenburg-Vorpommern",
    "Thüringen",
    "Stuttgart und Karlsruhe",
    "Freiburg und Tübingen",
    "Berlin West",
    "Nordrhein",
    "Westfalen-Lippe",
    "Lippe",
    "Berlin (gesamt)",
    "Bundeseinheitlicher Tarif (West)",
    "Bundeseinheitlicher Tarif (Ost)",
)


def _regionen(*, ab: int) -> dict[str, str]:
    return {f"{code:02}": region for code, region in enumerate(_REGIONEN, ab)}


# The document prints the 25 regions twice, from 01 and again from 51.
TARIFBEREICH: Final = Schluessel(
    nummer="8.1.5.2",
    name="Tarifkennzeichen, 1. und 2. Stelle: Tarifbereich",
    werte={"00": "Bundeseinheitlicher Tarif (gültig für Ost und West)"}
    | _regionen(ab=1)
    | {"50": "Bundesvertrag"}
    | _regionen(ab=51)
    | {"90": "sonstiger länderübergreifender Tarif"}
    | {str(code): "Vertrag auf Kassenebene" for code in range(91, 100)},
    nicht_belegt=[str(code) for code in (*range(26, 50), *range(76, 90))],
)


class Sondertarif(StrEnum):
    """What the 3rd to 5th sign of the Tarifkennzeichen say; the value is the text of the document."""

    OHNE_BESONDERHEITEN = "ohne Besonderheiten"
    VERBAENDE = "nicht besetzt (wird von den Verbänden der Krankenkassen auf Bundesebene belegt)"
    KOSTENVORANSCHLAG = (
        "Leistung ohne preisliche Regelung und daher Abrechnung nach genehmigten Kostenvoranschlag"
    )
    NICHT_BESETZT = "nicht besetzt"
    VEREINBARUNG = (
        "Sondertarifvereinbarungen zwischen einem oder mehreren Leistungserbringern "
        "und einem oder mehreren Kostenträgern"
    )


# „A00 - A90“ is read as A and a number, so A0B is one of „all other combinations“.
_SONDERTARIFE: Final = (
    (Sondertarif.OHNE_BESONDERHEITEN, re.compile(r"[0A](?:[0-8][0-9]|90)")),
    (Sondertarif.VERBAENDE, re.compile(r"[0A]9[1-8]")),
    (Sondertarif.KOSTENVORANSCHLAG, re.compile(r"099")),
    (Sondertarif.NICHT_BESETZT, re.compile(r"[U-Z][0-9A-Z]{2}")),
    (Sondertarif.VEREINBARUNG, re.compile(r"[0-9A-T][0-9A-Z]{2}")),
)


def find_sondertarif(zeichen: str) -> Sondertarif | None:
    """Return what these three signs say, or None if they are not three digits or capital letters.

    >>> find_sondertarif("501").name, find_sondertarif("000").name, find_sondertarif("U00").name
    ('VEREINBARUNG', 'OHNE_BESONDERHEITEN', 'NICHT_BESETZT')
    >>> find_sondertarif("50a") is None
    True
    """
    return next((sondertarif for sondertarif, form in _SONDERTARIFE if form.fullmatch(zeichen)), None)


def is_tarifkennzeichen(text: str) -> bool:
    """Say whether these are a known Tarifbereich and three signs that are not kept free (U00 to ZZZ).

    >>> is_tarifkennzeichen("00501"), is_tarifkennzeichen("26501"), is_tarifkennzeichen("00U00")
    (True, False, False)
    """
    return text[:2] in TARIFBEREICH and find_sondertarif(text[2:]) not in {None, Sondertarif.NICHT_BESETZT}


# The contracts under § 125a (Blankoverordnung) are not at hand and may name more: a group that is missing
# here is unknown, not wrong.
LEISTUNGSERBRINGERGRUPPEN: Final[Mapping[str, tuple[str, ...]]] = {
    PHYSIOTHERAPIE: ("2100501", "2200501", "2700511", "2800511", "2900511"),
    PODOLOGIE: ("7100501", "7200501", "2700541", "2800541"),
    STIMM_SPRECH_SPRACH_UND_SCHLUCKTHERAPIE: ("2300501", "2400501", "2500501", "2700521", "2800521"),
    # 2900531 stands in the foot line of every page, and not in the list of part A.
    ERGOTHERAPIE: ("2600501", "2700531", "2800531", "2900531"),
    ERNAEHRUNGSTHERAPIE: ("7300501", "7400501", "2700551", "2800551", "2900551"),
}
"""The groups that the contract under § 125 SGB V of each Heilmittel-Bereich asks for, in its order."""

_BEREICH_DER_GRUPPE: Final = {
    gruppe: bereich for bereich, gruppen in LEISTUNGSERBRINGERGRUPPEN.items() for gruppe in gruppen
}

BEREICH_DES_ABRECHNUNGSCODES: Final[Mapping[str, str]] = {
    "21": PHYSIOTHERAPIE,
    "22": PHYSIOTHERAPIE,
    "23": STIMM_SPRECH_SPRACH_UND_SCHLUCKTHERAPIE,
    "24": STIMM_SPRECH_SPRACH_UND_SCHLUCKTHERAPIE,
    "25": STIMM_SPRECH_SPRACH_UND_SCHLUCKTHERAPIE,
    "26": ERGOTHERAPIE,
    "71": PODOLOGIE,
    "72": PODOLOGIE,
    "73": ERNAEHRUNGSTHERAPIE,
    "74": ERNAEHRUNGSTHERAPIE,
}
"""The Heilmittel-Bereich of a profession; 27, 28 and 29 work in several and are missing."""


def find_heilmittelbereich(leistungserbringergruppe: str) -> str | None:
    """Return the Heilmittel-Bereich (ZHE.16) whose contract names this group of seven signs, or None.

    >>> find_heilmittelbereich("2200501"), find_heilmittelbereich("2700521")
    ('1', '3')
    >>> find_heilmittelbereich("2200999") is None
    True
    """
    return _BEREICH_DER_GRUPPE.get(leistungserbringergruppe)
