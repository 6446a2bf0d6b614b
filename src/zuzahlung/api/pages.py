"""The pages for developers: the description made readable, and one page for each kind of problem."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zuzahlung.api import endpoint, problems
from zuzahlung.api.operations import api, http_response
from zuzahlung.api.problems import PROBLEM_TYPES, Problem


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description as a page."""
    return HttpResponse("later")


@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """What one kind of problem means and what to do about it."""
    kind = PROBLEM_TYPES.get(slug)
    if kind is None:
        raise Http404
    return render(request, "api/problem.html", {"kind": kind})


def no_such_address(request: HttpRequest) -> HttpResponse:
    """A problem document for whatever else is asked below our path."""
    return http_response(endpoint.refusal(Problem(kind=problems.NO_SUCH_ADDRESS)))
