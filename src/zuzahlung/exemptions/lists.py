"""Listenabfrage: many queries in one file, checked before the start and answered one by one by the worker."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q
from uuid_utils.compat import uuid7

from zuzahlung.exemptions import list_file, services
from zuzahlung.exemptions.list_file import DAYS, KVNR, PERMISSION, UNTIL, ListFile, NotAList
from zuzahlung.exemptions.models import ListQuery, ListRow
from zuzahlung.exemptions.services import Asker, Given, given_of
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor, acting_for
from zuzahlung.standards.days import german_day
from zuzahlung.vault.services import vault

CHECKED, RUNNING = ListQuery.CHECKED, ListQuery.RUNNING


@dataclass(frozen=True, kw_only=True, slots=True)
class ListShown:
    """A list as its institution sees it: who handed it in, how it was read, how far it is, row by state."""

    id: UUID
    state: str
    encoding: str
    person_name: str
    made_at: datetime
    started_at: datetime | None
    done_at: datetime | None
    rows: int
    waiting: int
    faulty: int
    answered: int
    stopped: int

    @property
    def is_done(self) -> bool:
        """Says whether nothing more will happen to it."""
        return self.done_at is not None

    @property
    def finished_rows(self) -> int:
        """How many rows have found their end."""
        return self.rows - self.waiting


@dataclass(frozen=True, kw_only=True, slots=True)
class RowShown:
    """One row: what was handed in, and its answer or why there is none.

    `note` is empty, or day, unknown or no-information: why the list stopped before this row.
    """

    line: int
    kvnr: str
    permission: str
    permission_until: str
    days: str
    state: str
    given: Given | None
    faults: tuple[str, ...]
    note: str


def hand_in(content: bytes, asker: Asker, now: datetime) -> UUID | NotAList:
    """Reads and checks a file and keeps its rows sealed until it is started; nothing is asked or counted yet.

    A list of the same person that waits for its start is replaced.
    """
    limits = settings.HOUSE.exemptions
    if len(content) > limits.list_bytes:
        return NotAList(text=_too_large(limits.list_bytes))
    found = list_file.read(content, most_rows=limits.list_rows)
    if isinstance(found, NotAList):
        return found
    list_query = _new_list(found, asker, now)
    rows = [
        ListRow(
            list_query=list_query,
            institution=asker.institution,
            line=row.line,
            state=ListRow.FAULTY if faults else ListRow.WAITING,
            sealed=seal_row(row.cells, faults, list_query),
        )
        for row, faults in _checked(found.rows, asker, german_day(now))
    ]
    with acting_for(asker.institution):
        ListQuery.objects.filter(person=list_query.person, state=CHECKED).delete()
        list_query.save(force_insert=True)
        ListRow.objects.bulk_create(rows)
    return list_query.id


def _too_large(limit: int) -> str:
    return (
        f"Die Datei ist zu groß: Möglich sind {limit // 1000} Kilobyte. Bitte teilen Sie sie, oder prüfen Sie, ob es "
        "die richtige Datei ist."
    )


def too_large() -> NotAList:
    """What is said of a file that is not even read."""
    return NotAList(text=_too_large(settings.HOUSE.exemptions.list_bytes))


def _new_list(found: ListFile, asker: Asker, now: datetime) -> ListQuery:
    if asker.actor.id is None:
        raise ValueError("a list is handed in by somebody")
    return ListQuery(
        id=uuid7(),
        institution=asker.institution,
        ik=asker.ik,
        institution_name=asker.name,
        service_kinds=list(asker.service_kinds),
        person=asker.actor.id,
        person_name=asker.actor.name,
        encoding=found.encoding,
        made_at=now,
    )


def _checked(
    rows: Iterable[list_file.Row], asker: Asker, today: date
) -> Iterator[tuple[list_file.Row, tuple[str, ...]]]:
    """Each row with everything that is wrong with it; a question that was asked above is a fault too."""
    asked: dict[tuple[str, tuple[date, ...]], int] = {}
    for row in rows:
        question, faults = list_file.question_of(row.cells)
        faults = (*row.faults, *faults)
        if question is not None and not faults:
            faults = tuple(fault.text for fault in services.faults_of(question, asker, today))
        if question is not None and not faults:
            # A row without day asks for today, and so it is the same as one that names today.
            first = asked.setdefault((question.kvnr, question.days or (today,)), row.line)
            if first != row.line:
                faults = (f"Dieselbe Abfrage steht schon in Zeile {first}.",)
        yield row, faults


def find(institution: UUID, list_query: UUID) -> ListShown | None:
    """A list of this institution, unless it was erased meanwhile."""
    return next(iter(_shown(institution, Q(id=list_query))), None)


def recent(institution: UUID) -> tuple[ListShown, ...]:
    """The lists of this institution that are still kept, the newest first."""
    return tuple(_shown(institution, Q()))


def _shown(institution: UUID, which: Q) -> list[ListShown]:
    with acting_for(institution):
        found = list(ListQuery.objects.filter(which).order_by("-id")[:20])
        counted = (
            ListRow.objects.filter(list_query__in=found)
            .values_list("list_query_id", "state")
            .annotate(count=Count("id"))
        )
        counts = {(list_query, state): count for list_query, state, count in counted}
    return [
        _list_shown(row, {state: n for (one, state), n in counts.items() if one == row.id}) for row in found
    ]


def _list_shown(row: ListQuery, counts: Mapping[str, int]) -> ListShown:
    return ListShown(
        id=row.id,
        state=row.state,
        encoding=row.encoding,
        person_name=row.person_name,
        made_at=row.made_at,
        started_at=row.started_at,
        done_at=row.done_at,
        rows=sum(counts.values()),
        waiting=counts.get(ListRow.WAITING, 0),
        faulty=counts.get(ListRow.FAULTY, 0),
        answered=counts.get(ListRow.ANSWERED, 0),
        stopped=counts.get(ListRow.STOPPED, 0),
    )


def rows_of(
    institution: UUID, list_query: UUID, *, state: str | None = None, first: int = 0, count: int | None = None
) -> tuple[RowShown, ...]:
    """The rows of a list in their order, each with its answer: all, or `count` of them from the `first` on."""
    end = None if count is None else first + count
    with acting_for(institution):
        kept = ListQuery.objects.filter(id=list_query).first()
        if kept is None:
            return ()
        wanted = ListRow.objects.filter(list_query=kept).order_by("line")
        rows = list((wanted if state is None else wanted.filter(state=state))[first:end])
        entries = [row.entry for row in rows if row.entry is not None]
        given = {one.id: given_of(one) for one in journal.find_all(entries, "exemption-query")}
    return tuple(_row_shown(row, kept, given.get(row.entry) if row.entry else None) for row in rows)


def _row_shown(row: ListRow, kept: ListQuery, given: Given | None) -> RowShown:
    cells, faults = open_row(row, kept)
    return RowShown(
        line=row.line,
        kvnr=cells[KVNR],
        permission=cells[PERMISSION],
        permission_until=cells[UNTIL],
        days=cells[DAYS],
        state=row.state,
        given=given,
        faults=faults,
        note=row.note,
    )


def start(list_query: UUID, asker: Asker, now: datetime) -> bool:
    """Starts a checked list in the name of this person; the second click starts nothing. False: none to start."""
    from zuzahlung.exemptions import tasks  # noqa: PLC0415 - the task works on what is kept here

    with acting_for(asker.institution):
        waiting = ListRow.objects.filter(list_query=list_query, state=ListRow.WAITING).count()
        started = waiting and ListQuery.objects.filter(id=list_query, state=CHECKED).update(
            state=RUNNING,
            started_at=now,
            worked_at=now,
            person=asker.actor.id,
            person_name=asker.actor.name,
            ik=asker.ik,
            institution_name=asker.name,
            service_kinds=list(asker.service_kinds),
        )
        if started:
            detail = {"list": str(list_query), "rows": waiting}
            journal.add(
                "list-query", actor=asker.actor, institution=asker.institution, now=now, detail=detail
            )
            tasks.work_list.defer(institution=str(asker.institution), list_query=str(list_query))
    return bool(started)


def discard(institution: UUID, list_query: UUID) -> None:
    """Erases a list that is not running; the answers it got stay in the Verlauf."""
    with acting_for(institution):
        ListQuery.objects.filter(id=list_query).exclude(state=RUNNING).delete()


def note_download(list_query: UUID, who: Actor, institution: UUID, now: datetime) -> None:
    """Notes in the journal that somebody takes the results away."""
    with acting_for(institution):
        detail = {"list": str(list_query)}
        journal.add("list-export", actor=who, institution=institution, now=now, detail=detail)


def forget(now: datetime) -> tuple[int, int]:
    """Erases what has had its time, of all institutions: how many repeats and how many lists.

    A list goes some days after it was done (setting), one that nobody started after 24 hours. The database
    looks at its own clock too, so that a wrong `now` erases nothing early.
    """
    days = settings.HOUSE.exemptions.list_kept_days
    with connection.cursor() as cursor:
        cursor.execute("select repeats, lists from exemptions_forget(%s, %s)", [now, days])
        repeats, lists = cursor.fetchone()
    return repeats, lists


def seal_row(cells: Sequence[str], faults: Sequence[str], list_query: ListQuery) -> bytes:
    """What the database keeps of a row; a fault may repeat what was typed, so it is sealed together with it."""
    return vault().seal(json.dumps([list(cells), list(faults)]).encode(), context=_context(list_query))


def open_row(row: ListRow, list_query: ListQuery) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The cells of a row and what is wrong with them."""
    cells, faults = json.loads(vault().open_sealed(bytes(row.sealed), context=_context(list_query)))
    return tuple(cells), tuple(faults)


def _context(list_query: ListQuery) -> bytes:
    return list_query.institution.bytes + list_query.id.bytes + b"list"
