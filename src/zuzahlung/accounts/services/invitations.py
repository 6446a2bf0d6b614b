"""Invitations: a code that lets one person in once, within 72 hours, in the role the owner chose.

The code is shown to the owner and to nobody else; the house keeps its SHA-256. See the decision record 0007.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import connection

from zuzahlung.accounts.models import Institution, Invitation, Person
from zuzahlung.accounts.rules import Right, Role
from zuzahlung.accounts.services import throttle
from zuzahlung.accounts.services.notices import notify
from zuzahlung.accounts.services.passwords import Weak, weakness
from zuzahlung.accounts.services.people import Member, demand, member
from zuzahlung.accounts.services.sessions import end_sessions
from zuzahlung.accounts.services.sign_in import Wait
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import acting_for
from zuzahlung.vault import codes


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """An invitation just made; `code` is given here and can never be shown again."""

    code: str
    sign_in: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class NameTaken:
    """Refused: somebody has this short name, or had it before and stands with it in the journal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationShown:
    """An open invitation as owners see it."""

    id: UUID
    sign_in: str
    role: str
    is_for_known_person: bool
    expires_at: datetime


def invite(who: Member, short_name: str, role: Role, now: datetime) -> Invited | NameTaken:
    """Invites somebody new. An open invitation to the same name ends: the latest code is the one that counts."""
    demand(who, Right.MANAGE_PEOPLE)
    with acting_for(who.institution):
        institution = Institution.objects.select_for_update().get(id=who.institution)
        sign_in = f"{institution.ik}-{short_name}"
        if Person.objects.filter(sign_in=sign_in).exists():
            return NameTaken()
        return _made(who, person=None, short_name=short_name, role=role, sign_in=sign_in, now=now)


def invite_again(who: Member, person: UUID, now: datetime) -> Invited:
    """A way to a new password for a colleague who lost it or was away for long; the role stays.

    Raises LookupError where no such colleague is. The account that has the IK alone as name has its
    Prüfnummer, and oneself changes the password by the old one.
    """
    demand(who, Right.MANAGE_PEOPLE)
    with acting_for(who.institution):
        Institution.objects.select_for_update().get(id=who.institution)
        found = (
            Person.objects.filter(id=person, state=Person.ACTIVE).exclude(short_name="").exclude(id=who.id)
        )
        colleague = found.first()
        if colleague is None:
            raise LookupError("no such colleague")
        return _made(
            who,
            person=colleague.id,
            short_name=colleague.short_name,
            role=Role(colleague.role),
            sign_in=colleague.sign_in,
            now=now,
        )


def _made(
    who: Member, *, person: UUID | None, short_name: str, role: Role, sign_in: str, now: datetime
) -> Invited:
    Invitation.objects.filter(short_name=short_name, used_at=None, revoked_at=None).update(revoked_at=now)
    code = codes.make(codes.EINLADUNGSCODE, secrets.token_bytes)
    row = Invitation.objects.create(
        institution=who.institution,
        person=person,
        short_name=short_name,
        role=role.value,
        token_hash=_hash(code),
        made_by=who.id,
        made_at=now,
        expires_at=now + timedelta(hours=settings.HOUSE.accounts.invitation_hours),
    )
    journal.add(
        "invitation-made",
        actor=who.actor,
        institution=who.institution,
        now=now,
        detail={"sign_in": sign_in, "role": role.value, "again": person is not None},
    )
    return Invited(
        code=codes.format(code, codes.EINLADUNGSCODE),
        sign_in=sign_in,
        role=role.value,
        expires_at=row.expires_at,
    )


def open_invitations(who: Member, now: datetime) -> list[InvitationShown]:
    """The invitations that can still be used, the latest first."""
    demand(who, Right.MANAGE_PEOPLE)
    with acting_for(who.institution):
        ik = Institution.objects.get(id=who.institution).ik
        rows = Invitation.objects.filter(used_at=None, revoked_at=None, expires_at__gt=now)
        return [
            InvitationShown(
                id=row.id,
                sign_in=f"{ik}-{row.short_name}",
                role=row.role,
                is_for_known_person=row.person is not None,
                expires_at=row.expires_at,
            )
            for row in rows.order_by("-made_at", "-id")
        ]


def revoke_invitation(who: Member, invitation: UUID, now: datetime) -> bool:
    """Takes an invitation back; False where it is none of this institution's or was used already."""
    demand(who, Right.MANAGE_PEOPLE)
    with acting_for(who.institution):
        rows = Invitation.objects.filter(id=invitation, used_at=None, revoked_at=None)
        if not rows.update(revoked_at=now):
            return False
        journal.add(
            "invitation-revoked",
            actor=who.actor,
            institution=who.institution,
            now=now,
            detail={"invitation": str(invitation)},
        )
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Guest:
    """Somebody whose code was right: what the page says before the password is chosen."""

    invitation: UUID
    institution: UUID
    institution_name: str
    sign_in: str
    role: str
    is_known: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NoInvitation:
    """The code leads nowhere (any more)."""

    why: Literal["unknown", "used", "revoked", "expired", "removed"]


def find_invitation(code: str, *, network: str, now: datetime) -> Guest | NoInvitation | Wait:
    """Whom a bare code invites. Who knows a code may learn why it is over."""
    tries = throttle.bucket("invitation", network)
    until = throttle.blocked_until([tries], now)
    if until is not None:
        return Wait(until=until)
    with connection.cursor() as cursor:
        cursor.execute("select id, institution from invitation_of_token(%s)", [_hash(code)])
        row = cursor.fetchone()
    if row is None:
        throttle.count_failure([(tries, 20)], now)
        return NoInvitation(why="unknown")
    return get_guest(row[0], row[1], now)


def get_guest(invitation: UUID, institution: UUID, now: datetime) -> Guest | NoInvitation:
    """The guest of an invitation whose code was right before."""
    with acting_for(institution):
        row = Invitation.objects.filter(id=invitation).first()
        if row is None:
            return NoInvitation(why="unknown")
        fault = _fault(row, now)
        if fault is not None:
            return fault
        host = Institution.objects.get(id=institution)
        if host.removed_at is not None:
            return NoInvitation(why="removed")
        return Guest(
            invitation=row.id,
            institution=institution,
            institution_name=host.name,
            sign_in=f"{host.ik}-{row.short_name}",
            role=row.role,
            is_known=row.person is not None,
        )


def accept(guest: Guest, *, password: str, terms_version: str, now: datetime) -> Member | NoInvitation | Weak:
    """Sets the guest's own password and, for somebody new, opens the account. Works once."""
    with acting_for(guest.institution):
        row = Invitation.objects.select_for_update().filter(id=guest.invitation).first()
        if row is None:
            return NoInvitation(why="unknown")
        fault = _fault(row, now)
        if fault is not None:
            return fault
        person = _person_of(row, guest, now)
        if person is None:
            return NoInvitation(why="revoked")
        weak = weakness(password, sign_in=guest.sign_in, institution=guest.institution)
        if weak is not None:
            return weak
        person.set_password(password)
        person.terms_version, person.terms_accepted_at, person.used_at = terms_version, now, now
        person.save()
        end_sessions(person.id)
        row.used_at = now
        row.save(update_fields=["used_at"])
        who = member(person)
        notify(guest.institution, "invitation-accepted", now)
        journal.add(
            "invitation-accepted",
            actor=who.actor,
            institution=guest.institution,
            now=now,
            detail={"role": person.role, "again": row.person is not None},
        )
    return who


def _person_of(row: Invitation, guest: Guest, now: datetime) -> Person | None:
    if row.person is not None:
        return Person.objects.select_for_update().filter(id=row.person, state=Person.ACTIVE).first()
    # The name was free when the invitation was made, and an open invitation keeps it.
    return Person(
        institution=guest.institution,
        sign_in=guest.sign_in,
        short_name=row.short_name,
        role=row.role,
        state=Person.ACTIVE,
        made_at=now,
    )


def _fault(row: Invitation, now: datetime) -> NoInvitation | None:
    if row.used_at is not None:
        return NoInvitation(why="used")
    if row.revoked_at is not None:
        return NoInvitation(why="revoked")
    return NoInvitation(why="expired") if row.expires_at <= now else None


def _hash(code: str) -> bytes:
    return sha256(code.encode()).digest()
