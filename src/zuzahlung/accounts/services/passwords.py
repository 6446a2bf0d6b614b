"""Which own passwords are accepted, and setting one with the Prüfnummer: first sign-in and recovery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import connection

from zuzahlung.accounts import rules
from zuzahlung.accounts.letters import Occasion
from zuzahlung.accounts.models import Person, Secret, Session
from zuzahlung.accounts.rules import Tries
from zuzahlung.accounts.services import letters, throttle
from zuzahlung.accounts.services.notices import notify
from zuzahlung.accounts.services.people import Member, member, open_email, seal_email
from zuzahlung.accounts.services.sign_in import Refused, Wait, nobodys_hash, normal_name
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import acting_for
from zuzahlung.vault import codes


@dataclass(frozen=True, kw_only=True, slots=True)
class Paused:
    """Five wrong Prüfnummern: recovery pauses until then; sign-in goes on."""

    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PasswordSet:
    """The own password is set and the person may go in."""

    member: Member


Setting = PasswordSet | Refused | Paused | Wait


def fault_of_password(password: str, *, sign_in: str) -> str | None:
    """Why a chosen password is refused, as a sentence, or None when it is fine."""
    fault = rules.fault_of_password(password, sign_in=sign_in)
    if fault is None:
        try:
            CommonPasswordValidator().validate(password)
        except ValidationError:
            fault = rules.COMMON_PASSWORD
    return fault


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstSignIn:
    """What the page of the first sign-in shows again for confirmation."""

    person: UUID
    institution: UUID
    sign_in: str
    email: str
    terms_version: str


def first_sign_in(person: UUID, institution: UUID) -> FirstSignIn | None:
    """What is known of somebody whose Initialkennwort was right, or None when that is over."""
    with acting_for(institution):
        found = Person.objects.filter(id=person, state=Person.WAITING).first()
        return found and FirstSignIn(
            person=found.id,
            institution=institution,
            sign_in=found.sign_in,
            email=open_email(found.email_sealed, institution),
            terms_version=found.terms_version,
        )


def complete_first_sign_in(
    first: FirstSignIn, *, pruefnummer: str, password: str, email: str, terms_version: str, now: datetime
) -> Setting:
    """Sets the own password with the Prüfnummer; only now the Initialkennwort dies. The Prüfnummer stays."""
    with acting_for(first.institution):
        person = Person.objects.select_for_update().filter(id=first.person, state=Person.WAITING).first()
        if person is None:
            return Refused()
        fault = _check_pruefnummer(person, pruefnummer, now)
        if fault is not None:
            return fault
        person.set_password(password)
        person.state = Person.ACTIVE
        person.email_sealed = seal_email(email, first.institution)
        person.email_confirmed_at = now if email else None
        person.terms_version, person.terms_accepted_at = terms_version, now
        person.used_at = now
        person.save()
        Secret.objects.filter(person=person.id, kind=Secret.INITIAL, state=Secret.VALID).update(state=Secret.USED)
        who = member(person)
        journal.add("first-sign-in", actor=who.actor, institution=first.institution, now=now)
    return PasswordSet(member=who)


def recover(name: str, *, pruefnummer: str, password: str, network: str, now: datetime) -> Setting:
    """Wakes an account or replaces a lost password with the Prüfnummer, which is then replaced by letter.

    A wrong name costs the same as a wrong Prüfnummer and is answered alike.
    """
    name = normal_name(name)
    alone = throttle.bucket("recovery-network", network)
    until = throttle.blocked_until([alone], now)
    if until is not None:
        return Wait(until=until)
    with connection.cursor() as cursor:
        cursor.execute("select id, institution, state from person_signing_in(%s, %s)", [name, now])
        row = cursor.fetchone()
    outcome = _recover(row, pruefnummer, password, now)
    if isinstance(outcome, Refused):
        throttle.count_failure([(alone, 10)], now)
    return outcome


def _recover(row: tuple[UUID, UUID, str] | None, pruefnummer: str, password: str, now: datetime) -> Setting:
    if row is None or row[2] != Person.ACTIVE:
        check_password(pruefnummer, nobodys_hash())
        return Refused()
    with acting_for(row[1]):
        person = Person.objects.select_for_update().get(id=row[0])
        fault = _check_pruefnummer(person, pruefnummer, now)
        if fault is not None:
            return fault
        person.set_password(password)
        person.used_at = now
        person.save()
        end_sessions(person.id)
        Secret.objects.filter(person=person.id, kind=Secret.PRUEFNUMMER, state=Secret.VALID).update(
            state=Secret.USED
        )
        letters.order_again(person, letters.PRUEFNUMMER, Occasion.RECOVERY, now)
        notify(person.institution, "recovered", now)
        who = member(person)
        journal.add("recovery", actor=who.actor, institution=person.institution, now=now)
    return PasswordSet(member=who)


def _check_pruefnummer(person: Person, typed: str, now: datetime) -> Refused | Paused | None:
    """Counts a wrong try and pauses after the last allowed one; None when the Prüfnummer is right."""
    if person.recovery_paused_until is not None and person.recovery_paused_until > now:
        check_password(typed, nobodys_hash())
        return Paused(until=person.recovery_paused_until)
    secret = Secret.objects.filter(person=person.id, kind=Secret.PRUEFNUMMER, state=Secret.VALID).first()
    try:
        code = codes.parse(typed, codes.PRUEFNUMMER)
    except codes.CodeError:
        # A typing error fails the check character and is not a try.
        check_password(typed, nobodys_hash())
        return Refused()
    if check_password(code, secret.hash if secret else nobodys_hash()):
        person.recovery_failures, person.recovery_paused_until = 0, None
        return None
    tries = rules.after_wrong_pruefnummer(
        Tries(failures=person.recovery_failures, paused_until=person.recovery_paused_until),
        now=now,
        settings=settings.HOUSE.accounts,
    )
    person.recovery_failures, person.recovery_paused_until = tries.failures, tries.paused_until
    person.save(update_fields=["recovery_failures", "recovery_paused_until"])
    if tries.paused_until is not None:
        notify(person.institution, "recovery-paused", now)
        journal.add("recovery-paused", actor=journal.NOBODY, institution=person.institution, now=now)
        return Paused(until=tries.paused_until)
    return Refused()


def change_password(who: Member, *, old: str, new: str, keep_session: str | None, now: datetime) -> bool:
    """Changes the own password and ends all other sessions; False when the old one is wrong."""
    with acting_for(who.institution):
        person = Person.objects.select_for_update().get(id=who.id)
        if not person.check_password(old):
            return False
        person.set_password(new)
        person.save(update_fields=["password"])
        end_sessions(person.id, but=keep_session)
        journal.add("password-changed", actor=who.actor, institution=who.institution, now=now)
    return True


def end_sessions(person: UUID, *, but: str | None = None) -> None:
    """Signs a person out in every browser but the one named by its hashed key."""
    Session.objects.filter(person=person).exclude(session_key=but or "").delete()
