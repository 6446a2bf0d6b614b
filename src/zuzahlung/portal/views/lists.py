"""Listenabfrage: hand in, look through, start, watch, take away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zuzahlung.accounts.rules import Right
from zuzahlung.exemptions import lists, services
from zuzahlung.exemptions.list_file import COLUMNS, WORDS, NotAList
from zuzahlung.exemptions.lists import ListShown, RowShown
from zuzahlung.exemptions.permission_texts import Permission, permission_text
from zuzahlung.portal import answer_table
from zuzahlung.portal.forms_history import RESULT_WORDS
from zuzahlung.portal.forms_lists import ListForm
from zuzahlung.portal.quota import ShownQuota, show_quota
from zuzahlung.portal.views.doors import asker_of, member_of, now_of, signed_in
from zuzahlung.standards import tables
from zuzahlung.standards.days import format_day, format_moment, german_day
from zuzahlung.standards.errors import MalformedInput
from zuzahlung.standards.numbers import kvnr

PAGE_ROWS = 25
NOTES = {
    "day": "Die Abfragen für diesen Tag waren verbraucht.",
    "unknown": "An diesem Tag gab es zu viele Nummern ohne Auskunft.",
    "no-information": "Zu dieser Zeit war keine Auskunft möglich.",
}
STATES = {
    "checked": "wartet auf den Start",
    "running": "läuft",
    "done": "fertig",
    "stopped": "vorzeitig beendet",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row of a list as a line of the page."""

    line: int
    kvnr: str
    initials: str
    days: str
    state: str
    words: str
    reasons: tuple[str, ...]
    entry: UUID | None
    number: str


@signed_in(Right.LIST_QUERY)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """The file is handed in here; below are the lists that are still kept."""
    who, now = member_of(request), now_of(request)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if request.method == "POST" and form.is_valid():
        given = _hand_in(request, form)
        if isinstance(given, UUID):
            return redirect("portal:list", list_query=given)
        form.add_error("file", given.text)
    context = {
        "form": form,
        "quota": _quota(who.institution, request),
        "most_rows": settings.HOUSE.exemptions.list_rows,
        "kept_days": settings.HOUSE.exemptions.list_kept_days,
        "today": format_day(german_day(now)),
        "columns": COLUMNS,
        "words": [(permission_text(one).label, words[0], one.value) for one, words in WORDS.items()],
        "recent": [
            (one, format_moment(one.made_at), STATES[one.state]) for one in lists.recent(who.institution)
        ],
    }
    return render(request, "portal/lists.html", context)


def _hand_in(request: HttpRequest, form: ListForm) -> UUID | NotAList:
    file = form.cleaned_data["file"]
    if file.size > settings.HOUSE.exemptions.list_bytes:
        return lists.too_large()
    return lists.hand_in(file.read(), asker_of(request), now_of(request))


def _quota(institution: UUID, request: HttpRequest) -> ShownQuota:
    state = services.quota_of(institution, now_of(request))
    return show_quota(state, telephone=settings.HOUSE.fund.telephone, at_once=False)


@signed_in(Right.LIST_QUERY)
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """A table with the right columns and two invented rows."""
    today = format_day(german_day(now_of(request)))
    rows = (
        COLUMNS,
        ("A123 456 780", WORDS[Permission.IN_PERSON][0], "", today),
        ("T123 456 780", WORDS[Permission.SERIES][0], today, today),
    )
    return _csv("Vorlage-Listenabfrage.csv", rows)


@signed_in(Right.LIST_QUERY)
@require_safe
def one(request: HttpRequest, list_query: UUID) -> HttpResponse:
    """A list in its state: what it would ask, how far it is, or what came of it."""
    institution = member_of(request).institution
    found = _found(institution, list_query)
    context = {
        "list": found,
        "handed_in": format_moment(found.made_at),
        "started": format_moment(found.started_at) if found.started_at else "",
        "kept_days": settings.HOUSE.exemptions.list_kept_days,
    }
    if found.state == lists.RUNNING:
        return render(
            request, "portal/list_running.html", {**context, "refreshes": "automatisch" in request.GET}
        )
    if found.state == lists.CHECKED:
        quota = _quota(institution, request)
        unfit = max(found.waiting - quota.left, 0)
        fits = {"quota": quota, "asked": found.waiting - unfit, "unfit": unfit}
        return render(
            request,
            "portal/list_checked.html",
            {**context, **fits, **_lines(request, found, total=found.faulty, state="faulty")},
        )
    notes = {row.note for row in lists.rows_of(institution, found.id, state="stopped", count=1)}
    return render(
        request,
        "portal/list_done.html",
        {**context, "stopped_by": "".join(notes), **_lines(request, found, total=found.rows)},
    )


def _found(institution: UUID, list_query: UUID) -> ListShown:
    found = lists.find(institution, list_query)
    if found is None:
        raise Http404
    return found


def _lines(
    request: HttpRequest, found: ListShown, *, total: int, state: str | None = None
) -> dict[str, object]:
    """One page of the rows, and where the other pages are."""
    pages = max((total + PAGE_ROWS - 1) // PAGE_ROWS, 1)
    asked = request.GET.get("seite", "")
    page = min(max(int(asked), 1), pages) if asked.isdecimal() and len(asked) < 5 else 1
    first = (page - 1) * PAGE_ROWS
    rows = lists.rows_of(member_of(request).institution, found.id, state=state, first=first, count=PAGE_ROWS)
    return {
        "lines": [_line(row) for row in rows],
        "page": page,
        "pages": pages,
        "before": page - 1 if page > 1 else None,
        "after": page + 1 if page < pages else None,
    }


@signed_in(Right.LIST_QUERY, form_at="portal:lists")
@require_POST
def start(request: HttpRequest, list_query: UUID) -> HttpResponse:
    """Starts the list; from here on the worker answers it."""
    _found(member_of(request).institution, list_query)
    lists.start(list_query, asker_of(request), now_of(request))
    address = redirect("portal:list", list_query=list_query)
    address["Location"] += "?automatisch=1"
    return address


@signed_in(Right.LIST_QUERY, form_at="portal:lists")
@require_POST
def discard(request: HttpRequest, list_query: UUID) -> HttpResponse:
    """Erases a list at once."""
    lists.discard(member_of(request).institution, list_query)
    messages.success(request, "Die Liste ist gelöscht. Auskünfte daraus bleiben im Verlauf.")
    return redirect("portal:lists")


@signed_in(Right.LIST_QUERY, form_at="portal:lists")
@require_POST
def result(request: HttpRequest, list_query: UUID) -> HttpResponse:
    """The results as a table, row by row as they were handed in."""
    who, now = member_of(request), now_of(request)
    found = _found(who.institution, list_query)
    if not found.is_done:
        return redirect("portal:list", list_query=list_query)
    lists.note_download(list_query, who.actor, who.institution, now)
    rows = lists.rows_of(who.institution, list_query)
    name = f"Ergebnis-Liste-{german_day(found.made_at).isoformat()}.csv"
    return _csv(name, (("Zeile", *answer_table.COLUMNS, "Hinweis"), *_result_lines(rows)))


def _result_lines(rows: tuple[RowShown, ...]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        if row.given is not None:
            for answer in answer_table.lines(row.given):
                yield (str(row.line), *answer, "")
        else:
            typed = dict(
                zip(_HANDED_IN, (row.kvnr, row.days, row.permission, row.permission_until), strict=True)
            )
            said = "Nicht abgefragt: " if row.note else ""
            known = (typed.get(name, "") for name in answer_table.COLUMNS)
            yield (str(row.line), *known, said + " ".join(_reasons(row)))


_HANDED_IN = ("Krankenversichertennummer", "Tag der Abgabe", "Erlaubnis", "Erlaubnis bis")


def _line(row: RowShown) -> Line:
    given = row.given
    if given is not None:
        state, words = ("none" if given.result == "unknown" else given.result), RESULT_WORDS[given.result]
    else:
        state, words = ("bad", "fehlerhaft") if row.state == "faulty" else ("caution", "nicht abgefragt")
    return Line(
        line=row.line,
        kvnr=_readable(row.kvnr),
        initials=given.initials if given else "",
        days=_days(row),
        state=state,
        words=words,
        reasons=_reasons(row),
        entry=given.id if given else None,
        number=given.number if given else "",
    )


def _days(row: RowShown) -> str:
    if row.given is None:
        return row.days
    first, last = format_day(row.given.days[0].day), format_day(row.given.days[-1].day)
    return first if first == last else f"{len(row.given.days)} Tage, {first} bis {last}"


def _readable(typed: str) -> str:
    try:
        return kvnr.format(kvnr.parse(typed))
    except MalformedInput:
        return typed


def _reasons(row: RowShown) -> tuple[str, ...]:
    return (*row.faults, *((NOTES[row.note],) if row.note else ()))


def _csv(name: str, rows: tuple[tuple[str, ...], ...]) -> HttpResponse:
    text = tables.MARK + "".join(tables.line(cells) for cells in rows)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
