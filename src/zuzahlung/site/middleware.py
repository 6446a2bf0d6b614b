"""What happens around every request: one clock, headers, outage page, and session things for pages only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.utils.module_loading import import_string

from zuzahlung.portal import errors

Handler = Callable[[HttpRequest], HttpResponse]
PAGE_METHODS = ("GET", "HEAD", "POST")


class Clock:
    """Reads the time once, so that everything in one request happens at one moment."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()  # type: ignore[attr-defined]
        return self.get_response(request)


class SecurityHeaders:
    """Sends the strict content security policy and keeps answers out of every cache but the static ones."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content and not is_api(request):
            allowed = response.headers["Allow"]
            response = _wrong_method(request)
            response.headers["Allow"] = allowed
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Methods:
    """Answers what no page knows (PUT, DELETE, TRACE …) before anything else looks at it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in PAGE_METHODS or is_api(request):
            return self.get_response(request)
        response = _wrong_method(request)
        response.headers["Allow"] = ", ".join(PAGE_METHODS)
        return response


def _wrong_method(request: HttpRequest) -> HttpResponse:
    """The page of the site that was asked: each has its own."""
    page: HttpResponse = import_string(f"{settings.ERROR_PAGES}.wrong_method")(request)
    return page


class Outage:
    """Answers with a page that says so, and when, while the database is away."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError):
            return errors.unavailable(request)
        return None


def is_api(request: HttpRequest) -> bool:
    """Says whether a request is for the JSON interface."""
    return request.path_info == "/api" or request.path_info.startswith("/api/")


class PagesOnly:
    """Put before one middleware of Django, lets it see the pages and not the JSON interface."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if is_api(request):
            return self.get_response(request)
        try:
            return super().__call__(request)  # type: ignore[misc]
        except (OperationalError, InterfaceError):
            return errors.unavailable(request)


class SessionsOfOneMoment(SessionMiddleware):
    """Sessions that begin, hold and end by the moment of the request."""

    def process_request(self, request: HttpRequest) -> None:
        """Tells the session when it is."""
        super().process_request(request)
        request.session.now = request.now  # type: ignore[attr-defined]


class Sessions(PagesOnly, SessionsOfOneMoment):
    """Sessions, for pages."""


class Csrf(PagesOnly, CsrfViewMiddleware):
    """Proof that a form is ours, for pages."""

    def process_view(self, request: HttpRequest, *arguments: Any) -> Any:
        """Lets the JSON interface pass: it knows no cookies."""
        return None if is_api(request) else super().process_view(request, *arguments)


class Authentication(PagesOnly, AuthenticationMiddleware):
    """Who is signed in, for pages."""


class Messages(PagesOnly, MessageMiddleware):
    """Notes carried to the next page."""


class SessionLimits:
    """Ends a session that was idle too long; the absolute limit is the age of its row.

    It holds before the sign-in is complete too: between Initialkennwort and Prüfnummer.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_api(request):
            return self.get_response(request)
        now: datetime = request.now  # type: ignore[attr-defined]
        if "seen_at" in request.session:
            idle = now - datetime.fromisoformat(request.session["seen_at"])
            if idle > timedelta(minutes=settings.HOUSE.accounts.session_idle_minutes):
                # Whose it was: what that person typed is kept for that person alone.
                request.session_ended = getattr(request.user, "sign_in", "")  # type: ignore[attr-defined]
                logout(request)
            elif idle > timedelta(minutes=1):
                request.session["seen_at"] = now.isoformat()
        response = self.get_response(request)
        if request.session.keys() and "seen_at" not in request.session:
            request.session["seen_at"] = now.isoformat()
        return response
