"""Verlauf: the answers an institution was given, found again and handed out, unchanged."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from zuzahlung.accounts.rules import Right, may
from zuzahlung.accounts.services.people import Member
from zuzahlung.exemptions.services import Given, given_of
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import acting_for
from zuzahlung.standards.days import first_instant
from zuzahlung.standards.numbers import kvnr as kvnr_number
from zuzahlung.standards.numbers.kvnr import KVNR
from zuzahlung.vault import codes
from zuzahlung.vault.services import CannotOpen, vault

PAGE_ROWS = 25
CHUNK_ROWS = 500
RESULTS = ("exempt", "liable", "minor", "mixed", "unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """Which answers are looked for; what is None narrows nothing.

    `asker` is a person or key, `day` a day asked about, `since_on` and `until_on` the first and the last
    German day on which was asked, `number` an Auskunft-Nummer.
    """

    kvnr: KVNR | None = None
    asker: UUID | None = None
    day: date | None = None
    since_on: date | None = None
    until_on: date | None = None
    result: str | None = None
    number: str | None = None


EVERYTHING = Search()


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Answers, the newest first; `newer` and `older` are the ids to turn the page by, where there is more."""

    answers: tuple[Given, ...]
    newer: UUID | None
    older: UUID | None


def page(
    who: Member,
    search: Search = EVERYTHING,
    *,
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
) -> Page:
    """One page of what this person may see: the whole institution's answers, or the own ones."""
    wanted = _wanted(who, search)
    with acting_for(who.institution):
        # One more than is shown tells whether there is another page.
        found = journal.find(wanted, limit=PAGE_ROWS + 1, older_than=older_than, newer_than=newer_than)
    is_more = len(found) > PAGE_ROWS
    if newer_than is not None:
        shown = found[-PAGE_ROWS:]
        has_newer, has_older = is_more, True
    else:
        shown = found[:PAGE_ROWS]
        has_newer, has_older = older_than is not None, is_more
    return Page(
        answers=tuple(given_of(record) for record in shown),
        newer=shown[0].id if shown and has_newer else None,
        older=shown[-1].id if shown and has_older else None,
    )


def export(who: Member, search: Search, now: datetime) -> Iterator[Given]:
    """All answers of a search, the newest first; that they leave the house stands in the journal before."""
    wanted = _wanted(who, search)
    with acting_for(who.institution):
        journal.add(
            "history-export", actor=who.actor, institution=who.institution, now=now, detail=_told(search)
        )
    return _in_chunks(who.institution, wanted)


def _in_chunks(institution: UUID, wanted: journal.Search) -> Iterator[Given]:
    """Chunk by chunk, each in a transaction of its own, so that no long list is ever held."""
    last: UUID | None = None
    while True:
        with acting_for(institution):
            found = journal.find(wanted, limit=CHUNK_ROWS, older_than=last)
        yield from (given_of(record) for record in found)
        if len(found) < CHUNK_ROWS:
            return
        last = found[-1].id


def _wanted(who: Member, search: Search) -> journal.Search:
    asker = search.asker if may(who.role, Right.WHOLE_HISTORY) else who.id
    prints = None
    if search.kvnr is not None:
        prints = tuple(one.digest for one in vault().fingerprints("kvnr", search.kvnr))
    return journal.Search(
        action="exemption-query",
        actor=asker,
        subjects=prints,
        result=search.result,
        day=search.day,
        since_at=None if search.since_on is None else first_instant(search.since_on),
        before_at=None if search.until_on is None else first_instant(search.until_on + timedelta(days=1)),
        ids=None if search.number is None else codes.uuid7_range_of_number(search.number),
    )


def _told(search: Search) -> dict[str, Any]:
    """What the journal says of a search: everything but whom it was about."""
    told = {
        "asker": search.asker,
        "day": search.day,
        "since": search.since_on,
        "until": search.until_on,
        "result": search.result,
        "number": search.number,
        "by_insured": search.kvnr is not None,
    }
    return {name: value if isinstance(value, bool) else str(value) for name, value in told.items() if value}


def carried(kvnr: KVNR, who: Member) -> str:
    """A number in a form that may stand in an address: sealed, and good for this person alone."""
    return base64.urlsafe_b64encode(vault().seal(kvnr.encode(), context=_context(who))).decode().rstrip("=")


def find_carried(text: str, who: Member) -> KVNR | None:
    """The number again, or None when it was not carried for this person or its key is gone."""
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return kvnr_number.parse(vault().open_sealed(sealed, context=_context(who)).decode())
    except (CannotOpen, binascii.Error, ValueError):
        return None


def _context(who: Member) -> bytes:
    return who.institution.bytes + who.id.bytes + b"history-search"
