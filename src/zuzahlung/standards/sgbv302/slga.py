"""SLGA, the Gesamtaufstellung: one invoice in sums, as it is paid.

Source: TA1 V21, 5.5.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from zuzahlung.standards.edifact.forms import an, code, count, day, decimal
from zuzahlung.standards.edifact.tables import Composite, Segment
from zuzahlung.standards.keys.abrechnung import RECHNUNGSART
from zuzahlung.standards.keys.verarbeitung import VERARBEITUNGSKENNZEICHEN
from zuzahlung.standards.keys.versichertenstatus import SUMMENSTATUS


@dataclass(frozen=True, kw_only=True, slots=True)
class Rechnungsnummer(Composite):
    """The number of an invoice; the single number is 0 unless there is a Sammelrechnung."""

    sammelnummer: Annotated[str, an(most=14), "Sammel-Rechnungsnummer"]
    einzelnummer: Annotated[str, an(most=6), "Einzel-Rechnungsnummer"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FKT(Segment):
    """Funktion: who bills whom.

    Source: TA1 V21, 5.5.2.
    """

    verarbeitungskennzeichen: Annotated[str, code(2), "Verarbeitungskennzeichen", VERARBEITUNGSKENNZEICHEN]
    sammelrechnung: Annotated[str | None, an(1), "Sammelrechnung"] = None
    ik_rechnungssteller: Annotated[str, code(9), "IK Rechnungssteller/Leistungserbringer"]
    ik_kostentraeger: Annotated[str, code(9), "IK Kostenträger"]
    ik_krankenkasse: Annotated[str | None, code(9), "IK Krankenkasse"] = None
    ik_absender: Annotated[str, code(9), "IK Absender der Datei"]


@dataclass(frozen=True, kw_only=True, slots=True)
class REC(Segment):
    """Rechnung/Zahlung: number, day and kind of the invoice; the same in SLGA and SLLA.

    Source: TA1 V21, 5.5.2.
    """

    rechnungsnummer: Annotated[Rechnungsnummer, "Rechnungsnummer"]
    rechnungsdatum: Annotated[date, day(), "Rechnungsdatum"]
    rechnungsart: Annotated[str, code(1), "Rechnungsart", RECHNUNGSART]


@dataclass(frozen=True, kw_only=True, slots=True)
class UST(Segment):
    """Umsatzsteuer: the tax number, and `J` if exempt by § 4 UStG.

    Source: TA1 V21, 5.5.2.
    """

    steuernummer: Annotated[str, an(most=20), "Steuernummer/USt-ID"]
    befreiung: Annotated[str | None, an(1), "Kennung UST-Befreiung"] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SKO(Segment):
    """Skonto: per cent off when paid within so many days; GES carries the full amount.

    Source: TA1 V21, 5.5.2.
    """

    prozent: Annotated[Decimal, decimal(2, 2), "Skonto in Prozent"]
    zahlungsziel: Annotated[int, count(most=3), "Zahlungsziel"]


@dataclass(frozen=True, kw_only=True, slots=True)
class GES(Segment):
    """Gesamtsummen: first of all cases (status 00), then of each Summenstatus that occurs.

    Source: TA1 V21, 5.5.2.
    """

    status: Annotated[str, code(2), "Status", SUMMENSTATUS]
    gesamtrechnungsbetrag: Annotated[Decimal, decimal(10, 2), "Gesamtrechnungsbetrag"]
    gesamtbruttobetrag: Annotated[Decimal, decimal(10, 2), "Gesamtbruttobetrag"]
    gesamtbetrag_zuzahlung: Annotated[
        Decimal | None, decimal(10, 2), "Gesamtbetrag Zuzahlung/Eigenanteil/Pauschale Korrektur"
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NAM(Segment):
    """Name: the body that bills, whom to ask, and an address for mails without umlauts.

    Source: TA1 V21, 5.5.2.
    """

    name: Annotated[str, an(most=30), "Name 1"]
    ansprechpartner: Annotated[str | None, an(most=30), "Name 2"] = None
    weiterer_ansprechpartner: Annotated[str | None, an(most=30), "Name 3"] = None
    email: Annotated[str | None, an(most=70), "Name 4 (E-Mail)"] = None
