"""The envelope of a file: UNB and UNZ around everything, UNH and UNT around each message.

Source: TA1 V21, 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from zuzahlung.standards.edifact.forms import an, code, count, day
from zuzahlung.standards.edifact.tables import Composite, Segment
from zuzahlung.standards.keys.abrechnung import TESTINDIKATOR
from zuzahlung.standards.keys.leistungserbringer import SAMMELGRUPPE


@dataclass(frozen=True, kw_only=True, slots=True)
class Syntax(Composite):
    """S001: which characters the file uses; always UNOC, version 3."""

    kennung: Annotated[str, an(4), "Syntax-Kennung"] = "UNOC"
    version: Annotated[str, code(1), "Syntax-Versionsnummer"] = "3"


@dataclass(frozen=True, kw_only=True, slots=True)
class Zeitpunkt(Composite):
    """S004: when the file was made, in German local time; the day decides which version of TA1 it follows."""

    datum: Annotated[date, day(), "Datum"]
    uhrzeit: Annotated[str, code(4), "Uhrzeit"]


@dataclass(frozen=True, kw_only=True, slots=True)
class UNB(Segment):
    """Nutzdaten-Kopfsegment: from whom, to whom, when, which delivery.

    Source: TA1 V21, 5.4.
    """

    syntax: Annotated[Syntax, "Syntax"]
    absender: Annotated[str, an(most=35), "Absender"]
    empfaenger: Annotated[str, an(most=35), "Empfänger"]
    zeitpunkt: Annotated[Zeitpunkt, "Datum/Uhrzeit"]
    datenaustauschreferenz: Annotated[str, an(most=14), "Datenaustauschreferenz"]
    leistungsbereich: Annotated[str, an(1), "Leistungsbereich", SAMMELGRUPPE]
    anwendungsreferenz: Annotated[str, an(most=14), "Anwendungsreferenz"]
    testindikator: Annotated[str, code(1), "Testindikator", TESTINDIKATOR]


@dataclass(frozen=True, kw_only=True, slots=True)
class Nachrichtenkennung(Composite):
    """S009: which message, in which version of TA1; release and organisation are literal zeros."""

    typ: Annotated[str, an(most=6), "Typ"]
    version: Annotated[str, an(most=3), "Version"]
    freigabe: Annotated[str, an(most=3), "Freigabe"]
    organisation: Annotated[str, an(most=2), "Organisation"]


@dataclass(frozen=True, kw_only=True, slots=True)
class UNH(Segment):
    """Nachrichten-Kopfsegment.

    Source: TA1 V21, 5.4.
    """

    nachrichtenreferenznummer: Annotated[str, an(most=14), "Nachrichtenreferenznummer"]
    nachrichtenkennung: Annotated[Nachrichtenkennung, "Nachrichtenkennung"]


@dataclass(frozen=True, kw_only=True, slots=True)
class UNT(Segment):
    """Nachrichten-Endesegment: how many segments the message has, UNH and UNT included.

    Source: TA1 V21, 5.4.
    """

    anzahl_einheiten: Annotated[int, count(6), "Anzahl Einheiten"]
    nachrichtenreferenznummer: Annotated[str, an(most=14), "Nachrichtenreferenznummer"]


@dataclass(frozen=True, kw_only=True, slots=True)
class UNZ(Segment):
    """Nutzdaten-Endesegment: how many messages the file has.

    Source: TA1 V21, 5.4.
    """

    anzahl_nachrichten: Annotated[int, count(6), "Anzahl Nachrichten"]
    datenaustauschreferenz: Annotated[str, an(most=14), "Datenaustauschreferenz"]
