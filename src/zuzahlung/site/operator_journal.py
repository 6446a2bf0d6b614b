"""The operator's two pages on the journal: by institution and time, and the Auskunft on one insured."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from zuzahlung.accounts.services import directory
from zuzahlung.exemptions import disclosure
from zuzahlung.journal import reading
from zuzahlung.journal.admin import actor_of, moment, now_of
from zuzahlung.journal.reading import Scope
from zuzahlung.site.operator_facts import ACTIONS, facts
from zuzahlung.site.operator_forms import DisclosureForm, JournalForm
from zuzahlung.standards.days import first_instant, format_moment
from zuzahlung.standards.numbers import kvnr

_ACTOR_KINDS: Mapping[str, str] = {
    "person": "Person",
    "key": "Schlüssel",
    "operator": "Betrieb",
    "system": "Haus",
    "nobody": "nicht angemeldet",
}
_FIELDS = ("scope", "ik", "number", "since", "until")


def journal_page(request: HttpRequest, frame: Mapping[str, Any]) -> HttpResponse:
    """Entries of an institution, of the house or of the operators, in a period, newest first.

    `frame` is what every page of the site shows.
    """
    asked = {name: request.GET[name] for name in _FIELDS if name in request.GET}
    form = JournalForm(asked or None, initial={"scope": "operators"})
    context: dict[str, Any] = {**frame, "title": "Journal", "form": form}
    if form.is_bound and form.is_valid():
        context |= _entries(request, form)
    elif not form.is_bound:
        context |= _shown(reading.page(Scope.OPERATORS), {"scope": "operators"})
    return TemplateResponse(request, "operator/journal.html", context)


def _entries(request: HttpRequest, form: JournalForm) -> dict[str, Any]:
    given = form.cleaned_data
    if given["number"]:
        first, last = given["number"]
        return _shown(reading.between(first, last, disclosure.QUERY), {"scope": Scope.HOUSE})
    scope, institution = Scope(given["scope"]), None
    if scope is Scope.INSTITUTION:
        institution = directory.find(given["ik"])
        if institution is None:
            form.add_error("ik", "Dieses IK steht nicht im Verzeichnis.")
            return {}
    found = reading.page(
        scope,
        institution=institution,
        since=given["since"] and first_instant(given["since"]),
        until=given["until"] and first_instant(given["until"] + timedelta(days=1)),
        before=_id(request.GET.get("vor")),
    )
    asked = {name: form.data.get(name, "") for name in _FIELDS}
    return _shown(found, asked)


def _shown(page: reading.Page, asked: Mapping[str, str]) -> dict[str, Any]:
    names = directory.names_of({line.institution for line in page.lines if line.institution is not None})
    return {
        "lines": [_line(line, names) for line in page.lines],
        "is_of_one": asked["scope"] == Scope.INSTITUTION,
        "older": page.older and urlencode({**asked, "vor": str(page.older)}),
        "is_later_page": "vor" in asked,
        "newest": urlencode(asked),
    }


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _line(line: reading.Line, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "at": moment(line.at),
        "action": ACTIONS.get(line.action, line.action),
        "kind": _ACTOR_KINDS[line.actor.kind],
        "actor": line.actor.name,
        "institution": line.institution,
        "institution_name": line.institution and names.get(line.institution, ""),
        "facts": facts(line),
    }


def disclosure_page(request: HttpRequest, frame: Mapping[str, Any]) -> HttpResponse:
    """Asks for number and reason; the answer comes by POST alone, so that no address carries a KVNR."""
    form = DisclosureForm(request.POST or None, initial={"search": uuid4()})
    context: dict[str, Any] = {**frame, "title": "Auskunft nach Art. 15 DSGVO", "form": form}
    if request.method == "POST" and form.is_valid():
        number, reason = form.cleaned_data["kvnr"], form.cleaned_data["reason"]
        is_csv = request.POST.get("form") == "csv"
        found = disclosure.disclose(
            number,
            reason=reason,
            form="CSV" if is_csv else "Seite",
            search=form.cleaned_data["search"] or uuid4(),
            actor=actor_of(request),
            now=now_of(request),
        )
        if is_csv:
            return HttpResponse(
                disclosure.as_csv(found),
                content_type="text/csv; charset=utf-8",
                headers={"Content-Disposition": 'attachment; filename="auskunft-art-15.csv"'},
            )
        context |= {
            "found": [{"at": format_moment(one.at), "row": one} for one in found],
            "kvnr": kvnr.format(number),
            "typed": number,
            "reason": reason,
            "search": uuid4(),
            "made": format_moment(now_of(request)),
            "kept_years": settings.HOUSE.journal.kept_years,
        }
    return TemplateResponse(request, "operator/disclosure.html", context)
