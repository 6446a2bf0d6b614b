"""The pages for developers: the description made readable, and one page for each kind of problem."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja.openapi.views import openapi_json

from zuzahlung.accounts.services import keys
from zuzahlung.api import problems, reference
from zuzahlung.api.calls import refusal
from zuzahlung.api.operations import api, http_response
from zuzahlung.api.problems import PROBLEM_TYPES, Problem
from zuzahlung.exemptions.permission_texts import TEXT_VERSION, VERSIONS

SHAPES = (
    "Question",
    "Answer",
    "Day",
    "Institution",
    "Quota",
    "PermissionTexts",
    "PermissionTextVersion",
    "PermissionText",
    "Problem",
    "Finding",
)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description as a page."""
    described = api.get_openapi_schema()
    context = {
        "operations": reference.operations(described),
        "shapes": [reference.shape(name, described) for name in SHAPES],
        "problems": PROBLEM_TYPES.values(),
        "address": settings.PORTAL_URL,
        "house": settings.HOUSE.exemptions,
        "scope": keys.EXEMPTION_QUERIES,
        "text_version": TEXT_VERSION,
        "sentences": VERSIONS[TEXT_VERSION].values(),
        "info": described["info"],
    }
    return render(request, "api/docs.html", context)


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """The description for programs; Ninja's own view would give it to every method."""
    return openapi_json(request, api)


@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """What one kind of problem means and what to do about it."""
    kind = PROBLEM_TYPES.get(slug)
    if kind is None:
        return no_such_address(request)
    return render(request, "api/problem.html", {"kind": kind})


def no_such_address(request: HttpRequest) -> HttpResponse:
    """A problem document for whatever else is asked below our path."""
    return http_response(refusal(Problem(kind=problems.NO_SUCH_ADDRESS)))
