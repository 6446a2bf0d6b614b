"""Beyond this machine there is no portal without https: every way to set one up is refused with a sentence."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.database import HouseDatabase
from zuzahlung.cli.loopback import is_this_machine
from zuzahlung.site.addresses import portal_url

ASK = (
    "from zuzahlung.site import {module} as s;"
    "print(s.SECURE, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.PORTAL_URL, *s.ALLOWED_HOSTS)"
)
PLAIN = "False False False"
SECURE = "True True True"
HERE = "127.0.0.1 localhost [::1]"


def settings_say(module: str = "settings", **environment: str) -> str:
    """Whether cookies are for https, the address and the names; or why there are no settings."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("ZUZAHLUNG_")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK.format(module=module)],
        env={**clean, "ZUZAHLUNG_VAR": os.environ["ZUZAHLUNG_VAR"], **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return done.stdout.strip()
    kind, _, why = done.stderr.strip().splitlines()[-1].partition(": ")
    assert kind == "django.core.exceptions.ImproperlyConfigured"
    return why


def plain(variable: str, name: str) -> str:
    """The sentence about a name beyond this machine."""
    return (
        f"{variable} nennt {name}, aber ZUZAHLUNG_URL beginnt nicht mit https://: Anmeldungen wären unterwegs "
        "lesbar. Bitte stellen Sie einen Proxy mit TLS davor und nennen Sie dessen Adresse, zum Beispiel "
        "ZUZAHLUNG_URL=https://portal.example.de"
    )


def test_on_this_machine_plain_http_will_do() -> None:
    assert settings_say() == f"{PLAIN} http://127.0.0.1:8000 127.0.0.1 {HERE}"
    assert settings_say(ZUZAHLUNG_URL="http://localhost:8080/") == (
        f"{PLAIN} http://localhost:8080 localhost {HERE}"
    )
    assert settings_say(ZUZAHLUNG_URL="http://[::1]:8000") == f"{PLAIN} http://[::1]:8000 ::1 {HERE}"


def test_behind_https_cookies_are_for_https_and_any_name_will_do() -> None:
    said = settings_say(
        ZUZAHLUNG_URL="https://portal.example", ZUZAHLUNG_HOSTS="portal.example,www.portal.example"
    )
    assert said == f"{SECURE} https://portal.example portal.example www.portal.example"


@pytest.mark.parametrize(
    ("module", "environment", "sentence"),
    [
        (
            "settings", {"ZUZAHLUNG_URL": "http://portal.example.de"},
            plain("ZUZAHLUNG_URL", "portal.example.de"),
        ),
        ("settings", {"ZUZAHLUNG_URL": "http://192.0.2.7:8000"}, plain("ZUZAHLUNG_URL", "192.0.2.7")),
        (
            "settings", {"ZUZAHLUNG_HOSTS": "localhost,portal.example.de"},
            plain("ZUZAHLUNG_HOSTS", "portal.example.de"),
        ),
        ("settings", {"ZUZAHLUNG_HOSTS": "*"}, plain("ZUZAHLUNG_HOSTS", "*")),
        (
            "operator", {"ZUZAHLUNG_OPERATOR_HOSTS": "betrieb.example.de"},
            plain("ZUZAHLUNG_OPERATOR_HOSTS", "betrieb.example.de"),
        ),
        (
            "settings", {"ZUZAHLUNG_DEMO": "1", "ZUZAHLUNG_URL": "http://192.0.2.7"},
            plain("ZUZAHLUNG_URL", "192.0.2.7"),
        ),
    ],
)  # fmt: skip
def test_a_name_beyond_this_machine_without_https_is_refused(
    module: str, environment: dict[str, str], sentence: str
) -> None:
    assert settings_say(module, **environment) == sentence


@pytest.mark.parametrize(
    "text",
    ["", "portal.example.de", "ftp://portal.example.de", "https://", "https://portal.example.de/portal",
     "https://portal.example.de:0", "https://portal.example.de:x", "https://[::1", "https://a@portal.example.de",
     "https://portal.example.de?x", "HTTPS//portal.example.de"],
)  # fmt: skip
def test_what_is_no_address_of_a_portal_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        portal_url(text)
    assert str(caught.value) == (
        f"ZUZAHLUNG_URL muss eine Adresse wie https://portal.example.de sein, nicht {text}"
    )


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("[::1]", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False), ("192.0.2.7", False), ("127.0.0.1.example.de", False),
        ("localhost.example.de", False), ("", False),
    ],
)  # fmt: skip
def test_this_machine_is_known_by_its_names_and_addresses(host: str, is_own: bool) -> None:
    assert is_this_machine(host) is is_own


@pytest.mark.parametrize("site", [[], ["--operator"]])
def test_a_server_does_not_listen_to_the_network_without_https(
    house_database: HouseDatabase, site: list[str]
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "zuzahlung.cli.main", "serve", *site, "--host", "0.0.0.0", "--port", str(port)],
        env={**os.environ}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "zuzahlung: 0.0.0.0 ist aus dem Netz erreichbar, aber ZUZAHLUNG_URL beginnt nicht mit https://: Anmeldungen wären "
        "unterwegs lesbar. Bitte stellen Sie einen Proxy mit TLS davor und nennen Sie dessen Adresse, zum Beispiel "
        "ZUZAHLUNG_URL=https://portal.example.de"
    )
