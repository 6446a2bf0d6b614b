"""The portal as a WSGI application: the busiest JSON path first, everything else through Django."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.middleware.security import SecurityMiddleware
from django.utils import timezone

# Django sets itself up here; what follows needs its apps.
_django = get_wsgi_application()

from zuzahlung.api import calls, endpoint  # noqa: E402
from zuzahlung.site import proxy  # noqa: E402
from zuzahlung.site.middleware import SecurityHeaders  # noqa: E402

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

# The operator's site starts here too, and has no JSON interface.
_has_json_interface = settings.ROOT_URLCONF == "zuzahlung.site.urls"
_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answers a query without Django's stack around it, which would halve their number; the answers are the same."""
    proxy.believe(environ, settings.TRUSTED_PROXIES)
    if _has_json_interface and endpoint.is_ours(environ["PATH_INFO"]) and _is_host_ours(environ):
        return _answer(environ, start_response)
    return _django(environ, start_response)


def _answer(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    reply = endpoint.answer(calls.call_of(environ, timezone.now()))
    start_response(
        _LINES[reply.status],
        [
            *reply.headers,
            ("Content-Length", str(len(reply.body))),
            *_house_headers(environ["wsgi.url_scheme"]),
        ],
    )
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else reply.body]


def _is_host_ours(environ: dict[str, Any]) -> bool:
    """Leaves a request for a foreign host to Django, which refuses it."""
    return _is_allowed(environ.get("HTTP_HOST", ""))


@lru_cache(maxsize=64)
def _is_allowed(host: str) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


@lru_cache(maxsize=2)
def _house_headers(scheme: str) -> tuple[tuple[str, str], ...]:
    """The headers that the middleware gives every answer, taken from the middleware itself."""
    environ = {"REQUEST_METHOD": "GET", "wsgi.url_scheme": scheme, "wsgi.input": BytesIO()}
    request = WSGIRequest(environ)
    response = SecurityMiddleware(_never_called).process_response(
        request, SecurityHeaders(lambda _: HttpResponse())(request)
    )
    return tuple((name, value) for name, value in response.items() if name != "Content-Type")


def _never_called(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError
