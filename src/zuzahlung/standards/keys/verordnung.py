"""Keys of a Verordnung (prescription): accident, kind and occasion, Heilmittel-Bereich, what was ticked.

In TA1 the column of the fields and the column of their explanation are torn apart by the text extraction;
the values of the Heilmittel-Bereich and of the Leitsymptomatik stand whole in the column of explanations.

Source: TA3 V21, 8.1.2, 8.1.2.1, 8.1.11, 8.1.12, 8.1.17; TA1 V21, 5.5.3.3 ZHE.
"""

from __future__ import annotations

from itertools import product
from typing import Final

from zuzahlung.standards.keys.schluessel import Schluessel

UNFALL: Final = Schluessel(
    nummer="8.1.2",
    name="Unfall/Sonstiges",
    werte={
        "1": "Arbeitsunfall / Wegeunfall / Berufskrankheit",
        "2": "sonstige Unfallfolgen",
        "3": "Sonstiges (BVFG, BEG, HHG, OEG, IfSG, SVG)",
    },
)

# Since 01.07.2024 the printed forms change from BVG to SER; the code is the same for both.
BVG_SER: Final = Schluessel(
    nummer="8.1.2.1",
    name="BVG/SER",
    werte={"6": "BVG/SER"},
)

VERORDNUNGSBESONDERHEITEN: Final = Schluessel(
    nummer="8.1.11",
    name="Verordnungsbesonderheiten",
    werte={
        "1": "Verordnung von einem Zahnarzt/Kieferorthopäden",
        "2": "Verordnung im Zusammenhang mit der Schwangerschaft oder der Entbindung",
        "4": "Verordnung im Rahmen des Entlassmanagements",
        "7": "Verordnung im Rahmen der Terminservicestellen",
        "8": "Empfehlung nach § 40 Abs. 6 SGB XI (nur Hilfsmittel)",
        "9": "Verordnung im Rahmen eines Modellvorhabens nach § 64d SGB V",
    },
    nicht_belegt=("3",),
)
"""The whole table; a Verordnung of Heilmittel uses `VERORDNUNGSBESONDERHEITEN_HEILMITTEL`."""

VERORDNUNGSBESONDERHEITEN_HEILMITTEL: Final = Schluessel(
    nummer=VERORDNUNGSBESONDERHEITEN.nummer,
    name=VERORDNUNGSBESONDERHEITEN.name,
    werte={code: wert.bedeutung for code, wert in VERORDNUNGSBESONDERHEITEN.items() if code != "8"},
    nicht_belegt=VERORDNUNGSBESONDERHEITEN.nicht_belegt,
)

VERORDNUNGSART: Final = Schluessel(
    nummer="8.1.12",
    name="Verordnungsart bei Heilmitteln",
    werte={
        # „orientierender“ is the document's spelling.
        "03": (
            "Verordnung nach § 7 Abs. 1 bis 5 HeilM-RL bzw. § 6 Abs. 1 bis 4 HeilM-RL Zahnärzte "
            "(orientierender Behandlungsmenge gemäß Heilmittelkatalog)"
        ),
        "04": (
            "Verordnung nach § 7 Abs. 6 HeilM-RL bzw. § 6 Abs. 5 HeilM-RL Zahnärzte "
            "(besonderer Verordnungsbedarf oder langfristiger Heilmittelbedarf bis zu 12 Wochen)"
        ),
        "05": ("Verordnung nach § 13a HeilM-RL Ärzte bzw. § 12 HeilM-RL Zahnärzte (Blankoverordnung)"),
        # Not in TA3: TA1 alone names 99, for what neither directive covers.
        "99": "Fallkonstellationen außerhalb der beiden Heilmittel-Richtlinien",
    },
    nicht_belegt=("01", "02", "10", "11"),
)

ART_DER_GENEHMIGUNG: Final = Schluessel(
    nummer="8.1.17",
    name="Art der Genehmigung (Bereich Heilmittel)",
    werte={
        "B2": (
            "Genehmigung gem. § 8 Abs. 3 Heilmittel-Richtlinie Ärzte bzw. § 7 Abs. 1 "
            "Heilmittel-Richtlinie Zahnärzte (Genehmigung eines langfristigen Heilmittelbedarfs)"
        ),
    },
    nicht_belegt=("B1",),
)

PHYSIOTHERAPIE: Final = "1"
PODOLOGIE: Final = "2"
STIMM_SPRECH_SPRACH_UND_SCHLUCKTHERAPIE: Final = "3"
ERGOTHERAPIE: Final = "4"
ERNAEHRUNGSTHERAPIE: Final = "5"

HEILMITTELBEREICH: Final = Schluessel(
    nummer="5.5.3.3 ZHE",
    name="Heilmittel-Bereich",
    werte={
        PHYSIOTHERAPIE: "Physiotherapie",
        PODOLOGIE: "Podologische Therapie",
        STIMM_SPRECH_SPRACH_UND_SCHLUCKTHERAPIE: "Stimm-, Sprech-, Sprach- und Schlucktherapie",
        ERGOTHERAPIE: "Ergotherapie",
        ERNAEHRUNGSTHERAPIE: "Ernährungstherapie",
    },
    dokument="TA1 V21",
)

THERAPIEBERICHT: Final = Schluessel(
    nummer="5.5.3.3 ZHE",
    name="Therapiebericht angefordert",
    werte={"1": "Therapiebericht angefordert"},
    dokument="TA1 V21",
)

HAUSBESUCH: Final = Schluessel(
    nummer="5.5.3.3 ZHE",
    name="Hausbesuch",
    werte={"1": "Hausbesuch"},
    dokument="TA1 V21",
)

DRINGLICHER_BEHANDLUNGSBEDARF: Final = Schluessel(
    nummer="5.5.3.3 ZHE",
    name="Dringlicher Behandlungsbedarf",
    werte={"0": "nein", "1": "ja"},
    dokument="TA1 V21",
)

LEITSYMPTOME: Final = (
    "Leitsymptomatik a",
    "Leitsymptomatik b",
    "Leitsymptomatik c",
    "patientenindividuelle Leitsymptomatik",
)
"""What each of the four signs of the Leitsymptomatik says, if it is 1."""

KEIN_KREUZ: Final = "0000"
OHNE_LEITSYMPTOMATIK: Final = "9999"


def _every_leitsymptomatik() -> dict[str, str]:
    ticks = {
        "".join(bits): ", ".join(name for name, bit in zip(LEITSYMPTOME, bits, strict=True) if bit == "1")
        for bits in product("01", repeat=len(LEITSYMPTOME))
    }
    return ticks | {
        KEIN_KREUZ: "kein Kreuz gesetzt",
        OHNE_LEITSYMPTOMATIK: "Verordnung, die nicht der Heilmittel-Richtlinie (Ärzte) unterliegt",
    }


LEITSYMPTOMATIK: Final = Schluessel(
    nummer="5.5.3.3 ZHE",
    name="Leitsymptomatik",
    werte=_every_leitsymptomatik(),
    dokument="TA1 V21",
)
"""All sixteen ways to tick, and 9999."""
