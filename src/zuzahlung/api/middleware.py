"""Gives every refusal below /api the form of a problem, whoever in the house it was that refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse

from zuzahlung.api import endpoint, problems
from zuzahlung.api.calls import refusal
from zuzahlung.api.operations import ApiResponse, http_response
from zuzahlung.api.problems import Problem, ProblemType

KINDS: Mapping[int, ProblemType] = {
    404: problems.NO_SUCH_ADDRESS,
    405: problems.METHOD_NOT_ALLOWED,
    413: problems.BODY_TOO_LARGE,
}


class WholeProblems:
    """Stands outside of everything that refuses requests: names of hosts, methods, addresses, an outage."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or not is_below_api(request.path_info):
            return response
        return response if isinstance(response, ApiResponse) else _whole(request, response)


def is_below_api(path: str) -> bool:
    """Says whether programs are answered here, and no pages for people but the developers' own."""
    return path == "/api" or path.startswith("/api/")


def _whole(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code == 503:
        return http_response(refusal(endpoint.no_information(request.now)))  # type: ignore[attr-defined]
    other = problems.INTERNAL_ERROR if response.status_code >= 500 else problems.BAD_REQUEST
    kind = KINDS.get(response.status_code, other)
    allow = response.headers.get("Allow")
    headers = [] if allow is None else [("Allow", ", ".join(sorted(allow.split(", "))))]
    return http_response(refusal(Problem(kind=kind, headers=headers)))
