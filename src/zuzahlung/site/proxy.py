"""What a trusted proxy in front says about a request: where it came from, and whether it came encrypted.

Source: RFC 7239, 5 and 8.1 (why such a word counts only from a known proxy); the headers are those that
proxies really send.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from django.core.exceptions import ImproperlyConfigured

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_FOR, _PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
_ALL = (_FOR, _PROTO, "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
_LONGEST_CHAIN = 20


def networks(text: str) -> tuple[Network, ...]:
    """The addresses and networks in a setting, separated by commas."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ImproperlyConfigured(f"ZUZAHLUNG_PROXIES: {error}") from None


def believe(environ: dict[str, Any], trusted: Sequence[Network]) -> None:
    """Puts the client's address and scheme into a request that a trusted proxy passed on.

    From anybody else such headers are removed, so that nothing behind this ever sees them.
    """
    said = {name: environ.pop(name) for name in _ALL if name in environ}
    if not trusted or not said or not _is_among(environ.get("REMOTE_ADDR", ""), tuple(trusted)):
        return
    environ["REMOTE_ADDR"] = _client(said.get(_FOR, ""), environ["REMOTE_ADDR"], tuple(trusted))
    scheme = said.get(_PROTO, "").rpartition(",")[2].strip().lower()
    if scheme in {"http", "https"}:
        environ["wsgi.url_scheme"] = scheme


def _client(chain: str, peer: str, trusted: tuple[Network, ...]) -> str:
    """The address nearest to us that is no proxy of ours: what stands left of it anybody may have made up."""
    nearest = peer
    for part in reversed(chain.split(",")[-_LONGEST_CHAIN:]):
        address = _address(part)
        if address is None:
            break
        nearest = str(address)
        if not _is_among(nearest, trusted):
            break
    return nearest


@lru_cache(maxsize=1024)
def _is_among(text: str, trusted: tuple[Network, ...]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in trusted)


def _address(text: str) -> Address | None:
    """The address in one part of a chain; some proxies add the port."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
