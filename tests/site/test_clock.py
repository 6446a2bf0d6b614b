"""The clock is read once in a request: what begins, holds and ends in it does so at one moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.accounts.household import IK, Clock, Practice, browser, enter, signed_in
from tests.api import stage
from tests.exemptions.practice import EXEMPT, serve_registry
from zuzahlung.accounts.models import Session
from zuzahlung.accounts.services import keys
from zuzahlung.site import operator

Hand = Callable[[], int]


@pytest.fixture
def readings(practice: Practice, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Hand:
    """A clock that goes on by ten minutes whenever somebody looks; tells how often that was since it was asked last."""
    looked = [0]

    def now() -> datetime:
        looked[0] += 1
        return clock.forward(minutes=10)

    def told() -> int:
        count, looked[0] = looked[0], 0
        return count

    monkeypatch.setattr("django.utils.timezone.now", now)
    return told


def test_a_sign_in_and_each_page_after_it_look_at_the_clock_once(
    practice: Practice, clock: Clock, readings: Hand
) -> None:
    practice.person()
    client = browser()
    enter(client, IK)
    assert readings() == 1
    (row,) = Session.objects.using("owner").all()
    assert row.started_at == row.seen_at == clock.now
    assert row.expire_date == clock.now + timedelta(hours=12)
    for page in ("/abfrage/", "/verlauf/", "/praxis/", "/praxis/mein-zugang/anmeldungen/", "/status/", "/"):
        assert client.get(page).status_code in {200, 302}
        assert (page, readings()) == (page, 1)
    client.post("/abmelden/")
    assert readings() == 1


def test_a_query_and_its_session_have_one_moment(practice: Practice, clock: Clock, readings: Hand) -> None:
    serve_registry()
    client = signed_in(practice.person())
    readings()
    form = {
        "kvnr": EXEMPT, "permission": "in-person", "day": "2026-11-19", "more_days": "",
        "form_id": "018f0000-0000-7000-8000-000000000001",
    }  # fmt: skip
    answer = client.post("/abfrage/", form)
    assert answer["Location"].startswith("/auskunft/")
    assert readings() == 1
    (row,) = Session.objects.using("owner").all()
    assert row.seen_at == clock.now
    assert row.started_at == clock.now - timedelta(minutes=10)


def test_a_page_without_a_session_and_one_of_an_error_look_once_too(readings: Hand) -> None:
    for page in ("/anmelden/", "/konto-registrieren/", "/sicherheits-pruefung/", "/gibt-es-nicht/"):
        Client(HTTP_HOST="127.0.0.1").get(page)
        assert (page, readings()) == (page, 1)


def test_a_question_of_a_program_has_one_moment_on_both_ways(
    practice: Practice, clock: Clock, readings: Hand
) -> None:
    serve_registry()
    _, token = keys.make_key(practice.person(), "Praxissoftware", [keys.EXEMPTION_QUERIES], clock.now)
    body = {"kvnr": EXEMPT, "permission": "in-person", "serviceDates": ["2026-11-19"]}
    for ask in (stage.call, stage.call_through_django):
        assert ask("POST", stage.QUERIES, body, token=token).status == 200
        assert readings() == 1


@pytest.mark.parametrize("middleware", [settings.MIDDLEWARE, operator.MIDDLEWARE])
def test_both_sites_read_the_clock_first_and_tell_the_session(middleware: list[str]) -> None:
    from django.utils.module_loading import import_string

    from zuzahlung.site.middleware import Clock as FirstOfAll
    from zuzahlung.site.middleware import SessionsOfOneMoment

    kinds: list[Any] = [import_string(name) for name in middleware]
    assert kinds[0] is FirstOfAll
    assert (
        len([kind for kind in kinds if isinstance(kind, type) and issubclass(kind, SessionsOfOneMoment)]) == 1
    )
