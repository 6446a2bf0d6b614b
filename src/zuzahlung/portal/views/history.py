"""Verlauf: search, pages, and the table to take away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from zuzahlung.accounts.rules import Right, may
from zuzahlung.accounts.services.actors import actors_of
from zuzahlung.accounts.services.people import Member
from zuzahlung.exemptions import history
from zuzahlung.exemptions.history import Search
from zuzahlung.exemptions.services import Given
from zuzahlung.portal import answer_table, resume
from zuzahlung.portal.forms_history import RESULT_WORDS, HistoryForm
from zuzahlung.portal.views.doors import member_of, now_of, signed_in
from zuzahlung.standards import tables
from zuzahlung.standards.days import format_day, format_moment, german_day
from zuzahlung.standards.numbers import kvnr

FIELDS = ("number", "result", "day", "since", "until", "asker")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One answer as a line of the page."""

    id: UUID
    number: str
    asked: str
    asked_by: str
    kvnr: str
    initials: str
    days: str
    state: str
    words: str


@signed_in(Right.OWN_HISTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Answers, the newest first. The search comes by POST and goes on in the address, its KVNR sealed."""
    who = member_of(request)
    if request.method == "POST":
        form = _form(request.POST, who)
        if form.is_valid():
            return redirect(_address(_parameters(form.search(), who)))
        return _page(request, form, None)
    typed = resume.typed(request, now_of(request))
    if typed is not None:
        # It was typed before the session ended, and is sent by the person once more.
        return _page(request, _form(typed, who), None)
    form = _form(_from_address(request, who), who)
    if form.is_valid() and "insured" in request.GET and not form.cleaned_data["kvnr"]:
        form.add_error("kvnr", "Diese Suche gilt nicht mehr. Bitte geben Sie die Nummer noch einmal ein.")
    if not form.is_valid():
        return _page(request, form, None)
    search = form.search()
    older, newer = _cursor(request, "older"), _cursor(request, "newer")
    page = history.page(who, search, older_than=older, newer_than=newer)
    if not page.answers and (older or newer):
        return redirect(_address(_parameters(search, who)))
    return _page(request, form, page)


@signed_in(Right.EXPORT_HISTORY, form_at="portal:history")
@require_POST
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The answers of a search as a table, line by line while they are read."""
    who, now = member_of(request), now_of(request)
    form = _form(_from_address(request, who), who)
    if not form.is_valid() or ("insured" in request.GET and not form.cleaned_data["kvnr"]):
        # The page says what is wrong with this search.
        return redirect(_address(request.GET.dict()))
    answers = history.export(who, form.search(), now)
    response = StreamingHttpResponse(_table(answers), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(now)}"'
    return response


def _page(request: HttpRequest, form: HistoryForm, page: history.Page | None) -> HttpResponse:
    who = member_of(request)
    search = form.search() if page else history.EVERYTHING
    parameters = _parameters(search, who)
    asker = dict(form.fields["asker"].choices) if "asker" in form.fields else {}  # type: ignore[attr-defined]
    context = {
        "form": form,
        "page": page,
        "rows": [_row(given) for given in page.answers] if page else [],
        "narrowed": _narrowed(search, asker),
        "is_whole": may(who.role, Right.WHOLE_HISTORY),
        "may_query": may(who.role, Right.QUERY),
        "newer": page and page.newer and _address({**parameters, "newer": str(page.newer)}),
        "older": page and page.older and _address({**parameters, "older": str(page.older)}),
        "export": _address(parameters, "portal:history_csv")
        if page and may(who.role, Right.EXPORT_HISTORY)
        else "",
    }
    return render(request, "portal/history.html", context)


def _form(data: Mapping[str, Any], who: Member) -> HistoryForm:
    return HistoryForm(
        data, askers=actors_of(who.institution) if may(who.role, Right.WHOLE_HISTORY) else None
    )


def _from_address(request: HttpRequest, who: Member) -> dict[str, str]:
    """What the form holds by the address; a number that does not open is none."""
    data = {name: request.GET.get(name, "") for name in FIELDS}
    number = history.find_carried(request.GET.get("insured", ""), who)
    return {**data, "kvnr": kvnr.format(number) if number else ""}


def _parameters(search: Search, who: Member) -> dict[str, str]:
    """What goes into an address: the number sealed, everything else as it is, nothing for what is empty."""
    given = {
        "insured": history.carried(search.kvnr, who) if search.kvnr else None,
        "number": search.number,
        "result": search.result,
        "day": search.day,
        "since": search.since_on,
        "until": search.until_on,
        "asker": search.asker,
    }
    return {name: str(value) for name, value in given.items() if value}


def _address(parameters: Mapping[str, str], name: str = "portal:history") -> str:
    return reverse(name) + (f"?{urlencode(parameters)}" if parameters else "")


def _cursor(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _row(given: Given) -> Row:
    return Row(
        id=given.id,
        number=given.number,
        asked=format_moment(given.at),
        asked_by=given.actor.name,
        kvnr=kvnr.format(kvnr.KVNR(given.kvnr)),
        initials=given.initials,
        days=_days(given),
        state="none" if given.result == "unknown" else given.result,
        words=RESULT_WORDS[given.result],
    )


def _days(given: Given) -> str:
    first, last = format_day(given.days[0].day), format_day(given.days[-1].day)
    return first if len(given.days) == 1 else f"{len(given.days)} Tage, {first} bis {last}"


def _narrowed(search: Search, askers: Mapping[str, str]) -> tuple[str, ...]:
    """The search in words, for the line above the table."""
    said = (
        search.kvnr and f"Versichertennummer {kvnr.format(search.kvnr)}",
        search.number and "eine Auskunft-Nummer",
        search.result and f"Auskunft „{RESULT_WORDS[search.result]}“",
        search.day and f"Tag der Abgabe {format_day(search.day)}",
        search.since_on and f"abgefragt ab {format_day(search.since_on)}",
        search.until_on and f"abgefragt bis {format_day(search.until_on)}",
        search.asker and f"von {askers.get(str(search.asker), '')}",
    )
    return tuple(words for words in said if words)


def _table(answers: Iterator[Given]) -> Iterator[str]:
    yield tables.MARK + tables.line(answer_table.COLUMNS)
    for given in answers:
        for cells in answer_table.lines(given):
            yield tables.line(cells)


def _file_name(now: datetime) -> str:
    return f"Verlauf-{german_day(now).isoformat()}.csv"
