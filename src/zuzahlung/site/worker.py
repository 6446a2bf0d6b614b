"""The worker: runs tasks from the queue."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import procrastinate
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection, connections

ASKED_FOR = ("accounts", "exemptions", "out")
"""What somebody's deed put into the queue."""
BY_THE_CLOCK = ("maintenance",)
"""What the hour or the minute starts, whether anybody did anything or not."""
STALLED_SECONDS = 30
"""A worker that gave no sign of life for so long is dead, and `site.maintenance` lets others do its tasks."""

_log = logging.getLogger(__name__)


def fresh_connection(call: Callable[[], Any], context: procrastinate.JobContext, worker: Any) -> Any:
    """Gives each task a database connection that works, also after the server was away, and takes it back.

    A page gives up after some seconds (`cli.roles`); work takes the time it takes.
    """
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 0")
        return call()
    finally:
        connections.close_all()


def run(*, wait: bool = True, concurrency: int = 2) -> None:
    """Works until a signal ends it, or with `wait=False` until nothing is left that somebody's deed called for.

    Tasks of the clock are left out then, so that what happens does not depend on the minute of the call.
    """
    from procrastinate.contrib.django import app  # noqa: PLC0415 - it needs Django set up

    # Periodic tasks are put into the queue from a thread whose connection may have died meanwhile.
    asyncio.run(sync_to_async(connections.close_all)())
    queues = [*ASKED_FOR, *(BY_THE_CLOCK if wait else ())]
    while True:
        connector: Any = app.connector
        worker = app.with_connector(connector.get_worker_connector())
        worker.run_worker(
            queues=queues,
            wait=wait,
            concurrency=concurrency,
            install_signal_handlers=wait,
            listen_notify=wait,
            delete_jobs="successful",
            stalled_worker_timeout=STALLED_SECONDS,
            task_middleware=[fresh_connection],
        )
        # A worker that does not wait stops when it finds nothing to begin; what still ran may have left more.
        if wait or not _is_anything_due(queues):
            return


def _is_anything_due(queues: list[str]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from procrastinate_jobs where status = 'todo' and queue_name = any(%s)"
            " and (scheduled_at is null or scheduled_at <= now()))",
            [queues],
        )
        return bool(cursor.fetchone()[0])


def main() -> None:
    """The process that `zuzahlung work` starts."""
    import django  # noqa: PLC0415 - as above

    django.setup()
    run()


if __name__ == "__main__":
    main()
