"""A line says one insured or is faulty for a reason told without its values; what no fund sends is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.exemptions.deliveries import Refused, open_delivery
from zuzahlung.exemptions.delivery_lines import CsvReader, Fault, NdjsonReader, Reader, reader_for

TODAY = date(2026, 11, 22)
HEADER = "kvnr;initials;birthDate;from;to;revokedOn"
GOOD: dict[str, Any] = {"kvnr": "X000079196", "initials": "M. M.", "birthDate": "1961-04-17", "periods": []}
YEAR = {"from": "2026-01-01", "to": "2026-12-31", "revokedOn": None}
START = '"kvnr":"X000079196","initials":"M. M.","birthDate":"1961-04-17",'
NO_KVNR = "Die KVNR besteht nicht aus einem Großbuchstaben und neun Ziffern."


def ndjson() -> Reader:
    return NdjsonReader(TODAY)


def csv(header: str = HEADER) -> Reader:
    return CsvReader(header, 1, TODAY)


def fault_of(reader: Reader, line: str) -> tuple[str, str | None]:
    with pytest.raises(Fault) as fault:
        reader.read(line)
    return fault.value.reason, fault.value.kvnr


def line(**changes: Any) -> str:
    return json.dumps({**GOOD, **changes})


def test_an_insured_without_a_period_is_read() -> None:
    assert ndjson().read(line()) == ("X000079196", "M. M.", "1961-04-17", ())


def test_periods_are_read_with_and_without_revocation() -> None:
    periods = [YEAR, {"from": "2025-03-01", "to": "2025-12-31"}, {**YEAR, "revokedOn": "2026-05-01"}]
    assert ndjson().read(line(periods=periods))[3] == (
        ("2026-01-01", "2026-12-31", ""),
        ("2025-03-01", "2025-12-31", ""),
        ("2026-01-01", "2026-12-31", "2026-05-01"),
    )


def test_spaces_order_and_escapes_of_json_do_not_matter() -> None:
    said = ndjson().read(
        r'  { "periods" : [ ] , "birthDate" : "1961-04-17" , "initials" : "\u004d. M." , "kvnr" : "X000079196" }  '
    )
    assert said == ("X000079196", "M. M.", "1961-04-17", ())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kvnr": "X000079197"}, "Die Prüfziffer der KVNR passt nicht."),
        ({"kvnr": "x000079196"}, NO_KVNR),
        ({"kvnr": "XO00079196"}, NO_KVNR),
        ({"kvnr": "X٠00079196"}, NO_KVNR),
        ({"kvnr": "X00007919"}, "Die KVNR hat nicht 10 Zeichen."),
        ({"kvnr": " X000079196"}, "Die KVNR hat nicht 10 Zeichen."),
        ({"kvnr": 1000079196}, "Die KVNR hat nicht 10 Zeichen."),
        ({"kvnr": ["X000079196"]}, "Die KVNR hat nicht 10 Zeichen."),
        ({"kvnr": None}, "Das Feld kvnr fehlt."),
    ],
)
def test_a_wrong_kvnr_is_faulty_and_nobody_is_meant(changes: dict[str, Any], reason: str) -> None:
    assert fault_of(ndjson(), line(**changes)) == (reason, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"initials": ""}, "Das Feld initials fehlt."),
        ({"initials": None}, "initials ist kein Text."),
        ({"initials": ["M", "M"]}, "initials ist kein Text."),
        ({"initials": "Max M."}, "initials enthält mehr als die Anfangsbuchstaben."),
        ({"initials": "MUSTER"}, "initials enthält mehr als die Anfangsbuchstaben."),
        ({"initials": "M\tM"},
         "initials enthält andere Zeichen als Buchstaben, Punkte, Leerzeichen und Bindestriche."),
        ({"initials": 'M"M'},
         "initials enthält andere Zeichen als Buchstaben, Punkte, Leerzeichen und Bindestriche."),
        ({"initials": "M1"},
         "initials enthält andere Zeichen als Buchstaben, Punkte, Leerzeichen und Bindestriche."),
        ({"initials": ". ."}, "initials enthält keinen oder mehr als 6 Buchstaben."),
        ({"initials": "A. B. C. D. E. F. G."}, "initials enthält keinen oder mehr als 6 Buchstaben."),
        ({"birthDate": "1961-02-29"}, "birthDate ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt."),
        ({"birthDate": "17.04.1961"}, "birthDate ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt."),
        ({"birthDate": "1961-W16-1"}, "birthDate ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt."),
        ({"birthDate": "19610417"}, "birthDate ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt."),
        ({"birthDate": 19610417}, "birthDate ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt."),
        ({"birthDate": list("1961-04-17")},
         "birthDate ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt."),
        ({"birthDate": ""}, "Das Feld birthDate fehlt."),
        ({"birthDate": "2026-11-23"}, "birthDate liegt in der Zukunft."),
        ({"birthDate": "1895-12-31"}, "birthDate liegt mehr als 130 Jahre zurück."),
        ({"periods": None}, "periods ist keine Liste."),
        ({"periods": {}}, "periods ist keine Liste."),
        ({"periods": ""}, "periods ist keine Liste."),
        ({"periods": ["2026"]}, "Ein Eintrag in periods ist kein JSON-Objekt."),
        ({"periods": [{}]}, "Das Feld from fehlt."),
        ({"periods": [{"from": "2026-01-01"}]}, "Das Feld to fehlt."),
        ({"periods": [{**YEAR, "to": "2025-12-31"}]}, "to liegt vor from."),
        ({"periods": [{**YEAR, "from": []}]}, "Ein Tag in periods ist kein Text."),
        ({"periods": [{**YEAR, "from": 2026}]},
         "from ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt."),
        ({"periods": [{**YEAR, "revokedOn": "2026-02-30"}]},
         "revokedOn ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt."),
        ({"periods": [{**YEAR, "revokedOn": False}]},
         "revokedOn ist kein Tag in der Form JJJJ-MM-TT, den es im Kalender gibt."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_faulty_and_says_whom_it_spoils(changes: dict[str, Any], reason: str) -> None:
    assert fault_of(ndjson(), line(**changes)) == (reason, "X000079196")


@pytest.mark.parametrize("missing", ["initials", "birthDate", "periods"])
def test_a_missing_field_is_named(missing: str) -> None:
    without = {name: value for name, value in GOOD.items() if name != missing}
    assert fault_of(ndjson(), json.dumps(without)) == (f"Das Feld {missing} fehlt.", "X000079196")


@pytest.mark.parametrize(
    "double",
    [
        '"kvnr":"X618113183","kvnr":"X000079196","initials":"M. M.","birthDate":"1961-04-17","periods":[]',
        '"kvnr":"X000079196","initials":"E. S.","initials":"M. M.","birthDate":"1961-04-17","periods":[]',
        START + '"periods":[{"from":"2026-01-01","to":"2026-12-31"}],"periods":[]',
        START + '"periods":[],"periods":[]',
        START + '"periods":[{"from":"2026-01-01","from":"2026-06-01","to":"2026-12-31"}]',
        START
        + '"periods":[{"from":"2026-01-01","to":"2026-12-31","revokedOn":null,"revokedOn":"2026-03-01"}]',
        '"kvnr":"X000079196","initials":"M. M.","birthDate":null,"birthDate":"1961-04-17","periods":[]',
    ],
)
def test_a_field_that_stands_twice_is_faulty(double: str) -> None:
    assert fault_of(ndjson(), "{" + double + "}") == ("Ein Feld steht doppelt in der Zeile.", "X000079196")


@pytest.mark.parametrize("text", ["{", '{"kvnr":"X000079196"', "nonsense", line() + line(), "{}}", "\x00"])
def test_half_a_line_is_faulty(text: str) -> None:
    assert fault_of(ndjson(), text) == ("Die Zeile ist kein vollständiges JSON-Objekt.", None)


@pytest.mark.parametrize("text", ["1", "null", '"kvnr"', "[]", '["kvnr","initials","birthDate","periods"]'])
def test_another_kind_of_json_is_faulty(text: str) -> None:
    assert fault_of(ndjson(), text) == ("Die Zeile ist kein JSON-Objekt.", None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (line(vorname="Max"), "Das Feld „vorname“ ist unbekannt."),
        ('{"vorname":"Max"}', "Das Feld „vorname“ ist unbekannt."),
        (line(X618113183=1), "Ein Feld ist unbekannt."),
        (line(periods=[{**YEAR, "grund": "1"}]), "Das Feld „grund“ ist unbekannt."),
    ],
)
def test_an_unknown_field_refuses_the_delivery_and_is_named_only_if_it_looks_like_a_name(
    text: str, reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        ndjson().read(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize("initials", ["M. M.", "MM", "M", "A.-K. v. S.", "Ä. Ø.", "O’N.", "Ł. Ş."])
def test_initials_of_many_names_are_read(initials: str) -> None:
    assert ndjson().read(line(initials=initials))[1] == initials


def test_two_ways_to_write_an_umlaut_are_the_same_initials() -> None:
    assert ndjson().read(line(initials="A\u0308. B."))[1] == "\u00c4. B."


def test_csv_reads_a_period_a_line_and_an_insured_without_one() -> None:
    reader = csv()
    assert reader.read("X000079196;M. M.;1961-04-17;2026-01-01;2026-12-31;2026-05-01") == (
        "X000079196", "M. M.", "1961-04-17", (("2026-01-01", "2026-12-31", "2026-05-01"),),
    )  # fmt: skip
    assert reader.read("X000079196;M. M.;1961-04-17;;;") == ("X000079196", "M. M.", "1961-04-17", ())


def test_csv_may_have_commas_quotation_marks_and_another_order_of_columns() -> None:
    reader = csv('"birthDate","kvnr",revokedOn,to,from,initials')
    assert reader.read('1961-04-17,"X000079196",,2026-12-31,"2026-01-01",M. M.') == (
        "X000079196", "M. M.", "1961-04-17", (("2026-01-01", "2026-12-31", ""),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason", "kvnr"),
    [
        ("X000079196;M. M.;1961-04-17;2026-01-01;2026-12-31", "Die Zeile hat nicht 6 Spalten.", None),
        ("X000079196;M. M.;1961-04-17;2026-01-01;2026-12-31;;", "Die Zeile hat nicht 6 Spalten.", None),
        ('X000079196;"M. M.;1961-04-17;;;', "Die Anführungszeichen der Zeile passen nicht zusammen.", None),
        (";;;;;", "Die KVNR hat nicht 10 Zeichen.", None),
        ("X000079196;M. M.;1961-04-17;2026-01-01;;", "Das Feld to fehlt.", "X000079196"),
        ("X000079196;M. M.;1961-04-17;;2026-12-31;", "Das Feld from fehlt.", "X000079196"),
        ("X000079196;M. M.;1961-04-17;;;2026-05-01", "Das Feld from fehlt.", "X000079196"),
        ("X000079196;M. M.;1961-04-17;2026-06-01;2026-05-31;", "to liegt vor from.", "X000079196"),
        ("X000079196;;1961-04-17;;;", "Das Feld initials fehlt.", "X000079196"),
    ],
)
def test_a_faulty_csv_line_says_why(text: str, reason: str, kvnr: str | None) -> None:
    assert fault_of(csv(), text) == (reason, kvnr)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("kvnr;initials;birthDate;from;to;revokedOn;vorname", "Die Spalte „vorname“ ist unbekannt."),
        ("kvnr;initials;birthDate;from;to;X000079196", "Die Spalte 6 ist unbekannt."),
        ("kvnr;initials;birthDate;from;to", "Die Spalte revokedOn fehlt."),
        ("kvnr;kvnr;initials;birthDate;from;to;revokedOn", "Die Spalte kvnr steht doppelt da."),
        ("X000079196;M. M.;1961-04-17;;;",
         "Die erste Zeile ist weder ein JSON-Objekt noch die Kopfzeile kvnr;initials;birthDate;from;to;revokedOn."),
        ("KVNR;initials;birthDate;from;to;revokedOn",
         "Die erste Zeile ist weder ein JSON-Objekt noch die Kopfzeile kvnr;initials;birthDate;from;to;revokedOn."),
    ],
)  # fmt: skip
def test_a_wrong_header_refuses_the_delivery(tmp_path: Path, header: str, reason: str) -> None:
    file = tmp_path / "delivery.csv"
    file.write_text(f"\n{header}\n", encoding="utf-8")
    with (
        open_delivery(file, most_bytes=1000) as delivery,
        pytest.raises(Refused) as refused,
    ):
        reader_for(delivery, today=TODAY)
    assert (refused.value.line, refused.value.reason) == (2, reason)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates().map(str)
    | st.just("X000079196"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["from", "to", "revokedOn"]), inner)
    ),
    max_leaves=6,
)


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("kvnr", "initials", "birthDate", "periods"), json_values)
    )
)
def test_whatever_json_a_line_holds_it_is_read_or_faulty_without_its_values(values: dict[str, Any]) -> None:
    try:
        ndjson().read(json.dumps({"kvnr": "X000079196", **values}))
    except Fault as fault:
        assert "X000079196" not in fault.reason  # noqa: PT017 - a fault is only one of the outcomes
        assert len(fault.reason) < 120  # noqa: PT017


@given(st.text())
def test_whatever_text_a_line_is_it_is_read_or_faulty(text: str) -> None:
    for reader in (ndjson(), csv()):
        with pytest.raises((Fault, Refused)):
            reader.read(text)
