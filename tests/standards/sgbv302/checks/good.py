"""Good files from typed objects, and single changes to them: what the tests of the check begin with.

A file is built from cases (`case`), its sums by the formulas of the standard, so that a change to one case
does not spoil the sums of the file. Damage is done to the text, segment by segment, as it stands in a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.sgbv302 import formulas, slga, slla
from zuzahlung.standards.sgbv302.checks.flow import check
from zuzahlung.standards.sgbv302.checks.rules import FileFinding
from zuzahlung.standards.sgbv302.files import (
    Abrechnungsfall,
    Einzelabrechnung,
    Gesamtaufstellung,
    Nutzdaten,
    Position,
    write,
)
from zuzahlung.standards.sgbv302.service import UNB, Syntax, Zeitpunkt

END = "'\n"
"""The end of a segment in these files."""

PRAXIS, DATENANNAHME, KASSE, ANDERE_KASSE = "440301798", "660999007", "109990018", "109990029"
ERSTE_RECHNUNG, RECHNUNG = date(2026, 10, 5), date(2026, 11, 3)

LEGS_PHYSIO = slla.Leistungserbringergruppe(abrechnungscode="22", tarifkennzeichen="00501")

INV = slla.INV(
    versichertennummer="A123456780", versichertenstatus="10000", beleginformation="1", belegnummer="1"
)
NAD = slla.NAD(nachname="D'Angelo", vorname="Luigi", geburtsdatum="19720413")
CHILD = slla.NAD(nachname="Kind", vorname="Kim", geburtsdatum="20140101")
ZHE = slla.ZHE(
    betriebsstaettennummer="110178400",
    arztnummer="906716934",
    verordnungsdatum=date(2026, 9, 1),
    zuzahlungskennzeichen="3",
    diagnosegruppe="WS",
    verordnungsart="03",
    leitsymptomatik="1000",
    dringlicher_behandlungsbedarf="0",
    heilmittelbereich="1",
    therapiefrequenz="2",
)
DIA = slla.DIA(diagnoseschluessel="M54.5")
URI = slla.URI(
    ik_leistungserbringer=PRAXIS,
    rechnungsnummer=slga.Rechnungsnummer(sammelnummer="2026-1001", einzelnummer="0"),
    rechnungsdatum=ERSTE_RECHNUNG,
    belegnummer="1",
)


def position(
    number: str = "20501",
    day: date = date(2026, 9, 7),
    price: str = "29.63",
    copayment: str | None = "2.96",
    *,
    count: str = "1.00",
    legs: slla.Leistungserbringergruppe = LEGS_PHYSIO,
    txt: str | None = None,
    vat: str | None = None,
) -> Position:
    """Return one position on one day; `vat` is per cent of a net price."""
    ehe = slla.EHE(
        leistungserbringergruppe=legs,
        positionsnummer=number,
        anzahl=Decimal(count),
        einzelbetrag=Decimal(price),
        leistungsdatum=day,
        zuzahlung=None if copayment is None else Decimal(copayment),
    )
    return Position(
        ehe=ehe,
        txt=None if txt is None else slla.TXT(text=txt),
        mws=None if vat is None else formulas.vat(ehe, Decimal(vat)),
    )


SIX = tuple(position(day=date(2026, 9, day)) for day in (7, 9, 14, 16, 21, 23))
"""Six times Krankengymnastik: gross 177,78, Zuzahlung 17,76 and 10,00."""


def case(
    positionen: Sequence[Position] = SIX,
    *,
    vkz: str = "01",
    summe: slla.BES | slla.GZF | None = None,
    pauschal: str | None = None,
    zhe: dict[str, Any] | None = None,
    **changes: Any,
) -> Abrechnungsfall:
    """Return a good case of this VKZ; `zhe` changes fields of ZHE, `changes` replaces whole segments.

    The sums come from the formulas, `pauschal` is the amount for the Verordnung where they leave it open.
    """
    flat = None if pauschal is None else Decimal(pauschal)
    if summe is None and vkz == "03":
        summe = formulas.gzf(positionen, pauschal=flat)
    elif summe is None:
        summe = formulas.bes(
            positionen, vkz=vkz, pauschal=Decimal(0) if vkz == "04" and flat is None else flat
        )
    of_vkz = {"03": {"zuzahlungskennzeichen": "2"}, "10": {"verordnungsart": "05"}}.get(vkz, {})
    fields: dict[str, Any] = {
        "inv": INV,
        "uri": None if vkz == "01" else URI,
        "nad": NAD,
        "positionen": tuple(positionen),
        "zhe": replace(ZHE, **{**of_vkz, **(zhe or {})}),
        "diagnosen": (DIA,),
        "summe": summe,
    }
    return Abrechnungsfall(**{**fields, **changes})


def nutzdaten(
    faelle: Iterable[Abrechnungsfall] | None = None,
    *,
    vkz: str = "01",
    rechnungsnummer: str | None = None,
    rechnungsdatum: date | None = None,
    erstellt: date | None = None,
) -> Nutzdaten:
    """Return a file with one Gesamtrechnung of these cases; their Belegnummern count from 1."""
    cases = [
        replace(fall, inv=replace(fall.inv, belegnummer=str(number)))
        for number, fall in enumerate(faelle if faelle is not None else [case(vkz=vkz)], start=1)
    ]
    invoiced = rechnungsdatum or (ERSTE_RECHNUNG if vkz == "01" else RECHNUNG)
    nummer = rechnungsnummer or ("2026-1001" if vkz == "01" else "2026-1104")
    rec = slga.REC(
        rechnungsnummer=slga.Rechnungsnummer(sammelnummer=nummer, einzelnummer="0"),
        rechnungsdatum=invoiced,
        rechnungsart="1",
    )
    summen = formulas.Summen()
    for fall in cases:
        summen.add(fall.inv.versichertenstatus, fall.summe)
    made = erstellt or invoiced
    return Nutzdaten(
        unb=UNB(
            syntax=Syntax(),
            absender=PRAXIS,
            empfaenger=DATENANNAHME,
            zeitpunkt=Zeitpunkt(datum=made, uhrzeit="1040"),
            datenaustauschreferenz="00118",
            leistungsbereich="B",
            anwendungsreferenz=f"SL030179S{made.month:02}",
            testindikator="0",
        ),
        version="21",
        nachrichten=(
            Gesamtaufstellung(
                fkt=slga.FKT(
                    verarbeitungskennzeichen=vkz,
                    ik_rechnungssteller=PRAXIS,
                    ik_kostentraeger=KASSE,
                    ik_krankenkasse=KASSE,
                    ik_absender=PRAXIS,
                ),
                rec=rec,
                ges=summen.rows(vkz),
                nam=slga.NAM(name="Physiotherapie Mustermann", ansprechpartner="Frau Muster 0300000000"),
            ),
            Einzelabrechnung(
                fkt=slla.FKT(
                    verarbeitungskennzeichen=vkz,
                    ik_leistungserbringer=PRAXIS,
                    ik_kostentraeger=KASSE,
                    ik_krankenkasse=KASSE,
                ),
                rec=rec,
                faelle=tuple(cases),
            ),
        ),
    )


def text_of(datei: Nutzdaten) -> str:
    """Return the file as text, a segment a line."""
    return write(datei, line_end="\n")


def good_file(*faelle: Abrechnungsfall, vkz: str = "01", **changes: Any) -> str:
    """Return the text of a good file with these cases, or with one that is as plain as can be."""
    return text_of(nutzdaten(faelle or None, vkz=vkz, **changes))


def number_of(text: str, tag: str, nth: int = 1) -> int:
    """Return the number of the nth segment with this tag, counted from 1 as findings do."""
    places = [place for place, line in enumerate(_segments(text), start=1) if line.split("+")[0] == tag]
    return places[nth - 1]


def segment(text: str, tag: str, nth: int = 1) -> str:
    """Return the nth segment with this tag, without its terminator."""
    return _segments(text)[number_of(text, tag, nth) - 1]


def with_segment(text: str, tag: str, new: str | None, nth: int = 1) -> str:
    """Return the file with another segment in place of the nth with this tag; None leaves it out.

    `new` may be several segments with `END` between them. The counts in UNT follow.
    """
    segments = _segments(text)
    place = number_of(text, tag, nth) - 1
    segments[place : place + 1] = [] if new is None else new.split(END)
    return _counted(segments)


def with_element(text: str, tag: str, place: str, new: str, nth: int = 1) -> str:
    """Return the file with another element („6“) or component („1.2“) in the nth segment with this tag."""
    elements = segment(text, tag, nth).split("+")
    element, _, component = place.partition(".")
    elements += [""] * (int(element) + 1 - len(elements))
    if component:
        components = elements[int(element)].split(":")
        components[int(component) - 1] = new
        elements[int(element)] = ":".join(components)
    else:
        elements[int(element)] = new
    return with_segment(text, tag, "+".join(elements).rstrip("+"), nth)


def after_segment(text: str, tag: str, new: str, nth: int = 1) -> str:
    """Return the file with a segment more, behind the nth with this tag."""
    return with_segment(text, tag, f"{segment(text, tag, nth)}{END}{new}", nth)


def findings(text: str) -> list[FileFinding]:
    """Return all that the check finds in the text, sent in I1."""
    return list(check([text.encode("latin-1")], Charset.I1))


class Told(NamedTuple):
    """A finding as the tests expect it: its rule, its severity, tag and place („EHE.6“), and its segment's number."""

    rule: str
    severity: str
    where: str
    number: int


def told(text: str) -> list[Told]:
    """Return what the check finds in the text; every finding is of Stufe 3."""
    found = findings(text)
    assert {one.stufe for one in found} <= {3}, found
    return [Told(one.rule, one.severity.value, one.pointer.partition("/")[2], one.segment) for one in found]


class Defect(NamedTuple):
    """One damage to a good file: what it is, the damaged text, and each finding as rule, severity and place."""

    says: str
    text: str
    expected: Sequence[tuple[str, str, str]]


def wrong(rule: str, where: str) -> tuple[str, str, str]:
    """Return an error."""
    return rule, "error", where


def doubt(rule: str, where: str) -> tuple[str, str, str]:
    """Return a warning."""
    return rule, "warning", where


def remark(rule: str, where: str) -> tuple[str, str, str]:
    """Return a note."""
    return rule, "note", where


def _segments(text: str) -> list[str]:
    return text.split(END)[:-1]


def _counted(segments: list[str]) -> str:
    count = 0
    for place, line in enumerate(segments):
        count = 1 if line.startswith("UNH+") else count + 1
        if line.startswith("UNT+"):
            segments[place] = f"UNT+{count:06}+{line.split('+')[2]}"
    return "".join(f"{line}{END}" for line in segments)
