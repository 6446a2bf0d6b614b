"""What a signed-in person is to the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from zuzahlung.accounts.models import Person
from zuzahlung.accounts.rules import Right, may
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor, acting_for
from zuzahlung.vault.services import vault


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A person who acts for an institution: what views, services and journal need to know."""

    id: UUID
    institution: UUID
    sign_in: str
    role: str

    @property
    def actor(self) -> Actor:
        """The person as the journal names it."""
        return Actor(kind="person", id=self.id, name=self.sign_in)


def member(person: Person) -> Member:
    """The plain value of a person."""
    return Member(id=person.id, institution=person.institution, sign_in=person.sign_in, role=person.role)


def demand(who: Member, right: Right) -> None:
    """Raises PermissionDenied where this person's role has not this right."""
    if not may(who.role, right):
        raise PermissionDenied


def change_email(who: Member, email: str, now: datetime) -> None:
    """Sets the address for notices to what its owner typed while signed in; an empty one ends them."""
    with acting_for(who.institution):
        Person.objects.filter(id=who.id, state=Person.ACTIVE).update(
            email_sealed=seal_email(email, who.institution), email_confirmed_at=now if email else None
        )
        journal.add("email-changed", actor=who.actor, institution=who.institution, now=now)


def email_of(who: Member) -> str:
    """The address for notices, or nothing."""
    with acting_for(who.institution):
        return open_email(Person.objects.get(id=who.id).email_sealed, who.institution)


def _email_context(institution: UUID) -> bytes:
    return institution.bytes + b"email"


def seal_email(email: str, institution: UUID) -> bytes | None:
    """An address as the database keeps it; an empty one is none."""
    return vault().seal(email.encode(), context=_email_context(institution)) if email else None


def open_email(sealed: bytes | memoryview | None, institution: UUID) -> str:
    """The address again, or nothing."""
    return vault().open_sealed(bytes(sealed), context=_email_context(institution)).decode() if sealed else ""
