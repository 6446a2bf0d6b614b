"""From the bytes of a request to a question: strictly read, with everything that is wrong found at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
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
from pydantic_core import ErrorDetails, PydanticCustomError

from zuzahlung.api.problems import FAULTY_QUESTION, MALFORMED_BODY, Finding, Problem
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.exemptions.rules import Fault
from zuzahlung.exemptions.services import Question
from zuzahlung.standards.days import parse_iso_day
from zuzahlung.standards.errors import InvalidCharacters, InvalidChecksum, InvalidLength, MalformedInput
from zuzahlung.standards.numbers import kvnr
from zuzahlung.standards.numbers.kvnr import KVNR

MOST_FINDINGS = 100
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,128}")


def read(body: bytes, idempotency_key: str | None) -> Question | Problem:
    """The question in a body, or the problem with it; the idempotency key is looked at along with it."""
    try:
        given = _parse(body)
    except _NotJson as error:
        return Problem(kind=MALFORMED_BODY, detail=error.detail)
    findings = [] if _is_sound(idempotency_key) else [_UNSOUND_KEY]
    try:
        asked = QuestionIn.model_validate(given)
    except ValidationError as error:
        findings.extend(_findings(error))
    if findings:
        return faulty(findings)
    return Question(
        kvnr=asked.kvnr,
        permission=asked.permission,
        permission_until_on=asked.permission_until,
        days=tuple(asked.service_dates or ()),
    )


def faulty(findings: list[Finding]) -> Problem:
    """The problem that lists what is wrong with a question."""
    return Problem(kind=FAULTY_QUESTION, findings=findings[:MOST_FINDINGS])


def finding(fault: Fault) -> Finding:
    """What the business found wrong, as it is told here."""
    place = "" if fault.place is None else f"/{fault.place}"
    return Finding(rule=fault.rule, pointer=f"/{fault.field}{place}", text=fault.text, detail=fault.detail)


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
    service_dates: list[Day] | None = Field(
        default=None,
        min_length=1,
        description="Days on which the service is given (Tag der Abgabe), up to 60. Without it the status of today is "
        "told, unless the service kinds of the institution demand it.",
    )


def _is_sound(idempotency_key: str | None) -> bool:
    return idempotency_key is None or IDEMPOTENCY_KEY.fullmatch(idempotency_key) is not None


_ASK_THE_MAKER = "Bitte wenden Sie sich an den Hersteller Ihrer Software."
_UNSOUND_KEY = Finding(
    rule="idempotency-key.form",
    pointer="",
    text=f"Die Kennung der Abfrage ist nicht lesbar. {_ASK_THE_MAKER}",
    detail="The header Idempotency-Key has 1 to 128 printable ASCII characters without spaces.",
)

# By member: what people read when it is wrong and nothing better is known.
_TEXTS: Mapping[str, str] = {
    "kvnr": "Bitte geben Sie die Krankenversichertennummer an: ein Buchstabe und neun Ziffern.",
    "permission": "Bitte geben Sie an, wie die versicherte Person die Abfrage erlaubt hat.",
    "permissionUntil": "Bitte geben Sie einen Tag an, bis zu dem die Erlaubnis für die Serie gilt.",
    "serviceDates": "Bitte geben Sie als Tag der Abgabe einen Tag an, den es im Kalender gibt.",
}
_RULES: Mapping[str, str] = {"serviceDates": "service-dates", "permissionUntil": "permission-until"}

# By what pydantic found: last part of the rule, and what developers read.
_KINDS: Mapping[str, tuple[str, str]] = {
    "missing": ("missing", "This member is required."),
    "string_type": ("type", "This must be a string."),
    "list_type": ("type", "This must be a list of days."),
    "too_short": ("empty", "This list must not be empty; leave the member out to ask for today."),
    "day": ("day", "This must be a string of the form YYYY-MM-DD that names a day of the calendar."),
    "enum": ("value", f"This must be one of: {', '.join(Permission)}."),
    "kvnr_check_digit": ("check-digit", "The check digit does not fit."),
    "kvnr_length": ("length", "This must have ten characters."),
    "kvnr_characters": ("characters", "This must be a capital letter and nine digits."),
    "kvnr_written": ("characters", "This must be written without spaces and with a capital letter."),
}
_KVNR_TEXTS: Mapping[str, str] = {
    "kvnr_check_digit": "Die Prüfziffer der Krankenversichertennummer passt nicht. Bitte vergleichen Sie mit der Karte.",
    "kvnr_length": "Die Krankenversichertennummer hat 10 Zeichen: einen Buchstaben und neun Ziffern. Bitte vergleichen "
    "Sie mit der Karte.",
    "kvnr_characters": "In der Krankenversichertennummer steht ein falsches Zeichen: Sie besteht aus einem Buchstaben "
    "und neun Ziffern. Bitte vergleichen Sie mit der Karte.",
}


def _findings(error: ValidationError) -> Iterator[Finding]:
    # Neither the input nor the text of pydantic's errors is looked at: both may repeat what was sent.
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        yield _finding(one)


def _finding(error: ErrorDetails) -> Finding:
    if error["type"] == "extra_forbidden":
        return _unknown_member(str(error["loc"][0]))
    if not error["loc"]:
        return Finding(
            rule="question.type",
            pointer="",
            text=f"Die Abfrage ist nicht lesbar. {_ASK_THE_MAKER}",
            detail="The body must be a JSON object.",
        )
    member = str(error["loc"][0])
    kind, detail = _KINDS.get(error["type"], ("value", "This value is not allowed."))
    return Finding(
        rule=f"{_RULES.get(member, member)}.{kind}",
        pointer="".join(f"/{part}" for part in error["loc"]),
        text=_KVNR_TEXTS.get(error["type"], _TEXTS.get(member, _TEXTS["permission"])),
        detail=detail,
    )


# A name without digits cannot be a KVNR; any other is not repeated, since a member may be named by mistake.
_HARMLESS = re.compile(r"[A-Za-z_]{1,40}")


def _unknown_member(name: str) -> Finding:
    return Finding(
        rule="question.unknown-member",
        pointer=f"/{name}" if _HARMLESS.fullmatch(name) else "",
        text=f"Ihre Software hat eine Angabe gesendet, die es hier nicht gibt. {_ASK_THE_MAKER}",
        detail=f"Known members: {', '.join(_TEXTS)}.",
    )
