"""A fund switches its own system on by one setting: refused at the start if it does not fit, never asked in a transaction."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from tests.accounts.household import at_once
from tests.api import stage
from tests.database import HouseDatabase
from tests.exemptions import foreign_sources
from tests.exemptions.practice import (
    CHILD,
    EXEMPT,
    NOW,
    STRANGER,
    Practice,
    practice,
    serve_registry,
    signed_in,
)
from tests.operator.conftest import NAME, PASSWORD, served
from tests.operator.conftest import Client as Operator
from tests.operator.role import operator_role
from zuzahlung.accounts.services import keys, operators
from zuzahlung.exemptions import list_work, lists, registry
from zuzahlung.exemptions.source import RegistryUnavailable, fault_of_source

ROOT = Path(__file__).parents[2]
HERE = "tests.exemptions.foreign_sources"


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time of the house, in a list of one, for tests to turn."""
    now = [NOW]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now[0])
    return now


@pytest.fixture
def market(house_database: HouseDatabase, time: list[datetime]) -> Practice:
    """A practice in a house whose own registry knows somebody else."""
    foreign_sources.database["as superuser"] = house_database.superuser
    return practice()


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Lets the sources end that a test has hung up."""
    foreign_sources.may_end.clear()
    foreign_sources.seen.clear()
    foreign_sources.stands_asked.clear()
    yield
    foreign_sources.may_end.set()
    for thread in threading.enumerate():
        if thread.name == "registry":
            thread.join()


def answered_by(settings: Any, source: str, *, seconds: float = 5) -> None:
    """Puts a source in place of the house's own."""
    settings.EXEMPTION_REGISTRY = f"{HERE}.{source}"
    settings.HOUSE = replace(
        settings.HOUSE, exemptions=replace(settings.HOUSE.exemptions, registry_timeout_seconds=seconds)
    )


def status() -> tuple[str, ...]:
    """What the page „Status“ says of the answers."""
    page = Client(HTTP_HOST="127.0.0.1").get("/status/")
    assert page.status_code == 200
    words = re.sub(r"<[^>]+>", " ", page.content.decode())
    return tuple(
        re.findall(r"Auskunft +(Läuft, [^\n]*?\d{4}|Zurzeit [^\n]*?\.) ", re.sub(r"\s+", " ", words))
    )


# Outside of any transaction.


def test_while_a_page_asks_no_session_of_the_house_is_in_a_transaction(
    market: Practice, settings: Any
) -> None:
    answered_by(settings, "Looks")
    client = signed_in(market.person("owner"))
    form = {
        "kvnr": EXEMPT, "permission": "in-person", "day": "2026-11-19", "more_days": "",
        "form_id": "018f0000-0000-7000-8000-000000000001",
    }  # fmt: skip
    answer = client.post("/abfrage/", form, follow=True)
    assert "F. Q." in answer.content.decode()
    assert [set(states) for states in foreign_sources.seen] == [{"idle"}]


def test_while_a_program_asks_no_session_of_the_house_is_in_a_transaction(
    market: Practice, settings: Any
) -> None:
    answered_by(settings, "Looks")
    _, token = keys.make_key(market.person("owner"), "Praxissoftware", [keys.EXEMPTION_QUERIES], NOW)
    body = {"kvnr": EXEMPT, "permission": "in-person", "serviceDates": ["2026-11-19"]}
    heard = stage.call("POST", stage.QUERIES, body, token=token)
    assert (heard.status, heard.json["initials"]) == (200, "F. Q.")
    assert [set(states) for states in foreign_sources.seen] == [{"idle"}]
    assert stage.call_through_django("POST", stage.QUERIES, body, token=token).status == 200
    assert [set(states) for states in foreign_sources.seen] == [{"idle"}] * 2


def test_while_a_list_is_answered_no_session_of_the_house_is_in_a_transaction(
    market: Practice, settings: Any
) -> None:
    answered_by(settings, "Looks")
    asker = market.asker(market.person("owner").actor)
    text = "KVNR;Erlaubnis;Erlaubnis bis;Tag der Abgabe\r\n" + "".join(
        f"{number};vor Ort;;19.11.2026\r\n" for number in (EXEMPT, "B123456782", "T123456780")
    )
    list_query = lists.hand_in(text.encode(), asker, NOW)
    assert isinstance(list_query, UUID)
    assert lists.start(list_query, asker, NOW)
    # As the worker's task does it; the queue itself has transactions that are none of a question's.
    assert list_work.work(market.id, list_query, NOW, is_last_try=False) is False
    found = lists.find(market.id, list_query)
    assert found is not None
    assert (found.state, found.answered) == ("done", 3)
    assert [set(states) for states in foreign_sources.seen] == [{"idle"}] * 3


def test_a_transaction_around_a_question_would_be_seen(market: Practice, settings: Any) -> None:
    answered_by(settings, "Looks")
    with transaction.atomic():
        market.person("owner")
        registry.find(EXEMPT)
    assert "idle in transaction" in foreign_sources.seen[0]


# What it may not be.


def free_port() -> str:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Answers", None),
        ("Looks", None),
        ("Missing", "lässt sich nicht laden: Module \"{here}\" does not define a \"Missing\" attribute/class."),
        ("function", "ist keine Klasse."),
        ("WantsAnAddress", "muss sich ohne Angaben anlegen lassen."),
        ("FindsNothing", "braucht eine Methode find(kvnr)."),
        ("FindsWithoutNumber", "braucht eine Methode find(kvnr)."),
        ("HasNoStand", "braucht eine Methode stand()."),
    ],
)  # fmt: skip
def test_a_source_that_does_not_fit_is_told_what_it_lacks(name: str, fault: str | None) -> None:
    dotted = f"{HERE}.{name}"
    expected = fault and f"Die Quelle der Auskünfte „{dotted}“ {fault.format(here=HERE)}"
    assert fault_of_source(dotted) == expected


def test_a_source_that_is_not_there_is_named() -> None:
    assert fault_of_source("kasse.auskunft.Quelle") == (
        "Die Quelle der Auskünfte „kasse.auskunft.Quelle“ lässt sich nicht laden: No module named 'kasse'."
    )
    assert fault_of_source("Quelle") == (
        "Die Quelle der Auskünfte „Quelle“ lässt sich nicht laden: Quelle doesn't look like a module path."
    )


def test_a_module_that_fails_on_the_way_is_told_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "brokenfund.py").write_text("raise RuntimeError('password 4711')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert fault_of_source("brokenfund.Source") == (
        "Die Quelle der Auskünfte „brokenfund.Source“ lässt sich nicht laden: RuntimeError."
    )


@pytest.mark.parametrize(
    "command", [["serve", "--port", "FREE"], ["serve", "--operator", "--port", "FREE"], ["work"]]
)
def test_no_process_starts_with_a_source_that_does_not_fit(
    house_database: HouseDatabase, tmp_path: Path, command: list[str]
) -> None:
    file = tmp_path / "house.toml"
    file.write_text(f'[exemptions]\nregistry = "{HERE}.FindsNothing"\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "zuzahlung.cli.main",
         *(word.replace("FREE", free_port()) for word in command)],
        env={**os.environ, "ZUZAHLUNG_SETTINGS": str(file)}, cwd=ROOT,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Eine Einstellung stimmt nicht" in done.stderr
    assert f"Die Quelle der Auskünfte „{HERE}.FindsNothing“ braucht eine Methode find(kvnr)." in done.stderr
    assert "Traceback" not in done.stderr


def test_the_setting_in_the_file_switches_a_source_on(tmp_path: Path) -> None:
    file = tmp_path / "house.toml"
    file.write_text(f'[exemptions]\nregistry = "{HERE}.Answers"\n', encoding="utf-8")
    code = (
        "import django; django.setup()\n"
        "from zuzahlung.exemptions import registry\n"
        f"print(registry.is_foreign(), registry.find({str(EXEMPT)!r}).insured.initials)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, "ZUZAHLUNG_SETTINGS": str(file), "DJANGO_SETTINGS_MODULE": "zuzahlung.site.settings"},
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "True F. Q.\n"


# What is told of it.


def test_whom_the_source_does_not_know_gets_the_neutral_answer(market: Practice, settings: Any) -> None:
    serve_registry()  # The house's own would know.
    answered_by(settings, "KnowsNobody")
    given = market.asks(market.person("owner").actor)
    assert (given.result, given.initials, given.stand) == ("unknown", "", foreign_sources.STAND)


@pytest.mark.parametrize("source", ["HangsWhileItIsMade", "FailsWhileItIsMade", "SaysSomethingElse"])
def test_a_source_that_cannot_begin_or_talks_nonsense_is_no_information(
    market: Practice, settings: Any, source: str
) -> None:
    answered_by(settings, source, seconds=0.05)
    _, token = keys.make_key(market.person("owner"), "Praxissoftware", [keys.EXEMPTION_QUERIES], NOW)
    body = {"kvnr": EXEMPT, "permission": "in-person", "serviceDates": ["2026-11-19"]}
    heard = stage.call("POST", stage.QUERIES, body, token=token)
    assert (heard.status, heard.problem) == (503, "no-information")
    assert status() == ("Zurzeit keine Auskunft: Das System der Kasse antwortet nicht.",)


def test_the_status_page_asks_the_source_and_not_the_registry_in_the_house(
    market: Practice, settings: Any
) -> None:
    answered_by(settings, "Answers")
    assert status() == ("Läuft, Stand der Daten: 18.11.2026",)
    answered_by(settings, "SaysUnavailable")
    assert status() == ("Zurzeit keine Auskunft: Das System der Kasse antwortet nicht.",)
    answered_by(settings, "Raises")
    assert status() == ("Zurzeit keine Auskunft: Das System der Kasse antwortet nicht.",)
    settings.EXEMPTION_REGISTRY = "zuzahlung.exemptions.registry.HouseRegistry"
    assert status() == ("Zurzeit keine Auskunft: Es liegen keine Daten vor.",)
    serve_registry()
    assert status() == ("Läuft, Stand der Daten: 18.11.2026",)


def test_visitors_of_the_status_page_ask_a_source_once_in_ten_seconds(
    market: Practice, settings: Any, time: list[datetime]
) -> None:
    answered_by(settings, "Answers")
    for seconds, asked in ((0, 1), (9, 1), (1, 2), (0, 2), (60, 3)):
        time[0] += timedelta(seconds=seconds)
        assert status() == ("Läuft, Stand der Daten: 18.11.2026",)
        assert foreign_sources.stands_asked == ["Answers"] * asked


def test_the_operator_reads_that_answers_come_from_elsewhere(
    house_database: HouseDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "house.toml"
    file.write_text(f'[exemptions]\nregistry = "{HERE}.Answers"\n', encoding="utf-8")
    monkeypatch.setenv("ZUZAHLUNG_SETTINGS", str(file))
    with operator_role():
        assert operators.create_operator(NAME, PASSWORD, NOW) is None
    serve_registry()
    with served(house_database, second_factor=False) as site:
        words = Operator(site).sign_in().words
    assert "Register Auskünfte gibt das System der Kasse, nicht dieses Register" in words
    assert "In Kraft" not in words


def test_many_questions_at_once_make_a_source_once(settings: Any) -> None:
    answered_by(settings, "IsMadeOnce")
    found = at_once(*[lambda: registry.find(EXEMPT) for _ in range(8)])
    assert {type(one).__name__ for one in found} == {"Found"}
    assert foreign_sources.IsMadeOnce.made == 1


def test_a_status_page_that_hangs_takes_no_place_of_a_question(
    market: Practice, settings: Any, time: list[datetime]
) -> None:
    answered_by(settings, "Hangs", seconds=0.05)
    for _ in range(20):
        assert status() == ("Zurzeit keine Auskunft: Das System der Kasse antwortet nicht.",)
        time[0] += timedelta(seconds=10)
    assert foreign_sources.stands_asked == ["Hangs"]
    answered_by(settings, "Answers")
    assert registry.find(EXEMPT).insured is not None


# The source in the manual.


class CoreSystem(BaseHTTPRequestHandler):
    """What a fund's own system answers to the source in the manual."""

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said: dict[str, Any] = {"stand": "2026-11-17"}
        if self.path == "/insured":
            known: dict[str, dict[str, Any]] = {
                EXEMPT: {
                    "initials": "E. B.",
                    "eighteenth_birthday": None,
                    "exempt": [["2026-01-01", "2026-11-30"]],
                },
                CHILD: {"initials": "K. D.", "eighteenth_birthday": "2026-11-25", "exempt": []},
            }
            nobody: dict[str, Any] = {"initials": None, "eighteenth_birthday": None, "exempt": []}
            said |= known.get(question["kvnr"], nobody)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def core_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """A fund's own system, and the manual's source beside it as a module."""
    manual = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- tested: source -->\n```python\n(.*?)```", manual, re.DOTALL)
    assert found is not None
    (tmp_path / "fund_registry.py").write_text(found[1], encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), CoreSystem) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("FUND_REGISTRY_URL", f"http://127.0.0.1:{server.server_port}")
        yield server
        server.shutdown()
        thread.join()
    sys.modules.pop("fund_registry", None)


def test_the_source_in_the_manual_answers(
    market: Practice, core_system: ThreadingHTTPServer, settings: Any
) -> None:
    answered_by(settings, "Answers")
    settings.EXEMPTION_REGISTRY = "fund_registry.Source"
    assert fault_of_source("fund_registry.Source") is None
    owner = market.person("owner").actor
    days = (date(2026, 11, 19), date(2026, 12, 1))
    exempt, child, nobody = (market.asks(owner, kvnr, days=days) for kvnr in (EXEMPT, CHILD, STRANGER))
    assert exempt.days[0].valid_until == date(2026, 11, 30)
    assert [day.status for day in exempt.days] == ["exempt", "liable"]
    assert [day.status for day in child.days] == ["minor", "liable"]
    assert [(one.initials, one.result) for one in (exempt, child, nobody)] == [
        ("E. B.", "mixed"),
        ("K. D.", "mixed"),
        ("", "unknown"),
    ]
    assert status() == ("Läuft, Stand der Daten: 17.11.2026",)


def test_the_source_in_the_manual_says_when_it_cannot_answer(
    market: Practice, core_system: ThreadingHTTPServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered_by(settings, "Answers")
    settings.EXEMPTION_REGISTRY = "fund_registry.Source"
    monkeypatch.setenv("FUND_REGISTRY_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(RegistryUnavailable):
        registry.find(EXEMPT)
