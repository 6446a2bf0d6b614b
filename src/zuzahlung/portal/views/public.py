"""Pages that everybody may read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from zuzahlung.accounts.rules import current_terms
from zuzahlung.delivery.services import worker_seen_at
from zuzahlung.exemptions.services import find_stand, is_answered_elsewhere
from zuzahlung.portal.help_pages import HELP_PAGES, find_help_page
from zuzahlung.portal.theme import theme_css
from zuzahlung.portal.views.doors import home_of, member_of, now_of
from zuzahlung.standards.days import format_day, format_moment


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Who is signed in goes to work; others learn what this is."""
    if request.user.is_authenticated:
        return redirect(home_of(member_of(request).role))
    return render(request, "portal/public_start.html")


@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """All help pages."""
    return render(request, "portal/public_help.html", {"pages": HELP_PAGES})


@require_safe
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One task."""
    page = find_help_page(slug)
    if page is None:
        raise Http404
    return render(
        request, page.template, {"page": page, "pages": HELP_PAGES, "portal_url": settings.PORTAL_URL}
    )


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Barrierefreiheit."""
    return render(request, "portal/public_accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Datenschutz."""
    return render(request, "portal/public_privacy.html")


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Nutzungsbedingungen in the version of today."""
    return render(request, "portal/public_terms.html", {"terms_version": current_terms()})


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Impressum."""
    return render(request, "portal/public_imprint.html")


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What runs, in words; without the database there is the page of the outage instead."""
    now = now_of(request)
    items = (_registry_state(now), _worker_state(now))
    shown = {"good": all(item["state"] == "good" for item in items), "at": format_moment(now), "items": items}
    return render(request, "portal/public_status.html", {"status": shown})


def _registry_state(now: datetime) -> dict[str, str]:
    stand = find_stand(now)
    if stand is None:
        why = (
            "Das System der Kasse antwortet nicht."
            if is_answered_elsewhere()
            else "Es liegen keine Daten vor."
        )
        return {"name": "Auskunft", "state": "bad", "words": f"Zurzeit keine Auskunft: {why}"}
    return {"name": "Auskunft", "state": "good", "words": f"Läuft, Stand der Daten: {format_day(stand)}"}


def _worker_state(now: datetime) -> dict[str, str]:
    seen = worker_seen_at()
    if seen is None or now - seen > timedelta(minutes=2):
        return {
            "name": "Briefe, E-Mails und Listen",
            "state": "caution",
            "words": "Verzögert, nichts geht verloren.",
        }
    return {"name": "Briefe, E-Mails und Listen", "state": "good", "words": "Läuft"}


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """The fund's colours as a style sheet of our own address."""
    fund = settings.HOUSE.fund
    response = HttpResponse(theme_css(fund.accent, fund.accent_dark), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
