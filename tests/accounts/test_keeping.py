"""What accounts no longer need is erased after its days, and what is open stays, however old it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from tests.accounts.household import Practice
from zuzahlung.accounts import tasks
from zuzahlung.accounts.models import Invitation, Notice, Person, Registration, Secret
from zuzahlung.accounts.services import keeping
from zuzahlung.accounts.services.keeping import Forgotten
from zuzahlung.journal.services import acting_for

NOTHING = Forgotten(registrations=0, invitations=0, notices=0, secrets=0)


@pytest.fixture
def now(practice: Practice) -> datetime:
    """The real time, because the database looks at its own clock too; the clock of the house goes by it."""
    practice.clock.now = datetime.now(UTC)
    return practice.clock.now


def registration(state: str, settled_at: datetime | None) -> None:
    asked_at = (settled_at or datetime.now(UTC)) - timedelta(days=1000)
    Registration.objects.create(
        ik="260326822", terms_version="2026-11", asked_at=asked_at, state=state, settled_at=settled_at
    )


def invitation(practice: Practice, **times: datetime) -> None:
    made_at = datetime.now(UTC) - timedelta(days=1000)
    given = {"expires_at": datetime.now(UTC) + timedelta(days=1), **times}
    with acting_for(practice.id):
        Invitation.objects.create(
            institution=practice.id, short_name="anna", role="reception", token_hash=token_bytes(32),
            made_by=practice.id, made_at=made_at, **given,
        )  # fmt: skip


def notice(practice: Practice, at: datetime, *seen_by: UUID) -> None:
    with acting_for(practice.id):
        Notice.objects.create(institution=practice.id, kind="recovered", at=at, seen_by=list(seen_by))


def secret(practice: Practice, state: str, made_at: datetime) -> None:
    with acting_for(practice.id):
        Secret.objects.create(
            institution=practice.id, person=practice.id, kind=Secret.PRUEFNUMMER, state=state, hash="x",
            letter=uuid4(), made_at=made_at,
        )  # fmt: skip


def count(table: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"select count(*) from accounts_{table}")
        found: int = cursor.fetchone()[0]
        return found


@pytest.mark.parametrize("state", ["letters", "registered", "cooling", "objected", "closed"])
def test_a_settled_request_goes_after_a_year(now: datetime, state: str) -> None:
    registration(state, now - timedelta(days=364))
    assert keeping.forget(now) == NOTHING
    registration(state, now - timedelta(days=366))
    assert keeping.forget(now) == replace(NOTHING, registrations=1)
    assert count("registration") == 1


@pytest.mark.parametrize("state", ["open", "unknown", "no-address"])
def test_a_request_that_waits_stays_however_old_it_is(now: datetime, state: str) -> None:
    registration(state, now - timedelta(days=2000))
    assert keeping.forget(now) == NOTHING


def test_a_request_is_known_as_long_as_it_makes_the_next_one_wait(now: datetime, settings: Any) -> None:
    settings.HOUSE = replace(
        settings.HOUSE,
        accounts=replace(settings.HOUSE.accounts, registration_kept_days=31, objection_cooldown_days=500),
    )
    registration("objected", now - timedelta(days=499))
    assert keeping.forget(now) == NOTHING


@pytest.mark.parametrize("how", ["used_at", "revoked_at", "expires_at"])
def test_an_invitation_goes_ninety_days_after_it_was_over(
    practice: Practice, now: datetime, how: str
) -> None:
    invitation(practice, **{how: now - timedelta(days=89)})
    assert keeping.forget(now) == NOTHING
    invitation(practice, **{how: now - timedelta(days=91)})
    assert keeping.forget(now) == replace(NOTHING, invitations=1)


def test_an_open_invitation_stays(practice: Practice, now: datetime) -> None:
    invitation(practice)
    assert keeping.forget(now) == NOTHING
    assert count("invitation") == 1


def test_a_notice_goes_after_a_year_when_every_owner_who_was_there_has_confirmed_it(
    practice: Practice, now: datetime
) -> None:
    practice.clock.now = now - timedelta(days=800)
    first, second = practice.person(), practice.person("berta", "owner")
    practice.person("carla", "reception")
    practice.clock.now = now - timedelta(days=10)
    practice.person("dora", "owner")
    notice(practice, now - timedelta(days=366), first.id)
    assert keeping.forget(now) == NOTHING
    with acting_for(practice.id):
        Notice.objects.update(seen_by=[first.id, second.id])
    assert keeping.forget(now) == replace(NOTHING, notices=1)
    notice(practice, now - timedelta(days=364), first.id, second.id)
    assert keeping.forget(now) == NOTHING


def test_whoever_left_holds_up_no_notice(practice: Practice, now: datetime) -> None:
    practice.clock.now = now - timedelta(days=800)
    owner = practice.person()
    notice(practice, now - timedelta(days=366))
    assert keeping.forget(now) == NOTHING
    with acting_for(practice.id):
        Person.objects.filter(id=owner.id).update(state=Person.LEFT)
    assert keeping.forget(now) == replace(NOTHING, notices=1)


@pytest.mark.parametrize("state", ["used", "replaced", "returned", "expired", "withdrawn"])
def test_an_ended_secret_goes_ninety_days_after_it_was_made(
    practice: Practice, now: datetime, state: str
) -> None:
    secret(practice, state, now - timedelta(days=89))
    assert keeping.forget(now) == NOTHING
    secret(practice, state, now - timedelta(days=91))
    assert keeping.forget(now) == replace(NOTHING, secrets=1)


def test_a_valid_secret_stays_however_old_its_letter_is(practice: Practice, now: datetime) -> None:
    secret(practice, Secret.VALID, now - timedelta(days=5000))
    assert keeping.forget(now) == NOTHING


def test_nothing_goes_early_because_somebody_says_a_wrong_time_or_no_days(
    practice: Practice, now: datetime
) -> None:
    registration("letters", now - timedelta(days=29))
    invitation(practice, used_at=now - timedelta(days=29))
    notice(practice, now - timedelta(days=29))
    secret(practice, Secret.USED, now - timedelta(days=29))
    with connection.cursor() as cursor:
        cursor.execute("select * from accounts_forget(%s, 0, -5, 0, 0)", [now + timedelta(days=5000)])
        assert cursor.fetchone() == (0, 0, 0, 0)
        cursor.execute("select * from accounts_forget(%s, 0, -5, 0, 0)", [now - timedelta(days=2)])
        assert cursor.fetchone() == (0, 0, 0, 0)


def test_the_worker_erases_in_all_institutions_each_hour(practice: Practice, now: datetime) -> None:
    secret(practice, Secret.USED, now - timedelta(days=400))
    registration("letters", now - timedelta(days=400))
    tasks.tidy()
    assert (count("secret"), count("registration")) == (0, 0)
