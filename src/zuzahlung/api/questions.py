"""From the bytes of a request to a question: strictly read, with everything that is wrong found at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from zuzahlung.api import findings
from zuzahlung.api.problems import MALFORMED_BODY, Finding, Problem
from zuzahlung.exemptions.permission_texts import TEXT_VERSION, Permission
from zuzahlung.exemptions.services import Question
from zuzahlung.standards.days import parse_iso_day
from zuzahlung.standards.errors import InvalidCharacters, InvalidChecksum, InvalidLength, MalformedInput
from zuzahlung.standards.numbers import kvnr
from zuzahlung.standards.numbers.kvnr import KVNR

IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Flawed:
    """A question that is not well formed: what is wrong with its form, and its members as far as there are any."""

    findings: list[Finding]
    members: Mapping[str, Any] | None


def read(body: bytes, idempotency_key: str | None) -> Question | Flawed | Problem:
    """The question in a body, or what is wrong with it; the idempotency key is looked at along with it."""
    try:
        given = _parse(body)
    except _NotJson as error:
        return Problem(kind=MALFORMED_BODY, detail=error.detail)
    found = [] if _is_sound(idempotency_key) else [findings.UNSOUND_KEY]
    try:
        asked = QuestionIn.model_validate(given)
    except ValidationError as error:
        found.extend(findings.of_form(error))
    if found:
        return Flawed(findings=found, members=given if isinstance(given, dict) else None)
    return Question(
        kvnr=asked.kvnr,
        permission=asked.permission,
        permission_until_on=asked.permission_until,
        permission_text=asked.permission_text or TEXT_VERSION,
        days=tuple(asked.service_dates or ()),
    )


def readable(flawed: Flawed, today: date) -> Question | None:
    """What can be read of a question; in place of the rest stands what no rule objects to."""
    if flawed.members is None:
        return None
    unread = {one.pointer for one in flawed.findings}
    until, text = flawed.members.get("permissionUntil"), flawed.members.get("permissionText")
    is_permission_read = not unread & {"/permission", "/permissionUntil"}
    return Question(
        kvnr=KVNR(""),
        permission=Permission(flawed.members["permission"]) if is_permission_read else Permission.IN_PERSON,
        permission_until_on=_day(until) if until is not None and is_permission_read else None,
        permission_text=TEXT_VERSION if text is None or "/permissionText" in unread else text,
        days=_readable_days(flawed.members.get("serviceDates"), unread, today),
    )


def _readable_days(given: Any, unread: set[str], today: date) -> tuple[date, ...]:
    if given is None:
        return ()
    if "/serviceDates" in unread:
        return (today,)
    return tuple(
        today if f"/serviceDates/{place}" in unread else _day(day) for place, day in enumerate(given)
    )


class _NotJson(Exception):
    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def _parse(body: bytes) -> Any:
    """Reads JSON as RFC 8259 has it: UTF-8 only, no name twice, no NaN; what it says never repeats the body."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise _NotJson(f"The body is not UTF-8; the first wrong byte is at {error.start}.") from None
    if text.startswith("\ufeff"):
        raise _NotJson("The body begins with a byte order mark.")
    try:
        given = _decoder.decode(text)
        if "\\u" in text:
            # Half a character can be escaped, and then nobody could write it again.
            json.dumps(given, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _NotJson("The body holds a lone surrogate.") from None
    except json.JSONDecodeError as error:
        raise _NotJson(f"The body is not JSON; line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise _NotJson("The body is nested too deeply.") from None
    except ValueError:
        raise _NotJson("The body holds a number that is too long.") from None
    return given


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _NotJson("An object has a member twice.")
    return members


def _constant(name: str) -> Any:
    raise _NotJson("NaN and Infinity are not JSON.")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _kvnr(text: str) -> KVNR:
    if kvnr.is_checked(text):
        return KVNR(text)
    try:
        kvnr.parse(text)
    except InvalidChecksum:
        kind = "check_digit"
    except InvalidLength:
        kind = "length"
    except InvalidCharacters:
        kind = "characters"
    else:
        kind = "written"
    raise PydanticCustomError(f"kvnr_{kind}", "not a KVNR")


def _day(given: object) -> date:
    if isinstance(given, str):
        try:
            return parse_iso_day(given)
        except MalformedInput:
            pass
    raise PydanticCustomError("day", "not a day")


Kvnr = Annotated[
    KVNR,
    AfterValidator(_kvnr),
    WithJsonSchema(
        {"type": "string", "format": "kvnr", "pattern": "^[A-Z][0-9]{9}$", "examples": ["A123456780"]}
    ),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


class QuestionIn(BaseModel):
    """Whose status is asked for, on which permission, for which days."""

    model_config = ConfigDict(
        title="Question", extra="forbid", strict=True, alias_generator=to_camel, hide_input_in_errors=True
    )

    kvnr: Kvnr = Field(
        description="Krankenversichertennummer: a capital letter and nine digits, the last a check digit."
    )
    permission: Permission = Field(
        strict=False, description="How the insured permitted this query; it is journalled with the answer."
    )
    permission_until: Day | None = Field(
        default=None, description="Last day of the permission; with “series”, and only then."
    )
    permission_text: str | None = Field(
        default=None,
        description="Version of the sentence that was shown and confirmed (see /api/v1/permissions); refused if it is "
        "not that of today. Without it the version of today is journalled.",
        examples=[TEXT_VERSION],
    )
    service_dates: list[Day] | None = Field(
        default=None,
        min_length=1,
        description="Days on which the service is given (Tag der Abgabe). Without it the status of today is told, "
        "unless the service kinds of the institution demand it.",
    )


def _is_sound(idempotency_key: str | None) -> bool:
    return idempotency_key is None or IDEMPOTENCY_KEY.fullmatch(idempotency_key) is not None
