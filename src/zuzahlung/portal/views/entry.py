"""Getting in: registration, sign-in, first sign-in, recovery, sign-out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zuzahlung.accounts.services import captcha as checks
from zuzahlung.accounts.services import passwords, registration
from zuzahlung.accounts.services import sign_in as service
from zuzahlung.accounts.services.passwords import FirstSignIn, PasswordSet, Paused
from zuzahlung.accounts.services.people import Member
from zuzahlung.portal import captcha as brake
from zuzahlung.portal.forms import FirstSignInForm, RecoveryForm, RegistrationForm, SignInForm
from zuzahlung.portal.views.doors import network_of, now_of
from zuzahlung.standards.days import format_moment

BACKEND = "zuzahlung.accounts.services.sign_in.PersonBackend"
KNOWN_BROWSER = "bekannt"


@require_safe
def captcha(request: HttpRequest) -> HttpResponse:
    """A fresh challenge for the browser."""
    return JsonResponse(brake.new_challenge(settings.SECRET_KEY, now_of(request)))


@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """Neues Konto registrieren."""
    now = now_of(request)
    form = RegistrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fault = _captcha_fault(request, form, now)
        if fault is None:
            values = form.cleaned_data
            registration.ask_for_account(
                values["ik"], email=values["email"], terms_version=registration.TERMS_VERSION, now=now
            )
            return redirect("portal:registered")
        form.add_error("code", fault)
    key, code = checks.new_text_code(now)
    form.data = {**form.data.dict(), "code_key": key, "code": "", "solution": ""} if form.is_bound else form.data
    form.initial["code_key"] = key
    return render(request, "portal/register.html", {"form": form, "text_code": code})


def _captcha_fault(request: HttpRequest, form: RegistrationForm, now: datetime) -> str | None:
    values = form.cleaned_data
    if values["solution"]:
        nonce = brake.is_solved(values["solution"], settings.SECRET_KEY, now)
        if nonce is not None and checks.use_nonce(nonce, now + brake.LIFETIME, network=network_of(request), now=now):
            return None
        return "Die Sicherheits-Prüfung ist abgelaufen. Bitte senden Sie das Formular noch einmal."
    return checks.fault_of_text_code(
        values["code_key"], values["code"], network=network_of(request), now=now
    )


@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    """The same words for every IK."""
    return render(request, "portal/registered.html")


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Anmelden with an own password, or with the Initialkennwort the first time."""
    if request.user.is_authenticated:
        return redirect("portal:query")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome = service.sign_in(
            form.cleaned_data["name"],
            form.cleaned_data["password"],
            network=network_of(request),
            known_browser=_is_known_browser(request, form.cleaned_data["name"]),
            now=now_of(request),
        )
        match outcome:
            case service.SignedIn():
                return enter(request, outcome.member)
            case service.NeedsPruefnummer():
                request.session.flush()
                request.session["first"] = [str(outcome.person), str(outcome.institution)]
                return redirect("portal:first_sign_in")
            case service.Asleep():
                request.session["asleep"] = outcome.sign_in
                return redirect("portal:recover")
            case service.Wait():
                form.add_error(None, wait_sentence(outcome.until, now_of(request)))
            case service.Refused():
                form.add_error(
                    None,
                    "Benutzername und Passwort passen nicht zusammen. Bitte prüfen Sie beides, auch Groß- und "
                    "Kleinschreibung.",
                )
    return render(request, "portal/sign_in.html", {"form": form})


def enter(request: HttpRequest, who: Member) -> HttpResponse:
    """Starts a session under a new id and leads to the work."""
    user: Any = service.PersonBackend().get_user(who.id)
    login(request, user, backend=BACKEND)
    request.session["institution"] = str(who.institution)
    request.session["browser"] = _browser_name(request.headers.get("User-Agent", ""))
    response = redirect("portal:query")
    response.set_signed_cookie(
        KNOWN_BROWSER,
        who.sign_in,
        salt="known-browser",
        max_age=timedelta(days=180),
        httponly=True,
        secure=settings.SECURE,
        samesite="Strict",
    )
    return response


def _is_known_browser(request: HttpRequest, name: str) -> bool:
    """Says whether somebody signed in here under this name before: others' failures do not slow that down."""
    known = request.get_signed_cookie(KNOWN_BROWSER, default="", salt="known-browser", max_age=timedelta(days=180))
    return known == service.normal_name(name)


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
    span = f"{seconds} Sekunden" if seconds < 120 else f"{seconds // 60 + 1} Minuten"
    return f"Es gab zu viele Versuche. Bitte warten Sie {span} und versuchen Sie es dann noch einmal."


def _first(request: HttpRequest) -> FirstSignIn | None:
    marks = request.session.get("first")
    return passwords.first_sign_in(UUID(marks[0]), UUID(marks[1])) if marks else None


@never_cache
def first_sign_in(request: HttpRequest) -> HttpResponse:
    """The Prüfnummer sets an own password; reached only with the right Initialkennwort."""
    first = _first(request)
    if first is None:
        return redirect("portal:sign_in")
    form = FirstSignInForm(request.POST or None, sign_in=first.sign_in, initial={"email": first.email})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        outcome = passwords.complete_first_sign_in(
            first,
            pruefnummer=values["pruefnummer"],
            password=values["password"],
            email=values["email"],
            terms_version=registration.TERMS_VERSION,
            now=now_of(request),
        )
        if isinstance(outcome, PasswordSet):
            return enter(request, outcome.member)
        form.add_error("pruefnummer", refusal_sentence(outcome, now_of(request)))
    return render(request, "portal/first_sign_in.html", {"form": form, "first": first})


@never_cache
def recover(request: HttpRequest) -> HttpResponse:
    """Passwort vergessen / Konto wecken."""
    asleep = request.session.get("asleep", "")
    form = RecoveryForm(request.POST or None, initial={"name": asleep})
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
        form.add_error("pruefnummer", refusal_sentence(outcome, now_of(request)))
    return render(request, "portal/recover.html", {"form": form, "asleep": asleep})


def refusal_sentence(outcome: passwords.Setting, now: datetime) -> str:
    """Why the Prüfnummer did not help."""
    match outcome:
        case Paused():
            return (
                "Die Prüfnummer war zu oft falsch. Bis "
                f"{format_moment(outcome.until)} nehmen wir keine mehr an. Ihr Passwort gilt weiter."
            )
        case service.Wait():
            return wait_sentence(outcome.until, now)
        case _:
            return "Das passt nicht zusammen. Bitte vergleichen Sie die Prüfnummer Zeichen für Zeichen mit dem Brief."


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this session."""
    logout(request)
    return redirect("portal:start")
