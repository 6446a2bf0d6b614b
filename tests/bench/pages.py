"""Every page of the portal through the real server, seen by everybody and by the owner of a busy practice.

Which pages there are is read from the portal's own addresses, so that none is forgotten.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from tests.bench.figures import Figure, MeasurementFailed, Times, milliseconds, per_second
from tests.bench.house import HOST, House, serving
from tests.bench.practices import PASSWORD, Practice, ik_at
from tests.bench.visitor import Page, Visitor
from zuzahlung.cli.synthetic import kvnr_at

MOST_MILLISECONDS = 50
SERVER_THREADS = 4
LIST_ROWS = 500
COLLEAGUES = 8
EVERYBODY, OWNER = "everybody", "owner"
# They take what a form sends and show nothing.
TAKES_ONLY = 405
# Shown only while there is a version of the Nutzungsbedingungen that an owner has not agreed to.
SELDOM = ("new_terms",)
MORE_PAGES = ("/api/v1/docs", "/api/v1/openapi.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sight:
    """One page as one kind of visitor sees it."""

    name: str
    visitor: Visitor
    path: str
    is_page: bool = True


def measure(built: House, practices: list[Practice]) -> list[Figure]:
    """Visits each page many times, after each thread of the server has seen it."""
    built.need_registry()
    with serving(built):
        busy = BusyPractice(built, practices[0])
        sights = list(_sights(busy))
        built.say(f"{len(sights)} pages, {built.size.visits} visits each")
        seen = [_timed(sight, built.size.visits) for sight in sights]
        built.say("forms that are sent")
        seen += _forms(busy)
        lists = _lists(busy)
    return [_slowest(seen), *lists, *(one.figure for one in seen)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A page and how long it took; `first` is the very first visit, in milliseconds."""

    name: str
    times: Times
    first: float | None
    is_page: bool

    @property
    def figure(self) -> Figure:
        """Its line among all pages."""
        slow = self.times.percentile(95)
        return Figure(
            name=self.name,
            value=f"{self.times.middle:.1f} / {slow:.1f} ms",
            peer="" if self.first is None else f"the first {self.first:.0f} ms",
            target=f"p95 ≤ {MOST_MILLISECONDS} ms" if self.is_page else "",
            reached=slow <= MOST_MILLISECONDS if self.is_page else None,
            is_detail=True,
        )


def _slowest(seen: list[Seen]) -> Figure:
    pages = [one for one in seen if one.is_page]
    slowest = max(pages, key=lambda one: one.times.percentile(95))
    return Figure(
        name=f"pages, the slowest of {len(pages)} at p95",
        value=milliseconds(slowest.times.percentile(95)),
        peer=slowest.name,
        target=f"≤ {MOST_MILLISECONDS} ms",
        reached=slowest.times.percentile(95) <= MOST_MILLISECONDS,
    )


def _timed(sight: Sight, visits: int) -> Seen:
    first = _visit(sight).seconds
    with ThreadPoolExecutor(SERVER_THREADS) as threads:
        visitors = [sight.visitor.again() for _ in range(SERVER_THREADS)]
        list(threads.map(lambda visitor: [visitor.get(sight.path) for _ in range(3)], visitors))
    for visitor in visitors:
        visitor.close()
    times = Times(seconds=[_visit(sight).seconds for _ in range(visits)])
    return Seen(name=sight.name, times=times, first=1000 * first, is_page=sight.is_page)


def _visit(sight: Sight) -> Page:
    page = sight.visitor.get(sight.path)
    if page.status != 200:
        raise MeasurementFailed(f"{sight.name} was answered {page.status} {page.location}")
    return page


def _sights(busy: BusyPractice) -> Iterator[Sight]:
    """All addresses of the portal that show something, with everything that stands in place of an id."""
    from django.urls import reverse

    from zuzahlung.portal import urls

    examples = busy.examples()
    for pattern in urls.urlpatterns:
        name, route = pattern.name or "", f"/{pattern.pattern}"
        if name in SELDOM:
            continue
        if name in examples:
            for label, visitor, values in examples[name]:
                path = reverse(f"portal:{name}", kwargs=values)
                if visitor.get(path).status != TAKES_ONLY:
                    yield _sight(route, label, visitor, path)
        elif pattern.pattern.converters:
            raise MeasurementFailed(f"there is no example for {route}: add one to BusyPractice.examples")
        else:
            yield from _plain(busy, route)
    for path in MORE_PAGES:
        yield _sight(path, EVERYBODY, busy.everybody, path)


def _plain(busy: BusyPractice, route: str) -> Iterator[Sight]:
    seen = {}
    for label, visitor in ((EVERYBODY, busy.everybody), (OWNER, busy.owner)):
        seen[label] = visitor.get(route).status
        if seen[label] == 200:
            yield _sight(route, label, visitor, route)
    if not {200, TAKES_ONLY} & set(seen.values()):
        raise MeasurementFailed(f"nobody sees {route} ({seen}): add an example to BusyPractice.examples")


def _sight(route: str, label: str, visitor: Visitor, path: str) -> Sight:
    # A table to take away or a PDF is no page; its figure stands there without a promise.
    is_page = not route.endswith((".csv", ".pdf", ".json"))
    shown = path if "<slug" in route else route
    return Sight(name=f"{shown} ({label})", visitor=visitor, path=path, is_page=is_page)


def _forms(busy: BusyPractice) -> list[Seen]:
    """The forms with work behind them; what a password costs by design is taken off."""
    places = range(busy.built.size.visits)
    sent = {
        "POST /abfrage/ (owner)": [busy.ask(kvnr_at(place)).seconds for place in places],
        "POST /verlauf/ (owner)": [busy.search(kvnr_at(place)).seconds for place in places],
        "POST /anmelden/, without the hash": [_sign_in_without_hash(busy) for _ in places],
    }
    return [
        Seen(name=name, times=Times(seconds=seconds), first=None, is_page=True)
        for name, seconds in sent.items()
    ]


def _sign_in_without_hash(busy: BusyPractice) -> float:
    """One sign-in less the mean of a hash just before and one just after it."""
    before = _seconds_to_hash()
    page = busy.sign_in(Visitor(HOST, busy.built.port))
    return max(page.seconds - (before + _seconds_to_hash()) / 2, 0.0)


def _seconds_to_hash() -> float:
    from django.contrib.auth.hashers import check_password

    began = time.perf_counter()
    check_password(PASSWORD, stored_password())
    return time.perf_counter() - began


@cache
def stored_password() -> str:
    """A hash like that of everybody here."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


def _lists(busy: BusyPractice) -> list[Figure]:
    rate = LIST_ROWS / busy.list_seconds
    return [
        Figure(
            name=f"list query, checking {LIST_ROWS} rows", value=milliseconds(1000 * busy.hand_in_seconds)
        ),
        Figure(name=f"list query, answering {LIST_ROWS} rows", value=per_second(rate), peer="by the worker"),
    ]


Example = tuple[str, Visitor, dict[str, Any]]


class BusyPractice:
    """A practice with colleagues, keys, lists and thousands of answers, and those who look at its pages."""

    def __init__(self, built: House, practice: Practice) -> None:
        from zuzahlung.accounts.services.people import Member

        self.built, self.practice = built, practice
        self.everybody = Visitor(HOST, built.port)
        self.owner = Visitor(HOST, built.port)
        self.sign_in(self.owner)
        self._person = self._value("select id from accounts_person where sign_in = %s", practice.ik)
        self.member = Member(id=self._person, institution=practice.id, sign_in=practice.ik, role="owner")
        self.entry = UUID(self.ask(kvnr_at(0)).location.rstrip("/").rpartition("/")[2])
        self._copy_answers()
        self._add_colleagues()
        self._hand_in_lists()

    def sign_in(self, visitor: Visitor) -> Page:
        """Signs the owner in."""
        visitor.get("/anmelden/")
        page = visitor.post("/anmelden/", {"name": self.practice.ik, "password": PASSWORD})
        _expect_redirect(page, "sign-in")
        return page

    def ask(self, number: str) -> Page:
        """Sends the form of a query."""
        form_id = self.owner.get("/abfrage/").field("form_id")
        page = self.owner.post(
            "/abfrage/",
            {
                "kvnr": number,
                "permission": "in-person",
                "day": self.built.today.isoformat(),
                "form_id": form_id,
            },
        )
        _expect_redirect(page, "query")
        return page

    def search(self, number: str) -> Page:
        """Searches the history for one insured."""
        page = self.owner.post("/verlauf/", {"kvnr": number})
        _expect_redirect(page, "search")
        return page

    def examples(self) -> dict[str, list[Example]]:
        """What stands for an id in an address, and who comes to pages that need a way before them."""
        from zuzahlung.portal.help_pages import HELP_PAGES

        owner, everybody = self.owner, self.everybody
        invitation = self._value(
            "select id from accounts_invitation where institution = %s limit 1", self.practice.id
        )
        lists = ((f"owner, {state}", list_id) for state, list_id in self._lists.items())
        done = self._lists["done"]
        return {
            "answer": [(OWNER, owner, {"entry": self.entry})],
            "answer_pdf": [(OWNER, owner, {"entry": self.entry})],
            "list": [(label, owner, {"list_query": list_id}) for label, list_id in lists],
            "list_start": [(OWNER, owner, {"list_query": done})],
            "list_discard": [(OWNER, owner, {"list_query": done})],
            "list_csv": [(OWNER, owner, {"list_query": done})],
            "person": [(OWNER, owner, {"person": self._colleague})],
            "invite_again": [(OWNER, owner, {"person": self._colleague})],
            "remove_person": [(OWNER, owner, {"person": self._colleague})],
            "revoke_invitation": [(OWNER, owner, {"invitation": invitation})],
            "revoke_key": [(OWNER, owner, {"key": self.practice.key})],
            "notice_read": [(OWNER, owner, {"notice": self.entry})],
            "help_task": [(EVERYBODY, everybody, {"slug": page.slug}) for page in HELP_PAGES],
            "first_sign_in": [("with the Initialkennwort", self._beginner(), {})],
            "joining": [("with an invitation", self._guest(), {})],
        }

    def _value(self, statement: Any, *arguments: object) -> Any:
        with self.built.owner() as connection:
            row = connection.execute(statement, arguments).fetchone()
        if row is None:
            raise MeasurementFailed(f"nothing found: {statement}")
        return row[0]

    def _copy_answers(self) -> None:
        """Gives the practice years of history: the one answer again and again, each with an id of its time."""
        count = self.built.size.answers_of_practice
        self.built.say(f"giving a practice {count:,} answers")
        with self.built.owner() as connection:
            connection.execute(
                "insert into journal_entry (id, institution, at, actor_kind, actor, actor_name, action, permission, "
                "permission_text, permission_until_on, subject, subject_key, days, result, detail, sealed, "
                "kept_until_on) "
                "select (lpad(to_hex((extract(epoch from t) * 1000)::bigint), 12, '0') || '7' || "
                "right(gen_random_uuid()::text, 21))::uuid, institution, t, actor_kind, actor, actor_name, action, "
                "permission, permission_text, permission_until_on, subject, subject_key, days, result, detail, "
                "sealed, kept_until_on "
                "from journal_entry, lateral (select at - n * interval '25 minutes' as t "
                "from generate_series(1, %s) n) series where id = %s and institution = %s",
                (count, self.entry, self.practice.id),
            )
            connection.execute("analyze journal_entry")

    def _add_colleagues(self) -> None:
        from uuid_utils.compat import uuid7

        from zuzahlung.accounts.rules import Role
        from zuzahlung.accounts.services import invitations

        self._colleague = uuid7()
        with self.built.owner() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "insert into accounts_person (id, institution, sign_in, short_name, role, state, password, "
                "terms_version, made_at, used_at) values (%s, %s, %s, %s, 'reception', 'active', '!', '', %s, %s)",
                [
                    (
                        uuid7() if number else self._colleague, self.practice.id, f"{self.practice.ik}-person{number}",
                        f"person{number}", self.built.now, self.built.now,
                    )
                    for number in range(COLLEAGUES)
                ],
            )  # fmt: skip
        for number in range(3):
            invited = invitations.invite(self.member, f"gast{number}", Role.RECEPTION, self.built.now)
            if not isinstance(invited, invitations.Invited):
                raise MeasurementFailed("nobody could be invited")
            self._invitation_code = invited.code

    def _hand_in_lists(self) -> None:
        """Three lists: one answered by the worker, one started, one only checked."""
        from zuzahlung.site import worker

        self._lists: dict[str, UUID] = {}
        day = self.built.today.strftime("%d.%m.%Y")
        for state in ("done", "running", "checked"):
            rows = "".join(f"{kvnr_at(place)};mündlich;;{day}\n" for place in range(LIST_ROWS))
            file = f"KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\n{rows}".encode()
            self.owner.get("/listenabfrage/")
            page = self.owner.post("/listenabfrage/", {}, ("liste.csv", file))
            _expect_redirect(page, "list")
            self.hand_in_seconds = page.seconds
            self._lists[state] = UUID(page.location.rstrip("/").rpartition("/")[2])
            if state != "checked":
                _expect_redirect(self.owner.post(f"{page.location}starten/", {}), "start of a list")
            if state == "done":
                self.built.say(f"the worker answers a list of {LIST_ROWS} rows")
                began = time.perf_counter()
                worker.run(wait=False)
                self.list_seconds = time.perf_counter() - began

    def _beginner(self) -> Visitor:
        """Somebody at the first sign-in, with the right Initialkennwort."""
        from django.contrib.auth.hashers import make_password
        from uuid_utils.compat import uuid7

        from zuzahlung.vault import codes

        code, person, institution, name = (
            codes.make(codes.INITIALKENNWORT, secrets.token_bytes),
            uuid7(),
            uuid7(),
            ik_at(1_500_000),
        )
        with self.built.owner() as connection:
            connection.execute(
                "insert into accounts_institution (id, ik, name, street, postcode, city, service_kinds) "
                "values (%s, %s, 'Praxis', 'Beispielplatz 3', '01067', 'Dresden', '{heilmittel}')",
                (institution, name),
            )
            connection.execute(
                "insert into accounts_person (id, institution, sign_in, short_name, role, state, password, "
                "terms_version, made_at) values (%s, %s, %s, '', 'owner', 'waiting', '!', '2026-11', %s)",
                (person, institution, name, self.built.now),
            )
            connection.execute(
                "insert into accounts_secret (id, institution, person, kind, state, hash, letter, made_at, expires_at) "
                "values (%s, %s, %s, 'initial', 'valid', %s, %s, %s, %s + interval '30 days')",
                (uuid7(), institution, person, make_password(code), uuid7(), self.built.now, self.built.now),
            )
        visitor = Visitor(HOST, self.built.port)
        visitor.get("/anmelden/")
        _expect_redirect(visitor.post("/anmelden/", {"name": name, "password": code}), "first sign-in")
        return visitor

    def _guest(self) -> Visitor:
        """Somebody who has given the code of an invitation."""
        visitor = Visitor(HOST, self.built.port)
        visitor.get("/einladung/")
        _expect_redirect(visitor.post("/einladung/", {"invitation": self._invitation_code}), "invitation")
        return visitor


def _expect_redirect(page: Page, what: str) -> None:
    if page.status != 302:
        raise MeasurementFailed(f"{what} was answered {page.status}: {_complaint(page)}")


def _complaint(page: Page) -> str:
    """The start of what the page says is wrong."""
    _, _, after = page.text.partition('id="fehler"')
    return " ".join(after.split())[:200]
