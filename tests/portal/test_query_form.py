"""One click, one answer: a form that comes twice gives the same answer, counts once, and is journalled once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.accounts.household import Clock, Practice, at_once, browser, enter, signed_in, text_of
from tests.exemptions.practice import EXEMPT, LIABLE, STRANGER, serve_registry
from zuzahlung.accounts.services.people import Member

QUERY = "/abfrage/"


@pytest.fixture
def anna(practice: Practice) -> Member:
    """Somebody at a desk, in a house with a registry."""
    serve_registry()
    return practice.person("anna", "reception")


def opened(client: Any) -> dict[str, str]:
    """The form as the page gives it, filled in."""
    html = client.get(QUERY).content.decode()
    form_id = re.search(r'name="form_id" value="([0-9a-f-]{36})"', html)
    assert form_id is not None
    return {
        "kvnr": EXEMPT, "permission": "in-person", "day": "2026-11-19", "more_days": "", "form_id": form_id[1],
    }  # fmt: skip


def left(client: Any) -> int:
    """How many of the hundred queries of the day the page says are left."""
    found = re.search(r"(\d+) von 100", text_of(client.get(QUERY)))
    assert found is not None
    return int(found[1])


def journalled(practice: Practice) -> int:
    return practice.journal().count("exemption-query")


def test_a_form_sent_twice_leads_to_the_same_answer_and_counts_once(practice: Practice, anna: Member) -> None:
    client = signed_in(anna)
    form = opened(client)
    answers = [client.post(QUERY, form) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    (only,) = {answer["Location"] for answer in answers}
    assert "Befreit – keine Zuzahlung" in text_of(client.get(only))
    assert (left(client), journalled(practice)) == (99, 1)


def test_a_form_sent_many_times_at_once_leads_to_the_same_answer_and_counts_once(
    practice: Practice, anna: Member
) -> None:
    first = signed_in(anna)
    form = opened(first)
    clients = [signed_in(anna) for _ in range(5)]
    answers = at_once(*[lambda client=client: client.post(QUERY, form) for client in clients])
    assert [answer.status_code for answer in answers] == [302] * 5
    assert len({answer["Location"] for answer in answers}) == 1
    assert (left(first), journalled(practice)) == (99, 1)


def test_two_clicks_in_one_session_at_once_are_one_query(practice: Practice, anna: Member) -> None:
    client, twin = signed_in(anna), browser()
    twin.cookies = client.cookies
    form = opened(client)
    answers = at_once(lambda: client.post(QUERY, form), lambda: twin.post(QUERY, form))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len({answer["Location"] for answer in answers}) == 1
    assert (left(client), journalled(practice)) == (99, 1)


def test_a_form_sent_again_after_a_new_sign_in_and_the_next_morning_is_still_the_same_query(
    practice: Practice, anna: Member, clock: Clock
) -> None:
    client = signed_in(anna)
    form = opened(client)
    first = client.post(QUERY, form)["Location"]
    clock.forward(hours=23)
    again = browser()
    enter(again, anna.sign_in)
    assert again.post(QUERY, form)["Location"] == first
    assert (left(again), journalled(practice)) == (100, 1)


def test_the_last_query_of_the_day_may_be_sent_twice(practice: Practice, anna: Member) -> None:
    from django.db import connections

    client = signed_in(anna)
    form = opened(client)
    with connections["operator"].cursor() as cursor:
        cursor.execute(
            "insert into exemptions_quota (institution, on_day, used, unknown, burst_used, per_day)"
            " values (%s, '2026-11-19', 0, 0, 0, 1)",
            [practice.id],
        )
    first = client.post(QUERY, form)
    second = client.post(QUERY, form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert client.post(QUERY, opened(client)).status_code == 200
    assert journalled(practice) == 1


def test_an_unknown_number_sent_twice_counts_once_too(practice: Practice, anna: Member) -> None:
    client = signed_in(anna)
    form = {**opened(client), "kvnr": STRANGER}
    assert client.post(QUERY, form)["Location"] == client.post(QUERY, form)["Location"]
    assert (left(client), journalled(practice)) == (99, 1)


def test_the_same_page_used_for_another_question_is_another_query(practice: Practice, anna: Member) -> None:
    client = signed_in(anna)
    form = opened(client)
    others: list[dict[str, str]] = [
        {}, {"kvnr": LIABLE}, {"permission": "telephone"}, {"day": "2026-11-18"}, {"more_days": "20.11.2026"},
    ]  # fmt: skip
    locations = [client.post(QUERY, {**form, **other})["Location"] for other in others]
    assert len(set(locations)) == 5
    assert (left(client), journalled(practice)) == (95, 5)


def test_the_same_form_of_a_colleague_is_a_query_of_its_own(practice: Practice, anna: Member) -> None:
    client, other = signed_in(anna), signed_in(practice.person("bert", "billing"))
    form = opened(client)
    assert client.post(QUERY, form)["Location"] != other.post(QUERY, form)["Location"]
    assert (left(client), journalled(practice)) == (98, 2)
