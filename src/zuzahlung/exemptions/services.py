"""The query: asking the registry, deciding, and writing answer and journal entry as one thing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import Error, connection, transaction
from django.utils.crypto import salted_hmac
from psycopg.types.json import Jsonb

from zuzahlung.exemptions import prepared, registry, rules
from zuzahlung.exemptions.models import Quota, Repeat
from zuzahlung.exemptions.permission_texts import TEXT_VERSION, Permission
from zuzahlung.exemptions.source import Found, RegistryUnavailable
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Actor, acting_for
from zuzahlung.standards.copayment.status import Status
from zuzahlung.standards.days import first_instant, german_day
from zuzahlung.standards.numbers.kvnr import KVNR
from zuzahlung.vault import codes
from zuzahlung.vault.identifiers import answer_identifiers
from zuzahlung.vault.services import vault

REPEATS_COUNT_FOR = timedelta(hours=24)
"""How long a form or idempotency key gives the same answer again; `exemption_write` counts the same hours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What a practice asks: whose status, on which permission, for which days (none: today)."""

    kvnr: KVNR
    permission: Permission
    permission_until_on: date | None
    days: tuple[date, ...]
    permission_text: str = TEXT_VERSION
    """Version of the sentence that was shown and confirmed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """Who asks: the institution, and the person or key in its name."""

    institution: UUID
    ik: str
    name: str
    service_kinds: tuple[str, ...]
    actor: Actor


@dataclass(frozen=True, kw_only=True, slots=True)
class DayGiven:
    """The answer for one day as it was given."""

    day: date
    status: Status | None
    valid_until: date | None
    is_forecast: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """An answer that was given; it is read from its journal entry and never changes."""

    id: UUID
    number: str
    """The Auskunft-Nummer, in groups."""
    at: datetime
    institution: UUID
    ik: str
    institution_name: str
    actor: Actor
    kvnr: str
    initials: str
    result: str
    days: tuple[DayGiven, ...]
    key: int | None
    reason: str
    stand: date
    permission: Permission
    permission_text: str
    permission_until_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotaState:
    """What is left of today's quota, and since when the queries of this burst are counted."""

    per_day: int
    left: int
    unknown_per_day: int
    unknown_left: int
    per_burst: int
    burst_left: int
    burst_began_at: datetime | None

    @property
    def usable(self) -> int:
        """How many can still be asked today: none once too many numbers had no answer."""
        return self.left if self.unknown_left else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The answer, and what is left; `is_repeat` says that it was given before."""

    given: Given
    quota: QuotaState
    is_repeat: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Faulty:
    """The question cannot be asked like this: everything that is wrong with it."""

    faults: tuple[rules.Fault, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotaUsedUp:
    """No quota left: `which` is day, burst or unknown; the next query is heard from `free_at` on."""

    which: str
    limit: int
    free_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedDifferently:
    """The same form or idempotency key came with another question."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoInformation:
    """The source of the data is away: „zurzeit keine Auskunft"."""


Outcome = Answered | Faulty | QuotaUsedUp | AskedDifferently | NoInformation


def ask(
    question: Question,
    asker: Asker,
    *,
    now: datetime,
    repeat: str | None = None,
    counts_burst: bool = True,
    find: Callable[[], Found] | None = None,
) -> Outcome:
    """Answers one query. Answer and journal entry are written by one statement, or there is no answer.

    `repeat` names the form or idempotency key: the same one gives the same answer and counts once.
    Call it outside a transaction unless another row has to change together with the answer.
    """
    limits = settings.HOUSE.exemptions
    today = german_day(now)
    faults = faults_of(question, asker, today)
    if faults:
        return _given_before(question, asker, repeat, now) or Faulty(faults=faults)
    days = tuple(sorted(set(question.days))) or (today,)
    try:
        found = (find or (lambda: registry.find(question.kvnr)))()
    except RegistryUnavailable:
        return NoInformation()
    result, detail = _answer(found, days, today, asker)
    entry_id = answer_identifiers.at(now)
    initials = found.insured.initials if found.insured else ""
    subject = vault().fingerprint("kvnr", question.kvnr)
    repeat_id = _repeat_id(asker, repeat)
    sealed = vault().seal(
        json.dumps([question.kvnr, initials]).encode(), context=_sealed_context(asker.institution)
    )
    try:
        # Within a transaction a refusal takes back this statement alone.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            row = prepared.statement(
                _WRITE,
                (
                    entry_id, asker.institution, now, today, asker.actor.kind, asker.actor.id, asker.actor.name,
                    question.permission.value, question.permission_text, question.permission_until_on,
                    subject.digest, subject.key_id, list(days), result, Jsonb(detail), sealed,
                    journal.kept_until(now), repeat_id, repeat_id and _question_id(question),
                    limits.per_day, limits.per_burst, limits.burst_seconds, limits.unknown_per_day, counts_burst,
                ),
            )  # fmt: skip
    except Error as error:
        return _refusal(error, asker, now)
    if row[1]:
        return _answered_before(row[0], asker, now)
    given = _given(
        entry_id, now, asker.institution, asker.actor, result, detail,
        (question.kvnr, initials), question.permission, question.permission_text, question.permission_until_on,
    )  # fmt: skip
    return Answered(given=given, quota=_quota_state(*row[2:]), is_repeat=False)


def faults_of(question: Question, asker: Asker, today: date) -> tuple[rules.Fault, ...]:
    """Everything that is wrong with a question; nothing is counted for it."""
    limits = settings.HOUSE.exemptions
    permission = rules.faults_of_permission(
        question.permission, question.permission_until_on, today, settings=limits
    )
    days = rules.faults_of_days(question.days, today, settings=limits)
    if not question.days and demands_day(asker.service_kinds):
        days = (rules.fault_of_missing_day(),)
    return (*permission, *rules.faults_of_permission_text(question.permission_text), *days)


def demands_day(service_kinds: Sequence[str]) -> bool:
    """Says whether an institution with these service kinds has to name the Tag der Abgabe."""
    return rules.demands_day_of_service(service_kinds, settings=settings.HOUSE.exemptions)


def days_allowed(now: datetime) -> tuple[date, date]:
    """The first and the last day that may be asked about now."""
    return rules.days_allowed(german_day(now), settings=settings.HOUSE.exemptions)


def quota_of(institution: UUID, now: datetime) -> QuotaState:
    """What is left of today's quota; inside `acting_for` or not."""
    limits = settings.HOUSE.exemptions
    today = german_day(now)
    with acting_for(institution):
        row = Quota.objects.filter(institution=institution).first()
    row = row or Quota(on_day=today)
    used, unknown = (row.used, row.unknown) if row.on_day == today else (0, 0)
    is_burst = row.burst_at is not None and row.burst_at > now - timedelta(seconds=limits.burst_seconds)
    return _quota_state(
        limits.per_day if row.per_day is None else row.per_day,
        used,
        limits.unknown_per_day if row.unknown_per_day is None else row.unknown_per_day,
        unknown,
        limits.per_burst if row.per_burst is None else row.per_burst,
        *((row.burst_used, row.burst_at) if is_burst else (0, None)),
    )


def _quota_state(  # noqa: PLR0917 - the columns of a quota row, in their order
    per_day: int,
    used: int,
    unknown_per_day: int,
    unknown: int,
    per_burst: int,
    burst_used: int,
    burst_began_at: datetime | None,
) -> QuotaState:
    return QuotaState(
        per_day=per_day,
        left=max(per_day - used, 0),
        unknown_per_day=unknown_per_day,
        unknown_left=max(unknown_per_day - unknown, 0),
        per_burst=per_burst,
        burst_left=max(per_burst - burst_used, 0),
        burst_began_at=burst_began_at,
    )


def find_stand(now: datetime) -> date | None:
    """The day of the data that answer, or None while there is no answer."""
    return registry.find_stand(now)


def is_answered_elsewhere() -> bool:
    """Says whether a fund's own system answers, and not the registry in the house."""
    return registry.is_foreign()


def get_given(institution: UUID, entry: UUID) -> Given:
    """An answer of this institution as it was given; raises LookupError if it has none like it."""
    with acting_for(institution):
        return given_of(journal.get(entry, "exemption-query"))


def find_by_number(institution: UUID, number: str) -> Given | None:
    """The answer with this Auskunft-Nummer, if this institution got it."""
    low, high = codes.uuid7_range_of_number(number)
    with acting_for(institution):
        record = journal.find_between(low, high, "exemption-query")
    return None if record is None else given_of(record)


_WRITE = f"select * from exemption_write({', '.join(['%s'] * 24)})"  # noqa: S608 - nothing is put in


def _answer(found: Found, days: tuple[date, ...], today: date, asker: Asker) -> tuple[str, dict[str, Any]]:
    """The result in one word, and the answer as the journal keeps it."""
    detail: dict[str, Any] = {"ik": asker.ik, "name": asker.name, "stand": found.stand.isoformat()}
    if found.insured is None:
        detail |= {
            "days": [[day.isoformat(), None, None, day > today] for day in days],
            "key": None,
            "reason": "",
        }
        return rules.UNKNOWN, detail
    answer = rules.decide(
        found.insured,
        days,
        today,
        service_kinds=asker.service_kinds,
        settings=settings.HOUSE.exemptions,
    )
    detail |= {
        "days": [
            [
                one.day.isoformat(),
                one.status.value,
                one.valid_until and one.valid_until.isoformat(),
                one.is_forecast,
            ]
            for one in answer.days
        ],
        "key": None if answer.key.key is None else int(answer.key.key),
        "reason": _reason(answer),
    }
    return answer.result, detail


def _reason(answer: rules.Answer) -> str:
    """Why this key: of a day ahead nothing is said as a fact."""
    reason = answer.key.reason
    if any(one.is_forecast for one in answer.days):
        return f"Nach heutigem Stand {reason[0].lower()}{reason[1:]}"
    return reason


def _given(  # noqa: PLR0913, PLR0917 - the columns of an entry, in their order
    entry: UUID, at: datetime, institution: UUID, actor: Actor, result: str,
    detail: dict[str, Any], insured: Iterable[str], permission: str, text: str, until: date | None,
) -> Given:  # fmt: skip
    kvnr, initials = insured
    return Given(
        id=entry,
        number=codes.number_of_uuid7(entry),
        at=at,
        institution=institution,
        ik=detail["ik"],
        institution_name=detail["name"],
        actor=actor,
        kvnr=kvnr,
        initials=initials,
        result=result,
        days=tuple(
            DayGiven(
                day=date.fromisoformat(day),
                status=status and Status(status),
                valid_until=until_day and date.fromisoformat(until_day),
                is_forecast=is_forecast,
            )
            for day, status, until_day, is_forecast in detail["days"]
        ),
        key=detail["key"],
        reason=detail["reason"],
        stand=date.fromisoformat(detail["stand"]),
        permission=Permission(permission),
        permission_text=text,
        permission_until_on=until,
    )


def given_of(record: journal.Record) -> Given:
    """The answer that an entry of the journal holds."""
    opened = vault().open_sealed(record.sealed or b"", context=_sealed_context(record.institution))
    return _given(
        record.id, record.at, record.institution, record.actor, record.result or "",
        dict(record.detail), json.loads(opened), record.permission or "", record.permission_text or "",
        record.permission_until_on,
    )  # fmt: skip


def _sealed_context(institution: UUID) -> bytes:
    return institution.bytes + b"journal"


def _answered_before(entry: UUID, asker: Asker, now: datetime) -> Answered:
    given = get_given(asker.institution, entry)
    return Answered(given=given, quota=quota_of(asker.institution, now), is_repeat=True)


def _given_before(question: Question, asker: Asker, repeat: str | None, now: datetime) -> Answered | None:
    """The answer to a question that was right when it was first asked, before midnight for example."""
    repeat_id = _repeat_id(asker, repeat)
    if repeat_id is None:
        return None
    with acting_for(asker.institution):
        row = Repeat.objects.filter(id=repeat_id, at__gte=now - REPEATS_COUNT_FOR).first()
    if row is None or bytes(row.question) != _question_id(question):
        return None
    return _answered_before(row.entry, asker, now)


def _repeat_id(asker: Asker, repeat: str | None) -> bytes | None:
    """A form or idempotency key counts for its person or key alone."""
    if repeat is None or asker.actor.id is None:
        return None
    return _kept_apart("repeat", f"{asker.actor.id} {repeat}")


def _question_id(question: Question) -> bytes:
    """Tells two questions apart, as they were asked, without storing whose they are."""
    parts = (
        question.kvnr,
        question.permission.value,
        str(question.permission_until_on),
        *(day.isoformat() for day in sorted(set(question.days))),
    )
    return _kept_apart("question", "\x1f".join(parts))


def _kept_apart(purpose: str, text: str) -> bytes:
    """What is kept for a day of a form that may come again: without the house's secret nobody gets back.

    The vault's keys would do as well, but they change, and a form sent twice around a change must stay one query.
    """
    return salted_hmac(f"zuzahlung.exemptions.{purpose}", text, algorithm="sha256").digest()


def _refusal(error: Error, asker: Asker, now: datetime) -> Outcome:
    cause = error.__cause__
    code = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    if code == "ZQ002":
        return AskedDifferently()
    if code != "ZQ001":
        raise error
    state = quota_of(asker.institution, now)
    tomorrow = first_instant(german_day(now) + timedelta(days=1))
    if state.left == 0:
        return QuotaUsedUp(which="day", limit=state.per_day, free_at=tomorrow)
    if state.unknown_left == 0:
        return QuotaUsedUp(which="unknown", limit=state.unknown_per_day, free_at=tomorrow)
    burst = timedelta(seconds=settings.HOUSE.exemptions.burst_seconds)
    return QuotaUsedUp(which="burst", limit=state.per_burst, free_at=(state.burst_began_at or now) + burst)
