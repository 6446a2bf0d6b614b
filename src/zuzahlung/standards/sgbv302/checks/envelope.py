"""Prüfstufe 1: whether this is a file at all, and whether its head and end segments say what is in it.

Source: TA1 V21, 5.4; TA1 V21, 5.5.1; TA1 V21, 6.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from zuzahlung.standards.days import format_day
from zuzahlung.standards.errors import NumberError
from zuzahlung.standards.keys.leistungserbringer import SAMMELGRUPPE
from zuzahlung.standards.numbers import ik
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error, note, warning
from zuzahlung.standards.sgbv302.checks.seen import At, File, Message
from zuzahlung.standards.sgbv302.messages import FASSUNGEN, LEISTUNGSBEREICH
from zuzahlung.standards.sgbv302.numbering import (
    MOST_MESSAGES,
    MOST_SEGMENTS,
    is_datenaustauschreferenz,
    parse_logischer_dateiname,
)
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ

_ENVELOPE = "TA1 V21, 5.4"
_VERSIONS = "TA1 V21, 5.5.1"

EMPTY = error("file.empty", 1, "Die Datei ist leer.", "The file has no segment.", "TA1 V21, 6.1")
NO_PAYLOAD = error(
    "file.no-payload",
    1,
    "Das ist keine Abrechnungsdatei: Sie beginnt nicht mit UNB.",
    "The first segment is not UNB, so this is no Nutzdatendatei.",
    "TA1 V21, 6.1",
)
OTHER_SEPARATORS = error(
    "file.other-separators",
    1,
    "Die Datei nennt am Anfang (UNA) andere Trennzeichen als : + , ? und '. So ist sie hier nicht lesbar.",
    "UNA names other service characters than those of TA1.",
    "TA1 V21, 5.1",
)
BROKEN = error(
    "file.broken",
    1,
    "{text}",
    "{detail}",
    "TA1 V21, 6.1",
)
UNREADABLE = frozenset({EMPTY.id, NO_PAYLOAD.id, OTHER_SEPARATORS.id})
"""Rules whose breach means that this is no file that could be checked at all."""

SECOND_UNB = error(
    "unb.second",
    1,
    "Ein zweites UNB steht in der Datei. Eine Datei hat genau einen Kopf.",
    "UNB occurs once, as the first segment.",
    _ENVELOPE,
)
NO_UNZ = error(
    "unz.missing",
    1,
    "Am Ende der Datei fehlt UNZ. Die Datei ist wohl nicht vollständig.",
    "The file ends without UNZ.",
    _ENVELOPE,
)
AFTER_UNZ = error(
    "unz.not-last",
    1,
    "Nach dem Ende der Datei (UNZ) steht noch etwas.",
    "A segment follows UNZ.",
    _ENVELOPE,
)
NO_MESSAGE = error(
    "file.no-message", 1, "Die Datei enthält keine Nachricht.", "No UNH in the file.", _ENVELOPE
)
OUTSIDE = error(
    "segment.outside",
    1,
    "Dieses Segment steht außerhalb einer Nachricht.",
    "A segment stands between UNT and UNH, or before the first UNH.",
    _ENVELOPE,
)
NO_UNT = error(
    "unt.missing",
    1,
    "Der Nachricht, die hier beginnt, fehlt das Ende (UNT).",
    "UNH, UNZ or the end of the file comes before the UNT of this message.",
    _ENVELOPE,
)
NO_UNH = error(
    "unh.missing",
    1,
    "Hier endet eine Nachricht (UNT), die nicht begonnen hat.",
    "UNT without UNH.",
    _ENVELOPE,
)
SYNTAX = error(
    "unb.syntax",
    1,
    "Die Datei nennt einen anderen Zeichensatz als UNOC:3.",
    "S001 is always UNOC:3.",
    "TA1 V21, 5.1",
)
IK_FORM = error(
    "unb.ik",
    1,
    "Als {who} steht hier kein Institutionskennzeichen (neun Ziffern).",
    "Sender and recipient are IKs of nine digits.",
    _ENVELOPE,
)
IK_CHECK = warning(
    "unb.ik-check-digit",
    1,
    "Die Prüfziffer des Institutionskennzeichens ({who}) passt nicht.",
    "The check digit of the IK does not fit; TA1 asks for none.",
    "Anh1, 4.2",
)
REFERENCE = error(
    "unb.reference",
    1,
    "Die Datenaustauschreferenz hat fünf Ziffern, von 00001 bis 99999.",
    "0020 is a running number of five digits, 00001 to 99999.",
    _ENVELOPE,
)
TIME = error("unb.time", 1, "Die Uhrzeit der Datei gibt es nicht.", "0019 is HHMM, 0000 to 2359.", _ENVELOPE)
OTHER_AREA = error(
    "unb.area",
    1,
    "Die Datei ist für den Leistungsbereich {area}. Geprüft werden hier nur Heilmittel (B).",
    "S005 is not B; the SLLA of other areas is not checked here.",
    "TA3 V21, 8.1.14",
)
FILE_NAME = error(
    "unb.file-name",
    1,
    "Der logische Dateiname „{name}“ passt nicht: SL, sechs Ziffern aus dem IK des Absenders, S oder A, Monat.",
    "0026 is SL + digits 3-8 of the sender's IK + S or A + month.",
    "Anh1, 4.2",
)
NUMBERING = error(
    "unh.number",
    1,
    "Die Nachrichten sind nicht lückenlos nummeriert: Hier müsste {expected} stehen.",
    "0062 runs 00001, 00002 ... inside of the file; expected {expected}.",
    _ENVELOPE,
)
TOO_MANY_MESSAGES = error(
    "unh.too-many",
    1,
    "Hier beginnt die 100.000. Nachricht. Mehr als 99.999 lassen sich nicht nummerieren, die Datei ist zu teilen.",
    "0062 has five digits, so a file holds 99,999 messages at most.",
    _ENVELOPE,
)
KIND = error(
    "unh.kind",
    1,
    "Die Nachricht {kind} gibt es in einer Abrechnungsdatei nicht.",
    "S009 names SLGA or SLLA, with release and organisation 0.",
    _ENVELOPE,
)
UNKNOWN_VERSION = error(
    "version.unknown",
    1,
    "Die Fassung „{version}“ der Technischen Anlage gibt es nicht.",
    "No version {version} of TA1 is known.",
    _VERSIONS,
)
NOT_IN_FORCE = error(
    "version.not-in-force",
    1,
    "Die Fassung {version} der Technischen Anlage galt am {day}, dem Tag der Datei, nicht. Es galt {expected}.",
    "Version {version} was not in force on the day of UNB; in force: {among}.",
    _VERSIONS,
)
MIXED_VERSIONS = error(
    "version.mixed",
    1,
    "Die Datei mischt Fassungen der Technischen Anlage.",
    "All messages of a file follow the same version.",
    "TA1 V21, 5.2(6)",
)
NOT_HELD = note(
    "version.not-held",
    2,
    "Die Tabellen der Fassung {version} sind hier nicht hinterlegt. Der Inhalt dieser Nachricht ist ungeprüft.",
    "The tables of version {version} are not held, so Stufen 2 and 3 of this message were not checked.",
    _VERSIONS,
)
UNT_COUNT = error(
    "unt.count",
    1,
    "Die Nachricht hat {actual} Segmente, angegeben sind {given}.",
    "0074 counts the segments of the message with UNH and UNT: {actual}, given {given}.",
    _ENVELOPE,
)
TOO_MANY_SEGMENTS = error(
    "unt.too-many",
    1,
    "Die Nachricht hat {actual} Segmente. Mehr als 999.999 lassen sich nicht zählen, die Rechnung ist zu teilen.",
    "0074 has six digits, so a message holds 999,999 segments at most.",
    _ENVELOPE,
)
UNT_REFERENCE = error(
    "unt.reference",
    1,
    "Das Ende gehört zu einer anderen Nachricht: Es nennt {given}, begonnen hat {expected}.",
    "0062 of UNT differs from UNH.",
    _ENVELOPE,
)
UNZ_COUNT = error(
    "unz.count",
    1,
    "Die Datei hat {actual} Nachrichten, angegeben sind {given}.",
    "0036 counts the messages of the file: {actual}, given {given}.",
    _ENVELOPE,
)
UNZ_REFERENCE = error(
    "unz.reference",
    1,
    "Die Datenaustauschreferenz am Ende ({given}) ist eine andere als am Anfang ({expected}).",
    "0020 of UNZ differs from UNB.",
    _ENVELOPE,
)


OLD_PRESCRIPTIONS_ONLY = note(
    "version.old-prescriptions-only",
    1,
    "Die Fassung {version} durfte am {day} nur noch für Verordnungen bis {last} verwendet werden.",
    "Version {version} was usable on the day of UNB for prescriptions up to {last} only.",
    "TA1 V21, Deckblatt",
)
UNCHECKED = frozenset({NOT_HELD.id, OTHER_AREA.id})
"""Rules whose breach means that what stands in the messages was not checked, so that no finding means nothing."""


def of_unb(at: At) -> Iterator[FileFinding]:
    """Yield what is wrong with the head of the file."""
    piece, unb = at.piece, at.row
    assert isinstance(unb, UNB)  # noqa: S101 - for the type checker.
    if (unb.syntax.kennung, unb.syntax.version) != ("UNOC", "3"):
        yield SYNTAX.broken_at(piece, "1")
    yield from _of_ik(at, "2", "Absender", unb.absender)
    yield from _of_ik(at, "3", "Empfänger", unb.empfaenger)
    if unb.zeitpunkt.uhrzeit[:2] > "23" or unb.zeitpunkt.uhrzeit[2:] > "59":
        yield TIME.broken_at(piece, "4.2")
    if not is_datenaustauschreferenz(unb.datenaustauschreferenz):
        yield REFERENCE.broken_at(piece, "5")
    if unb.leistungsbereich in SAMMELGRUPPE and unb.leistungsbereich != LEISTUNGSBEREICH:
        yield OTHER_AREA.broken_at(piece, "6", area=unb.leistungsbereich)
    if not _is_file_name(unb.anwendungsreferenz, unb.absender):
        yield FILE_NAME.broken_at(piece, "7", name=unb.anwendungsreferenz)


def _of_ik(at: At, place: str, who: str, number: str) -> Iterator[FileFinding]:
    if not (len(number) == 9 and number.isascii() and number.isdigit()):
        yield IK_FORM.broken_at(at.piece, place, who=who)
    elif not ik.is_valid(number):
        yield IK_CHECK.broken_at(at.piece, place, who=who)


def _is_file_name(name: str, sender: str) -> bool:
    """Say whether the name is one of this sender; whose IK is wrong is not held against the name too."""
    try:
        found = parse_logischer_dateiname(name)
    except NumberError:
        return False
    return found.is_of(sender) or not ik.is_valid(sender)


def is_of_other_area(typ: str, file: File) -> bool:
    """Say whether a message is an SLLA of another Leistungsbereich, whose tables are not held."""
    area = LEISTUNGSBEREICH if file.unb is None else file.unb.row.leistungsbereich
    return typ == "SLLA" and area in SAMMELGRUPPE and area != LEISTUNGSBEREICH


def of_unh(at: At, file: File) -> Iterator[FileFinding]:
    """Yield what is wrong with the head of a message, `file.messages` counting it already."""
    piece, unh = at.piece, at.row
    assert isinstance(unh, UNH)  # noqa: S101 - for the type checker.
    if file.messages == MOST_MESSAGES + 1:
        yield TOO_MANY_MESSAGES.broken_at(piece, "1")
    elif file.messages <= MOST_MESSAGES:
        yield from _of_number(at, file)
    kennung = unh.nachrichtenkennung
    if kennung.typ not in {"SLGA", "SLLA"} or (kennung.freigabe, kennung.organisation) != ("0", "0"):
        yield KIND.broken_at(
            piece, "2", kind=f"{kennung.typ}:{kennung.version}:{kennung.freigabe}:{kennung.organisation}"
        )
    yield from _of_version(at, file)


def _of_number(at: At, file: File) -> Iterator[FileFinding]:
    """Yield that a message has not the number of its place; after a gap it is the next one that follows."""
    given, last = at.row.nachrichtenreferenznummer, file.last_reference
    expected = f"{file.messages:05}"
    follows = len(last) == 5 and last.isascii() and last.isdigit() and given == f"{int(last) + 1:05}"
    if given != expected and not follows:
        yield NUMBERING.broken_at(at.piece, "1", expected=expected)
    file.last_reference = given


def _of_version(at: At, file: File) -> Iterator[FileFinding]:
    """Yield what is wrong with the version, once for each version that the file names."""
    version = at.row.nachrichtenkennung.version
    if version in file.versions:
        return
    file.versions.add(version)
    fassung = FASSUNGEN.get(version)
    if fassung is None:
        yield UNKNOWN_VERSION.broken_at(at.piece, "2.2", version=version)
        return
    is_in_force = file.unb is None or fassung.is_in_force(file.unb.row.zeitpunkt.datum)
    if file.has_right_version:
        yield MIXED_VERSIONS.broken_at(at.piece, "2.2")
    elif file.unb is not None:
        day = file.unb.row.zeitpunkt.datum
        if fassung.is_for_old_prescriptions(day):
            yield OLD_PRESCRIPTIONS_ONLY.broken_at(
                at.piece,
                "2.2",
                version=version,
                day=format_day(day),
                last=format_day(fassung.gueltig_bis or day),
            )
        elif not is_in_force:
            in_force = [other.nummer for other in FASSUNGEN.values() if other.is_in_force(day)]
            yield NOT_IN_FORCE.broken_at(
                at.piece,
                "2.2",
                version=version,
                day=format_day(day),
                expected=" oder ".join(in_force) or "keine",
                among=", ".join(in_force) or "none",
            )
    file.has_right_version = file.has_right_version or is_in_force
    if not fassung.nachrichten:
        yield NOT_HELD.broken_at(at.piece, "2.2", version=version)


def of_unt(at: At, message: Message, file: File, segments: int) -> Iterator[FileFinding]:
    """Yield what is wrong with the end of the last message, of so many segments with UNH and UNT."""
    piece, unt = at.piece, at.row
    assert isinstance(unt, UNT)  # noqa: S101 - for the type checker.
    if segments > MOST_SEGMENTS:
        yield TOO_MANY_SEGMENTS.broken_at(piece, "1", actual=segments)
    elif unt.anzahl_einheiten != segments:
        yield UNT_COUNT.broken_at(piece, "1", actual=segments, given=unt.anzahl_einheiten)
    if message.unh is not None:
        expected = message.unh.row.nachrichtenreferenznummer
        # Where the number of UNH itself is wrong, the end may have the right one.
        if unt.nachrichtenreferenznummer not in {expected, f"{file.messages:05}"}:
            yield UNT_REFERENCE.broken_at(piece, "2", given=unt.nachrichtenreferenznummer, expected=expected)


def of_unz(at: At, file: File) -> Iterator[FileFinding]:
    """Yield what is wrong with the end of the file."""
    piece, unz = at.piece, at.row
    assert isinstance(unz, UNZ)  # noqa: S101 - for the type checker.
    if unz.anzahl_nachrichten != file.messages:
        yield UNZ_COUNT.broken_at(piece, "1", actual=file.messages, given=unz.anzahl_nachrichten)
    if file.unb is not None:
        expected = file.unb.row.datenaustauschreferenz
        if unz.datenaustauschreferenz != expected and is_datenaustauschreferenz(expected):
            yield UNZ_REFERENCE.broken_at(piece, "2", given=unz.datenaustauschreferenz, expected=expected)
