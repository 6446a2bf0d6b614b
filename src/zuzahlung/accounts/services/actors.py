"""Everybody in whose name an institution has asked: its people and keys, present and past."""

from __future__ import annotations

from uuid import UUID

from zuzahlung.accounts.models import ApiKey, Person
from zuzahlung.journal.services import Actor, acting_for


def actors_of(institution: UUID) -> tuple[Actor, ...]:
    """People first, then keys, each by name; those who left and keys that were revoked have their past too."""
    with acting_for(institution):
        people = list(Person.objects.order_by("sign_in").values_list("id", "sign_in"))
        keys = list(ApiKey.objects.order_by("name", "id").values_list("id", "name"))
    return (
        *(Actor(kind="person", id=identifier, name=name) for identifier, name in people),
        *(Actor(kind="key", id=identifier, name=name) for identifier, name in keys),
    )
