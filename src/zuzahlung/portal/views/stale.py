"""A form whose proof of being ours does not fit any more: mostly a page left open while somebody signed in elsewhere.

It is never carried out. Where the browser says that the form was sent from one of our own pages, what was
typed is shown again in it; a form from another site gets a plain page and nothing of it is shown.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.urls import reverse

from zuzahlung.portal import resume
from zuzahlung.portal.forms import SignInForm
from zuzahlung.portal.views.doors import (
    STILL_THERE,
    Door,
    door_of,
    home_of,
    member_of,
    now_of,
    page_of_form,
    session_over,
)

WITHOUT_DOOR = (
    "portal:register",
    "portal:first_sign_in",
    "portal:recover",
    "portal:invitation",
    "portal:joining",
)
"""Forms for people who are not signed in; they can be shown again too."""


def show_again(request: HttpRequest, reason: str) -> HttpResponse | None:
    """The same form with what was typed, or None where that would be wrong or in vain."""
    match = request.resolver_match
    # Without our cookie the browser keeps none, and the next try would fail like this one.
    if match is None or reason == REASON_NO_CSRF_COOKIE or not _is_from_own_page(request):
        return None
    if match.view_name == "portal:sign_in":
        return _sign_in_again(request)
    if match.view_name == "portal:sign_out":
        messages.warning(request, "Sie sind noch angemeldet. Bitte wählen Sie noch einmal „Abmelden“.")
        return redirect("portal:start")
    door = door_of(match.func)
    if door is not None:
        return _behind_door(request, door)
    if match.view_name in WITHOUT_DOOR:
        return _kept(request, name="", path=request.path)
    return None


def _is_from_own_page(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    """The sign-in form once more; whoever is signed in by now goes on with what was kept in it."""
    text, goal = request.POST.get("resume", ""), request.POST.get("goal", "")
    if request.user.is_authenticated:
        who = member_of(request)
        kept = resume.keep(request, text, name=who.sign_in, now=now_of(request))
        if kept is not None:
            messages.info(request, STILL_THERE)
        return redirect(kept or home_of(who.role))
    form = SignInForm(initial={"name": request.POST.get("name", ""), "resume": text, "goal": goal})
    return render(
        request, "portal/sign_in.html", {"form": form, "stale": True, "kept": bool(text)}, status=403
    )


def _behind_door(request: HttpRequest, door: Door) -> HttpResponse:
    path = reverse(door.form_at) if door.form_at else page_of_form(request)
    if not request.user.is_authenticated:
        return session_over(request, path)
    return _kept(request, name=member_of(request).sign_in, path=path)


def _kept(request: HttpRequest, *, name: str, path: str) -> HttpResponse:
    text = resume.seal(request, name=name, path=path, now=now_of(request))
    kept = resume.keep(request, text, name=name, now=now_of(request))
    messages.warning(
        request,
        "Die Seite war zu lange offen, deshalb wurde nichts gesendet. "
        + (STILL_THERE if kept else "Bitte füllen Sie sie noch einmal aus."),
    )
    return redirect(path)
