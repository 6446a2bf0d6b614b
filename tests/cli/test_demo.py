"""The demo prints what one needs to get in, and refuses where it would get in somebody's way."""

from __future__ import annotations

import errno
import json
import shlex
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.shell import free_port
from zuzahlung.cli import demo, demo_claim, preparation, programs
from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.main import main

ACCESS: Any = SimpleNamespace(
    institution_name="Physiotherapie am Lindenplatz",
    institution_ik="443100018",
    user_name="443100018",
    password="ahorn bach dachs eule fink igel",
    operator_name="betrieb",
    operator_password="moos nebel quelle regen star ulme",
    api_key="zuz_0123456789",
    example_query={"kvnr": "A000000014", "permission": "in-person", "serviceDates": ["2026-11-22"]},
    insured=(("A000000014", "befreit"), ("K800000090", "dem Register nicht bekannt")),
    registrable_name="Apotheke zum Goldenen Kranich",
    registrable_ik="302700034",
    invited_name="Sanitätshaus Sonnenschein",
    invited_ik="332500021",
    letters=Path("/srv/print"),
)
WELCOME = """
zuzahlung läuft mit erfundenen Daten.

  Portal           http://127.0.0.1:8000
    Einrichtung    Physiotherapie am Lindenplatz (IK 443100018)
    Anmeldename    443100018
    Passwort       ahorn bach dachs eule fink igel

  Betreiberseite   http://127.0.0.1:8001
    Benutzername   betrieb
    Passwort       moos nebel quelle regen star ulme

  JSON-Schnittstelle (http://127.0.0.1:8000/api/v1/docs), Schlüssel gilt bis zum nächsten Start:
    zuz_0123456789

  Zum Ausprobieren:
curl -sS http://127.0.0.1:8000/api/v1/exemption-queries -H 'Authorization: Bearer zuz_0123456789' \
-H 'Content-Type: application/json' \
-d '{"kvnr": "A000000014", "permission": "in-person", "serviceDates": ["2026-11-22"]}'

  Versicherte zum Abfragen:
    A000000014     befreit
    K800000090     dem Register nicht bekannt

  Neu registrieren   Apotheke zum Goldenen Kranich (IK 302700034)
  Erste Anmeldung    Sanitätshaus Sonnenschein (IK 332500021): Die Briefe liegen
                     in etwa einer Minute unter Gedruckte Briefe.

  Gedruckte Briefe   /srv/print
  E-Mails            /srv/var/mail
  Protokolle         /srv/var/logs
"""


def test_the_welcome_names_addresses_sign_ins_a_call_and_the_letters() -> None:
    shown = demo.welcome(
        ACCESS, portal="http://127.0.0.1:8000", operator="http://127.0.0.1:8001", var=Path("/srv/var")
    )
    assert shown == WELCOME


def test_the_call_is_one_line_and_a_shell_takes_it_apart_as_meant() -> None:
    (line,) = [line for line in WELCOME.splitlines() if line.startswith("curl ")]
    words = shlex.split(line)
    assert json.loads(words[-1]) == ACCESS.example_query
    assert words[3:5] == ["-H", "Authorization: Bearer zuz_0123456789"]


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a demo of this test would take."""
    monkeypatch.setenv("ZUZAHLUNG_VAR", str(tmp_path / "var"))
    for name in ("DATABASE_URL", "ZUZAHLUNG_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "var"


def test_portal_and_operators_site_do_not_share_a_port(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # The web server would let them, and every second page would be the other's.
    assert main(["demo", "--port", "8000", "--operator-port", "8000"]) == 1
    assert capsys.readouterr().err == (
        "zuzahlung: Portal und Betreiberseite brauchen zwei Anschlüsse (--port, --operator-port).\n"
    )
    assert not var.exists()


def test_a_used_port_of_the_operators_site_is_named_with_its_own_option(
    var: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["demo", "--port", str(free_port()), "--operator-port", str(port)]) == 1
    assert capsys.readouterr().err == (
        f"zuzahlung: Auf 127.0.0.1:{port} läuft schon etwas. Bitte beenden Sie es oder wählen Sie mit "
        "--operator-port einen anderen Anschluss.\n"
    )
    assert not (var / "postgres").exists()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "Den Anschluss 80 darf hier nur root öffnen. Bitte wählen Sie mit --port einen ab 1024.",
        ),
        (
            OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"),
            "rechner.example ist keine Adresse dieses Rechners.",
        ),
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "rechner.example ist keine Adresse dieses Rechners.",
        ),
        (
            OSError(errno.ENOBUFS, "No buffer space available"),
            "rechner.example:80 lässt sich nicht öffnen: No buffer space available.",
        ),
    ],
    ids=["no rights", "another machine's", "nobody's", "anything else"],
)
def test_an_address_that_cannot_be_opened_is_refused_with_the_reason(
    error: OSError, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(HouseError) as refused:
        programs.refuse_used_port("rechner.example", 80)
    assert str(refused.value) == says


def test_a_second_demo_on_the_same_folder_is_refused_and_told_where_the_first_is(
    var: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["demo", "--port", str(free_port()), "--operator-port", str(free_port())]
    with demo_claim.claimed(var, "http://127.0.0.1:8000"):
        assert main(words) == 1
    assert capsys.readouterr().err == (
        f"zuzahlung: In {var} läuft schon eine Demo: http://127.0.0.1:8000. Eine zweite braucht einen anderen Ordner "
        "(ZUZAHLUNG_VAR) und andere Anschlüsse (--port, --operator-port).\n"
    )
    assert not (var / "postgres").exists()
    with demo_claim.claimed(var, "http://127.0.0.1:8002"):
        assert (var / "demo" / "running.lock").read_text(encoding="utf-8") == "http://127.0.0.1:8002"


class House:
    """What a database says of the migrations that made it, and the files of this version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.applied: set[tuple[str, str]] = set()
        self.files: dict[tuple[str, str], Path] = {}

    def has(self, label: str, name: str, content: str) -> None:
        """Puts a migration into this version."""
        path = self.folder / f"{label}.{name}.py"
        path.write_text(content, encoding="utf-8")
        self.files[label, name] = path


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path)
    monkeypatch.setattr(preparation, "applied_migrations", lambda *, alias: made.applied)
    monkeypatch.setattr(preparation, "migration_files", lambda: made.files)
    monkeypatch.setattr(preparation, "is_ours", lambda label: label == "accounts")
    made.has("accounts", "0001_initial", "first")
    made.has("auth", "0001_initial", "Django's")
    return made


def test_the_demo_leaves_a_house_alone_that_it_has_not_made(house: House, var: Path) -> None:
    house.applied = {("accounts", "0001_initial")}
    for _ in range(2):
        with pytest.raises(HouseError, match=r"^In dieser Datenbank liegt schon etwas, das nicht die Demo"):
            demo_claim.refuse_foreign_house(var)


def test_the_demo_goes_on_with_its_own_house_and_what_a_new_version_adds(house: House, var: Path) -> None:
    demo_claim.refuse_foreign_house(var)
    house.applied = {("accounts", "0001_initial"), ("auth", "0001_initial")}
    demo_claim.refuse_foreign_house(var)
    house.has("accounts", "0002_more", "second")
    house.has("auth", "0001_initial", "Django's, mended")
    demo_claim.refuse_foreign_house(var)
    house.applied.add(("accounts", "0002_more"))
    demo_claim.refuse_foreign_house(var)


@pytest.mark.parametrize("change", ["changed", "gone"])
def test_the_demo_refuses_tables_made_by_migrations_that_changed_since(
    house: House, var: Path, change: str
) -> None:
    demo_claim.refuse_foreign_house(var)
    house.applied = {("accounts", "0001_initial")}
    if change == "gone":
        del house.files["accounts", "0001_initial"]
    else:
        house.has("accounts", "0001_initial", "first, changed in place")
    for _ in range(2):
        with pytest.raises(HouseError) as refused:
            demo_claim.refuse_foreign_house(var)
        assert str(refused.value) == (
            f"Die Demo in {var} ist von einer anderen Fassung, deren Tabellen zu dieser nicht passen. Bitte nehmen Sie "
            "einen neuen Ordner (ZUZAHLUNG_VAR), oder löschen Sie den alten, wenn Sie ihn nicht mehr brauchen: "
            f"rm -r {var}"
        )
