"""The directory of institutions: taken in from a file, looked up, and mended by the operator."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from uuid_utils.compat import uuid7

from zuzahlung.accounts.directory_file import FaultyLine, Row, UnreadableDirectory, read
from zuzahlung.accounts.models import Institution
from zuzahlung.accounts.services import letters
from zuzahlung.accounts.services.notices import notify
from zuzahlung.delivery import operating
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor

Progress = Callable[[int, int | None], None]

SHOWN_FAULTS = 100
ADDRESS = ("name", "street", "postcode", "city")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportReport:
    """What an import did; `faults` are the first of all `faulty` lines.

    `missing` were marked because a complete file did not name them, `unnamed` were left as they are.
    """

    lines: int
    new: int
    returned: int
    moved: int
    changed: int
    missing: int
    unnamed: int
    without_address: int
    letters_withdrawn: int
    faulty: int
    faults: tuple[FaultyLine, ...]


class DirectoryRefused(Exception):
    """The file was not taken in and nothing has changed; `text` says why, `faults` which lines are wrong."""

    def __init__(self, text: str, faults: Collection[FaultyLine] = ()) -> None:
        super().__init__("directory refused")
        self.text = text
        self.faults = tuple(faults)


def import_institutions(
    path: Path,
    *,
    is_complete: bool,
    may_miss_many: bool = False,
    actor: Actor,
    now: datetime,
    progress: Progress,
) -> ImportReport:
    """Takes in a directory, wholly or not at all; raises `DirectoryRefused`.

    With `is_complete` institutions that the file does not name are marked as missing: they get no letters, and
    the operator decides what else. Letters that were ordered to an older address and not yet posted are
    ordered anew.
    """
    try:
        return _import(
            path,
            is_complete=is_complete,
            may_miss_many=may_miss_many,
            actor=actor,
            now=now,
            progress=progress,
        )
    except DirectoryRefused as refused:
        detail = {"file": path.name, "faulty": len(refused.faults)}
        journal.add("directory-refused", actor=actor, institution=None, now=now, detail=detail)
        raise


def _import(
    path: Path, *, is_complete: bool, may_miss_many: bool, actor: Actor, now: datetime, progress: Progress
) -> ImportReport:
    limits = settings.HOUSE.accounts
    if path.stat().st_size > limits.directory_bytes:
        raise DirectoryRefused(f"Die Datei ist größer als {limits.directory_bytes:,} Byte.".replace(",", "."))
    with transaction.atomic():
        _begin()
        with path.open("rb") as file:
            loaded = _load(file, now, progress)
        _refuse_faulty(loaded, limits.directory_faulty_share)
        counts = _counts()
        if is_complete and not may_miss_many:
            _refuse_missing(counts, limits.directory_missing_share)
        moved = _moved_with_account()
        _write(now, is_complete=is_complete)
        withdrawn = _follow(moved, actor, now) + _end_letters_of_missing(now, actor)
        report = ImportReport(
            lines=loaded.lines,
            new=counts["new"],
            returned=counts["returned"],
            moved=counts["moved"],
            changed=counts["changed"],
            missing=counts["missing"] if is_complete else 0,
            unnamed=0 if is_complete else counts["missing"],
            without_address=counts["without_address"],
            letters_withdrawn=withdrawn,
            faulty=loaded.faulty,
            faults=tuple(loaded.faults),
        )
        detail = {name: value for name, value in asdict(report).items() if name != "faults"}
        detail |= {"file": path.name, "complete": is_complete}
        journal.add("directory-import", actor=actor, institution=None, now=now, detail=detail)
    return report


def _begin() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended('directory', 0))")
        if not cursor.fetchone()[0]:
            raise DirectoryRefused(
                "Es wird gerade schon ein Verzeichnis eingespielt. Bitte warten Sie, bis es fertig ist."
            )
        cursor.execute(
            """
            create temporary table directory_new (
                id uuid not null, ik varchar(9) primary key, name varchar(200) not null,
                street varchar(200) not null, postcode varchar(10) not null, city varchar(100) not null,
                service_kinds varchar(40)[] not null
            ) on commit drop;
            create temporary table directory_faulty (ik varchar(9) primary key) on commit drop
            """
        )


@dataclass(kw_only=True, slots=True)
class _Loaded:
    lines: int = 0
    faulty: int = 0
    faults: list[FaultyLine] = field(default_factory=list)
    faulty_iks: set[str] = field(default_factory=set)

    def note(self, fault: FaultyLine) -> None:
        self.faulty += 1
        if len(self.faults) < SHOWN_FAULTS:
            self.faults.append(fault)
        if fault.ik is not None:
            self.faulty_iks.add(fault.ik)


def _load(file: BinaryIO, now: datetime, progress: Progress) -> _Loaded:
    """Copies the good lines into the temporary table, and keeps the faulty ones apart."""
    loaded = _Loaded()
    with connection.cursor() as cursor:
        with cursor.copy(
            "copy directory_new (id, ik, name, street, postcode, city, service_kinds) from stdin"
        ) as copy:
            for row in _good_rows(file, loaded, progress):
                copy.write_row(
                    (uuid7(), row.ik, row.name, row.street, row.postcode, row.city, list(row.service_kinds))
                )
        cursor.execute("insert into directory_faulty select unnest(%s::varchar[])", [list(loaded.faulty_iks)])
        cursor.execute("analyze directory_new")
    return loaded


def _good_rows(file: BinaryIO, loaded: _Loaded, progress: Progress) -> Iterator[Row]:
    try:
        for one in read(file):
            loaded.lines += 1
            if loaded.lines % 1000 == 0:
                progress(loaded.lines, None)
            if isinstance(one, Row):
                yield one
            else:
                loaded.note(one)
    except UnreadableDirectory as error:
        raise DirectoryRefused(error.text, loaded.faults) from None
    progress(loaded.lines, loaded.lines)


def _refuse_faulty(loaded: _Loaded, share: float) -> None:
    if loaded.lines == loaded.faulty:
        raise DirectoryRefused("Die Datei enthält keine einzige brauchbare Zeile.", loaded.faults)
    if loaded.faulty > loaded.lines * share:
        raise DirectoryRefused(
            f"{loaded.faulty} von {loaded.lines} Zeilen sind fehlerhaft, erlaubt sind {_percent(share)}. "
            "Bitte berichtigen Sie die Datei.",
            loaded.faults,
        )


def _refuse_missing(counts: Mapping[str, int], share: float) -> None:
    if counts["missing"] > counts["known"] * share:
        raise DirectoryRefused(
            f"In der Datei fehlen {counts['missing']} von {counts['known']} bekannten Einrichtungen, ohne "
            f"Rückfrage erlaubt sind {_percent(share)}. Ist die Datei wirklich vollständig, dann mit --missing-ok."
        )


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %".replace(".", ",").replace(",0 %", " %")


_MOVED = "(i.name, i.street, i.postcode, i.city) is distinct from (n.name, n.street, n.postcode, n.city)"
# Those whom the operator added by hand were in no file yet: that this one lacks them says nothing.
_MISSING = """
    i.missing_at is null and i.imported_at is not null
    and not exists (select from directory_new n where n.ik = i.ik)
    and not exists (select from directory_faulty f where f.ik = i.ik)
"""


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select count(*) filter (where i.id is null) as new,
                   count(*) filter (where i.missing_at is not null) as returned,
                   count(*) filter (where i.id is not null and {_MOVED}) as moved,
                   count(*) filter (where i.id is not null and i.service_kinds is distinct from n.service_kinds)
                       as changed,
                   count(*) filter (where '' in (n.street, n.postcode, n.city)) as without_address,
                   (select count(*) from accounts_institution i where i.missing_at is null) as known,
                   (select count(*) from accounts_institution i where {_MISSING}) as missing
              from directory_new n left join accounts_institution i using (ik)
            """  # noqa: S608 - both pieces are constants above
        )
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def _moved_with_account() -> list[Institution]:
    """Institutions with an account whose name or address will change, as they are now."""
    return list(
        Institution.objects.raw(
            f"""
            select i.* from directory_new n join accounts_institution i using (ik)
             where {_MOVED} and exists (
                select p.id from accounts_person p where p.institution = i.id and p.state <> 'left')
             order by i.ik
            """  # noqa: S608 - a constant above
        )
    )


def _write(now: datetime, *, is_complete: bool) -> None:
    with connection.cursor() as cursor:
        if is_complete:
            cursor.execute(f"update accounts_institution i set missing_at = %s where {_MISSING}", [now])  # noqa: S608
        cursor.execute(
            """
            insert into accounts_institution
                   (id, ik, name, street, postcode, city, service_kinds, imported_at)
            select id, ik, name, street, postcode, city, service_kinds, %s from directory_new
            on conflict (ik) do update set
                name = excluded.name, street = excluded.street, postcode = excluded.postcode,
                city = excluded.city, service_kinds = excluded.service_kinds,
                imported_at = excluded.imported_at, missing_at = null
            """,
            [now],
        )


def _follow(moved: Collection[Institution], actor: Actor, now: datetime) -> int:
    """Journals each move of an institution with an account, and lets its letters follow."""
    withdrawn = 0
    after = Institution.objects.in_bulk([before.id for before in moved])
    for before in moved:
        withdrawn += _moved(before, after[before.id], actor, now)
    return withdrawn


def _end_letters_of_missing(now: datetime, actor: Actor) -> int:
    missing = Institution.objects.filter(missing_at=now).only(*ADDRESS, "missing_at", "removed_at")
    open_ones = {
        line.institution for line in operating.open_letters(list(missing.values_list("id", flat=True)))
    }
    return sum(letters.readdress(one, actor=actor, now=now) for one in missing.filter(id__in=open_ones))


def _moved(before: Institution, after: Institution, actor: Actor, now: datetime) -> int:
    changed = changes(before, after)
    journal.add("address-changed", actor=actor, institution=after.id, now=now, detail={"changes": changed})
    return letters.readdress(after, actor=actor, now=now)


def changes(before: Institution, after: Institution) -> dict[str, list[Any]]:
    """What differs between two states of an institution: for each field, before and after."""
    return {
        name: [getattr(before, name), getattr(after, name)]
        for name in (*ADDRESS, "service_kinds")
        if getattr(before, name) != getattr(after, name)
    }


def add(institution: Institution, *, actor: Actor, now: datetime) -> None:
    """Adds an institution that no file names; a later complete file does not remove it."""
    with transaction.atomic():
        institution.save(force_insert=True)
        values = {name: getattr(institution, name) for name in ("ik", *ADDRESS, "service_kinds")}
        journal.add("institution-added", actor=actor, institution=institution.id, now=now, detail=values)


def change(institution: Institution, *, actor: Actor, now: datetime) -> int:
    """Changes name, address and service kinds; letters not yet posted are ordered anew.

    The next import writes over it what its file says. Returns how many letters were withdrawn.
    """
    with transaction.atomic():
        before = Institution.objects.select_for_update().get(id=institution.id)
        changed = changes(before, institution)
        if not changed:
            return 0
        institution.save(update_fields=list(changed))
        journal.add(
            "address-changed", actor=actor, institution=institution.id, now=now, detail={"changes": changed}
        )
        if set(changed) <= {"service_kinds"}:
            return 0
        return letters.readdress(institution, actor=actor, now=now)


def remove(institution: UUID, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Takes an institution out: from the next click on none of its people and keys is let in, no letter goes out.

    Everything stays as it is for the day on which it is taken in again. False where it was out already.
    """
    with transaction.atomic():
        row = Institution.objects.select_for_update().get(id=institution)
        if row.removed_at is not None:
            return False
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        journal.add(
            "institution-removed", actor=actor, institution=row.id, now=now, detail={"reason": reason}
        )
        notify(row.id, "institution-removed", now)
        letters.readdress(row, actor=actor, now=now)
    return True


def readmit(institution: UUID, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Takes an institution back that was taken out; False where it was in."""
    with transaction.atomic():
        row = Institution.objects.select_for_update().get(id=institution)
        if row.removed_at is None:
            return False
        row.removed_at = None
        row.save(update_fields=["removed_at"])
        journal.add(
            "institution-readmitted", actor=actor, institution=row.id, now=now, detail={"reason": reason}
        )
        notify(row.id, "institution-readmitted", now)
    return True


def names_of(institutions: Collection[UUID]) -> dict[UUID, str]:
    """IK and name of each of these institutions, in one query."""
    rows = Institution.objects.filter(id__in=institutions).only("id", "ik", "name")
    return {row.id: str(row) for row in rows}


def find(ik: str) -> UUID | None:
    """The institution with this IK, removed or not."""
    return Institution.objects.filter(ik=ik).values_list("id", flat=True).first()
