"""JSON of a file is taken as it stands or refused with every place and reason; nothing is corrected or passed over."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.sgbv302.as_json import to_json
from zuzahlung.standards.sgbv302.from_json import MOST_FINDINGS, Refused, from_json
from zuzahlung.standards.sgbv302.json_text import NotJson

UNH = {
    "segment": "UNH",
    "nachrichtenreferenznummer": "00001",
    "nachrichtenkennung": {"typ": "SLLA", "version": "21", "freigabe": "0", "organisation": "0"},
}
NAD = {"segment": "NAD", "nachname": "Müller", "vorname": "Erna", "geburtsdatum": "19450131"}
EHE = {
    "segment": "EHE",
    "leistungserbringergruppe": {"abrechnungscode": "22", "tarifkennzeichen": "00501"},
    "positionsnummer": "20501",
    "anzahl": "1.00",
    "einzelbetrag": "29.63",
    "leistungsdatum": "2026-09-07",
    "zuzahlung": "2.96",
    "kilometer": 12,
}
UNT = {"segment": "UNT", "anzahl_einheiten": 4, "nachrichtenreferenznummer": "00001"}
HEAD = {"format": "esol-json/1", "charset": "I1", "line_end": "\n"}
MADE = (
    "UNH+00001+SLLA:21:0:0'\n"
    "NAD+Müller+Erna+19450131'\n"
    "EHE+22:00501+20501+1,00+29,63+20260907+2,96+12'\n"
    "UNT+000004+00001'\n"
)
GONE = object()


def short(value: Any) -> str:
    return "gone" if value is GONE else str(value)[:20]


def document(*segments: dict[str, Any], **head: Any) -> dict[str, Any]:
    return {**HEAD, **head, "segments": list(segments or (UNH, NAD, EHE, UNT))}


def made(given: Any) -> bytes:
    text = given if isinstance(given, str) else json.dumps(given)
    return b"".join(from_json([text.encode("utf-8", "surrogatepass")]))


def refusals(given: Any) -> list[tuple[str, str]]:
    """The place and the rule of everything that is wrong with the document."""
    with pytest.raises(Refused) as refused:
        made(given)
    return [(finding.pointer, finding.rule) for finding in refused.value.findings]


def sentence(given: Any) -> str:
    with pytest.raises(Refused) as refused:
        made(given)
    (finding,) = refused.value.findings
    return finding.text


def changed(segment: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A segment with other members; one that is GONE is left out."""
    return {name: value for name, value in {**segment, **members}.items() if value is not GONE}


def with_item(**members: Any) -> dict[str, Any]:
    return document(UNH, NAD, changed(EHE, **members), UNT)


def test_a_document_made_by_hand_becomes_a_file() -> None:
    assert made(document()) == MADE.encode("latin-1")


def test_the_charset_of_the_document_makes_the_bytes() -> None:
    assert made(document(UNH, NAD, charset="I8")) == b"UNH+00001+SLLA:21:0:0'\nNAD+M}ller+Erna+19450131'\n"


@pytest.mark.parametrize(
    ("member", "value", "says"),
    [
        ("einzelbetrag", "29,63", 'eine Zahl als Text mit Punkt und 2 Ziffern danach erwartet, wie "1.00".'),
        ("einzelbetrag", "29.6", "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", "29.630", "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", "029.63", "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", "-0.00", "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", "+1.00", "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", " 1.00", "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", "1e3", "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", "NaN", "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", "٢٩.٦٣", "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", "1" * 100_000, "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", 29, "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", 29.63, "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", None, "eine Zahl als Text mit Punkt"),
        ("einzelbetrag", "12345678901.00", "Der Wert von „Einzelbetrag“ passt nicht in das Feld."),
        ("einzelbetrag", GONE, "Die Pflichtangabe „Einzelbetrag“ fehlt."),
        ("leistungsdatum", "07.09.2026", 'ein Tag des Kalenders als Text erwartet, zum Beispiel "2026-09-07".'),
        ("leistungsdatum", "20260907", "ein Tag des Kalenders"),
        ("leistungsdatum", "2026-W37-1", "ein Tag des Kalenders"),
        ("leistungsdatum", "2026-02-30", "ein Tag des Kalenders"),
        ("leistungsdatum", "2026-09-07T00:00:00Z", "ein Tag des Kalenders"),
        ("leistungsdatum", 20260907, "ein Tag des Kalenders"),
        ("kilometer", "12", "eine ganze Zahl ohne Anführungszeichen erwartet."),
        ("kilometer", True, "eine ganze Zahl"),
        ("kilometer", 12.0, "eine ganze Zahl"),
        ("kilometer", 10**30, "eine ganze Zahl"),
        ("kilometer", 1234567, "„Gefahrene Kilometer“ hat höchstens 6 Stellen, hier sind es 7."),
        ("kilometer", -1, "Der Wert von „Gefahrene Kilometer“ passt nicht in das Feld."),
        ("positionsnummer", 20501, "Text in Anführungszeichen erwartet; was nicht angegeben ist, bleibt ganz weg."),
        ("positionsnummer", "", "Text in Anführungszeichen"),
        ("positionsnummer", None, "Text in Anführungszeichen"),
        ("positionsnummer", ["20501"], "Text in Anführungszeichen"),
        ("positionsnummer", "2050", "„Abrechnungspositionsnummer“ hat genau 5 Stellen, hier sind es 4."),
        ("positionsnummer", "205\n1", "„Abrechnungspositionsnummer“ enthält ein Zeichen, das in keinem Text stehen darf."),
        ("leistungserbringergruppe", "22:00501", "ein Objekt mit den einzelnen Teilen erwartet."),
        ("leistungserbringergruppe", [], "ein Objekt mit den einzelnen Teilen"),
        ("leistungserbringergruppe", None, "ein Objekt mit den einzelnen Teilen"),
        ("leistungserbringergruppe", GONE, "Die Pflichtangabe „Leistungserbringergruppe“ fehlt."),
    ],
    ids=short,
)  # fmt: skip
def test_a_wrong_value_is_refused_where_it_stands(member: str, value: Any, says: str) -> None:
    text = sentence(with_item(**{member: value}))
    assert text.removeprefix("Hier wird ").startswith(says)
    ((place, _),) = refusals(with_item(**{member: value}))
    assert place == f"/segments/2/{member}"


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (changed(EHE, preis="1.00"), [("/segments/1/preis", "json.unknown-member")]),
        (changed(EHE, **{"a/b~c": 1}), [("/segments/1/a~1b~0c", "json.unknown-member")]),
        (changed(EHE, Anzahl="1.00"), [("/segments/1/Anzahl", "json.unknown-member")]),
        (changed(EHE, **{"x" * 1000: 1}), [(f"/segments/1/{'x' * 60}…", "json.unknown-member")]),
        (
            changed(EHE, leistungserbringergruppe={"abrechnungscode": "222", "tarif": "00501"}),
            [
                ("/segments/1/leistungserbringergruppe/tarif", "json.unknown-member"),
                ("/segments/1/leistungserbringergruppe/abrechnungscode", "element.length"),
                ("/segments/1/leistungserbringergruppe/tarifkennzeichen", "element.missing"),
            ],
        ),
        ({"segment": "XYZ", "wert": "1"}, [("/segments/1/segment", "json.no-table")]),
        ({"segment": "GES", "status": "00"}, [("/segments/1/segment", "json.no-table")]),
        ({"segment": "ehe"}, [("/segments/1/segment", "json.no-table")]),
        ({"tag": "EHE"}, [("/segments/1", "json.segment")]),
        ({"segment": None}, [("/segments/1", "json.segment")]),
        ({"segment": ["EHE"]}, [("/segments/1", "json.segment")]),
        ("EHE+22", [("/segments/1", "json.segment")]),
        (None, [("/segments/1", "json.segment")]),
        ([], [("/segments/1", "json.segment")]),
        (changed(NAD, after="x"), [("/segments/1/after", "json.white-space")]),
        (changed(NAD, after="\xa0"), [("/segments/1/after", "json.white-space")]),
        (changed(NAD, after=None), [("/segments/1/after", "json.white-space")]),
        (changed(NAD, after=" " * 70_000), [("/segments/1/after", "json.white-space")]),
        (
            {"segment": "SKZ", "datum": "2026-09-31"},
            [
                ("/segments/1/datum", "json.not-a-day"),
                ("/segments/1/genehmigungskennzeichen", "element.missing"),
                ("/segments/1/art", "element.missing"),
            ],
        ),
        (
            {"segment": "REC", "rechnungsnummer": {}, "rechnungsdatum": "2026-10-05", "rechnungsart": "1"},
            [
                ("/segments/1/rechnungsnummer/sammelnummer", "element.missing"),
                ("/segments/1/rechnungsnummer/einzelnummer", "element.missing"),
            ],
        ),
    ],
)  # fmt: skip
def test_what_no_table_has_is_refused(segment: Any, expected: list[tuple[str, str]]) -> None:
    assert refusals(document(UNH, segment)) == expected


def test_an_element_that_the_document_keeps_empty_stays_empty() -> None:
    zhe = {"segment": "ZHE", "behandlungsbeginn": "20260901"}
    assert ("/segments/1/behandlungsbeginn", "element.not-empty") in refusals(document(UNH, zhe))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ({"format": "esol-json/2"}, [("/format", "json.format")]),
        ({"format": None}, [("/format", "json.format")]),
        ({"charset": "ISO-8859-1"}, [("/charset", "json.charset")]),
        ({"charset": []}, [("/charset", "json.charset")]),
        ({"charset": {}}, [("/charset", "json.charset")]),
        ({"line_end": "CRLF"}, [("/line_end", "json.white-space")]),
        ({"line_end": None}, [("/line_end", "json.white-space")]),
        ({"before": "UNA:+.* '"}, [("/before", "json.before")]),
        ({"before": "UNA"}, [("/before", "json.before")]),
        ({"before": "X'"}, [("/before", "json.before")]),
        ({"before": "X"}, [("/before", "json.before")]),
        ({"before": "ä"}, [("/before", "json.before")]),
        ({"before": None}, [("/before", "json.before")]),
        ({"before": " " * 70_000}, [("/before", "json.before")]),
        ({"una": True}, [("/una", "json.unknown-member")]),
        (
            {"format": 1, "charset": 1, "line_end": 1},
            [("/format", "json.format"), ("/charset", "json.charset"), ("/line_end", "json.white-space")],
        ),
    ],
)
def test_a_faulty_head_is_refused(head: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refusals(document(**head)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", ["/segments", "/format", "/charset", "/line_end"]),
        ('{"segments": []}', ["/format", "/charset", "/line_end"]),
        (json.dumps({**HEAD, "segments": []}), ["/segments"]),
        (json.dumps({**HEAD, "segments": {}}), ["/segments"]),
        (json.dumps({**HEAD, "segments": None}), ["/segments"]),
        (json.dumps(HEAD), ["/segments"]),
        (json.dumps({"segments": [UNH], **HEAD}), ["/format", "/charset", "/line_end"]),
        (json.dumps({**HEAD, "segments": [UNH], "summe": 1}), ["/summe"]),
        (json.dumps({**HEAD, "segments": [UNH]})[:-1] + ', "segments": []}', ["/segments"]),
        ('{"format": "esol-json/1", "charset": "I1", "charset": "I1", "line_end": "", "segments": [{"segment": "X", "wire": "X"}]}', ["/charset"]),
        ('{"format": "esol-json/1", "charset": "I1", "line_end": "", "segments": [{"segment": "X", "wire": "X", "wire": "X"}]}', ["/segments/0/wire"]),
        ('{"format": "esol-json/1", "charset": "I1", "line_end": "", "segments": [{"segment": "X", "segment": "X", "wire": "X"}]}', ["/segments/0"]),
        ('{"format": "esol-json/1", "charset": "I1", "line_end": "", "segments": [{"segment": "UNZ", "anzahl_nachrichten": 1, "anzahl_nachrichten": 1, "datenaustauschreferenz": "1"}]}', ["/segments/0/anzahl_nachrichten"]),
        ('{"format": "esol-json/1", "charset": "I1", "line_end": "", "segments": [{"segment": "UNZ", "anzahl_nachrichten": NaN, "datenaustauschreferenz": "1"}]}', ["/segments/0/anzahl_nachrichten"]),
    ],
)  # fmt: skip
def test_a_document_that_says_too_little_or_something_twice_is_refused(
    text: str, expected: list[str]
) -> None:
    assert [place for place, _ in refusals(text)] == expected


def test_members_behind_the_segments_are_refused_with_the_reason() -> None:
    assert sentence({**document(), "signatur": "x"}) == (
        "„segments“ muss das letzte Element sein, damit Dateien jeder Größe gelesen werden können."
    )


@pytest.mark.parametrize(
    ("charset", "nachname", "says"),
    [
        ("I1", "Dvořák", "Das Zeichen „ř“ an Stelle 4 kann der Zeichensatz I1 nicht übertragen. Vorschlag: r"),
        ("I7", "Noël", "Das Zeichen „ë“ an Stelle 3 kann der Zeichensatz I7 nicht übertragen. Vorschlag: e"),
        ("I1", "王", "Das Zeichen „王“ an Stelle 1 kann der Zeichensatz I1 nicht übertragen. Bitte schreiben Sie es anders."),
        ("I5", "5 €", "Das Zeichen „€“ an Stelle 3 lesen nicht alle Empfänger des Zeichensatzes I5 gleich, es wird deshalb nicht übertragen. Vorschlag: EUR"),
    ],
)  # fmt: skip
def test_text_that_the_charset_cannot_carry_is_refused_with_a_proposal(
    charset: str, nachname: str, says: str
) -> None:
    given = document(UNH, changed(NAD, nachname=nachname), charset=charset)
    assert sentence(given) == says
    assert refusals(given) == [("/segments/1/nachname", "charset.character")]


def test_lone_surrogates_are_refused_as_text() -> None:
    assert refusals(document(UNH, changed(NAD, nachname="M\udcfcller"), charset="I7")) == [
        ("/segments/1/nachname", "element.characters")
    ]


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ({"segment": "TXT", "wire": "TXT+a+"}, None),
        ({"segment": "TXT", "text": "a, b", "wire": "TXT+a?, b"}, None),
        ({"segment": "TXT", "wire": "TXT+a?, b"}, None),
        ({"segment": "", "wire": ""}, None),
        ({"segment": "TXT", "text": "b", "wire": "TXT+a"}, ("", "json.other-values")),
        ({"segment": "TXT", "text": None, "wire": "TXT+a"}, ("", "json.other-values")),
        ({"segment": "TXT", "text": "a", "wire": "TXT+a+"}, ("", "json.other-values")),
        ({"segment": "XYZ", "text": "a", "wire": "XYZ+a"}, ("", "json.other-values")),
        ({"segment": "EHE", "wire": "TXT+a"}, ("/segment", "json.other-tag")),
        ({"segment": "TXT", "wire": "TXT+a'TXT+b"}, ("/wire", "json.wire")),
        ({"segment": "TXT", "wire": "TXT+a'"}, ("/wire", "json.wire")),
        ({"segment": "TXT", "wire": "TXT+a?"}, ("/wire", "json.wire")),
        ({"segment": "\nTXT", "wire": "\nTXT+a"}, ("/wire", "json.wire")),
        ({"segment": "TXT", "wire": "TXT+" + "a" * 70_000}, ("/wire", "json.wire")),
        ({"segment": "TXT", "wire": "TXT+王"}, ("/wire", "charset.character")),
        ({"segment": "TXT", "wire": None}, ("/wire", "json.not-text")),
        ({"segment": "TXT", "wire": ["TXT"]}, ("/wire", "json.not-text")),
    ],
)
def test_a_text_of_its_own_wins_if_it_is_one_segment_and_says_what_the_members_say(
    segment: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    if expected is None:
        assert made(document(UNH, segment)) == MADE[:23].encode() + f"{segment['wire']}'\n".encode()
    else:
        assert refusals(document(UNH, segment)) == [("/segments/1" + expected[0], expected[1])]


def test_somebody_who_changed_a_member_beside_a_text_learns_what_to_do() -> None:
    assert sentence(document(UNH, {"segment": "TXT", "text": "b", "wire": "TXT+a"})) == (
        "Die Felder sagen etwas anderes als „wire“. Wenn Sie ein Feld geändert haben, löschen Sie „wire“."
    )


def test_a_una_is_no_segment() -> None:
    una = {"segment": "UNA:", "wire": "UNA:+,? "}
    assert refusals(document(una)) == [("/segments/0/wire", "json.wire")]
    assert made(document(una, before="\n")) == b"\nUNA:+,? '\n"


def test_a_faulty_unh_is_told_once_and_not_again_for_every_segment_of_its_message() -> None:
    faulty = changed(UNH, nachrichtenkennung={"typ": "SLLA", "version": 21})
    assert [place for place, _ in refusals(document(faulty, NAD, EHE, UNT))] == [
        "/segments/0/nachrichtenkennung/version",
        "/segments/0/nachrichtenkennung/freigabe",
        "/segments/0/nachrichtenkennung/organisation",
    ]
    assert refusals(document({"segment": "UNH", "wire": 1}, NAD, EHE, UNT)) == [
        ("/segments/0/wire", "json.not-text")
    ]


def test_segments_behind_a_faulty_unh_are_not_judged_by_the_message_before() -> None:
    faulty = changed(UNH, nachrichtenreferenznummer="")
    of_slga = {"segment": "FKT", "ik_absender": "440301798"}
    assert refusals(document(UNH, faulty, of_slga)) == [
        ("/segments/1/nachrichtenreferenznummer", "json.not-text")
    ]


def test_segments_of_a_version_that_is_not_held_need_their_text() -> None:
    old = copy.deepcopy(UNH)
    old["nachrichtenkennung"]["version"] = "20"  # type: ignore[index]
    assert refusals(document(old, NAD)) == [("/segments/1/segment", "json.no-table")]
    text = {"segment": "NAD", "wire": "NAD+a+b+19450131"}
    assert made(document(old, text)) == b"UNH+00001+SLLA:20:0:0'\nNAD+a+b+19450131'\n"


def test_everything_wrong_is_told_up_to_a_limit() -> None:
    faulty = changed(EHE, anzahl=1, einzelbetrag="x")
    assert refusals(document(UNH, faulty, NAD, faulty)) == [
        ("/segments/1/anzahl", "json.not-an-amount"),
        ("/segments/1/einzelbetrag", "json.not-an-amount"),
        ("/segments/3/anzahl", "json.not-an-amount"),
        ("/segments/3/einzelbetrag", "json.not-an-amount"),
    ]
    assert len(refusals(document(UNH, *[faulty] * 1000))) == MOST_FINDINGS
    assert len(refusals({f"member {number}": 1 for number in range(1000)})) == MOST_FINDINGS


def test_what_was_given_appears_in_no_text_for_logs() -> None:
    with pytest.raises(Refused) as refused:
        made(document(UNH, changed(NAD, nachname="Geheim" * 20, vorname="Dvořák")))
    assert str(refused.value) == "refused JSON of a file: element.length"
    assert "Geheim" not in repr(refused.value.findings)


@given(st.data())
def test_a_document_cut_off_anywhere_is_never_taken(data: st.DataObject) -> None:
    text = json.dumps(document(), ensure_ascii=False).encode()
    end = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises((NotJson, Refused)):
        list(from_json([text[:end]]))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["1.00", "2026-09-07"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value in a document."""
    yield before
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        yield from places(inner, (*before, name))


@given(st.data(), st.sampled_from(Charset))
def test_whatever_is_put_anywhere_is_refused_or_read_back_as_it_was_given(
    data: st.DataObject, charset: Charset
) -> None:
    given = copy.deepcopy(document(charset=charset.value))
    *way, last = data.draw(st.sampled_from([path for path in places(given) if path]))
    holder = given
    for name in way:
        holder = holder[name]
    holder[last] = data.draw(JSON)
    try:
        written = made(given)
    except (NotJson, Refused):
        return
    read = json.loads(b"".join(to_json([written], Charset(given["charset"]))))
    assert [changed(segment, after=GONE) for segment in read["segments"]] == [
        changed(segment, after=GONE) for segment in given["segments"]
    ]


@given(st.binary() | JSON.map(json.dumps).map(str.encode))
def test_any_bytes_at_all_are_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises((NotJson, Refused)) as refused:
        list(from_json([data]))
    assert refused.value.text


def test_a_document_is_read_no_further_than_its_bytes_are_asked_for() -> None:
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        yield json.dumps(HEAD)[:-1].encode() + b', "segments": [' + json.dumps(UNH).encode()
        while taken < 1000:
            taken += 1
            yield b"," + json.dumps(NAD).encode()

    parts = from_json(pieces())
    assert [next(parts) for _ in range(50)][-1] == "NAD+Müller+Erna+19450131'\n".encode("latin-1")
    assert taken < 55
