"""„Neues Konto registrieren": the same answer and the same work for every IK; what differs happens in the worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from zuzahlung.accounts.models import Institution, Person, Registration
from zuzahlung.accounts.rules import Role
from zuzahlung.accounts.services import letters
from zuzahlung.accounts.services.notices import notify
from zuzahlung.accounts.services.people import seal_email
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import acting_for
from zuzahlung.standards.numbers.ik import IK
from zuzahlung.vault.services import vault


def ask_for_account(ik: IK, *, email: str, terms_version: str, now: datetime) -> None:
    """Takes a request for an account. Nothing here looks at whether the IK is known."""
    from zuzahlung.accounts.tasks import settle_registration  # noqa: PLC0415 - tasks import services

    with transaction.atomic():
        row = Registration(ik=ik, terms_version=terms_version, asked_at=now)
        row.email_sealed = vault().seal(email.encode(), context=_email_context(row.id))
        row.save(force_insert=True)
        settle_registration.defer(registration=str(row.id))


def settle(registration_id: UUID, now: datetime) -> None:
    """Decides what follows from a request: letters, a notice to the account, or the operator's queue."""
    with transaction.atomic():
        row = Registration.objects.select_for_update().get(id=registration_id)
        if row.state != Registration.OPEN:
            return
        with connection.cursor() as cursor:
            # Two requests for one IK are settled one after the other.
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ik:{row.ik}"])
            cursor.execute(
                "select id, has_address, is_registered, owner from institution_of_ik(%s)", [row.ik]
            )
            known = cursor.fetchone()
        row.state = _settled(row, known, now)
        row.settled_at = now
        row.save()


def forget_addresses() -> None:
    """Erases the e-mail address in every request that is settled: the account has it now, or nobody needs it."""
    undecided = (Registration.OPEN, Registration.UNKNOWN, Registration.NO_ADDRESS)
    settled = Registration.objects.exclude(state__in=undecided).filter(email_sealed__isnull=False)
    settled.update(email_sealed=None)


def _settled(row: Registration, known: tuple[UUID, bool, bool, UUID | None] | None, now: datetime) -> str:
    if known is None:
        return _queued(row, Registration.UNKNOWN)
    institution, has_address, is_registered, owner = known
    if not has_address:
        return _queued(row, Registration.NO_ADDRESS)
    if is_registered:
        return _registered_again(row, institution, now)
    if _is_cooling(row, now):
        return Registration.COOLING
    with acting_for(institution):
        _send_letters(row, institution, owner, now)
    return Registration.LETTERS


def _queued(row: Registration, state: str) -> str:
    """One request per IK waits for the operator; whoever asks again adds nothing to the queue."""
    return Registration.COOLING if Registration.objects.filter(ik=row.ik, state=state).exists() else state


def _registered_again(row: Registration, institution: UUID, now: datetime) -> str:
    """Tells the account once per cool-down that somebody tried: a notice each time would be a nuisance by itself."""
    since = now - timedelta(days=settings.HOUSE.accounts.registration_cooldown_days)
    if Registration.objects.filter(ik=row.ik, state=Registration.REGISTERED, settled_at__gt=since).exists():
        return Registration.COOLING
    with acting_for(institution):
        notify(institution, "registered-again", now)
    return Registration.REGISTERED


def _is_cooling(row: Registration, now: datetime) -> bool:
    days = settings.HOUSE.accounts
    letters_since = now - timedelta(days=days.registration_cooldown_days)
    objected_since = now - timedelta(days=days.objection_cooldown_days)
    earlier = Registration.objects.filter(ik=row.ik)
    return (
        earlier.filter(state=Registration.LETTERS, settled_at__gt=letters_since)
        | earlier.filter(state=Registration.OBJECTED, settled_at__gt=objected_since)
    ).exists()


def _send_letters(row: Registration, institution: UUID, owner: UUID | None, now: datetime) -> None:
    email = vault().open_sealed(bytes(row.email_sealed or b""), context=_email_context(row.id)).decode()
    person = Person(institution=institution, sign_in=Institution.objects.get(id=institution).ik, made_at=now)
    if owner is not None:
        # It waits already, or it took part before and comes back under the same name.
        person = Person.objects.get(id=owner)
    person.role, person.state, person.left_at = Role.OWNER, Person.WAITING, None
    person.set_unusable_password()
    person.email_sealed, person.email_confirmed_at = seal_email(email, institution), None
    person.terms_version, person.terms_accepted_at = row.terms_version, None
    person.save()
    letters.order_first_letters(person, now)
    journal.add("registration-letters", actor=journal.SYSTEM, institution=institution, now=now)


def _email_context(registration: UUID) -> bytes:
    return registration.bytes + b"registration"
