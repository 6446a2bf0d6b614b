"""The one implementation of the JSON interface: plain values of a request in, plain values of a response out."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections

from zuzahlung.api import about, answers, findings, problems, questions
from zuzahlung.api.calls import Call, Headers, Reply, refusal
from zuzahlung.api.entrance import asker_of, open_for
from zuzahlung.api.problems import Problem
from zuzahlung.api.questions import Flawed
from zuzahlung.api.silence import watch
from zuzahlung.exemptions import services
from zuzahlung.exemptions.services import Asker, Question
from zuzahlung.standards.days import format_moment_after, german_day
from zuzahlung.vault import codes

SECONDS_TO_RETRY = "30"
READING = ("GET", "HEAD")
_log = logging.getLogger(__name__)


def is_ours(path: str) -> bool:
    """Says whether this path is answered here."""
    return path.startswith(answers.ADDRESS) and path[len(answers.ADDRESS) :][:1] in ("", "/")


def answer(call: Call) -> Reply:
    """Answers a request. It never raises, and what it logs names neither insured nor key."""
    waiting = watch.begin(connections[DEFAULT_DB_ALIAS])
    try:
        outcome = _answer(call)
    except (OperationalError, InterfaceError):
        connection.close()
        outcome = no_information(call.now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a problem document
        _note(error)
        outcome = Problem(kind=problems.INTERNAL_ERROR)
    finally:
        watch.end(waiting)
    return outcome if isinstance(outcome, Reply) else refusal(outcome)


def _answer(call: Call) -> Reply | Problem:
    if call.path == about.INSTITUTION:
        return _institution(call)
    number = call.path[len(answers.ADDRESS) + 1 :]
    if call.path == answers.ADDRESS:
        return _post(call) if call.method == "POST" else _wrong_method("POST")
    if not number or "/" in number:
        return Problem(kind=problems.NO_SUCH_ADDRESS)
    return _get(call, number) if call.method in READING else _wrong_method(", ".join(READING))


def _post(call: Call) -> Reply | Problem:
    """Answers a query. The body is read first but told about last: whoever has no key learns nothing of it."""
    question = _question(call)
    opened = open_for(call, question.kvnr if isinstance(question, Question) else None)
    if isinstance(opened, Problem):
        return opened
    holder, find = opened
    asker = asker_of(holder)
    if isinstance(question, Flawed):
        return _flawed(question, asker, call.now)
    if isinstance(question, Problem):
        return question
    outcome = services.ask(question, asker, now=call.now, repeat=call.idempotency_key, find=find)
    return _reply(outcome, asker, call.now)


def _flawed(question: Flawed, asker: Asker, now: datetime) -> Problem:
    """Everything that is wrong at once: the form of one member is no reason to be silent about the rules of another."""
    today = german_day(now)
    readable = questions.readable(question, today)
    faults = services.faults_of(readable, asker, today) if readable is not None else ()
    return findings.faulty([*question.findings, *map(findings.of_fault, faults)])


def _institution(call: Call) -> Reply | Problem:
    opened = open_for(call, None)
    if isinstance(opened, Problem):
        return opened
    holder = opened[0]
    quota = services.quota_of(holder.institution, call.now)
    return Reply(
        status=200,
        headers=[
            ("Content-Type", answers.CONTENT_TYPE),
            *answers.quota_headers(quota, call.now),
        ],
        body=about.institution(holder, quota, call.now),
    )


def _get(call: Call, number: str) -> Reply | Problem:
    opened = open_for(call, None)
    if isinstance(opened, Problem):
        return opened
    institution = opened[0].institution
    try:
        given = services.find_by_number(institution, number)
    except codes.CodeError:
        given = None
    if given is None:
        return Problem(kind=problems.NO_SUCH_ANSWER)
    quota = services.quota_of(institution, call.now)
    return _json(given, answers.quota_headers(quota, call.now))


def _question(call: Call) -> Question | Flawed | Problem:
    if call.body is None:
        return Problem(kind=problems.BODY_TOO_LARGE)
    if not _is_json(call.content_type) or call.content_encoding.lower() not in ("", "identity"):
        return Problem(kind=problems.WRONG_CONTENT_TYPE)
    return questions.read(call.body, call.idempotency_key)


def _is_json(content_type: str) -> bool:
    if content_type == "application/json":
        return True
    essence, _, parameters = content_type.lower().partition(";")
    named = parameters.strip().removeprefix("charset=").strip('"')
    return essence.strip() == "application/json" and named in ("", "utf-8")


def _reply(outcome: services.Outcome, asker: Asker, now: datetime) -> Reply | Problem:
    match outcome:
        case services.Answered():
            return _json(outcome.given, answers.quota_headers(outcome.quota, now))
        case services.Faulty():
            return findings.faulty([findings.of_fault(fault) for fault in outcome.faults])
        case services.QuotaUsedUp():
            return _quota_used_up(outcome, asker, now)
        case services.AskedDifferently():
            return Problem(kind=problems.IDEMPOTENCY_KEY_USED)
        case services.NoInformation():
            return no_information(now)
        case _:
            assert_never(outcome)


_QUOTA_TEXTS: Mapping[str, str] = {
    "day": "Für heute sind alle {limit} Abfragen verbraucht. Ab {again} geht es weiter.",
    "burst": "Es sind höchstens {limit} Abfragen kurz hintereinander möglich. Ab {again} geht es weiter.",
    "unknown": "Heute gab es schon {limit} Nummern ohne Auskunft. Zum Schutz der Versicherten geht es ab {again} "
    "weiter.",
}


def _quota_used_up(outcome: services.QuotaUsedUp, asker: Asker, now: datetime) -> Problem:
    again = format_moment_after(outcome.free_at)
    return Problem(
        kind=problems.QUOTA_USED_UP,
        text=_QUOTA_TEXTS[outcome.which].format(limit=outcome.limit, again=again),
        members={"quota": outcome.which, "limit": outcome.limit, "freeAt": outcome.free_at},
        headers=[
            ("Retry-After", str(answers.seconds_until(outcome.free_at, now))),
            *answers.quota_headers(services.quota_of(asker.institution, now), now),
        ],
    )


def no_information(now: datetime) -> Problem:
    """What is said while the database or the source of the data is away."""
    return Problem(
        kind=problems.NO_INFORMATION, members={"at": now}, headers=[("Retry-After", SECONDS_TO_RETRY)]
    )


def _wrong_method(allowed: str) -> Problem:
    return Problem(kind=problems.METHOD_NOT_ALLOWED, headers=[("Allow", allowed)])


def _json(given: services.Given, headers: Headers) -> Reply:
    return Reply(
        status=200,
        headers=[
            ("Content-Type", answers.CONTENT_TYPE),
            ("Content-Location", answers.address(given)),
            *headers,
        ],
        body=answers.document(given),
    )


def _note(error: Exception) -> None:
    """Logs what happened and where; the error's own text may hold what was sent, so it stays out."""
    places = traceback.extract_tb(error.__traceback__)[-5:]
    where = " < ".join(f"{place.filename}:{place.lineno}" for place in reversed(places))
    _log.error("%s in the JSON interface at %s", type(error).__name__, where)
