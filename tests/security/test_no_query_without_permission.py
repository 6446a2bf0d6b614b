"""A query without permission is impossible: for the database, for the service, for the form and for JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
from django.test import Client
from psycopg import errors, sql

from tests.database import HouseDatabase
from tests.exemptions.practice import EXEMPT, NOW, Practice, practice, serve_registry, signed_in
from zuzahlung.accounts.services import keys
from zuzahlung.exemptions import services
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.exemptions.services import Question

INSTITUTION = UUID("01936000-0000-7000-8000-000000000001")
PERMITTED: Mapping[str, object] = {
    "id": UUID("01936000-0000-7000-8000-00000000000a"),
    "institution": INSTITUTION,
    "at": NOW,
    "actor_kind": "person",
    "actor": UUID("01936000-0000-7000-8000-00000000000b"),
    "actor_name": "260326822",
    "action": "exemption-query",
    "permission": "in-person",
    "permission_text": "2026-11",
    "permission_until_on": None,
    "subject": b"0123456789abcdef",
    "subject_key": 1,
    "days": [date(2026, 11, 19)],
    "result": "exempt",
    "detail": "{}",
    "sealed": b"sealed",
    "kept_until_on": date(2029, 12, 31),
}


@pytest.fixture
def portal(lasting_house: HouseDatabase) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection as the portal has it, acting for one institution; what it writes is taken back."""
    with psycopg.connect(lasting_house.portal) as connection:
        connection.execute("select set_config('app.institution', %s, false)", [str(INSTITUTION)])
        yield connection
        connection.rollback()


def write(connection: psycopg.Connection[tuple[Any, ...]], **changed: object) -> None:
    row = {**PERMITTED, **changed}
    connection.execute(
        sql.SQL("insert into journal_entry ({}) values ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(sql.Placeholder() * len(row))
        ),
        list(row.values()),
    )


def count(connection: psycopg.Connection[tuple[Any, ...]]) -> int:
    row = connection.execute("select count(*) from journal_entry").fetchone()
    assert row is not None
    return int(row[0])


def test_the_entry_that_the_others_are_made_from_is_taken(
    portal: psycopg.Connection[tuple[Any, ...]],
) -> None:
    write(portal)
    assert count(portal) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"permission": None},
        {"permission": ""},
        {"permission": "yes"},
        {"permission": "In-Person"},
        {"permission": "series"},
        {"permission_text": None},
        {"permission_text": ""},
        {"actor": None},
        {"actor_kind": "system"},
        {"subject": None},
        {"subject_key": None},
        {"days": None},
        {"days": []},
        {"result": None},
    ],
    ids=str,
)
def test_the_database_refuses_the_entry_of_a_query_that_lacks(
    portal: psycopg.Connection[tuple[Any, ...]], changed: dict[str, object]
) -> None:
    with pytest.raises(errors.CheckViolation, match="journal_query_is_permitted"):
        write(portal, **changed)


def test_the_database_refuses_a_query_of_nobodys(portal: psycopg.Connection[tuple[Any, ...]]) -> None:
    with pytest.raises(psycopg.Error) as refused:
        write(portal, institution=None, actor_kind="nobody")
    assert refused.value.sqlstate in {"23514", "42501"}


@pytest.mark.parametrize("kind", ["", "robot", "PERSON"])
def test_the_database_refuses_an_entry_of_somebody_it_does_not_know(
    portal: psycopg.Connection[tuple[Any, ...]], kind: str
) -> None:
    with pytest.raises(errors.CheckViolation):
        write(portal, actor_kind=kind)


@pytest.fixture
def asked(house_database: HouseDatabase) -> Practice:
    """A practice that could ask."""
    serve_registry()
    return practice()


def entries(asked: Practice) -> int:
    from zuzahlung.journal.models import Entry
    from zuzahlung.journal.services import acting_for

    with acting_for(asked.id):
        return Entry.objects.filter(action="exemption-query").count()


def left(asked: Practice) -> int:
    return services.quota_of(asked.id, NOW).left


@pytest.mark.parametrize("permission", [None, "", "in-person", "yes"])
def test_the_service_answers_nothing_that_carries_no_permission_of_the_list(
    asked: Practice, permission: object
) -> None:
    who = asked.asker(asked.person("owner").actor)
    question = Question(
        kvnr=EXEMPT, permission=cast("Permission", permission), permission_until_on=None, days=(NOW.date(),)
    )
    with pytest.raises(AttributeError):
        services.ask(question, who, now=NOW)
    assert (entries(asked), left(asked)) == (0, 100)


def test_the_service_finds_a_series_without_its_last_day_faulty(asked: Practice) -> None:
    who = asked.asker(asked.person("owner").actor)
    question = Question(
        kvnr=EXEMPT, permission=Permission.SERIES, permission_until_on=None, days=(NOW.date(),)
    )
    outcome = services.ask(question, who, now=NOW)
    assert isinstance(outcome, services.Faulty)
    assert [fault.rule for fault in outcome.faults] == ["permission-until.missing"]
    assert (entries(asked), left(asked)) == (0, 100)


def test_the_service_answers_nobody_without_a_name(asked: Practice) -> None:
    who = asked.asker(asked.person("owner").actor)
    nobody = replace(who, actor=replace(who.actor, id=None))
    question = Question(
        kvnr=EXEMPT, permission=Permission.IN_PERSON, permission_until_on=None, days=(NOW.date(),)
    )
    with pytest.raises(Exception, match="journal_query_is_permitted"):
        services.ask(question, nobody, now=NOW)
    assert (entries(asked), left(asked)) == (0, 100)


@pytest.mark.parametrize("permission", [None, "", "yes", "IN-PERSON", "in-person\x00"])
def test_the_form_asks_nothing_without_permission(asked: Practice, permission: str | None) -> None:
    browser = signed_in(asked.person("owner"))
    sent = {
        "kvnr": EXEMPT,
        "day": "19.11.2026",
        "form_id": "01936000-0000-7000-8000-00000000000c",
        **({} if permission is None else {"permission": permission}),
    }
    answer = browser.post("/abfrage/", sent)
    assert answer.status_code == 200
    assert 'href="#id_permission' in answer.content.decode()
    assert entries(asked) == 0


@pytest.mark.parametrize("permission", [None, "", "yes", True, ["in-person"], "IN-PERSON"])
def test_json_asks_nothing_without_permission(asked: Practice, permission: object) -> None:
    _, token = keys.make_key(asked.person("owner"), "Praxisprogramm", [keys.EXEMPTION_QUERIES], NOW)
    sent = {"kvnr": EXEMPT, "serviceDates": ["2026-11-19"]}
    if permission is not None:
        sent["permission"] = cast("str", permission)
    answer = Client(HTTP_HOST="127.0.0.1").post(
        "/api/v1/exemption-queries",
        json.dumps(sent),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 422
    assert [finding["pointer"] for finding in answer.json()["findings"]] == ["/permission"]
    assert entries(asked) == 0
