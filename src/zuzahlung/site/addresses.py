"""Where people reach the house: its own address, and no name beyond this machine without https."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from zuzahlung.cli.loopback import is_this_machine


def portal_url(text: str) -> str:
    """The address of the portal as people see it; refuses what is none, and http beyond this machine."""
    try:
        parts = urlsplit(text)
        # A port that is none shows when it is asked for.
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured(
            f"ZUZAHLUNG_URL muss eine Adresse wie https://portal.example.de sein, nicht {text}"
        )
    if parts.scheme == "http":
        refuse_plain_names("ZUZAHLUNG_URL", [parts.hostname or ""])
    return text.removesuffix("/")


def is_example(url: str) -> bool:
    """Whether an address lies where no real one can (RFC 2606), so that nothing behind it is meant in earnest."""
    name = urlsplit(url).hostname or ""
    return is_this_machine(name) or name.rpartition(".")[2] in {"example", "test", "invalid", "localhost"}


def refuse_plain_names(variable: str, names: Sequence[str]) -> None:
    """Refuses names that others reach while cookies are not marked for https: they could be read on the way."""
    beyond = [name for name in names if not is_this_machine(name)]
    if beyond:
        raise ImproperlyConfigured(
            f"{variable} nennt {beyond[0]}, aber ZUZAHLUNG_URL beginnt nicht mit https://: Anmeldungen wären "
            "unterwegs lesbar. Bitte stellen Sie einen Proxy mit TLS davor und nennen Sie dessen Adresse, "
            "zum Beispiel ZUZAHLUNG_URL=https://portal.example.de"
        )
