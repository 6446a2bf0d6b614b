"""Whole good files, drawn at random and put together as the house does it: cases, grouping, building.

Positions and prices are those of the contracts, amounts follow the formulas, keys are drawn from their tables
as far as they go together. What comes out breaks no rule of severity error; it may well be odd enough for a
warning (a quantity of 99.99, treatments weeks apart).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from zuzahlung.standards.keys import preise
from zuzahlung.standards.money import ZERO
from zuzahlung.standards.sgbv302 import building, formulas, grouping, slga, slla
from zuzahlung.standards.sgbv302.files import Abrechnungsfall, Position, write
from zuzahlung.standards.sgbv302.numbering import Absenderart, Dateiart

INVOICED_ON: Final = date(2026, 10, 5)
FIRST_DAY: Final = date(2026, 8, 3)
PROVIDERS: Final = ("440301798", "461100877", "260326822")
SERVICE: Final = "590301867"
FUNDS: Final = ("109990018", "109990029", "105266989")
KVNRS: Final = (
    "A123456780", "T555558879", "M123456785", "K543219876", "X110465770", "K220635158", "Z123456783",
    "B234567895", "C345678908", "D456789013", "F678901231", None,
)  # fmt: skip
STATUSES: Final = ("10000", "30001", "5000M", "50009", "90000", None)
QUANTITIES: Final = ("1.00", "1.00", "2.00", "0.50", "3.25", "99.99")


class Area(NamedTuple):
    """A Heilmittel-Bereich: group, positions (the first bears a Zuzahlung), and what ZHE and DIA say."""

    bereich: str
    legs: str
    numbers: Sequence[str]
    groups: Sequence[str]
    diagnoses: Sequence[str]


AREAS: Final = (
    Area("1", "2200501", ("20501", "21201", "21501", "20401", "29701", "22001"), ("WS", "EX"), ("M54.5",)),
    Area("2", "7100501", ("78010", "78030", "78100", "78530"), ("DF", "QF"), ("E11.74",)),
    Area("3", "2300501", ("33103", "33011", "33220", "33302"), ("SP1", "ST4"), ("F80.1", "R47.0")),
    Area("4", "2600501", ("54102", "54105", "54209", "59701"), ("EN1", "SB2", "PS4"), ("I63.9", "F32.1")),
)
PHYSIO: Final = AREAS[0]


class Case(NamedTuple):
    """What is to be billed, before it is known as which case of which invoice."""

    positionen: tuple[Position, ...]
    key: str
    pauschal: Decimal | None
    is_child: bool
    area: Area


@st.composite
def cases(draw: st.DrawFn, vkz: str) -> Case:
    """Draw positions of some days with the Zuzahlungen that a key makes due."""
    area = draw(st.sampled_from([PHYSIO] if vkz == "10" else AREAS))
    first = area.numbers[0], 0
    more = draw(
        st.lists(st.tuples(st.sampled_from(area.numbers), st.integers(0, 40)), max_size=5, unique=True)
    )
    key = draw(st.sampled_from(["1", "2", "5"] if vkz == "03" else ["0", "1", "3", "3", "4", "5"]))
    change = draw(st.integers(0, 40))
    positionen = [
        _position(area, number, day, draw(st.sampled_from(QUANTITIES)), is_due=_is_due(vkz, key, day, change))
        for number, day in [first, *(one for one in more if one != first)]
    ]
    if vkz == "03" and not formulas.percent(positionen):
        positionen[0] = _position(area, *first, "1.00", is_due=True)
    if vkz == "01" and area.bereich == "4" and draw(st.booleans()):
        positionen.append(_splint(INVOICED_ON - timedelta(days=draw(st.integers(0, 20)))))
    pauschal = None
    if vkz == "04" or (vkz != "01" and draw(st.booleans())) or key in {"4", "5"}:
        pauschal = draw(st.sampled_from([ZERO, _highest(positionen)]))
    return Case(tuple(positionen), key, pauschal, is_child=key == "0", area=area)


def _is_due(vkz: str, key: str, day: int, change: int) -> bool:
    if vkz == "03":
        return key == "2" or day >= change
    return key == "3" or (key == "4" and day < change) or (key == "5" and day >= change)


def _position(area: Area, number: str, after: int, quantity: str, *, is_due: bool) -> Position:
    day = FIRST_DAY + timedelta(days=after)
    preis = preise.find(area.legs, number, day)
    assert preis is not None
    assert preis.preis is not None
    return Position(
        ehe=slla.EHE(
            leistungserbringergruppe=slla.Leistungserbringergruppe(
                abrechnungscode=area.legs[:2], tarifkennzeichen=area.legs[2:]
            ),
            positionsnummer=number,
            anzahl=Decimal(quantity),
            einzelbetrag=preis.preis,
            leistungsdatum=day,
            zuzahlung=preis.zuzahlung if is_due else None,
        )
    )


def _splint(day: date) -> Position:
    """Return a work by an approved estimate, with a net price."""
    ehe = slla.EHE(
        leistungserbringergruppe=slla.Leistungserbringergruppe(
            abrechnungscode="26", tarifkennzeichen="00099"
        ),
        positionsnummer="54406",
        anzahl=Decimal("1.00"),
        einzelbetrag=Decimal("412.35"),
        leistungsdatum=day,
    )
    return Position(ehe=ehe, txt=slla.TXT(text="Lagerungsschiene"), mws=formulas.vat(ehe, Decimal("7.00")))


def _highest(positionen: Sequence[Position]) -> Decimal:
    percent = formulas.percent(positionen)
    if not percent:
        return ZERO
    return formulas.highest_flat(formulas.gross(positionen), percent, first_day=FIRST_DAY)


@st.composite
def _fall(draw: st.DrawFn, vkz: str, belegnummer: str) -> Abrechnungsfall:
    case = draw(cases(vkz))
    kvnr, status = draw(st.sampled_from(KVNRS)), draw(st.sampled_from(STATUSES))
    has_address = kvnr is None or status is None or draw(st.booleans())
    summe: slla.BES | slla.GZF
    if vkz == "03":
        summe = formulas.gzf(case.positionen, pauschal=case.pauschal)
    else:
        summe = formulas.bes(
            case.positionen,
            vkz=vkz,
            pauschal=case.pauschal,
            korrekturabzug=draw(st.sampled_from([None, Decimal("0.50")])) if vkz == "04" else None,
        )
    return Abrechnungsfall(
        inv=slla.INV(
            versichertennummer=kvnr,
            versichertenstatus=status,
            beleginformation=draw(st.sampled_from(["0", "1", None])),
            belegnummer=belegnummer,
        ),
        uri=None if vkz == "01" else _uri(draw(st.integers(1, 9999))),
        nad=slla.NAD(
            nachname=draw(st.sampled_from(["D'Angelo", "Müller-Lüdenscheidt", "Ng", "O?Neill: + Söhne"])),
            vorname=draw(st.sampled_from(["Kim", "Élodie", "Hans Peter"])),
            geburtsdatum="20160229" if case.is_child else draw(st.sampled_from(["19500101", "19880400"])),
            strasse="Beispielweg 7" if has_address else None,
            plz="01067" if has_address else None,
            wohnort="Dresden" if has_address else None,
        ),
        img=draw(st.none() | st.just(_IMG)),
        evo=draw(st.none() | st.just(slla.EVO(evo_id="160.123.456.789.012.34"))),
        positionen=case.positionen,
        zhe=draw(_zhe(vkz, case)),
        diagnosen=tuple(
            slla.DIA(diagnoseschluessel=code) for code in draw(st.permutations(case.area.diagnoses))
        )
        if draw(st.booleans())
        else (slla.DIA(diagnosetext="Zustand nach Sturz"),),
        skz=draw(st.none() | st.just(_SKZ)),
        summe=summe,
    )


_IMG: Final = slla.IMG(abrechnungsjahr="2026", abrechnungsmonat="10", ik_image_stelle=SERVICE)
_SKZ: Final = slla.SKZ(genehmigungskennzeichen="G-1", datum=date(2026, 7, 1), art="B2")


def _uri(number: int) -> slla.URI:
    return slla.URI(
        ik_leistungserbringer=PROVIDERS[number % 3],
        rechnungsnummer=slga.Rechnungsnummer(sammelnummer=f"ALT/{number}", einzelnummer=str(number % 2)),
        rechnungsdatum=date(2026, 9, 1),
        belegnummer=str(number),
    )


@st.composite
def _zhe(draw: st.DrawFn, vkz: str, case: Case) -> slla.ZHE:
    symptoms = draw(st.sampled_from(["1000", "0110", "0001", "1111", "0000", "9999"]))
    has_text = symptoms[3] == "1" or symptoms == "0000" or draw(st.booleans())
    return slla.ZHE(
        betriebsstaettennummer=draw(st.sampled_from(["720178400", "999999999", "1"])),
        arztnummer=draw(st.sampled_from(["906716934", "999999999", "4711"])),
        verordnungsdatum=FIRST_DAY - timedelta(days=draw(st.integers(0, 28))),
        zuzahlungskennzeichen=case.key,
        diagnosegruppe=draw(st.sampled_from([*case.area.groups, "9999"])),
        verordnungsart="05" if vkz == "10" else draw(st.sampled_from(["03", "04", "05", "99"])),
        verordnungsbesonderheiten=draw(st.sampled_from([None, "1", "2", "4", "7", "9"])),
        unfallkennzeichen=draw(st.sampled_from([None, "1", "2", "3"])),
        bvg_ser=draw(st.sampled_from([None, "6"])),
        therapiebericht=draw(st.sampled_from([None, "1"])),
        hausbesuch=draw(st.sampled_from([None, "1"])),
        leitsymptomatik=symptoms,
        patientenindividuelle_leitsymptomatik="kann den Arm nicht heben" if has_text else None,
        dringlicher_behandlungsbedarf=draw(st.sampled_from(["0", "1"])),
        heilmittelbereich=draw(st.sampled_from([case.area.bereich, None])) if vkz != "10" else "1",
        therapiefrequenz="0" if case.area.bereich == "2" else draw(st.sampled_from("0123")),
    )


@st.composite
def files(draw: st.DrawFn, vkz: str | None = None) -> bytes:
    """Draw a good file: one to three practices, one to three funds, some cases for each of both."""
    vkz = vkz or draw(st.sampled_from(["01", "01", "02", "03", "04", "10"]))
    art = draw(st.sampled_from(["1", "2", "3"]))
    providers = PROVIDERS[: 1 if art == "1" else draw(st.integers(1, 2))]
    funds = FUNDS[: draw(st.integers(1, 3))]
    payer_of = dict(zip(funds, draw(st.permutations((funds[0], funds[0], funds[-1]))), strict=False))
    sko = draw(st.sampled_from([(), (slga.SKO(prozent=Decimal("2.00"), zahlungsziel=14),)]))
    auftraege = [
        grouping.Auftrag(
            leistungserbringer=_provider(provider),
            empfaenger="660999007",
            kassenart="EK",
            ik_kostentraeger=payer_of[fund],
            ik_krankenkasse=fund,
            verarbeitungskennzeichen=vkz,
            rechnungsart=art,
            rechnungsdatum=INVOICED_ON,
            sko=sko,
            fall=draw(_fall(vkz, str(number))),
        )
        for provider in providers
        for fund in funds
        for number in range(1, draw(st.integers(1, 3)) + 1)
    ]
    (lieferung,) = grouping.lieferungen(
        auftraege,
        absender=grouping.Absender(
            ik=PROVIDERS[0] if art == "1" else SERVICE,
            art=Absenderart.SELBSTABRECHNER if art == "1" else Absenderart.ABRECHNUNGSSTELLE,
            nam=slga.NAM(name="Abrechnungsstelle"),
        ),
        with_sammelrechnung=draw(st.booleans()) if art == "1" else art == "3",
    )
    return write(_built(lieferung, draw(st.sampled_from(Dateiart)))).encode("latin-1")


def _built(lieferung: grouping.Lieferung, dateiart: Dateiart) -> Any:
    return building.nutzdaten(
        lieferung,
        sammelnummern={
            rechnung.schluessel: f"2026-{number}" for number, rechnung in enumerate(lieferung.rechnungen)
        },
        datenaustauschreferenz="00042",
        at=datetime(2026, 10, 5, 8, 40, tzinfo=UTC),
        dateiart=dateiart,
    )


def _provider(ik: str) -> grouping.Leistungserbringer:
    return grouping.Leistungserbringer(
        ik=ik,
        nam=slga.NAM(name="Therapie Mustermann"),
        ust=slga.UST(steuernummer="DE123456789", befreiung="J"),
    )
