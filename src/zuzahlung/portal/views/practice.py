"""Praxis: the people of the institution, their invitations, and the keys of its programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from uuid_utils.compat import uuid7

from zuzahlung.accounts.rules import MATRIX, RIGHT_NAMES, ROLE_NAMES, Right, Role, may
from zuzahlung.accounts.services import colleagues, invitations, keys, notices
from zuzahlung.accounts.services.colleagues import Colleague
from zuzahlung.accounts.services.invitations import InvitationShown, Invited, NameTaken
from zuzahlung.accounts.services.keys import SCOPES, ApiKeyShown
from zuzahlung.accounts.services.leaving import LastOwner
from zuzahlung.accounts.services.people import Member, email_of
from zuzahlung.portal import resume
from zuzahlung.portal.forms_practice import InvitationForm, KeyForm, RoleForm
from zuzahlung.portal.views.doors import home_of, member_of, now_of, signed_in
from zuzahlung.standards.days import format_day, format_moment, german_day

MADE_BEFORE = (
    "Diese Einladung ist schon gemacht; der Link wurde nur einmal gezeigt. Ist er verloren, laden Sie die Person noch "
    "einmal ein – der alte gilt dann nicht mehr."
)
REMEMBERED_FORMS = 20
LAST_OWNER = "Eine Person mit der Rolle „Inhaberin oder Inhaber“ muss bleiben. Geben Sie zuerst jemand anderem diese Rolle."
Found = TypeVar("Found")
form_page = require_http_methods(["GET", "HEAD", "POST"])


@signed_in()
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Who works here, which keys there are, and one's own access."""
    who, now = member_of(request), now_of(request)
    people, open_ones, practice_keys = [], [], []
    if may(who.role, Right.MANAGE_PEOPLE):
        people = [_person_line(one) for one in colleagues.list_people(who, now)]
        open_ones = [_invitation_line(one) for one in invitations.open_invitations(who, now)]
    if may(who.role, Right.MANAGE_KEYS):
        practice_keys = [_key_line(one) for one in keys.list_keys(who) if one.revoked_at is None]
    context = {
        "people": people,
        "invitations": open_ones,
        "keys": practice_keys,
        "may": {right.name.lower(): may(who.role, right) for right in Right},
        "who": who,
        "role": ROLE_NAMES[Role(who.role)],
        "email": email_of(who),
        "notices": notices.open_notices(who),
        **roles_in_words(),
    }
    return render(request, "portal/practice.html", context)


def roles_in_words() -> dict[str, Any]:
    """Which role may do what, as the matrix says it."""
    return {
        "roles": [ROLE_NAMES[role] for role in Role],
        "rights": [
            (RIGHT_NAMES[right], [(ROLE_NAMES[role], right in MATRIX[role]) for role in Role])
            for right in Right
        ],
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonLine:
    """A person as a line of the table."""

    id: UUID
    sign_in: str
    role: str
    used: str
    is_self: bool
    is_asleep: bool


def _person_line(one: Colleague) -> PersonLine:
    return PersonLine(
        id=one.id,
        sign_in=one.sign_in,
        role=ROLE_NAMES[Role(one.role)],
        used=format_day(german_day(one.used_at)) if one.used_at else "noch nie",
        is_self=one.is_self,
        is_asleep=one.is_asleep,
    )


def _invitation_line(one: InvitationShown) -> dict[str, Any]:
    return {
        "id": one.id,
        "sign_in": one.sign_in,
        "role": ROLE_NAMES[Role(one.role)],
        "until": format_moment(one.expires_at),
        "again": one.is_for_known_person,
    }


def _key_line(one: ApiKeyShown) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "prefix": one.prefix,
        "made": format_day(german_day(one.made_at)),
        "made_by": one.made_by,
        "may": ", ".join(SCOPES[scope] for scope in one.scopes),
    }


@signed_in(Right.MANAGE_PEOPLE)
@form_page
def invite(request: HttpRequest) -> HttpResponse:
    """Invites somebody; the link is in this answer and nowhere else."""
    who, now = member_of(request), now_of(request)
    if _was_sent_before(request):
        return _made_before(request)
    form = InvitationForm(resume.typed(request, now), initial={"form_id": uuid7()})
    waiting = None
    if request.method == "POST" and form.is_valid():
        short_name = form.cleaned_data["short_name"]
        waiting = _open_invitation(who, f"{_ik_of(request)}-{short_name}", again=False, now=now)
        if waiting is None or request.POST.get("replace") == short_name:
            outcome = invitations.invite(who, short_name, form.cleaned_data["role"], now)
            if isinstance(outcome, Invited):
                return _invited(request, outcome, again=False)
            waiting = None
            _explain(form, outcome)
    context = {"form": form, "waiting": waiting, **roles_in_words()}
    return render(request, "portal/practice_invite.html", context)


def _ik_of(request: HttpRequest) -> str:
    user: Any = request.user
    ik: str = user.institution_ik
    return ik


def _open_invitation(who: Member, sign_in: str, *, again: bool, now: datetime) -> dict[str, Any] | None:
    """The invitation that would end with a new one for the same name, or None."""
    return next(
        (
            _invitation_line(one)
            for one in invitations.open_invitations(who, now)
            if one.sign_in == sign_in and one.is_for_known_person == again
        ),
        None,
    )


def _was_sent_before(request: HttpRequest) -> bool:
    """Says whether an invitation came of this very form; to load its page again sends it a second time."""
    form_id = request.POST.get("form_id", "")
    return bool(form_id) and form_id in request.session.get("invited", ())


def _made_before(request: HttpRequest) -> HttpResponse:
    messages.warning(request, MADE_BEFORE)
    return redirect("portal:practice")


def _explain(form: InvitationForm, outcome: NameTaken) -> None:
    form.add_error(
        "short_name",
        "Diesen Kurznamen gibt es schon, oder es gab ihn: Im Verlauf steht er für eine andere Person. "
        "Bitte wählen Sie einen anderen. Hat jemand nur das Passwort vergessen, öffnen Sie unter „Praxis“ die "
        "Person und laden Sie sie neu ein.",
    )


def _invited(request: HttpRequest, invited: Invited, *, again: bool) -> HttpResponse:
    """The only page with the code, which stands behind the # of the link.

    Browsers keep that part to themselves, so no log and no other site sees it.
    """
    sent = [*request.session.get("invited", ()), request.POST.get("form_id", "")]
    request.session["invited"] = sent[-REMEMBERED_FORMS:]
    link = f"{settings.PORTAL_URL}{reverse('portal:invitation')}#{invited.code}"
    context = {
        "link": link,
        "code": invited.code,
        "page": f"{settings.PORTAL_URL}{reverse('portal:invitation')}",
        "sign_in": invited.sign_in,
        "role": ROLE_NAMES[Role(invited.role)],
        "until": format_moment(invited.expires_at),
        "again": again,
    }
    return render(request, "portal/practice_invited.html", context)


@signed_in(Right.MANAGE_PEOPLE, form_at="portal:practice")
@require_POST
def revoke_invitation(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """Takes an open invitation back."""
    if invitations.revoke_invitation(member_of(request), invitation, now_of(request)):
        messages.success(request, "Die Einladung ist zurückgenommen. Der Link geht nicht mehr.")
    else:
        messages.warning(request, "Diese Einladung wurde schon benutzt oder zurückgenommen.")
    return redirect("portal:practice")


@signed_in(Right.MANAGE_PEOPLE)
@form_page
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    """One person: role, new link, removal."""
    who, now = member_of(request), now_of(request)
    one = _colleague(request, person)
    form = RoleForm(resume.typed(request, now), initial={"role": one.role})
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        outcome = _or_404(lambda: colleagues.change_role(who, person, role, now))
        if isinstance(outcome, LastOwner):
            form.add_error("role", LAST_OWNER)
        else:
            messages.success(request, f"{one.sign_in} hat jetzt die Rolle „{ROLE_NAMES[role]}“.")
            # Who gave the own role away may see this page no longer.
            return redirect("portal:practice")
    context = {"form": form, "one": _person_line(one), "colleague": one, **roles_in_words()}
    return render(request, "portal/practice_person.html", context)


def _colleague(request: HttpRequest, person: UUID) -> Colleague:
    return _or_404(lambda: colleagues.get_colleague(member_of(request), person, now_of(request)))


def _or_404(look_up: Callable[[], Found]) -> Found:
    """What was looked up; a person who left meanwhile, or is none of ours, is not there."""
    try:
        return look_up()
    except LookupError:
        raise Http404 from None


@signed_in(Right.MANAGE_PEOPLE)
@form_page
def invite_again(request: HttpRequest, person: UUID) -> HttpResponse:
    """A new link for a colleague who lost the password or was away for long."""
    one = _colleague(request, person)
    if one.is_self or one.is_first:
        raise Http404
    if _was_sent_before(request):
        return _made_before(request)
    if request.method == "POST":
        invited = _or_404(lambda: invitations.invite_again(member_of(request), person, now_of(request)))
        return _invited(request, invited, again=True)
    waiting = _open_invitation(member_of(request), one.sign_in, again=True, now=now_of(request))
    context = {"one": _person_line(one), "form_id": uuid7(), "waiting": waiting}
    return render(request, "portal/practice_again.html", context)


@signed_in(Right.MANAGE_PEOPLE)
@form_page
def remove(request: HttpRequest, person: UUID) -> HttpResponse:
    """Removes a colleague, after a page that says what that means."""
    one = _colleague(request, person)
    if one.is_self:
        return redirect("portal:leave")
    if request.method == "POST":
        outcome = _or_404(lambda: colleagues.remove(member_of(request), person, now_of(request)))
        if isinstance(outcome, LastOwner):
            messages.error(request, LAST_OWNER)
        else:
            messages.success(request, f"{one.sign_in} hat keinen Zugang mehr.")
        return redirect("portal:practice")
    return render(request, "portal/practice_remove.html", {"one": _person_line(one), "colleague": one})


@signed_in(Right.MANAGE_KEYS)
@form_page
def make_key(request: HttpRequest) -> HttpResponse:
    """Makes a key for a program; its token is in this answer and nowhere else."""
    who, now = member_of(request), now_of(request)
    form = KeyForm(resume.typed(request, now))
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        if _has_key(who, name):
            form.add_error(
                "name",
                "Einen Schlüssel mit diesem Namen gibt es schon. Ein Schlüssel lässt sich nicht noch einmal "
                "anzeigen: Widerrufen Sie ihn unter „Praxis“, oder wählen Sie einen anderen Namen.",
            )
        else:
            key, token = keys.make_key(who, name, form.scopes, now)
            return render(request, "portal/practice_key_made.html", {"key": _key_line(key), "token": token})
    words = ", ".join(SCOPES[scope] for scope in form.scopes)
    return render(request, "portal/practice_key.html", {"form": form, "may": words})


def _has_key(who: Member, name: str) -> bool:
    return any(key.name == name and key.revoked_at is None for key in keys.list_keys(who))


@signed_in(Right.MANAGE_KEYS)
@form_page
def revoke_key(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ends a key, after a page that says what that means."""
    who = member_of(request)
    found = next((one for one in keys.list_keys(who) if one.id == key and one.revoked_at is None), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        keys.revoke_key(who, key, now_of(request))
        messages.success(request, f"Der Schlüssel „{found.name}“ gilt nicht mehr.")
        return redirect("portal:practice")
    return render(request, "portal/practice_key_revoke.html", {"key": _key_line(found)})


@signed_in(form_at="portal:practice")
@require_POST
def notice_read(request: HttpRequest, notice: UUID) -> HttpResponse:
    """Notes that this person has read a notice, and goes back to the work."""
    who = member_of(request)
    notices.confirm(who, notice)
    return redirect(home_of(who.role))
