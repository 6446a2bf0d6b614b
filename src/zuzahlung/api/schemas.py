"""What is answered, declared for the OpenAPI description; a test holds the real answers against it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.standards.copayment.status import Status


class _Out(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
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
        pattern="^[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}$",
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

    model_config = ConfigDict(extra="forbid")

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
    free_at: datetime | None = Field(default=None, description="With quota-used-up: from when on it is free.")
    at: datetime | None = Field(default=None, description="With no-information: when this was answered.")
