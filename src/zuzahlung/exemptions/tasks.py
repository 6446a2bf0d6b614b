"""What the worker does for exemptions: lists, step by step, and what has had its time."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zuzahlung.exemptions import list_work, lists

RETRIES = 5


@app.task(
    queue="exemptions",
    name="exemptions.work_list",
    pass_context=True,
    retry=RetryStrategy(max_attempts=RETRIES, wait=5, exponential_wait=3),
)
def work_list(context: JobContext, institution: str, list_query: str) -> None:
    """Answers some rows of a list and asks for its next turn; it may be repeated at any moment."""
    is_last_try = context.job.attempts >= RETRIES
    if list_work.work(UUID(institution), UUID(list_query), timezone.now(), is_last_try=is_last_try):
        work_list.defer(institution=institution, list_query=list_query)


@app.periodic(cron="*/5 * * * *")
@app.task(queue="maintenance", queueing_lock="resume-lists", name="exemptions.resume_lists")
def resume_lists(timestamp: int = 0) -> None:
    """Takes up lists whose task was lost."""
    for institution, list_query in list_work.find_stale(timezone.now()):
        try:
            work_list.configure(queueing_lock=f"list-{list_query}").defer(
                institution=str(institution), list_query=str(list_query)
            )
        except AlreadyEnqueued:
            continue


@app.periodic(cron="7 * * * *")
@app.task(queue="maintenance", queueing_lock="forget-exemptions", name="exemptions.forget")
def forget(timestamp: int = 0) -> None:
    """Erases repeats after a day, lists after their days, and lists nobody started."""
    lists.forget(timezone.now())
