"""A list is answered row by row: each row once, within the quota, whatever happens to the worker in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from tests.database import HouseDatabase
from tests.exemptions.practice import EXEMPT, NOW, Practice, practice, serve_registry
from zuzahlung.exemptions import list_work, lists, registry, services, tasks
from zuzahlung.exemptions.list_file import NotAList
from zuzahlung.exemptions.lists import ListShown
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.exemptions.source import Found, RegistryUnavailable
from zuzahlung.journal.services import acting_for
from zuzahlung.site import worker
from zuzahlung.standards.numbers import kvnr

HEADER = "KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\r\n"
ONE = HEADER + f"{EXEMPT};vor Ort;;19.11.2026\r\n"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a Thursday in November, 10:42 in Germany, also for the worker."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def market(house_database: HouseDatabase) -> Practice:
    """A practice with a registry to ask."""
    serve_registry()
    return practice()


def handed_in(given: Practice, text: str, *, now: datetime = NOW, who: str = "owner") -> UUID:
    actor = given.person(who, f"p{uuid4().hex[:6]}").actor
    found = lists.hand_in(text.encode(), given.asker(actor), now)
    assert isinstance(found, UUID), found
    return found


def started(given: Practice, text: str, *, now: datetime = NOW) -> UUID:
    actor = given.person("owner", f"p{uuid4().hex[:6]}").actor
    found = lists.hand_in(text.encode(), given.asker(actor), now)
    assert isinstance(found, UUID), found
    assert lists.start(found, given.asker(actor), now)
    return found


def shown(given: Practice, list_query: UUID) -> ListShown:
    found = lists.find(given.id, list_query)
    assert found is not None
    return found


def outcomes(given: Practice, list_query: UUID) -> list[tuple[int, str, str, tuple[str, ...]]]:
    return [
        (row.line, row.state, row.given.result if row.given else row.note, row.faults)
        for row in lists.rows_of(given.id, list_query)
    ]


def journalled(given: Practice, action: str = "exemption-query") -> int:
    with acting_for(given.id), connection.cursor() as cursor:
        cursor.execute("select count(*) from journal_entry where action = %s", [action])
        return int(cursor.fetchone()[0])


def numbers(count: int) -> list[str]:
    """Numbers with a right check digit that the registry does not know."""
    found: Iterator[str] = (f"D{i:09d}" for i in range(10**9) if kvnr.is_checked(f"D{i:09d}"))
    return [next(found) for _ in range(count)]


def test_nothing_is_asked_or_counted_before_the_start(market: Practice) -> None:
    list_query = handed_in(market, ONE)
    worker.run(wait=False)
    assert shown(market, list_query).state == "checked"
    assert (journalled(market), services.quota_of(market.id, NOW).left) == (0, 100)


def test_a_started_list_is_answered_and_each_row_is_an_answer_of_the_journal(market: Practice) -> None:
    list_query = started(
        market,
        HEADER
        + "A123 456 780;vor Ort;;19.11.2026\r\n"
        + "b123456782;Serie;01.12.2026;20.11.2026 19.11.2026\r\n"
        + "C123456784;Vertretung;;19.11.2026\r\n"
        + "T123456780;am Telefon;;19.11.2026\r\n",
    )
    worker.run(wait=False)
    assert outcomes(market, list_query) == [
        (2, "answered", "exempt", ()),
        (3, "answered", "liable", ()),
        (4, "answered", "minor", ()),
        (5, "answered", "unknown", ()),
    ]
    found = shown(market, list_query)
    assert (found.state, found.rows, found.answered, found.is_done) == ("done", 4, 4, True)
    assert journalled(market) == 4
    assert services.quota_of(market.id, NOW).left == 96
    given = lists.rows_of(market.id, list_query)[1].given
    assert given is not None
    assert [day.day for day in given.days] == [date(2026, 11, 19), date(2026, 11, 20)]
    assert given.permission_until_on == date(2026, 12, 1)
    assert services.get_given(market.id, given.id) == given


def test_a_faulty_row_spoils_only_itself(market: Practice) -> None:
    list_query = started(
        market,
        HEADER
        + "A123456781;vor Ort;;19.11.2026\r\n"
        + "A123456780;vor Ort;;19.11.2026\r\n"
        + "A123456780;;;19.11.2026\r\n"
        + "A123456780;schriftlich;;19.11.2026\r\n"
        + "A123456780;vor Ort;;\r\n"
        + "A123456780;vor Ort;;01.01.2020\r\n",
    )
    worker.run(wait=False)
    assert outcomes(market, list_query) == [
        (
            2, "faulty", "",
            ("Die Prüfziffer passt nicht: Nach A12345678 müsste eine 0 stehen. Bitte vergleichen Sie mit der Karte.",),
        ),
        (3, "answered", "exempt", ()),
        (4, "faulty", "", ("Die Erlaubnis fehlt: Ohne sie wird nicht abgefragt.",)),
        (5, "faulty", "", ("Dieselbe Abfrage steht schon in Zeile 3.",)),
        (6, "faulty", "", ("Bitte geben Sie den Tag der Abgabe an.",)),
        (
            7, "faulty", "",
            ("Für den 01.01.2020 gibt es keine Auskunft mehr: Der früheste Tag ist der 01.01.2025.",),
        ),
    ]  # fmt: skip
    assert journalled(market) == 1


def test_a_row_without_day_is_the_same_as_one_that_names_today(market: Practice) -> None:
    doctor = practice("109910001", "Sanitätshaus", kinds=())
    list_query = started(
        doctor,
        HEADER + f"{EXEMPT};vor Ort;;\r\n{EXEMPT};vor Ort;;19.11.2026\r\n{EXEMPT};vor Ort;;18.11.2026\r\n",
    )
    worker.run(wait=False)
    assert outcomes(doctor, list_query) == [
        (2, "answered", "exempt", ()),
        (3, "faulty", "", ("Dieselbe Abfrage steht schon in Zeile 2.",)),
        (4, "answered", "exempt", ()),
    ]


def test_a_row_without_day_means_the_day_of_the_start(market: Practice) -> None:
    doctor = practice("109910001", "Sanitätshaus", kinds=())
    before_midnight = datetime(2026, 11, 20, 22, 59, 59, tzinfo=UTC)
    list_query = started(doctor, HEADER + f"{EXEMPT};vor Ort;;\r\n", now=before_midnight)
    list_work.work(doctor.id, list_query, before_midnight + timedelta(minutes=2), is_last_try=False)
    given = lists.rows_of(doctor.id, list_query)[0].given
    assert given is not None
    assert [day.day for day in given.days] == [date(2026, 11, 20)]


def test_what_was_right_when_it_was_handed_in_may_have_run_out_when_its_turn_comes(market: Practice) -> None:
    list_query = started(market, HEADER + f"{EXEMPT};Serie;19.11.2026;19.11.2026\r\n" + ONE[len(HEADER) :])
    list_work.work(market.id, list_query, NOW + timedelta(days=1), is_last_try=False)
    assert [row[1] for row in outcomes(market, list_query)] == ["faulty", "faulty"]
    assert outcomes(market, list_query)[0][3] == (
        "Die Erlaubnis galt nur bis zum 19.11.2026. Bitte holen Sie eine neue ein.",
    )


def test_no_burst_limit_holds_for_a_list(market: Practice) -> None:
    market.allow(per_burst=1, unknown_per_day=100)
    list_query = started(market, HEADER + "".join(f"{one};vor Ort;;19.11.2026\r\n" for one in numbers(60)))
    worker.run(wait=False)
    assert shown(market, list_query).answered == 60
    assert services.quota_of(market.id, NOW).burst_left == 1


def test_a_quota_that_runs_out_midway_stops_the_rest_with_a_note_on_each_row(market: Practice) -> None:
    market.allow(per_day=2, unknown_per_day=100)
    list_query = started(
        market, HEADER + "x;y;;\r\n" + "".join(f"{one};vor Ort;;19.11.2026\r\n" for one in numbers(4))
    )
    worker.run(wait=False)
    assert [row[:3] for row in outcomes(market, list_query)] == [
        (2, "faulty", ""),
        (3, "answered", "unknown"),
        (4, "answered", "unknown"),
        (5, "stopped", "day"),
        (6, "stopped", "day"),
    ]
    assert shown(market, list_query).state == "stopped"
    assert (journalled(market), services.quota_of(market.id, NOW).left) == (2, 0)


def test_too_many_unknown_numbers_stop_the_rest_too(market: Practice) -> None:
    market.allow(unknown_per_day=1)
    list_query = started(market, HEADER + "".join(f"{one};vor Ort;;19.11.2026\r\n" for one in numbers(3)))
    worker.run(wait=False)
    assert [row[1:3] for row in outcomes(market, list_query)] == [
        ("answered", "unknown"),
        ("stopped", "unknown"),
        ("stopped", "unknown"),
    ]


def test_a_second_click_on_start_starts_nothing(market: Practice) -> None:
    owner = market.person("owner")
    list_query = lists.hand_in(ONE.encode(), market.asker(owner.actor), NOW)
    assert isinstance(list_query, UUID)
    clicks = [lists.start(list_query, market.asker(owner.actor), NOW) for _ in range(2)]
    assert clicks == [True, False]
    worker.run(wait=False)
    assert not lists.start(list_query, market.asker(owner.actor), NOW)
    worker.run(wait=False)
    assert (journalled(market), journalled(market, "list-query")) == (1, 1)


def test_a_list_of_faults_alone_cannot_be_started(market: Practice) -> None:
    owner = market.person("owner")
    list_query = lists.hand_in(f"{HEADER}x;y;;".encode(), market.asker(owner.actor), NOW)
    assert isinstance(list_query, UUID)
    assert not lists.start(list_query, market.asker(owner.actor), NOW)
    assert shown(market, list_query).state == "checked"


def test_a_new_file_replaces_the_same_persons_list_that_waits_for_its_start(market: Practice) -> None:
    owner = market.person("owner")
    of_a_colleague = handed_in(market, ONE)
    first, second = (lists.hand_in(ONE.encode(), market.asker(owner.actor), NOW) for _ in range(2))
    assert isinstance(first, UUID)
    assert lists.find(market.id, first) is None
    assert {one.id for one in lists.recent(market.id)} == {second, of_a_colleague}


def test_a_file_past_the_set_size_is_not_even_read(market: Practice, settings: Any) -> None:
    owner = market.person("owner")
    refused = lists.hand_in(b"x" * 200_001, market.asker(owner.actor), NOW)
    assert refused == NotAList(
        text="Die Datei ist zu groß: Möglich sind 200 Kilobyte. Bitte teilen Sie sie, oder prüfen Sie, ob es die "
        "richtige Datei ist."
    )


def test_lists_of_two_institutions_never_meet(market: Practice) -> None:
    forest = practice("590301867", "Praxis am Wald")
    list_query = handed_in(market, ONE)
    stranger = forest.person("owner")
    assert lists.find(forest.id, list_query) is None
    assert lists.recent(forest.id) == ()
    assert lists.rows_of(forest.id, list_query) == ()
    assert not lists.start(list_query, forest.asker(stranger.actor), NOW)
    lists.discard(forest.id, list_query)
    assert not list_work.work(forest.id, list_query, NOW, is_last_try=False)
    assert shown(market, list_query).state == "checked"
    assert (journalled(market), journalled(forest)) == (0, 0)


def test_rows_are_sealed_at_rest_before_and_after_the_answer(market: Practice) -> None:
    list_query = started(market, ONE + "B123456789;vor Ort;;19.11.2026\r\n")
    for _ in range(2):
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "select string_agg(x::text || coalesce(encode(sealed, 'escape'), ''), '') from exemptions_listrow x"
            )
            stored = cursor.fetchone()[0]
            cursor.execute("select coalesce(string_agg(x::text, ''), '') from procrastinate_jobs x")
            stored += cursor.fetchone()[0]
        assert "12345678" not in stored
        worker.run(wait=False)
    assert shown(market, list_query).answered == 1


def test_while_the_source_is_away_rows_wait_and_on_the_last_try_they_say_so(
    market: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_query = started(market, HEADER + "".join(f"{one};vor Ort;;19.11.2026\r\n" for one in numbers(3)))
    find, asked = registry.find, []

    def away_after_one(number: kvnr.KVNR) -> Found:
        asked.append(number)
        if len(asked) > 1:
            raise RegistryUnavailable
        return find(number)

    monkeypatch.setattr(registry, "find", away_after_one)
    with pytest.raises(RegistryUnavailable):
        list_work.work(market.id, list_query, NOW, is_last_try=False)
    assert [row[1:3] for row in outcomes(market, list_query)] == [
        ("answered", "unknown"), ("waiting", ""), ("waiting", ""),
    ]  # fmt: skip
    assert not list_work.work(market.id, list_query, NOW, is_last_try=True)
    assert [row[1:3] for row in outcomes(market, list_query)] == [
        ("answered", "unknown"), ("stopped", "no-information"), ("stopped", "no-information"),
    ]  # fmt: skip
    assert journalled(market) == 1


def test_an_answer_and_the_state_of_its_row_come_together_or_not_at_all(
    market: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_query = started(market, ONE)
    ask = services.ask

    def ask_and_die(*arguments: Any, **named: Any) -> Any:
        ask(*arguments, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(services, "ask", ask_and_die)
        with pytest.raises(KeyboardInterrupt):
            list_work.work(market.id, list_query, NOW, is_last_try=False)
    assert (journalled(market), shown(market, list_query).waiting) == (0, 1)
    list_work.work(market.id, list_query, NOW, is_last_try=False)
    assert (journalled(market), shown(market, list_query).answered) == (1, 1)


def test_a_worker_killed_in_mid_list_loses_and_doubles_no_row(market: Practice) -> None:
    market.allow(per_day=500, unknown_per_day=500)
    list_query = started(market, HEADER + "".join(f"{one};vor Ort;;19.11.2026\r\n" for one in numbers(150)))
    code = (
        "import django; django.setup()\n"
        "from datetime import datetime\n"
        "from uuid import UUID\n"
        "from zuzahlung.exemptions import list_work\n"
        f"while list_work.work(UUID('{market.id}'), UUID('{list_query}'), datetime.fromisoformat('{NOW.isoformat()}'), is_last_try=False): pass\n"
    )
    kills = 0
    for patience in (5, 40):
        killed = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code], env=dict(os.environ))
        before = journalled(market)
        while killed.poll() is None and journalled(market) < before + patience:
            time.sleep(0.005)
        if killed.poll() is None:
            killed.send_signal(signal.SIGKILL)
            kills += 1
        killed.wait()
        found = shown(market, list_query)
        assert journalled(market) == found.answered, "an answer without its row, or a row without its answer"
    assert kills > 0, "no worker was killed in mid-work, so nothing was shown"
    worker.run(wait=False)
    found = shown(market, list_query)
    assert (found.state, found.answered, journalled(market)) == ("done", 150, 150)
    assert services.quota_of(market.id, NOW).left == 350
    entries = {row.given.id for row in lists.rows_of(market.id, list_query) if row.given}
    assert len(entries) == 150


def test_a_list_whose_task_was_lost_is_taken_up_again(
    market: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_query = started(market, ONE)
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(minutes=5))
    tasks.resume_lists()
    worker.run(wait=False)
    assert shown(market, list_query).state == "running", "five minutes are not yet long"
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(minutes=6))
    tasks.resume_lists()
    worker.run(wait=False)
    assert shown(market, list_query).state == "done"
    assert journalled(market) == 1


def test_lists_are_erased_after_their_days_and_their_answers_stay(
    market: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_query = started(market, ONE)
    list_work.work(market.id, list_query, NOW, is_last_try=False)
    # The database erases nothing that is not old by its own clock.
    with connections["owner"].cursor() as cursor:
        cursor.execute("update exemptions_listquery set done_at = '2026-10-01 12:00+0'")
    now = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    tasks.forget()
    assert lists.find(market.id, list_query) is not None
    now += timedelta(seconds=1)
    tasks.forget()
    assert lists.find(market.id, list_query) is None
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from exemptions_listrow")
        assert cursor.fetchone() == (0,)
    assert journalled(market) == 1


def test_a_list_that_nobody_started_is_erased_after_a_day_and_a_running_one_never(market: Practice) -> None:
    waiting, running = handed_in(market, ONE), started(market, ONE)
    lists.forget(NOW + timedelta(days=1))
    assert {one.id for one in lists.recent(market.id)} == {waiting, running}
    lists.forget(NOW + timedelta(days=1, seconds=1))
    assert {one.id for one in lists.recent(market.id)} == {running}


def test_repeats_are_forgotten_after_24_hours(market: Practice) -> None:
    owner = market.person("owner")
    market.asks(owner.actor)
    question = services.Question(
        kvnr=EXEMPT, permission=Permission.IN_PERSON, permission_until_on=None, days=(NOW.date(),)
    )
    services.ask(question, market.asker(owner.actor), now=NOW, repeat="form")
    assert lists.forget(NOW + timedelta(hours=24)) == (0, 0)
    assert lists.forget(NOW + timedelta(hours=24, seconds=1)) == (1, 0)


def test_what_is_not_old_by_the_databases_own_clock_is_never_forgotten(market: Practice) -> None:
    done, waiting = started(market, ONE), handed_in(market, ONE)
    worker.run(wait=False)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "update exemptions_listquery set made_at = now(), done_at = done_at + (now() - done_at)"
        )
        cursor.execute("update exemptions_repeat set at = now()")
    assert lists.forget(NOW + timedelta(days=100_000)) == (0, 0)
    assert {one.id for one in lists.recent(market.id)} == {done, waiting}
