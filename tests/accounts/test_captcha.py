"""A solved Sicherheits-Prüfung counts once, in its time and for its own form; who sends many of them waits later.

Typed codes are easier to get for a program than sums are to solve, so their network waits after fewer of them.
"""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import altcha
import pytest
from django.conf import settings

from tests.accounts.household import IK, Clock, Practice, at_once, browser, errors_of
from zuzahlung.accounts.models import Puzzle, Registration
from zuzahlung.accounts.services import captcha
from zuzahlung.portal import captcha as brake

REGISTER = "/konto-registrieren/"
OVER = "Die Sicherheits-Prüfung ist abgelaufen. Bitte senden Sie das Formular noch einmal."
TOO_OFTEN = (
    "Von Ihrem Anschluss kamen gerade viele Anfragen. Bitte warten Sie einen Moment, höchstens eine Viertelstunde, "
    "und senden Sie das Formular dann noch einmal."
)


@pytest.fixture(autouse=True)
def small_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums that are solved at once; how long real ones take is no matter here."""
    monkeypatch.setattr(brake, "ITERATIONS", 10)
    monkeypatch.setattr(brake, "FEWEST_TRIES", 1)
    monkeypatch.setattr(brake, "MOST_TRIES", 3)


def solved(challenge: dict[str, Any]) -> str:
    """What a browser's script sends after its sum."""
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert solution is not None
    return base64.b64encode(
        json.dumps({"challenge": challenge, "solution": solution.to_dict()}).encode()
    ).decode()


def fetched(address: str = "192.0.2.1") -> str:
    """A challenge of the page, solved."""
    return solved(browser(address).get("/sicherheits-pruefung/").json())


def sent(solution: str, address: str = "192.0.2.1") -> list[str]:
    """Sends the form with this solution; what its page complains about, or nothing."""
    answer = browser(address).post(REGISTER, {"ik": IK, "terms": "on", "solution": solution})
    if answer.status_code == 302:
        assert answer["Location"] == "/konto-registrieren/angenommen/"
        return []
    faults = errors_of(answer)
    assert faults
    return faults


def asked() -> int:
    return Registration.objects.count()


def test_a_solution_counts_once(practice: Practice, clock: Clock) -> None:
    solution = fetched()
    assert sent(solution) == []
    assert sent(solution) == [OVER]
    assert sent(solution, "198.51.100.9") == [OVER]
    assert asked() == 1


def test_a_solution_sent_by_many_at_once_counts_once(practice: Practice, clock: Clock) -> None:
    solution = fetched()
    works = [lambda n=n: sent(solution, f"198.51.100.{n}") for n in range(4)]
    assert sorted(at_once(*works)) == [[], [OVER], [OVER], [OVER]]
    assert asked() == 1


def test_a_used_solution_stays_used_as_long_as_it_would_hold(practice: Practice, clock: Clock) -> None:
    solution = fetched()
    assert sent(solution) == []
    clock.forward(minutes=20)
    captcha.tidy(clock.now)
    assert sent(solution) == [OVER]
    assert asked() == 1
    captcha.tidy(clock.forward(seconds=1))
    assert Puzzle.objects.filter(id__startswith="nonce:").count() == 0
    assert sent(solution) == [OVER]


def test_a_solution_counts_for_twenty_minutes(practice: Practice, clock: Clock) -> None:
    early, late = fetched(), fetched()
    clock.forward(minutes=20)
    assert sent(early) == []
    clock.forward(seconds=1)
    assert sent(late) == [OVER]


def test_what_the_same_secret_signed_for_something_else_is_no_solution(
    practice: Practice, clock: Clock
) -> None:
    until = int((clock.now + timedelta(minutes=20)).timestamp())
    for secret in (settings.SECRET_KEY, f"form:{settings.SECRET_KEY}", f"operator {settings.SECRET_KEY}"):
        foreign = altcha.create_challenge(
            brake.ALGORITHM, 10, counter=2, data={"until": until}, hmac_secret=secret
        )
        assert sent(solved(dict(foreign.to_dict()))) == [OVER]
    ours = altcha.create_challenge(
        brake.ALGORITHM, 10, counter=2, data={"until": until}, hmac_secret=f"captcha:{settings.SECRET_KEY}"
    )
    assert sent(solved(dict(ours.to_dict()))) == []


def test_a_refused_solution_is_not_made_good_by_a_typed_code_beside_it(
    practice: Practice, clock: Clock
) -> None:
    key, code = captcha.new_text_code(clock.now)
    answer = browser().post(
        REGISTER, {"ik": IK, "terms": "on", "solution": "x", "code_key": key, "code": code}
    )
    assert errors_of(answer) == [OVER]
    assert asked() == 0


def test_after_31_solutions_at_one_moment_a_network_waits_and_others_do_not(
    practice: Practice, clock: Clock
) -> None:
    assert [sent(fetched()) for _ in range(31)] == [[]] * 31
    waiting = fetched()
    assert sent(waiting) == [TOO_OFTEN]
    assert sent(fetched("198.51.100.9"), "198.51.100.9") == []
    clock.forward(seconds=3)
    assert sent(waiting) == []
    assert asked() == 33


def test_a_solution_that_came_too_late_from_a_network_that_waits_reads_that_it_waits(
    practice: Practice, clock: Clock
) -> None:
    late = fetched()
    clock.forward(minutes=21)
    assert [sent(fetched()) for _ in range(31)] == [[]] * 31
    assert sent(late) == [TOO_OFTEN]
    clock.forward(seconds=3)
    assert sent(late) == [OVER]


def test_with_neither_solution_nor_code_the_page_asks_for_the_code(practice: Practice, clock: Clock) -> None:
    key, _ = captcha.new_text_code(clock.now)
    answer = browser().post(REGISTER, {"ik": IK, "terms": "on", "code_key": key, "code": "  "})
    assert errors_of(answer) == ["Bitte tippen Sie den Code ab."]
    assert asked() == 0


def test_a_valid_solution_counts_although_the_code_stayed_empty(practice: Practice, clock: Clock) -> None:
    key, _ = captcha.new_text_code(clock.now)
    answer = browser().post(
        REGISTER, {"ik": IK, "terms": "on", "solution": fetched(), "code_key": key, "code": ""}
    )
    assert answer.status_code == 302
    assert asked() == 1


def test_after_6_typed_codes_at_one_moment_a_network_waits_though_its_solutions_still_count(
    practice: Practice, clock: Clock
) -> None:
    def typed() -> list[str]:
        key, code = captcha.new_text_code(clock.now)
        answer = browser().post(REGISTER, {"ik": IK, "terms": "on", "code_key": key, "code": code})
        return [] if answer.status_code == 302 else errors_of(answer)

    assert [typed() for _ in range(6)] == [[]] * 6
    assert typed() == [TOO_OFTEN]
    assert sent(fetched()) == []
    clock.forward(seconds=3)
    assert typed() == []


def test_the_wait_for_solutions_grows_with_each_that_comes_too_many(practice: Practice, clock: Clock) -> None:
    for _ in range(31):
        sent(fetched())
    for seconds in (2, 4, 8, 16):
        clock.forward(seconds=seconds - 1)
        assert sent(fetched()) == [TOO_OFTEN]
        clock.forward(seconds=1)
        assert sent(fetched()) == []
