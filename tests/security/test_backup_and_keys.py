"""Backup and keys: what is restored opens with its own key file and no other, and no number is given twice."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from tests.conftest import connections_to
from tests.database import HouseDatabase, TestServer
from tests.exemptions.practice import EXEMPT, LIABLE, NOW, STRANGER, TODAY, Practice, practice, serve_registry
from tests.operator.role import operator_role
from zuzahlung.cli import dumps, preparation, roles
from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.postgres import SUPERUSER
from zuzahlung.delivery import services as delivery
from zuzahlung.delivery.models import Outgoing
from zuzahlung.exemptions import services
from zuzahlung.exemptions.imports import Imported, import_delivery
from zuzahlung.exemptions.permission_texts import Permission
from zuzahlung.exemptions.services import Answered, Question
from zuzahlung.journal import services as journal
from zuzahlung.journal.services import Search, acting_for
from zuzahlung.vault import keyfile
from zuzahlung.vault.services import Vault, rotate, vault

pytestmark = pytest.mark.story

YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture
def own_keys(tmp_path: Path, settings: Any) -> Path:
    """A key file of the test's own, which it may change."""
    path = tmp_path / "keys" / "vault.keys"
    keyfile.create(path, NOW)
    settings.VAULT_KEYS = path
    return path


@pytest.fixture
def asked(house_database: HouseDatabase, own_keys: Path) -> Practice:
    """A practice of a house with a registry."""
    preparation.note_vault_keys(alias="owner")
    serve_registry()
    return practice()


@contextmanager
def restored(test_server: TestServer, file: Path) -> Iterator[HouseDatabase]:
    """A new house on an empty database, into which a backup was played."""
    name = f"zuzahlung_restored_{os.getpid()}"
    with psycopg.connect(test_server.postgres.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(roles.create_database(name).encode())
        connection.execute(roles.grants(name).encode())
        house = test_server.house(name)
        try:
            with pytest.MonkeyPatch.context() as patch:
                for variable, address in house.environment.items():
                    patch.setenv(variable, address)
                dumps.restore(file, now=NOW, nothing_lost=False)
                with connections_to(name):
                    yield house
        finally:
            connection.execute(f"drop database {name} with (force)".encode())


def change_keys(path: Path, change: Callable[[], object]) -> None:
    """Changes the key file, and lets this process notice it now, not within a second."""
    change()
    vault()._look()


def ask(
    who: Practice, actor: Any, *, now: datetime = NOW, repeat: str | None = None, kvnr: Any = EXEMPT
) -> Answered:
    question = Question(kvnr=kvnr, permission=Permission.IN_PERSON, permission_until_on=None, days=(TODAY,))
    outcome = services.ask(question, who.asker(actor), now=now, repeat=repeat)
    assert isinstance(outcome, Answered), outcome
    return outcome


def test_yesterdays_backup_gives_no_number_again_that_left_the_house_today(
    asked: Practice, test_server: TestServer, tmp_path: Path
) -> None:
    owner = asked.person("owner").actor
    before = [ask(asked, owner, now=YESTERDAY).given for _ in range(5)]
    file = tmp_path / "yesterday.backup"
    dumps.backup(file)
    # What is answered now is lost with the restore, but it stands on receipts that left the house.
    lost = [ask(asked, owner).given for _ in range(5)]

    with restored(test_server, file):
        again = [ask(asked, owner).given for _ in range(5)]
        known = services.find_by_number(asked.id, before[0].number)
        gone = services.find_by_number(asked.id, lost[0].number)
    assert known == before[0]
    assert gone is None
    numbers = [one.number for one in (*before, *lost, *again)]
    assert len(set(numbers)) == 15


def test_letters_and_mails_of_a_restored_house_have_ids_that_no_other_had(
    asked: Practice, test_server: TestServer, tmp_path: Path
) -> None:
    def send_notice() -> UUID:
        with acting_for(asked.id):
            return delivery.put(
                institution=asked.id, channel="mail", kind="accounts.notice", subject=asked.id, now=NOW
            )

    file = tmp_path / "yesterday.backup"
    dumps.backup(file)
    lost = send_notice()
    with restored(test_server, file):
        again = send_notice()
        with acting_for(asked.id):
            assert [row.id for row in Outgoing.objects.all()] == [again]
    assert lost != again


def test_what_was_sealed_opens_with_the_key_file_from_its_own_backup(
    asked: Practice, test_server: TestServer, tmp_path: Path, own_keys: Path
) -> None:
    given = ask(asked, asked.person("owner").actor).given
    file, keys = tmp_path / "monday.backup", tmp_path / "monday.keys"
    dumps.backup(file)
    shutil.copy(own_keys, keys)
    own_keys.unlink()

    with restored(test_server, file):
        with pytest.raises(HouseError, match=r"^Die Schlüsseldatei .* fehlt; .* spielen Sie ihre neueste"):
            preparation.refuse_old_tables()
        shutil.copy(keys, own_keys)
        own_keys.chmod(0o600)
        preparation.refuse_old_tables()
        assert services.get_given(asked.id, given.id) == given


def test_a_key_file_of_another_house_is_noticed_before_anybody_is_answered_wrongly(
    asked: Practice, own_keys: Path, settings: Any, tmp_path: Path
) -> None:
    given = ask(asked, asked.person("owner").actor).given
    assert given.result == "exempt"
    settings.VAULT_KEYS = tmp_path / "other" / "vault.keys"
    keyfile.create(settings.VAULT_KEYS, NOW)
    with pytest.raises(
        HouseError, match=r"^Der Schlüssel 1 in der Schlüsseldatei ist nicht der dieses Hauses"
    ):
        preparation.refuse_old_tables()
    with pytest.raises(
        HouseError, match=r"^Der Schlüssel 1 in der Schlüsseldatei ist nicht der dieses Hauses"
    ):
        preparation.note_vault_keys(alias="owner")


def test_a_key_file_older_than_the_database_is_noticed(
    asked: Practice, own_keys: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.keys"
    shutil.copy(own_keys, old)
    change_keys(own_keys, lambda: rotate(own_keys, NOW))
    preparation.note_vault_keys(alias="operator")
    preparation.refuse_old_tables()
    shutil.copy(old, own_keys)
    with pytest.raises(HouseError, match=r"^In der Schlüsseldatei fehlt der Schlüssel 3: Sie ist älter"):
        preparation.refuse_old_tables()


def test_a_key_file_newer_than_a_restored_database_is_right(
    asked: Practice, own_keys: Path, test_server: TestServer, tmp_path: Path
) -> None:
    file = tmp_path / "monday.backup"
    dumps.backup(file)
    change_keys(own_keys, lambda: rotate(own_keys, NOW))
    with restored(test_server, file):
        preparation.refuse_old_tables()
        assert ask(asked, asked.person("owner").actor).given.result == "exempt"


def test_a_retired_key_is_no_foreign_one(asked: Practice, own_keys: Path) -> None:
    change_keys(own_keys, lambda: rotate(own_keys, NOW))
    preparation.note_vault_keys(alias="owner")
    keyfile.retire(own_keys, 1)
    preparation.refuse_old_tables()


def test_no_role_of_the_running_house_can_change_what_is_known_of_the_keys(asked: Practice) -> None:
    for alias in ("default", "operator"):
        with connections[alias].cursor() as cursor:
            for statement in ("update journal_keymark set mark = ''", "delete from journal_keymark"):
                with pytest.raises(Exception, match="permission denied for table journal_keymark"):
                    cursor.execute(statement)


def test_the_mark_of_a_key_tells_nothing_of_it(own_keys: Path) -> None:
    text = own_keys.read_text(encoding="ascii")
    shown = Vault.open(own_keys).keys()
    for key, info in zip(keyfile.read(own_keys), shown, strict=True):
        assert info.mark not in text
        assert bytes.fromhex(info.mark) not in key.material


def find(who: Practice, kvnr: Any) -> list[str]:
    """The results the history has of one insured."""
    subjects = tuple(one.digest for one in vault().fingerprints("kvnr", kvnr))
    with acting_for(who.id):
        rows = journal.find(Search(action="exemption-query", subjects=subjects), limit=10)
    return [row.result or "" for row in rows]


def test_after_a_rotation_everything_before_and_after_is_found_opened_and_answered(
    asked: Practice, own_keys: Path
) -> None:
    owner = asked.person("owner").actor
    before = ask(asked, owner).given
    change_keys(own_keys, lambda: rotate(own_keys, NOW))
    preparation.note_vault_keys(alias="owner")

    # The stand was imported under the old key and answers on.
    after = ask(asked, owner).given
    assert after.result == "exempt"
    assert find(asked, EXEMPT) == ["exempt", "exempt"]
    assert find(asked, LIABLE) == []
    for given in (before, after):
        opened = services.get_given(asked.id, given.id)
        assert (opened.kvnr, opened.initials) == (EXEMPT, "E. B.")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select subject_key, sealed from journal_entry where action = 'exemption-query' order by id"
        )
        rows = [(key, int.from_bytes(bytes(sealed)[1:3])) for key, sealed in cursor.fetchall()]
    assert rows == [(1, 2), (3, 4)]


def test_the_next_import_takes_the_new_key_and_the_old_stand_answers_until_then(
    asked: Practice, own_keys: Path, tmp_path: Path, settings: Any
) -> None:
    settings.VAR = tmp_path
    owner = asked.person("owner").actor
    change_keys(own_keys, lambda: rotate(own_keys, NOW))
    preparation.note_vault_keys(alias="owner")
    file = tmp_path / "registry.ndjson"
    people = [
        {"kvnr": EXEMPT, "initials": "E. B.", "birthDate": "1961-03-09",
         "periods": [{"from": "2026-01-01", "to": "2026-12-31", "revokedOn": None}]},
        {"kvnr": LIABLE, "initials": "L. F.", "birthDate": "1961-03-09", "periods": []},
        {"kvnr": STRANGER, "initials": "S. S.", "birthDate": "1961-03-09", "periods": []},
    ]  # fmt: skip
    file.write_text("".join(json.dumps(one) + "\n" for one in people), encoding="utf-8")
    with operator_role():
        imported = import_delivery(file, day=date(2026, 11, 19), now=NOW)
    assert isinstance(imported, Imported)
    assert (imported.waits, imported.insured) == ((), 3)
    with connections["owner"].cursor() as cursor:
        cursor.execute("select state, key_id from exemptions_stand order by id")
        assert cursor.fetchall() == [("replaced", 1), ("served", 3)]
    assert ask(asked, owner).given.result == "exempt"
    assert ask(asked, owner, kvnr=STRANGER).given.result == "liable"


def test_a_form_sent_again_across_a_rotation_is_the_same_query(asked: Practice, own_keys: Path) -> None:
    owner = asked.person("owner").actor
    first = ask(asked, owner, repeat="the same form")
    change_keys(own_keys, lambda: rotate(own_keys, NOW))
    again = ask(asked, owner, repeat="the same form")
    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert again.given == first.given
    assert services.quota_of(asked.id, NOW).left == 99


def test_what_is_kept_of_a_form_cannot_be_guessed_without_the_secret_of_the_house(
    asked: Practice, own_keys: Path
) -> None:
    """A program may use the number of the insured as its idempotency key."""
    owner = asked.person("owner").actor
    ask(asked, owner, repeat=EXEMPT)
    assert owner.id is not None
    with connections["owner"].cursor() as cursor:
        cursor.execute("select id, question from exemptions_repeat")
        kept = [bytes(value) for value in cursor.fetchone()]
    guesses = [
        sha256(start + EXEMPT.encode()).digest()
        for start in (b"", owner.id.bytes, str(owner.id).encode(), f"{owner.id} ".encode())
    ]
    assert not set(kept) & set(guesses)


def test_a_stand_whose_key_is_gone_says_no_information_and_not_unknown(
    asked: Practice, own_keys: Path
) -> None:
    owner = asked.person("owner").actor
    change_keys(own_keys, lambda: (rotate(own_keys, NOW), keyfile.retire(own_keys, 1)))
    shown = vault().keys()
    assert [one.state for one in shown] == ["retired", "old", "current", "current"]
    question = Question(kvnr=EXEMPT, permission=Permission.IN_PERSON, permission_until_on=None, days=(TODAY,))
    assert services.ask(question, asked.asker(owner), now=NOW) == services.NoInformation()
