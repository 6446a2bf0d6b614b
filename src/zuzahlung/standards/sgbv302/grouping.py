"""From single cases to planned files: which case belongs into which invoice, and which invoice into which file.

One Nutzdatendatei is for one Datenannahmestelle, Kassenart, Verarbeitungskennzeichen and Rechnungsart;
Heilmittel is the only Leistungsbereich here, and the version of TA1 is one for the whole file. In it stands
one Gesamtrechnung (SLGA and SLLA) for each Leistungserbringer, Kostenträger, Krankenkasse and day of invoice:

| Rechnungsart | who sends                      | order in the file                                            |
|--------------|--------------------------------|--------------------------------------------------------------|
| 1            | the Leistungserbringer         | Kostenträger, [Sammelrechnung], Krankenkassen                |
| 2            | whoever makes the file         | Leistungserbringer, then as in 1                             |
| 3            | Abrechnungsstelle that is paid | Kostenträger, Sammelrechnung, Leistungserbringer, K'kassen   |

The cases of an invoice stay in the order in which they are given, which is that of their vouchers. In which
order cases of different invoices come does not matter. `building` makes the files, once they have numbers.

Source: TA1 V21, 3(1), 5.2, 5.3, 5.5.2, 5.5.3.1, 7.2, 7.3; RL, §§ 4, 6, 7(1); house, a Sammelrechnung has the
invoices of one day, and what becomes of more cases than can be counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate, groupby, pairwise
from typing import Final, NamedTuple

from zuzahlung.standards.errors import MalformedInput
from zuzahlung.standards.keys.abrechnung import RECHNUNGSART
from zuzahlung.standards.keys.verarbeitung import (
    ABRECHNUNG,
    KORREKTURRECHNUNG,
    NACHFORDERUNG,
    WIEDERAUFNAHME,
    ZUZAHLUNGSFORDERUNG,
)
from zuzahlung.standards.sgbv302 import numbering, slga
from zuzahlung.standards.sgbv302.files import Abrechnungsfall, Position
from zuzahlung.standards.sgbv302.numbering import MOST_MESSAGES, MOST_SEGMENTS, Absenderart
from zuzahlung.standards.sgbv302.slla import GZF

SELBST: Final = "1"
UEBER_DIENSTLEISTER: Final = "2"
MIT_INKASSO: Final = "3"

REIHENFOLGE: Final = (
    ABRECHNUNG,
    WIEDERAUFNAHME,
    NACHFORDERUNG,
    KORREKTURRECHNUNG,
    ZUZAHLUNGSFORDERUNG,
)
"""The Verarbeitungskennzeichen so that none comes before one that its cases may refer to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leistungserbringer:
    """Who rendered the services: the IK that is paid (but in Rechnungsart 3), and what an invoice says of it."""

    ik: str
    nam: slga.NAM
    ust: slga.UST | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Absender:
    """Who makes the file: the IK of its certificate; `nam` heads the Sammelrechnungen of Rechnungsart 3."""

    ik: str
    art: Absenderart
    nam: slga.NAM | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Auftrag:
    """One case to be billed: by whom, to whom, and how.

    `empfaenger` is the IK of the Datenannahmestelle that may decrypt, `kassenart` its two letters; both are
    found in the Kostenträgerdatei. `ik_krankenkasse` is that of the card. What else an invoice says (`sko`,
    the names and tax number of the Leistungserbringer) has to be the same in all its cases.
    """

    leistungserbringer: Leistungserbringer
    empfaenger: str
    kassenart: str
    ik_kostentraeger: str
    ik_krankenkasse: str
    verarbeitungskennzeichen: str
    rechnungsart: str
    rechnungsdatum: date
    sko: Sequence[slga.SKO] = ()
    fall: Abrechnungsfall


class Dateischluessel(NamedTuple):
    """What all cases of a file have in common."""

    empfaenger: str
    kassenart: str
    verarbeitungskennzeichen: str
    rechnungsart: str


class Rechnungsschluessel(NamedTuple):
    """What tells an invoice with a number of its own from all others of one grouping.

    `ik_krankenkasse` is None for a Sammelrechnung; `teil` counts from 1 where an invoice had to be split.
    """

    datei: Dateischluessel
    ik_rechnungssteller: str
    ik_kostentraeger: str
    ik_krankenkasse: str | None
    rechnungsdatum: date
    teil: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Gesamtrechnung:
    """The cases of one Leistungserbringer, Krankenkasse and day: one SLGA and one SLLA."""

    leistungserbringer: Leistungserbringer
    ik_kostentraeger: str
    ik_krankenkasse: str
    rechnungsdatum: date
    sko: Sequence[slga.SKO]
    teil: int
    faelle: Sequence[Abrechnungsfall]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rechnung:
    """What gets one Sammel-Rechnungsnummer: a Gesamtrechnung alone, or a Sammelrechnung and those under it.

    `nam` heads the Sammelrechnung, and is None where there is none.
    """

    schluessel: Rechnungsschluessel
    nam: slga.NAM | None
    gesamtrechnungen: Sequence[Gesamtrechnung]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lieferung:
    """A planned file: its invoices in order. Each needs a number, by its `schluessel`."""

    schluessel: Dateischluessel
    absender: Absender
    rechnungen: Sequence[Rechnung]


class NotGroupable(MalformedInput):
    """Cases cannot become a file as they are."""

    phrase = "these cases make no file"


class WrongRechnungsart(NotGroupable):
    """The Rechnungsart does not fit who sends the file and who is paid; `proposal` is the one that would."""

    phrase = "this Rechnungsart does not fit the sender"

    def __init__(self, text: str, *, proposal: str) -> None:
        super().__init__(text)
        self.proposal = proposal


class UnfitCase(NotGroupable):
    """A case lacks what its Verarbeitungskennzeichen asks for, or has what it does not allow."""

    phrase = "the case does not fit its Verarbeitungskennzeichen"


class Disagreement(NotGroupable):
    """Cases of one invoice say different things about what stands in it once."""

    phrase = "cases of one invoice disagree"


class RepeatedBelegnummer(NotGroupable):
    """Two cases of one invoice have the same Belegnummer."""

    phrase = "a Belegnummer comes twice"


class TooLarge(NotGroupable):
    """There are more cases than an invoice or a file can count: of the first ones `fitting` would fit."""

    phrase = "more cases than can be counted"

    def __init__(self, text: str, *, fitting: int) -> None:
        super().__init__(text)
        self.fitting = fitting


def lieferungen(
    auftraege: Iterable[Auftrag],
    *,
    absender: Absender,
    with_sammelrechnung: bool = False,
    may_split: bool = False,
) -> tuple[Lieferung, ...]:
    """Return the files these cases make; of those to one receiver, corrections follow what they may correct.

    `with_sammelrechnung` puts a Sammelrechnung above the invoices to each Kostenträger; in Rechnungsart 3 it
    stands there always. `may_split` makes several invoices of one that has more segments than can be counted.
    Raises a NotGroupable that says why cases make no file.
    """
    by_file: dict[Dateischluessel, dict[_Order, list[Auftrag]]] = {}
    for auftrag in auftraege:
        _refuse_unfit(auftrag, absender)
        by_invoice = by_file.setdefault(_file_of(auftrag), {})
        by_invoice.setdefault(_order_of(auftrag), []).append(auftrag)
    planned = []
    for datei in sorted(by_file, key=_order_of_files):
        whole = (_gesamtrechnung(by_file[datei][order]) for order in sorted(by_file[datei]))
        parts = [part for one in whole for part in (_split_evenly(one) if may_split else (_countable(one),))]
        is_gathered = with_sammelrechnung or datei.rechnungsart == MIT_INKASSO
        rechnungen = tuple((_gathered if is_gathered else _alone)(datei, absender, parts))
        _refuse_too_many_messages(rechnungen)
        planned.append(Lieferung(schluessel=datei, absender=absender, rechnungen=rechnungen))
    return tuple(planned)


# n..4,2 and n..10,2 of TA1 5.1(8), in the narrower of two readings.
_LARGEST_QUANTITY = Decimal("99.99")
_TOO_LARGE_AMOUNT = Decimal(100_000_000)

_Order = tuple[str, str, date, str, str]


def _file_of(auftrag: Auftrag) -> Dateischluessel:
    return Dateischluessel(
        auftrag.empfaenger, auftrag.kassenart, auftrag.verarbeitungskennzeichen, auftrag.rechnungsart
    )


def _order_of_files(datei: Dateischluessel) -> tuple[str, int, Dateischluessel]:
    return datei.empfaenger, REIHENFOLGE.index(datei.verarbeitungskennzeichen), datei


def _order_of(auftrag: Auftrag) -> _Order:
    """Return what invoices are sorted by; the first three values are those of their Sammelrechnung."""
    leistungserbringer, kostentraeger = auftrag.leistungserbringer.ik, auftrag.ik_kostentraeger
    if auftrag.rechnungsart == MIT_INKASSO:
        return "", kostentraeger, auftrag.rechnungsdatum, leistungserbringer, auftrag.ik_krankenkasse
    return leistungserbringer, kostentraeger, auftrag.rechnungsdatum, "", auftrag.ik_krankenkasse


def _refuse_unfit(auftrag: Auftrag, absender: Absender) -> None:
    vkz, fall = auftrag.verarbeitungskennzeichen, auftrag.fall
    _refuse_rechnungsart(auftrag, absender)
    if vkz not in REIHENFOLGE:
        raise UnfitCase(f"Das Verarbeitungskennzeichen „{vkz}“ gibt es für Heilmittel nicht.")
    which = f"Der Fall mit der Belegnummer {fall.inv.belegnummer} (Verarbeitungskennzeichen {vkz})"
    if isinstance(fall.summe, GZF) != (vkz == ZUZAHLUNGSFORDERUNG):
        raise UnfitCase(f"{which} braucht als Summe {'GZF' if vkz == ZUZAHLUNGSFORDERUNG else 'BES'}.")
    if fall.uri is None and vkz != ABRECHNUNG:
        raise UnfitCase(f"{which} muss die ursprüngliche Rechnung nennen (URI).")
    if fall.uri is not None and vkz == ABRECHNUNG:
        raise UnfitCase(f"{which} darf keine ursprüngliche Rechnung nennen (URI).")
    if any(_is_read_in_two_ways(position) for position in fall.positionen):
        raise UnfitCase(
            f"{which} hat eine Menge über 99,99 oder einen Betrag ab 100.000.000 €. "
            "Wie so große Werte zu schreiben sind, lässt die Technische Anlage offen."
        )


def _is_read_in_two_ways(position: Position) -> bool:
    """Say whether n..p,q would be kept in one reading only: p digits in all, or p before the comma."""
    ehe = position.ehe
    return ehe.anzahl > _LARGEST_QUANTITY or ehe.einzelbetrag >= _TOO_LARGE_AMOUNT


def _refuse_rechnungsart(auftrag: Auftrag, absender: Absender) -> None:
    if auftrag.rechnungsart not in RECHNUNGSART:
        raise UnfitCase(f"Die Rechnungsart „{auftrag.rechnungsart}“ gibt es nicht.")
    if auftrag.rechnungsart == SELBST and auftrag.leistungserbringer.ik != absender.ik:
        raise WrongRechnungsart(
            "Das IK, auf das gezahlt wird, ist nicht das IK des Zertifikats. "
            "Dafür ist die Rechnungsart 1 nicht erlaubt, bitte nehmen Sie die Rechnungsart 2.",
            proposal=UEBER_DIENSTLEISTER,
        )
    if auftrag.rechnungsart == MIT_INKASSO and absender.art is not Absenderart.ABRECHNUNGSSTELLE:
        raise WrongRechnungsart(
            "Mit der Rechnungsart 3 rechnet nur eine Abrechnungsstelle mit Inkassovollmacht ab.",
            proposal=SELBST if auftrag.leistungserbringer.ik == absender.ik else UEBER_DIENSTLEISTER,
        )
    if auftrag.rechnungsart == MIT_INKASSO and absender.nam is None:
        raise ValueError("the Abrechnungsstelle needs a name for its Sammelrechnungen")


def _gesamtrechnung(auftraege: Sequence[Auftrag]) -> Gesamtrechnung:
    first = auftraege[0]
    for auftrag in auftraege:
        if auftrag.leistungserbringer != first.leistungserbringer or tuple(auftrag.sko) != tuple(first.sko):
            raise Disagreement(
                f"Die Fälle für die Krankenkasse {first.ik_krankenkasse} nennen verschiedene Namen, "
                "Steuernummern oder Skonti. In einer Rechnung steht davon nur eines."
            )
    faelle = tuple(auftrag.fall for auftrag in auftraege)
    if (twice := numbering.repeated(fall.inv.belegnummer for fall in faelle)) is not None:
        raise RepeatedBelegnummer(
            f"Die Belegnummer {twice} kommt in der Rechnung für die Krankenkasse {first.ik_krankenkasse} "
            "mehrmals vor."
        )
    return Gesamtrechnung(
        leistungserbringer=first.leistungserbringer,
        ik_kostentraeger=first.ik_kostentraeger,
        ik_krankenkasse=first.ik_krankenkasse,
        rechnungsdatum=first.rechnungsdatum,
        sko=tuple(first.sko),
        teil=1,
        faelle=faelle,
    )


def _alone(
    datei: Dateischluessel, absender: Absender, gesamtrechnungen: Iterable[Gesamtrechnung]
) -> Iterator[Rechnung]:
    for one in gesamtrechnungen:
        ik = one.leistungserbringer.ik
        schluessel = Rechnungsschluessel(
            datei, ik, one.ik_kostentraeger, one.ik_krankenkasse, one.rechnungsdatum, one.teil
        )
        yield Rechnung(schluessel=schluessel, nam=None, gesamtrechnungen=(one,))


def _gathered(
    datei: Dateischluessel, absender: Absender, gesamtrechnungen: Iterable[Gesamtrechnung]
) -> Iterator[Rechnung]:
    """Yield a Sammelrechnung for each Kostenträger, one of its own for each Leistungserbringer who is paid."""
    has_inkasso = datei.rechnungsart == MIT_INKASSO

    def above(one: Gesamtrechnung) -> Rechnungsschluessel:
        ik = absender.ik if has_inkasso else one.leistungserbringer.ik
        return Rechnungsschluessel(datei, ik, one.ik_kostentraeger, None, one.rechnungsdatum, 1)

    for schluessel, run in groupby(gesamtrechnungen, above):
        under = tuple(run)
        nam = absender.nam if has_inkasso else under[0].leistungserbringer.nam
        if not has_inkasso and any(one.leistungserbringer.nam != nam for one in under):
            raise Disagreement(
                f"Die Rechnungen an den Kostenträger {schluessel.ik_kostentraeger} nennen verschiedene Namen. "
                "Über ihnen steht eine Sammelrechnung mit nur einem."
            )
        yield Rechnung(schluessel=schluessel, nam=nam, gesamtrechnungen=under)


def _countable(gesamtrechnung: Gesamtrechnung) -> Gesamtrechnung:
    """Return the invoice if its SLLA can count its segments."""
    sums = _running_counts(gesamtrechnung)
    if sums[-1] <= _ROOM:
        return gesamtrechnung
    fitting = sum(1 for count in sums if count <= _ROOM)
    raise TooLarge(
        f"Die Rechnung für die Krankenkasse {gesamtrechnung.ik_krankenkasse} hat {len(sums)} Fälle, das sind "
        f"mehr Segmente, als eine Nachricht zählen kann ({MOST_SEGMENTS}). Es passen nur {fitting} Fälle hinein.",
        fitting=fitting,
    )


def _split_evenly(gesamtrechnung: Gesamtrechnung) -> tuple[Gesamtrechnung, ...]:
    """Return the invoice as few parts of nearly equal numbers of cases, each of which can be counted.

    The documents ask for one invoice of a day, and say nothing of one that is too large: so this is only
    done where it is asked for. Raises TooLarge for a single case that fills more than a message.
    """
    sums = [0, *_running_counts(gesamtrechnung)]
    cases = len(gesamtrechnung.faelle)
    if any(after - before > _ROOM for before, after in pairwise(sums)):
        raise TooLarge("Ein Fall hat mehr Segmente, als eine Nachricht zählen kann.", fitting=0)
    parts = -(-sums[-1] // _ROOM)
    while True:
        cuts = [cases * n // parts for n in range(parts + 1)]
        if all(sums[end] - sums[start] <= _ROOM for start, end in pairwise(cuts)):
            break
        parts += 1
    return tuple(
        replace(gesamtrechnung, teil=teil, faelle=gesamtrechnung.faelle[start:end])
        for teil, (start, end) in enumerate(pairwise(cuts), start=1)
    )


# UNH, FKT, REC and UNT are in every SLLA.
_ROOM: Final = MOST_SEGMENTS - 4


def _running_counts(gesamtrechnung: Gesamtrechnung) -> list[int]:
    return list(accumulate(map(_segments_in, gesamtrechnung.faelle)))


def _segments_in(fall: Abrechnungsfall) -> int:
    optional = (fall.uri, fall.img, fall.evo, fall.skz)
    texts = sum((one.txt is not None) + (one.mws is not None) for one in fall.positionen)
    # INV, NAD, ZHE and the sum are in every case.
    return 8 - optional.count(None) + len(fall.positionen) + texts + len(fall.diagnosen)


def _refuse_too_many_messages(rechnungen: Sequence[Rechnung]) -> None:
    needed = sum((one.nam is not None) + 2 * len(one.gesamtrechnungen) for one in rechnungen)
    if needed <= MOST_MESSAGES:
        return
    fitting = room = 0
    for rechnung in rechnungen:
        room += rechnung.nam is not None
        for gesamtrechnung in rechnung.gesamtrechnungen:
            room += 2
            fitting += len(gesamtrechnung.faelle) if room <= MOST_MESSAGES else 0
    raise TooLarge(
        f"Die Datei hätte {needed} Nachrichten, zählen kann sie {MOST_MESSAGES}. "
        f"Es passen nur die ersten {fitting} Fälle hinein.",
        fitting=fitting,
    )
