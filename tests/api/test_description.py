"""The OpenAPI description is sound, and describes everything that is answered: each status, type and header."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.api.stage import ASK, EXEMPT, QUERIES, UNKNOWN, Heard, Practice, Stage, call
from zuzahlung.accounts.services import keys
from zuzahlung.api.problems import PROBLEM_TYPES
from zuzahlung.api.questions import QuestionIn
from zuzahlung.exemptions import services


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    """The description as it is served."""
    heard = call("GET", "/api/v1/openapi.json")
    assert heard.headers["Content-Type"].startswith("application/json")
    served: dict[str, Any] = json.loads(heard.body)
    return served


def test_it_is_openapi_with_both_operations(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    assert description["security"] == [{"key": []}]
    assert description["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert {
        (method, path): operation["operationId"]
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    } == {
        ("post", "/api/v1/exemption-queries"): "askExemption",
        ("get", "/api/v1/exemption-queries/{number}"): "readExemptionAnswer",
    }


def test_its_objects_are_sound_json_schemas(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    assert {"Question", "Answer", "Day", "Problem", "Finding", "Permission", "Status", "Result"} == set(
        schemas
    )
    for name, schema in schemas.items():
        jsonschema_rs.meta.validate(schema)
        assert schema["description"], name


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    for reference in references(description):
        place: Any = description
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
        assert place


def test_every_member_is_explained(description: dict[str, Any]) -> None:
    for name in ("Question", "Answer", "Day", "Problem", "Finding"):
        schema = description["components"]["schemas"][name]
        assert schema["additionalProperties"] is False
        for member, declared in schema["properties"].items():
            assert declared["description"].endswith("."), f"{name}.{member}"


def test_a_question_is_described_as_it_is_read(description: dict[str, Any]) -> None:
    question = description["components"]["schemas"]["Question"]
    assert question["required"] == ["kvnr", "permission"]
    assert list(question["properties"]) == [field.alias for field in QuestionIn.model_fields.values()]
    assert question["properties"]["kvnr"]["pattern"] == "^[A-Z][0-9]{9}$"


def _used_up(stage: Stage, practice: Practice) -> Heard:
    stage.limit(practice, per_day=0)
    return practice.asks()


def _guessed(stage: Stage, practice: Practice) -> Heard:
    for _ in range(21):
        call("POST", QUERIES, ASK, token=keys.new_token(), address="192.0.2.99")
    return call("POST", QUERIES, ASK, token=keys.new_token(), address="192.0.2.99")


def _twice(stage: Stage, practice: Practice) -> Heard:
    practice.asks(idempotency_key="1")
    return practice.asks({**ASK, "kvnr": UNKNOWN}, idempotency_key="1")


def _without_scope(stage: Stage, practice: Practice) -> Heard:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "SCOPES", {"charges": "Abrechnen"})
        return stage.practice(scopes=("charges",)).asks()


def _broken(stage: Stage, practice: Practice) -> Heard:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "ask", lambda *_, **__: 1 / 0)
        return practice.asks()


def _away(stage: Stage, practice: Practice) -> Heard:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "ask", lambda *_, **__: services.NoInformation())
        return practice.asks()


PATHS = {"post": "/api/v1/exemption-queries", "get": "/api/v1/exemption-queries/{number}"}
CASES: dict[str, tuple[str, str, Callable[[Stage, Practice], Heard]]] = {
    "exempt": ("post", "", lambda stage, practice: practice.asks()),
    "unknown": ("post", "", lambda stage, practice: practice.asks({**ASK, "kvnr": UNKNOWN})),
    "series": (
        "post",
        "",
        lambda stage, practice: practice.asks(
            {
                "kvnr": EXEMPT,
                "permission": "series",
                "permissionUntil": "2026-12-31",
                "serviceDates": ["2026-01-01", "2026-12-31"],
            }
        ),
    ),
    "malformed": ("post", "malformed-body", lambda stage, practice: practice.asks(b"{")),
    "no key": ("post", "key-refused", lambda stage, practice: call("POST", QUERIES, ASK)),
    "no scope": ("post", "scope-missing", _without_scope),
    "wrong method": ("post", "method-not-allowed", lambda stage, practice: call("PUT", QUERIES)),
    "too large": ("post", "body-too-large", lambda stage, practice: practice.asks(b" " * 65_537)),
    "wrong type": (
        "post",
        "wrong-content-type",
        lambda stage, practice: practice.asks(content_type="text/csv"),
    ),
    "faulty": (
        "post",
        "faulty-question",
        lambda stage, practice: practice.asks({"kvnr": "A123456781", "x": 1}),
    ),
    "other question": ("post", "idempotency-key-used", _twice),
    "used up": ("post", "quota-used-up", _used_up),
    "guessed": ("post", "too-many-wrong-keys", _guessed),
    "broken": ("post", "internal-error", _broken),
    "away": ("post", "no-information", _away),
    "read": ("get", "", lambda stage, practice: practice.reads(practice.asks().json["number"])),
    "not given": ("get", "no-such-answer", lambda stage, practice: practice.reads("22222-22222-22222")),
    "read without key": ("get", "key-refused", lambda stage, practice: call("GET", f"{QUERIES}/2")),
    "read by post": ("get", "method-not-allowed", lambda stage, practice: call("POST", f"{QUERIES}/2")),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_answered_is_described(stage: Stage, description: dict[str, Any], case: str) -> None:
    method, problem, act = CASES[case]
    heard = act(stage, stage.practice())
    assert (heard.problem if problem else heard.status) == (problem or 200)
    described = description["paths"][PATHS[method]][method]["responses"][str(heard.status)]
    schema = described["content"][heard.headers["Content-Type"]]["schema"]
    validator = jsonschema_rs.validator_for(
        {**schema, "components": description["components"]}, validate_formats=True
    )
    assert [str(error) for error in validator.iter_errors(heard.json)] == []
    for name, header in described.get("headers", {}).items():
        assert not header.get("required") or name in heard.headers
    assert {"RateLimit", "Retry-After", "Allow", "WWW-Authenticate", "Content-Location"} & set(
        heard.headers
    ) <= set(described.get("headers", {}))


def test_every_kind_of_problem_occurs_above_or_at_another_address() -> None:
    assert {problem for _, problem, _ in CASES.values() if problem} | {"no-such-address"} == set(
        PROBLEM_TYPES
    )


@pytest.mark.parametrize("method", PATHS)
def test_every_status_that_is_described_occurs(description: dict[str, Any], method: str) -> None:
    occurring = {
        PROBLEM_TYPES[problem].status if problem else 200
        for used, problem, _ in CASES.values()
        if used == method
    }
    # Reading again shares these with asking, where they are shown.
    shared = {403, 429, 500, 503} if method == "get" else set()
    assert {
        int(status) for status in description["paths"][PATHS[method]][method]["responses"]
    } == occurring | shared


def test_the_guide_names_every_problem_member_and_form_of_permission(description: dict[str, Any]) -> None:
    guide = Path(__file__).parents[2].joinpath("docs", "api.md").read_text(encoding="utf-8")
    schemas = description["components"]["schemas"]
    members = {
        member
        for name in ("Question", "Answer", "Day", "Problem", "Finding")
        for member in schemas[name]["properties"]
    }
    words = {*PROBLEM_TYPES, *members, *schemas["Permission"]["enum"], *schemas["Result"]["enum"]}
    assert [word for word in sorted(words) if word not in guide] == []


def references(part: Any) -> set[str]:
    """All `$ref` in a description."""
    if isinstance(part, dict):
        own = {part["$ref"]} if "$ref" in part else set()
        return own.union(*(references(one) for one in part.values()))
    if isinstance(part, list):
        return set().union(*(references(one) for one in part))
    return set()
