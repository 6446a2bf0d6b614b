"""Keeps the queue of tasks in order: a task whose worker died is done again, and old failures go."""

from __future__ import annotations

import logging

import procrastinate
from procrastinate.jobs import Status

from zuzahlung.site.worker import STALLED_SECONDS

MOST_STARTS = 10
"""A task that so many workers died of is not tried again; the operator finds it among the failed ones."""

FAILED_KEPT_HOURS = 30 * 24
_log = logging.getLogger(__name__)
_tasks = procrastinate.Blueprint()


def add_tasks(app: procrastinate.App) -> None:
    """Adds these tasks to the house's; named by the setting PROCRASTINATE_ON_APP_READY."""
    app.add_tasks_from(_tasks, namespace="house")


@_tasks.periodic(cron="* * * * *")
@_tasks.task(queue="maintenance", queueing_lock="retry-stalled", name="retry_stalled", pass_context=True)
async def retry_stalled(context: procrastinate.JobContext, timestamp: int = 0) -> None:
    """Puts tasks of dead workers back into the queue, itself included: it holds no lock while it runs."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        if job.attempts >= MOST_STARTS:
            _log.error("Task %s (%s) was given up after %s starts.", job.id, job.task_name, job.attempts)
            await manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            _log.warning("Task %s (%s) of a dead worker is done again.", job.id, job.task_name)
            await manager.retry_job(job)


@_tasks.periodic(cron="23 3 * * *")
@_tasks.task(queue="maintenance", queueing_lock="forget-failed", name="forget_failed", pass_context=True)
async def forget_failed(context: procrastinate.JobContext, timestamp: int = 0) -> None:
    """Removes what failed or was cancelled more than a month ago; what succeeded is removed at once."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
