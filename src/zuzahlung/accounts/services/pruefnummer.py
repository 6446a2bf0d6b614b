"""A new Prüfnummer at an owner's wish: the old one ends at once, the new one comes by letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from zuzahlung.accounts.models import Institution, Person
from zuzahlung.accounts.rules import Right
from zuzahlung.accounts.services import letters, passwords
from zuzahlung.accounts.services.leaving import replace_pruefnummer
from zuzahlung.accounts.services.people import Member, demand
from zuzahlung.accounts.services.sign_in import Refused, Wait
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import acting_for


@dataclass(frozen=True, kw_only=True, slots=True)
class Ordered:
    """The letter is on its way into the post."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cooling:
    """One was ordered a short while ago; the next can be from this moment on."""

    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class NoAddress:
    """No letter can go out: the directory has no whole address."""


def order_pruefnummer(
    who: Member, *, password: str, now: datetime
) -> Ordered | Cooling | NoAddress | Refused | Wait:
    """Orders a new Prüfnummer, once per cool-down, against the own password."""
    demand(who, Right.ORDER_LETTERS)
    refusal = passwords.refuse_wrong_own_password(who, password, now)
    if refusal is not None:
        return refusal
    with acting_for(who.institution):
        institution = Institution.objects.select_for_update().get(id=who.institution)
        until = _cooling_until(institution)
        if until is not None and until > now:
            return Cooling(until=until)
        if not letters.may_have_letters(institution):
            return NoAddress()
        replace_pruefnummer(Person.objects.get(id=who.id), now)
        journal.add("pruefnummer-ordered", actor=who.actor, institution=who.institution, now=now)
    return Ordered()


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where the letter goes, and from when on it can be ordered (None: now)."""

    address: tuple[str, ...]
    cooling_until: datetime | None


def destination(who: Member, now: datetime) -> Destination:
    """What the page says before the order."""
    demand(who, Right.ORDER_LETTERS)
    with acting_for(who.institution):
        institution = Institution.objects.get(id=who.institution)
    until = _cooling_until(institution)
    lines = (institution.name, institution.street, f"{institution.postcode} {institution.city}".strip())
    return Destination(
        address=lines if letters.may_have_letters(institution) else (),
        cooling_until=until if until is not None and until > now else None,
    )


def _cooling_until(institution: Institution) -> datetime | None:
    if institution.pruefnummer_ordered_at is None:
        return None
    return institution.pruefnummer_ordered_at + timedelta(days=settings.HOUSE.accounts.letter_cooldown_days)
