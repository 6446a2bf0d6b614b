"""How the worker answers a list: some rows a turn, each row in a transaction of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from zuzahlung.exemptions import list_file, registry, services
from zuzahlung.exemptions.lists import open_row, seal_row
from zuzahlung.exemptions.models import ListQuery, ListRow
from zuzahlung.exemptions.services import (
    Answered,
    AskedDifferently,
    Asker,
    Faulty,
    NoInformation,
    Question,
    QuotaUsedUp,
)
from zuzahlung.exemptions.source import Found, RegistryUnavailable
from zuzahlung.journal.services import Actor, acting_for
from zuzahlung.standards.days import german_day

ROWS_A_TURN = 50
"""How many rows one task answers: the next one has a new time, and others have their turn in between."""

STALE_AFTER = timedelta(minutes=5)
NO_INFORMATION = "no-information"


def work(institution: UUID, list_query: UUID, now: datetime, *, is_last_try: bool) -> bool:
    """Answers the next rows of a running list; says whether there is more to do.

    Each row is one transaction: its answer, its journal entry and its state come together or not at all, so
    a killed worker loses and doubles nothing. While the source is away `RegistryUnavailable` is raised; on the
    last try the rest is marked instead.
    """
    with acting_for(institution):
        running = ListQuery.objects.filter(id=list_query, state=ListQuery.RUNNING).first()
        if running is None:
            return False
        ListQuery.objects.filter(id=running.id).update(worked_at=now)
        rows = list(_waiting(running).order_by("line")[:ROWS_A_TURN])
    for row in rows:
        stopped_by = _work_row(row, running, now, is_last_try=is_last_try)
        if stopped_by:
            with acting_for(institution):
                _waiting(running).update(state=ListRow.STOPPED, note=stopped_by)
            break
    return not _finish(running, now)


def _waiting(running: ListQuery) -> QuerySet[ListRow]:
    return ListRow.objects.filter(list_query=running, state=ListRow.WAITING)


def _work_row(row: ListRow, running: ListQuery, now: datetime, *, is_last_try: bool) -> str:
    """Answers one row; says what stops all that follow, or nothing."""
    question = _question(row, running)
    try:
        # The source may be a fund's own system: it is asked before the transaction begins.
        found = registry.find(question.kvnr)
    except RegistryUnavailable:
        if is_last_try:
            return NO_INFORMATION
        raise
    with acting_for(running.institution):
        locked = _waiting(running).select_for_update(skip_locked=True).filter(id=row.id).first()
        return "" if locked is None else _answer_row(locked, question, running, found, now)


def _answer_row(row: ListRow, question: Question, running: ListQuery, found: Found, now: datetime) -> str:
    outcome = services.ask(
        question,
        _asker(running),
        now=now,
        repeat=f"{running.id}:{row.line}",
        counts_burst=False,
        find=lambda: found,
    )
    match outcome:
        case Answered():
            row.state, row.entry = ListRow.ANSWERED, outcome.given.id
        case Faulty():
            # It was right when it was handed in: a day or a permission ran out before its turn came.
            cells, _ = open_row(row, running)
            row.sealed = seal_row(cells, tuple(fault.text for fault in outcome.faults), running)
            row.state = ListRow.FAULTY
        case QuotaUsedUp():
            return outcome.which
        case NoInformation():
            return NO_INFORMATION
        case AskedDifferently():
            raise AssertionError("the name of a row was used for another question")
        case _:
            assert_never(outcome)
    row.save(update_fields=["state", "entry", "sealed"])
    return ""


def _question(row: ListRow, running: ListQuery) -> Question:
    """What the row asks; without a day of its own it means the day on which the list was started."""
    question, _ = list_file.question_of(open_row(row, running)[0])
    if question is None or running.started_at is None:
        raise AssertionError("a row that cannot be asked must not wait")
    if question.days:
        return question
    return replace(question, days=(german_day(running.started_at),))


def _asker(running: ListQuery) -> Asker:
    return Asker(
        institution=running.institution,
        ik=running.ik,
        name=running.institution_name,
        service_kinds=tuple(running.service_kinds),
        actor=Actor(kind="person", id=running.person, name=running.person_name),
    )


def _finish(running: ListQuery, now: datetime) -> bool:
    with acting_for(running.institution):
        if _waiting(running).exists():
            return False
        is_stopped = ListRow.objects.filter(list_query=running, state=ListRow.STOPPED).exists()
        ListQuery.objects.filter(id=running.id, state=ListQuery.RUNNING).update(
            state=ListQuery.STOPPED if is_stopped else ListQuery.DONE, done_at=now
        )
    return True


def find_stale(now: datetime) -> list[tuple[UUID, UUID]]:
    """Institution and id of each running list on which nobody has worked for some time."""
    with connection.cursor() as cursor:
        cursor.execute("select institution, id from lists_at_work(%s)", [now - STALE_AFTER])
        return list(cursor.fetchall())
