"""A statement of a page that takes too long is given up, the page says so, and the worker's work is not hurt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from tests.accounts.household import UNKNOWN_IK, at_once
from tests.database import HouseDatabase
from tests.security import visits
from tests.security.wsgi import Caller
from zuzahlung.accounts.models import Registration
from zuzahlung.accounts.services import registration
from zuzahlung.cli.roles import PORTAL
from zuzahlung.site import worker
from zuzahlung.standards.numbers.ik import parse


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        found: str = cursor.fetchone()[0]
        return found


def sleep(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(%s)", [seconds])


@pytest.fixture
def impatient(house_database: HouseDatabase) -> Iterator[psycopg.Connection]:
    """A house in which pages wait for 300 milliseconds and not for 15 seconds; gives the superuser's connection."""
    with psycopg.connect(house_database.superuser, autocommit=True) as superuser:
        superuser.execute(
            f"alter role {PORTAL} in database {house_database.name} set statement_timeout = '300ms'".encode()
        )
        connection.close()
        yield superuser


def test_pages_wait_for_fifteen_seconds(house_database: HouseDatabase) -> None:
    assert limit() == "15s"


def test_a_statement_that_sleeps_is_given_up(impatient: psycopg.Connection) -> None:
    with pytest.raises(OperationalError, match="statement timeout"):
        sleep(60)
    sleep(0)


def test_a_page_whose_statement_hangs_says_that_there_is_no_answer_and_recovers(
    impatient: psycopg.Connection,
) -> None:
    caller = Caller()
    with impatient.transaction():
        impatient.execute("lock table accounts_throttle in access exclusive mode")
        answer = visits.sign_in(caller, UNKNOWN_IK)
        assert (answer.status, answer.title) == (503, "Zurzeit ist keine Auskunft möglich")
    assert visits.sign_in(caller, UNKNOWN_IK).status == 200


def test_work_takes_the_time_it_takes(impatient: psycopg.Connection) -> None:
    seen: list[str] = []

    def work() -> None:
        sleep(0.5)
        seen.append(limit())

    nothing: Any = None
    worker.fresh_connection(work, nothing, nothing)
    assert seen == ["0"]
    # The connection went with the task: the next page waits for as long as pages do.
    assert limit() == "300ms"


def test_a_task_that_waits_for_others_longer_than_a_page_would_is_done(
    impatient: psycopg.Connection, house_database: HouseDatabase
) -> None:
    from django.utils import timezone

    registration.ask_for_account(parse(UNKNOWN_IK), email="", terms_version="2026-11", now=timezone.now())

    with psycopg.connect(house_database.superuser) as one:
        one.execute("lock table accounts_institution in access exclusive mode")
        # The task reads the directory; whoever holds it lets go after a second.
        outcomes = at_once(lambda: worker.run(wait=False), lambda: _let_go(one))
    assert outcomes == [None, None]
    assert Registration.objects.get().state == Registration.UNKNOWN


def _let_go(holder: psycopg.Connection) -> None:
    holder.execute("select pg_sleep(1)")
    holder.rollback()
