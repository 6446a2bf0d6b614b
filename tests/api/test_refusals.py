"""Whatever stands in the way has one status, one kind of problem, and words for practice and developer."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime

import pytest
from django.db import OperationalError

from tests.api.stage import ASK, CHILD, EXEMPT, LIABLE, QUERIES, UNKNOWN, Stage, call
from zuzahlung.accounts.services import keys


def test_an_answer_says_what_holds_and_until_when(stage: Stage) -> None:
    heard = stage.practice().asks({"kvnr": EXEMPT, "permission": "in-person", "serviceDates": ["2026-11-19"]})
    number = heard.json["number"]
    assert heard.status == 200
    assert heard.json == {
        "number": number,
        "answeredAt": "2026-11-19T09:42:00Z",
        "kvnr": "A123456780",
        "initials": "M. M.",
        "result": "exempt",
        "days": [{"date": "2026-11-19", "status": "exempt", "validUntil": "2026-12-31", "forecast": False}],
        "copaymentKey": 1,
        "copaymentKeyReason": "Am 19.11.2026 befreit: zuzahlungsbefreit.",
        "stand": "2026-11-19",
        "permission": "in-person",
        "permissionUntil": None,
        "permissionText": "2026-11",
    }
    assert heard.headers["Content-Type"] == "application/json"
    assert heard.headers["Content-Location"] == f"/api/v1/exemption-queries/{number}"
    assert heard.headers["Cache-Control"] == "no-store"
    assert heard.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        heard.headers["RateLimit-Policy"] == '"day";q=100;w=86400, "burst";q=20;w=300, "unknown";q=10;w=86400'
    )
    assert heard.headers["RateLimit"] == '"day";r=99;t=47880, "burst";r=19;t=300, "unknown";r=10;t=47880'


def test_a_series_says_which_key_follows(stage: Stage) -> None:
    heard = stage.practice().asks(
        {
            "kvnr": CHILD,
            "permission": "series",
            "permissionUntil": "2026-12-18",
            "serviceDates": ["2026-11-26", "2026-11-19", "2026-11-26"],
        }
    )
    assert heard.json["result"] == "mixed"
    assert heard.json["days"] == [
        {"date": "2026-11-19", "status": "minor", "validUntil": "2026-11-24", "forecast": False},
        {"date": "2026-11-26", "status": "liable", "validUntil": None, "forecast": True},
    ]
    assert heard.json["copaymentKey"] == 3
    assert heard.json["permissionUntil"] == "2026-12-18"


def test_without_a_day_the_status_of_today_is_told(stage: Stage) -> None:
    heard = stage.practice().asks({"kvnr": LIABLE, "permission": "telephone"})
    assert [(one["date"], one["status"]) for one in heard.json["days"]] == [("2026-11-19", "liable")]


def test_next_year_can_be_asked_from_the_german_first_of_december_and_not_a_second_before(
    stage: Stage,
) -> None:
    practice = stage.practice()
    january = {**ASK, "serviceDates": ["2027-01-04", "2026-12-31"]}
    stage.now = datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)
    heard = practice.asks(january)
    assert (heard.status, heard.rules) == (422, {"service-dates.too-late": "/serviceDates/0"})
    stage.forward(seconds=1)
    heard = practice.asks(january)
    assert heard.status == 200
    assert heard.json["days"] == [
        {"date": "2026-12-31", "status": "exempt", "validUntil": "2026-12-31", "forecast": True},
        {"date": "2027-01-04", "status": "liable", "validUntil": None, "forecast": True},
    ]
    assert heard.json["copaymentKey"] == 5


def test_today_is_the_german_day_also_between_the_midnights(stage: Stage) -> None:
    practice = stage.practice()
    stage.forward(hours=13, minutes=17, seconds=59)
    assert practice.asks().json["days"][0]["date"] == "2026-11-19"
    stage.forward(seconds=1)
    assert practice.asks().json["days"][0]["date"] == "2026-11-20"


def test_an_unknown_insured_gets_one_neutral_answer(stage: Stage) -> None:
    heard = stage.practice().asks({"kvnr": UNKNOWN, "permission": "in-person"})
    assert heard.status == 200
    assert heard.json["result"] == "unknown"
    assert heard.json["days"] == [
        {"date": "2026-11-19", "status": None, "validUntil": None, "forecast": False}
    ]
    assert (heard.json["initials"], heard.json["copaymentKey"], heard.json["copaymentKeyReason"]) == (
        None,
        None,
        None,
    )


def test_an_answer_can_be_read_again_and_costs_nothing(stage: Stage) -> None:
    practice = stage.practice()
    given = practice.asks({"kvnr": EXEMPT, "permission": "in-person", "serviceDates": ["2026-11-19"]})
    stage.forward(days=400)
    again = practice.reads(given.json["number"])
    assert again.status == 200
    assert again.body == given.body
    assert again.headers["RateLimit"].startswith('"day";r=100;')


@pytest.mark.parametrize(
    "number", ["22222-22222-22222", "BVXM2-S3P3G-SBXX5", "x", "%00", "ä", "A123456780", "2" * 500]
)
def test_a_number_that_was_not_given_is_not_found(stage: Stage, number: str) -> None:
    heard = stage.practice().reads(number)
    assert (heard.status, heard.problem) == (404, "no-such-answer")


def test_head_is_get_without_a_body(stage: Stage) -> None:
    practice = stage.practice()
    given = practice.asks()
    heard = call("HEAD", given.headers["Content-Location"], token=practice.token)
    assert (heard.status, heard.body) == (200, b"")
    assert heard.headers["Content-Length"] == given.headers["Content-Length"]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic MjYwMzI2ODIyOmdlaGVpbQ==",
        "Bearer zuz_kurz",
        "Bearer zuz_" + "A" * 49,
        "Bearer ä",
        "Token zuz_",
    ],
)
def test_without_a_good_key_nobody_learns_anything(stage: Stage, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    for body in (ASK, b"{", b"x" * 70_000):
        heard = call("POST", QUERIES, body, **headers)
        assert (heard.status, heard.problem, heard.json["findings"]) == (401, "key-refused", [])
        assert heard.headers["WWW-Authenticate"].startswith('Bearer realm="zuzahlung"')
    heard = call("GET", f"{QUERIES}/22222-22222-22222", **headers)
    assert (heard.status, heard.problem) == (401, "key-refused")


def test_a_key_nobody_made_is_refused(stage: Stage) -> None:
    heard = call("POST", QUERIES, ASK, token=keys.new_token())
    assert (heard.status, heard.problem) == (401, "key-refused")
    assert heard.headers["WWW-Authenticate"] == 'Bearer realm="zuzahlung", error="invalid_token"'


def test_the_scheme_may_be_written_in_any_case(stage: Stage) -> None:
    practice = stage.practice()
    assert call("POST", QUERIES, ASK, authorization=f"bearer {practice.token}").status == 200


def test_a_revoked_key_is_refused_at_once(stage: Stage) -> None:
    practice = stage.practice()
    assert practice.asks().status == 200
    keys.revoke_key(practice.member, practice.key, stage.now)
    heard = practice.asks()
    assert (heard.status, heard.problem) == (401, "key-refused")


def test_the_keys_of_an_institution_that_left_are_refused(stage: Stage) -> None:
    from zuzahlung.accounts.models import Institution

    practice = stage.practice()
    Institution.objects.using("operator").filter(id=practice.member.institution).update(left_at=stage.now)
    assert practice.asks().problem == "key-refused"


def test_a_key_for_something_else_is_told_so_before_anything_about_the_body(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "SCOPES", {**keys.SCOPES, "charges": "Abrechnen"})
    practice = stage.practice(scopes=("charges",))
    heard = practice.asks(b"{")
    assert (heard.status, heard.problem) == (403, "scope-missing")
    assert practice.reads("22222-22222-22222").problem == "scope-missing"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_only_post_asks(stage: Stage, method: str) -> None:
    heard = call(method, QUERIES)
    assert (heard.status, heard.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_only_get_reads(stage: Stage, method: str) -> None:
    heard = call(method, f"{QUERIES}/22222-22222-22222")
    assert (heard.status, heard.problem, heard.headers["Allow"]) == (405, "method-not-allowed", "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        f"{QUERIES}/", f"{QUERIES}/a/b", "/api/v1/", "/api/v1/charges", "/api/v1/problems/x", "/api/v1",
        "/api", "/api/", "/api/v2", "/api/v2/exemption-queries", "/api/v1/institution/", "/api/v1/permissions/x",
    ],
)  # fmt: skip
def test_other_addresses_are_not_there(stage: Stage, path: str) -> None:
    heard = call("GET", path)
    assert (heard.status, heard.problem) == (404, "no-such-address")


def test_a_body_over_64_kb_is_refused_unread(stage: Stage) -> None:
    practice = stage.practice()
    largest = b'{"kvnr": "A123456780", "permission": "in-person"}'.ljust(65_536)
    assert practice.asks(largest).status == 200
    heard = practice.asks(largest + b" ")
    assert (heard.status, heard.problem) == (413, "body-too-large")
    heard = practice.asks(content_length=str(10**12))
    assert (heard.status, heard.problem) == (413, "body-too-large")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/json; charset=latin-1",
    ],
)
def test_only_json_is_read(stage: Stage, content_type: str) -> None:
    heard = stage.practice().asks(content_type=content_type)
    assert (heard.status, heard.problem) == (415, "wrong-content-type")


@pytest.mark.parametrize(
    "content_type", ["application/json", 'Application/JSON ; charset="UTF-8"', "application/json;"]
)
def test_json_may_name_its_characters(stage: Stage, content_type: str) -> None:
    assert stage.practice().asks(content_type=content_type).status == 200


def test_a_compressed_body_is_refused(stage: Stage) -> None:
    assert stage.practice().asks(content_encoding="gzip").problem == "wrong-content-type"


def test_what_is_no_json_is_refused(stage: Stage) -> None:
    heard = stage.practice().asks(b'{"kvnr": "A123456780", "kvnr": "B123456782"}')
    assert (heard.status, heard.problem) == (400, "malformed-body")
    assert heard.json["detail"] == "An object has a member twice."


def test_wrong_members_are_refused(stage: Stage) -> None:
    heard = stage.practice().asks({"kvnr": "A123456781", "permissions": "in-person"})
    assert (heard.status, heard.problem) == (422, "faulty-question")
    assert heard.rules == {
        "kvnr.check-digit": "/kvnr",
        "permission.missing": "/permission",
        "question.unknown-member": "/permissions",
    }


@pytest.mark.parametrize(
    ("more", "rules"),
    [
        ({"permission": "series"}, {"permission-until.missing": "/permissionUntil"}),
        (
            {"permission": "series", "permissionUntil": "2026-11-18"},
            {"permission-until.past": "/permissionUntil"},
        ),
        (
            {"permission": "series", "permissionUntil": "2027-11-21"},
            {"permission-until.too-far": "/permissionUntil"},
        ),
        ({"permissionUntil": "2026-12-31"}, {"permission-until.only-for-series": "/permissionUntil"}),
        ({"serviceDates": ["2026-11-19", "2024-12-31"]}, {"service-dates.too-early": "/serviceDates/1"}),
        ({"serviceDates": ["2027-01-01"]}, {"service-dates.too-late": "/serviceDates/0"}),
        (
            {"serviceDates": [date.fromordinal(739_600 + n).isoformat() for n in range(61)]},
            {"service-dates.too-many": "/serviceDates"},
        ),
        (
            {"permission": "series", "serviceDates": ["2024-12-31"]},
            {"permission-until.missing": "/permissionUntil", "service-dates.too-early": "/serviceDates/0"},
        ),
    ],
)
def test_days_and_permission_follow_the_rules_of_the_house(
    stage: Stage, more: dict[str, object], rules: dict[str, str]
) -> None:
    heard = stage.practice().asks({**ASK, **more})
    assert (heard.status, heard.rules) == (422, rules)


def test_the_day_of_service_is_demanded_where_the_kind_of_service_needs_it(stage: Stage) -> None:
    practice = stage.practice(kinds=["heilmittel"])
    heard = practice.asks()
    assert (heard.status, heard.rules) == (422, {"service-dates.missing": "/serviceDates"})
    assert practice.asks({**ASK, "serviceDates": ["2026-11-19"]}).status == 200


@pytest.mark.parametrize(
    ("asked", "rules"),
    [
        (
            {},
            {
                "kvnr.missing": "/kvnr",
                "permission.missing": "/permission",
                "service-dates.missing": "/serviceDates",
            },
        ),
        (
            {"kvnr": "A123456781", "permission": "in-person", "serviceDates": ["2026-11-19", "2024-05-01"]},
            {"kvnr.check-digit": "/kvnr", "service-dates.too-early": "/serviceDates/1"},
        ),
        (
            {**ASK, "serviceDates": ["2026-02-30", "2027-01-01"]},
            {"service-dates.day": "/serviceDates/0", "service-dates.too-late": "/serviceDates/1"},
        ),
        (
            {"kvnr": "A12", "permission": "series", "serviceDates": []},
            {
                "kvnr.length": "/kvnr",
                "service-dates.empty": "/serviceDates",
                "permission-until.missing": "/permissionUntil",
            },
        ),
        (
            {"kvnr": "A12", "permission": "in-person", "permissionText": "2020-01"},
            {
                "kvnr.length": "/kvnr",
                "permission-text.unknown": "/permissionText",
                "service-dates.missing": "/serviceDates",
            },
        ),
        (["no object"], {"question.type": ""}),
    ],
)
def test_what_is_wrong_with_the_form_hides_nothing_that_is_wrong_with_the_rest(
    stage: Stage, asked: object, rules: dict[str, str]
) -> None:
    heard = stage.practice(kinds=["heilmittel"]).asks(asked)
    assert (heard.status, heard.rules) == (422, rules)


def test_an_unsound_idempotency_key_hides_no_finding_either(stage: Stage) -> None:
    heard = stage.practice().asks({**ASK, "serviceDates": ["2020-01-01"]}, idempotency_key="a b")
    assert heard.rules == {"idempotency-key.form": "", "service-dates.too-early": "/serviceDates/0"}


def test_whoever_has_no_key_learns_nothing_of_what_an_institution_has_to_name(stage: Stage) -> None:
    practice = stage.practice(kinds=["heilmittel"])
    heard = call("POST", QUERIES, {"kvnr": "A12"}, token=practice.token[:-1])
    assert (heard.status, heard.json["findings"]) == (401, [])


def test_an_empty_list_is_told_in_words_that_are_true_of_every_institution(stage: Stage) -> None:
    heard = stage.practice(kinds=["heilmittel"]).asks({**ASK, "serviceDates": []})
    (finding,) = heard.json["findings"]
    assert finding["detail"] == (
        "This list must not be empty. Without the member today is asked for, where no day is demanded."
    )


def test_the_sentence_that_was_shown_is_the_one_that_is_journalled(stage: Stage) -> None:
    practice = stage.practice()
    assert practice.asks({**ASK, "permissionText": "2026-11"}).json["permissionText"] == "2026-11"
    heard = practice.asks({**ASK, "permissionText": "2026-10"})
    assert (heard.status, heard.rules) == (422, {"permission-text.unknown": "/permissionText"})
    (finding,) = heard.json["findings"]
    assert finding["text"] == (
        "Ihre Software nennt zur Erlaubnis einen Satz, den es nicht gibt. Bitte wenden Sie sich an den Hersteller "
        "Ihrer Software."
    )
    assert finding["detail"] == "The version of today is 2026-11: show its sentence, then ask."


def test_a_sentence_of_yesterday_is_refused_but_its_answers_stay(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = stage.practice()
    shown = {**ASK, "permissionText": "2026-11"}
    first = practice.asks(shown, idempotency_key="1")
    monkeypatch.setattr("zuzahlung.exemptions.rules.TEXT_VERSION", "2026-12")
    assert practice.asks(shown, idempotency_key="1").body == first.body
    heard = practice.asks(shown)
    assert (heard.status, heard.rules) == (422, {"permission-text.outdated": "/permissionText"})


def test_of_a_day_ahead_nothing_is_said_as_a_fact(stage: Stage) -> None:
    practice = stage.practice()

    def reason(*days: str) -> str:
        return str(practice.asks({**ASK, "kvnr": LIABLE, "serviceDates": days}).json["copaymentKeyReason"])

    assert reason("2026-11-19") == "Am 19.11.2026 nicht befreit: zuzahlungspflichtig."
    assert reason("2026-11-20") == "Nach heutigem Stand am 20.11.2026 nicht befreit: zuzahlungspflichtig."
    assert reason("2026-11-19", "2026-11-20").startswith("Nach heutigem Stand an ")


def test_refused_questions_count_nothing(stage: Stage) -> None:
    practice = stage.practice()
    for body in (b"{", {"kvnr": "A123456781"}, {**ASK, "permission": "series"}):
        practice.asks(body)
    assert practice.asks().headers["RateLimit"].startswith('"day";r=99;')


def test_a_foreign_host_is_refused(stage: Stage) -> None:
    for path in (QUERIES, "/api/v1/permissions", "/api/v1/docs", "/api/v2"):
        heard = call("POST", path, ASK, token=stage.practice().token, host="evil.example")
        assert (heard.status, heard.problem) == (400, "bad-request")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1/openapi.json", "GET, HEAD"),
        ("/api/v1/docs", "GET, HEAD"),
        ("/api/v1/problems/quota-used-up", "GET, HEAD"),
        ("/api/v1/institution", "GET, HEAD"),
        ("/api/v1/permissions", "GET, HEAD"),
    ],
)
def test_what_is_only_read_refuses_all_else(stage: Stage, method: str, path: str, allowed: str) -> None:
    heard = call(method, path, token=stage.practice().token)
    assert (heard.status, heard.problem, heard.headers["Allow"]) == (405, "method-not-allowed", allowed)


def test_every_refusal_has_all_members_of_a_problem(stage: Stage) -> None:
    heard = [call("POST", "/api/v1/openapi.json"), call("GET", "/api/v2"), call("GET", QUERIES, host="evil")]
    for one in heard:
        assert list(one.json) == ["type", "title", "status", "detail", "text", "findings"]


def test_a_page_for_people_stays_a_page_when_it_refuses(stage: Stage) -> None:
    heard = call("GET", "/apis")
    assert (heard.status, heard.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_an_error_of_ours_outside_of_the_endpoint_is_a_problem_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zuzahlung.api.about.permissions", lambda: 1 / 0)
    heard = call("GET", "/api/v1/permissions")
    assert (heard.status, heard.problem) == (500, "internal-error")


def test_an_outage_outside_of_the_endpoint_says_when_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError

    monkeypatch.setattr("zuzahlung.api.about.permissions", away)
    heard = call("GET", "/api/v1/permissions")
    assert (heard.status, heard.problem, heard.headers["Retry-After"]) == (503, "no-information", "30")
    assert heard.json["at"] == "2026-11-19T09:42:00Z"


def test_an_error_of_ours_is_told_without_what_was_sent(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(question: object, *_: object, **__: object) -> None:
        raise ValueError(f"cannot answer {question}")

    monkeypatch.setattr("zuzahlung.exemptions.services.ask", broken)
    practice = stage.practice()
    with caplog.at_level(logging.DEBUG):
        heard = practice.asks()
    assert (heard.status, heard.problem) == (500, "internal-error")
    assert "ValueError in the JSON interface at " in caplog.text
    for told in (caplog.text, heard.body.decode()):
        assert EXEMPT not in told
        assert practice.token not in told
