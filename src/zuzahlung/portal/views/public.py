"""Pages that everybody may read."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from zuzahlung.portal.help_pages import HELP_PAGES, find_help_page
from zuzahlung.portal.theme import theme_css


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Who is signed in goes to work; others learn what this is."""
    if request.user.is_authenticated:
        return redirect("portal:query")
    return render(request, "portal/public_start.html")


@require_safe
def later(request: HttpRequest) -> HttpResponse:
    """Stands in until the page is there."""
    raise Http404


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
    return render(request, page.template, {"page": page, "pages": HELP_PAGES})


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
    return render(request, "portal/public_terms.html")


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Impressum."""
    return render(request, "portal/public_imprint.html")


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What runs, in words."""
    return render(request, "portal/public_status.html")


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """The fund's colours as a style sheet of our own address."""
    fund = settings.HOUSE.fund
    response = HttpResponse(theme_css(fund.accent, fund.accent_dark), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
