"""Good files of every Verarbeitungskennzeichen and Rechnungsart, from typed objects, to be damaged.

All people are invented, all amounts are written out and were reckoned by hand, so that a wrong formula does
not agree with itself. Each file holds as many different things as fit into it, since what is not in a good
file cannot be damaged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from zuzahlung.standards.sgbv302 import slga, slla
from zuzahlung.standards.sgbv302.files import (
    Abrechnungsfall,
    Einzelabrechnung,
    Gesamtaufstellung,
    Inhalt,
    Nutzdaten,
    Position,
    write,
)
from zuzahlung.standards.sgbv302.service import UNB, Syntax, Zeitpunkt

PRAXIS, ERGOPRAXIS, STIMMPRAXIS, ABRECHNUNGSSTELLE = "440301798", "461100877", "260326822", "590301867"
ANNAHME, KASSE, ANDERE_KASSE = "660999007", "109990018", "109990029"


def unb(absender: str, made_on: date, *, reference: str, art: str = "S") -> UNB:
    """Return the head of a file."""
    return UNB(
        syntax=Syntax(),
        absender=absender,
        empfaenger=ANNAHME,
        zeitpunkt=Zeitpunkt(datum=made_on, uhrzeit="1040"),
        datenaustauschreferenz=reference,
        leistungsbereich="B",
        anwendungsreferenz=f"SL{absender[2:8]}{art}{made_on.month:02}",
        testindikator="0",
    )


def rec(number: str, invoiced_on: date, art: str = "1") -> slga.REC:
    """Return the number of an invoice, written „2026-1001:0“, with its day and kind."""
    sammelnummer, _, einzelnummer = number.partition(":")
    return slga.REC(
        rechnungsnummer=slga.Rechnungsnummer(sammelnummer=sammelnummer, einzelnummer=einzelnummer),
        rechnungsdatum=invoiced_on,
        rechnungsart=art,
    )


def ges(row: str) -> slga.GES:
    """Return a row of sums, written „11 150.02 177.78 27.76“."""
    status, rechnungsbetrag, brutto, zuzahlung = row.split()
    return slga.GES(
        status=status,
        gesamtrechnungsbetrag=Decimal(rechnungsbetrag),
        gesamtbruttobetrag=Decimal(brutto),
        gesamtbetrag_zuzahlung=Decimal(zuzahlung),
    )


def positions(
    row: str, days: Sequence[date], *, legs: str = "2200501", txt: str | None = None, vat: str | None = None
) -> tuple[Position, ...]:
    """Return a position on several days; `row` is number, count, price, Zuzahlung: „20501 1.00 29.63 2.96“.

    The Zuzahlung may be missing; `vat` is rate and amount of the tax of a net price („19.00 5.63“).
    """
    number, count, price, *zuzahlung = row.split()
    return tuple(
        Position(
            ehe=slla.EHE(
                leistungserbringergruppe=slla.Leistungserbringergruppe(
                    abrechnungscode=legs[:2], tarifkennzeichen=legs[2:]
                ),
                positionsnummer=number,
                anzahl=Decimal(count),
                einzelbetrag=Decimal(price),
                leistungsdatum=day,
                zuzahlung=Decimal(zuzahlung[0]) if zuzahlung else None,
            ),
            txt=None if txt is None else slla.TXT(text=txt),
            mws=None
            if vat is None
            else slla.MWS(satz=Decimal(vat.split()[0]), betrag=Decimal(vat.split()[1])),
        )
        for day in days
    )


def in_september(*days: int) -> list[date]:
    """Return days of September 2026, in which most treatments lie."""
    return [date(2026, 9, day) for day in days]


ZHE: Final = slla.ZHE(
    betriebsstaettennummer="720178400",
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

LUIGI = ("A123456780", "10000", slla.NAD(nachname="D'Angelo", vorname="Luigi", geburtsdatum="19720413"))
ERNA = ("B234567895", "50000", slla.NAD(nachname="Müller", vorname="Erna", geburtsdatum="19450131"))
KIM = ("C345678908", "30000", slla.NAD(nachname="Kind", vorname="Kim", geburtsdatum="20140101"))
FRITZ = ("D456789013", "10001", slla.NAD(nachname="Frei", vorname="Fritz", geburtsdatum="19600606"))
CARL = ("F678901231", "50009", slla.NAD(nachname="Cap", vorname="Carl", geburtsdatum="19490909"))
WANDA = ("K543219876", "1000M", slla.NAD(nachname="Wechsel", vorname="Wanda", geburtsdatum="19800229"))
ELODIE = (
    None,
    None,
    slla.NAD(
        nachname="Étranger + Söhne",
        vorname="Élodie",
        geburtsdatum="19770000",
        strasse="Rue de l'Exemple 7",
        plz="67000",
        wohnort="Straßburg",
        laenderkennzeichen="F",
    ),
)

Person = tuple[str | None, str | None, slla.NAD]


def case(
    beleg: str, person: Person, positionen: Sequence[Position], summe: slla.BES | slla.GZF, **changes: Any
) -> Abrechnungsfall:
    """Return a case; `changes` are fields of the case, of INV (`beleginformation`) or of ZHE."""
    fields = {name: changes.pop(name) for name in ("uri", "img", "evo", "skz") if name in changes}
    kvnr, status, nad = person
    return Abrechnungsfall(
        inv=slla.INV(
            versichertennummer=kvnr,
            versichertenstatus=status,
            beleginformation=changes.pop("beleginformation", "1"),
            belegnummer=beleg,
        ),
        nad=nad,
        positionen=tuple(positionen),
        diagnosen=changes.pop("diagnosen", (slla.DIA(diagnoseschluessel="M54.5"),)),
        zhe=replace(ZHE, **changes),
        summe=summe,
        **fields,
    )


def bes(row: str) -> slla.BES:
    """Return the sums of a case, written „177.78 27.76 17.76 10.00“; a dash is an empty element."""
    brutto, *rest = (None if amount == "-" else Decimal(amount) for amount in row.split())
    assert brutto is not None
    zuzahlung, prozentual, pauschal, korrekturabzug = [*rest, None, None, None, None][:4]
    return slla.BES(
        brutto=brutto,
        zuzahlung=zuzahlung,
        zuzahlung_prozentual=prozentual,
        zuzahlung_pauschal=pauschal,
        korrekturabzug=korrekturabzug,
    )


def gzf(row: str) -> slla.GZF:
    """Return the sums of a claim, written „27.76 17.76 10.00“."""
    forderung, prozentual, *pauschal = map(Decimal, row.split())
    return slla.GZF(
        forderung=forderung,
        forderung_prozentual=prozentual,
        forderung_pauschal=pauschal[0] if pauschal else None,
    )


def invoice(
    vkz: str,
    number: slga.REC,
    sums: Sequence[str],
    faelle: Sequence[Abrechnungsfall],
    *,
    le: str = PRAXIS,
    kasse: str = KASSE,
    absender: str | None = None,
    inkasso: str | None = None,
    ust: slga.UST | None = None,
    sko: Sequence[slga.SKO] = (),
) -> tuple[Gesamtaufstellung, Einzelabrechnung]:
    """Return a Gesamtrechnung: its SLGA and its SLLA."""
    return (
        Gesamtaufstellung(
            fkt=slga.FKT(
                verarbeitungskennzeichen=vkz,
                ik_rechnungssteller=le,
                ik_kostentraeger=KASSE,
                ik_krankenkasse=kasse,
                ik_absender=absender or le,
            ),
            rec=number,
            ust=ust,
            sko=sko,
            ges=tuple(ges(row) for row in sums),
            nam=NAM,
        ),
        Einzelabrechnung(
            fkt=slla.FKT(
                verarbeitungskennzeichen=vkz,
                ik_leistungserbringer=le,
                ik_kostentraeger=KASSE,
                ik_krankenkasse=kasse,
                ik_rechnungssteller=inkasso,
            ),
            rec=number,
            faelle=tuple(faelle),
        ),
    )


NAM: Final = slga.NAM(
    name="Therapie Mustermann", ansprechpartner="Frau Muster 0300000000", email="info@example.org"
)


def sammelrechnung(
    number: slga.REC, sums: Sequence[str], *, ik: str = PRAXIS, absender: str | None = None
) -> Gesamtaufstellung:
    """Return the SLGA above several Gesamtrechnungen."""
    return Gesamtaufstellung(
        fkt=slga.FKT(
            verarbeitungskennzeichen="01",
            sammelrechnung="J",
            ik_rechnungssteller=ik,
            ik_kostentraeger=KASSE,
            ik_absender=absender or ik,
        ),
        rec=number,
        ges=tuple(ges(row) for row in sums),
        nam=NAM,
    )


def _file(head: UNB, *nachrichten: Inhalt) -> Nutzdaten:
    return Nutzdaten(unb=head, version="21", nachrichten=nachrichten)


OKTOBER, NOVEMBER, JANUAR = date(2026, 10, 5), date(2026, 11, 3), date(2027, 1, 11)

LUIGIS_SIX = positions("20501 1.00 29.63 2.96", in_september(7, 9, 14, 16, 21, 23))
ERNAS_SERIES = (
    *positions("21201 1.00 35.59 3.56", in_september(8, 10, 15)),
    *positions("21501 1.00 16.16 1.62", in_september(8, 10, 15), txt="Fango: 20 Minuten"),
    *positions("29701 1.00 1.40", in_september(15)),
)

SELBST: Final = _file(
    unb(PRAXIS, OKTOBER, reference="00118"),
    *invoice(
        "01",
        rec("2026-1001:0", OKTOBER),
        [
            "00 688.32 788.73 100.41",
            "11 408.50 460.38 51.88",
            "31 117.66 117.66 0.00",
            "51 131.11 165.08 33.97",
            "99 31.05 45.61 14.56",
        ],
        [
            case(
                "1",
                LUIGI,
                LUIGIS_SIX,
                bes("177.78 27.76 17.76 10.00"),
                img=slla.IMG(
                    abrechnungsjahr="2026", abrechnungsmonat="09", ik_image_stelle=ABRECHNUNGSSTELLE
                ),
                evo=slla.EVO(evo_id="160.123.456.789.012.34"),
                therapiebericht="1",
            ),
            case(
                "2",
                ERNA,
                ERNAS_SERIES,
                bes("156.65 25.54 15.54 10.00"),
                diagnosegruppe="EX",
                diagnosen=(
                    slla.DIA(diagnoseschluessel="M75.1"),
                    slla.DIA(diagnosetext="Impingement, rechte Schulter"),
                ),
                leitsymptomatik="1001",
                patientenindividuelle_leitsymptomatik="kann den Arm nicht heben",
            ),
            case(
                "3",
                KIM,
                positions("20708 1.00 58.83", in_september(8, 15)),
                bes("117.66"),
                zuzahlungskennzeichen="0",
                diagnosegruppe="ZN",
                verordnungsart="04",
                diagnosen=(slla.DIA(diagnoseschluessel="G80.1"),),
                skz=slla.SKZ(genehmigungskennzeichen="G-4711/26", datum=date(2026, 8, 20), art="B2"),
            ),
            case(
                "4",
                FRITZ,
                positions("20501 1.00 29.63", in_september(10, 17)),
                bes("59.26"),
                zuzahlungskennzeichen="1",
            ),
            case("5", CARL, positions("20401 1.00 8.43 0.84", in_september(11)), bes("8.43 8.43 0.84 7.59")),
            case(
                "6",
                ELODIE,
                (
                    *positions("21201 0.50 35.59 3.56", in_september(14)),
                    *positions("21302 1.00 8.43 0.84", in_september(14)),
                    *positions("21534 1.00 11.95 1.20", in_september(14)),
                    *positions("21517 1.00 7.43 0.74", in_september(14)),
                ),
                bes("45.61 14.56 4.56 10.00"),
            ),
            case(
                "7",
                WANDA,
                (
                    *positions("20501 2.00 29.63 2.96", in_september(8, 10)),
                    *positions("20501 2.00 29.63", in_september(22)),
                    *positions("29950 1.00 22.78 2.28", in_september(8)),
                    *positions("29950 1.00 22.78", in_september(22)),
                ),
                bes("223.34 24.12 14.12 10.00"),
                zuzahlungskennzeichen="4",
                hausbesuch="1",
                unfallkennzeichen="2",
            ),
        ],
        ust=slga.UST(steuernummer="DE123456789", befreiung="J"),
        sko=(slga.SKO(prozent=Decimal("2.00"), zahlungsziel=14),),
    ),
)
"""Rechnungsart 1: a practice bills seven cases to one fund."""

MIT_SAMMELRECHNUNG: Final = _file(
    unb(PRAXIS, OKTOBER, reference="00119"),
    sammelrechnung(
        rec("2026-1002:0", OKTOBER),
        ["00 281.13 334.43 53.30", "11 150.02 177.78 27.76", "51 131.11 156.65 25.54"],
    ),
    *invoice(
        "01",
        rec("2026-1002:1", OKTOBER),
        ["00 150.02 177.78 27.76", "11 150.02 177.78 27.76"],
        [case("1", LUIGI, LUIGIS_SIX, bes("177.78 27.76 17.76 10.00"))],
    ),
    *invoice(
        "01",
        rec("2026-1002:2", OKTOBER),
        ["00 131.11 156.65 25.54", "51 131.11 156.65 25.54"],
        [case("1", ERNA, ERNAS_SERIES, bes("156.65 25.54 15.54 10.00"), diagnosegruppe="EX")],
        kasse=ANDERE_KASSE,
    ),
)
"""Rechnungsart 1 with a Sammelrechnung above two Gesamtrechnungen."""

UEBER_DIENSTLEISTER: Final = _file(
    unb(ABRECHNUNGSSTELLE, JANUAR, reference="00007", art="A"),
    *invoice(
        "01",
        rec("E-2027/1:0", JANUAR, "2"),
        ["00 719.51 745.35 25.84", "11 719.51 745.35 25.84"],
        [
            case(
                "1",
                WANDA,
                (
                    *positions("54102 1.00 52.77", [date(2026, 12, 15), date(2026, 12, 29)], legs="2600501"),
                    *positions("54102 1.00 52.77 5.28", [date(2027, 1, 5), date(2027, 1, 7)], legs="2600501"),
                ),
                bes("211.08 10.56 10.56"),
                verordnungsdatum=date(2026, 12, 1),
                zuzahlungskennzeichen="5",
                diagnosegruppe="EN1",
                heilmittelbereich="4",
                diagnosen=(slla.DIA(diagnoseschluessel="I63.9"),),
            ),
            case(
                "2",
                LUIGI,
                (
                    # By an approved estimate, which is no matter of the price list.
                    *positions("54406 1.00 450.00", [date(2027, 1, 5)], legs="2600099", vat="7.00 31.50"),
                    *positions("54102 1.00 52.77 5.28", [date(2027, 1, 5)], legs="2600501"),
                ),
                bes("534.27 15.28 5.28 10.00"),
                verordnungsdatum=date(2026, 12, 10),
                diagnosegruppe="SB1",
                heilmittelbereich="4",
                diagnosen=(slla.DIA(diagnoseschluessel="M20.0"),),
            ),
        ],
        le=ERGOPRAXIS,
        absender=ABRECHNUNGSSTELLE,
    ),
    *invoice(
        "01",
        rec("L-2027/1:0", JANUAR, "2"),
        ["00 234.90 234.90 0.00", "31 234.90 234.90 0.00"],
        [
            case(
                "1",
                KIM,
                (
                    *positions(
                        "33103 1.00 76.06",
                        [date(2026, 12, 15), date(2026, 12, 29), date(2027, 1, 5)],
                        legs="2300501",
                    ),
                    *positions("33302 1.00 6.72", [date(2027, 1, 5)], legs="2300501"),
                ),
                bes("234.90"),
                verordnungsdatum=date(2026, 12, 1),
                zuzahlungskennzeichen="0",
                diagnosegruppe="SP1",
                verordnungsbesonderheiten="7",
                therapiebericht="1",
                dringlicher_behandlungsbedarf="1",
                heilmittelbereich="3",
                therapiefrequenz="1",
                diagnosen=(slla.DIA(diagnoseschluessel="F80.1"),),
            )
        ],
        le=STIMMPRAXIS,
        absender=ABRECHNUNGSSTELLE,
    ),
)
"""Rechnungsart 2: a service provider bills for two practices, over the turn of the year."""

MIT_INKASSO: Final = _file(
    unb(ABRECHNUNGSSTELLE, OKTOBER, reference="00008", art="A"),
    sammelrechnung(
        rec("S/2026-77:0", OKTOBER, "3"),
        ["00 175.72 217.45 41.73", "11 150.02 177.78 27.76", "51 25.70 39.67 13.97"],
        ik=ABRECHNUNGSSTELLE,
    ),
    *invoice(
        "01",
        rec("S/2026-77:1", OKTOBER, "3"),
        ["00 150.02 177.78 27.76", "11 150.02 177.78 27.76"],
        [case("17", LUIGI, LUIGIS_SIX, bes("177.78 27.76 17.76 10.00"))],
        absender=ABRECHNUNGSSTELLE,
        inkasso=ABRECHNUNGSSTELLE,
    ),
    *invoice(
        "01",
        rec("S/2026-77:2", OKTOBER, "3"),
        ["00 25.70 39.67 13.97", "51 25.70 39.67 13.97"],
        [
            case(
                "18",
                ERNA,
                (
                    *positions("78010 1.00 36.10 3.61", in_september(8), legs="7100501"),
                    *positions("78030 1.00 3.57 0.36", in_september(8), legs="7100501"),
                ),
                bes("39.67 13.97 3.97 10.00"),
                diagnosegruppe="DF",
                heilmittelbereich="2",
                therapiefrequenz="0",
                diagnosen=(slla.DIA(diagnoseschluessel="E11.74"),),
            )
        ],
        le=STIMMPRAXIS,
        absender=ABRECHNUNGSSTELLE,
        inkasso=ABRECHNUNGSSTELLE,
    ),
)
"""Rechnungsart 3: an Abrechnungsstelle is paid for two practices."""


def uri(belegnummer: str) -> slla.URI:
    """Return the reference to a case of `SELBST`."""
    return slla.URI(
        ik_leistungserbringer=PRAXIS,
        rechnungsnummer=slga.Rechnungsnummer(sammelnummer="2026-1001", einzelnummer="0"),
        rechnungsdatum=OKTOBER,
        belegnummer=belegnummer,
    )


NACHFORDERUNG: Final = _file(
    unb(PRAXIS, NOVEMBER, reference="00120"),
    *invoice(
        "02",
        rec("2026-1103:0", NOVEMBER),
        ["00 51.60 54.04 2.44", "11 29.63 29.63 0.00", "51 21.97 24.41 2.44"],
        [
            case(
                "1",
                ERNA,
                (
                    *positions("29950 1.00 22.78 2.28", in_september(8)),
                    # What the price rose by, for one date.
                    *positions("21201 1.00 1.63 0.16", in_september(8)),
                ),
                bes("24.41 2.44 2.44"),
                uri=uri("2"),
                beleginformation="0",
                diagnosegruppe="EX",
                hausbesuch="1",
            ),
            case(
                "2",
                FRITZ,
                positions("20501 1.00 29.63", in_september(24)),
                bes("29.63"),
                uri=uri("4"),
                beleginformation="0",
                zuzahlungskennzeichen="1",
            ),
        ],
    ),
)
"""02: what was forgotten in two cases."""

ZUZAHLUNGSFORDERUNG: Final = _file(
    unb(PRAXIS, NOVEMBER, reference="00121"),
    *invoice(
        "03",
        rec("2026-1104:0", NOVEMBER),
        ["00 56.26 0.00 56.26", "11 30.72 0.00 30.72", "51 25.54 0.00 25.54"],
        [
            case(
                "1",
                LUIGI,
                LUIGIS_SIX,
                gzf("27.76 17.76 10.00"),
                uri=uri("1"),
                zuzahlungskennzeichen="2",
                therapiebericht="1",
            ),
            case(
                "2",
                ERNA,
                ERNAS_SERIES,
                gzf("25.54 15.54 10.00"),
                uri=uri("2"),
                beleginformation="0",
                zuzahlungskennzeichen="1",
                diagnosegruppe="EX",
            ),
            case(
                "3",
                FRITZ,
                (
                    *positions("20501 1.00 29.63", in_september(10)),
                    *positions("20501 1.00 29.63 2.96", in_september(17)),
                ),
                gzf("2.96 2.96"),
                uri=uri("4"),
                zuzahlungskennzeichen="5",
            ),
        ],
    ),
)
"""03: one insured refuses, one turned out to be exempt, one was no longer exempt on the second day."""

KORREKTURRECHNUNG: Final = _file(
    unb(PRAXIS, NOVEMBER, reference="00122"),
    *invoice(
        "04",
        rec("2026-1105:0", NOVEMBER),
        ["00 177.05 213.37 36.32", "11 145.02 177.78 32.76", "51 32.03 35.59 3.56"],
        [
            case(
                "1",
                LUIGI,
                LUIGIS_SIX,
                bes("177.78 27.76 17.76 10.00 5.00"),
                uri=uri("1"),
            ),
            case(
                "2",
                ERNA,
                positions("21201 1.00 35.59 3.56", in_september(10)),
                bes("35.59 3.56 3.56"),
                uri=uri("2"),
                diagnosegruppe="EX",
            ),
        ],
    ),
)
"""04: a case that was not paid at all, with the deduction of a contract, and one date of another case."""

WIEDERAUFNAHME: Final = _file(
    unb(PRAXIS, NOVEMBER, reference="00123"),
    *invoice(
        "10",
        rec("2026-1106:0", NOVEMBER),
        ["00 53.34 59.26 5.92", "11 53.34 59.26 5.92"],
        [
            case(
                "1",
                WANDA,
                positions("20501 1.00 29.63 2.96", [date(2026, 10, 26), date(2026, 10, 28)]),
                bes("59.26 5.92 5.92"),
                uri=uri("7"),
                verordnungsart="05",
            )
        ],
    ),
)
"""10: treatment goes on under a Blankoverordnung that has been billed."""


def bytes_of(datei: Nutzdaten) -> bytes:
    """Return the file as it is sent, in I1 and with CR LF."""
    return write(datei).encode("latin-1")


GOOD: Final[Mapping[str, bytes]] = {
    "01": bytes_of(SELBST),
    "01 Sammelrechnung": bytes_of(MIT_SAMMELRECHNUNG),
    "01 Rechnungsart 2": bytes_of(UEBER_DIENSTLEISTER),
    "01 Rechnungsart 3": bytes_of(MIT_INKASSO),
    "02": bytes_of(NACHFORDERUNG),
    "03": bytes_of(ZUZAHLUNGSFORDERUNG),
    "04": bytes_of(KORREKTURRECHNUNG),
    "10": bytes_of(WIEDERAUFNAHME),
}
"""The good files by what they are: Verarbeitungskennzeichen, and for 01 how it is billed."""
