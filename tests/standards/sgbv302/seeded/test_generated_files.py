"""Every file made by the rules passes the check; a change of one field is found, and no other error told.

What is changed is drawn as well: which of the fields of its kind, and by how much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.standards.sgbv302.seeded.damage import END
from tests.standards.sgbv302.seeded.generated import files
from zuzahlung.standards.edifact.syntax import elements
from zuzahlung.standards.edifact.tables import table_of
from zuzahlung.standards.findings import Severity
from zuzahlung.standards.keys.schluessel import Schluessel
from zuzahlung.standards.sgbv302.checks.flow import check
from zuzahlung.standards.sgbv302.messages import SLGA_21, SLLA_B_21

CENT: Final = Decimal("0.01")
VKZ: Final = ("01", "02", "03", "04", "10")


@settings(max_examples=60)
@given(content=files())
def test_no_error_is_found_in_a_file_made_by_the_rules(content: bytes) -> None:
    assert [one for one in check([content]) if one.severity is Severity.ERROR] == []


class Segments(list[list[str]]):
    """A file as lists of elements, each with its release characters; the tag is element 0."""

    @classmethod
    def of(cls, content: bytes) -> Segments:
        return cls(elements(text) for text in content.decode("latin-1").split(END)[:-1])

    def written(self) -> bytes:
        return "".join("+".join(parts).rstrip("+") + END for parts in self).encode("latin-1")

    def places(self, tag: str, element: int = 0) -> list[int]:
        """Return the places of segments with this tag whose element is there."""
        return [
            place
            for place, parts in enumerate(self)
            if parts[0] == tag and len(parts) > element and parts[element]
        ]

    def in_message(self, tag: str, kind: str) -> list[int]:
        """Return the places of segments with this tag in messages of a kind."""
        found, is_in = [], False
        for place, parts in enumerate(self):
            if parts[0] == "UNH":
                is_in = parts[2].startswith(kind)
            elif parts[0] == tag and is_in:
                found.append(place)
        return found


Change = Callable[[Segments, int], str | set[str]]
"""Changes one field of the file, chosen by a number, and returns the rules of which one is broken."""


def _chosen(places: Sequence[int], choice: int) -> int:
    assume(places)
    return places[choice % len(places)]


def _amount(tag: str, element: int, *rules: str) -> Change:
    def change(segments: Segments, choice: int) -> set[str]:
        parts = segments[_chosen(segments.places(tag, element), choice)]
        amount = Decimal(parts[element].replace(",", "."))
        up = choice % 2 or amount <= CENT
        parts[element] = str(amount + (CENT if up else -CENT)).replace(".", ",")
        return set(rules)

    return change


def _count(tag: str, element: int, rule: str) -> Change:
    def change(segments: Segments, choice: int) -> str:
        parts = segments[_chosen(segments.places(tag, element), choice)]
        number, width = int(parts[element]), len(parts[element])
        parts[element] = f"{number + (1 if choice % 2 else -1):0{width}}"
        return rule

    return change


def _other_ik(segments: Segments, choice: int) -> set[str]:
    parts = segments[_chosen(segments.in_message("FKT", "SLLA"), choice)]
    element = (3, 4, 5)[choice % 3]
    parts[element] = "108310400"
    return {"fkt.differs"}


def _other_record(segments: Segments, choice: int) -> set[str]:
    parts = segments[_chosen(segments.in_message("REC", "SLLA"), choice)]
    element, new = ((1, "ANDERE:0"), (2, "20261004"), (3, "1" if parts[3] != "1" else "2"))[choice % 3]
    parts[element] = new
    return {"rec.differs"}


def _other_kvnr_digit(segments: Segments, choice: int) -> str:
    parts = segments[_chosen(segments.places("INV", 1), choice)]
    digit = 1 + choice % 9
    number = parts[1]
    parts[1] = number[:digit] + str((int(number[digit]) + 1 + choice % 8) % 10) + number[digit + 1 :]
    return "inv.kvnr-check-digit"


def _day(new: str, *rules: str) -> Change:
    def change(segments: Segments, choice: int) -> set[str]:
        segments[_chosen(segments.places("EHE", 5), choice)][5] = new
        return set(rules)

    return change


def _same_belegnummer(segments: Segments, choice: int) -> str:
    place = _chosen([place for place in segments.places("INV", 4) if segments[place][4] != "1"], choice)
    segments[place][4] = "1"
    return "inv.voucher-twice"


def _without_uri(segments: Segments, choice: int) -> str:
    del segments[_chosen(segments.places("URI"), choice)]
    _recount(segments)
    return "uri.missing"


def _recount(segments: Segments) -> None:
    count = 0
    for parts in segments:
        count = 1 if parts[0] == "UNH" else count + 1
        if parts[0] == "UNT":
            parts[1] = f"{count:06}"


def _lost_segment(tag: str) -> Change:
    def change(segments: Segments, choice: int) -> str:
        place = _chosen(segments.places(tag), choice)
        # A diagnosis may be lost as long as there is another.
        assume(tag != "DIA" or "DIA" not in {segments[place - 1][0], segments[place + 1][0]})
        del segments[place]
        _recount(segments)
        return "segment.order"

    return change


def _lost_status(segments: Segments, choice: int) -> set[str]:
    place = _chosen([place for place in segments.places("GES", 1) if segments[place][1] != "00"], choice)
    del segments[place]
    _recount(segments)
    return {"ges.status-missing", "segment.too-few"}


def _unknown_key(segments: Segments, choice: int) -> str:
    place, element, component = _chosen_field(segments, choice, _is_key)
    parts = segments[place][element].split(":")
    parts[component] = "".join("9" if sign.isdigit() else "Z" for sign in parts[component])
    assume(parts[component] not in {"99", "9", "9999"} or segments[place][0] not in {"ZHE", "GES"})
    segments[place][element] = ":".join(parts)
    return "key.unknown"


def _missing_element(segments: Segments, choice: int) -> str:
    place, element, component = _chosen_field(segments, choice, lambda field: field.is_mandatory)
    parts = segments[place][element].split(":")
    parts[component] = ""
    segments[place][element] = ":".join(parts).rstrip(":")
    return "element.missing"


def _surplus_element(segments: Segments, choice: int) -> str:
    place = choice % len(segments)
    table = _table_at(segments, place)
    segments[place] += [""] * (len(table.fields) + 1 - len(segments[place])) + ["1"]
    return "segment.surplus"


def _strange_character(segments: Segments, choice: int) -> str:
    place, element, component = _chosen_field(segments, choice, lambda _: True)
    parts = segments[place][element].split(":")
    parts[component] += "\x07"
    segments[place][element] = ":".join(parts)
    return "element.characters"


def _is_key(field: Any) -> bool:
    return field.note(Schluessel) is not None


class _Field(NamedTuple):
    place: int
    element: int
    component: int


def _chosen_field(segments: Segments, choice: int, is_fit: Callable[[Any], bool]) -> _Field:
    """Return a filled element or component whose field is fit, but not of UNB and UNZ."""
    found = []
    for place, parts in enumerate(segments[1:-1], start=1):
        for field in _table_at(segments, place).fields:
            if field.place >= len(parts) or not parts[field.place]:
                continue
            if field.composite is None and is_fit(field):
                found.append(_Field(place, field.place, 0))
            elif field.composite is not None:
                inner = [one.place - 1 for one in field.composite.fields if is_fit(one)]
                found += [_Field(place, field.place, component) for component in inner]
    assume(found)
    return found[choice % len(found)]


def _table_at(segments: Segments, place: int) -> Any:
    tag = segments[place][0]
    if tag in SERVICE:
        return SERVICE[tag]
    kind = next(parts[2] for parts in reversed(segments[:place]) if parts[0] == "UNH")
    return table_of((SLGA_21 if kind.startswith("SLGA") else SLLA_B_21).segmente[tag])


def _service() -> dict[str, Any]:
    from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ

    return {segment.__name__: table_of(segment) for segment in (UNB, UNH, UNT, UNZ)}


SERVICE: Final = _service()

CHANGES: Final[dict[str, Change]] = {
    "EHE.6 by a cent": _amount("EHE", 6, "ehe.copayment-per-unit"),
    "BES.1 by a cent": _amount("BES", 1, "bes.gross"),
    "BES.2 by a cent": _amount("BES", 2, "bes.total", "bes.flat"),
    "BES.3 by a cent": _amount("BES", 3, "bes.percent"),
    "BES.4 by a cent": _amount("BES", 4, "bes.flat", "bes.total"),
    "GZF.1 by a cent": _amount("GZF", 1, "gzf.total", "gzf.flat"),
    "GZF.2 by a cent": _amount("GZF", 2, "gzf.percent"),
    "GZF.3 by a cent": _amount("GZF", 3, "gzf.flat", "gzf.total"),
    "MWS.2 by a cent": _amount("MWS", 2, "mws.amount"),
    "GES.2 by a cent": _amount("GES", 2, "ges.amount"),
    "GES.3 by a cent": _amount("GES", 3, "ges.gross", "ges.gross-of-claim"),
    "GES.4 by a cent": _amount("GES", 4, "ges.copayment"),
    "UNT.1 by one": _count("UNT", 1, "unt.count"),
    "UNT.2 by one": _count("UNT", 2, "unt.reference"),
    "UNZ.1 by one": _count("UNZ", 1, "unz.count"),
    "UNZ.2 by one": _count("UNZ", 2, "unz.reference"),
    "an IK in SLLA alone": _other_ik,
    "REC in SLLA alone": _other_record,
    "a digit of the KVNR": _other_kvnr_digit,
    "a day after the invoice": _day("20261006", "ehe.after-invoice"),
    "a day before the prescription": _day("20260630", "ehe.before-prescription"),
    "a Belegnummer twice": _same_belegnummer,
    "a URI lost": _without_uri,
    "a status lost": _lost_status,
    "a key that is in no table": _unknown_key,
    "a mandatory element lost": _missing_element,
    "an element too many": _surplus_element,
    "a control character": _strange_character,
    **{f"{tag} lost": _lost_segment(tag) for tag in ("FKT", "REC", "NAM", "NAD", "ZHE", "DIA")},
}
ONLY_IN: Final = {
    "BES.2 by a cent": ("01", "02", "04", "10"),
    "BES.3 by a cent": ("01", "02", "04", "10"),
    "BES.4 by a cent": ("01", "04"),
    "BES.1 by a cent": ("01", "02", "04", "10"),
    "GZF.1 by a cent": ("03",),
    "GZF.2 by a cent": ("03",),
    "GZF.3 by a cent": ("03",),
    "MWS.2 by a cent": ("01",),
    "a URI lost": ("02", "03", "04", "10"),
}
"""The Verarbeitungskennzeichen whose files hold what is changed."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_one_field_is_found_by_the_rule_it_breaks_and_by_no_other(name: str) -> None:
    @settings(max_examples=12)
    @given(content=st.sampled_from(ONLY_IN.get(name, VKZ)).flatmap(files), choice=st.integers(0, 10**6))
    def found_by_its_rule(content: bytes, choice: int) -> None:
        segments = Segments.of(content)
        broken = CHANGES[name](segments, choice)
        rules = {broken} if isinstance(broken, str) else broken
        found = list(check([segments.written()]))
        assert rules & {one.rule for one in found}
        assert {one.rule for one in found if one.severity is Severity.ERROR} <= rules

    found_by_its_rule()
