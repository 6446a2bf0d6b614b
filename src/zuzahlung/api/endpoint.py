"""The one implementation of the JSON interface: plain values of a request in, plain values of a response out."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from django.db import InterfaceError, OperationalError, connection

from zuzahlung.accounts.services import keys, throttle
from zuzahlung.api import answers, problems, questions
from zuzahlung.api.guessing import guessing
from zuzahlung.api.problems import Problem
from zuzahlung.exemptions import registry, services
from zuzahlung.exemptions.registry import KeyHolder
from zuzahlung.exemptions.services import Asker, Question
from zuzahlung.journal.services import Actor
from zuzahlung.standards.days import format_moment
from zuzahlung.standards.numbers.kvnr import KVNR
from zuzahlung.vault import codes

Headers = list[tuple[str, str]]
SECONDS_TO_RETRY = "30"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request, as far as it matters here. `body` is None where it was larger than `questions.MOST_BYTES`."""

    method: str
    path: str
    authorization: str
    content_type: str
    content_encoding: str
    idempotency_key: str | None
    body: bytes | None
    address: str
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A response; its length and the headers of the house are added by whoever sends it."""

    status: int
    headers: Headers
    body: bytes


def call_of(environ: Mapping[str, Any], now: datetime) -> Call:
    """The request in a WSGI environment; no more of its body is read than a question may have."""
    return Call(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        content_type=environ.get("CONTENT_TYPE", ""),
        content_encoding=environ.get("HTTP_CONTENT_ENCODING", ""),
        idempotency_key=environ.get("HTTP_IDEMPOTENCY_KEY"),
        body=_body(environ),
        address=environ.get("REMOTE_ADDR", ""),
        now=now,
    )


def _body(environ: Mapping[str, Any]) -> bytes | None:
    most = questions.MOST_BYTES
    given = environ.get("CONTENT_LENGTH") or ""
    if given.isdecimal():
        wanted = int(given)
    elif environ.get("wsgi.input_terminated"):
        # A body that comes in chunks does not say how long it is; one byte too many is enough to know.
        wanted = most + 1
    else:
        return b""
    if wanted > most + 1:
        return None
    body: bytes = environ["wsgi.input"].read(wanted)
    return body if len(body) <= most else None


def is_ours(path: str) -> bool:
    """Says whether this path is answered here."""
    return path.startswith(answers.ADDRESS) and path[len(answers.ADDRESS) :][:1] in ("", "/")


def answer(call: Call) -> Reply:
    """Answers a request. It never raises, and what it logs names neither insured nor key."""
    try:
        outcome = _answer(call)
    except (OperationalError, InterfaceError):
        connection.close()
        outcome = _no_information(call.now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a problem document
        _note(error)
        outcome = Problem(kind=problems.INTERNAL_ERROR)
    return outcome if isinstance(outcome, Reply) else refusal(outcome)


def _answer(call: Call) -> Reply | Problem:
    number = call.path[len(answers.ADDRESS) + 1 :]
    if call.path == answers.ADDRESS:
        return _post(call) if call.method == "POST" else _wrong_method("POST")
    if not number or "/" in number:
        return Problem(kind=problems.NO_SUCH_ADDRESS)
    return _get(call, number) if call.method in ("GET", "HEAD") else _wrong_method("GET, HEAD")


def _post(call: Call) -> Reply | Problem:
    """Answers a query. The body is read first but told about last: whoever has no key learns nothing of it."""
    question = _question(call)
    opened = _open(call, question.kvnr if isinstance(question, Question) else None)
    if isinstance(opened, Problem):
        return opened
    holder, find = opened
    if isinstance(question, Problem):
        return question
    asker = _asker(holder)
    outcome = services.ask(question, asker, now=call.now, repeat=call.idempotency_key, find=find)
    return _reply(outcome, asker, call.now)


def _get(call: Call, number: str) -> Reply | Problem:
    opened = _open(call, None)
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


def _question(call: Call) -> Question | Problem:
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


Opened = tuple[KeyHolder, Callable[[], Any]]


def _open(call: Call, kvnr: KVNR | None) -> Opened | Problem:
    """Who calls, and a call that says what is known of the insured; both come with one statement."""
    token_hash = _token_hash(call.authorization)
    network = throttle.network(call.address)
    until = guessing.must_wait_until(network, token_hash, call.now)
    if until is not None:
        return Problem(
            kind=problems.TOO_MANY_WRONG_KEYS,
            headers=[("Retry-After", str(answers.seconds_until(until, call.now)))],
        )
    holder, find = (None, None) if token_hash is None else _look_up(token_hash, kvnr)
    if token_hash is None or holder is None or find is None:
        # A typing error fails the checksum: it asks nothing of the database and is no guess.
        if token_hash is not None:
            guessing.was_wrong(network, token_hash, call.now)
        error = ', error="invalid_token"' if call.authorization else ""
        return Problem(
            kind=problems.KEY_REFUSED, headers=[("WWW-Authenticate", f'Bearer realm="zuzahlung"{error}')]
        )
    guessing.was_good(token_hash)
    if keys.EXEMPTION_QUERIES not in holder.scopes:
        return Problem(kind=problems.SCOPE_MISSING)
    return holder, find


def _token_hash(authorization: str) -> bytes | None:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not keys.is_well_formed(token):
        return None
    return keys.token_hash(token)


def _look_up(token_hash: bytes, kvnr: KVNR | None) -> tuple[KeyHolder | None, Callable[[], Any] | None]:
    try:
        return registry.open_with_key(token_hash, kvnr)
    except (OperationalError, InterfaceError):
        # The server may have been restarted since the last call: nothing was written, so a new connection may try.
        connection.close()
        return registry.open_with_key(token_hash, kvnr)


def _asker(holder: KeyHolder) -> Asker:
    return Asker(
        institution=holder.institution,
        ik=holder.ik,
        name=holder.name,
        service_kinds=holder.service_kinds,
        actor=Actor(kind="key", id=holder.key, name=holder.key_name),
    )


def _reply(outcome: services.Outcome, asker: Asker, now: datetime) -> Reply | Problem:
    match outcome:
        case services.Answered():
            return _json(outcome.given, answers.quota_headers(outcome.quota, now))
        case services.Faulty():
            return questions.faulty([questions.finding(fault) for fault in outcome.faults])
        case services.QuotaUsedUp():
            return _quota_used_up(outcome, asker, now)
        case services.AskedDifferently():
            return Problem(kind=problems.IDEMPOTENCY_KEY_USED)
        case services.NoInformation():
            return _no_information(now)
        case _:
            assert_never(outcome)


_QUOTA_TEXTS: Mapping[str, str] = {
    "day": "Für heute sind alle {limit} Abfragen verbraucht. Ab {again} geht es weiter.",
    "burst": "Es sind höchstens {limit} Abfragen kurz hintereinander möglich. Ab {again} geht es weiter.",
    "unknown": "Heute gab es schon {limit} Nummern ohne Auskunft. Zum Schutz der Versicherten geht es ab {again} "
    "weiter.",
}


def _quota_used_up(outcome: services.QuotaUsedUp, asker: Asker, now: datetime) -> Problem:
    again = format_moment(outcome.free_at)
    return Problem(
        kind=problems.QUOTA_USED_UP,
        text=_QUOTA_TEXTS[outcome.which].format(limit=outcome.limit, again=again),
        members={"quota": outcome.which, "limit": outcome.limit, "freeAt": outcome.free_at},
        headers=[
            ("Retry-After", str(answers.seconds_until(outcome.free_at, now))),
            *answers.quota_headers(services.quota_of(asker.institution, now), now),
        ],
    )


def _no_information(now: datetime) -> Problem:
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


def refusal(problem: Problem) -> Reply:
    """The response that carries a problem document."""
    return Reply(
        status=problem.kind.status,
        headers=[("Content-Type", problems.CONTENT_TYPE), *problem.headers],
        body=problem.document(),
    )


def _note(error: Exception) -> None:
    """Logs what happened and where; the error's own text may hold what was sent, so it stays out."""
    places = traceback.extract_tb(error.__traceback__)[-5:]
    where = " < ".join(f"{place.filename}:{place.lineno}" for place in reversed(places))
    _log.error("%s in the JSON interface at %s", type(error).__name__, where)
