"""Where a request comes from is what a trusted proxy says, and nothing that anybody else says."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.database import HouseDatabase
from tests.exemptions.practice import PASSWORD, practice
from tests.security.wsgi import Answer, Caller
from zuzahlung.site import proxy

TRUSTED = proxy.networks("127.0.0.1, ::1, 10.1.0.0/16")


def believed(peer: str, /, *trusted: proxy.Network, **said: str) -> tuple[str, str]:
    environ: dict[str, Any] = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in said.items()}
    proxy.believe(environ, trusted)
    assert set(environ) == {"REMOTE_ADDR", "wsgi.url_scheme"}
    return environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("peer", "chain", "client"),
    [
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        # What the client itself sent stands on the left; the proxy added the right-hand one.
        ("127.0.0.1", "203.0.113.99, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "127.0.0.1, 198.51.100.7", "198.51.100.7"),
        # Two proxies of ours in a row.
        ("127.0.0.1", "203.0.113.99, 198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7, unknown", "127.0.0.1"),
        ("127.0.0.1", "'; drop table x --", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", ",,,", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7:51234", "198.51.100.7"),
        ("127.0.0.1", "[2001:db8::7]:51234", "2001:db8::7"),
        ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("::1", "::ffff:198.51.100.7", "198.51.100.7"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        # From somebody who is no proxy of ours nothing is believed.
        ("198.51.100.7", "203.0.113.99", "198.51.100.7"),
        ("10.2.0.1", "203.0.113.99", "10.2.0.1"),
        ("", "203.0.113.99", ""),
    ],
)
def test_the_client_is_the_nearest_address_that_is_no_proxy_of_ours(
    peer: str, chain: str, client: str
) -> None:
    assert believed(peer, *TRUSTED, x_forwarded_for=chain)[0] == client


@pytest.mark.parametrize(
    ("peer", "said", "scheme"),
    [
        ("127.0.0.1", "https", "https"),
        ("127.0.0.1", "HTTPS", "https"),
        ("127.0.0.1", "http, https", "https"),
        ("127.0.0.1", "https, http", "http"),
        ("127.0.0.1", "ftp", "http"),
        ("198.51.100.7", "https", "http"),
    ],
)
def test_the_scheme_is_what_the_nearest_proxy_says(peer: str, said: str, scheme: str) -> None:
    assert believed(peer, *TRUSTED, x_forwarded_proto=said)[1] == scheme


def test_without_the_setting_nothing_is_believed() -> None:
    said = {"x_forwarded_for": "203.0.113.99", "x_forwarded_proto": "https"}
    assert believed("127.0.0.1", **said) == ("127.0.0.1", "http")


def test_no_other_word_of_a_proxy_gets_through() -> None:
    said = {"forwarded": "for=203.0.113.99", "x_forwarded_host": "evil.example", "x_real_ip": "203.0.113.99"}
    assert believed("127.0.0.1", *TRUSTED, **said) == ("127.0.0.1", "http")


def test_a_chain_of_a_thousand_addresses_is_not_walked() -> None:
    chain = ",".join(["198.51.100.7", *["10.1.2.3"] * 1000])
    assert believed("127.0.0.1", *TRUSTED, x_forwarded_for=chain)[0] == "10.1.2.3"


@pytest.mark.parametrize("text", ["10.1.0.0/33", "proxy.example", "10.1.2.3/16", "*"])
def test_a_setting_that_is_no_network_stops_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^ZUZAHLUNG_PROXIES: "):
        proxy.networks(text)


def try_wrong(ik: str, caller: Caller, **headers: str) -> Answer:
    return caller.post("/anmelden/", {"name": ik, "password": "falsch falsch falsch"}, headers=headers)


def is_slowed_down(answer: Answer) -> bool:
    return "zu viele Versuche" in answer.text


def test_whoever_makes_up_addresses_is_slowed_down_all_the_same(
    house_database: HouseDatabase, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = TRUSTED
    stranger = Caller(address="198.51.100.7")
    answers = [try_wrong("260326822", stranger, **{"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(6)]
    assert is_slowed_down(answers[-1])


def test_behind_the_proxy_one_network_does_not_slow_down_another(
    house_database: HouseDatabase, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = TRUSTED
    owner = practice().person("owner")
    proxied = Caller(address="127.0.0.1")
    for _ in range(6):
        last = try_wrong(owner.sign_in, proxied, **{"X-Forwarded-For": "198.51.100.7"})
    assert is_slowed_down(last)

    ours = Caller(address="127.0.0.1")
    entered = ours.post(
        "/anmelden/",
        {"name": owner.sign_in, "password": PASSWORD},
        headers={"X-Forwarded-For": "198.51.100.8"},
    )
    assert (entered.status, entered.header("Location")) == (302, "/abfrage/")


def test_a_form_sent_through_the_tls_proxy_is_taken_as_our_own(
    house_database: HouseDatabase, settings: Any
) -> None:
    """The browser names the origin https://…, and the proxy speaks http with us."""
    settings.TRUSTED_PROXIES = TRUSTED
    caller = Caller()
    through = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https", "Origin": "https://127.0.0.1"}
    fields = {"name": "260326822", "password": "falsch falsch falsch"}
    assert caller.post("/anmelden/", fields, headers=through).status == 200
    foreign = {**through, "Origin": "https://evil.example"}
    assert caller.post("/anmelden/", fields, headers=foreign).status == 403
