"""Known or unknown: the time of an answer tells nobody which institution takes part. Tests show equal statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from tests.bench.figures import Figure, MeasurementFailed, Times
from tests.bench.house import HOST, House, serving
from tests.bench.practices import Practice, ik_at
from tests.bench.query import PATH, body_of
from tests.bench.visitor import Page, Visitor
from zuzahlung.cli.synthetic import kvnr_at

MOST_APART = 0.05
STRANGERS = 5_000_000
LISTED = 2_000_000
WARM = 6

Tries = Mapping[str, Callable[[int], Page]]


def measure(built: House, practices: list[Practice]) -> list[Figure]:
    """Each kind in turn, in random order, so that whatever else happens meets all kinds alike."""
    built.need_registry()
    with serving(built):
        return [
            *_figures("query, insured", _by_turns(built, _queries(built, practices), built.size.pairs)),
            *_figures(
                "sign-in, wrong password",
                _by_turns(built, _sign_ins(built, practices), built.size.sign_ins),
                most_apart=MOST_APART,
            ),
            *_figures(
                "registration",
                _by_turns(built, _registrations(built, practices), built.size.pairs // 5),
                most_apart=MOST_APART,
            ),
        ]


def _by_turns(built: House, tries: Tries, count: int) -> dict[str, Times]:
    built.say(f"equal time: {', '.join(tries)}, {count} each")
    order, names = Random(1), list(tries)
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(count + WARM):
        order.shuffle(names)
        for name in names:
            seconds = tries[name](number).seconds
            if number >= WARM:
                found[name].append(seconds)
    return {name: Times(seconds=seconds) for name, seconds in found.items()}


def _figures(what: str, times: Mapping[str, Times], *, most_apart: float | None = None) -> list[Figure]:
    (first, known), *others = times.items()
    figures = []
    for name, other in others:
        ratio = other.middle / known.middle
        figures.append(
            Figure(
                name=f"{what}: {name}",
                value=f"{other.middle:.2f} ms",
                peer=f"{first} {known.middle:.2f} ms",
                ratio=ratio,
                target="" if most_apart is None else f"{1 - most_apart:.2f}–{1 + most_apart:.2f}",
                reached=None if most_apart is None else abs(ratio - 1) <= most_apart,
            )
        )
    return figures


def _queries(built: House, practices: list[Practice]) -> Tries:
    visitor = Visitor(HOST, built.port)

    def ask(place: int, number: int, result: bytes | None) -> Page:
        page = visitor.post_json(
            PATH, body_of(built, kvnr_at(place)), practices[number % len(practices)].token
        )
        if page.status != 200 or (b'"result":"unknown"' in page.body) != (result == b"unknown"):
            raise MeasurementFailed(f"a query was answered {page.status}: {page.text[:200]}")
        return page

    return {
        "known": lambda number: ask(number * 7919 % built.size.insured, number, None),
        "unknown": lambda number: ask(STRANGERS + number, number, b"unknown"),
    }


def _sign_ins(built: House, practices: list[Practice]) -> Tries:
    visitor = Visitor(HOST, built.port)
    visitor.get("/anmelden/")
    turn = iter(range(1_000_000))

    def sign_in(name: str) -> Page:
        visitor.come_from(next(turn))
        page = visitor.post("/anmelden/", {"name": name, "password": "lila wolke singt leise"})
        if page.status != 200 or "passen nicht zusammen" not in page.text:
            raise MeasurementFailed(f"a wrong password was answered {page.status} {page.location}")
        return page

    return {
        "known IK": lambda number: sign_in(practices[number % len(practices)].ik),
        "unknown IK": lambda number: sign_in(ik_at(STRANGERS + number)),
    }


def _registrations(built: House, practices: list[Practice]) -> Tries:
    """Asks for accounts with the displayed code, each time as somebody else; only sending the form is measured."""
    _list_institutions(built)
    visitor = Visitor(HOST, built.port)
    turn = iter(range(100_000, 1_000_000))

    def register(ik: str) -> Page:
        visitor.come_from(next(turn))
        key, code = _text_code(built)
        page = visitor.post(
            "/konto-registrieren/", {"ik": ik, "email": "", "terms": "on", "code_key": key, "code": code}
        )
        if page.status != 302 or not page.location.endswith("/angenommen/"):
            raise MeasurementFailed(f"a registration was answered {page.status} {page.location}")
        return page

    visitor.get("/konto-registrieren/")
    return {
        "known IK": lambda number: register(ik_at(LISTED + number)),
        "unknown IK": lambda number: register(ik_at(STRANGERS + number)),
        "IK with an account": lambda number: register(practices[number % len(practices)].ik),
    }


def _list_institutions(built: House) -> None:
    """Puts institutions into the directory that have no account."""
    from uuid_utils.compat import uuid7

    with built.owner() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into accounts_institution (id, ik, name, street, postcode, city, service_kinds) "
            "values (%s, %s, 'Praxis', 'Beispielplatz 2', '01067', 'Dresden', '{heilmittel}')",
            [(uuid7(), ik_at(LISTED + number)) for number in range(built.size.pairs // 5 + WARM)],
        )


def _text_code(built: House) -> tuple[str, str]:
    from zuzahlung.accounts.services import captcha

    return captcha.new_text_code(built.now)
