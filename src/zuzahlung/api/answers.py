"""An answer that was given as JSON; the same answer always has the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
from django.conf import settings

from zuzahlung.exemptions.services import Given, QuotaState
from zuzahlung.standards.days import first_instant, german_day

CONTENT_TYPE = "application/json"
ADDRESS = "/api/v1/exemption-queries"


def document(given: Given) -> bytes:
    """The answer, as `AnswerOut` describes it."""
    return orjson.dumps(
        {
            "number": given.number,
            "answeredAt": given.at.astimezone(UTC),
            "kvnr": given.kvnr,
            "initials": given.initials or None,
            "result": given.result,
            "days": [
                {
                    "date": one.day,
                    "status": one.status,
                    "validUntil": one.valid_until,
                    "forecast": one.is_forecast,
                }
                for one in given.days
            ],
            "copaymentKey": given.key,
            "copaymentKeyReason": given.reason or None,
            "stand": given.stand,
            "permission": given.permission,
            "permissionUntil": given.permission_until_on,
            "permissionText": given.permission_text,
        },
        option=orjson.OPT_UTC_Z,
    )


def address(given: Given) -> str:
    """Where the same answer can be read again."""
    return f"{ADDRESS}/{given.number}"


DAY_SECONDS = 86_400


def quota_headers(quota: QuotaState, now: datetime) -> list[tuple[str, str]]:
    """What is left of the three quotas, as draft-ietf-httpapi-ratelimit-headers-10 writes it."""
    burst = settings.HOUSE.exemptions.burst_seconds
    day_ends = seconds_until(first_instant(german_day(now) + timedelta(days=1)), now)
    policy = (
        f'"day";q={quota.per_day};w={DAY_SECONDS}, "burst";q={quota.per_burst};w={burst}, '
        f'"unknown";q={quota.unknown_per_day};w={DAY_SECONDS}'
    )
    left = f'"day";r={quota.left};t={day_ends}, "burst";r={quota.burst_left}'
    if quota.burst_began_at is not None:
        left += f";t={seconds_until(quota.burst_began_at + timedelta(seconds=burst), now)}"
    left += f', "unknown";r={quota.unknown_left};t={day_ends}'
    return [("RateLimit-Policy", policy), ("RateLimit", left)]


def seconds_until(then: datetime, now: datetime) -> int:
    """Whole seconds to wait, at least one, so that nobody comes back too early."""
    return max(-((now - then) // timedelta(seconds=1)), 1)
