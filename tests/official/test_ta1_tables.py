"""Our tables of segments and messages are those of TA1, field by field; where they differ stands here, with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.standards.sgbv302.generated import SEGMENTS
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.edifact.stream import segments
from zuzahlung.standards.edifact.tables import Field, Table, table_of
from zuzahlung.standards.keys.schluessel import Schluessel
from zuzahlung.standards.sgbv302 import files, slga, slla
from zuzahlung.standards.sgbv302.messages import FASSUNGEN, SLGA_21, SLLA_B_21, Nachricht
from zuzahlung.standards.sgbv302.service import UNB, UNH, UNT, UNZ

pytestmark = pytest.mark.official

DOMAIN = Path(__file__).parents[3] / "shared" / "domain"
SAMPLES = ("s01_vkz01_einzelrechnung", "s02_vkz01_sammelrechnung", "s04_vkz03_zuzahlungsforderung")

# The segments by the names they have in the document, in its order.
OURS: dict[str, type[Any]] = {
    "UNB": UNB, "UNZ": UNZ, "UNH": UNH, "UNT": UNT,
    "SLGA.FKT": slga.FKT, "REC": slga.REC, "UST": slga.UST, "SKO": slga.SKO, "GES": slga.GES, "NAM": slga.NAM,
    "SLLA.FKT": slla.FKT, "INV": slla.INV, "URI": slla.URI, "NAD": slla.NAD, "IMG": slla.IMG, "EVO": slla.EVO,
    "EHE": slla.EHE, "TXT": slla.TXT, "MWS": slla.MWS, "ZHE": slla.ZHE, "DIA": slla.DIA, "SKZ": slla.SKZ,
    "BES": slla.BES, "GZF": slla.GZF,
}  # fmt: skip

# What a key of the document is called in our tables: document and chapter.
KEYS = {
    "8.1.2": "TA3 V21, 8.1.2",
    "8.1.2.1": "TA3 V21, 8.1.2.1",
    "8.1.3": "TA3 V21, 8.1.3",
    "8.1.4": "TA3 V21, 8.1.4",
    "8.1.5.1_B": "TA3 V21, 8.1.5.1",
    "8.1.6": "TA3 V21, 8.1.6",
    "8.1.7": "TA3 V21, 8.1.7",
    "8.1.11_B": "TA3 V21, 8.1.11",
    "8.1.12": "TA3 V21, 8.1.12",
    "8.1.14_B": "TA3 V21, 8.1.14",
    "8.1.17_B": "TA3 V21, 8.1.17",
    "8.1.18": "TA3 V21, 8.1.18",
    "Heilmittel-Bereich": "TA1 V21, 5.5.3.3 ZHE",
    "Testindikator": "TA1 V21, 5.4 UNB",
}

# Where our key tables are others than those of the document: what it prints, what we hold, and why.
OTHER_KEYS: dict[str, tuple[str | None, str | None, str]] = {
    "NAD.7": ("8.5", None, "the list of countries is in another document, which is not at hand"),
    "EHE.1.2": ("8.1.5.2", None, "no list of codes but a rule about its signs: keys.leistungserbringer"),
    "EHE.2": ("8.2.1", None, "two thousand numbers with their days of validity: keys.positionen"),
    "ZHE.11": (None, "TA1 V21, 5.5.3.3 ZHE", "TA1 prints the codes in the text of the field"),
    "ZHE.12": (None, "TA1 V21, 5.5.3.3 ZHE", "TA1 prints the codes in the text of the field"),
    "ZHE.13": (None, "TA1 V21, 5.5.3.3 ZHE", "TA1 prints the codes in the text of the field"),
    "ZHE.15": (None, "TA1 V21, 5.5.3.3 ZHE", "TA1 prints the codes in the text of the field"),
}

# Codes that our table has beyond those of the document.
OTHER_CODES: dict[str, tuple[set[str], str]] = {
    "UNB.6": (
        set("ACDEFGHIJKLMNOPQRS"),
        "it holds every Sammelgruppe, so that another can be named; that it has to be B is a rule of the check",
    ),
}


def schema() -> dict[str, Any]:
    if not DOMAIN.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    loaded: dict[str, Any] = json.loads((DOMAIN / "ta1_schema.json").read_text(encoding="utf-8"))
    return loaded


def places(described: list[dict[str, Any]], before: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each field and component of the document with its place („EHE.1.2“)."""
    for number, field in enumerate(described, start=1):
        yield f"{before}.{number}", field
        yield from places(field.get("components", []), f"{before}.{number}")


def our_places(table: Table, before: str) -> Iterator[tuple[str, Field]]:
    for field in table.fields:
        yield f"{before}.{field.place}", field
        if field.composite is not None:
            yield from our_places(field.composite, f"{before}.{field.place}")


def printed() -> dict[str, dict[str, Any]]:
    described = schema()["segments"]
    return {
        place: field for name, fields in described.items() for place, field in places(fields, short(name))
    }


def ours() -> dict[str, Field]:
    return {
        place: field
        for name, segment in OURS.items()
        for place, field in our_places(table_of(segment), short(name))
    }


def short(name: str) -> str:
    return name if name.endswith("FKT") else name.rsplit(".", 1)[-1]


def type_of(field: Field) -> str:
    """Return N or AN; TA1 calls a composite N if all its components are."""
    if field.composite is not None:
        return "N" if all(type_of(inner) == "N" for inner in field.composite.fields) else "AN"
    return "N" if field.the_form.is_number else "AN"


def length_of(field: Field) -> dict[str, int]:
    form = field.the_form
    if form.decimals:
        return {"max": form.most, "decimals": form.decimals}
    if form.most and form.least == form.most:
        return {"fixed": form.most}
    return {"max": form.most} if form.least <= 1 else {"max": form.most, "min": form.least}


def printed_length(field: dict[str, Any]) -> dict[str, int]:
    return {name: field[name] for name in ("fixed", "max", "min", "decimals") if name in field}


def test_every_segment_of_the_document_is_ours_under_its_tag() -> None:
    assert list(OURS) == list(schema()["segments"])
    assert set(OURS.values()) == set(SEGMENTS)
    assert [segment.__name__ for segment in OURS.values()] == [
        name.rsplit(".", 1)[-1] for name in schema()["segments"]
    ]


def test_every_field_stands_at_its_place_under_its_label() -> None:
    assert {place: field.label for place, field in ours().items()} == {
        place: field["name"] for place, field in printed().items()
    }


def test_every_field_is_mandatory_exactly_where_the_document_says_so() -> None:
    assert {place: "M" if field.is_mandatory else "K" for place, field in ours().items()} == {
        place: field["art"] for place, field in printed().items()
    }


def test_every_field_is_a_number_exactly_where_the_document_says_so() -> None:
    empty = "ZHE.10"  # Nothing is no number, and the document says AN.
    assert not ours()[empty].the_form.most
    assert {place: type_of(field) for place, field in ours().items()} == {
        place: field["type"] for place, field in printed().items()
    }


def test_every_field_has_the_length_of_the_document() -> None:
    found = {place: length_of(field) for place, field in ours().items() if field.composite is None}
    expected = {
        place: printed_length(field) for place, field in printed().items() if "components" not in field
    }
    differing = {place: (expected[place], found[place]) for place in found if found[place] != expected[place]}
    assert set(found) == set(expected)
    assert differing == {
        # The document prints ..5; its text and TA3 8.2.1 ask for exactly five, which is the same twice.
        "EHE.2": ({"max": 5, "min": 5}, {"fixed": 5}),
    }


def test_every_composite_has_the_components_of_the_document() -> None:
    assert {
        place: len(field.composite.fields) for place, field in ours().items() if field.composite is not None
    } == {place: len(field["components"]) for place, field in printed().items() if "components" in field}


def test_every_field_has_the_key_table_of_the_document() -> None:
    found = {place: table.fundstelle for place, table in our_keys().items()}
    expected = {place: field["key"] for place, field in printed().items() if "key" in field}
    differing = {
        place: (expected.get(place), found.get(place))
        for place in sorted({*found, *expected})
        if place not in expected or KEYS.get(expected[place], "unknown") != found.get(place)
    }
    assert differing == {place: (theirs, mine) for place, (theirs, mine, _) in sorted(OTHER_KEYS.items())}


def test_every_key_table_has_the_codes_of_the_document() -> None:
    codes = schema()["keys"]
    expected = {
        place: set(codes[field["key"]])
        for place, field in printed().items()
        if "key" in field and place not in OTHER_KEYS
    }
    found = {place: set(table) for place, table in our_keys().items() if place not in OTHER_KEYS}
    assert set(found) == set(expected)
    assert {
        place: (found[place] - expected[place], expected[place] - found[place])
        for place in found
        if found[place] != expected[place]
    } == {place: (beyond, set()) for place, (beyond, _) in OTHER_CODES.items()}


def our_keys() -> dict[str, Schluessel]:
    return {place: key for place, field in ours().items() if (key := field.note(Schluessel)) is not None}


def test_codes_printed_with_the_fields_are_those_of_our_tables() -> None:
    keys = our_keys()
    assert {place: printed()[place]["note"] for place in ("ZHE.11", "ZHE.12", "ZHE.13", "ZHE.15")} == {
        "ZHE.11": "1 if ticked, else empty",
        "ZHE.12": "1 if ticked, else empty",
        "ZHE.13": "[01]{4} or 9999",
        "ZHE.15": "0 no, 1 yes",
    }
    assert [list(keys[place]) for place in ("ZHE.11", "ZHE.12", "ZHE.15")] == [["1"], ["1"], ["0", "1"]]
    assert len(keys["ZHE.13"]) == 17


def test_the_versions_and_their_days_are_those_of_the_document() -> None:
    def day(text: str | None) -> date | None:
        return None if text is None else date.fromisoformat(text)

    assert {nummer: (fassung.gueltig_ab, fassung.gueltig_bis) for nummer, fassung in FASSUNGEN.items()} == {
        nummer: (day(first), day(last)) for nummer, (first, last) in schema()["versions"].items()
    }


# A part of a message: the tags it may begin with, may end with, which may follow which, and if it may be absent.
Part = tuple[set[str], set[str], set[tuple[str, str]], bool]


def part(described: Any) -> Part:
    """Return what a part of the document's description says about the order of segments."""
    if isinstance(described, str):
        return part([described, 1, 1])
    if isinstance(described, list):
        tag, least, most = described
        return {tag}, {tag}, {(tag, tag)} if most != 1 else set(), least == 0
    if "choice" in described:
        parts = [part(one) for one in described["choice"]]
        begins = {tag for first, _, _, _ in parts for tag in first}
        ends = {tag for _, last, _, _ in parts for tag in last}
        return begins, ends, {pair for _, _, inner, _ in parts for pair in inner}, False
    assert (described["min"], described["max"]) == (1, None)
    begins, ends, inner = row(described["seq"])
    return begins, ends, inner | {(end, begin) for end in ends for begin in begins}, False


def row(described: list[Any]) -> tuple[set[str], set[str], set[tuple[str, str]]]:
    firsts: set[str] = set()
    lasts: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    may_begin = True
    for first, last, inner, may_be_absent in map(part, described):
        pairs |= inner | {(end, begin) for end in lasts for begin in first}
        firsts |= first if may_begin else set()
        lasts = lasts | last if may_be_absent else last
        may_begin = may_begin and may_be_absent
    return firsts, lasts, pairs


@pytest.mark.parametrize(("name", "nachricht"), [("SLGA", SLGA_21), ("SLLA:B", SLLA_B_21)])
def test_segments_follow_each_other_as_in_the_document(name: str, nachricht: Nachricht) -> None:
    firsts, lasts, pairs = row(schema()["messages"][name])
    expected = pairs | {("UNH", first) for first in firsts} | {(last, "UNT") for last in lasts}
    assert {(tag, after) for tag, followers in nachricht.folgen.items() for after in followers} == expected


@pytest.mark.parametrize(("name", "nachricht"), [("SLGA", SLGA_21), ("SLLA:B", SLLA_B_21)])
def test_segments_stand_as_often_as_in_the_document(name: str, nachricht: Nachricht) -> None:
    counted = [one for one in flat(schema()["messages"][name]) if isinstance(one, list)]
    assert dict(nachricht.hoechstens) == {tag: most for tag, _, most in counted if most not in {1, None}}
    assert dict(nachricht.mindestens) == {tag: least for tag, least, _ in counted if least > 1}


def flat(described: list[Any]) -> Iterator[Any]:
    for one in described:
        if isinstance(one, dict):
            yield from flat(one["choice"] if "choice" in one else one["seq"])
        else:
            yield one


@pytest.mark.parametrize(("name", "nachricht"), [("SLGA", SLGA_21), ("SLLA:B", SLLA_B_21)])
def test_a_message_has_the_segments_of_the_document_in_its_order(name: str, nachricht: Nachricht) -> None:
    tags = [one[0] if isinstance(one, list) else one for one in flat(schema()["messages"][name])]
    assert list(nachricht.segmente) == tags
    named = {tag: OURS.get(f"{nachricht.typ}.{tag}", OURS.get(tag)) for tag in tags}
    assert dict(nachricht.segmente) == named


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_is_read_and_written_byte_for_byte(sample: str) -> None:
    schema()
    data = (DOMAIN / "samples" / f"{sample}.esol").read_bytes()
    datei = files.read([data], Charset.I1.decode)
    assert Charset.I1.encode_lossless(files.write(datei)) == data
    tags = [type(segment).__name__ for segment in files.segments_of(datei)]
    assert tags == [piece.text[:3] for piece in segments([data])]
