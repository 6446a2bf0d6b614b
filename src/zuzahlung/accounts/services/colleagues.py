"""The people of an institution as its owners manage them: listed, given another role, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied

from zuzahlung.accounts.models import Person
from zuzahlung.accounts.rules import Right, Role, is_asleep, keeps_an_owner
from zuzahlung.accounts.services.leaving import (
    LastOwner,
    Left,
    end_access,
    lock_owners,
    replace_pruefnummer,
    revoke_invitations_of,
)
from zuzahlung.accounts.services.notices import notify
from zuzahlung.accounts.services.people import Member, demand
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import acting_for


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """A person as the owners see it; `is_first` has the IK alone as name, and the Prüfnummer by letter."""

    id: UUID
    sign_in: str
    role: str
    is_first: bool
    is_self: bool
    is_asleep: bool
    since: datetime
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleChanged:
    """The person has the role from now on."""


def list_people(who: Member, now: datetime) -> list[Colleague]:
    """Everybody who takes part, oneself first, then by name."""
    demand(who, Right.MANAGE_PEOPLE)
    with acting_for(who.institution):
        people = list(Person.objects.filter(state=Person.ACTIVE).order_by("sign_in"))
    shown = [_shown(person, who, now) for person in people]
    return sorted(shown, key=lambda one: not one.is_self)


def get_colleague(who: Member, person: UUID, now: datetime) -> Colleague:
    """One person; raises LookupError where the institution has none like it."""
    demand(who, Right.MANAGE_PEOPLE)
    with acting_for(who.institution):
        found = Person.objects.filter(id=person, state=Person.ACTIVE).first()
    if found is None:
        raise LookupError("no such person")
    return _shown(found, who, now)


def change_role(who: Member, person: UUID, role: Role, now: datetime) -> RoleChanged | LastOwner:
    """Gives a person another role, from the next click on. The last owner cannot give up the role."""
    with acting_for(who.institution):
        owners, colleague = _locked(who, person)
        if colleague.role == role:
            return RoleChanged()
        if person in owners and not keeps_an_owner(owners, without=person):
            return LastOwner()
        before, colleague.role = colleague.role, role.value
        colleague.save(update_fields=["role"])
        journal.add(
            "role-changed",
            actor=who.actor,
            institution=who.institution,
            now=now,
            detail={"sign_in": colleague.sign_in, "from": before, "to": role.value},
        )
        # A way in that was made for, or by, somebody in the old role is none in the new one.
        revoke_invitations_of(person, now)
        if Role.OWNER in {before, role}:
            notify(who.institution, "owners-changed", now)
        if before == Role.OWNER:
            replace_pruefnummer(colleague, now)
    return RoleChanged()


def remove(who: Member, person: UUID, now: datetime) -> Left | LastOwner:
    """Ends a colleague's access at once, in every browser."""
    with acting_for(who.institution):
        owners, colleague = _locked(who, person)
        if person in owners and not keeps_an_owner(owners, without=person):
            return LastOwner()
        end_access(colleague, now)
        journal.add(
            "person-removed",
            actor=who.actor,
            institution=who.institution,
            now=now,
            detail={"sign_in": colleague.sign_in},
        )
    return Left()


def _locked(who: Member, person: UUID) -> tuple[set[UUID], Person]:
    """All owners and the person, locked; raises PermissionDenied, LookupError if one is gone meanwhile."""
    owners = lock_owners()
    if who.id not in owners:
        raise PermissionDenied
    colleague = Person.objects.select_for_update().filter(id=person, state=Person.ACTIVE).first()
    if colleague is None:
        raise LookupError("no such person")
    return owners, colleague


def _shown(person: Person, who: Member, now: datetime) -> Colleague:
    return Colleague(
        id=person.id,
        sign_in=person.sign_in,
        role=person.role,
        is_first=person.short_name == "",
        is_self=person.id == who.id,
        is_asleep=is_asleep(last_used_at=person.used_at, now=now, settings=settings.HOUSE.accounts),
        since=person.made_at,
        used_at=person.used_at,
    )
