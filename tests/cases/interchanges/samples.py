"""Three small files from plain cases: s01 (six cases), s02 (with a Sammelrechnung) and s04 (claims on two of s01).

Persons and institutions are invented. What a person would have to type stands here; Zuzahlung of a position,
sums of a case and of an invoice, counts and order come from the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from zuzahlung.standards.sgbv302 import formulas, slga, slla
from zuzahlung.standards.sgbv302.building import nutzdaten
from zuzahlung.standards.sgbv302.files import Abrechnungsfall, Nutzdaten, Position
from zuzahlung.standards.sgbv302.grouping import Absender, Auftrag, Leistungserbringer, lieferungen
from zuzahlung.standards.sgbv302.numbering import Absenderart, Dateiart

PRAXIS = Leistungserbringer(
    ik="440301798",
    nam=slga.NAM(
        name="Physiotherapie Mustermann",
        ansprechpartner="Frau Muster 0300000000",
        email="info@example.org",
    ),
)
SELBSTABRECHNER = Absender(ik=PRAXIS.ik, art=Absenderart.SELBSTABRECHNER)
KASSE = "109990018"
ANDERE_KASSE = "109990029"
ANNAHMESTELLE = "660999007"

OCTOBER = date(2026, 10, 5)
NOVEMBER = date(2026, 11, 3)


def position(nummer: str, preis: str, day: int, *, bears_copayment: bool = True) -> Position:
    """One unit on a day of September 2026."""
    ehe = slla.EHE(
        leistungserbringergruppe=slla.Leistungserbringergruppe(
            abrechnungscode="22", tarifkennzeichen="00501"
        ),
        positionsnummer=nummer,
        anzahl=Decimal("1.00"),
        einzelbetrag=Decimal(preis),
        leistungsdatum=date(2026, 9, day),
    )
    return Position(ehe=replace(ehe, zuzahlung=formulas.unit_copayment(ehe)) if bears_copayment else ehe)


def verordnung(
    *,
    zuzahlungskennzeichen: str,
    diagnosegruppe: str,
    verordnungsart: str = "03",
    hausbesuch: str | None = None,
) -> slla.ZHE:
    """The prescription of 1 September 2026."""
    return slla.ZHE(
        betriebsstaettennummer="110178400",
        arztnummer="906716934",
        verordnungsdatum=date(2026, 9, 1),
        zuzahlungskennzeichen=zuzahlungskennzeichen,
        diagnosegruppe=diagnosegruppe,
        verordnungsart=verordnungsart,
        hausbesuch=hausbesuch,
        leitsymptomatik="1000",
        dringlicher_behandlungsbedarf="0",
        heilmittelbereich="1",
        therapiefrequenz="2",
    )


def insured(kvnr: str, status: str, belegnummer: str, *, beleginformation: str = "1") -> slla.INV:
    return slla.INV(
        versichertennummer=kvnr,
        versichertenstatus=status,
        beleginformation=beleginformation,
        belegnummer=belegnummer,
    )


def case(
    inv: slla.INV, nad: slla.NAD, positionen: Sequence[Position], zhe: slla.ZHE, icd: str
) -> Abrechnungsfall:
    """A case of a first invoice."""
    return Abrechnungsfall(
        inv=inv,
        nad=nad,
        positionen=positionen,
        zhe=zhe,
        diagnosen=(slla.DIA(diagnoseschluessel=icd),),
        summe=formulas.bes(positionen, vkz="01"),
    )


def claim(
    inv: slla.INV, nad: slla.NAD, positionen: Sequence[Position], zhe: slla.ZHE, icd: str
) -> Abrechnungsfall:
    """A Zuzahlungsforderung on the case of s01 with the same Belegnummer."""
    return Abrechnungsfall(
        inv=inv,
        uri=slla.URI(
            ik_leistungserbringer=PRAXIS.ik,
            rechnungsnummer=slga.Rechnungsnummer(sammelnummer="2026-1001", einzelnummer="0"),
            rechnungsdatum=OCTOBER,
            belegnummer=inv.belegnummer,
        ),
        nad=nad,
        positionen=positionen,
        zhe=zhe,
        diagnosen=(slla.DIA(diagnoseschluessel=icd),),
        summe=formulas.gzf(positionen),
    )


LUIGI = slla.NAD(nachname="D'Angelo", vorname="Luigi", geburtsdatum="19720413")
ERNA = slla.NAD(nachname="Müller", vorname="Erna", geburtsdatum="19450131")

SIX_TIMES = tuple(position("20501", "29.63", day) for day in (7, 9, 14, 16, 21, 23))
WITH_A_FREE_POSITION = (
    position("21201", "35.59", 8),
    position("21501", "16.16", 8),
    position("21201", "35.59", 10),
    position("21501", "16.16", 10),
    position("21201", "35.59", 15),
    position("21501", "16.16", 15),
    position("29701", "1.40", 15, bears_copayment=False),
)


def luigi() -> Abrechnungsfall:
    zhe = verordnung(zuzahlungskennzeichen="3", diagnosegruppe="WS", hausbesuch="1")
    return case(insured("A123456780", "10000", "1"), LUIGI, SIX_TIMES, zhe, "M54.5")


def erna(belegnummer: str) -> Abrechnungsfall:
    zhe = verordnung(zuzahlungskennzeichen="3", diagnosegruppe="EX")
    return case(insured("B234567895", "50000", belegnummer), ERNA, WITH_A_FREE_POSITION, zhe, "M75.1")


def child() -> Abrechnungsfall:
    return case(
        insured("C345678908", "30000", "3"),
        slla.NAD(nachname="Kind", vorname="Kim", geburtsdatum="20140101"),
        tuple(position("20708", "58.83", day, bears_copayment=False) for day in (8, 15)),
        verordnung(zuzahlungskennzeichen="0", diagnosegruppe="ZN", verordnungsart="04"),
        "G80.1",
    )


def exempt() -> Abrechnungsfall:
    return case(
        insured("D456789013", "10000", "4"),
        slla.NAD(nachname="Frei", vorname="Fritz", geburtsdatum="19600606"),
        tuple(position("20501", "29.63", day, bears_copayment=False) for day in (10, 17)),
        verordnung(zuzahlungskennzeichen="1", diagnosegruppe="WS"),
        "M54.4",
    )


def small() -> Abrechnungsfall:
    return case(
        insured("E567890127", "10000", "5"),
        slla.NAD(nachname="Mini", vorname="Mia", geburtsdatum="19990909"),
        (position("29951", "13.09", 11),),
        verordnung(zuzahlungskennzeichen="3", diagnosegruppe="WS", hausbesuch="1"),
        "M54.2",
    )


def capped() -> Abrechnungsfall:
    return case(
        insured("F678901231", "10000", "6"),
        slla.NAD(nachname="Cap", vorname="Carl", geburtsdatum="19990909"),
        (position("20401", "8.43", 11),),
        verordnung(zuzahlungskennzeichen="3", diagnosegruppe="WS"),
        "M54.2",
    )


def auftrag(
    fall: Abrechnungsfall,
    *,
    ik_krankenkasse: str = KASSE,
    verarbeitungskennzeichen: str = "01",
    rechnungsdatum: date = OCTOBER,
) -> Auftrag:
    """A case of the practice, to the only Kostenträger."""
    return Auftrag(
        leistungserbringer=PRAXIS,
        empfaenger=ANNAHMESTELLE,
        kassenart="AO",
        ik_kostentraeger=KASSE,
        ik_krankenkasse=ik_krankenkasse,
        verarbeitungskennzeichen=verarbeitungskennzeichen,
        rechnungsart="1",
        rechnungsdatum=rechnungsdatum,
        fall=fall,
    )


def one_file(
    auftraege: Iterable[Auftrag],
    *,
    sammelnummer: str,
    datenaustauschreferenz: str,
    at: datetime,
    with_sammelrechnung: bool = False,
) -> Nutzdaten:
    """The only file of these cases, with the only number it needs."""
    (lieferung,) = lieferungen(auftraege, absender=SELBSTABRECHNER, with_sammelrechnung=with_sammelrechnung)
    (rechnung,) = lieferung.rechnungen
    return nutzdaten(
        lieferung,
        sammelnummern={rechnung.schluessel: sammelnummer},
        datenaustauschreferenz=datenaustauschreferenz,
        at=at,
        dateiart=Dateiart.TEST,
    )


def s01() -> Nutzdaten:
    """A first invoice: ordinary, with a free position, a child, an exempt person, a small sum, a capped one."""
    cases = (luigi(), erna("2"), child(), exempt(), small(), capped())
    return one_file(
        (auftrag(fall) for fall in cases),
        sammelnummer="2026-1001",
        datenaustauschreferenz="00118",
        at=datetime(2026, 10, 5, 8, 40, tzinfo=UTC),
    )


def s02() -> Nutzdaten:
    """A Sammelrechnung with an invoice to each of two Krankenkassen of one Kostenträger."""
    return one_file(
        (auftrag(luigi()), auftrag(erna("1"), ik_krankenkasse=ANDERE_KASSE)),
        sammelnummer="2026-1002",
        datenaustauschreferenz="00119",
        at=datetime(2026, 10, 5, 8, 40, tzinfo=UTC),
        with_sammelrechnung=True,
    )


def s04() -> Nutzdaten:
    """Zuzahlungsforderungen: one person refused to pay, one was exempt."""
    refused = claim(
        insured("A123456780", "10000", "1"),
        LUIGI,
        SIX_TIMES,
        verordnung(zuzahlungskennzeichen="2", diagnosegruppe="WS", hausbesuch="1"),
        "M54.5",
    )
    was_exempt = claim(
        insured("B234567895", "50000", "2", beleginformation="0"),
        ERNA,
        WITH_A_FREE_POSITION,
        verordnung(zuzahlungskennzeichen="1", diagnosegruppe="EX"),
        "M75.1",
    )
    return one_file(
        (
            auftrag(fall, verarbeitungskennzeichen="03", rechnungsdatum=NOVEMBER)
            for fall in (refused, was_exempt)
        ),
        sammelnummer="2026-1104",
        datenaustauschreferenz="00121",
        at=datetime(2026, 11, 3, 9, 40, tzinfo=UTC),
    )
