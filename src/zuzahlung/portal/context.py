"""What every page knows: the fund, who is signed in, and where that person may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from zuzahlung.accounts.rules import ROLE_NAMES, Right, Role, may
from zuzahlung.standards.days import format_day, german_day


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedInPerson:
    """The person in the page's head."""

    display_name: str
    institution_name: str
    institution_ik: str
    role: str
    role_name: str


MENU: tuple[tuple[str, str, Right | None], ...] = (
    ("portal:query", "Abfrage", Right.QUERY),
    ("portal:lists", "Listenabfrage", Right.LIST_QUERY),
    ("portal:history", "Verlauf", Right.OWN_HISTORY),
    ("portal:practice", "Praxis", None),
)


def house(request: HttpRequest) -> dict[str, Any]:
    """Fund, person and menu for the templates."""
    person = signed_in_person(request)
    return {
        "house": settings.HOUSE,
        "fund": settings.HOUSE.fund,
        "person": person,
        "today": format_day(german_day(request.now)) if hasattr(request, "now") else "",
        "nav": _menu(request, person) if person else [],
    }


def signed_in_person(request: HttpRequest) -> SignedInPerson | None:
    """Who is signed in, as pages show it."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return SignedInPerson(
        display_name=user.short_name or user.sign_in,
        institution_name=user.institution_name,
        institution_ik=user.institution_ik,
        role=user.role,
        role_name=ROLE_NAMES[Role(user.role)],
    )


def _menu(request: HttpRequest, person: SignedInPerson) -> list[dict[str, Any]]:
    return [
        {"url": reverse(name), "label": label, "current": request.path.startswith(reverse(name))}
        for name, label, right in MENU
        if right is None or may(person.role, right)
    ]
