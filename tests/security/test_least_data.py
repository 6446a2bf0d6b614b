"""What is not needed any more is erased, and what must not be set up wrongly is refused at the start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from tests.database import HouseDatabase
from tests.exemptions.practice import practice
from tests.security import visits
from tests.security.wsgi import Caller
from zuzahlung.accounts import tasks
from zuzahlung.cli import dumps
from zuzahlung.site import worker
from zuzahlung.site.configuration import ConfigurationError, secret_key
from zuzahlung.site.settings import database

IK, UNKNOWN = "260326822", "461500041"


def addresses() -> dict[tuple[str, str], bool]:
    """Each request with its state, and whether it still holds an address."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("select ik, state, email_sealed is not null from accounts_registration")
        return {(ik, state): held for ik, state, held in cursor.fetchall()}


def test_the_address_in_a_request_is_erased_when_the_request_is_settled(
    house_database: HouseDatabase,
) -> None:
    practice(IK)
    for ik in (IK, UNKNOWN):
        assert visits.register(Caller(), ik, "praxis@example.org").status == 302
    worker.run(wait=False)
    assert addresses() == {(IK, "letters"): True, (UNKNOWN, "unknown"): True}
    tasks.tidy()
    # The one in the operator's queue is still needed for the letters that may follow.
    assert addresses() == {(IK, "letters"): False, (UNKNOWN, "unknown"): True}


def test_the_registry_keeps_no_number_no_name_and_no_birthday(house_database: HouseDatabase) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select attname, format_type(atttypid, null) from pg_attribute"
            " where attrelid = 'exemptions_insured'::regclass and attnum > 0 order by attnum"
        )
        columns = cursor.fetchall()
    assert columns == [
        ("stand", "integer"),
        ("fingerprint", "bytea"),
        ("initials", "text"),
        # The 18th birthday, while it matters.
        ("adult_on", "date"),
        ("periods", "datemultirange"),
    ]


def settings_say(**environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: text for name, text in os.environ.items() if not name.startswith("ZUZAHLUNG_")}
    return subprocess.run(
        [sys.executable, "-c", "import zuzahlung.site.settings"],
        env={**clean, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_demo_cannot_be_put_on_the_network_as_it_is(tmp_path: Path) -> None:
    said = settings_say(
        ZUZAHLUNG_VAR=str(tmp_path), ZUZAHLUNG_DEMO="1", ZUZAHLUNG_URL="https://portal.example"
    )
    assert said.returncode == 1
    assert "Die Vorführung hat keinen zweiten Faktor" in said.stderr


def test_nothing_can_switch_debugging_pages_on(tmp_path: Path) -> None:
    source = (Path(__file__).parents[2] / "src/zuzahlung/site/settings.py").read_text(encoding="utf-8")
    assert source.count("DEBUG") == 1
    assert "\nDEBUG = False\n" in source


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys" / "secret"
    first = secret_key(path)
    assert (len(first) > 60, first == secret_key(path)) == (True, True)
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match="ist für andere lesbar"):
        secret_key(path)


def test_the_two_sites_sign_with_different_secrets(tmp_path: Path) -> None:
    code = "import zuzahlung.site.settings as a, zuzahlung.site.operator as b; print(a.SECRET_KEY == b.SECRET_KEY)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "ZUZAHLUNG_VAR": str(tmp_path)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "False"


def test_a_password_of_the_database_stands_in_no_command_that_others_can_list(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = "postgresql://zuzahlung_owner:geheim-4711@db.example:5433/zuzahlung?sslmode=verify-full"
    monkeypatch.setenv("DATABASE_URL", "postgresql://zuzahlung_portal@db.example/zuzahlung")
    monkeypatch.setenv("DATABASE_OWNER_URL", url)
    seen: list[tuple[list[str], dict[str, str]]] = []

    def run(words: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append((words, env))
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setattr("zuzahlung.cli.dumps.subprocess.run", run)
    dumps.backup(tmp_path / "x.backup")
    (words, environment), *rest = seen
    assert rest == []
    assert "geheim-4711" not in " ".join(words)
    assert words[-1] == "user=zuzahlung_owner dbname=zuzahlung host=db.example port=5433 sslmode=verify-full"
    assert environment["PGPASSWORD"] == "geheim-4711"


def test_a_database_that_is_gone_without_a_word_is_noticed_within_seconds() -> None:
    options = database("postgresql://a@db.example/b")["OPTIONS"]
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == ("5", "10000")
    chosen = database("postgresql://a@db.example/b?connect_timeout=2")["OPTIONS"]
    assert chosen["connect_timeout"] == "2"
