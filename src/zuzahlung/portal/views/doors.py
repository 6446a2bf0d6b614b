"""Who may enter a page, and in whose name it acts."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from zuzahlung.accounts.rules import Right, may, owes_agreement
from zuzahlung.accounts.services import throttle
from zuzahlung.accounts.services.people import Member
from zuzahlung.exemptions.services import Asker
from zuzahlung.portal import resume
from zuzahlung.portal.context import MENU
from zuzahlung.portal.forms import SignInForm

View = Callable[..., HttpResponseBase]


def signed_in(
    right: Right | None = None, *, form_at: str | None = None, before_terms: bool = False
) -> Callable[[View], View]:
    """Lets in who is signed in and, where a right is named, has it.

    `form_at` names the page that has the form, for a view that only takes what is sent. An owner who has not
    agreed to the current Nutzungsbedingungen is led to them first, but for pages that are open `before_terms`.
    """

    def door(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return session_over(request, reverse(form_at) if form_at else page_of_form(request))
            if right is not None and not may(member_of(request).role, right):
                raise PermissionDenied
            if not before_terms and owes_agreement(member_of(request).role, _accepted_terms(request)):
                return _terms_first(request, reverse(form_at) if form_at else page_of_form(request))
            return view(request, *arguments, **named)

        guarded.door = Door(right=right, form_at=form_at)  # type: ignore[attr-defined]
        return guarded

    return door


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """What a view asks of whoever wants in; `None` as right means: to be signed in."""

    right: Right | None
    form_at: str | None


def door_of(view: object) -> Door | None:
    """The door of a view, or None where everybody may come in."""
    return getattr(view, "door", None)


def is_page(path: str) -> bool:
    """Says whether a path is one of ours that shows something to who is signed in."""
    try:
        door = door_of(resolve(path).func)
    except Resolver404:
        return False
    return door is not None and door.form_at is None


def is_own_page(goal: str) -> bool:
    """Says whether somebody may be led to this path, wherever it was written down: only to a page of ours."""
    return url_has_allowed_host_and_scheme(goal, allowed_hosts=None) and is_page(goal)


def page_of_form(request: HttpRequest) -> str:
    """The page from which a form was sent; a form mostly goes to its own page, but not always."""
    shown = urlsplit(request.headers.get("Referer", ""))
    return shown.path if shown.netloc == request.get_host() and is_page(shown.path) else request.path


def session_over(request: HttpRequest, path: str, name: str = "") -> HttpResponse:
    """Leads to the sign-in and back; what was typed into a form is there again afterwards.

    It is sealed for the person whose session it was: by `name`, or else the one who signed in here last.
    """
    was_here = settings.SESSION_COOKIE_NAME in request.COOKIES
    if request.method != "POST":
        goal = urlencode({"weiter": path, **({"abgelaufen": "ja"} if was_here else {})})
        return redirect(f"{reverse('portal:sign_in')}?{goal}")
    name = name or getattr(request, "session_ended", "") or known_browser(request)[0]
    text = resume.seal(request, name=name, path=path, now=now_of(request)) if name else ""
    form = SignInForm(initial={"name": name, "resume": text, "goal": path})
    context = {
        "form": form,
        "ended": True,
        "unsent": True,
        "kept": bool(text),
        "file_lost": bool(request.FILES),
    }
    return render(request, "portal/sign_in.html", context, status=403)


def _accepted_terms(request: HttpRequest) -> str:
    user: Any = request.user
    version: str = user.terms_version
    return version


def _terms_first(request: HttpRequest, path: str) -> HttpResponse:
    """Leads to the new Nutzungsbedingungen and back; what was typed into a form is there again afterwards."""
    if request.method == "POST":
        name, now = member_of(request).sign_in, now_of(request)
        if resume.keep(request, resume.seal(request, name=name, path=path, now=now), name=name, now=now):
            messages.info(request, STILL_THERE)
    else:
        path = request.path
    return redirect(f"{reverse('portal:new_terms')}?{urlencode({'weiter': path})}")


STILL_THERE = "Ihre Angaben sind noch da. Bitte prüfen Sie sie und senden Sie sie noch einmal."


def home_of(role: str) -> str:
    """The page on which the work begins: the first one that the role may see."""
    return next(name for name, _, right in MENU if right is None or may(role, right))


KNOWN_BROWSER = "__Host-bekannt" if settings.SECURE else "bekannt"
KNOWN_FOR = timedelta(days=180)


def known_browser(request: HttpRequest) -> tuple[str, str]:
    """Who signed in here last, and the mark of this browser; both empty where nobody did."""
    known = request.get_signed_cookie(KNOWN_BROWSER, default="", salt="known-browser", max_age=KNOWN_FOR)
    name, _, mark = (known or "").partition(":")
    return name, mark


def remember_browser(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Marks this browser as one in which this name signed in: others' failures do not slow it down."""
    before, mark = known_browser(request)
    response.set_signed_cookie(
        KNOWN_BROWSER,
        f"{name}:{mark if before == name else secrets.token_urlsafe(12)}",
        salt="known-browser",
        max_age=KNOWN_FOR,
        httponly=True,
        secure=settings.SECURE,
        samesite="Strict",
    )


def now_of(request: HttpRequest) -> datetime:
    """The one moment of this request."""
    moment: datetime = request.now  # type: ignore[attr-defined]
    return moment


def member_of(request: HttpRequest) -> Member:
    """The person who is signed in."""
    user: Any = request.user
    return Member(id=user.id, institution=user.institution, sign_in=user.sign_in, role=user.role)


def asker_of(request: HttpRequest) -> Asker:
    """The person who is signed in, as one who asks for a status."""
    user: Any = request.user
    return Asker(
        institution=user.institution,
        ik=user.institution_ik,
        name=user.institution_name,
        service_kinds=tuple(user.service_kinds),
        actor=member_of(request).actor,
    )


def network_of(request: HttpRequest) -> str:
    """Where a request comes from: one household or practice."""
    return throttle.network(str(request.META.get("REMOTE_ADDR", "")))
