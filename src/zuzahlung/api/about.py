"""What software wants to know before it asks: what holds for its institution, and the sentences people confirm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings

from zuzahlung.exemptions import services
from zuzahlung.exemptions.permission_texts import TEXT_VERSION, VERSIONS
from zuzahlung.exemptions.registry import KeyHolder
from zuzahlung.exemptions.services import QuotaState
from zuzahlung.standards.days import first_instant, german_day

INSTITUTION = "/api/v1/institution"
PERMISSIONS = "/api/v1/permissions"


def institution(holder: KeyHolder, quota: QuotaState, now: datetime) -> bytes:
    """The institution behind a key and what holds for its questions, as `schemas.Institution` describes it."""
    house = settings.HOUSE
    first, last = services.days_allowed(now)
    return orjson.dumps(
        {
            "ik": holder.ik,
            "name": holder.name,
            "serviceKinds": holder.service_kinds,
            "keyName": holder.key_name,
            "scopes": holder.scopes,
            "fund": house.fund.name,
            "serviceDatesRequired": services.demands_day(holder.service_kinds),
            "earliestDay": first,
            "latestDay": last,
            "mostServiceDates": house.exemptions.series_days,
            "mostPermissionDays": house.exemptions.standing_permission_days,
            "mostListRows": house.exemptions.list_rows,
            "quotas": _quotas(quota, now),
            "permissionText": TEXT_VERSION,
            "permissions": PERMISSIONS,
        },
        option=orjson.OPT_UTC_Z,
    )


def _quotas(quota: QuotaState, now: datetime) -> list[dict[str, Any]]:
    tomorrow = first_instant(german_day(now) + timedelta(days=1))
    burst = timedelta(seconds=settings.HOUSE.exemptions.burst_seconds)
    began = quota.burst_began_at
    return [
        _quota("day", quota.per_day, quota.left, tomorrow),
        _quota("burst", quota.per_burst, quota.burst_left, None if began is None else began + burst),
        _quota("unknown", quota.unknown_per_day, quota.unknown_left, tomorrow),
    ]


def _quota(name: str, limit: int, left: int, anew_at: datetime | None) -> dict[str, Any]:
    return {"quota": name, "limit": limit, "left": left, "startsAnewAt": anew_at}


def permissions() -> bytes:
    """All sentences in all versions, as `schemas.PermissionTexts` describes it."""
    return orjson.dumps(
        {
            "current": TEXT_VERSION,
            "versions": [
                {
                    "version": version,
                    "permissions": [
                        {"value": text.permission, "label": text.label, "statement": text.statement}
                        for text in VERSIONS[version].values()
                    ],
                }
                for version in sorted(VERSIONS, reverse=True)
            ],
        }
    )
