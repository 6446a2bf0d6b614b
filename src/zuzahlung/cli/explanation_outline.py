"""What an explanation says and in which order: the parts of a file as headings, facts and tables in German words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from zuzahlung.cli.explanation_blocks import AsItStands, Block, Column, Facts, Heading, Sentence, Table
from zuzahlung.cli.explanation_case import case
from zuzahlung.cli.explanation_words import (
    NO_BREAK,
    clock,
    day,
    euros,
    ik,
    invoice_number,
    key,
    quantity,
    segments,
)
from zuzahlung.cli.terminal import german
from zuzahlung.standards.keys.abrechnung import RECHNUNGSART, TESTINDIKATOR
from zuzahlung.standards.keys.leistungserbringer import SAMMELGRUPPE
from zuzahlung.standards.keys.verarbeitung import (
    KORREKTURRECHNUNG,
    VERARBEITUNGSKENNZEICHEN,
    ZUZAHLUNGSFORDERUNG,
)
from zuzahlung.standards.keys.versichertenstatus import SUMMENSTATUS
from zuzahlung.standards.sgbv302.explanation.parts import (
    Dateiende,
    Dateikopf,
    Fall,
    Fallliste,
    Grund,
    Rechnung,
    Rest,
    Teil,
    Ungedeutet,
    Zahlung,
    Zahlungsweg,
)
from zuzahlung.standards.sgbv302.messages import FASSUNGEN, LEISTUNGSBEREICH
from zuzahlung.standards.sgbv302.service import UNB
from zuzahlung.standards.sgbv302.slga import REC
from zuzahlung.standards.sgbv302.slla import FKT

UNNAMED = "Abrechnungsdatei"


def outline(parts: Iterable[Teil]) -> Iterator[Block]:
    """Yields what is to be shown, beginning with the one heading of level 1."""
    level = 1
    before: Teil | None = None
    for part in parts:
        if isinstance(part, Dateikopf):
            yield from _head(part, level=level)
        elif level == 1:
            yield Heading(level=1, text=UNNAMED)
            yield Sentence(text="Der Kopf der Datei (UNB) fehlt.", stands_out=True)
        yield from _explained(part, before)
        if not isinstance(part, Rest | Dateiende):
            yield from as_they_stand(part.ungedeutet)
        level, before = 2, part


def _explained(part: Teil, before: Teil | None) -> Iterator[Block]:
    if isinstance(part, Rechnung):
        yield from _invoice(part)
    elif isinstance(part, Fallliste):
        yield from _list_of_cases(part, is_next=isinstance(before, Rechnung))
    elif isinstance(part, Fall):
        yield from case(part)
    elif isinstance(part, Rest):
        yield from _rest(part)
    elif isinstance(part, Dateiende):
        yield from _end(part)


def as_they_stand(segments: Sequence[Ungedeutet]) -> Iterator[AsItStands]:
    """Yields the segments of a part that could not be explained, by the reason why."""
    for grund, lead in _LEADS.items():
        found = [(one.nummer, one.text) for one in segments if one.grund is grund]
        if found:
            yield AsItStands(lead=lead, segments=found)


_LEADS = {
    Grund.NICHT_LESBAR: "nicht lesbar – „zuzahlung check“ sagt, warum",
    Grund.NICHT_VORGESEHEN: "hier nicht vorgesehen – „zuzahlung check“ sagt, warum",
}


def _head(part: Dateikopf, *, level: int) -> Iterator[Block]:
    if part.unb is None:
        yield Heading(level=level, text=UNNAMED)
        yield Sentence(text="Der Kopf der Datei (UNB) ist nicht lesbar.", stands_out=True)
    else:
        made = part.unb.zeitpunkt
        yield Heading(level=level, text=f"{UNNAMED} {part.unb.anwendungsreferenz} vom {day(made.datum)}")
        yield Facts(rows=[*_envelope(part.unb), *_version(part.version)])
        if part.unb.leistungsbereich != LEISTUNGSBEREICH:
            yield Sentence(
                text="Erklärt werden nur Abrechnungen von Heilmitteln (Leistungsbereich B).", stands_out=True
            )


def _envelope(unb: UNB) -> Iterator[tuple[str, str]]:
    yield "Von", ik(unb.absender)
    yield "An", f"{ik(unb.empfaenger)} (Datenannahmestelle)"
    yield "Erstellt", f"{day(unb.zeitpunkt.datum)}, {clock(unb.zeitpunkt.uhrzeit)}"
    yield "Art der Datei", key(TESTINDIKATOR, unb.testindikator)
    yield "Lieferung Nr.", unb.datenaustauschreferenz
    yield "Leistungsbereich", key(SAMMELGRUPPE, unb.leistungsbereich)


def _version(version: str | None) -> Iterator[tuple[str, str]]:
    if version is None:
        return
    fassung = FASSUNGEN.get(version)
    if fassung is None:
        window = "unbekannt"
    elif fassung.gueltig_bis is None:
        window = f"für Dateien ab {day(fassung.gueltig_ab)}"
    else:
        window = f"für Dateien vom {day(fassung.gueltig_ab)} bis {day(fassung.gueltig_bis)}"
    yield "Fassung", f"Technische Anlage 1, Version {version} ({window})"


def _invoice(part: Rechnung) -> Iterator[Block]:
    kind = "Sammelrechnung" if part.ist_sammelrechnung else "Rechnung"
    more = " (Fortsetzung)" if part.ist_fortsetzung else ""
    yield Heading(level=2, text=_titled(kind, part.rec) + more)
    if part.zahlung is not None:
        yield Sentence(text=_money(part, part.zahlung), stands_out=True)
    if part.ist_sammelrechnung:
        yield Sentence(
            text="Sie fasst die Rechnungen zusammen, die nach ihr stehen; deren Beträge kommen nicht hinzu."
        )
    facts = [*_parties(part), *_kind(part), *_payment(part)]
    yield Facts(rows=[*facts, ("Segmente", segments(part.segmente))])
    if part.ges:
        yield _sums(part)


def _titled(kind: str, rec: REC | None) -> str:
    if rec is None:
        return f"{kind} ohne lesbare Nummer"
    return f"{kind} {invoice_number(rec.rechnungsnummer)} vom {day(rec.rechnungsdatum)}"


def _money(part: Rechnung, zahlung: Zahlung) -> str:
    what = "Zuzahlung " if _vkz(part) == ZUZAHLUNGSFORDERUNG else ""
    amount = "ein nicht lesbarer Betrag" if part.betrag is None else euros(part.betrag)
    verb = "wird" if part.betrag is None else "werden"
    asked = f"{amount} {what}{verb} vom Kostenträger ({ik(zahlung.ik_kostentraeger)}) gefordert."
    return f"{asked[0].upper()}{asked[1:]} Das Geld geht an {_payee(zahlung)}."


def _payee(zahlung: Zahlung) -> str:
    named = "" if zahlung.ik_empfaenger is None else f" ({ik(zahlung.ik_empfaenger)})"
    if zahlung.weg is Zahlungsweg.AN_LEISTUNGSERBRINGER:
        return f"den Leistungserbringer selbst{named}"
    if zahlung.weg is Zahlungsweg.AN_ABRECHNUNGSSTELLE:
        return f"die Abrechnungsstelle mit Inkassovollmacht{named}, nicht an den Leistungserbringer"
    return f"den Leistungserbringer{named}; abgerechnet hat für ihn der Absender ({ik(zahlung.ik_absender)})"


def _vkz(part: Rechnung) -> str | None:
    return None if part.fkt is None else part.fkt.verarbeitungskennzeichen


def _parties(part: Rechnung) -> Iterator[tuple[str, str]]:
    fkt, nam = part.fkt, part.nam
    if nam is not None:
        yield "Rechnungssteller", nam.name
    if fkt is not None:
        # In a Sammelrechnung this may be an Abrechnungsstelle.
        name = "Rechnung von" if part.ist_sammelrechnung else "Leistungserbringer"
        yield name, ik(fkt.ik_rechnungssteller)
        yield "Kostenträger", ik(fkt.ik_kostentraeger)
        if fkt.ik_krankenkasse is not None:
            yield "Krankenkasse", ik(fkt.ik_krankenkasse)
    if nam is not None:
        contact = [one for one in (nam.ansprechpartner, nam.weiterer_ansprechpartner, nam.email) if one]
        if contact:
            yield "Rückfragen an", ", ".join(contact)


def _kind(part: Rechnung) -> Iterator[tuple[str, str]]:
    if part.fkt is not None:
        yield "Verarbeitungskennzeichen", key(VERARBEITUNGSKENNZEICHEN, part.fkt.verarbeitungskennzeichen)
    if part.rec is not None:
        yield "Rechnungsart", key(RECHNUNGSART, part.rec.rechnungsart)


def _payment(part: Rechnung) -> Iterator[tuple[str, str]]:
    if part.ust is not None:
        exempt = ", von der Umsatzsteuer befreit" if part.ust.befreiung == "J" else ""
        yield "Steuernummer", part.ust.steuernummer + exempt
    for sko in part.sko:
        yield (
            "Skonto",
            f"{quantity(sko.prozent)}{NO_BREAK}% bei Zahlung in {sko.zahlungsziel} {_days(sko.zahlungsziel)}",
        )


def _days(number: int) -> str:
    return "Tag" if number == 1 else "Tagen"


def _sums(part: Rechnung) -> Table:
    vkz = _vkz(part)
    borne, asked = "Zuzahlung", "Kasse zahlt"
    if vkz == ZUZAHLUNGSFORDERUNG:
        borne, asked = "Geforderte Zuzahlung", "Von der Kasse gefordert"
    elif vkz == KORREKTURRECHNUNG:
        borne = "Zuzahlung und Korrekturabzug"
    columns = [Column(title="Status"), Column(title="Bedeutung", is_wordy=True)]
    columns += [Column(title=title, is_number=True) for title in ("Brutto", borne, asked)]
    rows = [
        (
            row.status,
            SUMMENSTATUS[row.status].bedeutung if row.status in SUMMENSTATUS else "unbekannter Status",
            euros(row.gesamtbruttobetrag),
            euros(row.gesamtbetrag_zuzahlung),
            euros(row.gesamtrechnungsbetrag),
        )
        for row in part.ges
    ]
    return Table(caption="Summen nach Versichertenstatus", columns=columns, rows=rows)


def _list_of_cases(part: Fallliste, *, is_next: bool) -> Iterator[Block]:
    if part.ist_fortsetzung:
        return
    if not (part.ist_wie_rechnung and is_next):
        yield Heading(level=2, text=_titled("Einzelfälle zu Rechnung", part.rec))
    if not part.ist_wie_rechnung:
        yield Sentence(
            text="Davor steht keine lesbare Gesamtaufstellung (SLGA), zu der diese Fälle gehören.",
            stands_out=True,
        )
    if part.fkt is not None and (facts := [*_named(part.fkt, is_known=part.ist_wie_rechnung)]):
        yield Facts(rows=facts)


def _named(fkt: FKT, *, is_known: bool) -> Iterator[tuple[str, str]]:
    """Yields what the head of an SLLA names, without what the SLGA before it has said already."""
    if not is_known:
        yield "Verarbeitungskennzeichen", key(VERARBEITUNGSKENNZEICHEN, fkt.verarbeitungskennzeichen)
        yield "Leistungserbringer", ik(fkt.ik_leistungserbringer)
        yield "Kostenträger", ik(fkt.ik_kostentraeger)
        yield "Krankenkasse", ik(fkt.ik_krankenkasse)
    if fkt.ik_rechnungssteller is not None:
        yield "Abrechnungsstelle", ik(fkt.ik_rechnungssteller)


def _rest(part: Rest) -> Iterator[Block]:
    yield Heading(level=2, text="Nicht gedeutet")
    yield AsItStands(lead=_why(part), segments=[(one.nummer, one.text) for one in part.ungedeutet])


def _why(part: Rest) -> str:
    typ, version = ("", "") if part.kennung is None else (part.kennung.typ, part.kennung.version)
    match part.grund:
        case Grund.FASSUNG_NICHT_HINTERLEGT:
            return f"Nachricht {typ} nach Version {version}, deren Tabellen hier nicht hinterlegt sind"
        case Grund.ANDERER_LEISTUNGSBEREICH:
            return f"Nachricht {typ} eines anderen Leistungsbereichs als Heilmittel"
        case Grund.NACHRICHT_UNBEKANNT:
            return "Nachricht, die weder SLGA noch SLLA ist"
        case Grund.AUSSERHALB:
            return "außerhalb jeder Nachricht – „zuzahlung check“ sagt, warum"
        case _:
            return _LEADS[part.grund]


def _end(part: Dateiende) -> Iterator[Block]:
    yield Heading(level=2, text="Ende der Datei")
    if part.abbruch is not None:
        yield Sentence(
            text=f"Ab Byte {german(part.abbruch.offset)} ist die Datei nicht weiter lesbar. {part.abbruch.text}",
            stands_out=True,
        )
        yield AsItStands(
            lead="So beginnt, was nicht lesbar ist",
            segments=[(part.abbruch.number, part.abbruch.beginning.rstrip())],
        )
    elif not part.hat_unz:
        yield Sentence(text="Das Ende der Datei (UNZ) fehlt: Sie ist nicht vollständig.", stands_out=True)
    is_whole = part.ist_ganz and part.hat_unz and part.abbruch is None
    readable = "" if is_whole else ", soweit lesbar"
    yield Facts(
        rows=[
            ("Rechnungen", german(part.rechnungen)),
            ("Fälle", german(part.faelle)),
            (f"Von den Kassen gefordert{readable}", euros(part.betrag)),
        ]
    )
    yield Sentence(text="Ob die Angaben zueinander passen und gelten, sagt „zuzahlung check“.")
