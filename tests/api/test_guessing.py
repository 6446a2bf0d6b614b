"""Guessing keys is slowed down by network; a key in use goes on, and asking with it costs nothing more."""

from __future__ import annotations

import pytest

from tests.api.stage import ASK, QUERIES, Heard, Stage, call
from zuzahlung.accounts.services import keys, throttle
from zuzahlung.api.guessing import ALLOWANCE, Guessing

NETWORK = "192.0.2.7"


def guess(times: int = 1, *, address: str = NETWORK) -> list[Heard]:
    """Asks with keys nobody made."""
    return [call("POST", QUERIES, ASK, token=keys.new_token(), address=address) for _ in range(times)]


def test_after_twenty_wrong_keys_a_network_has_to_wait(stage: Stage) -> None:
    assert {one.status for one in guess(20)} == {401}
    (heard,) = guess()
    assert (heard.status, heard.problem) == (429, "too-many-wrong-keys")
    assert heard.headers["Retry-After"] == "2"
    stage.forward(seconds=2)
    assert [one.status for one in guess(2)] == [401, 429]
    assert guess()[0].headers["Retry-After"] == "4"


def test_whoever_waits_is_told_how_long_and_that_the_key_may_be_good(stage: Stage) -> None:
    address = "192.0.2.5"
    guess(24, address=address)
    stage.forward(seconds=2)
    guess(address=address)
    (heard,) = guess(address=address)
    assert heard.json["freeAt"] == "2026-11-19T09:42:06Z"
    assert heard.json["text"] == (
        "Von Ihrem Anschluss kamen viele Anfragen mit ungültigen Schlüsseln. Neue Schlüssel werden deshalb für kurze "
        "Zeit nicht geprüft; Ihrer kann trotzdem gültig sein. Ein anderer Schlüssel hilft nicht. Ab 19.11.2026, "
        "10:43 Uhr geht es weiter."
    )


def test_the_wait_does_not_grow_past_a_quarter_of_an_hour(stage: Stage) -> None:
    address = "192.0.2.6"
    guess(ALLOWANCE - 1, address=address)
    waits = []
    for _ in range(12):
        guess(address=address)
        waits.append(int(guess(address=address)[0].headers["Retry-After"]))
        stage.forward(seconds=waits[-1])
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_one_wrong_key_counts_once_however_often_a_forgotten_program_sends_it(stage: Stage) -> None:
    address, token = "192.0.2.12", keys.new_token()
    heard = [call("POST", QUERIES, ASK, token=token, address=address) for _ in range(3 * ALLOWANCE)]
    assert {one.status for one in heard} == {401}
    assert [one.status for one in guess(ALLOWANCE, address=address)] == [401] * (ALLOWANCE - 1) + [429]


def test_a_network_that_waits_stops_no_other(stage: Stage) -> None:
    guess(ALLOWANCE + 2, address="192.0.2.8")
    assert guess(address="192.0.2.9")[0].status == 401
    assert guess(address="192.0.2.8")[0].status == 429


def test_ipv6_counts_by_the_network_of_a_household(stage: Stage) -> None:
    for host in range(ALLOWANCE):
        guess(address=f"2001:db8:1:2::{host:x}")
    assert guess(address="2001:db8:1:2:ffff::1")[0].status == 429
    assert guess(address="2001:db8:1:3::1")[0].status == 401


def test_a_key_in_use_goes_on_while_its_network_waits(stage: Stage) -> None:
    used, new = stage.practice(), stage.practice()
    address = "192.0.2.10"
    assert call("POST", QUERIES, ASK, token=used.token, address=address).status == 200
    guess(ALLOWANCE, address=address)
    assert call("POST", QUERIES, ASK, token=used.token, address=address).status == 200
    assert call("POST", QUERIES, ASK, token=new.token, address=address).status == 429
    stage.forward(seconds=2)
    assert call("POST", QUERIES, ASK, token=new.token, address=address).status == 200


def test_a_revoked_key_is_no_key_in_use(stage: Stage) -> None:
    practice = stage.practice()
    address = "192.0.2.11"
    assert call("POST", QUERIES, ASK, token=practice.token, address=address).status == 200
    keys.revoke_key(practice.member, practice.key, stage.now)
    assert call("POST", QUERIES, ASK, token=practice.token, address=address).status == 401
    guess(ALLOWANCE - 1, address=address)
    assert call("POST", QUERIES, ASK, token=practice.token, address=address).status == 429


def test_a_typing_error_is_no_guess_and_asks_nothing_of_the_database(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted(*_: object) -> None:
        pytest.fail("a typing error was counted")

    monkeypatch.setattr(throttle, "count_failure", counted)
    monkeypatch.setattr("zuzahlung.exemptions.registry.open_with_key", counted)
    token = stage.practice().token
    for wrong in (token[:-1], token + "A", token[:-1] + ("A" if token[-1] != "A" else "B"), ""):
        assert call("POST", QUERIES, ASK, token=wrong).status == 401


def test_a_good_key_asks_no_throttle(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    practice = stage.practice()
    for name in ("blocked_until", "count_failure", "forget"):
        monkeypatch.setattr(throttle, name, lambda *_: pytest.fail("the throttle was asked"))
    assert practice.asks().status == 200


def test_what_is_remembered_has_an_end(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zuzahlung.api.guessing._MOST_KEYS", 2)
    guessing = Guessing()
    for name in (b"one", b"two", b"three"):
        guessing.was_good(name)
    assert list(guessing._good) == [b"two", b"three"]
