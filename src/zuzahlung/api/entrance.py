"""The entrance: which institution a key belongs to, what it may do, and who has to wait outside."""

from __future__ import annotations

from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection

from zuzahlung.accounts.services import keys, throttle
from zuzahlung.api import answers, problems
from zuzahlung.api.calls import Call
from zuzahlung.api.guessing import guessing
from zuzahlung.api.problems import Problem
from zuzahlung.exemptions import registry
from zuzahlung.exemptions.registry import KeyHolder
from zuzahlung.exemptions.services import Asker
from zuzahlung.exemptions.source import Found
from zuzahlung.journal.services import Actor
from zuzahlung.standards.days import format_moment_after
from zuzahlung.standards.numbers.kvnr import KVNR

Find = Callable[[], Found]


def open_for(call: Call, kvnr: KVNR | None) -> tuple[KeyHolder, Find] | Problem:
    """Who calls, and a function that says what is known of the insured; both come with one statement.

    Whoever has no good key for exemption queries gets a problem that says nothing about the rest of the call.
    """
    token_hash = _token_hash(call.authorization)
    network = throttle.network(call.address)
    until = guessing.must_wait_until(network, token_hash, call.now)
    if until is not None:
        return Problem(
            kind=problems.TOO_MANY_WRONG_KEYS,
            text=f"{problems.TOO_MANY_WRONG_KEYS.text} Ab {format_moment_after(until)} geht es weiter.",
            members={"freeAt": until},
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


def _look_up(token_hash: bytes, kvnr: KVNR | None) -> tuple[KeyHolder | None, Find | None]:
    was_connected = connection.connection is not None
    try:
        return registry.open_with_key(token_hash, kvnr)
    except (OperationalError, InterfaceError):
        if not was_connected:
            raise
        # The server may have been restarted since the last call: nothing was written, so a new connection may try.
        connection.close()
        return registry.open_with_key(token_hash, kvnr)


def asker_of(holder: KeyHolder) -> Asker:
    """The institution behind a key, as one who asks for a status in the name of that key."""
    return Asker(
        institution=holder.institution,
        ik=holder.ik,
        name=holder.name,
        service_kinds=holder.service_kinds,
        actor=Actor(kind="key", id=holder.key, name=holder.key_name),
    )
