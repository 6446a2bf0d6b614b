"""Neue Nutzungsbedingungen: what an owner sees after the sign-in, once, before anything else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from zuzahlung.accounts.rules import current_terms, owes_agreement, terms_since
from zuzahlung.accounts.services import terms
from zuzahlung.portal.views.doors import home_of, is_own_page, member_of, now_of, signed_in
from zuzahlung.portal.views.practice import form_page


@signed_in(before_terms=True)
@form_page
def new_terms(request: HttpRequest) -> HttpResponse:
    """Shows what is new; who agrees goes on to the page that was wanted."""
    who, user = member_of(request), _user(request)
    goal = (request.POST if request.method == "POST" else request.GET).get("weiter", "")
    way_on = goal if is_own_page(goal) and goal != request.path else home_of(who.role)
    if not owes_agreement(who.role, user.terms_version):
        return redirect(way_on)
    version = current_terms()
    # Only what was shown can be agreed to: a yet newer version may have come since the page was opened.
    if request.method == "POST" and request.POST.get("fassung") == version:
        terms.agree(who, version, now_of(request))
        return redirect(way_on)
    context = {
        "version": version,
        "accepted": user.terms_version,
        "news": [f"portal/terms/{one}-neu.html" for one in terms_since(user.terms_version)],
        "is_newer_still": request.method == "POST",
        "goal": goal,
        # The menu would lead nowhere but here.
        "nav": [],
    }
    return render(request, "portal/new_terms.html", context)


def _user(request: HttpRequest) -> Any:
    return request.user
