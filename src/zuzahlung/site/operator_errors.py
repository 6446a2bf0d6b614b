"""The operator's pages for what went wrong; they need neither database nor session."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from zuzahlung.standards.days import format_moment


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Status 400."""
    return _page(
        400, "Die Anfrage ist nicht lesbar", "Bitte gehen Sie zurück und versuchen Sie es noch einmal."
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Status 403."""
    return _page(
        403, "Das ist hier nicht vorgesehen", "Für diese Seite oder diesen Schritt gibt es kein Recht."
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is not provably ours: most often a page left open too long."""
    return _page(
        403,
        "Diese Seite war zu lange offen",
        "Es ist nichts geschehen. Bitte laden Sie die Seite neu und senden Sie das Formular noch einmal.",
    )


def wrong_method(request: HttpRequest) -> HttpResponse:
    """Status 405."""
    return _page(405, "So geht es hier nicht", "Bitte benutzen Sie die Knöpfe und Links der Seite.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Status 404."""
    return _page(
        404, "Das gibt es hier nicht", "Vielleicht ist die Adresse vertippt oder die Sache erledigt."
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        at = format_moment(getattr(request, "now", None) or timezone.now())
        response = _page(
            503, "Die Datenbank antwortet nicht", f"Stand {at}. Bitte versuchen Sie es gleich noch einmal."
        )
        response["Retry-After"] = "30"
        return response
    return _page(
        500, "Bei uns ist ein Fehler passiert", "Er steht im Protokoll des Servers. Es wurde nichts geändert."
    )


def _page(status: int, title: str, text: str) -> HttpResponse:
    return HttpResponse(
        render_to_string("operator/error.html", {"title": title, "text": text}), status=status
    )
