"""How people stop taking part: one person's access ends, or that of the whole institution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from zuzahlung.accounts.letters import Occasion
from zuzahlung.accounts.models import ApiKey, Institution, Invitation, Person, Secret
from zuzahlung.accounts.rules import Right, Role, keeps_an_owner
from zuzahlung.accounts.services import letters, notices, passwords
from zuzahlung.accounts.services.notices import notify
from zuzahlung.accounts.services.people import Member, demand
from zuzahlung.accounts.services.sessions import end_sessions
from zuzahlung.accounts.services.sign_in import Refused, Wait
from zuzahlung.delivery import services as delivery
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import acting_for


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """The access is ended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LastOwner:
    """Refused: nobody else has the role owner."""


def leave(who: Member, *, password: str, now: datetime) -> Left | LastOwner | Refused | Wait:
    """A person leaves by own will; the last owner cannot, but may end the whole participation."""
    refusal = passwords.refuse_wrong_own_password(who, password, now)
    if refusal is not None:
        return refusal
    with acting_for(who.institution):
        owners = lock_owners()
        if who.id in owners and not keeps_an_owner(owners, without=who.id):
            return LastOwner()
        person = Person.objects.select_for_update().get(id=who.id)
        end_access(person, now)
        journal.add("person-left", actor=who.actor, institution=who.institution, now=now)
    return Left()


def is_last_owner(who: Member) -> bool:
    """Says whether this person could not leave now, because nobody else has the role owner."""
    with acting_for(who.institution):
        owners = set(Person.objects.filter(state=Person.ACTIVE, role=Role.OWNER).values_list("id", flat=True))
    return who.id in owners and not keeps_an_owner(owners, without=who.id)


def lock_owners() -> set[UUID]:
    """The active owners of the institution acted for, locked until the end of the transaction.

    Two people at once who take the role away from each other wait here, and the second finds one owner left.
    """
    owners = Person.objects.select_for_update().filter(state=Person.ACTIVE, role=Role.OWNER)
    return {owner.id for owner in owners.order_by("id")}


def end_access(person: Person, now: datetime) -> None:
    """Ends one person's access in the running transaction; the name stays for the journal's sake."""
    _take_access(person, now)
    revoke_invitations_of(person.id, now)
    if person.role == Role.OWNER:
        replace_pruefnummer(person, now)


def _take_access(person: Person, now: datetime) -> None:
    person.state, person.left_at = Person.LEFT, now
    person.email_sealed, person.email_confirmed_at = None, None
    person.set_unusable_password()
    person.save()
    end_sessions(person.id)


def revoke_invitations_of(person: UUID, now: datetime) -> None:
    """Takes back the open invitations that a person made or that are meant for this person."""
    own = Invitation.objects.filter(Q(made_by=person) | Q(person=person), used_at=None, revoked_at=None)
    own.update(revoked_at=now)


def replace_pruefnummer(person: Person, now: datetime) -> None:
    """Ends the Prüfnummer, which somebody who is no longer an owner may know, and orders a new one."""
    Secret.objects.filter(kind=Secret.PRUEFNUMMER, state=Secret.VALID).update(state=Secret.REPLACED)
    letters.order_again(person, letters.PRUEFNUMMER, Occasion.REPLACEMENT, now)
    notify(person.institution, "pruefnummer-ordered", now)


def end_participation(who: Member, *, password: str, now: datetime) -> Left | Refused | Wait:
    """Ends the participation of the whole institution: everybody leaves at once. The journal keeps its time."""
    demand(who, Right.END_PARTICIPATION)
    refusal = passwords.refuse_wrong_own_password(who, password, now)
    if refusal is not None:
        return refusal
    with acting_for(who.institution):
        if who.id not in lock_owners():
            raise PermissionDenied
        journal.add("participation-ended", actor=who.actor, institution=who.institution, now=now)
        _end_everything(who.institution, now)
    return Left()


def _end_everything(institution: UUID, now: datetime) -> None:
    Institution.objects.filter(id=institution).update(left_at=now)
    for person in Person.objects.select_for_update().exclude(state=Person.LEFT).order_by("id"):
        _take_access(person, now)
    Invitation.objects.filter(used_at=None, revoked_at=None).update(revoked_at=now)
    Secret.objects.filter(state=Secret.VALID).update(state=Secret.WITHDRAWN)
    ApiKey.objects.filter(revoked_at=None).update(revoked_at=now)
    for kind in (letters.INITIAL, letters.PRUEFNUMMER, notices.MAIL):
        delivery.cancel(kind=kind)
