"""The worker: runs tasks from the queue, and gives stalled ones a second chance."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import procrastinate
from django.db import close_old_connections, connections

QUEUES = ("accounts", "exemptions", "out", "maintenance")
STALLED_SECONDS = 30
_log = logging.getLogger(__name__)


def fresh_connection(call: Callable[[], Any], context: procrastinate.JobContext, worker: Any) -> Any:
    """Gives each task a database connection that works, also after the server was away, and takes it back."""
    close_old_connections()
    try:
        return call()
    finally:
        connections.close_all()


def run(*, wait: bool = True, concurrency: int = 2) -> None:
    """Works until a signal ends it, or with `wait=False` until nothing is left to do."""
    from procrastinate.contrib.django import app

    worker = app.with_connector(app.connector.get_worker_connector())
    worker.run_worker(
        queues=list(QUEUES),
        wait=wait,
        concurrency=concurrency,
        install_signal_handlers=wait,
        listen_notify=wait,
        delete_jobs="successful",
        task_middleware=[fresh_connection],
    )


def main() -> None:
    """The process that `zuzahlung work` starts."""
    import django

    django.setup()
    run()


if __name__ == "__main__":
    main()
