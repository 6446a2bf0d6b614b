"""The brake against mass registration: a small sum the visitor's browser does by itself, checked here.

A challenge is signed and carries its own end, so nothing is stored until it is solved; whoever accepts a
solution stores its nonce until then, because a solution is good for one use.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import altcha

__all__ = ["LIFETIME", "PAYLOAD_LIMIT", "is_solved", "new_challenge"]

ALGORITHM = "PBKDF2/SHA-256"
# About one second in a browser on two slow cores, 3 ms here to make or to check; the range keeps the
# longest wait at twice the shortest.
ITERATIONS = 10_000
FEWEST_TRIES, MOST_TRIES = 250, 500
LIFETIME = timedelta(minutes=20)
PAYLOAD_LIMIT = 4_000


def new_challenge(secret: str, now: datetime) -> dict[str, Any]:
    """A signed challenge, ready to be sent as JSON, good until `now` + `LIFETIME`."""
    challenge = altcha.create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=FEWEST_TRIES + secrets.randbelow(MOST_TRIES - FEWEST_TRIES),
        # The library's own expiry reads the clock by itself; ours is signed data, judged by the given `now`.
        data={"until": int((now + LIFETIME).timestamp())},
        hmac_secret=_key(secret),
    )
    return dict(challenge.to_dict())


def is_solved(payload: str, secret: str, now: datetime) -> str | None:
    """The nonce of a challenge of ours that was solved in time, else None.

    The caller must refuse a nonce it has seen before.
    """
    if len(payload) > PAYLOAD_LIMIT:
        return None
    try:
        parameters = json.loads(base64.b64decode(payload, validate=True))["challenge"]["parameters"]
        until, nonce = parameters["data"]["until"], parameters["nonce"]
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not altcha.verify_solution(payload, _key(secret)).verified:
        return None
    return str(nonce) if now.timestamp() <= until else None


def _key(secret: str) -> str:
    """The site's secret signs more than challenges, so that none is taken for the other."""
    return f"captcha:{secret}"
