"""A fund's own system answers, or there is no information in time; never a guess, and nothing is journalled."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections

from tests.database import HouseDatabase
from tests.exemptions import foreign_sources
from tests.exemptions.practice import EXEMPT, NOW, TODAY, Practice, practice, serve_registry
from zuzahlung.exemptions import foreign, registry, services
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.exemptions.registry import HouseRegistry
from zuzahlung.exemptions.services import Answered, NoInformation, Outcome, Question
from zuzahlung.exemptions.source import RegistryUnavailable
from zuzahlung.vault import keyfile
from zuzahlung.vault.services import Vault

QUESTION = Question(kvnr=EXEMPT, permission=Permission.IN_PERSON, permission_until_on=None, days=(TODAY,))


@pytest.fixture
def market(house_database: HouseDatabase, settings: Any) -> Practice:
    """A practice; who asks waits a moment for the source and no longer."""
    settings.HOUSE = replace(
        settings.HOUSE, exemptions=replace(settings.HOUSE.exemptions, registry_timeout_seconds=0.05)
    )
    return practice()


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Lets the sources end that a test has hung up."""
    foreign_sources.may_end.clear()
    yield
    foreign_sources.may_end.set()
    for thread in threading.enumerate():
        if thread.name == "registry":
            thread.join()


def ask(market: Practice, settings: Any, source: str) -> Outcome:
    settings.EXEMPTION_REGISTRY = f"tests.exemptions.foreign_sources.{source}"
    asker = market.asker(market.person("owner").actor)
    return services.ask(QUESTION, asker, now=NOW)


def journalled_and_used() -> tuple[int, int]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select (select count(*) from journal_entry where action = 'exemption-query'),"
            " (select coalesce(sum(used), 0) from exemptions_quota)"
        )
        entries, used = cursor.fetchone()
        return entries, int(used)


def test_a_foreign_source_that_answers_is_believed(market: Practice, settings: Any) -> None:
    outcome = ask(market, settings, "Answers")
    assert isinstance(outcome, Answered)
    assert (outcome.given.result, outcome.given.initials) == ("exempt", "F. Q.")
    assert journalled_and_used() == (1, 1)


@pytest.mark.parametrize("source", ["Hangs", "Raises", "SaysUnavailable"])
def test_a_foreign_source_without_answer_gives_no_information_and_writes_nothing(
    market: Practice, settings: Any, source: str
) -> None:
    assert ask(market, settings, source) == NoInformation()
    assert journalled_and_used() == (0, 0)


def test_a_foreign_source_that_fails_is_logged_without_the_number(
    market: Practice, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(market, settings, "Raises")
    assert "the source of exemptions gave no answer: ConnectionError" in caplog.text
    assert EXEMPT not in caplog.text


def test_when_every_place_hangs_nobody_waits_longer_and_it_goes_on_afterwards(
    market: Practice, settings: Any
) -> None:
    settings.EXEMPTION_REGISTRY = "tests.exemptions.foreign_sources.Hangs"
    for _ in range(foreign.AT_ONCE + 3):
        with pytest.raises(RegistryUnavailable):
            registry.find(EXEMPT)
    hanging = [thread for thread in threading.enumerate() if thread.name == "registry"]
    assert len(hanging) == foreign.AT_ONCE
    assert all(thread.daemon for thread in hanging)
    assert ask(market, settings, "Answers") == NoInformation()
    foreign_sources.may_end.set()
    for thread in hanging:
        thread.join()
    assert registry.find(EXEMPT).insured is not None


def test_a_stand_whose_key_is_gone_gives_no_information(
    house_database: HouseDatabase, settings: Any, tmp_path: Any
) -> None:
    settings.VAULT_KEYS = tmp_path / "keys" / "vault.keys"
    Vault.create(settings.VAULT_KEYS, NOW)
    serve_registry()
    assert HouseRegistry().find(EXEMPT).insured is not None
    keyfile.rotate(settings.VAULT_KEYS, NOW)
    keyfile.retire(settings.VAULT_KEYS, 1)
    settings.VAULT_KEYS = settings.VAULT_KEYS.rename(tmp_path / "keys" / "without-the-old.keys")
    with pytest.raises(RegistryUnavailable):
        HouseRegistry().find(EXEMPT)


def test_without_a_served_stand_there_is_no_information(house_database: HouseDatabase) -> None:
    with pytest.raises(RegistryUnavailable):
        HouseRegistry().find(EXEMPT)
