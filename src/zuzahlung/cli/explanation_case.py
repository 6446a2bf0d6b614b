"""What an explanation says of one case: the insured, the Verordnung, each position, and who bears what."""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.cli.explanation_blocks import Block, Column, Facts, Heading, Sentence, Table
from zuzahlung.cli.explanation_words import (
    NO_BREAK,
    address,
    day,
    doctor_number,
    euros,
    ik,
    insured_number,
    invoice_number,
    key,
    person,
    profession,
    quantity,
    segments,
    ticks,
)
from zuzahlung.cli.terminal import german
from zuzahlung.standards import money
from zuzahlung.standards.keys.abrechnung import BELEGINFORMATION
from zuzahlung.standards.keys.verordnung import (
    ART_DER_GENEHMIGUNG,
    BVG_SER,
    HEILMITTELBEREICH,
    LEITSYMPTOMATIK,
    UNFALL,
    VERORDNUNGSART,
    VERORDNUNGSBESONDERHEITEN,
)
from zuzahlung.standards.keys.versichertenstatus import SUMMENSTATUS, summenstatus
from zuzahlung.standards.keys.zuzahlung import ZUZAHLUNG
from zuzahlung.standards.numbers import diagnosegruppe
from zuzahlung.standards.sgbv302.explanation.parts import Fall, Leistung
from zuzahlung.standards.sgbv302.slla import BES, DIA, GZF, ZHE

Fact = tuple[str, str]


def case(part: Fall) -> Iterator[Block]:
    """Yields the case from its heading to its sums."""
    yield Heading(level=3, text=_title(part))
    facts = [*_insured(part), *_vouchers(part), *_prescription(part), *_approval(part)]
    yield Facts(rows=[*facts, ("Segmente", segments(part.segmente))])
    if part.leistungen:
        yield _items(part)
    if part.bes is not None:
        yield _sums(part, part.bes)
    if part.gzf is not None:
        yield Sentence(text="Die Preise stehen nur zur Zuordnung da; gefordert wird allein die Zuzahlung.")
        yield _claim(part.gzf)


def _title(part: Fall) -> str:
    if part.ist_fortsetzung:
        return f"Fall {part.nummer} (Fortsetzung)"
    voucher = "ohne lesbare Belegnummer" if part.inv is None else f"Beleg {part.inv.belegnummer}"
    name = "" if part.nad is None else f", {part.nad.nachname}, {part.nad.vorname}"
    return f"Fall {german(part.nummer)}: {voucher}{name}"


def _insured(part: Fall) -> Iterator[Fact]:
    if part.nad is not None:
        yield "Versicherte Person", person(part.nad)
        if where := address(part.nad):
            yield "Anschrift", where
    if part.inv is None:
        return
    yield "Versichertennummer", insured_number(part.inv.versichertennummer or "nicht angegeben")
    status = part.inv.versichertenstatus
    counted = SUMMENSTATUS[summenstatus(status)].bedeutung
    yield "Versichertenstatus", f"{status or 'nicht angegeben'} (zählt zu: {counted})"
    if part.inv.besondere_versorgungsform is not None:
        yield "Besondere Versorgung", part.inv.besondere_versorgungsform


def _vouchers(part: Fall) -> Iterator[Fact]:
    if part.uri is not None:
        first = part.uri
        number, on = invoice_number(first.rechnungsnummer), day(first.rechnungsdatum)
        whose = ik(first.ik_leistungserbringer)
        yield (
            "Ursprüngliche Rechnung",
            f"{number} vom {on}, Beleg {first.belegnummer}, Leistungserbringer {whose}",
        )
    if part.inv is not None and part.inv.beleginformation is not None:
        yield "Belege", key(BELEGINFORMATION, part.inv.beleginformation)
    if part.img is not None:
        month = f"{part.img.abrechnungsmonat}/{part.img.abrechnungsjahr}"
        yield "Bild des Belegs", f"Abrechnungsmonat {month}, Image-Stelle {ik(part.img.ik_image_stelle)}"
    if part.evo is not None:
        yield "Elektronische Verordnung", part.evo.evo_id


def _prescription(part: Fall) -> Iterator[Fact]:
    if part.zhe is not None:
        yield from _zhe(part.zhe)
    elif not part.ist_fortsetzung:
        yield "Verordnung", "ohne lesbare Angaben (ZHE)"
    if part.diagnosen:
        name = "Diagnose" if len(part.diagnosen) == 1 else "Diagnosen"
        yield name, "; ".join(_diagnosis(one) for one in part.diagnosen)


def _zhe(zhe: ZHE) -> Iterator[Fact]:
    yield "Verordnung vom", day(zhe.verordnungsdatum)
    yield "Zuzahlung", key(ZUZAHLUNG, zhe.zuzahlungskennzeichen)
    if zhe.heilmittelbereich is not None:
        yield "Heilmittelbereich", key(HEILMITTELBEREICH, zhe.heilmittelbereich)
    group = zhe.diagnosegruppe
    yield "Diagnosegruppe", f"{group} – keine" if group == diagnosegruppe.MISSING else group
    own = zhe.patientenindividuelle_leitsymptomatik
    symptoms = key(LEITSYMPTOMATIK, zhe.leitsymptomatik)
    yield "Leitsymptomatik", symptoms if own is None else f"{symptoms}: „{own}“"
    yield "Verordnungsart", key(VERORDNUNGSART, zhe.verordnungsart)
    for name, table, code in (
        ("Besonderheit", VERORDNUNGSBESONDERHEITEN, zhe.verordnungsbesonderheiten),
        ("Unfall", UNFALL, zhe.unfallkennzeichen),
        ("BVG/Sonstiges/SER", BVG_SER, zhe.bvg_ser),
    ):
        if code is not None:
            yield name, key(table, code)
    yield (
        "Angekreuzt",
        ticks(
            ("dringlicher Behandlungsbedarf", zhe.dringlicher_behandlungsbedarf),
            ("Hausbesuch", zhe.hausbesuch),
            ("Therapiebericht", zhe.therapiebericht),
        ),
    )
    often = zhe.therapiefrequenz
    yield "Therapiefrequenz", "0 – keine angegeben" if often == "0" else f"{often}-mal wöchentlich"
    yield (
        "Verordnet von",
        f"Arztnummer {doctor_number(zhe.arztnummer)}, Betriebsstätte {doctor_number(zhe.betriebsstaettennummer)}",
    )


def _diagnosis(dia: DIA) -> str:
    return " ".join(part for part in (dia.diagnoseschluessel, dia.diagnosetext) if part) or "leer"


def _approval(part: Fall) -> Iterator[Fact]:
    if part.skz is not None:
        yield (
            "Genehmigung",
            f"{part.skz.genehmigungskennzeichen} vom {day(part.skz.datum)}, {key(ART_DER_GENEHMIGUNG, part.skz.art)}",
        )
    groups = dict.fromkeys(item.ehe.leistungserbringergruppe for item in part.leistungen)
    if groups:
        yield "Beruf und Tarif", "; ".join(profession(group) for group in groups)


_COLUMNS = (
    Column(title="Tag"),
    Column(title="Nummer"),
    Column(title="Leistung", is_wordy=True),
    Column(title="Menge", is_number=True),
    Column(title="Einzelpreis", is_number=True),
    Column(title="Summe", is_number=True),
    Column(title="Zuzahlung je Einheit", is_number=True),
    Column(title="Zuzahlung", is_number=True),
)


def _items(part: Fall) -> Table:
    gross = money.total(item.summe for item in part.leistungen)
    borne = [item.zuzahlung for item in part.leistungen if item.zuzahlung is not None]
    is_part = part.ist_fortsetzung or part.geht_weiter or _misses_items(part)
    foot = (
        "Teilsumme" if is_part else "Summe",
        "",
        "",
        "",
        "",
        euros(gross),
        "",
        euros(money.total(borne) if borne else None),
    )
    return Table(
        caption="Leistungen", columns=_COLUMNS, rows=[_item(item) for item in part.leistungen], foot=foot
    )


def _misses_items(part: Fall) -> bool:
    return any(one.text[:3] in {"EHE", "MWS"} for one in part.ungedeutet)


def _item(item: Leistung) -> tuple[str, ...]:
    ehe = item.ehe
    return (
        day(ehe.leistungsdatum),
        ehe.positionsnummer,
        "; ".join(_described(item)),
        quantity(ehe.anzahl),
        euros(ehe.einzelbetrag),
        euros(item.summe),
        euros(ehe.zuzahlung),
        euros(item.zuzahlung),
    )


def _described(item: Leistung) -> Iterator[str]:
    yield item.bezeichnung or "unbekannte Positionsnummer"
    if item.txt is not None:
        yield f"Text: {item.txt.text}"
    if item.mws is not None:
        yield f"zuzüglich {quantity(item.mws.satz)}{NO_BREAK}% Mehrwertsteuer: {euros(item.mws.betrag)}"
    if item.ehe.kilometer is not None:
        yield f"gefahrene Kilometer: {german(item.ehe.kilometer)}"


def _sums(part: Fall, bes: BES) -> Table:
    rows = [("Brutto", euros(bes.brutto))]
    for name, amount in (
        ("Zuzahlung, prozentual", bes.zuzahlung_prozentual),
        ("Zuzahlung, pauschal", bes.zuzahlung_pauschal),
        ("Pauschale Korrekturabzug", bes.korrekturabzug),
    ):
        if amount is not None:
            rows.append((name, euros(amount)))
    rows.append(("Zuzahlung, zusammen", euros(bes.zuzahlung)))
    return _added_up(rows, ("Kasse zahlt", euros(part.betrag)))


def _claim(gzf: GZF) -> Table:
    rows = [
        (name, euros(amount))
        for name, amount in (
            ("Zuzahlung, prozentual", gzf.forderung_prozentual),
            ("Zuzahlung, pauschal", gzf.forderung_pauschal),
        )
        if amount is not None
    ]
    return _added_up(rows, ("Von der Kasse gefordert", euros(gzf.forderung)))


def _added_up(rows: list[Fact], foot: Fact) -> Table:
    columns = (Column(title="Posten"), Column(title="Betrag", is_number=True))
    return Table(caption="Summen des Falls", columns=columns, rows=rows, foot=foot)
