"""Letters and receipts as PDF, made one after the other in one process, as the worker and the portal make them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.bench.figures import Figure, per_second
from tests.bench.house import House
from tests.bench.practices import Practice

WARM = 3


def measure(built: House, practices: list[Practice]) -> list[Figure]:
    """Both letters and a receipt; each with values of its own."""
    from django.conf import settings

    from zuzahlung.accounts import letters
    from zuzahlung.accounts.letters import Letter, Occasion
    from zuzahlung.exemptions.receipts import receipt_pdf
    from zuzahlung.standards.numbers.ik import IK
    from zuzahlung.vault import codes

    fund = settings.HOUSE.fund

    def letter(number: int) -> Letter:
        return Letter(
            ik=IK(practices[number % len(practices)].ik),
            address=(f"Praxis {number}", "Beispielplatz 1", "01067 Dresden"),
            reference=f"{number:012}",
            occasion=Occasion.REGISTRATION,
            requested_on=built.today,
            portal_url=settings.PORTAL_URL,
            fund=fund,
        )

    def first(number: int) -> bytes:
        code = codes.make(codes.INITIALKENNWORT, secrets.token_bytes)
        until = built.today + timedelta(days=30)
        return letters.initialkennwort_pdf(letter(number), code=code, valid_until=until, now=built.now)

    def second(number: int) -> bytes:
        code = codes.make(codes.PRUEFNUMMER, secrets.token_bytes)
        return letters.pruefnummer_pdf(letter(number), code=code, now=built.now, first_sign_in=True)

    return [
        _figure(built, "PDF, letter with Initialkennwort", first),
        _figure(built, "PDF, letter with Prüfnummer", second),
        _figure(
            built, "PDF, receipt", lambda number: receipt_pdf(_given(built, practices, number), fund=fund)
        ),
    ]


def _figure(built: House, name: str, make: Callable[[int], bytes]) -> Figure:
    built.say(f"{name}: {built.size.pdfs} pieces")
    began = time.perf_counter()
    make(0)
    cold = time.perf_counter() - began
    for number in range(WARM):
        make(number)
    began = time.perf_counter()
    for number in range(built.size.pdfs):
        pdf = make(WARM + number)
    rate = built.size.pdfs / (time.perf_counter() - began)
    return Figure(
        name=name,
        value=per_second(rate),
        peer=f"{1000 / rate:.1f} ms each, {len(pdf) / 1000:.0f} kB; the first of a thread {1000 * cold:.0f} ms",
    )


def _given(built: House, practices: list[Practice], number: int) -> Any:
    """An answer as the journal gives it; the number makes each one another."""
    from zuzahlung.cli.synthetic import kvnr_at
    from zuzahlung.exemptions.permission_texts import TEXT_VERSION, Permission
    from zuzahlung.exemptions.services import DayGiven, Given
    from zuzahlung.journal.services import Actor
    from zuzahlung.standards.copayment.status import Status
    from zuzahlung.vault import codes
    from zuzahlung.vault.identifiers import answer_identifiers

    practice = practices[number % len(practices)]
    identifier = answer_identifiers.at(built.now)
    return Given(
        id=identifier,
        number=codes.number_of_uuid7(identifier),
        at=built.now,
        institution=practice.id,
        ik=practice.ik,
        institution_name="Physiotherapie am Beispielplatz",
        actor=Actor(kind="person", id=practice.id, name=practice.ik),
        kvnr=kvnr_at(number),
        initials="M. M.",
        result="exempt",
        days=(
            DayGiven(
                day=built.today,
                status=Status.EXEMPT,
                valid_until=built.today.replace(month=12, day=31),
                is_forecast=False,
            ),
        ),
        key=1,
        reason="Die versicherte Person ist an allen Tagen befreit.",
        stand=built.today,
        permission=Permission.IN_PERSON,
        permission_text=TEXT_VERSION,
        permission_until_on=None,
    )
