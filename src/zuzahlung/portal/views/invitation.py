"""Einladung: from the code to the own password."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from zuzahlung.accounts.rules import ROLE_NAMES, Role, current_terms
from zuzahlung.accounts.services import invitations
from zuzahlung.accounts.services.invitations import Guest, NoInvitation
from zuzahlung.accounts.services.passwords import Weak
from zuzahlung.accounts.services.sign_in import Wait
from zuzahlung.portal.forms_practice import InvitationCodeForm, JoiningForm
from zuzahlung.portal.views.doors import network_of, now_of
from zuzahlung.portal.views.entry import enter, wait_sentence
from zuzahlung.portal.views.practice import form_page

OVER = {
    "unknown": "Diese Einladung gibt es nicht. Bitte vergleichen Sie den Code Zeichen für Zeichen.",
    "used": "Diese Einladung wurde schon benutzt. Melden Sie sich bitte mit Ihrem Passwort an.",
    "revoked": "Diese Einladung gilt nicht mehr: Sie wurde zurückgenommen oder durch eine neuere ersetzt. Bitte fragen "
    "Sie in Ihrer Praxis nach dem neuen Link, oder lassen Sie sich neu einladen.",
    "expired": "Diese Einladung ist abgelaufen. Bitte lassen Sie sich neu einladen.",
    "removed": "Diese Einrichtung ist nicht mehr im Verzeichnis und kann niemanden aufnehmen.",
}


@never_cache
@form_page
def code(request: HttpRequest) -> HttpResponse:
    """Takes the code. A link brings it behind its #, from where a script puts it into the field."""
    form = InvitationCodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        found = invitations.find_invitation(
            form.cleaned_data["invitation"], network=network_of(request), now=now_of(request)
        )
        match found:
            case Guest():
                request.session["invitation"] = [str(found.invitation), str(found.institution)]
                return redirect("portal:joining")
            case Wait():
                form.add_error("invitation", wait_sentence(found.until, now_of(request)))
            case NoInvitation():
                form.add_error("invitation", OVER[found.why])
    return render(request, "portal/invitation.html", {"form": form})


@never_cache
@form_page
def joining(request: HttpRequest) -> HttpResponse:
    """The guest chooses an own password and accepts the terms; reached only with the right code."""
    marks = request.session.get("invitation")
    if marks is None:
        messages.warning(
            request, "Das hat zu lange gedauert. Bitte geben Sie den Einladungscode noch einmal ein."
        )
        return redirect("portal:invitation")
    found = invitations.get_guest(UUID(marks[0]), UUID(marks[1]), now_of(request))
    if isinstance(found, NoInvitation):
        return _over(request, found)
    form = JoiningForm(request.POST if request.method == "POST" else None, sign_in=found.sign_in)
    if request.method == "POST" and form.is_valid():
        outcome = invitations.accept(
            found, password=form.cleaned_data["password"], terms_version=current_terms(), now=now_of(request)
        )
        match outcome:
            case NoInvitation():
                return _over(request, outcome)
            case Weak():
                form.add_error("password", outcome.sentence)
            case _:
                return enter(request, outcome)
    context = {"form": form, "guest": found, "role": ROLE_NAMES[Role(found.role)]}
    return render(request, "portal/invitation_joining.html", context)


def _over(request: HttpRequest, why: NoInvitation) -> HttpResponse:
    request.session.pop("invitation", None)
    messages.warning(request, OVER[why.why])
    return redirect("portal:invitation")
