"""Which own passwords are accepted, and setting one: with the Prüfnummer, or with the one known so far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from uuid_utils.compat import uuid7

from zuzahlung.accounts import rules
from zuzahlung.accounts.letters import Occasion
from zuzahlung.accounts.models import Institution, Person, Secret
from zuzahlung.accounts.rules import Role
from zuzahlung.accounts.services import letters, throttle
from zuzahlung.accounts.services.notices import notify
from zuzahlung.accounts.services.people import Member, member, open_email, seal_email
from zuzahlung.accounts.services.sessions import end_sessions
from zuzahlung.accounts.services.sign_in import Refused, Removed, Wait, nobodys_hash, normal_name
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import acting_for
from zuzahlung.vault import codes


@dataclass(frozen=True, kw_only=True, slots=True)
class Paused:
    """Five wrong Prüfnummern: no more are heard until then; sign-in goes on."""

    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PasswordSet:
    """The own password is set and the person may go in."""

    member: Member


@dataclass(frozen=True, kw_only=True, slots=True)
class Weak:
    """The new password is mainly made of what everybody knows of the institution; the sentence says so."""

    sentence: str


Setting = PasswordSet | Removed | Refused | Paused | Wait | Weak


def fault_of_password(password: str, *, sign_in: str, own_words: Collection[str] = ()) -> str | None:
    """Why a chosen password is refused, as a sentence, or None when it is fine."""
    fault = rules.fault_of_password(password, sign_in=normal_name(sign_in), own_words=own_words)
    if fault is None:
        try:
            _common_passwords().validate(password)
        except ValidationError:
            fault = rules.COMMON_PASSWORD
    return fault


def weakness(password: str, *, sign_in: str, institution: UUID) -> Weak | None:
    """Why a password is refused where it is known whose it will be; inside `acting_for`.

    Only who has proved to belong there may learn of it: to others the words would tell which institution it is.
    """
    name, city = Institution.objects.values_list("name", "city").get(id=institution)
    words = rules.words_of_institution(name, city)
    fault = fault_of_password(password, sign_in=sign_in, own_words=words)
    return Weak(sentence=fault) if fault is not None else None


@lru_cache(maxsize=1)
def _common_passwords() -> CommonPasswordValidator:
    """Reading the list costs more than the look into it."""
    return CommonPasswordValidator()


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstSignIn:
    """What the page of the first sign-in shows again for confirmation."""

    person: UUID
    institution: UUID
    sign_in: str
    email: str
    terms_version: str


def first_sign_in(person: UUID, institution: UUID, now: datetime) -> FirstSignIn | None:
    """What is known of somebody whose Initialkennwort was right, or None when that is over."""
    with acting_for(institution):
        found = Person.objects.filter(id=person, state=Person.WAITING).first()
        is_removed = Institution.objects.filter(id=institution, removed_at__isnull=False).exists()
        if found is None or is_removed or not _valid_initial(found.id, now).exists():
            return None
        return FirstSignIn(
            person=found.id,
            institution=institution,
            sign_in=found.sign_in,
            email=open_email(found.email_sealed, institution),
            terms_version=found.terms_version,
        )


def _valid_initial(person: UUID, now: datetime) -> QuerySet[Secret]:
    return Secret.objects.filter(person=person, kind=Secret.INITIAL, state=Secret.VALID, expires_at__gt=now)


def complete_first_sign_in(
    first: FirstSignIn, *, pruefnummer: str, password: str, email: str, terms_version: str, now: datetime
) -> Setting:
    """Sets the own password with the Prüfnummer; only now the Initialkennwort dies. The Prüfnummer stays."""
    code = _as_code(pruefnummer)
    if code is None:
        return Refused()
    # Counted apart from recovery: what strangers type there with the public IK must not stop a first sign-in.
    tries = throttle.bucket("first-sign-in", str(first.person))
    with acting_for(first.institution):
        person = Person.objects.select_for_update().filter(id=first.person, state=Person.WAITING).first()
        # Its letter may have come back, or its days may be over, since it was typed.
        if person is None or not _valid_initial(first.person, now).exists():
            return Refused()
        until = throttle.blocked_until([tries], now)
        if until is not None:
            return Paused(until=until)
        known = Secret.objects.filter(kind=Secret.PRUEFNUMMER, state=Secret.VALID).first()
        if not check_password(code, known.hash if known else nobodys_hash()):
            until = throttle.count_try(tries, now=now, settings=settings.HOUSE.accounts)
            if until is not None:
                note_pause(person.id, first.institution, until, now)
            return Paused(until=until) if until else Refused()
        weak = weakness(password, sign_in=person.sign_in, institution=first.institution)
        if weak is not None:
            return weak
        person.set_password(password)
        person.state = Person.ACTIVE
        person.email_sealed = seal_email(email, first.institution)
        person.email_confirmed_at = now if email else None
        person.terms_version, person.terms_accepted_at = terms_version, now
        person.used_at = now
        person.save()
        _valid_initial(person.id, now).update(state=Secret.USED)
        Institution.objects.filter(id=first.institution, left_at__isnull=False).update(left_at=None)
        throttle.forget([tries])
        who = member(person)
        journal.add("first-sign-in", actor=who.actor, institution=first.institution, now=now)
    return PasswordSet(member=who)


def recover(name: str, *, pruefnummer: str, password: str, network: str, now: datetime) -> Setting:
    """Wakes an owner or replaces a lost password with the Prüfnummer, which is then replaced by letter.

    For an unknown name everything is the same, the pause too: who tries learns nothing about it.
    """
    code = _as_code(pruefnummer)
    if code is None:
        return Refused()
    name = normal_name(name)
    alone, tries = throttle.bucket("recovery-network", network), throttle.bucket("recovery", name)
    until = throttle.blocked_until([alone], now)
    if until is not None:
        return Wait(until=until)
    until = throttle.blocked_until([tries], now)
    if until is not None:
        return Paused(until=until)
    with connection.cursor() as cursor:
        cursor.execute("select id, institution, secret, hash, is_removed from person_recovering(%s)", [name])
        found = cursor.fetchone()
    known = found and found[3]
    if not check_password(code, known or nobodys_hash()) or found is None:
        throttle.count_failure([(alone, 10)], now)
        return _wrong_in_recovery(tries, found and found[0], now)
    person, institution, secret, _, is_removed = found
    if is_removed:
        # The Prüfnummer stays good for the day on which the institution is taken in again.
        return Removed()
    outcome = _recovered(person, institution, secret, password, now)
    if isinstance(outcome, PasswordSet):
        throttle.forget([tries])
    return outcome


def _as_code(typed: str) -> str | None:
    """The bare Prüfnummer, or None after a typing error: its check character finds it, and it is not a try."""
    try:
        return codes.parse(typed, codes.PRUEFNUMMER)
    except codes.CodeError:
        return None


def _wrong_in_recovery(tries: bytes, person: UUID | None, now: datetime) -> Refused | Paused:
    from zuzahlung.accounts.tasks import recovery_paused  # noqa: PLC0415 - tasks import services

    until = throttle.count_try(tries, now=now, settings=settings.HOUSE.accounts)
    if until is None:
        return Refused()
    # What follows for a known name happens in the worker; for an unknown one it finds nobody.
    recovery_paused.defer(person=str(person or uuid7()), until=until.isoformat())
    return Paused(until=until)


def _recovered(person_id: UUID, institution: UUID, secret: UUID, password: str, now: datetime) -> Setting:
    with acting_for(institution):
        person = (
            Person.objects.select_for_update()
            .filter(id=person_id, state=Person.ACTIVE, role=Role.OWNER)
            .first()
        )
        weak = weakness(password, sign_in=person.sign_in, institution=institution) if person else None
        if weak is not None:
            return weak
        # Of two at once with one Prüfnummer, only one finds it valid.
        valid = Secret.objects.filter(id=secret, state=Secret.VALID)
        if person is None or not valid.update(state=Secret.USED):
            return Refused()
        person.set_password(password)
        person.used_at, person.recovery_paused_until = now, None
        person.save()
        end_sessions(person.id)
        letters.order_again(person, letters.PRUEFNUMMER, Occasion.RECOVERY, now)
        notify(institution, "recovered", now)
        who = member(person)
        journal.add("recovery", actor=who.actor, institution=institution, now=now)
    return PasswordSet(member=who)


def settle_pause(person: UUID, until: datetime, now: datetime) -> None:
    """Tells the institution of this person, if there is one, that its Prüfnummer was wrong too often."""
    with connection.cursor() as cursor:
        cursor.execute("select institution from person_of_session(%s)", [person])
        row = cursor.fetchone()
    if row is not None:
        with acting_for(row[0]):
            note_pause(person, row[0], until, now)


def note_pause(person: UUID, institution: UUID, until: datetime, now: datetime) -> None:
    """Notes the pause once, with a notice and in the journal; inside `acting_for`."""
    rows = Person.objects.filter(id=person).exclude(recovery_paused_until=until)
    if rows.update(recovery_paused_until=until):
        notify(institution, "recovery-paused", now)
        journal.add("recovery-paused", actor=journal.NOBODY, institution=institution, now=now)


def refuse_wrong_own_password(who: Member, typed: str, now: datetime) -> Refused | Wait | None:
    """Asks a signed-in person for the password again, before something grave; None when it is right.

    Whoever finds a browser signed in can try it only a few times.
    """
    tries = throttle.bucket("own-password", str(who.id))
    until = throttle.blocked_until([tries], now)
    if until is not None:
        return Wait(until=until)
    with acting_for(who.institution):
        known = (
            Person.objects.filter(id=who.id, state=Person.ACTIVE).values_list("password", flat=True).first()
        )
    if check_password(typed, known or nobodys_hash()):
        throttle.forget([tries])
        return None
    throttle.count_failure([(tries, 5)], now)
    return Refused()


def change_password(
    who: Member, *, old: str, new: str, keep_session: str | None, now: datetime
) -> PasswordSet | Refused | Wait | Weak:
    """Changes the own password and ends all other sessions; `keep_session` is the id of this one."""
    refusal = refuse_wrong_own_password(who, old, now)
    if refusal is not None:
        return refusal
    with acting_for(who.institution):
        weak = weakness(new, sign_in=who.sign_in, institution=who.institution)
        if weak is not None:
            return weak
        person = Person.objects.select_for_update().get(id=who.id)
        person.set_password(new)
        person.save(update_fields=["password"])
        end_sessions(person.id, but=keep_session)
        journal.add("password-changed", actor=who.actor, institution=who.institution, now=now)
    return PasswordSet(member=who)
