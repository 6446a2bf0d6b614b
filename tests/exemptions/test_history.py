"""The Verlauf finds every answer of an institution again, page by page, and no answer of another one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from tests.database import HouseDatabase
from tests.exemptions.practice import (
    CHILD,
    EXEMPT,
    LIABLE,
    NOW,
    STRANGER,
    TODAY,
    Practice,
    practice,
    serve_registry,
)
from zuzahlung.accounts.services.actors import actors_of
from zuzahlung.exemptions import history, services
from zuzahlung.exemptions.history import Search
from zuzahlung.exemptions.services import Given
from zuzahlung.journal.services import acting_for
from zuzahlung.vault import keyfile
from zuzahlung.vault.services import rotate

MINUTE = timedelta(minutes=1)


@pytest.fixture
def market(house_database: HouseDatabase) -> Practice:
    """A practice with a registry to ask."""
    serve_registry()
    return practice()


def ids(page: history.Page) -> list[UUID]:
    return [given.id for given in page.answers]


def test_pages_hold_every_answer_once_the_newest_first_and_lead_back_again(
    market: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE_ROWS", 3)
    owner = market.person("owner")
    asked = [market.asks(owner.actor, now=NOW + place * MINUTE).id for place in range(8)][::-1]

    first = history.page(owner)
    second = history.page(owner, older_than=first.older)
    third = history.page(owner, older_than=second.older)
    assert [ids(page) for page in (first, second, third)] == [asked[0:3], asked[3:6], asked[6:8]]
    assert (first.newer, third.older) == (None, None)

    assert ids(history.page(owner, newer_than=third.newer)) == asked[3:6]
    back = history.page(owner, newer_than=second.newer)
    assert (ids(back), back.newer, back.older) == (asked[0:3], None, asked[2])


def test_answers_of_one_millisecond_stay_apart_on_the_edge_of_a_page(
    market: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE_ROWS", 2)
    owner = market.person("owner")
    asked = {market.asks(owner.actor).id for _ in range(5)}
    seen: list[UUID] = []
    last = None
    while True:
        page = history.page(owner, older_than=last)
        seen += ids(page)
        last = page.older
        if last is None:
            break
    assert len(seen) == 5
    assert set(seen) == asked


def test_an_answer_comes_back_unchanged(market: Practice) -> None:
    owner = market.person("owner")
    given = market.asks(owner.actor, CHILD, days=[TODAY, TODAY + timedelta(days=1)])
    assert history.page(owner).answers == (given,)


def test_each_filter_narrows_and_all_of_them_together(market: Practice) -> None:
    owner, anna, key = (
        market.person("owner"),
        market.person("reception", "anna"),
        market.key("Praxisprogramm"),
    )
    exempt = market.asks(owner.actor, EXEMPT).id
    liable = market.asks(anna.actor, LIABLE, days=[date(2026, 11, 2)], now=NOW - timedelta(days=1)).id
    series = market.asks(
        key, EXEMPT, days=[date(2025, 12, 31), date(2026, 1, 2)], now=NOW - timedelta(days=2)
    ).id
    unknown = market.asks(owner.actor, STRANGER, now=NOW - timedelta(days=3)).id

    def found(**given: Any) -> list[UUID]:
        return ids(history.page(owner, Search(**given)))

    assert found() == [exempt, liable, series, unknown]
    assert found(asker=anna.id) == [liable]
    assert found(asker=key.id) == [series]
    assert found(result="exempt") == [exempt]
    assert found(result="mixed") == [series]
    assert found(result="unknown") == [unknown]
    assert found(kvnr=EXEMPT) == [exempt, series]
    assert found(kvnr=CHILD) == []
    assert found(day=date(2026, 1, 2)) == [series]
    assert found(day=date(2026, 1, 1)) == []
    assert found(since_on=date(2026, 11, 18)) == [exempt, liable]
    assert found(until_on=date(2026, 11, 17)) == [series, unknown]
    assert found(since_on=date(2026, 11, 17), until_on=date(2026, 11, 18)) == [liable, series]
    number = services.get_given(market.id, series).number
    assert found(number=number) == [series]
    assert found(number=number, kvnr=EXEMPT, result="mixed", asker=key.id, day=date(2025, 12, 31)) == [series]
    assert found(number=number, kvnr=LIABLE) == []


@pytest.mark.parametrize(
    ("last_of_day", "first_of_next", "day"),
    [
        (
            datetime(2025, 12, 31, 22, 59, 59, 999000, tzinfo=UTC),
            datetime(2025, 12, 31, 23, 0, tzinfo=UTC),
            date(2025, 12, 31),
        ),
        (
            datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC),
            datetime(2026, 3, 29, 22, 0, tzinfo=UTC),
            date(2026, 3, 29),
        ),
        (
            datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC),
            datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
            date(2026, 10, 25),
        ),
    ],
    ids=["new-year", "clocks-forward", "clocks-back"],
)
def test_a_period_of_asking_is_made_of_german_days(
    market: Practice, last_of_day: datetime, first_of_next: datetime, day: date
) -> None:
    owner = market.person("owner")
    last = market.asks(owner.actor, days=[date(2026, 1, 1)], now=last_of_day).id
    first = market.asks(owner.actor, days=[date(2026, 1, 1)], now=first_of_next).id
    assert ids(history.page(owner, Search(until_on=day))) == [last]
    assert ids(history.page(owner, Search(since_on=day + timedelta(days=1)))) == [first]


def test_a_number_is_found_after_the_keys_were_changed(
    market: Practice, tmp_path: Path, settings: Any
) -> None:
    settings.VAULT_KEYS = tmp_path / "vault.keys"
    keyfile.create(settings.VAULT_KEYS, NOW)
    serve_nobody_more()
    owner = market.person("owner")
    before = market.asks(owner.actor, STRANGER).id
    rotate(settings.VAULT_KEYS, NOW)
    settings.VAULT_KEYS = settings.VAULT_KEYS.rename(tmp_path / "changed.keys")
    after = market.asks(owner.actor, STRANGER, now=NOW + MINUTE).id
    assert ids(history.page(owner, Search(kvnr=STRANGER))) == [after, before]
    with acting_for(market.id), connection.cursor() as cursor:
        cursor.execute("select count(distinct subject) from journal_entry where action = 'exemption-query'")
        assert cursor.fetchone() == (2,)


def serve_nobody_more() -> None:
    """A stand under whatever key is current knows nobody here; only its day is needed."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from exemptions_stand where state = 'served'")
        assert cursor.fetchone() == (1,)


def test_reception_sees_its_own_answers_whatever_it_asks_for(market: Practice) -> None:
    owner, anna = market.person("owner"), market.person("reception", "anna")
    market.asks(owner.actor)
    own = market.asks(anna.actor).id
    assert ids(history.page(anna)) == [own]
    assert ids(history.page(anna, Search(asker=owner.id))) == [own]
    assert ids(history.page(anna, Search(kvnr=EXEMPT))) == [own]


@pytest.mark.parametrize("role", ["owner", "billing", "auditor"])
def test_the_other_roles_see_all_answers_of_their_institution(market: Practice, role: str) -> None:
    asked = market.asks(market.person("reception", "anna").actor).id
    assert ids(history.page(market.person(role, "kim"))) == [asked]


def test_another_institution_sees_nothing_of_them(market: Practice) -> None:
    given = market.asks(market.person("owner").actor)
    stranger = practice("590301867", "Praxis am Wald").person("owner")
    for search in (Search(), Search(kvnr=EXEMPT), Search(number=given.number), Search(asker=given.actor.id)):
        assert history.page(stranger, search).answers == ()
        assert list(history.export(stranger, search, NOW)) == []


def exported(who: Any, search: Search = history.EVERYTHING) -> list[Given]:
    return list(history.export(who, search, NOW))


def test_an_export_holds_all_answers_of_its_search_chunk_by_chunk(
    market: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "CHUNK_ROWS", 2)
    owner = market.person("owner")
    asked = [
        market.asks(owner.actor, [EXEMPT, LIABLE][place % 2], now=NOW + place * MINUTE) for place in range(4)
    ]
    assert exported(owner) == asked[::-1]
    assert exported(owner, Search(kvnr=LIABLE)) == [asked[3], asked[1]]


def test_an_export_stands_in_the_journal_before_its_first_line_and_does_not_say_whom_it_was_about(
    market: Practice,
) -> None:
    owner = market.person("owner")
    market.asks(owner.actor)
    lines: Iterator[Given] = history.export(owner, Search(kvnr=EXEMPT, result="exempt", day=TODAY), NOW)
    with acting_for(market.id), connection.cursor() as cursor:
        cursor.execute("select actor, detail, subject from journal_entry where action = 'history-export'")
        actor, detail, subject = cursor.fetchone()
    assert (actor, subject) == (owner.id, None)
    assert json.loads(detail) == {"result": "exempt", "day": "2026-11-19", "by_insured": True}
    assert len(list(lines)) == 1


def test_a_carried_number_opens_for_the_same_person_alone(market: Practice) -> None:
    owner, anna = market.person("owner"), market.person("billing", "anna")
    carried = history.carried(EXEMPT, owner)
    assert EXEMPT not in carried
    assert history.find_carried(carried, owner) == EXEMPT
    assert history.find_carried(carried, anna) is None
    for broken in ("", "A123456780", carried[:-2], carried[::-1], "ä", "=" * 50):
        assert history.find_carried(broken, owner) is None


def test_everybody_who_ever_asked_can_be_chosen(market: Practice) -> None:
    owner, anna, key = (
        market.person("owner"),
        market.person("reception", "anna"),
        market.key("Praxisprogramm"),
    )
    practice("590301867", "Praxis am Wald").person("owner")
    assert actors_of(market.id) == (owner.actor, anna.actor, key)


MANY = """
insert into journal_entry (id, institution, at, actor_kind, actor, actor_name, action, permission, permission_text,
                           subject, subject_key, days, result, detail, sealed, kept_until_on)
select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n %% 4096), 3, '0')
        || '8' || substr(md5(n::text || i::text), 1, 15))::uuid,
       i, at, 'person', %s, 'anna', 'exemption-query', 'in-person', '2026-11',
       decode(md5((n %% 5000)::text || i::text), 'hex'), 1, array[at::date], 'liable', %s::jsonb,
       decode(md5(n::text), 'hex'), '2029-12-31'
  from unnest(%s::uuid[]) i, generate_series(1, 100000) n,
       lateral (select timestamptz '2024-01-01 08:00+0' + n * interval '12 minutes') as t (at)
 order by at
"""


def test_a_search_among_100_000_answers_reads_the_index_and_not_the_table(market: Practice) -> None:
    owner = market.person("owner")
    detail = json.dumps({"ik": "260326822", "name": "Praxis", "reason": "x" * 150, "days": []})
    with connections["owner"].cursor() as cursor:
        cursor.execute(MANY, [owner.id, detail, [market.id, uuid4()]])
        cursor.execute("select subject from journal_entry where institution = %s limit 1", [market.id])
        subject = bytes(cursor.fetchone()[0])
        cursor.execute("vacuum (freeze, analyze) journal_entry")
    for what, search, index in (
        ("first page", {}, "journal_entry_of_institution"),
        ("a day nobody asked about", {"day": date(2020, 1, 1)}, "journal_entry_of_institution"),
        ("a result nobody got", {"result": "mixed"}, "journal_entry_of_institution"),
        ("a person who never asked", {"actor": uuid4()}, "journal_entry_of_institution"),
        (
            "a period",
            {"since_at": NOW - timedelta(days=300), "before_at": NOW},
            "journal_entry_of_institution",
        ),
        ("an insured", {"subjects": (subject,)}, "journal_entry_subject"),
    ):
        plans = explained(market, search)
        assert index in plans[0], f"{what}: {plans[0]}"
        assert "Seq Scan" not in "".join(plans), f"{what}: {plans}"
        if index == "journal_entry_of_institution":
            assert "Index Only Scan" in plans[0], f"{what}: {plans[0]}"


def explained(given: Practice, search: dict[str, Any]) -> list[str]:
    """How the database goes about both statements of one page."""
    from django.test.utils import CaptureQueriesContext

    from zuzahlung.journal import services as journal

    plans = []
    with acting_for(given.id), connection.cursor() as cursor:
        with CaptureQueriesContext(connection) as asked:
            journal.find(journal.Search(action="exemption-query", **search), limit=26)
        for query in asked.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute("explain " + query["sql"])
                plans.append("\n".join(row[0] for row in cursor.fetchall()))
    return plans
