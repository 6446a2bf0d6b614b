"""The letters with credentials: ordered as rows of the outbox, their secrets made at the moment of printing."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password

from zuzahlung.accounts import letters
from zuzahlung.accounts.letters import Occasion
from zuzahlung.accounts.models import Institution, Person, Registration, Secret
from zuzahlung.accounts.rules import Role
from zuzahlung.accounts.services.notices import notify
from zuzahlung.delivery import operating
from zuzahlung.delivery import services as delivery
from zuzahlung.delivery.services import Letter, Parcel
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor
from zuzahlung.standards.days import first_instant, german_day
from zuzahlung.standards.numbers.ik import IK
from zuzahlung.vault import codes

INITIAL, PRUEFNUMMER = "accounts.initialkennwort", "accounts.pruefnummer"


def order_first_letters(person: Person, now: datetime) -> None:
    """Orders both letters; the Prüfnummer is printed at the earliest on the next day (setting)."""
    later = german_day(now) + timedelta(days=settings.HOUSE.accounts.pruefnummer_delay_days)
    not_before = max(first_instant(later), now) if settings.HOUSE.accounts.pruefnummer_delay_days else now
    _order(person, INITIAL, Occasion.REGISTRATION, now, not_before_at=now)
    _order(person, PRUEFNUMMER, Occasion.REGISTRATION, now, not_before_at=not_before)


def order_again(person: Person, kind: str, occasion: Occasion, now: datetime) -> None:
    """Orders one letter again with a new secret: after recovery, or when the first one was lost or came back."""
    _order(person, kind, occasion, now, not_before_at=now)


def may_have_letters(institution: Institution) -> bool:
    """Says whether letters go to this institution: it is in the directory, with a whole address."""
    is_there = institution.missing_at is None and institution.removed_at is None
    return is_there and all((institution.street, institution.postcode, institution.city))


def readdress(institution: Institution, *, actor: Actor, now: datetime) -> int:
    """Withdraws letters that carry an older address and were not posted, and orders them to the new one.

    Where the institution may have no letters now, they are withdrawn, and a request for an account that
    they belong to comes back into the operator's queue. Returns how many were withdrawn.
    """
    withdrawn = 0
    for old in operating.open_letters([institution.id]):
        withdrawn += len(operating.withdraw(old.subject, [old.kind], actor=actor, now=now))
        if may_have_letters(institution):
            delivery.put(
                institution=institution.id,
                channel="letter",
                kind=old.kind,
                subject=old.subject,
                recipient={**address(institution), "occasion": old.recipient["occasion"]},
                now=now,
                not_before_at=max(old.not_before_at, now),
            )
    if withdrawn and not may_have_letters(institution):
        _back_into_queue(institution)
    return withdrawn


def _back_into_queue(institution: Institution) -> None:
    if Person.objects.filter(institution=institution.id, state=Person.WAITING).exists():
        Registration.objects.filter(ik=institution.ik, state=Registration.LETTERS).update(
            state=Registration.NO_ADDRESS
        )


def _order(person: Person, kind: str, occasion: Occasion, now: datetime, *, not_before_at: datetime) -> None:
    institution = Institution.objects.get(id=person.institution)
    # Both letters are about the account that has the IK alone as name, whoever orders them.
    account = Person.objects.filter(institution=institution.id, short_name="")
    subject = account.values_list("id", flat=True).get()
    delivery.cancel(kind=kind, subject=subject)
    if not may_have_letters(institution):
        # Who is in no directory, or without address, is heard by telephone: no secret goes into the blue.
        journal.add("letter-impossible", actor=journal.SYSTEM, institution=institution.id, now=now)
        return
    if kind == PRUEFNUMMER:
        Institution.objects.filter(id=institution.id).update(pruefnummer_ordered_at=now)
    delivery.put(
        institution=person.institution,
        channel="letter",
        kind=kind,
        subject=subject,
        recipient={**address(institution), "occasion": occasion.value},
        now=now,
        not_before_at=not_before_at,
    )


def address(institution: Institution) -> dict[str, str]:
    """The address on file, as letters and the manifest carry it."""
    return {
        "ik": institution.ik,
        "name": institution.name,
        "street": institution.street,
        "postcode": institution.postcode,
        "city": institution.city,
    }


def last_day_of(expires_at: datetime) -> date:
    """The last German day on which something can be used that ends at this moment."""
    return german_day(expires_at - timedelta(microseconds=1))


class SecretLetter:
    """Makes a secret, stores its hash and gives the letter; a new secret replaces one of its kind."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.secret_kind = Secret.INITIAL if kind == INITIAL else Secret.PRUEFNUMMER

    def prepare(self, parcel: Parcel, now: datetime) -> Letter | None:
        """The letter, or None when the account no longer waits for it."""
        person = Person.objects.filter(id=parcel.subject).first()
        if person is None or not self._is_wanted(person):
            return None
        code = codes.make(self._code_kind, secrets.token_bytes)
        # It is good until the end of the day that the letter names.
        last_day = german_day(now) + timedelta(days=settings.HOUSE.accounts.initial_valid_days)
        expires_at = first_instant(last_day + timedelta(days=1))
        Secret.objects.filter(person=person.id, kind=self.secret_kind, state=Secret.VALID).update(
            state=Secret.REPLACED
        )
        Secret.objects.create(
            institution=parcel.institution,
            person=person.id,
            kind=self.secret_kind,
            state=Secret.VALID,
            hash=make_password(code),
            letter=parcel.id,
            made_at=now,
            expires_at=expires_at if self.secret_kind == Secret.INITIAL else None,
        )
        return Letter(pdf=self._pdf(parcel, person, code, now))

    def advanced(self, parcel: Parcel, state: str, now: datetime) -> None:
        """A letter that came back or was withdrawn kills its secret; of the first the institution hears."""
        if state == "returned":
            _kill(parcel.id, Secret.RETURNED)
            notify(parcel.institution, "letter-returned", now)
        elif state == "cancelled":
            _kill(parcel.id, Secret.WITHDRAWN)

    def _is_wanted(self, person: Person) -> bool:
        """Says whether somebody still waits for the letter; the Prüfnummer serves all owners of an institution."""
        if person.state == Person.WAITING:
            return True
        owners = Person.objects.filter(institution=person.institution, state=Person.ACTIVE, role=Role.OWNER)
        return self.kind == PRUEFNUMMER and owners.exists()

    @property
    def _code_kind(self) -> codes.Kind:
        return codes.INITIALKENNWORT if self.secret_kind == Secret.INITIAL else codes.PRUEFNUMMER

    def _pdf(self, parcel: Parcel, person: Person, code: str, now: datetime) -> bytes:
        to = parcel.recipient
        letter = letters.Letter(
            ik=IK(to["ik"]),
            address=(to["name"], to["street"], f"{to['postcode']} {to['city']}"),
            reference=delivery.sign_of(parcel.id),
            occasion=Occasion(to["occasion"]),
            requested_on=german_day(parcel.made_at),
            portal_url=settings.PORTAL_URL,
            fund=settings.HOUSE.fund,
        )
        initial = Secret.objects.filter(person=person.id, kind=Secret.INITIAL, state=Secret.VALID).first()
        until = last_day_of(initial.expires_at) if initial and initial.expires_at else None
        if self.secret_kind == Secret.INITIAL:
            return letters.initialkennwort_pdf(
                letter, code=code, valid_until=until or german_day(now), now=now
            )
        return letters.pruefnummer_pdf(
            letter,
            code=code,
            now=now,
            first_sign_in=person.state == Person.WAITING,
            initialkennwort_until=until,
        )


def expire_initial_secrets(now: datetime) -> int:
    """Marks each Initialkennwort whose days are over, in all institutions; returns how many there were.

    It opens nothing from that moment on, marked or not: the mark is for those who look at it.
    """
    over = Secret.objects.using(journal.OPERATOR).filter(
        kind=Secret.INITIAL, state=Secret.VALID, expires_at__lte=now
    )
    return over.update(state=Secret.EXPIRED)


def _kill(letter: UUID, state: str) -> None:
    """Ends the secret that a letter carried."""
    Secret.objects.filter(letter=letter, state=Secret.VALID).update(state=state)
