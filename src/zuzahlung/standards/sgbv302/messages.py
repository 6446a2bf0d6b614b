"""Which segments a message has, and which may follow which: SLGA and SLLA:B, version by version.

A new version of TA1 is a new row in `FASSUNGEN`. Versions whose tables are not held stand there with their
window and without tables, so that they can be named and are never guessed.

Source: TA1 V21, 5.5.1; TA1 V21, 5.5.2; TA1 V21, 5.5.3.1; TA1 V21, 5.5.3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from zuzahlung.standards.edifact.tables import Segment
from zuzahlung.standards.sgbv302 import slga, slla

LEISTUNGSBEREICH: Final = "B"
"""Heilmittel: the only Sammelgruppe whose SLLA is held here."""

BEGINN: Final = "UNH"
ENDE: Final = "UNT"


@dataclass(frozen=True, kw_only=True, slots=True)
class Nachricht:
    """A message: its segments by tag, what may follow each, and how often one may stand in a row.

    `folgen` begins with what follows UNH; a message may end where UNT is among the followers.
    """

    typ: str
    segmente: Mapping[str, type[Segment]]
    folgen: Mapping[str, AbstractSet[str]]
    hoechstens: Mapping[str, int]
    mindestens: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fassung:
    """A version of TA1: valid for files made (UNB) from `gueltig_ab` to `gueltig_bis`, None while it is open.

    `nachrichten` is empty for a version whose tables are not held. Until `alte_verordnungen_bis` it could
    still be used for prescriptions issued while it was valid.
    """

    nummer: str
    gueltig_ab: date
    gueltig_bis: date | None
    nachrichten: Mapping[str, Nachricht]
    alte_verordnungen_bis: date | None = None

    def is_in_force(self, day: date) -> bool:
        """Say whether a file made on this day may follow this version."""
        return self.gueltig_ab <= day and (self.gueltig_bis is None or day <= self.gueltig_bis)

    def is_for_old_prescriptions(self, day: date) -> bool:
        """Say whether a file made on this day may follow this version for old prescriptions only."""
        last = self.alte_verordnungen_bis
        return last is not None and self.gueltig_ab <= day <= last and not self.is_in_force(day)


def _followers(**tags: str) -> Mapping[str, AbstractSet[str]]:
    return MappingProxyType({tag: frozenset(text.split()) for tag, text in tags.items()})


def _by_tag(*segments: type[Segment]) -> Mapping[str, type[Segment]]:
    return MappingProxyType({segment.__name__: segment for segment in segments})


SLGA_21: Final = Nachricht(
    typ="SLGA",
    segmente=_by_tag(slga.FKT, slga.REC, slga.UST, slga.SKO, slga.GES, slga.NAM),
    folgen=_followers(
        UNH="FKT",
        FKT="REC",
        REC="UST SKO GES",
        UST="SKO GES",
        SKO="SKO GES",
        GES="GES NAM",
        NAM="UNT",
    ),
    hoechstens=MappingProxyType({"SKO": 9, "GES": 9}),
    mindestens=MappingProxyType({"GES": 2}),
)

SLLA_B_21: Final = Nachricht(
    typ="SLLA",
    segmente=_by_tag(
        slla.FKT, slga.REC, slla.INV, slla.URI, slla.NAD, slla.IMG, slla.EVO, slla.EHE, slla.TXT,
        slla.MWS, slla.ZHE, slla.DIA, slla.SKZ, slla.BES, slla.GZF,
    ),
    folgen=_followers(
        UNH="FKT",
        FKT="REC",
        REC="INV",
        INV="URI NAD",
        URI="NAD",
        NAD="IMG EVO EHE",
        IMG="EVO EHE",
        EVO="EHE",
        EHE="TXT MWS EHE ZHE",
        TXT="MWS EHE ZHE",
        MWS="EHE ZHE",
        ZHE="DIA",
        DIA="DIA SKZ BES GZF",
        SKZ="BES GZF",
        BES="INV UNT",
        GZF="INV UNT",
    ),
    hoechstens=MappingProxyType({}),
    mindestens=MappingProxyType({}),
)  # fmt: skip

_V21: Final = MappingProxyType({"SLGA": SLGA_21, "SLLA": SLLA_B_21})
_NOT_HELD: Final[Mapping[str, Nachricht]] = MappingProxyType({})


def _fassung(
    nummer: str,
    ab: date,
    bis: date | None,
    nachrichten: Mapping[str, Nachricht],
    alte_verordnungen_bis: date | None = None,
) -> Fassung:
    return Fassung(
        nummer=nummer,
        gueltig_ab=ab,
        gueltig_bis=bis,
        nachrichten=nachrichten,
        alte_verordnungen_bis=alte_verordnungen_bis,
    )


FASSUNGEN: Final[Mapping[str, Fassung]] = MappingProxyType(
    {
        fassung.nummer: fassung
        for fassung in (
            _fassung("12", date(2019, 7, 1), date(2020, 3, 31), _NOT_HELD),
            # The cover of TA1 V21: for Heilmittel with a prescription up to 31.12.2020 V13 stayed usable.
            _fassung("13", date(2020, 1, 1), date(2020, 12, 31), _NOT_HELD, date(2025, 12, 31)),
            _fassung("14", date(2020, 10, 1), date(2021, 9, 30), _NOT_HELD),
            _fassung("15", date(2021, 7, 1), date(2022, 3, 30), _NOT_HELD),
            _fassung("16", date(2022, 1, 1), date(2022, 12, 31), _NOT_HELD),
            _fassung("17", date(2023, 1, 1), date(2023, 9, 30), _NOT_HELD),
            _fassung("18", date(2023, 7, 1), date(2024, 3, 31), _NOT_HELD),
            _fassung("19", date(2024, 1, 1), date(2024, 9, 30), _NOT_HELD),
            _fassung("20", date(2024, 7, 1), date(2025, 12, 31), _NOT_HELD),
            _fassung("21", date(2025, 10, 1), None, _V21),
        )
    }
)


def fassung_on(day: date) -> Fassung:
    """Return the newest version in force for files made on this day; raise LookupError before 01.07.2019."""
    in_force = [fassung for fassung in FASSUNGEN.values() if fassung.is_in_force(day)]
    if not in_force:
        raise LookupError("no version of TA1 is known for this day")
    return in_force[-1]
