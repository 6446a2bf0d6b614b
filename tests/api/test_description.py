"""The OpenAPI description is sound, and describes everything that is answered: each status, type and header."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.api.stage import ASK, EXEMPT, QUERIES, UNKNOWN, Heard, Practice, Stage, call
from zuzahlung.accounts.services import keys
from zuzahlung.api.pages import SHAPES
from zuzahlung.api.problems import PROBLEM_TYPES
from zuzahlung.api.questions import QuestionIn
from zuzahlung.exemptions import services
from zuzahlung.exemptions.permission_texts import TEXT_VERSION, VERSIONS

GUIDE = Path(__file__).parents[2].joinpath("docs", "api.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    """The description as it is served."""
    heard = call("GET", "/api/v1/openapi.json")
    assert heard.headers["Content-Type"].startswith("application/json")
    served: dict[str, Any] = json.loads(heard.body)
    return served


def test_it_is_openapi_with_all_operations(description: dict[str, Any]) -> None:
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
        ("head", "/api/v1/exemption-queries/{number}"): "readExemptionAnswerHeaders",
        ("get", "/api/v1/institution"): "readInstitution",
        ("head", "/api/v1/institution"): "readInstitutionHeaders",
        ("get", "/api/v1/permissions"): "readPermissionTexts",
        ("head", "/api/v1/permissions"): "readPermissionTextsHeaders",
    }


def test_it_says_its_version_and_whom_to_ask(description: dict[str, Any]) -> None:
    assert description["info"]["version"] == "1.0.0"
    assert description["info"]["contact"] == {
        "name": "Musterkasse – Die Gesundheitskasse zum Ausprobieren",
        "email": "service@musterkasse.example",
    }
    assert "\n| 1.0.0 |" in GUIDE


def test_only_the_sentences_are_for_everybody(description: dict[str, Any]) -> None:
    assert {
        path for path, methods in description["paths"].items() if methods.get("get", {}).get("security") == []
    } == {"/api/v1/permissions"}


def test_the_number_of_an_answer_has_its_form(description: dict[str, Any]) -> None:
    (number,) = description["paths"]["/api/v1/exemption-queries/{number}"]["get"]["parameters"]
    answer = description["components"]["schemas"]["Answer"]
    assert number["schema"] == {
        "type": "string",
        "title": "Number",
        "description": "Auskunft-Nummer of the answer, as it was given.",
        "pattern": "^[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}$",
    }
    assert number["schema"]["pattern"] == answer["properties"]["number"]["pattern"]


def test_head_is_described_without_a_body(description: dict[str, Any]) -> None:
    for methods in description["paths"].values():
        if "head" in methods:
            assert methods["head"]["responses"].keys() == methods["get"]["responses"].keys()
            assert not [one for one in methods["head"]["responses"].values() if "content" in one]


def test_its_objects_are_sound_json_schemas(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    assert set(schemas) == {*SHAPES, "Permission", "Status", "Result"}
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
    for name in SHAPES:
        schema = description["components"]["schemas"][name]
        for member, declared in schema["properties"].items():
            assert declared["description"].endswith("."), f"{name}.{member}"


def test_only_the_question_is_closed_to_new_members(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    assert schemas["Question"]["additionalProperties"] is False
    assert [name for name, one in schemas.items() if "additionalProperties" in one] == ["Question"]


def test_a_question_has_as_many_days_as_the_house_allows(description: dict[str, Any]) -> None:
    days = description["components"]["schemas"]["Question"]["properties"]["serviceDates"]["anyOf"][0]
    assert (days["minItems"], days["maxItems"]) == (1, 60)


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
        heard = call("POST", QUERIES, ASK, token=keys.new_token(), address="192.0.2.99")
    return heard


def _of(path: str) -> Callable[[Stage, Practice], Heard]:
    return lambda stage, practice: call("GET", path, token=practice.token)


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


PATHS = {
    "post": ("post", "/api/v1/exemption-queries"),
    "get": ("get", "/api/v1/exemption-queries/{number}"),
    "institution": ("get", "/api/v1/institution"),
    "permissions": ("get", "/api/v1/permissions"),
}
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
    "foreign host": ("post", "bad-request", lambda stage, practice: practice.asks(host="evil.example")),
    "institution": ("institution", "", _of("/api/v1/institution")),
    "institution without key": (
        "institution",
        "key-refused",
        lambda stage, practice: call("GET", "/api/v1/institution"),
    ),
    "institution by post": (
        "institution",
        "method-not-allowed",
        lambda stage, practice: call("POST", "/api/v1/institution", token=practice.token),
    ),
    "permissions": ("permissions", "", lambda stage, practice: call("GET", "/api/v1/permissions")),
    "permissions by post": (
        "permissions",
        "method-not-allowed",
        lambda stage, practice: call("POST", "/api/v1/permissions"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_answered_is_described(stage: Stage, description: dict[str, Any], case: str) -> None:
    operation, problem, act = CASES[case]
    method, path = PATHS[operation]
    heard = act(stage, stage.practice())
    assert (heard.problem if problem else heard.status) == (problem or 200)
    described = description["paths"][path][method]["responses"][str(heard.status)]
    schema = described["content"][heard.headers["Content-Type"]]["schema"]
    validator = jsonschema_rs.validator_for(
        {**schema, "components": {"schemas": closed(description["components"]["schemas"])}},
        validate_formats=True,
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


@pytest.mark.parametrize("operation", PATHS)
def test_every_status_that_is_described_occurs(description: dict[str, Any], operation: str) -> None:
    occurring = {
        PROBLEM_TYPES[problem].status if problem else 200
        for used, problem, _ in CASES.values()
        if used == operation
    }
    # Reading shares these with asking, where they are shown.
    shared = {
        "post": set(),
        "get": {400, 403, 429, 500, 503},
        "institution": {400, 403, 429, 500, 503},
        "permissions": {400, 500},
    }[operation]
    method, path = PATHS[operation]
    assert {int(status) for status in description["paths"][path][method]["responses"]} == occurring | shared


def test_the_guide_names_every_problem_member_and_form_of_permission(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    members = {member for name in SHAPES for member in schemas[name]["properties"]}
    words = {*PROBLEM_TYPES, *members, *schemas["Permission"]["enum"], *schemas["Result"]["enum"]}
    assert [word for word in sorted(words) if word not in words_of(GUIDE)] == []


def test_the_guide_shows_every_sentence_that_people_confirm() -> None:
    for text in VERSIONS[TEXT_VERSION].values():
        assert f"| `{text.permission}` | {text.label} | {text.statement} |" in GUIDE
    assert f"Version `{TEXT_VERSION}`:" in GUIDE


def words_of(guide: str) -> set[str]:
    """The words that stand as code in the guide; those of its prose are there by chance."""
    return set(re.findall(r"[\w-]+", " ".join(re.findall("`[^`]+`", guide.replace("```", "`")))))


def closed(schemas: dict[str, Any]) -> dict[str, Any]:
    """The same schemas with no room for members that nobody described."""
    return {
        name: {**one, "additionalProperties": False} if "properties" in one else one
        for name, one in schemas.items()
    }


def references(part: Any) -> set[str]:
    """All `$ref` in a description."""
    if isinstance(part, dict):
        own = {part["$ref"]} if "$ref" in part else set()
        return own.union(*(references(one) for one in part.values()))
    if isinstance(part, list):
        return set().union(*(references(one) for one in part))
    return set()
