"""A planned file becomes Nutzdaten: with the numbers, the time and the phase it is given, and its sums.

Nothing is drawn here, and equal arguments give equal files.

Source: TA1 V21, 5.2(6), 5.4, 5.5.1, 5.5.2, 5.5.3.1; house, no two invoices of a file share a number, SKO stands
in Gesamtrechnungen only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from zuzahlung.standards.days import german_time
from zuzahlung.standards.errors import InvalidCharacters, NumberError
from zuzahlung.standards.sgbv302 import messages, numbering, slga, slla
from zuzahlung.standards.sgbv302.files import (
    Abrechnungsfall,
    Einzelabrechnung,
    Gesamtaufstellung,
    Inhalt,
    Nutzdaten,
    UnknownVersion,
)
from zuzahlung.standards.sgbv302.formulas import Summen
from zuzahlung.standards.sgbv302.grouping import (
    MIT_INKASSO,
    Gesamtrechnung,
    Lieferung,
    Rechnung,
    Rechnungsschluessel,
)
from zuzahlung.standards.sgbv302.numbering import OHNE_SAMMELRECHNUNG, Dateiart, MonatVon
from zuzahlung.standards.sgbv302.service import UNB, Syntax, Zeitpunkt


def nutzdaten(
    lieferung: Lieferung,
    *,
    sammelnummern: Mapping[Rechnungsschluessel, str],
    datenaustauschreferenz: str,
    at: datetime,
    dateiart: Dateiart,
    version: str | None = None,
    monat_von: MonatVon = MonatVon.ERSTELLUNG,
) -> Nutzdaten:
    """Return the file, with the sums of its invoices.

    `sammelnummern` has a number for each invoice; those under a Sammelrechnung get 1, 2, 3 … as their second
    part. `at` is when the file is made, `version` that of TA1, or None for the newest in force then.
    Raises NumberError for numbers that may not stand there, ValueError for a missing one, and
    `files.UnknownVersion` for a version that is not in force or not held.
    """
    made_at = german_time(at)
    if not numbering.is_datenaustauschreferenz(datenaustauschreferenz):
        raise NumberError("Eine Datenaustauschreferenz hat fünf Ziffern und beginnt bei 00001.")
    return Nutzdaten(
        unb=UNB(
            syntax=Syntax(),
            absender=lieferung.absender.ik,
            empfaenger=lieferung.schluessel.empfaenger,
            zeitpunkt=Zeitpunkt(datum=made_at.date(), uhrzeit=f"{made_at:%H%M}"),
            datenaustauschreferenz=datenaustauschreferenz,
            leistungsbereich=messages.LEISTUNGSBEREICH,
            anwendungsreferenz=_dateiname(lieferung, made_at.date(), monat_von),
            testindikator=dateiart.value,
        ),
        version=_version(version, made_at.date()),
        nachrichten=tuple(_contents(lieferung, _checked(lieferung, sammelnummern))),
    )


def _version(asked: str | None, made_on: date) -> str:
    try:
        fassung = messages.fassung_on(made_on) if asked is None else messages.FASSUNGEN[asked]
    except LookupError:
        fassung = None
    if fassung is None or not fassung.is_in_force(made_on) or not fassung.nachrichten:
        raise UnknownVersion(
            "Für diesen Tag ist die gewünschte Fassung der Technischen Anlage nicht hinterlegt."
        )
    return fassung.nummer


def _dateiname(lieferung: Lieferung, made_on: date, monat_von: MonatVon) -> str:
    invoices = [one for rechnung in lieferung.rechnungen for one in rechnung.gesamtrechnungen]
    monat = numbering.abrechnungsmonat(
        monat_von,
        erstellt_am=made_on,
        rechnungsdaten=(one.rechnungsdatum for one in invoices),
        leistungsdaten=(
            position.ehe.leistungsdatum
            for one in invoices
            for fall in one.faelle
            for position in fall.positionen
        ),
    )
    name = numbering.logischer_dateiname(
        ik_absender=lieferung.absender.ik, absenderart=lieferung.absender.art, monat=monat
    )
    return str(name)


def _checked(lieferung: Lieferung, sammelnummern: Mapping[Rechnungsschluessel, str]) -> list[str]:
    """Return the numbers in the order of the invoices; none may be missing, malformed or given twice."""
    given = [sammelnummern.get(rechnung.schluessel) for rechnung in lieferung.rechnungen]
    numbers = [number for number in given if number is not None]
    if len(numbers) < len(given):
        raise ValueError("each invoice needs a number")
    for number in numbers:
        if numbering.parse_sammelnummer(number) != number:
            raise InvalidCharacters("Vor oder nach einer Rechnungsnummer steht ein Leerzeichen.")
    if (twice := numbering.repeated(numbers)) is not None:
        raise NumberError(f"Die Rechnungsnummer {twice} ist für zwei Rechnungen vorgesehen.")
    return numbers


def _contents(lieferung: Lieferung, nummern: Sequence[str]) -> Iterator[Inhalt]:
    for rechnung, nummer in zip(lieferung.rechnungen, nummern, strict=True):
        sums = [_sums(one.faelle) for one in rechnung.gesamtrechnungen]
        if rechnung.nam is not None:
            yield _sammelrechnung(lieferung, rechnung, nummer, rechnung.nam, sums)
        for place, (one, summen) in enumerate(zip(rechnung.gesamtrechnungen, sums, strict=True), start=1):
            einzelnummer = OHNE_SAMMELRECHNUNG if rechnung.nam is None else str(place)
            rec = _rec(lieferung, nummer, einzelnummer, one.rechnungsdatum)
            yield _gesamtaufstellung(lieferung, one, rec, summen)
            yield _einzelabrechnung(lieferung, one, rec)


def _sums(faelle: Iterable[Abrechnungsfall]) -> Summen:
    summen = Summen()
    for fall in faelle:
        summen.add(fall.inv.versichertenstatus, fall.summe)
    return summen


def _sammelrechnung(
    lieferung: Lieferung, rechnung: Rechnung, nummer: str, nam: slga.NAM, sums: Iterable[Summen]
) -> Gesamtaufstellung:
    schluessel, vkz = rechnung.schluessel, lieferung.schluessel.verarbeitungskennzeichen
    whole = Summen()
    for summen in sums:
        whole.include(summen)
    return Gesamtaufstellung(
        fkt=slga.FKT(
            verarbeitungskennzeichen=vkz,
            sammelrechnung="J",
            ik_rechnungssteller=schluessel.ik_rechnungssteller,
            ik_kostentraeger=schluessel.ik_kostentraeger,
            ik_absender=lieferung.absender.ik,
        ),
        rec=_rec(lieferung, nummer, OHNE_SAMMELRECHNUNG, schluessel.rechnungsdatum),
        ges=whole.rows(vkz),
        nam=nam,
    )


def _gesamtaufstellung(
    lieferung: Lieferung, one: Gesamtrechnung, rec: slga.REC, summen: Summen
) -> Gesamtaufstellung:
    vkz = lieferung.schluessel.verarbeitungskennzeichen
    return Gesamtaufstellung(
        fkt=slga.FKT(
            verarbeitungskennzeichen=vkz,
            ik_rechnungssteller=one.leistungserbringer.ik,
            ik_kostentraeger=one.ik_kostentraeger,
            ik_krankenkasse=one.ik_krankenkasse,
            ik_absender=lieferung.absender.ik,
        ),
        rec=rec,
        ust=one.leistungserbringer.ust,
        sko=one.sko,
        ges=summen.rows(vkz),
        nam=one.leistungserbringer.nam,
    )


def _einzelabrechnung(lieferung: Lieferung, one: Gesamtrechnung, rec: slga.REC) -> Einzelabrechnung:
    has_inkasso = lieferung.schluessel.rechnungsart == MIT_INKASSO
    return Einzelabrechnung(
        fkt=slla.FKT(
            verarbeitungskennzeichen=lieferung.schluessel.verarbeitungskennzeichen,
            ik_leistungserbringer=one.leistungserbringer.ik,
            ik_kostentraeger=one.ik_kostentraeger,
            ik_krankenkasse=one.ik_krankenkasse,
            ik_rechnungssteller=lieferung.absender.ik if has_inkasso else None,
        ),
        rec=rec,
        faelle=one.faelle,
    )


def _rec(lieferung: Lieferung, sammelnummer: str, einzelnummer: str, rechnungsdatum: date) -> slga.REC:
    return slga.REC(
        rechnungsnummer=slga.Rechnungsnummer(sammelnummer=sammelnummer, einzelnummer=einzelnummer),
        rechnungsdatum=rechnungsdatum,
        rechnungsart=lieferung.schluessel.rechnungsart,
    )
