"""Prüfstufe 3 of a case: what its Verarbeitungskennzeichen asks for, above all in the correction procedure.

Source: TA1 V21, 5.5.3.1 URI; TA1 V21, 5.5.3.3 BES, GZF; TA1 V21, 7.1, 7.3, 7.4; TA3 V21, 8.1.18; UE, 4, 8, 11, 25;
house, an invoice is the own one if IK and number are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zuzahlung.standards.keys.verarbeitung import (
    ABRECHNUNG,
    KORREKTURRECHNUNG,
    WIEDERAUFNAHME,
    ZUZAHLUNGSFORDERUNG,
)
from zuzahlung.standards.keys.verordnung import HEILMITTELBEREICH, PHYSIOTHERAPIE, VERORDNUNGSART
from zuzahlung.standards.keys.zuzahlung import ZUZAHLUNG
from zuzahlung.standards.sgbv302.checks.facts import BLANKOVERORDNUNG, IS_IK, Facts
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error, warning
from zuzahlung.standards.sgbv302.checks.seen import At
from zuzahlung.standards.sgbv302.slla import BES, GZF, URI

_URI = "TA1 V21, 7.3"

URI_MISSING = error(
    "uri.missing",
    3,
    "Zu diesem Fall fehlt die ursprüngliche Rechnung (URI). Jede Rechnung mit einem anderen "
    "Verarbeitungskennzeichen als 01 nennt sie.",
    "VKZ is not 01, so a URI stands between INV and NAD.",
    _URI,
)
URI_SURPLUS = error(
    "uri.in-first-invoice",
    3,
    "Eine erste Abrechnung (Verarbeitungskennzeichen 01) nennt keine ursprüngliche Rechnung.",
    "URI may stand only where VKZ is not 01.",
    _URI,
)
OWN_INVOICE = error(
    "uri.own-invoice",
    3,
    "Als ursprüngliche Rechnung ist diese Rechnung selbst genannt.",
    "URI.1 and URI.2 are FKT.3 and REC.1 of this message.",
    _URI,
)
URI_LATER = warning(
    "uri.after-invoice",
    3,
    "Die ursprüngliche Rechnung ist später datiert als diese Rechnung.",
    "URI.3 is after REC.2.",
    "TA1 V21, 6.3",
)
URI_IK = warning(
    "uri.ik-check-digit",
    3,
    "Die Prüfziffer des ursprünglichen Institutionskennzeichens passt nicht.",
    "The check digit of URI.1 does not fit; TA1 asks for none.",
    "Anh1, 4.2",
)
BES_IN_CLAIM = error(
    "bes.in-claim",
    3,
    "Eine Zuzahlungsforderung (Verarbeitungskennzeichen 03) endet mit GZF, nicht mit BES.",
    "VKZ 03 ends each case with GZF.",
    "TA1 V21, 5.5.3.3 GZF",
)
GZF_OUTSIDE = error(
    "gzf.outside-claim",
    3,
    "GZF steht nur in einer Zuzahlungsforderung (Verarbeitungskennzeichen 03). Sonst endet ein Fall mit BES.",
    "GZF belongs to VKZ 03; any other VKZ ends each case with BES.",
    "TA1 V21, 5.5.3.3 BES",
)
DEDUCTION = error(
    "bes.deduction-outside-correction",
    3,
    "Einen pauschalen Korrekturabzug gibt es nur in einer Korrekturrechnung (Verarbeitungskennzeichen 04).",
    "BES.5 may be filled in VKZ 04 only.",
    "TA1 V21, 5.5.3.3 BES",
)
KEY_OF_CLAIM = error(
    "zhe.key-of-claim",
    3,
    "In einer Zuzahlungsforderung ist das Zuzahlungskennzeichen 1, 2 oder 5, angegeben ist {key}.",
    "In VKZ 03, ZHE.4 is 1, 2 or 5.",
    "TA1 V21, 7.4.2",
)
KEY_TWO = warning(
    "zhe.key-2-outside-claim",
    3,
    "Das Zuzahlungskennzeichen 2 gehört in eine Zuzahlungsforderung (Verarbeitungskennzeichen 03).",
    "ZHE.4 is 2 outside VKZ 03, where all claims for Zuzahlungen belong.",
    "UE, 8",
)
RESUMED_AREA = error(
    "zhe.resumed-bereich",
    3,
    "Eine Wiederaufnahme (Verarbeitungskennzeichen 10) gibt es nur in der Physiotherapie.",
    "In VKZ 10, ZHE.16 is 1.",
    "TA1 V21, 7.1",
)
RESUMED_KIND = error(
    "zhe.resumed-verordnungsart",
    3,
    "Eine Wiederaufnahme (Verarbeitungskennzeichen 10) gibt es nur zu einer Blankoverordnung (Verordnungsart 05).",
    "In VKZ 10, ZHE.6 is 05.",
    "TA1 V21, 7.4.4",
)
NO_VOUCHER = warning(
    "inv.voucher-expected",
    3,
    "Zu diesem Fall ist ein Urbeleg vorgeschrieben, die Beleginformation sagt aber, dass keiner kommt.",
    "INV.3 is 0, but a voucher is due in VKZ 04, in VKZ 10, and in VKZ 03 with ZHE.4 = 2.",
    "UE, 4, 11, 25",
)
ELECTRONIC = warning(
    "inv.voucher-electronic",
    3,
    "Belege elektronisch zu übermitteln (Beleginformation 2) ist erst vorgesehen, wenn alle Kassen so arbeiten.",
    "INV.3 is 2, which TA3 keeps for later.",
    "TA3 V21, 8.1.18",
)

_KEYS_OF_CLAIM: Final = frozenset({"1", "2", "5"})
_REFUSED: Final = "2"


def of_case(facts: Facts) -> Iterator[FileFinding]:
    """Yield where a case does not fit its Verarbeitungskennzeichen, if that is known."""
    vkz, case = facts.vkz, facts.case
    if case.inv is not None and case.inv.row.beleginformation in _VOUCHERS:
        yield from _of_voucher(facts, case.inv)
    if not vkz:
        return
    if case.uri is not None or vkz != ABRECHNUNG:
        yield from _of_original(facts)
    if case.summe is not None:
        yield from _of_sums(vkz, case.summe)
    if case.zhe is not None:
        yield from _of_prescription(vkz, case.zhe)


# 1, by post, is always right.
_VOUCHERS: Final = frozenset({"0", "2"})


def _of_voucher(facts: Facts, at: At) -> Iterator[FileFinding]:
    if at.row.beleginformation == "2":
        if facts.once(ELECTRONIC.id):
            yield ELECTRONIC.broken_at(at.piece, "3")
        return
    vkz, zhe = facts.vkz, facts.zhe
    is_refused = zhe is not None and zhe.zuzahlungskennzeichen == _REFUSED
    if vkz in {KORREKTURRECHNUNG, WIEDERAUFNAHME} or (vkz == ZUZAHLUNGSFORDERUNG and is_refused):
        yield NO_VOUCHER.broken_at(at.piece, "3")


def _of_original(facts: Facts) -> Iterator[FileFinding]:
    case = facts.case
    if case.uri is None:
        # Where a segment could not be read, it may have been the URI.
        if case.is_whole and case.inv is not None:
            yield URI_MISSING.broken_at(case.inv.piece)
    elif facts.vkz == ABRECHNUNG:
        yield URI_SURPLUS.broken_at(case.uri.piece)
    else:
        yield from _of_uri(facts, case.uri)


def _of_uri(facts: Facts, at: At) -> Iterator[FileFinding]:
    uri: URI = at.row
    fkt, rec = facts.message.fkt, facts.message.rec
    if rec is not None and fkt is not None:
        own = (fkt.row.ik_leistungserbringer, rec.row.rechnungsnummer)
        if own == (uri.ik_leistungserbringer, uri.rechnungsnummer):
            yield OWN_INVOICE.broken_at(at.piece, "2")
        elif uri.rechnungsdatum > rec.row.rechnungsdatum:
            yield URI_LATER.broken_at(at.piece, "3")
    if not IS_IK[uri.ik_leistungserbringer]:
        yield URI_IK.broken_at(at.piece, "1")


def _of_sums(vkz: str, at: At) -> Iterator[FileFinding]:
    summe: BES | GZF = at.row
    if isinstance(summe, GZF):
        if vkz != ZUZAHLUNGSFORDERUNG:
            yield GZF_OUTSIDE.broken_at(at.piece)
    elif vkz == ZUZAHLUNGSFORDERUNG:
        yield BES_IN_CLAIM.broken_at(at.piece)
    elif summe.korrekturabzug and vkz != KORREKTURRECHNUNG:
        yield DEDUCTION.broken_at(at.piece, "5")


def _of_prescription(vkz: str, at: At) -> Iterator[FileFinding]:
    key = at.row.zuzahlungskennzeichen
    if key in ZUZAHLUNG.codes:
        if vkz == ZUZAHLUNGSFORDERUNG:
            if key not in _KEYS_OF_CLAIM:
                yield KEY_OF_CLAIM.broken_at(at.piece, "4", key=key)
        elif key == _REFUSED:
            yield KEY_TWO.broken_at(at.piece, "4")
    if vkz == WIEDERAUFNAHME:
        art, bereich = at.row.verordnungsart, at.row.heilmittelbereich
        if art in VERORDNUNGSART.codes and art != BLANKOVERORDNUNG:
            yield RESUMED_KIND.broken_at(at.piece, "6")
        if bereich in HEILMITTELBEREICH.codes and bereich != PHYSIOTHERAPIE:
            yield RESUMED_AREA.broken_at(at.piece, "16")
