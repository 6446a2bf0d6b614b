"""What is answered, declared for the OpenAPI description; a test holds the real answers against it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.standards.copayment.status import Status

NUMBER = "^[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}$"
"""The form of an Auskunft-Nummer."""


class _Out(BaseModel):
    """Something that is answered. It may get new members, so its description leaves room for others."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        json_schema_serialization_defaults_required=True,
    )


class Result(StrEnum):
    """The whole answer in one word."""

    EXEMPT = "exempt"
    LIABLE = "liable"
    MINOR = "minor"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Day(_Out):
    """What holds on one day."""

    day: date = Field(alias="date", description="A calendar day in Germany.")
    status: Status | None = Field(
        description="exempt: no copayment; liable: copayment is due; minor: none, since under 18 on that day; "
        "null: no information, see result."
    )
    valid_until: date | None = Field(
        description="Last day up to which this status holds without a break by the present stand, 31 December at the "
        "latest; null for liable, because an exemption can be granted any day: ask again at the next appointment."
    )
    forecast: bool = Field(description="True for a day ahead: a later stand may know better.")


class Answer(_Out):
    """An answer that was given. It never changes, whatever the registry learns later."""

    number: str = Field(
        description="Auskunft-Nummer: names this answer on receipts and in the journal.",
        pattern=NUMBER,
    )
    answered_at: datetime = Field(description="When it was first given, in UTC.")
    kvnr: str = Field(description="The insured asked about.", pattern="^[A-Z][0-9]{9}$")
    initials: str | None = Field(description="Initials of the insured, to compare; null if unknown.")
    result: Result = Field(
        description="The status of all days, mixed if they differ. unknown is one neutral answer: not insured here, "
        "or for another reason not told."
    )
    days: list[Day] = Field(min_length=1, description="The days asked about, in order, each once.")
    copayment_key: Literal[0, 1, 3, 4, 5] | None = Field(
        description="Zuzahlungskennzeichen of TA3 8.1.3 that follows for these days as one Verordnung; null if unknown "
        "or if the key list has none for this course."
    )
    copayment_key_reason: str | None = Field(
        description="Why this key, as one German sentence for the practice."
    )
    stand: date = Field(description="The day of the registry's data.")
    permission: Permission = Field(description="The permission that was journalled with this answer.")
    permission_until: date | None = Field(description="Its last day, for a series.")
    permission_text: str = Field(
        description="Version of the sentence that was confirmed with the permission."
    )


class Quota(_Out):
    """One of the three quotas of an institution."""

    quota: Literal["day", "burst", "unknown"] = Field(description="Which one.")
    limit: int = Field(description="How many questions it allows.")
    left: int = Field(
        description="How many of them are left; unknown at 0 stops all questions until it starts anew."
    )
    starts_anew_at: datetime | None = Field(
        description="When it starts anew, in UTC; null for a burst that has not begun."
    )


class Institution(_Out):
    """The institution behind a key, and what holds for its questions today."""

    ik: str = Field(description="Institutionskennzeichen of the institution.", pattern="^[0-9]{9}$")
    name: str = Field(description="Its name in the directory of the fund.")
    service_kinds: list[str] = Field(description="Its Leistungsarten, such as heilmittel; new ones may come.")
    key_name: str = Field(description="What the practice called this key.")
    scopes: list[str] = Field(description="What the key may do.")
    fund: str = Field(
        description="The fund whose insured are known here; compare with the card before asking."
    )
    service_dates_required: bool = Field(description="True if each question has to name its serviceDates.")
    earliest_day: date = Field(description="First day that can be asked about today.")
    latest_day: date = Field(description="Last day that can be asked about today.")
    most_service_dates: int = Field(description="How many days a question may name.")
    most_permission_days: int = Field(description="How many days ahead permissionUntil may lie.")
    most_list_rows: int = Field(description="How many rows a list in the portal may have (Listenabfrage).")
    quotas: list[Quota] = Field(
        description="The three quotas, as in the headers RateLimit and RateLimit-Policy."
    )
    permission_text: str = Field(description="Version of the sentences that people have to be shown now.")
    permissions: str = Field(description="Path of these sentences.")


class PermissionText(_Out):
    """What a person reads when choosing a form of permission, and what the choice states."""

    value: Permission = Field(description="The value of the member permission.")
    label: str = Field(description="A few German words for a list of choices.")
    statement: str = Field(description="The German sentence that the person at the screen confirms.")


class PermissionTextVersion(_Out):
    """The six sentences in one version; a sentence is never changed within it."""

    version: str = Field(description="Its name, as in permissionText.")
    permissions: list[PermissionText] = Field(
        description="One for each form of permission, in the order to show."
    )


class PermissionTexts(_Out):
    """All sentences that can stand in the journal."""

    current: str = Field(description="The version to show and to send as permissionText.")
    versions: list[PermissionTextVersion] = Field(description="All versions, the newest first.")


class Finding(_Out):
    """One thing that is wrong with a question."""

    rule: str = Field(description="Stable id of the rule, for programs.", examples=["kvnr.check-digit"])
    pointer: str = Field(
        description="JSON pointer (RFC 6901) into the body; empty for the whole body or a header."
    )
    text: str = Field(description="German sentence for the people of the practice.")
    detail: str = Field(description="English sentence for developers.")
    severity: Literal["error"] = Field(description="Everything found so far is an error.")


class Problem(_Out):
    """Why there is no answer (RFC 9457). No text holds anything personal."""

    type: str = Field(description="Address of the kind of problem; it leads to its explanation.")
    title: str = Field(description="The kind of problem in a few English words.")
    status: int = Field(description="The HTTP status again.")
    detail: str = Field(description="What happened, for developers.")
    text: str = Field(description="German sentence for the people of the practice.")
    findings: list[Finding] = Field(description="Everything that is wrong with the question, up to 100.")
    quota: Literal["day", "burst", "unknown"] | None = Field(
        default=None, description="With quota-used-up: which quota."
    )
    limit: int | None = Field(default=None, description="With quota-used-up: how many it allows.")
    free_at: datetime | None = Field(
        default=None,
        description="With quota-used-up and too-many-wrong-keys: from when on there are answers again.",
    )
    at: datetime | None = Field(default=None, description="With no-information: when this was answered.")
