"""A backup brings back what was revoked after it was made: so keys and invitations end, and people are told to look."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core import mail

from tests.accounts.household import (
    PASSWORD,
    Clock,
    Practice,
    browser,
    enter,
    known_practice,
    signed_in,
    text_of,
)
from tests.conftest import connections_to
from tests.database import HouseDatabase, TestServer
from tests.operator.role import operator_role
from zuzahlung.accounts.models import ApiKey, Invitation, Notice
from zuzahlung.accounts.rules import Role
from zuzahlung.accounts.services import colleagues, invitations, keys
from zuzahlung.accounts.services.people import Member
from zuzahlung.cli import dumps, roles
from zuzahlung.cli.commands import restore
from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.postgres import SUPERUSER
from zuzahlung.delivery import services as delivery
from zuzahlung.delivery.models import Outgoing
from zuzahlung.journal.models import Entry
from zuzahlung.vault import codes

pytestmark = pytest.mark.story


@dataclass(kw_only=True)
class Yesterday:
    """A house as it was when its backup was made."""

    practice: Practice
    owner: Member
    token: str
    code: str
    file: Path


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The real time, because PostgreSQL goes by it too."""
    made = Clock(now=datetime.now(UTC) - timedelta(days=1))
    monkeypatch.setattr("django.utils.timezone.now", lambda: made.now)
    return made


@pytest.fixture
def yesterday(house_database: HouseDatabase, clock: Clock, tmp_path: Path, settings: Any) -> Yesterday:
    """An owner with a key, a colleague and an open invitation; then the backup is made."""
    settings.LETTERS = tmp_path / "letters"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    practice = known_practice(clock)
    owner = practice.person(email="praxis@example.org")
    practice.person("anna", "billing")
    _, token = keys.make_key(owner, "Praxissoftware", [keys.EXEMPTION_QUERIES], clock.now)
    invited = invitations.invite(owner, "berta", Role.RECEPTION, clock.now)
    assert isinstance(invited, invitations.Invited)
    made = Yesterday(
        practice=practice, owner=owner, token=token, code=codes.parse(invited.code, codes.EINLADUNGSCODE),
        file=tmp_path / "yesterday.backup",
    )  # fmt: skip
    dumps.backup(made.file)
    clock.forward(days=1)
    return made


@contextmanager
def restored(test_server: TestServer, given: Yesterday, *, nothing_lost: bool = False) -> Iterator[None]:
    """The house after the command was run on an empty database."""
    name = f"zuzahlung_after_{os.getpid()}"
    with psycopg.connect(test_server.postgres.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(roles.create_database(name).encode())
        connection.execute(roles.grants(name).encode())
        try:
            with pytest.MonkeyPatch.context() as patch:
                for variable, address in test_server.house(name).environment.items():
                    patch.setenv(variable, address)
                assert restore.run(Namespace(file=given.file, nothing_lost=nothing_lost)) == 0
                with connections_to(name):
                    yield
        finally:
            connection.execute(f"drop database {name} with (force)".encode())


def opens(token: str) -> bool:
    """Whether a key is let in."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select key_name from institution_of_key(%s)", [keys.token_hash(token)])
        return cursor.fetchone() is not None


def test_whoever_was_signed_in_has_to_sign_in_again(
    yesterday: Yesterday, test_server: TestServer, tmp_path: Path
) -> None:
    client = signed_in(yesterday.owner)
    yesterday.file = tmp_path / "a-minute-ago.backup"
    dumps.backup(yesterday.file)
    assert client.get("/praxis/").status_code == 200
    for nothing_lost in (False, True):
        with restored(test_server, yesterday, nothing_lost=nothing_lost):
            assert client.get("/praxis/").status_code == 302
            assert signed_in(yesterday.owner).get("/praxis/").status_code == 200


def test_a_key_that_was_revoked_since_stays_dead_because_all_keys_are_switched_off(
    yesterday: Yesterday, test_server: TestServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert opens(yesterday.token)
    (key,) = keys.list_keys(yesterday.owner)
    keys.revoke_key(yesterday.owner, key.id, yesterday.practice.clock.now)
    with restored(test_server, yesterday):
        assert not opens(yesterday.token)
        assert yesterday.practice.rows(ApiKey)[0].revoked_at == yesterday.practice.clock.now
    assert (
        "Was seit der Sicherung widerrufen wurde, wäre sonst wieder gültig. Darum sind jetzt:\n"
        "         1 Schlüssel für Programme abgeschaltet\n"
        "         1 offene Einladungen zurückgenommen\n"
        "         1 Einrichtungen gebeten, Personen und Schlüssel zu prüfen\n"
    ) in capsys.readouterr().out


def test_an_invitation_that_was_used_since_lets_nobody_in_once_more(
    yesterday: Yesterday, test_server: TestServer
) -> None:
    now = yesterday.practice.clock.now
    with restored(test_server, yesterday):
        found = invitations.find_invitation(yesterday.code, network="192.0.2.1", now=now)
        assert found == invitations.NoInvitation(why="revoked")
        assert yesterday.practice.rows(Invitation)[0].revoked_at == now


def test_everybody_is_told_to_look_for_people_who_are_back(
    yesterday: Yesterday, test_server: TestServer
) -> None:
    practice, now = yesterday.practice, yesterday.practice.clock.now
    anna = next(one for one in colleagues.list_people(yesterday.owner, now) if not one.is_self)
    colleagues.remove(yesterday.owner, anna.id, now)
    mail.outbox = []
    with restored(test_server, yesterday):
        # Nothing can tell who was removed since: so people have to look, and are asked to.
        assert enter(browser(), anna.sign_in).status_code == 302
        page = text_of(signed_in(yesterday.owner).get("/praxis/"))
        assert "Das Portal wurde nach einer Störung aus einer Sicherung wiederhergestellt" in page
        assert "wer zuletzt entfernt wurde, kann wieder dabei sein" in page
        assert [one.kind for one in practice.rows(Notice, at=now)] == ["restored"]
        delivery.send_due(now)
    assert [one.to for one in mail.outbox if "wiederhergestellt" in one.subject] == [["praxis@example.org"]]


def test_the_journal_says_that_there_is_a_gap(yesterday: Yesterday, test_server: TestServer) -> None:
    with restored(test_server, yesterday), operator_role():
        entry = Entry.objects.defer("sealed").get(action="house-restored")
        assert (entry.actor_kind, entry.actor_name, entry.institution) == ("operator", "Befehlszeile", None)
        assert entry.detail == {"keys": 1, "invitations": 1, "institutions": 1}
        assert (entry.at, entry.id.version) == (yesterday.practice.clock.now, 7)
        assert entry.kept_until_on.year == yesterday.practice.clock.now.year + 3


def test_a_planned_move_switches_nothing_off_and_troubles_nobody(
    yesterday: Yesterday, test_server: TestServer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(yesterday.practice.rows(Outgoing))
    with restored(test_server, yesterday, nothing_lost=True):
        assert opens(yesterday.token)
        assert "restored" not in {one.kind for one in yesterday.practice.rows(Notice)}
        assert len(yesterday.practice.rows(Outgoing)) == before
        found = invitations.find_invitation(
            yesterday.code, network="192.0.2.1", now=yesterday.practice.clock.now
        )
        assert isinstance(found, invitations.Guest)
    assert "abgeschaltet" not in capsys.readouterr().out


def test_a_password_of_yesterday_is_good_again_and_that_is_said_to_its_owner(
    yesterday: Yesterday, test_server: TestServer
) -> None:
    from zuzahlung.accounts.services import passwords

    changed = passwords.change_password(
        yesterday.owner, old=PASSWORD, new="sieben kühe malen morgens", keep_session=None,
        now=yesterday.practice.clock.now,
    )  # fmt: skip
    assert isinstance(changed, passwords.PasswordSet)
    with restored(test_server, yesterday):
        page = text_of(signed_in(yesterday.owner).get("/praxis/"))
        assert "Es gelten wieder die Passwörter von vorher" in page


def test_a_restore_that_cannot_switch_off_is_not_called_done(
    yesterday: Yesterday, test_server: TestServer, house_database: HouseDatabase, tmp_path: Path
) -> None:
    with psycopg.connect(house_database.superuser) as connection:
        connection.execute("drop function accounts_restored")
    yesterday.file = tmp_path / "without.backup"
    dumps.backup(yesterday.file)
    with (
        pytest.raises(HouseError, match="Widerrufenes ließ sich nicht abschalten"),
        restored(test_server, yesterday),
    ):
        pass
