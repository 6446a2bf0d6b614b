"""The OpenAPI description, as far as Django Ninja cannot make it from our declarations by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from zuzahlung.api import problems, schemas
from zuzahlung.api.questions import QuestionIn

REFERENCE = "#/components/schemas/{model}"


class DescribedApi(NinjaAPI):
    """Adds to the description what Ninja cannot know of: the body is read by `questions`, problems are no models of it."""

    def get_openapi_schema(self, **named: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**named)
        for model in (QuestionIn, schemas.Problem):
            declared = model.model_json_schema(ref_template=REFERENCE)
            schema["components"]["schemas"] |= declared.pop("$defs", {}) | {declared["title"]: declared}
        days = schema["components"]["schemas"]["Question"]["properties"]["serviceDates"]
        days["anyOf"][0]["maxItems"] = settings.HOUSE.exemptions.series_days
        for operations in schema["paths"].values():
            if "get" in operations:
                for parameter in operations["get"]["parameters"]:
                    # Told to readers alone: were it a rule for Ninja, it would refuse in other words than ours.
                    parameter["schema"]["pattern"] = schemas.NUMBER
                operations["head"] = _head(operations["get"])
        schema["components"]["securitySchemes"] = {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key of the institution, made by its owner in the portal under „Praxis“.",
            }
        }
        return schema


def _head(get: Mapping[str, Any]) -> dict[str, Any]:
    """HEAD says what GET says, without a body."""
    responses = {
        status: {name: value for name, value in response.items() if name != "content"}
        for status, response in get["responses"].items()
    }
    return {
        **get,
        "operationId": f"{get['operationId']}Headers",
        "summary": f"{get['summary']} (headers only)",
        "responses": responses,
    }


QUOTA_HEADERS: Mapping[str, Any] = {
    "RateLimit-Policy": {
        "description": "The three quotas: how many (q) in how many seconds (w).",
        "schema": {"type": "string"},
        "example": '"day";q=100;w=86400, "burst";q=20;w=300, "unknown";q=10;w=86400',
    },
    "RateLimit": {
        "description": "What is left of each (r), and for how many seconds it has to last (t).",
        "schema": {"type": "string"},
        "example": '"day";r=73;t=35400, "burst";r=19;t=212, "unknown";r=10;t=35400',
    },
}
RETRY_AFTER: Mapping[str, Any] = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}
HEADERS: Mapping[int, Mapping[str, Any]] = {
    401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
    405: {"Allow": {"required": True, "schema": {"type": "string"}}},
    429: {**RETRY_AFTER, **QUOTA_HEADERS},
    503: RETRY_AFTER,
}


CONTENT_LOCATION: Mapping[str, Any] = {
    "Content-Location": {
        "description": "Where the same answer can be read again.",
        "schema": {"type": "string"},
    }
}


def responses(answer: str, headers: Mapping[str, Any], *kinds: problems.ProblemType) -> dict[int, Any]:
    """What an operation can answer: the answer, and each problem by its status."""
    described: dict[int, Any] = {200: {"description": answer, "headers": dict(headers)}}
    for kind in kinds:
        response = described.setdefault(
            kind.status,
            {
                "description": "",
                "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
        response["description"] = f"{response['description']} {kind.title} ({kind.slug}).".strip()
        if kind.status in HEADERS:
            response["headers"] = dict(HEADERS[kind.status])
    return described
