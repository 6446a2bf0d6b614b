"""Whose invoice it is, to whom, with which number: FKT and REC of an SLGA and its SLLA, and whether they agree.

Where SLGA and SLLA say different things, the one that another part of the file confirms is taken to be right;
what they disagree in is left out of all other comparisons.

Source: TA1 V21, 5.5.2 FKT, REC; TA1 V21, 5.5.3.1 FKT, REC; house, which of two is named as wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from operator import attrgetter
from typing import Any, Final, NamedTuple

from zuzahlung.standards.days import format_day
from zuzahlung.standards.keys.abrechnung import RECHNUNGSART
from zuzahlung.standards.keys.verarbeitung import VERARBEITUNGSKENNZEICHEN
from zuzahlung.standards.numbers import ik
from zuzahlung.standards.sgbv302.checks.rules import FileFinding, error
from zuzahlung.standards.sgbv302.checks.seen import At, Message
from zuzahlung.standards.sgbv302.numbering import is_einzelnummer, is_sammelnummer

OTHER_FUNCTION = error(
    "fkt.differs",
    3,
    "{label}: Die SLGA nennt {slga}, die SLLA {slla}. Beide müssen gleich sein.",
    "FKT of SLGA and of its SLLA say different things: {slga}, {slla}.",
    "TA1 V21, 5.5.3.1 FKT",
)
OTHER_RECORD = error(
    "rec.differs",
    3,
    "{label}: Die SLGA nennt {slga}, die SLLA {slla}. Beide müssen gleich sein.",
    "REC of SLGA and of its SLLA say different things: {slga}, {slla}.",
    "TA1 V21, 5.5.3.1 REC",
)
OTHER_INVOICE = error(
    "slla.other-invoice",
    3,
    "Diese SLLA gehört zu einer anderen Rechnung als die SLGA davor. Nach jeder SLGA folgt ihre eigene SLLA.",
    "FKT and REC of this SLLA name another invoice than the SLGA before it.",
    "TA1 V21, 5.3",
)


class Heading(NamedTuple):
    """What FKT and REC say, each None where it could not be read or SLGA and SLLA disagree.

    `fkt` and `rec` are where a finding about them belongs. In a Sammelrechnung `ik_krankenkasse` is None.
    """

    fkt: At | None = None
    rec: At | None = None
    vkz: str | None = None
    ik_rechnungssteller: str | None = None
    ik_kostentraeger: str | None = None
    ik_krankenkasse: str | None = None
    sammelnummer: str | None = None
    einzelnummer: str | None = None
    rechnungsdatum: date | None = None
    rechnungsart: str | None = None


class _Shared(NamedTuple):
    """A field that SLGA and SLLA have in common."""

    name: str
    tag: str
    place: str
    label: str
    of_slga: Callable[[Any], Any]
    of_slla: Callable[[Any], Any]
    codes: AbstractSet[str] | None
    is_fit: Callable[[str], bool] | None


def _shared(
    name: str,
    where: str,
    label: str,
    path: str,
    *,
    in_slla: str = "",
    codes: AbstractSet[str] | None = None,
    is_fit: Callable[[str], bool] | None = None,
) -> _Shared:
    tag, place = where.split()
    return _Shared(name, tag, place, label, attrgetter(path), attrgetter(in_slla or path), codes, is_fit)


_SHARED: Final = (
    _shared(
        "vkz",
        "fkt 1",
        "Verarbeitungskennzeichen",
        "verarbeitungskennzeichen",
        codes=VERARBEITUNGSKENNZEICHEN.codes,
    ),
    _shared(
        "ik_rechnungssteller",
        "fkt 3",
        "IK Leistungserbringer",
        "ik_rechnungssteller",
        in_slla="ik_leistungserbringer",
        is_fit=ik.is_valid,
    ),
    _shared("ik_kostentraeger", "fkt 4", "IK Kostenträger", "ik_kostentraeger", is_fit=ik.is_valid),
    _shared("ik_krankenkasse", "fkt 5", "IK Krankenkasse", "ik_krankenkasse", is_fit=ik.is_valid),
    _shared(
        "sammelnummer",
        "rec 1.1",
        "Sammel-Rechnungsnummer",
        "rechnungsnummer.sammelnummer",
        is_fit=is_sammelnummer,
    ),
    _shared(
        "einzelnummer",
        "rec 1.2",
        "Einzel-Rechnungsnummer",
        "rechnungsnummer.einzelnummer",
        is_fit=is_einzelnummer,
    ),
    _shared("rechnungsdatum", "rec 2", "Rechnungsdatum", "rechnungsdatum"),
    _shared("rechnungsart", "rec 3", "Rechnungsart", "rechnungsart", codes=RECHNUNGSART.codes),
)

_PARTIES: Final = frozenset({"ik_rechnungssteller", "ik_kostentraeger", "ik_krankenkasse"})
_NUMBER: Final = frozenset({"sammelnummer", "einzelnummer"})


def heading_of(slga: Message | None, slla: Message | None) -> Heading:
    """Return what an SLGA and its SLLA agree in; either may be missing."""
    values: dict[str, Any] = {}
    for shared in _SHARED:
        ours, its = _in_slga(shared, slga), _in_slla(shared, slla)
        values[shared.name] = its if ours is None else ours if its is None or ours == its else None
    messages = [message for message in (slga, slla) if message is not None]
    return Heading(
        fkt=next((message.fkt for message in messages if message.fkt), None),
        rec=next((message.rec for message in messages if message.rec), None),
        **values,
    )


def differences(slga: Message, slla: Message) -> AbstractSet[str]:
    """Return the names of what SLGA and SLLA disagree in."""
    return {
        shared.name
        for shared in _SHARED
        if (ours := _in_slga(shared, slga)) is not None
        and (its := _in_slla(shared, slla)) is not None
        and ours != its
    }


def is_other_invoice(names: AbstractSet[str]) -> bool:
    """Say whether so much differs that the SLLA belongs elsewhere: a slip changes one thing."""
    return len(names & _PARTIES) + bool(names & _NUMBER) > 1


def _in_slga(shared: _Shared, slga: Message | None) -> Any:
    return _in(slga, shared, shared.of_slga)


def _in_slla(shared: _Shared, slla: Message | None) -> Any:
    return _in(slla, shared, shared.of_slla)


def _in(message: Message | None, shared: _Shared, get: Callable[[Any], Any]) -> Any:
    """Return what a message says in a field; a code that no table has says nothing, which was told already."""
    at = None if message is None else getattr(message, shared.tag)
    value = None if at is None else get(at.row)
    return None if shared.codes is not None and value not in shared.codes else value


def of_differences(
    slga: Message, slla: Message, names: AbstractSet[str], confirmed: Mapping[str, object]
) -> Iterator[FileFinding]:
    """Yield each difference, at the SLLA unless the SLGA is the odd one.

    It is where the SLLA is `confirmed` by another part of the file, or has the form the SLGA lacks.
    """
    if is_other_invoice(names):
        yield OTHER_INVOICE.broken_at(slla.first)
        return
    for shared in _SHARED:
        if shared.name not in names or (shared.name == "einzelnummer" and "sammelnummer" in names):
            continue
        ours, its = _in_slga(shared, slga), _in_slla(shared, slla)
        is_slga = confirmed.get(shared.name) == its or _is_fitter(shared, its, than=ours)
        wrong = slga if is_slga else slla
        rule = OTHER_FUNCTION if shared.tag == "fkt" else OTHER_RECORD
        at: At = getattr(wrong, shared.tag)
        yield rule.broken_at(
            at.piece, shared.place, label=shared.label, slga=_shown(ours), slla=_shown(its)
        )  # fmt: skip


def _is_fitter(shared: _Shared, value: str, *, than: str) -> bool:
    return shared.is_fit is not None and shared.is_fit(value) and not shared.is_fit(than)


def _shown(value: object) -> str:
    return format_day(value) if isinstance(value, date) else str(value)
