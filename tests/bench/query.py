"""One audited query through the JSON interface, beside the same two statements in a bare driver loop."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import UUID

from tests.bench.bare import Recorded, Task, bare
from tests.bench.figures import Figure, MeasurementFailed, milliseconds, per_second
from tests.bench.house import HOST, House, serving
from tests.bench.load import CONNECTIONS, Load, Questions, many_at_once, paced
from tests.bench.practices import Practice
from tests.bench.processor import Spent, spent_so_far
from zuzahlung.cli.synthetic import kvnr_at

PATH = "/api/v1/exemption-queries"
PACE = 100
SETTLED_SECONDS = 0.3
WANTED_RATE, WANTED_SHARE, HOPED_SHARE, WANTED_BUSY_SHARE, WANTED_P99 = 1_770, 0.4, 0.7, 0.5, 50


def measure(built: House, practices: list[Practice]) -> list[Figure]:
    """Random keys, one busy key alone, and a constant pace; portal and bare loop by turns."""
    built.need_registry()
    stage = _Stage(built, practices)
    with serving(built):
        stage.warm_up()
        both = stage.by_turns("random keys", stage.all_keys)
        busy = stage.by_turns("one busy key", stage.one_key)
        built.say(f"bare loop, both statements in one round trip: {stage.seconds:g} s")
        at_once = stage.bare(stage.all_keys, one_round_trip=True)
        built.say(f"constant pace of {PACE}/s: {built.size.paced_seconds:g} s")
        pace = stage.counted(
            lambda: paced(stage.all_keys.questions, rate=PACE, seconds=built.size.paced_seconds, seed=99)
        )
    return _figures(both, busy, at_once, pace)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Pair:
    """Medians of the runs of the portal and of the bare loop."""

    portal: Load
    bare: Load

    @property
    def ratio(self) -> float:
        return self.portal.rate / self.bare.rate


def _figures(both: _Pair, busy: _Pair, at_once: Load, pace: Load) -> list[Figure]:
    portal, peer = both.portal, both.bare
    kept = busy.portal.rate / portal.rate
    hope = f"{WANTED_SHARE} (hoped for {HOPED_SHARE})"
    return [
        Figure(
            name="query, random keys",
            value=per_second(portal.rate),
            peer=f"bare loop {per_second(peer.rate)}",
            ratio=both.ratio,
            target=f"≥ {WANTED_RATE:,}/s",
            reached=portal.rate >= WANTED_RATE,
        ),
        Figure(
            name="query, share of the bare loop",
            value=f"{both.ratio:.2f}",
            ratio=both.ratio,
            target=f"≥ {hope}",
            reached=both.ratio >= WANTED_SHARE,
        ),
        Figure(
            name="query, peer in one round trip",
            value=per_second(portal.rate),
            peer=f"bare loop {per_second(at_once.rate)}",
            ratio=portal.rate / at_once.rate,
        ),
        Figure(
            name=f"query, p50 / p99 on {CONNECTIONS} connections",
            value=f"{portal.p50:.1f} / {portal.p99:.1f} ms",
            peer=f"bare loop {peer.p50:.1f} / {peer.p99:.1f} ms",
        ),
        *_processor_time(portal, peer),
        Figure(name=f"query, p50 at {PACE}/s", value=milliseconds(pace.p50)),
        Figure(
            name=f"query, p99 at {PACE}/s",
            value=milliseconds(pace.p99),
            peer=f"longest {milliseconds(pace.longest)}",
            target=f"≤ {WANTED_P99} ms",
            reached=pace.p99 <= WANTED_P99,
        ),
        Figure(
            name="query, one busy key",
            value=per_second(busy.portal.rate),
            peer=f"random keys {per_second(portal.rate)}",
            ratio=kept,
            target=f"≥ {WANTED_BUSY_SHARE}",
            reached=kept >= WANTED_BUSY_SHARE,
        ),
        Figure(
            name="query, one busy key, against bare",
            value=per_second(busy.portal.rate),
            peer=f"bare loop {per_second(busy.bare.rate)}",
            ratio=busy.ratio,
        ),
    ]


def _processor_time(portal: Load, peer: Load) -> list[Figure]:
    """What one answer costs; unlike the rates, this says the same on a busy machine."""
    ours, theirs = portal.spent.all / portal.answers, peer.spent.all / peer.answers
    parts = (
        (portal.spent.portal, "portal"),
        (portal.spent.postgres, "PostgreSQL"),
        (portal.spent.client, "client"),
    )
    cores = os.cpu_count() or 1
    return [
        Figure(
            name="query, processor time per answer",
            value=" + ".join(f"{what} {1000 * spent / portal.answers:.2f}" for spent, what in parts) + " ms",
            peer=f"bare loop {1000 * peer.spent.client / peer.answers:.2f} + "
            f"PostgreSQL {1000 * peer.spent.postgres / peer.answers:.2f} ms",
            ratio=theirs / ours,
        ),
        Figure(
            name=f"query, most that {cores} idle cores allow",
            value=per_second(cores / ours),
            peer=f"bare loop {per_second(cores / theirs)}",
        ),
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """The same questions for both: as requests and as values of statements."""

    questions: Questions
    keys: list[tuple[bytes, UUID, UUID]]


class _Stage:
    """What all runs share: who asks about whom, and one query as the portal sent it to the database."""

    def __init__(self, built: House, practices: list[Practice]) -> None:
        self.built, self.seconds = built, built.size.load_seconds
        numbers = [kvnr_at(place) for place in range(built.size.insured)]
        self.all_keys = _asked(built, practices, "".join(numbers).encode())
        self.one_key = replace(
            self.all_keys,
            questions=replace(self.all_keys.questions, tokens=self.all_keys.questions.tokens[:1]),
            keys=self.all_keys.keys[:1],
        )
        self._digests = _digests(numbers)
        self._recorded = _recorded(built, practices[0], numbers[0])
        self._seed = 0

    def warm_up(self) -> None:
        """Lets every thread open its connection and prepare its statements."""
        self.built.say(f"warming up: {self.built.size.warm_seconds:g} s")
        self.portal(self.all_keys, seconds=self.built.size.warm_seconds)

    def by_turns(self, what: str, asked: _Asked) -> _Pair:
        """Portal, bare loop, portal, bare loop: what else the machine does then meets both."""
        portal, peer = [], []
        for number in range(1, self.built.size.rounds + 1):
            self.built.say(f"{what}, round {number}: portal and bare loop, {self.seconds:g} s each")
            portal.append(self.counted(lambda: self.portal(asked, seconds=self.seconds)))
            peer.append(self.counted(lambda: self.bare(asked)))
            self.built.say(f"  {per_second(portal[-1].rate)} and {per_second(peer[-1].rate)}")
        return _Pair(portal=_medians(portal), bare=_medians(peer))

    def portal(self, asked: _Asked, *, seconds: float) -> Load:
        """One run through HTTP."""
        self._seed += 1
        built = self.built
        return many_at_once(
            asked.questions, seconds=seconds, seed=self._seed, folder=built.folder, own=built.own_load
        )

    def bare(self, asked: _Asked, *, one_round_trip: bool = False) -> Load:
        """One run of the bare loop."""
        self._seed += 1
        task = Task(
            address=os.environ["DATABASE_URL"],
            recorded=self._recorded,
            keys=asked.keys,
            digests=self._digests,
            seconds=self.seconds,
            one_round_trip=one_round_trip,
            seed=self._seed,
        )
        return bare(task, self.built.folder)

    def counted(self, run: Callable[[], Load]) -> Load:
        """Runs it and holds the journal and the quotas against it: no answer without its entry."""
        before = self._entries_and_used()
        load = _with_processor_time(self.built, run)
        entries, used = (after - then for after, then in zip(self._entries_and_used(), before, strict=True))
        # Requests that were under way when the time was up are answered and counted by nobody.
        if not load.answers <= entries <= load.answers + CONNECTIONS or entries != used:
            raise MeasurementFailed(
                f"{load.answers} answers, {entries} journal entries, {used} counted by quotas"
            )
        return load

    def _entries_and_used(self) -> tuple[int, int]:
        """How many queries journal and quotas have counted, once nothing is under way any more."""
        before, now = (-1, -1), self._count()
        while before != now:
            time.sleep(SETTLED_SECONDS)
            before, now = now, self._count()
        return now

    def _count(self) -> tuple[int, int]:
        with self.built.owner() as connection:
            row = connection.execute(
                "select (select count(*) from journal_entry where action = 'exemption-query'), "
                "(select coalesce(sum(used), 0) from exemptions_quota)"
            ).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])


def _with_processor_time(built: House, run: Callable[[], Load]) -> Load:
    before = spent_so_far(portal=built.portal, postgres=built.postgres)
    load = run()
    spent = spent_so_far(portal=built.portal, postgres=built.postgres) - before
    # The bare loop knows by itself what it spent, without the start of its process.
    return replace(load, spent=replace(spent, client=load.spent.client or spent.client))


def _asked(built: House, practices: Iterable[Practice], numbers: bytes) -> _Asked:
    from zuzahlung.accounts.services import keys

    before, after = _body(built)
    practices = list(practices)
    return _Asked(
        questions=Questions(
            host=HOST,
            port=built.port,
            path=PATH,
            tokens=[one.token for one in practices],
            numbers=numbers,
            before=before,
            after=after,
        ),
        keys=[(keys.token_hash(one.token), one.id, one.key) for one in practices],
    )


def _body(built: House) -> tuple[str, str]:
    """The body of a query before and after the number."""
    return '{"kvnr":"', f'","permission":"in-person","serviceDates":["{built.today.isoformat()}"]}}'


def body_of(built: House, number: str) -> bytes:
    """The whole body of a query about one insured."""
    before, after = _body(built)
    return f"{before}{number}{after}".encode()


def _digests(numbers: Iterable[str]) -> bytes:
    from zuzahlung.vault.services import vault

    fingerprint = vault().fingerprinter("kvnr")
    return b"".join(fingerprint(number.encode()) for number in numbers)


def _recorded(built: House, practice: Practice, number: str) -> Recorded:
    """One query through the portal's own application in this process, listening to what goes to the database."""
    from zuzahlung.accounts.services import keys
    from zuzahlung.exemptions import prepared
    from zuzahlung.site.wsgi import application
    from zuzahlung.vault import codes
    from zuzahlung.vault.services import vault

    heard: list[tuple[str, tuple[Any, ...]]] = []
    statement = prepared.statement

    def listening(sql: str, arguments: Any) -> tuple[Any, ...]:
        heard.append((sql, tuple(arguments)))
        return statement(sql, arguments)

    with patch.object(prepared, "statement", listening):
        answer = _call(application, built, practice.token, number)
    (open_sql, opened), (write_sql, written) = heard
    low, high = codes.uuid7_range_of_number(answer["number"])
    return Recorded(
        open_sql=open_sql,
        open_arguments=opened,
        write_sql=write_sql,
        write_arguments=written,
        token_hash=keys.token_hash(practice.token),
        institution=practice.id,
        key=practice.key,
        entry=next(one for one in written if isinstance(one, UUID) and low <= one <= high),
        digest=vault().fingerprint("kvnr", number).digest,
    )


def _call(application: Any, built: House, token: str, number: str) -> dict[str, Any]:
    body = body_of(built, number)
    status: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "QUERY_STRING": "",
        "SERVER_NAME": HOST,
        "SERVER_PORT": str(built.port),
        "HTTP_HOST": f"{HOST}:{built.port}",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": HOST,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
    }
    said = b"".join(application(environ, lambda line, _headers: status.append(line)))
    if not status or not status[0].startswith("200"):
        raise MeasurementFailed(f"the first query was answered {status}: {said[:300]!r}")
    answer: dict[str, Any] = json.loads(said)
    return answer


def _medians(loads: list[Load]) -> Load:
    return Load(
        answers=sum(one.answers for one in loads),
        rate=median(one.rate for one in loads),
        p50=median(one.p50 for one in loads),
        p99=median(one.p99 for one in loads),
        longest=max(one.longest for one in loads),
        spent=Spent(
            portal=sum(one.spent.portal for one in loads),
            postgres=sum(one.spent.postgres for one in loads),
            client=sum(one.spent.client for one in loads),
        ),
    )
