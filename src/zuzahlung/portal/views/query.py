"""Abfrage, Auskunft und Nachweis."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from uuid_utils.compat import uuid7

from zuzahlung.accounts.rules import Right, may
from zuzahlung.accounts.services import notices
from zuzahlung.exemptions import services
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.exemptions.receipts import receipt_pdf
from zuzahlung.exemptions.services import Given, Question
from zuzahlung.portal import resume
from zuzahlung.portal.answers import show
from zuzahlung.portal.forms import QueryForm
from zuzahlung.portal.quota import show_quota
from zuzahlung.portal.views.doors import asker_of, member_of, now_of, signed_in
from zuzahlung.standards.days import format_moment_after, german_day

ONE_PERSONS_OWN = (Permission.LEGAL_REPRESENTATIVE, Permission.SERIES)
"""Forms of permission that are not filled in for the next person: a wrong entry would be easily overlooked."""


@signed_in(Right.QUERY)
def ask(request: HttpRequest) -> HttpResponse:
    """The query form; one click, one answer."""
    now = now_of(request)
    initial = {
        "day": german_day(now),
        "form_id": uuid7(),
        "permission": request.session.get("permission", ""),
    }
    asker = asker_of(request)
    form = QueryForm(
        resume.typed(request, now),
        initial=initial,
        demands_day=services.demands_day(asker.service_kinds),
        days_allowed=services.days_allowed(now),
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        question = Question(
            kvnr=values["kvnr"],
            permission=Permission(values["permission"]),
            permission_until_on=values["permission_until"]
            if values["permission"] == Permission.SERIES
            else None,
            days=tuple(sorted({*filter(None, [values["day"]]), *values["more_days"]})),
        )
        outcome = services.ask(question, asker, now=now, repeat=_repeat(values["form_id"], question))
        if isinstance(outcome, services.Answered):
            if question.permission not in ONE_PERSONS_OWN:
                request.session["permission"] = question.permission.value
            return redirect("portal:answer", entry=outcome.given.id)
        _explain(form, outcome)
    quota = services.quota_of(asker.institution, now)
    news = notices.open_notices(member_of(request))
    return render(
        request,
        "portal/query.html",
        {
            "form": form,
            "notices": news,
            "quota": show_quota(quota, telephone=settings.HOUSE.fund.telephone),
        },
    )


def _repeat(form_id: UUID, question: Question) -> str:
    """A form sent twice is one query; the same page used again for another question is another one."""
    days = ",".join(day.isoformat() for day in question.days)
    return f"{form_id} {question.kvnr} {question.permission} {question.permission_until_on} {days}"


FIELDS = {"permissionUntil": "permission_until", "serviceDates": "day"}


def _explain(form: QueryForm, outcome: services.Outcome) -> None:
    """Puts what stood in the way at the field it belongs to, or on top."""
    match outcome:
        case services.Faulty():
            for fault in outcome.faults:
                form.add_error(FIELDS.get(fault.field), fault.text)
        case services.QuotaUsedUp(which="day"):
            form.add_error(
                None,
                f"Für heute sind alle {outcome.limit} Abfragen verbraucht. Ab {format_moment_after(outcome.free_at)} geht "
                "es weiter. Brauchen Sie heute mehr, rufen Sie uns bitte an.",
            )
        case services.QuotaUsedUp(which="unknown"):
            form.add_error(
                None,
                f"Heute gab es schon {outcome.limit} Nummern ohne Auskunft. Zum Schutz der Versicherten geht es ab "
                f"{format_moment_after(outcome.free_at)} weiter. Brauchen Sie heute noch Auskünfte, rufen Sie uns bitte an.",
            )
        case services.QuotaUsedUp():
            form.add_error(
                None,
                f"Es sind höchstens {outcome.limit} Abfragen kurz hintereinander möglich. Ab {format_moment_after(outcome.free_at)} "
                "geht es weiter. Für viele Personen gibt es die Listenabfrage.",
            )
        case services.AskedDifferently():
            form.add_error(
                None,
                "Diese Seite wurde schon mit anderen Angaben gesendet. Bitte öffnen Sie die Abfrage neu.",
            )
        case _:
            form.add_error(
                None,
                "Zurzeit ist keine Auskunft möglich. Bitte versuchen Sie es in einigen Minuten noch einmal.",
            )


def _given(request: HttpRequest, entry: UUID) -> Given:
    """An answer the person may see: the own ones, or all of the institution."""
    who = member_of(request)
    try:
        given = services.get_given(who.institution, entry)
    except LookupError:
        raise Http404 from None
    if not may(who.role, Right.WHOLE_HISTORY) and given.actor.id != who.id:
        raise Http404
    return given


@signed_in(Right.OWN_HISTORY)
@require_safe
def answer(request: HttpRequest, entry: UUID) -> HttpResponse:
    """The answer is the page."""
    given = _given(request, entry)
    may_ask = may(member_of(request).role, Right.QUERY)
    return render(request, "portal/answer.html", {"given": given, "answer": show(given), "may_ask": may_ask})


@signed_in(Right.OWN_HISTORY)
@require_safe
def receipt(request: HttpRequest, entry: UUID) -> HttpResponse:
    """The answer as PDF, with the same words."""
    given = _given(request, entry)
    response = HttpResponse(receipt_pdf(given, fund=settings.HOUSE.fund), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="Auskunft-{given.number}.pdf"'
    return response
