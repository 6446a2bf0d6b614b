"""The operator's people and what they decide: requests in the queue, letters ordered again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django_otp.plugins.otp_totp.models import TOTPDevice

from zuzahlung.accounts.letters import Occasion
from zuzahlung.accounts.models import Institution, Operator, Person, Registration, Secret
from zuzahlung.accounts.services import letters, throttle
from zuzahlung.accounts.services.passwords import fault_of_password
from zuzahlung.accounts.tasks import settle_registration
from zuzahlung.delivery import operating
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor

QUEUE = (Registration.UNKNOWN, Registration.NO_ADDRESS)
"""The states in which a request waits for the operator."""

COMMAND_LINE = Actor(kind="operator", id=None, name="Befehlszeile")
"""Who acts when a command of the operator runs in a terminal, where nobody is signed in."""

_KINDS = (letters.INITIAL, letters.PRUEFNUMMER)
_SHORTEST_NAME, _LONGEST_NAME = 3, 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Too many tries: the next one is heard from this moment on."""

    until: datetime


class OperatorPassword:
    """Django's form of our rules for passwords, for people of the operator."""

    def validate(self, password: str, user: Operator | None = None) -> None:
        """Raises ValidationError with the sentence that says what is wrong."""
        fault = fault_of_operator_password(password, name=user.username if user is not None else "")
        if fault is not None:
            raise ValidationError(fault)

    def get_help_text(self) -> str:
        """What a page says beside the field."""
        return "Mindestens 12 Zeichen. Gut sind vier Wörter, die nichts miteinander zu tun haben."


def fault_of_operator_password(password: str, *, name: str) -> str | None:
    """Why a password is refused, as a sentence: the rules for people, and not made of the own name."""
    if name and len(password.casefold().replace(name.casefold(), "")) < 8 <= len(password):
        return "Das Passwort besteht fast nur aus dem Benutzernamen. Bitte wählen Sie ein anderes."
    return fault_of_password(password, sign_in="")


def create_operator(
    name: str, password: str, now: datetime, *, replaces: bool = False, unblocks: bool = False
) -> str | None:
    """Makes somebody who may sign in on the operator's site; a fault is given as a sentence.

    With `replaces` somebody who exists gets a new password and has to set up the second factor again. Whoever
    was blocked is let in again only with `unblocks`.
    """
    name = name.strip().casefold()
    if (
        not _SHORTEST_NAME <= len(name) <= _LONGEST_NAME
        or not name.replace(".", "").replace("-", "").isalnum()
    ):
        return "Der Name hat 3 bis 60 Zeichen: Buchstaben, Ziffern, Punkt und Bindestrich."
    fault = fault_of_operator_password(password, name=name)
    if fault is not None:
        return fault
    with transaction.atomic():
        known = Operator.objects.select_for_update().filter(username=name).first()
        if known is not None and not replaces:
            return f"„{name}“ gibt es schon. Ein neues Passwort setzt --replace."
        if known is None and replaces:
            return f"„{name}“ gibt es noch nicht."
        is_blocked = known is not None and not known.is_active
        if is_blocked and not unblocks:
            return f"„{name}“ ist gesperrt, und das bliebe so. Soll der Zugang wieder offen sein: --replace --unblock."
        operator = known or Operator(username=name)
        operator.is_staff = operator.is_superuser = operator.is_active = True
        operator.set_password(password)
        operator.save()
        TOTPDevice.objects.filter(user=operator).delete()
        journal.add(
            "operator-replaced" if known else "operator-created",
            actor=COMMAND_LINE,
            institution=None,
            now=now,
            detail={"name": name},
        )
        if is_blocked:
            journal.add(
                "operator-unblocked", actor=COMMAND_LINE, institution=None, now=now, detail={"name": name}
            )
    return None


def sign_in(name: str, password: str, *, network: str, now: datetime) -> Operator | Wait | None:
    """Checks name and password; None when they are wrong. The second factor comes after this."""
    name = name.strip().casefold()
    pair = throttle.bucket("operator", name, network)
    alone = throttle.bucket("operator-network", network)
    until = throttle.blocked_until([pair, alone], now)
    if until is not None:
        return Wait(until=until)
    operator = authenticate(None, username=name, password=password)
    if not isinstance(operator, Operator) or not operator.is_staff:
        throttle.count_failure([(pair, 3), (alone, 20)], now)
        return None
    throttle.forget([pair])
    return operator


def note_sign_in(operator: Operator, now: datetime) -> None:
    """Journals that somebody is in, with all factors the house asks for."""
    with transaction.atomic():
        Operator.objects.filter(id=operator.id).update(last_login=now)
        journal.add("operator-sign-in", actor=actor(operator), institution=None, now=now)


def actor(operator: Operator) -> Actor:
    """The operator as the journal names them."""
    return Actor(kind="operator", id=operator.id, name=operator.username)


def set_active(operators: Collection[UUID], *, is_active: bool, actor: Actor, now: datetime) -> int:
    """Lets people of the operator sign in, or no longer; nobody can block themselves. Returns how many."""
    with transaction.atomic():
        rows = list(
            Operator.objects.select_for_update()
            .filter(id__in=operators, is_active=not is_active)
            .exclude(id=actor.id or UUID(int=0))
        )
        for row in rows:
            row.is_active = is_active
            row.save(update_fields=["is_active"])
            action = "operator-unblocked" if is_active else "operator-blocked"
            journal.add(action, actor=actor, institution=None, now=now, detail={"name": row.username})
    return len(rows)


def waiting_registrations() -> int:
    """How many requests wait for a decision."""
    return Registration.objects.filter(state__in=QUEUE).count()


def order_letters(registrations: Collection[UUID], *, actor: Actor, now: datetime) -> tuple[int, int]:
    """Lets the worker settle requests once more, now that the directory knows the address.

    Returns how many were handed to the worker, and how many have no address on file still.
    """
    done = 0
    with transaction.atomic():
        rows = list(_registrations().select_for_update().filter(id__in=registrations, state__in=QUEUE))
        known = {one.ik: one for one in Institution.objects.filter(ik__in=[row.ik for row in rows])}
        for row in rows:
            institution = known.get(row.ik)
            if institution is None or not letters.may_have_letters(institution):
                continue
            row.state, row.settled_at = Registration.OPEN, None
            row.save(update_fields=["state", "settled_at"])
            journal.add("registration-resumed", actor=actor, institution=institution.id, now=now)
            settle_registration.defer(registration=str(row.id))
            done += 1
    return done, len(rows) - done


def close(registrations: Collection[UUID], *, reason: str, actor: Actor, now: datetime) -> int:
    """Ends requests without letters; returns how many."""
    with transaction.atomic():
        rows = list(_registrations().select_for_update().filter(id__in=registrations, state__in=QUEUE))
        for row in rows:
            _settle(row, Registration.CLOSED, now)
            journal.add(
                "registration-closed",
                actor=actor,
                institution=_institution_of(row.ik),
                now=now,
                detail={"ik": row.ik, "reason": reason},
            )
    return len(rows)


def object_to(registration: UUID, *, reason: str, actor: Actor, now: datetime) -> str | None:
    """An institution says that it asked for nothing: letters are taken back, secrets die, new requests wait longer.

    Gives a sentence when that cannot be any more.
    """
    with transaction.atomic():
        row = _registrations().select_for_update().get(id=registration)
        if row.state != Registration.LETTERS:
            return "Zu dieser Registrierung gibt es keine Briefe mehr, denen widersprochen werden kann."
        institution = Institution.objects.get(ik=row.ik)
        owner = owner_of(institution.id)
        if owner is not None and owner.state == Person.ACTIVE:
            return "Das Konto ist schon in Gebrauch. Bitte klären Sie mit der Einrichtung, wer sich angemeldet hat."
        if owner is not None:
            operating.withdraw(owner.id, _KINDS, actor=actor, now=now)
            Secret.objects.filter(person=owner.id, state=Secret.VALID).update(state=Secret.WITHDRAWN)
        _settle(row, Registration.OBJECTED, now)
        journal.add(
            "registration-objected",
            actor=actor,
            institution=institution.id,
            now=now,
            detail={"reason": reason},
        )
    return None


def owner_of(institution: UUID) -> Person | None:
    """The first person of an institution, without what the operator may not read."""
    return (
        Person.objects.only("id", "institution", "state")
        .filter(institution=institution, short_name="")
        .exclude(state=Person.LEFT)
        .first()
    )


def order_again(institution_id: UUID, *, actor: Actor, now: datetime) -> str | None:
    """Orders letters with new secrets: both before the first sign-in, afterwards a new Prüfnummer.

    Letters not yet posted are withdrawn first, and what a posted letter brought ends at once: it may have been
    lost on its way. Gives a sentence when there is nothing to order.
    """
    with transaction.atomic():
        institution = Institution.objects.select_for_update().get(id=institution_id)
        owner = owner_of(institution.id)
        if owner is None:
            return (
                "Diese Einrichtung hat noch kein Konto beantragt. Briefe folgen erst auf eine Registrierung."
            )
        if not letters.may_have_letters(institution):
            return "Ohne vollständige Anschrift im Verzeichnis gehen keine Briefe hinaus."
        operating.withdraw(owner.id, _KINDS, actor=actor, now=now)
        Secret.objects.filter(institution=institution.id, state=Secret.VALID).update(state=Secret.REPLACED)
        if owner.state == Person.WAITING:
            letters.order_first_letters(owner, now)
        else:
            letters.order_again(owner, letters.PRUEFNUMMER, Occasion.REPLACEMENT, now)
        journal.add("letters-ordered-again", actor=actor, institution=institution.id, now=now)
    return None


def _settle(row: Registration, state: str, now: datetime) -> None:
    row.state, row.settled_at = state, now
    row.save(update_fields=["state", "settled_at"])


def _institution_of(ik: str) -> UUID | None:
    return Institution.objects.filter(ik=ik).values_list("id", flat=True).first()


def _registrations() -> QuerySet[Registration]:
    # The operator's role may not read the mail address, not even sealed.
    return Registration.objects.defer("email_sealed")
