"""The letters with credentials: Initialkennwort and Prüfnummer, never both in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from zuzahlung.delivery.letterhead import Fund, letterhead
from zuzahlung.delivery.pdf import render
from zuzahlung.standards.days import format_day, german_day
from zuzahlung.standards.numbers import ik
from zuzahlung.vault import codes
from zuzahlung.vault.codes import Kind


class Occasion(StrEnum):
    """Why a letter is written; each has its own words."""

    REGISTRATION = "registration"
    REPLACEMENT = "replacement"
    RECOVERY = "recovery"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """What both letters need: to whom, about whom, and what happened.

    `address` are the lines of the window, the name first; `reference` is our sign, which the institution
    names when it objects; `requested_on` is the day of the registration or, at recovery, of the recovery.
    """

    ik: ik.IK
    address: tuple[str, ...]
    reference: str
    occasion: Occasion
    requested_on: date
    portal_url: str
    fund: Fund


def initialkennwort_pdf(letter: Letter, *, code: str, valid_until: date, now: datetime) -> bytes:
    """The first letter; `code` is the bare Initialkennwort, `valid_until` the last day it can be used."""
    if letter.occasion is Occasion.RECOVERY:
        raise ValueError("a recovery needs no Initialkennwort")
    return _pdf(
        "initialkennwort",
        letter,
        now,
        title=_TITLES["initialkennwort", letter.occasion],
        code=codes.format(code, codes.INITIALKENNWORT),
        spelled=spelled(code, codes.INITIALKENNWORT),
        valid_until=format_day(valid_until),
    )


def pruefnummer_pdf(
    letter: Letter,
    *,
    code: str,
    now: datetime,
    first_sign_in: bool,
    initialkennwort_until: date | None = None,
) -> bytes:
    """The second letter; `code` is the bare Prüfnummer.

    `first_sign_in` says that the first sign-in lies ahead: then the letter leads through it, and
    `initialkennwort_until` (if known) is the last day on which it is possible.
    """
    return _pdf(
        "pruefnummer",
        letter,
        now,
        title=_TITLES["pruefnummer", letter.occasion],
        code=codes.format(code, codes.PRUEFNUMMER),
        spelled=spelled(code, codes.PRUEFNUMMER),
        first_sign_in=first_sign_in,
        valid_until=None if initialkennwort_until is None else format_day(initialkennwort_until),
    )


def _pdf(template: str, letter: Letter, now: datetime, **own: Any) -> bytes:
    fund = letter.fund
    data = {
        "fund": letterhead(fund),
        "address": list(letter.address),
        "about": [
            ["Ihr Zeichen", f"IK {ik.format(letter.ik)}"],
            ["Unser Zeichen", letter.reference],
            ["Telefon", fund.telephone],
            ["E-Mail", fund.email],
            ["Datum", format_day(german_day(now))],
        ],
        "ik": ik.format(letter.ik),
        "occasion": letter.occasion.value,
        "requested_on": format_day(letter.requested_on),
        "portal_url": letter.portal_url,
        **own,
    }
    return render(f"/accounts/typst/{template}.typ", data, created_at=now)


def spelled(code: str, kind: Kind) -> list[tuple[str, str]]:
    """Each group of a code with its words for reading aloud: letters by their city (DIN 5009), digits as digits."""
    groups = codes.format(code, kind).split("-")
    return [(group, ", ".join(_CITIES.get(character, character) for character in group)) for group in groups]


_TITLES: Mapping[tuple[str, Occasion], str] = MappingProxyType(
    {
        ("initialkennwort", Occasion.REGISTRATION): "Ihr Initialkennwort für das Serviceportal",
        ("initialkennwort", Occasion.REPLACEMENT): "Ihr neues Initialkennwort für das Serviceportal",
        ("pruefnummer", Occasion.REGISTRATION): "Ihre Prüfnummer für das Serviceportal",
        ("pruefnummer", Occasion.REPLACEMENT): "Ihre neue Prüfnummer für das Serviceportal",
        ("pruefnummer", Occasion.RECOVERY): "Ihre neue Prüfnummer für das Serviceportal",
    }
)

# The German spelling alphabet of cities, without the letters that our codes do not have.
_CITIES: Mapping[str, str] = MappingProxyType(
    {
        "A": "Aachen",
        "B": "Berlin",
        "C": "Chemnitz",
        "D": "Düsseldorf",
        "E": "Essen",
        "F": "Frankfurt",
        "G": "Goslar",
        "H": "Hamburg",
        "J": "Jena",
        "K": "Köln",
        "M": "München",
        "N": "Nürnberg",
        "P": "Potsdam",
        "Q": "Quickborn",
        "R": "Rostock",
        "S": "Salzwedel",
        "T": "Tübingen",
        "U": "Unna",
        "V": "Völklingen",
        "W": "Wuppertal",
        "X": "Xanten",
        "Y": "Ypsilon",
        "Z": "Zwickau",
    }
)
