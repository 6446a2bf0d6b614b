"""The invented institutions, insured and people of the demo, and how one signs in to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoAccess:
    """What the demo prints: ways in for each kind of user, all of invented people."""

    institution_name: str
    institution_ik: str
    user_name: str
    password: str
    operator_name: str
    operator_password: str
    api_key: str
    example_query: Mapping[str, object]
    registrable_name: str
    registrable_ik: str


def load_demo_data(now: datetime) -> DemoAccess:
    """Fills an empty house once, makes a new API key at each start, and says how to get in."""
    raise NotImplementedError
