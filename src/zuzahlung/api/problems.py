"""Everything that can stand in the way of an answer: one table, from which documents and pages are made (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson
from django.conf import settings

CONTENT_TYPE = "application/problem+json"
ADDRESS = "/api/v1/problems/"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemType:
    """One kind of problem: `title`, `detail` and `remedy` for developers, `text` for the people of a practice."""

    slug: str
    status: int
    title: str
    text: str
    detail: str
    remedy: str

    @property
    def type(self) -> str:
        """The address that names the problem, and at which it is explained."""
        return f"{settings.PORTAL_URL}{ADDRESS}{self.slug}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is wrong with a question: where (JSON pointer), which rule, in words for practice and IT.

    Texts may name a day, but never a KVNR, a key or a name that was sent, so that they can stand in a log.
    """

    rule: str
    pointer: str
    text: str
    detail: str
    severity: str = "error"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A problem that occurred: its kind, what is particular to this time, and headers that belong to it."""

    kind: ProblemType
    detail: str | None = None
    text: str | None = None
    findings: Sequence[Finding] = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Sequence[tuple[str, str]] = ()

    def document(self) -> bytes:
        """The problem document."""
        return orjson.dumps(
            {
                "type": self.kind.type,
                "title": self.kind.title,
                "status": self.kind.status,
                "detail": self.detail or self.kind.detail,
                "text": self.text or self.kind.text,
                **self.members,
                "findings": self.findings,
            },
            option=orjson.OPT_UTC_Z,
        )


MALFORMED_BODY = ProblemType(
    slug="malformed-body",
    status=400,
    title="The body is not readable",
    text="Ihre Software hat eine Anfrage gesendet, die nicht lesbar ist. Bitte wenden Sie sich an den Hersteller.",
    detail="The body is not JSON in UTF-8 (RFC 8259).",
    remedy="Send one JSON object in UTF-8 without a byte order mark, each member once, no NaN or Infinity.",
)
BAD_REQUEST = ProblemType(
    slug="bad-request",
    status=400,
    title="The request cannot be handled",
    text="Ihre Software hat die Schnittstelle falsch aufgerufen. Bitte wenden Sie sich an den Hersteller.",
    detail="The header Host is not a name of this house, or another part of the request is not acceptable.",
    remedy="Use the address under “servers” in /api/v1/openapi.json, and send its name as Host.",
)
KEY_REFUSED = ProblemType(
    slug="key-refused",
    status=401,
    title="The key is missing or not valid",
    text="Der Schlüssel für die Schnittstelle fehlt oder gilt nicht (mehr). Bitte legen Sie im Portal unter „Praxis“ "
    "einen neuen an und tragen Sie ihn in Ihrer Software ein.",
    detail="The header Authorization has no valid key. Why is not told.",
    remedy="Send “Authorization: Bearer <key>” with a key that was not revoked. A key begins with zuz_ and has 53 "
    "characters; its last six are a checksum (see “Authentication”).",
)
SCOPE_MISSING = ProblemType(
    slug="scope-missing",
    status=403,
    title="The key is not for this",
    text="Der Schlüssel darf keine Befreiungen abfragen. Bitte legen Sie im Portal unter „Praxis“ einen neuen an.",
    detail="The key is valid but lacks the scope exemption-queries.",
    remedy="Have the practice make a key with the scope exemption-queries.",
)
NO_SUCH_ANSWER = ProblemType(
    slug="no-such-answer",
    status=404,
    title="No such answer",
    text="Zu dieser Auskunft-Nummer gibt es für Ihre Einrichtung keine Auskunft.",
    detail="This institution has no answer with this number.",
    remedy="Compare the number with the one in the answer. Answers of other institutions are not found either.",
)
NO_SUCH_ADDRESS = ProblemType(
    slug="no-such-address",
    status=404,
    title="No such address",
    text="Ihre Software hat eine Adresse aufgerufen, die es nicht gibt. Bitte wenden Sie sich an den Hersteller.",
    detail="There is nothing at this address.",
    remedy="Compare the path with /api/v1/openapi.json; paths have no slash at their end, and there is no v2 yet.",
)
METHOD_NOT_ALLOWED = ProblemType(
    slug="method-not-allowed",
    status=405,
    title="Method not allowed",
    text="Ihre Software hat die Schnittstelle falsch aufgerufen. Bitte wenden Sie sich an den Hersteller.",
    detail="This address does not know this method; the header Allow names those it knows.",
    remedy="Ask with POST /api/v1/exemption-queries; all other addresses are read with GET.",
)
BODY_TOO_LARGE = ProblemType(
    slug="body-too-large",
    status=413,
    title="The body is too large",
    text="Die Anfrage Ihrer Software ist zu groß. Bitte wenden Sie sich an den Hersteller.",
    detail="The body has more than 65,536 bytes.",
    remedy="Ask for one insured and up to 60 days at a time.",
)
WRONG_CONTENT_TYPE = ProblemType(
    slug="wrong-content-type",
    status=415,
    title="The content type is not application/json",
    text="Ihre Software hat eine Anfrage gesendet, die nicht lesbar ist. Bitte wenden Sie sich an den Hersteller.",
    detail="The body must be sent as application/json, in UTF-8 and not compressed.",
    remedy="Send “Content-Type: application/json” and no Content-Encoding.",
)
FAULTY_QUESTION = ProblemType(
    slug="faulty-question",
    status=422,
    title="The question has findings",
    text="So kann nicht abgefragt werden. Bitte prüfen Sie die genannten Angaben.",
    detail="The member findings lists everything that is wrong, each with a JSON pointer.",
    remedy="Show each text at the field it points to. Nothing was asked, counted or written to the journal.",
)
IDEMPOTENCY_KEY_USED = ProblemType(
    slug="idempotency-key-used",
    status=422,
    title="The Idempotency-Key was used for another question",
    text="Ihre Software hat zwei verschiedene Abfragen unter derselben Kennung gesendet. Bitte wenden Sie sich an "
    "den Hersteller.",
    detail="Within 24 hours the same Idempotency-Key came with another question.",
    remedy="Make a new Idempotency-Key, for example a UUID, for each new question; repeat it only with the same one.",
)
QUOTA_USED_UP = ProblemType(
    slug="quota-used-up",
    status=429,
    title="The quota is used up",
    text="Zurzeit sind keine weiteren Abfragen möglich.",
    detail="The member quota says which of the three quotas is used up, and freeAt from when on it is free.",
    remedy="Wait for the seconds in Retry-After. A practice that needs more can ask the fund by telephone.",
)
TOO_MANY_WRONG_KEYS = ProblemType(
    slug="too-many-wrong-keys",
    status=429,
    title="Too many wrong keys",
    text="Von Ihrem Anschluss kamen viele Anfragen mit ungültigen Schlüsseln. Neue Schlüssel werden deshalb für kurze "
    "Zeit nicht geprüft; Ihrer kann trotzdem gültig sein. Ein anderer Schlüssel hilft nicht.",
    detail="Too many different wrong keys came from this network, perhaps from another program. This key was not looked "
    "at; the member freeAt says when it will be. Keys that were in use go on.",
    remedy="Wait for the seconds in Retry-After and send the same again. Do not make a new key. If it comes back, look "
    "for the program in the same network that sends wrong keys.",
)
INTERNAL_ERROR = ProblemType(
    slug="internal-error",
    status=500,
    title="Internal error",
    text="Bei uns ist ein Fehler passiert. Bitte versuchen Sie es später noch einmal.",
    detail="Something went wrong on our side and was noted.",
    remedy="Repeat with the same Idempotency-Key. If it stays, tell us the time.",
)
NO_INFORMATION = ProblemType(
    slug="no-information",
    status=503,
    title="No information at present",
    text="Zurzeit ist keine Auskunft möglich. Bitte versuchen Sie es in einigen Minuten noch einmal.",
    detail="The source of the data or our database is away; the member at says when this was answered.",
    remedy="Repeat after the seconds in Retry-After, with the same Idempotency-Key. It is never a guess: no answer "
    "means neither exempt nor liable.",
)

PROBLEM_TYPES: Mapping[str, ProblemType] = MappingProxyType(
    {
        kind.slug: kind
        for kind in (
            MALFORMED_BODY,
            BAD_REQUEST,
            KEY_REFUSED,
            SCOPE_MISSING,
            NO_SUCH_ANSWER,
            NO_SUCH_ADDRESS,
            METHOD_NOT_ALLOWED,
            BODY_TOO_LARGE,
            WRONG_CONTENT_TYPE,
            FAULTY_QUESTION,
            IDEMPOTENCY_KEY_USED,
            QUOTA_USED_UP,
            TOO_MANY_WRONG_KEYS,
            INTERNAL_ERROR,
            NO_INFORMATION,
        )
    }
)
"""All kinds by the last part of their address, in the order of their status."""
