"""A task whose worker died is done again, but not for ever; old failures go."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections

from tests.database import HouseDatabase
from zuzahlung.site import maintenance, worker

done: list[int] = []


def note(x: int) -> None:
    done.append(x)


@pytest.fixture
def queue(house_database: HouseDatabase, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A queue with a task of the test's own, where the clock's tasks run when a test calls for them and only then."""
    from procrastinate.contrib.django import app

    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    monkeypatch.setattr(worker, "ASKED_FOR", (*worker.ASKED_FOR, *worker.BY_THE_CLOCK))
    done.clear()
    return app.tasks.get("tests.note") or app.task(name="tests.note", queue="maintenance")(note)


def sql(statement: str, *given: Any) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall()) if cursor.description else []


def stalled(task: Any, *, attempts: int = 0) -> int:
    """A job that a worker was doing when it died a minute ago."""
    job: int = task.defer(x=7)
    sql("insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 minute')")
    sql(
        "update procrastinate_jobs set status = 'doing', attempts = %s,"
        " worker_id = (select max(id) from procrastinate_workers) where id = %s",
        attempts,
        job,
    )
    return job


def sweep() -> None:
    from procrastinate.contrib.django import app

    app.tasks["house:retry_stalled"].defer()
    worker.run(wait=False)


def test_a_task_of_a_dead_worker_is_done_again(queue: Any) -> None:
    stalled(queue)
    sweep()
    assert done == [7]
    assert sql("select count(*) from procrastinate_jobs") == [(0,)]


def test_a_task_of_a_living_worker_is_left_alone(queue: Any) -> None:
    job = stalled(queue)
    sql("update procrastinate_workers set last_heartbeat = now() + interval '1 minute'")
    sweep()
    assert done == []
    assert sql("select status from procrastinate_jobs where id = %s", job) == [("doing",)]


def test_a_task_that_kills_every_worker_is_given_up(queue: Any) -> None:
    job = stalled(queue, attempts=maintenance.MOST_STARTS)
    sweep()
    assert done == []
    assert sql("select status from procrastinate_jobs where id = %s", job) == [("failed",)]


def test_failures_are_forgotten_after_a_month(queue: Any) -> None:
    from procrastinate.contrib.django import app

    old, young = (
        stalled(queue, attempts=maintenance.MOST_STARTS),
        stalled(queue, attempts=maintenance.MOST_STARTS),
    )
    sweep()
    sql("update procrastinate_events set at = at - interval '31 days' where job_id = %s", old)
    app.tasks["house:forget_failed"].defer()
    worker.run(wait=False)
    assert sql("select id from procrastinate_jobs") == [(young,)]


def test_the_worker_knows_every_task_of_the_house_and_works_on_its_queue() -> None:
    from procrastinate.contrib.django import app

    ours = {
        name: task
        for name, task in app.tasks.items()
        if not name.startswith(("builtin", "procrastinate", "tests."))
    }
    assert {
        "house:retry_stalled",
        "journal.expire",
        "exemptions.work_list",
        "exemptions.forget",
    } <= ours.keys()
    assert {task.queue for task in ours.values()} <= {*worker.ASKED_FOR, *worker.BY_THE_CLOCK}
