"""The operator's site: sign-in with a second factor, the first page with the daily tasks, and which pages there are."""

from __future__ import annotations

import io
from base64 import b32encode
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import qrcode
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django_otp import login as otp_login
from django_otp.admin import OTPAdminSite
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathFillImage

from zuzahlung.accounts import admin as account_pages
from zuzahlung.accounts.services import directory, operators
from zuzahlung.delivery import admin as delivery_pages
from zuzahlung.delivery import operating
from zuzahlung.exemptions import admin as exemption_pages
from zuzahlung.journal import services as journal
from zuzahlung.journal.admin import actor_of, now_of
from zuzahlung.site import operator_journal
from zuzahlung.site.operator_forms import CodeForm, SignInForm
from zuzahlung.standards.days import format_day, format_time

BACKEND = "django.contrib.auth.backends.ModelBackend"
MENU: tuple[tuple[str, str], ...] = (
    ("admin:index", "Heute"),
    ("admin:delivery_letterout_changelist", "Briefe"),
    ("admin:accounts_registration_changelist", "Registrierungen"),
    ("admin:accounts_institution_changelist", "Verzeichnis"),
    ("admin:exemptions_stand_changelist", "Register"),
    ("admin:exemptions_quota_changelist", "Kontingente"),
    ("admin:journal", "Journal"),
    ("admin:disclosure", "Auskunft nach Art. 15"),
    ("admin:delivery_mailout_changelist", "E-Mails"),
    ("admin:accounts_person_changelist", "Personen"),
    ("admin:accounts_operator_changelist", "Zugänge hier"),
)


class OperatorSite(OTPAdminSite):  # type: ignore[misc]  # the package ships no types
    """All pages of the operator, each behind name, password and (setting SECOND_FACTOR) a code from an app."""

    site_title = site_header = "Betrieb"
    index_title = "Heute"
    site_url = None
    enable_nav_sidebar = False
    # An address that is none is answered as such, and the JSON interface is none here.
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        is_operator = super(OTPAdminSite, self).has_permission(request)
        return is_operator and (not _needs_second_factor() or user.is_verified())

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            # Django's own lets nobody out who is not wholly in.
            path("logout/", require_POST(self.sign_out), name="logout"),
            path("zweiter-faktor/", self.second_factor, name="second_factor"),
            path("zweiter-faktor/einrichten/", self.enrolment, name="enrolment"),
            path("zweiter-faktor/bild.svg", self.enrolment_picture, name="enrolment_picture"),
            path("journal/", self.admin_view(self.journal), name="journal"),
            path("auskunft/", self.admin_view(self.disclosure), name="disclosure"),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        return {
            **context,
            "fund": settings.HOUSE.fund,
            "nav": _menu(request) if context["has_permission"] else [],
        }

    def names_of(self, institutions: Collection[UUID]) -> Mapping[UUID, str]:
        """IK and name of each."""
        return directory.names_of(institutions)

    def find_institution(self, ik: str) -> UUID | None:
        """The institution with this IK."""
        return directory.find(ik)

    def journal(self, request: HttpRequest) -> HttpResponse:
        """The journal by institution and time."""
        return operator_journal.journal_page(request, self.each_context(request))

    def disclosure(self, request: HttpRequest) -> HttpResponse:
        """The Auskunft on one insured."""
        return operator_journal.disclosure_page(request, self.each_context(request))

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:
        """There is one first page, and none for each part of the house."""
        return redirect("admin:index")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Name and password; what comes next depends on the second factor."""
        if request.method == "GET" and _is_operator(request):
            return self._next_step(request)
        form = SignInForm(request.POST or None)
        status = 200
        if request.method == "POST" and form.is_valid():
            found = operators.sign_in(
                form.cleaned_data["name"],
                form.cleaned_data["password"],
                network=_network_of(request),
                now=now_of(request),
            )
            match found:
                case None:
                    form.add_error(None, "Benutzername oder Passwort stimmt nicht.")
                case operators.Wait():
                    status = 429
                    form.add_error(
                        None, f"Es gab zu viele Versuche. Bitte warten Sie bis {format_time(found.until)}."
                    )
                case _:
                    auth.login(request, found, backend=BACKEND)
                    request.session["next"] = _safe_next(request)
                    if not _needs_second_factor():
                        operators.note_sign_in(found, now_of(request))
                    # The next request knows whether the second factor was seen; this one does not.
                    return redirect("admin:login")
        context = {
            **self.each_context(request),
            "title": "Anmelden",
            "form": form,
            "next": _safe_next(request),
        }
        return TemplateResponse(request, "operator/login.html", context, status=status)

    def sign_out(self, request: HttpRequest) -> HttpResponse:
        """Ends the session, also one that waits for the second factor."""
        auth.logout(request)
        context = {**self.each_context(request), "title": "Sie sind abgemeldet"}
        return TemplateResponse(request, "registration/logged_out.html", context)

    def _next_step(self, request: HttpRequest) -> HttpResponse:
        if self.has_permission(request):
            return redirect(request.session.pop("next", None) or "admin:index")
        if TOTPDevice.objects.filter(user=request.user, confirmed=True).exists():
            return redirect("admin:second_factor")
        return redirect("admin:enrolment")

    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """The code from the app, after name and password were right."""
        device = _device_of(request, confirmed=True)
        if device is None or self.has_permission(request):
            return self._from_the_start(request)
        form = CodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._is_right(request, device, form):
            return self._next_step(request)
        context = {**self.each_context(request), "title": "Zweiter Faktor", "form": form}
        return TemplateResponse(request, "operator/second_factor.html", context)

    def enrolment(self, request: HttpRequest) -> HttpResponse:
        """Sets up the app at the first sign-in; later it can be done anew only by `create-operator --replace`."""
        device = self._new_device(request)
        if device is None:
            return self._from_the_start(request)
        form = CodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._is_right(request, device, form):
            messages.success(
                request, "Der zweite Faktor ist eingerichtet. Ab jetzt fragt jede Anmeldung nach einem Code."
            )
            return self._next_step(request)
        context = {
            **self.each_context(request),
            "title": "Zweiten Faktor einrichten",
            "form": form,
            "secret": _typed(device),
        }
        return TemplateResponse(request, "operator/enrolment.html", context)

    def enrolment_picture(self, request: HttpRequest) -> HttpResponse:
        """The same secret as a picture for the camera of the app."""
        device = self._new_device(request)
        if device is None:
            return self._from_the_start(request)
        picture = io.BytesIO()
        qrcode.make(device.config_url, image_factory=SvgPathFillImage, box_size=12).save(picture)
        return HttpResponse(picture.getvalue(), content_type="image/svg+xml")

    def _new_device(self, request: HttpRequest) -> TOTPDevice | None:
        """The app that is being set up, or None for strangers and for whoever has set up one before."""
        if not _needs_second_factor() or not _is_operator(request) or _device_of(request, confirmed=True):
            return None
        begun = TOTPDevice.objects.filter(user=request.user, confirmed=False).order_by("id").first()
        return begun or TOTPDevice.objects.create(user=request.user, confirmed=False, name="App")

    def _is_right(self, request: HttpRequest, device: TOTPDevice, form: CodeForm) -> bool:
        """Tests a code; a right one counts once, wrong ones make the next wait ever longer."""
        user: Any = request.user
        with transaction.atomic():
            device = TOTPDevice.objects.select_for_update().get(id=device.id)
            is_heard, _ = device.verify_is_allowed()
            if not is_heard or not device.verify_token(form.cleaned_data["code"]):
                wrong = "Der Code stimmt nicht. Bitte warten Sie auf den nächsten, und prüfen Sie die Uhrzeit des Telefons."
                waits = "Nach falschen Codes ist eine Pause. Bitte warten Sie einen Augenblick."
                form.add_error("code", wrong if is_heard else waits)
                return False
            if not device.confirmed:
                device.confirmed = True
                device.save(update_fields=["confirmed"])
                journal.add(
                    "operator-second-factor", actor=actor_of(request), institution=None, now=now_of(request)
                )
            operators.note_sign_in(user, now_of(request))
        request.session.cycle_key()
        otp_login(request, device)
        return True

    def _from_the_start(self, request: HttpRequest) -> HttpResponse:
        if self.has_permission(request):
            return redirect("admin:index")
        if _is_operator(request):
            return self._next_step(request)
        return redirect_to_login("/", reverse("admin:login"))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Changes the own password; all other sessions of that person end with it."""
        with transaction.atomic():
            response: HttpResponse = super().password_change(request, extra_context)
            if request.method == "POST" and response.status_code == 302:
                journal.add(
                    "operator-password", actor=actor_of(request), institution=None, now=now_of(request)
                )
        return response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The daily tasks, with how much waits in each."""
        post = operating.waiting()
        stand = exemption_pages.served_stand()
        context = {
            **self.each_context(request),
            "title": "Heute",
            "post": post,
            "registrations": operators.waiting_registrations(),
            "stands": exemption_pages.waiting_stands(),
            "served": stand
            and {"day": format_day(stand.day), "insured": exemption_pages.whole(stand.insured)},
            "is_answered_elsewhere": exemption_pages.is_answered_elsewhere(),
            "print_folder": settings.LETTERS,
        }
        return TemplateResponse(request, "operator/index.html", context)


def _menu(request: HttpRequest) -> list[dict[str, Any]]:
    entries = [(reverse(name), words) for name, words in MENU]
    return [
        {
            "url": url,
            "words": words,
            "is_current": request.path == url or (url != "/" and request.path.startswith(url)),
        }
        for url, words in entries
    ]


def _needs_second_factor() -> bool:
    """Whether the house asks for it; the setting is known to this site alone."""
    return bool(settings.SECOND_FACTOR)  # type: ignore[misc]


def _is_operator(request: HttpRequest) -> bool:
    """Whether name and password were right; the second factor may still be to come."""
    user: Any = request.user
    return bool(user.is_authenticated and user.is_active and user.is_staff)


def _device_of(request: HttpRequest, *, confirmed: bool) -> TOTPDevice | None:
    if not request.user.is_authenticated:
        return None
    return TOTPDevice.objects.filter(user=request.user, confirmed=confirmed).first()


def _typed(device: TOTPDevice) -> str:
    """The secret in groups of four, for typing it into an app without a camera."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _safe_next(request: HttpRequest) -> str:
    """Where somebody wanted to go, if that lies on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def _network_of(request: HttpRequest) -> str:
    """Where a request comes from: the address, or for IPv6 its /64."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    return ":".join(address.split(":")[:4]) if ":" in address else address


site = OperatorSite("admin")
site.disable_action("delete_selected")
for pages in (delivery_pages.PAGES, account_pages.PAGES, exemption_pages.PAGES):
    for model, page in pages:
        site.register(model, page)
