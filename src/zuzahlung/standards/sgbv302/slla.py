"""SLLA:B, the Einzelabrechnung for Heilmittel: every case of an invoice, position by position.

Source: TA1 V21, 5.5.3.1; TA1 V21, 5.5.3.3; TA1 V21, 7.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from zuzahlung.standards.edifact.forms import an, code, count, day, decimal, nothing
from zuzahlung.standards.edifact.tables import Composite, Segment
from zuzahlung.standards.keys.abrechnung import BELEGINFORMATION
from zuzahlung.standards.keys.leistungserbringer import ABRECHNUNGSCODE
from zuzahlung.standards.keys.verarbeitung import VERARBEITUNGSKENNZEICHEN
from zuzahlung.standards.keys.verordnung import (
    ART_DER_GENEHMIGUNG,
    BVG_SER,
    DRINGLICHER_BEHANDLUNGSBEDARF,
    HAUSBESUCH,
    HEILMITTELBEREICH,
    LEITSYMPTOMATIK,
    THERAPIEBERICHT,
    UNFALL,
    VERORDNUNGSART,
    VERORDNUNGSBESONDERHEITEN_HEILMITTEL,
)
from zuzahlung.standards.keys.zuzahlung import ZUZAHLUNG
from zuzahlung.standards.sgbv302.slga import Rechnungsnummer


@dataclass(frozen=True, kw_only=True, slots=True)
class FKT(Segment):
    """Funktion: who rendered the services, who pays, who insures.

    Source: TA1 V21, 5.5.3.1.
    """

    verarbeitungskennzeichen: Annotated[str, code(2), "Verarbeitungskennzeichen", VERARBEITUNGSKENNZEICHEN]
    freifeld: Annotated[str | None, an(1), "Freifeld"] = None
    ik_leistungserbringer: Annotated[str, code(9), "IK Leistungserbringer"]
    ik_kostentraeger: Annotated[str, code(9), "IK Kostenträger"]
    ik_krankenkasse: Annotated[str, code(9), "IK Krankenkasse"]
    ik_rechnungssteller: Annotated[str | None, code(9), "IK Rechnungssteller"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class INV(Segment):
    """Information Versicherter: the insured, and the voucher (Beleg) of the case.

    Source: TA1 V21, 5.5.3.1.
    """

    versichertennummer: Annotated[str | None, an(most=12), "Versichertennummer"] = None
    versichertenstatus: Annotated[str | None, an(5), "Versichertenstatus"] = None
    beleginformation: Annotated[str | None, an(1), "Beleginformation", BELEGINFORMATION] = None
    belegnummer: Annotated[str, an(most=10), "Belegnummer"]
    besondere_versorgungsform: Annotated[str | None, an(most=25), "Kennzeichen besondere Versorgungsform"] = (
        None
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class URI(Segment):
    """Ursprüngliche Rechnung: the invoice a correction belongs to, byte for byte as it was sent.

    Source: TA1 V21, 7.3.
    """

    ik_leistungserbringer: Annotated[str, code(9), "ursprüngliches IK Leistungserbringer"]
    rechnungsnummer: Annotated[Rechnungsnummer, "ursprüngliche Rechnungsnummer"]
    rechnungsdatum: Annotated[date, day(), "ursprüngliches Rechnungsdatum"]
    belegnummer: Annotated[str, an(most=10), "ursprüngliche Belegnummer"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NAD(Segment):
    """Name und Adresse: `geburtsdatum` stays text, since foreign insured may lack day and month (00).

    Source: TA1 V21, 5.5.3.1.
    """

    nachname: Annotated[str, an(most=47), "Nachname"]
    vorname: Annotated[str, an(most=30), "Vorname"]
    geburtsdatum: Annotated[str, code(8), "Geburtsdatum"]
    strasse: Annotated[str | None, an(most=30), "Straße/Nr."] = None
    plz: Annotated[str | None, an(most=7), "PLZ"] = None
    wohnort: Annotated[str | None, an(most=25), "Wohnort"] = None
    laenderkennzeichen: Annotated[str | None, an(most=3), "Länderkennzeichen"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IMG(Segment):
    """Image: where the picture of the voucher is to be found.

    Source: TA1 V21, 5.5.3.1.
    """

    abrechnungsjahr: Annotated[str, code(4), "Abrechnungsjahr"]
    abrechnungsmonat: Annotated[str, an(2), "Abrechnungsmonat"]
    ik_image_stelle: Annotated[str, code(9), "IK der Image-Stelle"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EVO(Segment):
    """Elektronische Verordnung: its id.

    Source: TA1 V21, 5.5.3.1.
    """

    evo_id: Annotated[str, an(most=256, least=22), "eVO-ID"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Leistungserbringergruppe(Composite):
    """The seven characters that name a profession and the contract it bills by."""

    abrechnungscode: Annotated[str, an(2), "Abrechnungscode", ABRECHNUNGSCODE]
    tarifkennzeichen: Annotated[str, an(5), "Tarifkennzeichen"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EHE(Segment):
    """Einzelfallnachweis Heilmittel: one position on one day.

    TA1 prints an..5 for the position, its text and TA3 8.2.1 ask for exactly five. `zuzahlung` is per unit.

    Source: TA1 V21, 5.5.3.3.
    """

    leistungserbringergruppe: Annotated[Leistungserbringergruppe, "Leistungserbringergruppe"]
    positionsnummer: Annotated[str, an(5), "Abrechnungspositionsnummer"]
    anzahl: Annotated[Decimal, decimal(4, 2), "Anzahl/Menge"]
    einzelbetrag: Annotated[Decimal, decimal(10, 2), "Einzelbetrag"]
    leistungsdatum: Annotated[date, day(), "Datum der Leistungserbringung"]
    zuzahlung: Annotated[Decimal | None, decimal(10, 2), "Betrag der Zuzahlung"] = None
    kilometer: Annotated[int | None, count(most=6), "Gefahrene Kilometer"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TXT(Segment):
    """Text to the position before it.

    Source: TA1 V21, 5.5.3.3.
    """

    text: Annotated[str, an(most=70), "Text"]


@dataclass(frozen=True, kw_only=True, slots=True)
class MWS(Segment):
    """Mehrwertsteuer of the position before it, if its price is net.

    Source: TA1 V21, 5.5.3.3.
    """

    satz: Annotated[Decimal, decimal(5, 2), "Mehrwertsteuersatz"]
    betrag: Annotated[Decimal, decimal(10, 2), "Betrag Mehrwertsteuer"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ZHE(Segment):
    """Zusatzinformation Heilmittel: the prescription; always seventeen elements.

    Source: TA1 V21, 5.5.3.3.
    """

    betriebsstaettennummer: Annotated[str, an(most=9), "Betriebsstättennummer"]
    arztnummer: Annotated[str, an(most=9), "Lebenslange Arztnummer"]
    verordnungsdatum: Annotated[date, day(), "Verordnungsdatum"]
    zuzahlungskennzeichen: Annotated[str, code(1), "Zuzahlungskennzeichen", ZUZAHLUNG]
    diagnosegruppe: Annotated[str, an(most=4), "Diagnosegruppe/Indikationsgruppe"]
    verordnungsart: Annotated[str, code(2), "Verordnungsart", VERORDNUNGSART]
    verordnungsbesonderheiten: Annotated[
        str | None, code(1), "Verordnungsbesonderheiten", VERORDNUNGSBESONDERHEITEN_HEILMITTEL
    ] = None
    unfallkennzeichen: Annotated[str | None, code(1), "Unfallkennzeichen", UNFALL] = None
    bvg_ser: Annotated[str | None, code(1), "BVG/Sonstiges/SER", BVG_SER] = None
    behandlungsbeginn: Annotated[str | None, nothing(), "Behandlungsbeginn"] = None
    therapiebericht: Annotated[str | None, code(1), "Therapiebericht angefordert", THERAPIEBERICHT] = None
    hausbesuch: Annotated[str | None, code(1), "Hausbesuch", HAUSBESUCH] = None
    leitsymptomatik: Annotated[str, an(4), "Leitsymptomatik", LEITSYMPTOMATIK]
    patientenindividuelle_leitsymptomatik: Annotated[
        str | None, an(most=70), "Patientenindividuelle Leitsymptomatik"
    ] = None
    dringlicher_behandlungsbedarf: Annotated[
        str, code(1), "Dringlicher Behandlungsbedarf", DRINGLICHER_BEHANDLUNGSBEDARF
    ]
    heilmittelbereich: Annotated[str | None, code(1), "Heilmittel-Bereich", HEILMITTELBEREICH] = None
    therapiefrequenz: Annotated[str, code(1), "Therapiefrequenz"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DIA(Segment):
    """Diagnose: a code of ICD-10, or a text where there is none; at least one of both.

    Source: TA1 V21, 5.5.3.3.
    """

    diagnoseschluessel: Annotated[str | None, an(most=12), "Diagnoseschlüssel"] = None
    diagnosetext: Annotated[str | None, an(most=70), "Diagnosetext"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SKZ(Segment):
    """Genehmigung: the fund's approval, if there is one.

    Source: TA1 V21, 5.5.3.3.
    """

    genehmigungskennzeichen: Annotated[str, an(most=20), "Genehmigungskennzeichen"]
    datum: Annotated[date, day(), "Datum der Genehmigung"]
    art: Annotated[str, an(2), "Art der Genehmigung", ART_DER_GENEHMIGUNG]


@dataclass(frozen=True, kw_only=True, slots=True)
class BES(Segment):
    """Betragssummen of a case, except in a Zuzahlungsforderung.

    Source: TA1 V21, 5.5.3.3.
    """

    brutto: Annotated[Decimal, decimal(10, 2), "Gesamtbetrag Brutto"]
    zuzahlung: Annotated[Decimal | None, decimal(10, 2), "Gesamtbetrag gesetzliche Zuzahlung"] = None
    zuzahlung_prozentual: Annotated[Decimal | None, decimal(10, 2), "Gesamtbetrag prozentuale Zuzahlung"] = (
        None
    )
    zuzahlung_pauschal: Annotated[Decimal | None, decimal(10, 2), "pauschaler Zuzahlungsbetrag"] = None
    korrekturabzug: Annotated[Decimal | None, decimal(10, 2), "Pauschale Korrekturabzug"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GZF(Segment):
    """Gesamtbetrag der Zuzahlungsforderung of a case.

    Source: TA1 V21, 5.5.3.3.
    """

    forderung: Annotated[Decimal, decimal(10, 2), "Gesamtbetrag Forderung gesetzliche Zuzahlung"]
    forderung_prozentual: Annotated[
        Decimal | None, decimal(10, 2), "Gesamtbetrag Forderung prozentuale Zuzahlung"
    ] = None
    forderung_pauschal: Annotated[Decimal | None, decimal(10, 2), "Forderung pauschaler Zuzahlungsbetrag"] = (
        None
    )
