"""The operations as Django Ninja declares them: the OpenAPI description, and the way through Django to the endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import NinjaAPI, P, PathEx
from ninja.openapi.schema import OpenAPISchema

from zuzahlung.api import endpoint, problems, schemas
from zuzahlung.api.calls import Reply, call_of
from zuzahlung.api.questions import IDEMPOTENCY_KEY, QuestionIn

Number = PathEx[str, P(description="Auskunft-Nummer of the answer, as it was given.")]
REFERENCE = "#/components/schemas/{model}"


class _Api(NinjaAPI):
    """Adds to the description what Ninja cannot know of: the body is read by `questions`, problems are no models of it."""

    def get_openapi_schema(self, **named: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**named)
        for model in (QuestionIn, schemas.Problem):
            declared = model.model_json_schema(ref_template=REFERENCE)
            schema["components"]["schemas"] |= declared.pop("$defs", {}) | {declared["title"]: declared}
        schema["components"]["securitySchemes"] = {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key of the institution, made by its owner in the portal under „Praxis“.",
            }
        }
        return schema


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


def _responses(answer: str, *kinds: problems.ProblemType) -> dict[int, Any]:
    """What an operation can answer: the answer, and each problem by its status."""
    responses: dict[int, Any] = {
        200: {
            "description": answer,
            "headers": {
                **QUOTA_HEADERS,
                "Content-Location": {
                    "description": "Where the same answer can be read again.",
                    "schema": {"type": "string"},
                },
            },
        }
    }
    for kind in kinds:
        response = responses.setdefault(
            kind.status,
            {
                "description": "",
                "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
        response["description"] = f"{response['description']} {kind.title} ({kind.slug}).".strip()
        if kind.status in HEADERS:
            response["headers"] = dict(HEADERS[kind.status])
    return responses


api = _Api(
    title="Zuzahlung: exemption queries",
    version="1",
    description="Ask whether an insured is exempt from copayment on a day, as the pages of the portal do: never without "
    "the permission of the insured, within the same quotas, and with the same journal.",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    servers=[{"url": settings.PORTAL_URL}],
    openapi_extra={"security": [{"key": []}]},
)


@api.post(
    "/exemption-queries",
    operation_id="askExemption",
    summary="Ask whether an insured is exempt",
    response={200: schemas.Answer},
    by_alias=True,
    openapi_extra={
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "Your own name for this question. For 24 hours the same one gives the same answer and "
                "counts once.",
                "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY.pattern}$"},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Question"}}},
        },
        "responses": _responses(
            "The answer, with its entry in the journal.",
            problems.MALFORMED_BODY,
            problems.KEY_REFUSED,
            problems.SCOPE_MISSING,
            problems.METHOD_NOT_ALLOWED,
            problems.BODY_TOO_LARGE,
            problems.WRONG_CONTENT_TYPE,
            problems.FAULTY_QUESTION,
            problems.IDEMPOTENCY_KEY_USED,
            problems.QUOTA_USED_UP,
            problems.TOO_MANY_WRONG_KEYS,
            problems.INTERNAL_ERROR,
            problems.NO_INFORMATION,
        ),
    },
)
def ask_exemption(request: HttpRequest) -> HttpResponseBase:
    """Writes the answer and its journal entry as one thing, and counts one query."""
    return through_django(request)


@api.get(
    "/exemption-queries/{number}",
    operation_id="readExemptionAnswer",
    summary="Read an answer again",
    response={200: schemas.Answer},
    by_alias=True,
    openapi_extra={
        "responses": _responses(
            "The answer as it was given.",
            problems.KEY_REFUSED,
            problems.SCOPE_MISSING,
            problems.NO_SUCH_ANSWER,
            problems.METHOD_NOT_ALLOWED,
            problems.TOO_MANY_WRONG_KEYS,
            problems.INTERNAL_ERROR,
            problems.NO_INFORMATION,
        )
    },
)
def read_answer(request: HttpRequest, number: Number) -> HttpResponseBase:
    """Gives an answer of the own institution again, unchanged. It counts no query."""
    return through_django(request)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})


@api.api_operation(sorted(METHODS - {"POST"}), "/exemption-queries", include_in_schema=False)
def other_methods_of_asking(request: HttpRequest) -> HttpResponseBase:
    """Leaves it to the endpoint to refuse other methods."""
    return through_django(request)


@api.api_operation(sorted(METHODS - {"GET"}), "/exemption-queries/{number}", include_in_schema=False)
def other_methods_of_reading(request: HttpRequest, number: Number) -> HttpResponseBase:
    """Leaves HEAD, and the refusal of other methods, to the endpoint."""
    return through_django(request)


def through_django(request: HttpRequest) -> HttpResponse:
    """The endpoint's reply as Django sends it."""
    return http_response(endpoint.answer(call_of(request.META, request.now)))  # type: ignore[attr-defined]


def http_response(reply: Reply) -> HttpResponse:
    """A reply as a response of Django."""
    return HttpResponse(reply.body, status=reply.status, headers=dict(reply.headers))
