"""The import of a stand: a delivery is read, checked and compared, and replaces the old stand at once and wholly.

Until the very end the old stand is served, and nobody who asks is held up. A delivery that looks cut or
broken waits for the operator, who releases or refuses it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, transaction

from zuzahlung.exemptions import stands
from zuzahlung.exemptions.deliveries import Delivery, Refused, open_delivery
from zuzahlung.exemptions.delivery_faults import FaultList
from zuzahlung.exemptions.delivery_lines import reader_for
from zuzahlung.exemptions.models import Stand
from zuzahlung.exemptions.reading import Reading
from zuzahlung.exemptions.registry_rows import RowWriter
from zuzahlung.exemptions.waiting import reasons_to_wait
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor
from zuzahlung.standards.days import format_day, german_day
from zuzahlung.vault.services import vault

REPEATED_IN_MEMORY = 200_000
BROKEN_OFF = Refused("Der Import wurde abgebrochen.")


class Step(StrEnum):
    """What an import is doing, in words for the person who watches it."""

    READING = "Lesen"
    SETTLING = "Mehrfach genannte Versicherte abgleichen"
    INDEXING = "Index bauen"
    COMPARING = "Mit dem bisherigen Stand vergleichen"
    SERVING = "Neuen Stand in Kraft setzen"
    CLEARING = "Bisherigen Stand entfernen"


Tell = Callable[[Step, int, int | None], None]
"""Hears of each step, and while reading of the lines read and their estimated number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """A stand that was read: served, or waiting for the operator for the reasons in `waits`.

    `insured_left_out` are those of whom another line is faulty; `seconds` go from the file to here.
    """

    stand: int
    day: date
    lines: int
    insured: int
    faulty: int
    first_faults: tuple[tuple[int, str], ...]
    fault_file: Path | None
    insured_left_out: int
    missing: int
    waits: tuple[str, ...]
    note: str
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class NotImported:
    """The delivery was refused, and the old stand is served on."""

    stand: int
    reason: str
    line: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AnotherRuns:
    """Somebody else is importing; nothing was done."""


def import_delivery(
    path: Path, *, day: date, now: datetime, tell: Tell = lambda *_: None
) -> Imported | NotImported | AnotherRuns:
    """Imports a file as the stand of a day. It runs as the operator's role, outside of any transaction."""
    began = time.monotonic()
    with stands.alone() as is_alone:
        if not is_alone:
            return AnotherRuns()
        for killed in Stand.objects.filter(state=Stand.LOADING):
            _refuse(killed, BROKEN_OFF, now)
        stands.clear_up()
        stand = Stand.objects.create(
            day=day, key_id=vault().fingerprint_key(), file_name=path.name, started_at=now
        )
        running = _Import(stand, began=began, now=now, tell=tell)
        try:
            done = running.run(path)
        except Refused as refused:
            _refuse(stand, refused, now, report=running.report())
            return NotImported(stand=stand.id, reason=refused.reason, line=refused.line)
        except BaseException:
            with suppress(Error):
                _refuse(stand, BROKEN_OFF, now, report=running.report())
            raise
        if running.has_replaced:
            tell(Step.CLEARING, done.lines, done.lines)
        stands.clear_up()
        return done


def release_stand(stand_id: int, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Puts a waiting stand into service by decision of the operator; says no if it waits no more.

    Who released it, when and why is kept beside the reasons for which it had waited.
    """
    with transaction.atomic():
        stand = _waiting(stand_id)
        if stand is None:
            return False
        stand.report = {
            **stand.report,
            "released": {"by": actor.name, "at": now.isoformat(), "reason": reason},
        }
        _serve(stand, "registry-released", actor=actor, now=now, reason=reason)
    return True


def refuse_stand(stand_id: int, *, actor: Actor, now: datetime) -> bool:
    """Gives up a waiting stand by decision of the operator; says no if it waits no more."""
    with transaction.atomic():
        stand = _waiting(stand_id)
        if stand is None:
            return False
        _give_up(stand, Refused("Der Betreiber hat den Stand abgelehnt."))
        journal.add("registry-refused", actor=actor, institution=None, now=now, detail=_journalled(stand))
    stands.clear_up()
    return True


class _Import:
    """One import on its way; the steps stand below in their order."""

    def __init__(self, stand: Stand, *, began: float, now: datetime, tell: Tell) -> None:
        self._stand = stand
        self._began = began
        self._now = now
        self._today = german_day(now)
        self._tell = tell
        self._limits = settings.HOUSE.exemptions
        self._fingerprint = vault().fingerprinter("kvnr", stand.key_id)
        self._faults = FaultList(settings.VAR / "imports" / f"stand-{stand.id}-fehler.csv")
        self._lines = 0
        self._left_out = 0
        self._note = ""
        self.has_replaced = False

    def run(self, path: Path) -> Imported:
        """Reads the file into its table in one transaction, and serves it in a second one.

        Whoever sees the new stand served has also heard that its table is there, because these are two.
        """
        if self._stand.day > self._today:
            raise Refused("Der Tag des Standes liegt in der Zukunft.")
        most = self._limits.import_bytes
        with self._faults, open_delivery(path, most_bytes=most) as delivery, transaction.atomic():
            self._load(delivery)
            waits = self._compare()
            self._finish(waits)
        if not waits:
            self._tell(Step.SERVING, self._lines, self._lines)
            with transaction.atomic():
                self.has_replaced = _serve(
                    self._stand, "registry-served", actor=journal.SYSTEM, now=self._at()
                )
        return self._imported(waits)

    def report(self) -> dict[str, Any]:
        """What is known of the delivery so far."""
        return {
            "lines": self._lines,
            "reasons": self._faults.reasons,
            "first": [list(fault) for fault in self._faults.first],
            "file": str(self._faults.path) if self._faults.count else "",
            "leftOut": self._left_out,
            "note": self._note,
            "seconds": round(time.monotonic() - self._began, 1),
        }

    def _load(self, delivery: Delivery) -> None:
        stand = self._stand.id
        reader = reader_for(delivery, today=self._today)
        reading = Reading(delivery, reader, self._faults, self._tell_lines)
        stands.prepare(stand)
        stands.fill(stand, reading.rows(RowWriter(stand, self._fingerprint, today=self._today)))
        if self._faults.count:
            self._left_out = stands.forget_spoiled(stand)
        if not self._seal():
            self._settle(reading)
            if not self._seal():
                raise RuntimeError("an insured stands twice in the table although all were united")
        if not self._stand.insured:
            raise Refused("Die Datei nennt keinen Versicherten, der sich übernehmen ließe.")

    def _seal(self) -> bool:
        self._tell(Step.INDEXING, self._lines, self._lines)
        self._stand.insured = stands.insured(self._stand.id)
        return stands.seal(self._stand.id)

    def _settle(self, reading: Reading) -> None:
        """Reads the file again for those who stand in it twice: only now it is known who they are."""
        self._tell(Step.SETTLING, self._lines, self._lines)
        repeated = stands.repeated(self._stand.id, at_most=REPEATED_IN_MEMORY)
        self._left_out += stands.settle(self._stand.id, reading.lines_of(repeated, self._fingerprint))
        for number in stands.contradicting_lines():
            self._faults.add(number, "Die Zeile widerspricht einer anderen Zeile mit derselben KVNR.")

    def _tell_lines(self, lines: int, estimate: int | None) -> None:
        self._lines = lines
        self._tell(Step.READING, lines, estimate)

    def _compare(self) -> tuple[str, ...]:
        """Why this stand has to wait for the operator, if it has to."""
        self._tell(Step.COMPARING, self._lines, self._lines)
        stand = self._stand
        stand.faulty = self._faults.count
        old = Stand.objects.filter(state=Stand.SERVED).first()
        if old is not None and old.key_id == stand.key_id:
            stand.missing = stands.missing(old=old.id, new=stand.id)
        elif old is not None:
            # Fingerprints under two keys cannot be compared, and the numbers behind the old ones nobody knows.
            stand.missing = max(0, old.insured - stand.insured)
            self._note = "Der Schlüssel wurde gewechselt; verglichen wurde nur die Zahl der Versicherten."
        return reasons_to_wait(
            faulty=stand.faulty, lines=self._lines, missing=stand.missing, old_insured=old.insured if old else 0,
            day=stand.day, old_day=old.day if old else None, limits=self._limits,
        )  # fmt: skip

    def _finish(self, waits: tuple[str, ...]) -> None:
        stand = self._stand
        stand.finished_at = self._at()
        stand.state = Stand.WAITING if waits else Stand.LOADING
        stand.report = {**self.report(), "waits": list(waits)}
        stand.save()
        if waits:
            _supersede(stand)
            journal.add(
                "registry-waiting",
                actor=journal.SYSTEM,
                institution=None,
                now=self._at(),
                detail=_journalled(stand),
            )

    def _imported(self, waits: tuple[str, ...]) -> Imported:
        return Imported(
            stand=self._stand.id, day=self._stand.day, lines=self._lines, insured=self._stand.insured,
            faulty=self._faults.count, first_faults=tuple(self._faults.first),
            fault_file=self._faults.path if self._faults.count else None, insured_left_out=self._left_out,
            missing=self._stand.missing, waits=waits, note=self._note, seconds=time.monotonic() - self._began,
        )  # fmt: skip

    def _at(self) -> datetime:
        """The time now, by the time at which the import began."""
        return self._now + timedelta(seconds=time.monotonic() - self._began)


def _waiting(stand_id: int) -> Stand | None:
    return Stand.objects.select_for_update().filter(id=stand_id, state=Stand.WAITING).first()


def _serve(stand: Stand, action: str, *, actor: Actor, now: datetime, reason: str | None = None) -> bool:
    """Replaces the served stand, and says whether there was one.

    The whole change is two rows, and its journal entry comes with it.
    """
    # In this order, or a release at the same moment and we would wait for each other.
    _supersede(stand)
    replaced = Stand.objects.filter(state=Stand.SERVED).update(state=Stand.REPLACED)
    stand.state, stand.served_at = Stand.SERVED, now
    stand.save(update_fields=["state", "served_at", "report"])
    detail = _journalled(stand) if reason is None else {**_journalled(stand), "reason": reason}
    journal.add(action, actor=actor, institution=None, now=now, detail=detail)
    return bool(replaced)


def _supersede(stand: Stand) -> None:
    """Gives up the stand that waits, if there is one: a newer delivery was read."""
    for older in Stand.objects.select_for_update().filter(state=Stand.WAITING).exclude(id=stand.id):
        words = f"Bevor er galt, trat die Lieferung vom {format_day(stand.day)} an seine Stelle (Stand {stand.id})."
        _give_up(older, Refused(words), superseded=True)


def _refuse(stand: Stand, refused: Refused, now: datetime, *, report: dict[str, Any] | None = None) -> None:
    """Ends an import that came to nothing; one that was served at the very last moment stays served."""
    with transaction.atomic():
        loading = Stand.objects.select_for_update().filter(id=stand.id, state=Stand.LOADING).first()
        if loading is None:
            return
        loading.report = report or loading.report
        _give_up(loading, refused)
        journal.add(
            "registry-refused", actor=journal.SYSTEM, institution=None, now=now, detail=_journalled(loading)
        )


def _give_up(stand: Stand, refused: Refused, *, superseded: bool = False) -> None:
    stand.state = Stand.REFUSED
    why: dict[str, Any] = {"reason": refused.reason, "line": refused.line}
    stand.report = {**stand.report, "refused": {**why, "superseded": True} if superseded else why}
    stand.save(update_fields=["state", "report"])


def _journalled(stand: Stand) -> dict[str, Any]:
    return {
        "stand": stand.id,
        "day": stand.day.isoformat(),
        "insured": stand.insured,
        "faulty": stand.faulty,
        "missing": stand.missing,
        **({"refused": stand.report["refused"]["reason"]} if "refused" in stand.report else {}),
    }
