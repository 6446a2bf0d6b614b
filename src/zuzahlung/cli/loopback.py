"""Which names and addresses lead to this machine alone, so that nobody on the way can read along."""

from __future__ import annotations

from ipaddress import ip_address


def is_this_machine(host: str) -> bool:
    """Says whether only programs on this machine reach a host of this name or address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False
