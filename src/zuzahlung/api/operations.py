"""The operations as Django Ninja declares them: the OpenAPI description, and the way through Django to the endpoint."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import P, PathEx

from zuzahlung.api import about, answers, endpoint, problems, schemas
from zuzahlung.api.calls import Reply, call_of
from zuzahlung.api.description import CONTENT_LOCATION, QUOTA_HEADERS, DescribedApi, responses
from zuzahlung.api.questions import IDEMPOTENCY_KEY

VERSION = "1.0.0"
"""Of the interface, by semantic versioning; each has a line in docs/api.md."""

Number = PathEx[str, P(description="Auskunft-Nummer of the answer, as it was given.")]


class ApiResponse(HttpResponse):
    """A response of the interface, which nobody needs to put into its form any more."""


READING = list(endpoint.READING)
KEPT_BY_CACHES = "public, max-age=300"

api = DescribedApi(
    title="Zuzahlung: exemption queries",
    version=VERSION,
    description="Ask whether an insured is exempt from copayment on a day, as the pages of the portal do: never without "
    "the permission of the insured, within the same quotas, and with the same journal.",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    servers=[{"url": settings.PORTAL_URL}],
    openapi_extra={
        "security": [{"key": []}],
        "info": {"contact": {"name": settings.HOUSE.fund.full_name, "email": settings.HOUSE.fund.email}},
    },
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
        "responses": responses(
            "The answer, with its entry in the journal.",
            {**QUOTA_HEADERS, **CONTENT_LOCATION},
            problems.MALFORMED_BODY,
            problems.BAD_REQUEST,
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
        "responses": responses(
            "The answer as it was given.",
            {**QUOTA_HEADERS, **CONTENT_LOCATION},
            problems.BAD_REQUEST,
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


@api.api_operation(
    READING,
    "/institution",
    operation_id="readInstitution",
    summary="Test a key, and read what holds for its institution",
    response={200: schemas.Institution},
    by_alias=True,
    openapi_extra={
        "responses": responses(
            "The institution behind the key.",
            QUOTA_HEADERS,
            problems.BAD_REQUEST,
            problems.KEY_REFUSED,
            problems.SCOPE_MISSING,
            problems.METHOD_NOT_ALLOWED,
            problems.TOO_MANY_WRONG_KEYS,
            problems.INTERNAL_ERROR,
            problems.NO_INFORMATION,
        )
    },
)
def read_institution(request: HttpRequest) -> HttpResponseBase:
    """Asks for nobody: it counts no query and writes nothing to the journal."""
    return through_django(request)


@api.api_operation(
    READING,
    "/permissions",
    operation_id="readPermissionTexts",
    summary="Read the sentences by which people confirm a permission",
    response={200: schemas.PermissionTexts},
    by_alias=True,
    openapi_extra={
        "security": [],
        "responses": responses(
            "All sentences in all versions.",
            {
                "Cache-Control": {
                    "description": "How long a copy may be used.",
                    "schema": {"type": "string"},
                    "example": KEPT_BY_CACHES,
                }
            },
            problems.BAD_REQUEST,
            problems.METHOD_NOT_ALLOWED,
            problems.INTERNAL_ERROR,
        ),
    },
)
def read_permission_texts(request: HttpRequest) -> HttpResponseBase:
    """Needs no key. Show the statement of a permission where somebody chooses it."""
    headers = {"Content-Type": answers.CONTENT_TYPE, "Cache-Control": KEPT_BY_CACHES}
    return ApiResponse(about.permissions(), headers=headers)


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
    return ApiResponse(reply.body, status=reply.status, headers=dict(reply.headers))
