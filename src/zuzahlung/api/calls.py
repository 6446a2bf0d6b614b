"""Requests and responses as plain values, the same on both ways that lead to the endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zuzahlung.api import problems
from zuzahlung.api.problems import Problem

Headers = list[tuple[str, str]]
MOST_BYTES = 65_536


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request, as far as it matters here. `body` is None where it was larger than `MOST_BYTES`."""

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
    given = environ.get("CONTENT_LENGTH") or ""
    if given.isdecimal():
        wanted = int(given)
    elif environ.get("wsgi.input_terminated"):
        # A body that comes in chunks does not say how long it is; one byte too many is enough to know.
        wanted = MOST_BYTES + 1
    else:
        return b""
    if wanted > MOST_BYTES + 1:
        return None
    body: bytes = environ["wsgi.input"].read(wanted)
    return body if len(body) <= MOST_BYTES else None


def refusal(problem: Problem) -> Reply:
    """The response that carries a problem document."""
    return Reply(
        status=problem.kind.status,
        headers=[("Content-Type", problems.CONTENT_TYPE), *problem.headers],
        body=problem.document(),
    )
