"""Everything that can be wrong with a question, as it is told: rule and place, words for practice and developer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from zuzahlung.api.problems import FAULTY_QUESTION, Finding, Problem
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.exemptions.rules import Fault

MOST_FINDINGS = 100


def faulty(findings: list[Finding]) -> Problem:
    """The problem that lists what is wrong with a question."""
    return Problem(kind=FAULTY_QUESTION, findings=findings[:MOST_FINDINGS])


def of_fault(fault: Fault) -> Finding:
    """What the business found wrong, as it is told here."""
    place = "" if fault.place is None else f"/{fault.place}"
    return Finding(rule=fault.rule, pointer=f"/{fault.field}{place}", text=fault.text, detail=fault.detail)


def of_form(error: ValidationError) -> Iterator[Finding]:
    """What is wrong with the form of a question."""
    # Neither the input nor the text of pydantic's errors is looked at: both may repeat what was sent.
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        yield _finding(one)


_ASK_THE_MAKER = "Bitte wenden Sie sich an den Hersteller Ihrer Software."
UNSOUND_KEY = Finding(
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
    "permissionText": f"Ihre Software nennt zur Erlaubnis einen Satz, den es nicht gibt. {_ASK_THE_MAKER}",
    "serviceDates": "Bitte geben Sie als Tag der Abgabe einen Tag an, den es im Kalender gibt.",
}
_RULES: Mapping[str, str] = {
    "serviceDates": "service-dates",
    "permissionText": "permission-text",
    "permissionUntil": "permission-until",
}

# By what pydantic found: last part of the rule, and what developers read.
_KINDS: Mapping[str, tuple[str, str]] = {
    "missing": ("missing", "This member is required."),
    "string_type": ("type", "This must be a string."),
    "list_type": ("type", "This must be a list of days."),
    "too_short": (
        "empty",
        "This list must not be empty. Without the member today is asked for, where no day is demanded.",
    ),
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
