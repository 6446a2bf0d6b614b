"""Mein Zugang: password, address for notices, signed-in browsers, and the ways to stop taking part."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from zuzahlung.accounts.rules import Right, Role, may
from zuzahlung.accounts.services import leaving, passwords, people, pruefnummer, sessions
from zuzahlung.accounts.services.leaving import LastOwner, Left
from zuzahlung.accounts.services.passwords import PasswordSet, Weak
from zuzahlung.accounts.services.pruefnummer import Cooling, NoAddress, Ordered
from zuzahlung.accounts.services.sign_in import PersonBackend, Refused, Wait
from zuzahlung.portal import resume
from zuzahlung.portal.forms_practice import CurrentPasswordForm, EmailForm, PasswordForm, SureForm
from zuzahlung.portal.views.doors import member_of, now_of, signed_in
from zuzahlung.portal.views.entry import wait_sentence
from zuzahlung.portal.views.practice import LAST_OWNER, form_page
from zuzahlung.standards.days import format_moment

WRONG_PASSWORD = "Das Passwort stimmt nicht. Bitte prüfen Sie auch Groß- und Kleinschreibung."  # noqa: S105


def _add_refusal(request: HttpRequest, form: Any, outcome: Refused | Wait) -> None:
    sentence = wait_sentence(outcome.until, now_of(request)) if isinstance(outcome, Wait) else WRONG_PASSWORD
    form.add_error("current_password", sentence)


@signed_in()
@form_page
def password(request: HttpRequest) -> HttpResponse:
    """Passwort ändern; every other browser is signed out."""
    who = member_of(request)
    form = PasswordForm(request.POST if request.method == "POST" else None, sign_in=who.sign_in)
    if request.method == "POST" and form.is_valid():
        outcome = passwords.change_password(
            who,
            old=form.cleaned_data["current_password"],
            new=form.cleaned_data["password"],
            keep_session=sessions.session_id(request.session.session_key),
            now=now_of(request),
        )
        match outcome:
            case PasswordSet():
                return _stays_signed_in(request, who)
            case Weak():
                form.add_error("password", outcome.sentence)
            case _:
                _add_refusal(request, form, outcome)
    return render(request, "portal/practice_password.html", {"form": form, "who": who})


def _stays_signed_in(request: HttpRequest, who: people.Member) -> HttpResponse:
    # The session goes on under a new id and knows the new password's hash.
    user: Any = PersonBackend().get_user(who.id)
    if user is None:
        return redirect("portal:sign_in")
    request.user = user
    update_session_auth_hash(request, user)
    messages.success(request, "Ihr Passwort ist geändert. In allen anderen Browsern wurden Sie abgemeldet.")
    return redirect("portal:practice")


@signed_in()
@form_page
def email(request: HttpRequest) -> HttpResponse:
    """The own address for notices."""
    who, now = member_of(request), now_of(request)
    form = EmailForm(resume.typed(request, now), initial={"email": people.email_of(who)})
    if request.method == "POST" and form.is_valid():
        people.change_email(who, form.cleaned_data["email"], now)
        messages.success(request, "Ihre E-Mail-Adresse ist gespeichert.")
        return redirect("portal:practice")
    return render(request, "portal/practice_email.html", {"form": form, "who": who})


@signed_in()
@require_safe
def signed_in_browsers(request: HttpRequest) -> HttpResponse:
    """Where this person is signed in."""
    found = sessions.list_sessions(member_of(request), this=request.session.session_key, now=now_of(request))
    lines = [
        {
            "id": one.id,
            "browser": one.browser,
            "started": format_moment(one.started_at),
            "seen": format_moment(one.seen_at),
            "is_this": one.is_this,
        }
        for one in found
    ]
    return render(request, "portal/practice_sessions.html", {"sessions": lines})


@signed_in(form_at="portal:own_sessions")
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """Signs this person out in one browser."""
    if sessions.end_session(member_of(request), request.POST.get("session", "")):
        messages.success(request, "Dort sind Sie jetzt abgemeldet.")
    else:
        messages.info(request, "Dort waren Sie schon abgemeldet.")
    return redirect("portal:own_sessions")


@signed_in(form_at="portal:own_sessions")
@require_POST
def end_all_sessions(request: HttpRequest) -> HttpResponse:
    """Signs this person out everywhere, here too."""
    who = member_of(request)
    logout(request)
    sessions.sign_out_everywhere(who)
    return redirect(f"{reverse('portal:signed_out')}?ueberall=ja")


@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Says that it is done."""
    return render(request, "portal/practice_signed_out.html", {"everywhere": "ueberall" in request.GET})


@signed_in(before_terms=True)
@form_page
def leave(request: HttpRequest) -> HttpResponse:
    """Konto verlassen: one's own access ends."""
    who = member_of(request)
    form = CurrentPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outcome = leaving.leave(who, password=form.cleaned_data["current_password"], now=now_of(request))
        match outcome:
            case Left():
                return _gone(request)
            case LastOwner():
                form.add_error(None, f"{LAST_OWNER} Oder beenden Sie die Teilnahme der ganzen Praxis.")
            case _:
                _add_refusal(request, form, outcome)
    context = {
        "form": form,
        "who": who,
        "is_owner": who.role == Role.OWNER,
        "may_end": may(who.role, Right.END_PARTICIPATION),
        "is_last_owner": leaving.is_last_owner(who),
    }
    return render(request, "portal/practice_leave.html", context)


@signed_in(Right.END_PARTICIPATION, before_terms=True)
@form_page
def end_participation(request: HttpRequest) -> HttpResponse:
    """Teilnahme beenden: the access of everybody here ends."""
    who = member_of(request)
    form = SureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outcome = leaving.end_participation(
            who, password=form.cleaned_data["current_password"], now=now_of(request)
        )
        if isinstance(outcome, Left):
            return _gone(request)
        _add_refusal(request, form, outcome)
    return render(request, "portal/practice_end.html", {"form": form})


def _gone(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("portal:gone")


@require_safe
def gone(request: HttpRequest) -> HttpResponse:
    """Says good-bye."""
    return render(request, "portal/practice_gone.html")


@signed_in(Right.ORDER_LETTERS)
@form_page
def new_pruefnummer(request: HttpRequest) -> HttpResponse:
    """Orders a new Prüfnummer by letter."""
    who, now = member_of(request), now_of(request)
    form = CurrentPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outcome = pruefnummer.order_pruefnummer(who, password=form.cleaned_data["current_password"], now=now)
        match outcome:
            case Ordered():
                messages.success(request, "Die neue Prüfnummer ist bestellt. Sie kommt mit der Post.")
                return redirect("portal:practice")
            case Cooling() | NoAddress():
                # The page itself says so, with the day.
                pass
            case _:
                _add_refusal(request, form, outcome)
    where = pruefnummer.destination(who, now)
    context = {
        "form": form,
        "address": where.address,
        "cooling_until": where.cooling_until and format_moment(where.cooling_until),
        "cooldown_days": settings.HOUSE.accounts.letter_cooldown_days,
    }
    return render(request, "portal/practice_pruefnummer.html", context)
