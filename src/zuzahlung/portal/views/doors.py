"""Who may enter a page, and in whose name it acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from zuzahlung.accounts.rules import Right, may
from zuzahlung.accounts.services import throttle
from zuzahlung.accounts.services.people import Member
from zuzahlung.exemptions.services import Asker

View = Callable[..., HttpResponseBase]


def signed_in(right: Right | None = None) -> Callable[[View], View]:
    """Lets in who is signed in and, where a right is named, has it."""

    def door(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect("portal:sign_in")
            if right is not None and not may(member_of(request).role, right):
                raise PermissionDenied
            return view(request, *arguments, **named)

        return guarded

    return door


def now_of(request: HttpRequest) -> datetime:
    """The one moment of this request."""
    moment: datetime = request.now  # type: ignore[attr-defined]
    return moment


def member_of(request: HttpRequest) -> Member:
    """The person who is signed in."""
    user: Any = request.user
    return Member(id=user.id, institution=user.institution, sign_in=user.sign_in, role=user.role)


def asker_of(request: HttpRequest) -> Asker:
    """The person who is signed in, as one who asks for a status."""
    user: Any = request.user
    return Asker(
        institution=user.institution,
        ik=user.institution_ik,
        name=user.institution_name,
        service_kinds=tuple(user.service_kinds),
        actor=member_of(request).actor,
    )


def network_of(request: HttpRequest) -> str:
    """Where a request comes from: one household or practice."""
    return throttle.network(str(request.META.get("REMOTE_ADDR", "")))
