"""Getting in: registration, sign-in, first sign-in, recovery, sign-out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zuzahlung.accounts.rules import current_terms
from zuzahlung.accounts.services import captcha as checks
from zuzahlung.accounts.services import passwords, registration
from zuzahlung.accounts.services import sign_in as service
from zuzahlung.accounts.services.passwords import FirstSignIn, PasswordSet, Paused, Weak
from zuzahlung.accounts.services.people import Member
from zuzahlung.portal import captcha as brake
from zuzahlung.portal import resume
from zuzahlung.portal.forms import FirstSignInForm, RecoveryForm, RegistrationForm, SignInForm
from zuzahlung.portal.views.doors import (
    STILL_THERE,
    home_of,
    is_own_page,
    known_browser,
    member_of,
    network_of,
    now_of,
    remember_browser,
    session_over,
)
from zuzahlung.standards.days import format_moment

FIRST_PASSWORD = (
    "Ihr Passwort gilt. Das Initialkennwort brauchen Sie nicht mehr; bewahren Sie die Prüfnummer gut auf."  # noqa: S105 - a sentence
)
BACKEND = "zuzahlung.accounts.services.sign_in.PersonBackend"


@require_safe
def captcha(request: HttpRequest) -> HttpResponse:
    """A fresh challenge for the browser."""
    return JsonResponse(brake.new_challenge(settings.SECRET_KEY, now_of(request)))


@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """Neues Konto registrieren."""
    now = now_of(request)
    known = resume.typed(request, now)
    form = RegistrationForm(
        known if request.method == "POST" else None, initial=known.dict() if known else None
    )
    if request.method == "POST" and form.is_valid():
        fault = _captcha_fault(request, form, now)
        if fault is None:
            values = form.cleaned_data
            registration.ask_for_account(
                values["ik"], email=values["email"], terms_version=current_terms(), now=now
            )
            return redirect("portal:registered")
        # Only what is wrong with the code is said at its field: whose browser solved the sum needs none.
        form.add_error("code" if fault in {checks.WRONG, checks.MISSING} else None, fault)
    key, code = checks.new_text_code(now)
    form.data = (
        {**dict(form.data.items()), "code_key": key, "code": "", "solution": ""}
        if form.is_bound
        else form.data
    )
    form.initial["code_key"] = key
    return render(request, "portal/register.html", {"form": form, "text_code": code})


def _captcha_fault(request: HttpRequest, form: RegistrationForm, now: datetime) -> str | None:
    values = form.cleaned_data
    if values["solution"]:
        nonce = brake.is_solved(values["solution"], settings.SECRET_KEY, now)
        return checks.fault_of_nonce(nonce, now + brake.LIFETIME, network=network_of(request), now=now)
    return checks.fault_of_text_code(values["code_key"], values["code"], network=network_of(request), now=now)


@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    """The same words for every IK."""
    return render(request, "portal/registered.html")


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Anmelden with an own password, or with the Initialkennwort the first time."""
    if request.user.is_authenticated:
        return redirect(home_of(member_of(request).role))
    form = SignInForm(request.POST or None, initial={"goal": request.GET.get("weiter", "")})
    if request.method == "POST" and form.is_valid():
        outcome = service.sign_in(
            form.cleaned_data["name"],
            form.cleaned_data["password"],
            network=network_of(request),
            known_browser=_mark_of_browser(request, form.cleaned_data["name"]),
            now=now_of(request),
        )
        match outcome:
            case service.SignedIn():
                return enter(request, outcome.member, form)
            case service.NeedsPruefnummer():
                request.session.flush()
                request.session["first"] = [str(outcome.person), str(outcome.institution)]
                name = service.normal_name(form.cleaned_data["name"])
                resume.keep(request, form.cleaned_data["resume"], name=name, now=now_of(request))
                return redirect("portal:first_sign_in")
            case service.Asleep():
                request.session["asleep"] = outcome.sign_in
                return redirect("portal:recover")
            case service.Removed():
                return _institution_removed(request)
            case service.Wait() | service.Refused():
                form.add_error("password", _why_not(outcome, now_of(request)))
    ended = "abgelaufen" in request.GET or bool(form.is_bound and form.data.get("resume"))
    return render(
        request, "portal/sign_in.html", {"form": form, "ended": ended, "kept": form["resume"].value()}
    )


def _why_not(outcome: service.Wait | service.Refused, now: datetime) -> str:
    if isinstance(outcome, service.Wait):
        return wait_sentence(outcome.until, now)
    return (
        "Benutzername und Passwort passen nicht zusammen. Bitte prüfen Sie beides, auch Groß- und Kleinschreibung. "
        "Nur beim Initialkennwort kommt es auf Groß- und Kleinschreibung und auf Bindestriche nicht an."
    )


def _institution_removed(request: HttpRequest) -> HttpResponse:
    """Whom to ask; shown only to who typed the right secret, so that nobody else learns of it."""
    return render(request, "portal/institution_removed.html", status=403)


def enter(request: HttpRequest, who: Member, form: SignInForm | None = None) -> HttpResponse:
    """Starts a session under a new id and leads to the work, or to where the form of the sign-in came from."""
    user: Any = service.PersonBackend().get_user(who.id)
    if user is None:
        return redirect("portal:sign_in")
    login(request, user, backend=BACKEND)
    for mark in ("first", "asleep", "invitation"):
        request.session.pop(mark, None)
    request.session["seen_at"] = now_of(request).isoformat()
    request.session["institution"] = str(who.institution)
    request.session["browser"] = _browser_name(request.headers.get("User-Agent", ""))
    response = redirect(_way_on(request, who, form) or home_of(who.role))
    remember_browser(request, response, who.sign_in)
    return response


def _way_on(request: HttpRequest, who: Member, form: SignInForm | None) -> str | None:
    """The page somebody wanted to see before the sign-in came between."""
    if form is None:
        return None
    kept = resume.keep(request, form.cleaned_data["resume"], name=who.sign_in, now=now_of(request))
    if kept is not None:
        messages.info(request, STILL_THERE)
        return kept
    goal: str = form.cleaned_data["goal"]
    return goal if is_own_page(goal) else None


def _mark_of_browser(request: HttpRequest, name: str) -> str:
    """The mark of a browser in which this name signed in before, or nothing."""
    known, mark = known_browser(request)
    return mark if known == service.normal_name(name) else ""


def _browser_name(agent: str) -> str:
    """The family of a browser and its system, in a few words: enough to know one's own again."""
    families = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
        ("Mac OS", "macOS"), ("Linux", "Linux"),
    )  # fmt: skip
    family = next((name for mark, name in families if mark in agent), "Browser")
    system = next((name for mark, name in systems if mark in agent), "unbekanntes System")
    return f"{family} auf {system}"


def wait_sentence(until: datetime, now: datetime) -> str:
    """How long to wait, in words."""
    seconds = max(int((until - now).total_seconds()) + 1, 1)
    span = f"{seconds} Sekunden" if seconds < 120 else f"{-(-seconds // 60)} Minuten"
    if seconds == 1:
        span = "eine Sekunde"
    return f"Es gab zu viele Versuche. Bitte warten Sie {span} und versuchen Sie es dann noch einmal."


def _first(request: HttpRequest) -> FirstSignIn | None:
    marks = request.session.get("first")
    return passwords.first_sign_in(UUID(marks[0]), UUID(marks[1]), now_of(request)) if marks else None


@never_cache
def first_sign_in(request: HttpRequest) -> HttpResponse:
    """The Prüfnummer sets an own password; reached only with the right Initialkennwort."""
    first = _first(request)
    if first is None:
        return session_over(request, request.path, name=service.normal_name(request.POST.get("account", "")))
    known = resume.typed(request, now_of(request))
    form = FirstSignInForm(
        known if request.method == "POST" else None,
        sign_in=first.sign_in,
        initial={"email": known.get("email", "") if known is not None else first.email},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        outcome = passwords.complete_first_sign_in(
            first,
            pruefnummer=values["pruefnummer"],
            password=values["password"],
            email=values["email"],
            terms_version=current_terms(),
            now=now_of(request),
        )
        if isinstance(outcome, PasswordSet):
            messages.success(request, FIRST_PASSWORD)
            return enter(request, outcome.member)
        _add_refusal(form, outcome, now_of(request))
    return render(request, "portal/first_sign_in.html", {"form": form, "first": first})


@never_cache
def recover(request: HttpRequest) -> HttpResponse:
    """Passwort vergessen / Konto wecken."""
    asleep = request.session.get("asleep", "")
    known = resume.typed(request, now_of(request))
    form = RecoveryForm(
        known if request.method == "POST" else None,
        initial={"name": known.get("name", "") if known is not None else asleep},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        outcome = passwords.recover(
            values["name"],
            pruefnummer=values["pruefnummer"],
            password=values["password"],
            network=network_of(request),
            now=now_of(request),
        )
        if isinstance(outcome, PasswordSet):
            return enter(request, outcome.member)
        if isinstance(outcome, service.Removed):
            return _institution_removed(request)
        _add_refusal(form, outcome, now_of(request))
    return render(request, "portal/recover.html", {"form": form, "asleep": asleep})


def _add_refusal(form: FirstSignInForm | RecoveryForm, outcome: passwords.Setting, now: datetime) -> None:
    if isinstance(outcome, Weak):
        form.add_error("password", outcome.sentence)
    else:
        form.add_error("pruefnummer", refusal_sentence(outcome, now))


def refusal_sentence(outcome: passwords.Setting, now: datetime) -> str:
    """Why the Prüfnummer did not help."""
    match outcome:
        case Paused():
            return (
                "Die Prüfnummer war zu oft falsch. Bis "
                f"{format_moment(outcome.until)} nehmen wir keine mehr an. Ihr Passwort oder Initialkennwort gilt "
                "weiter."
            )
        case service.Wait():
            return wait_sentence(outcome.until, now)
        case _:
            return "Das passt nicht zusammen. Bitte vergleichen Sie die Prüfnummer Zeichen für Zeichen mit dem Brief."


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this session."""
    logout(request)
    return redirect("portal:signed_out")
