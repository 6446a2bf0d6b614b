"""A question is read strictly, everything wrong is found at once, and no text repeats what was sent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuzahlung.api import findings
from zuzahlung.api.problems import MALFORMED_BODY, Problem
from zuzahlung.api.questions import Flawed, read, readable
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.exemptions.services import Question
from zuzahlung.standards.numbers.kvnr import KVNR

ASK = {"kvnr": "A123456780", "permission": "in-person"}
TODAY = date(2026, 11, 19)


def read_json(body: object, idempotency_key: str | None = None) -> Question | Flawed | Problem:
    return read(json.dumps(body).encode(), idempotency_key)


def broken_rules(body: object, idempotency_key: str | None = None) -> dict[str, str]:
    outcome = read_json(body, idempotency_key)
    assert isinstance(outcome, Flawed)
    return {one.rule: one.pointer for one in outcome.findings}


def test_a_question_has_a_number_and_a_permission() -> None:
    assert read_json(ASK) == Question(
        kvnr=KVNR("A123456780"), permission=Permission.IN_PERSON, permission_until_on=None, days=()
    )


def test_days_stay_in_the_order_in_which_they_were_sent() -> None:
    outcome = read_json(
        {
            **ASK,
            "permission": "series",
            "permissionUntil": "2026-12-31",
            "serviceDates": ["2026-11-26", "2026-11-19"],
        }
    )
    assert outcome == Question(
        kvnr=KVNR("A123456780"),
        permission=Permission.SERIES,
        permission_until_on=date(2026, 12, 31),
        days=(date(2026, 11, 26), date(2026, 11, 19)),
    )


def test_null_says_the_same_as_leaving_a_member_out() -> None:
    assert read_json({**ASK, "permissionUntil": None, "serviceDates": None}) == read_json(ASK)


def test_everything_that_is_wrong_is_found_at_once() -> None:
    wrong = {
        "kvnr": "A123456781",
        "permission": "by-carrier-pigeon",
        "permissionUntil": "31.12.2026",
        "serviceDates": ["2026-11-19", "2026-02-30", 20261119],
        "insurer": "104212059",
    }
    assert broken_rules(wrong, "two words") == {
        "idempotency-key.form": "",
        "kvnr.check-digit": "/kvnr",
        "permission.value": "/permission",
        "permission-until.day": "/permissionUntil",
        "service-dates.day": "/serviceDates/2",
        "question.unknown-member": "/insurer",
    }
    outcome = read_json(wrong)
    assert isinstance(outcome, Flawed)
    assert [one.pointer for one in outcome.findings if one.rule == "service-dates.day"] == [
        "/serviceDates/1",
        "/serviceDates/2",
    ]


@pytest.mark.parametrize(
    ("wrong", "rules"),
    [
        ({}, {"kvnr.missing": "/kvnr", "permission.missing": "/permission"}),
        ({"kvnr": None, "permission": None}, {"kvnr.type": "/kvnr", "permission.value": "/permission"}),
        ({**ASK, "kvnr": 123456780}, {"kvnr.type": "/kvnr"}),
        ({**ASK, "kvnr": ""}, {"kvnr.length": "/kvnr"}),
        ({**ASK, "kvnr": "A12345678"}, {"kvnr.length": "/kvnr"}),
        ({**ASK, "kvnr": "1123456780"}, {"kvnr.characters": "/kvnr"}),
        ({**ASK, "kvnr": "A12345678O"}, {"kvnr.characters": "/kvnr"}),
        ({**ASK, "kvnr": "a123456780"}, {"kvnr.characters": "/kvnr"}),
        ({**ASK, "kvnr": "A123 456 780"}, {"kvnr.characters": "/kvnr"}),
        ({**ASK, "kvnr": "A12345678٠"}, {"kvnr.characters": "/kvnr"}),
        ({**ASK, "permission": "IN_PERSON"}, {"permission.value": "/permission"}),
        ({**ASK, "permission": 1}, {"permission.value": "/permission"}),
        ({**ASK, "permissionText": 2026}, {"permission-text.type": "/permissionText"}),
        ({**ASK, "permissionUntil": 20261231}, {"permission-until.day": "/permissionUntil"}),
        ({**ASK, "permissionUntil": "2026-12-31T00:00:00"}, {"permission-until.day": "/permissionUntil"}),
        ({**ASK, "serviceDates": "2026-11-19"}, {"service-dates.type": "/serviceDates"}),
        ({**ASK, "serviceDates": []}, {"service-dates.empty": "/serviceDates"}),
        ({**ASK, "serviceDates": [None]}, {"service-dates.day": "/serviceDates/0"}),
        ({**ASK, "serviceDates": ["20261119"]}, {"service-dates.day": "/serviceDates/0"}),
        ({**ASK, "serviceDates": ["2026-W47-4"]}, {"service-dates.day": "/serviceDates/0"}),
        ({**ASK, "serviceDates": {"0": "2026-11-19"}}, {"service-dates.type": "/serviceDates"}),
        ([ASK], {"question.type": ""}),
        ("A123456780", {"question.type": ""}),
        (1, {"question.type": ""}),
        (None, {"question.type": ""}),
    ],
)
def test_what_is_wrong_is_named_by_rule_and_place(wrong: object, rules: dict[str, str]) -> None:
    assert broken_rules(wrong) == rules


def test_the_version_of_the_sentence_that_was_shown_is_part_of_a_question() -> None:
    outcome = read_json({**ASK, "permissionText": "2026-10"})
    assert isinstance(outcome, Question)
    assert outcome.permission_text == "2026-10"


@pytest.mark.parametrize(
    ("wrong", "read_of_it"),
    [
        ({}, {}),
        ({"permission": "series", "permissionUntil": "2026-12-31"},
         {"permission": Permission.SERIES, "permission_until_on": date(2026, 12, 31)}),
        ({"permission": "series", "permissionUntil": "31.12.2026"}, {}),
        ({"permission": "pigeon", "permissionUntil": "2026-12-31"}, {}),
        ({"permission": "series", "permissionText": "2026-10"},
         {"permission": Permission.SERIES, "permission_text": "2026-10"}),
        ({"permission": "series", "permissionText": 1}, {"permission": Permission.SERIES}),
        ({"serviceDates": ["2024-01-01", "heute"]}, {"days": (date(2024, 1, 1), TODAY)}),
        ({"serviceDates": []}, {"days": (TODAY,)}),
        ({"serviceDates": "heute"}, {"days": (TODAY,)}),
        ({"serviceDates": None}, {}),
    ],
)  # fmt: skip
def test_the_rest_of_a_flawed_question_can_be_read(
    wrong: dict[str, object], read_of_it: dict[str, Any]
) -> None:
    outcome = read_json(wrong)
    assert isinstance(outcome, Flawed)
    nothing = Question(kvnr=KVNR(""), permission=Permission.IN_PERSON, permission_until_on=None, days=())
    assert readable(outcome, TODAY) == replace(nothing, **read_of_it)


def test_of_what_is_no_object_nothing_can_be_read() -> None:
    outcome = read_json([ASK])
    assert isinstance(outcome, Flawed)
    assert readable(outcome, TODAY) is None


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "The body is not JSON; line 1, column 1."),
        (b"kvnr=A123456780", "The body is not JSON; line 1, column 1."),
        (b'{"kvnr": "A123456780",}', "The body is not JSON; line 1, column 23."),
        (b"{} {}", "The body is not JSON; line 1, column 4."),
        (b"{'kvnr': 'A123456780'}", "The body is not JSON; line 1, column 2."),
        (b'{"kvnr": "A123\x0056780"}', "The body is not JSON; line 1, column 15."),
        (b'\xef\xbb\xbf{"kvnr": "A123456780"}', "The body begins with a byte order mark."),
        (b'{"kvnr": "A12345678\xff"}', "The body is not UTF-8; the first wrong byte is at 19."),
        ('{"kvnr": "A123456780"}'.encode("utf-16"), "The body is not UTF-8; the first wrong byte is at 0."),
        (b'{"kvnr": NaN}', "NaN and Infinity are not JSON."),
        (b'{"kvnr": -Infinity}', "NaN and Infinity are not JSON."),
        (b'{"kvnr": "A123456780", "kvnr": "B123456782"}', "An object has a member twice."),
        (b'{"kvnr": {"a": 1, "\\u0061": 2}}', "An object has a member twice."),
        (b"[" * 60_000, "The body is nested too deeply."),
        (b'{"kvnr":' * 8_000, "The body is nested too deeply."),
        (b'{"kvnr": "\\ud800"}', "The body holds a lone surrogate."),
        (b'{"\\udfff": 1}', "The body holds a lone surrogate."),
        (b'{"kvnr": 1' + b"0" * 5_000 + b"}", "The body holds a number that is too long."),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_what_is_no_json_is_refused_with_its_place(body: bytes, detail: str) -> None:
    outcome = read(body, None)
    assert isinstance(outcome, Problem)
    assert outcome.kind is MALFORMED_BODY
    assert outcome.detail == detail


@pytest.mark.parametrize("key", ["", "two words", "ä", "x" * 129, "tab\there"])
def test_an_idempotency_key_is_short_printable_and_without_spaces(key: str) -> None:
    assert broken_rules(ASK, key) == {"idempotency-key.form": ""}


@pytest.mark.parametrize("key", ["1", "x" * 128, '"8e03978e-40d5-43e8-bc93-6894a57f9324"'])
def test_an_idempotency_key_may_be_any_other_name(key: str) -> None:
    assert isinstance(read_json(ASK, key), Question)


def test_a_hundred_findings_are_enough() -> None:
    outcome = read_json({**ASK, "serviceDates": ["heute"] * 5_000})
    assert isinstance(outcome, Flawed)
    assert len(findings.faulty(outcome.findings).findings) == 100


@pytest.mark.parametrize(
    "body",
    [
        {"kvnr": "K918273645", "permission": "K918273645"},
        {"kvnr": "K91827364", "permission": ["K918273645"]},
        {"K918273645": "in-person"},
        {"kvnr": "A123456780", "permission": "in-person", "serviceDates": ["K918273645"]},
    ],
)
def test_nothing_repeats_a_number_that_was_sent(body: object) -> None:
    outcome = read_json(body)
    assert isinstance(outcome, Flawed)
    assert "91827" not in findings.faulty(outcome.findings).document().decode()


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_question_or_a_problem_that_can_be_told(body: bytes) -> None:
    outcome = read(body, None)
    if isinstance(outcome, Flawed):
        outcome = findings.faulty(outcome.findings)
    if isinstance(outcome, Problem):
        assert json.loads(outcome.document())["status"] in {400, 422}


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("kvnr", "permission", "permissionUntil", "permissionText", "serviceDates"), json_values
        ),
    )
)
def test_whatever_the_known_members_hold_each_finding_has_words_for_practice_and_developer(body: Any) -> None:
    outcome = read_json(body)
    assert isinstance(outcome, Flawed)
    readable(outcome, TODAY)
    for one in outcome.findings:
        assert one.text.endswith(".")
        assert one.detail.endswith(".")
        assert one.pointer == "" or one.pointer.startswith("/")
