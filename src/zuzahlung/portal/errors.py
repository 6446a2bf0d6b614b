"""Pages for what went wrong; those for an outage need neither database nor settings of a page."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from zuzahlung.standards.days import format_day, format_time, german_day


def _page(request: HttpRequest | None, status: int, **context: object) -> HttpResponse:
    if request is not None and request.path_info.startswith("/api/"):
        return problem(status)
    context = {"fund": settings.HOUSE.fund, **context}
    return HttpResponse(render_to_string(f"portal/errors/{status}.html", context), status=status)


def problem(status: int) -> JsonResponse:
    """The answer of the JSON interface when something went wrong outside of its own rules (RFC 9457)."""
    body = {"type": "about:blank", "title": TITLES[status], "status": status}
    return JsonResponse(body, status=status, content_type="application/problem+json")


TITLES = {
    400: "Die Anfrage ist nicht lesbar.",
    403: "Das ist hier nicht erlaubt.",
    404: "Das gibt es hier nicht.",
    405: "Diese Methode gibt es hier nicht.",
    413: "Die Anfrage ist zu groß.",
    500: "Bei uns ist ein Fehler passiert.",
    503: "Zurzeit keine Auskunft.",
}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 for what is too large."""
    return _page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(request, 403)


def wrong_method(request: HttpRequest) -> HttpResponse:
    """405."""
    return _page(request, 405)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where it was the database that failed, wherever that happened."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _page(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503, with the time, so that a practice can note that there was no answer."""
    now = getattr(request, "now", None) or timezone.now()
    response = _page(request, 503, day=format_day(german_day(now)), time=format_time(now))
    response["Retry-After"] = "30"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is not provably ours: most often a page left open too long."""
    # The views need these pages, and only this one needs the views.
    from zuzahlung.portal.views import stale  # noqa: PLC0415

    again = stale.show_again(request, reason)
    if again is not None:
        return again
    return HttpResponse(
        render_to_string("portal/errors/403_csrf.html", {"fund": settings.HOUSE.fund}), status=403
    )
