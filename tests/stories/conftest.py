"""The stage for stories: a whole house in this process, a real browser in front of it, a clock to turn."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.database import HouseDatabase, TestServer
from tests.security.served import HttpCaller, ServedHouse, served_house, write_directory

CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PASSWORD = "blauer zaun tanzt leise"


def chromium() -> str:
    """Where chromium is; without it no story can be told."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("chromium is missing: install Debian's package chromium, or put it on the path")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the stories of a file; afterwards this thread is free for loops of others again."""
    with sync_playwright() as playwright:
        # Playwright's loop runs in this thread, and Django would take that for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        launched = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_FLAGS))
        yield launched
        launched.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Clock:
    """The time of the house; it stands still until a story turns it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def forward(self, **span: float) -> datetime:
        """Turns the clock on by days, hours or minutes."""
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A Thursday in November, 10:42 in Germany."""
    made = Clock(datetime(2026, 11, 19, 9, 42, tzinfo=UTC))
    monkeypatch.setattr("django.utils.timezone.now", lambda: made.now)
    return made


@dataclass(kw_only=True)
class House:
    """The running house as a story sees it from behind the stage."""

    url: str
    clock: Clock
    folder: Path
    mails: list[Any] = field(default_factory=list)

    def knows(self, ik: str, name: str = "Praxis am Markt", kinds: Sequence[str] = ("heilmittel",)) -> None:
        """Puts an institution into the directory."""
        from zuzahlung.accounts.services.directory import import_institutions
        from zuzahlung.cli.demo_data import as_operator
        from zuzahlung.journal.services import SYSTEM

        path = self.folder / f"directory-{ik}.csv"
        path.write_text(
            "IK;Name;Straße;PLZ;Ort;Leistungsarten\n"
            f"{ik};{name};Marktplatz 3;01067;Dresden;{','.join(kinds)}\n",
            encoding="utf-8",
        )
        with as_operator():
            import_institutions(
                path, is_complete=False, actor=SYSTEM, now=self.clock.now, progress=lambda *_: None
            )

    def has_owner(self, ik: str, name: str = "Praxis am Markt") -> None:
        """Opens an account without letters, for stories that begin behind the first sign-in."""
        from django.contrib.auth.hashers import make_password

        from zuzahlung.accounts.models import Institution, Person
        from zuzahlung.accounts.rules import current_terms
        from zuzahlung.journal.services import acting_for

        self.knows(ik, name)
        institution = Institution.objects.using("operator").get(ik=ik).id
        with acting_for(institution):
            Person.objects.create(
                institution=institution,
                sign_in=ik,
                role="owner",
                state=Person.ACTIVE,
                password=make_password(PASSWORD),
                terms_version=current_terms(),
                terms_accepted_at=self.clock.now,
                made_at=self.clock.now,
                used_at=self.clock.now,
            )

    def registry(self, *insured: dict[str, Any], day: date | None = None) -> None:
        """Delivers a new stand of the registry."""
        from zuzahlung.cli.demo_data import as_operator
        from zuzahlung.exemptions.imports import Imported, import_delivery
        from zuzahlung.standards.days import german_day

        path = self.folder / "registry.ndjson"
        path.write_text("".join(json.dumps(one) + "\n" for one in insured), encoding="utf-8")
        with as_operator():
            done = import_delivery(path, day=day or german_day(self.clock.now), now=self.clock.now)
        assert isinstance(done, Imported)

    def works(self) -> None:
        """Lets the worker do what is due, and print and send."""
        from django.db import connections

        from zuzahlung.delivery import services as delivery
        from zuzahlung.site import worker

        def work() -> None:
            worker.run(wait=False)
            delivery.print_due(self.clock.now)
            delivery.send_due(self.clock.now)
            connections.close_all()

        # The browser's loop runs in this thread, and the worker wants one of its own.
        with ThreadPoolExecutor(max_workers=1) as another_thread:
            another_thread.submit(work).result()

    def erase_letters(self) -> None:
        """Clears the print folder, as after the post."""
        for path in (self.folder / "letters").glob("*.pdf"):
            path.unlink()

    def letters(self) -> dict[str, str]:
        """The codes in the letters that lie in the print folder, by their title, read off the paper."""
        found = {}
        for path in sorted((self.folder / "letters").glob("*.pdf")):
            reader = pypdf.PdfReader(path)
            kind = (
                "Prüfnummer"
                if "Prüfnummer" in str(reader.metadata and reader.metadata.title)
                else "Initialkennwort"
            )
            groups = (
                r"(?:[2-9A-Z]{5}-){2}[2-9A-Z]{5}"
                if kind == "Prüfnummer"
                else r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}"
            )
            text = "\n".join(page.extract_text() for page in reader.pages)
            found[kind] = re.findall(rf"\b{groups}\b", text)[0]
        return found


@pytest.fixture
def house(
    house_database: HouseDatabase,
    clock: Clock,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    """A house of its own for one story: database, print folder, mail box and web server."""
    from asgiref.sync import SyncToAsync
    from django.core import mail
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.db import connections

    # Procrastinate keeps one thread for periodic tasks; its connection would still be that of the story before.
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()
    settings.LETTERS = tmp_path / "letters"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    monkeypatch.setattr(WSGIRequestHandler, "log_message", lambda *_: None)
    from zuzahlung.site.wsgi import application

    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.daemon_threads = False
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    settings.PORTAL_URL = url = f"http://127.0.0.1:{server.server_port}"
    yield House(url=url, clock=clock, folder=tmp_path, mails=mail.outbox)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(browser: Browser, house: House) -> Iterator[BrowserContext]:
    """One person's browser; whatever it says against our content security policy fails the story."""
    with browser_of_a_person(browser, house) as opened:
        yield opened


class HasAddress(Protocol):
    """Something that a browser can be pointed at."""

    @property
    def url(self) -> str:
        """How its addresses begin."""


@contextmanager
def browser_of_a_person(browser: Browser, house: HasAddress, **options: Any) -> Iterator[BrowserContext]:
    """A browser that shares nothing with others; what it complains of, or asks of others, fails the story."""
    opened = browser.new_context(base_url=house.url, locale="de-DE", timezone_id="Europe/Berlin", **options)
    complaints: list[str] = []
    foreign: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    opened.on(
        "request", lambda request: None if request.url.startswith(house.url) else foreign.append(request.url)
    )
    try:
        yield opened
    finally:
        opened.close()
    assert complaints == []
    assert [url for url in foreign if not url.startswith(("data:", "blob:"))] == []


def _is_complaint(message: Any) -> bool:
    return message.type == "error" and "Failed to load resource" not in message.text


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One page of that browser."""
    return context.new_page()


@pytest.fixture
def another_person(browser: Browser, house: House) -> Iterator[Page]:
    """A second browser that shares nothing with the first."""
    with browser_of_a_person(browser, house) as opened:
        yield opened.new_page()


@pytest.fixture
def page_without_script(browser: Browser, house: House) -> Iterator[Page]:
    """A browser in which no script runs."""
    with browser_of_a_person(browser, house, java_script_enabled=False) as opened:
        yield opened.new_page()


@pytest.fixture(scope="module")
def served(test_server: TestServer) -> Iterator[ServedHouse]:
    """A house whose PostgreSQL, web server and worker are processes of their own, for stories in which they die."""
    with served_house() as house:
        yield house


def practice_with_key(served: ServedHouse, ik: str) -> str:
    """Puts a practice into the directory of a served house; returns the key of its software."""
    from tests.security import catalog
    from zuzahlung.accounts.services import keys

    row = (ik, "Praxis am Markt", "Marktplatz 3", "01067", "Dresden", "heilmittel")
    served.command("import-institutions", str(write_directory(served.folder / f"{ik}.csv", row)))
    token = keys.new_token()
    with psycopg.connect(served.database.superuser, autocommit=True) as connection:
        found = connection.execute("select id from accounts_institution where ik = %s", [ik]).fetchone()
        assert found is not None
        catalog.add_row(
            connection, "accounts_apikey", institution=found[0], name="Praxissoftware", prefix=token[:8],
            scopes=[keys.EXEMPTION_QUERIES], token_hash=keys.token_hash(token), revoked_at=None,
        )  # fmt: skip
    return token


def ask_by_json(
    caller: HttpCaller, token: str, kvnr: str, day: date, **headers: str
) -> tuple[int, dict[str, Any]]:
    """One query of practice software; names of headers are given with _ for -."""
    question = {"kvnr": kvnr, "permission": "in-person", "serviceDates": [day.isoformat()]}
    answer = caller.call(
        "POST",
        "/api/v1/exemption-queries",
        body=json.dumps(question).encode(),
        content_type="application/json",
        headers={
            "Authorization": f"Bearer {token}",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        },
    )
    return answer.status, json.loads(answer.body)


def barriers(page: Page) -> list[str]:
    """What axe finds on the page as it stands, once it has been loaded whole."""
    page.wait_for_load_state("load")
    found = Axe().run(page).response["violations"]
    return [f"{one['id']} ({one['help']}) at {[node['target'] for node in one['nodes']]}" for one in found]


def has_no_barriers(page: Page) -> None:
    """Fails with what axe found."""
    assert barriers(page) == []


def register(page: Page, house: House, ik: str, email: str = "") -> None:
    """Neues Konto registrieren, with the security check done by the browser."""
    page.goto("/")
    page.get_by_role("link", name="Neues Konto registrieren").first.click()
    page.get_by_label("Institutionskennzeichen").fill(ik)
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_label("Ich habe die Nutzungsbedingungen gelesen").check()
    page.get_by_text("Sicherheits-Prüfung erledigt").wait_for(timeout=20_000)
    page.get_by_role("button", name="Registrieren").click()
    page.get_by_role("heading", name="Ihre Anfrage ist angekommen").wait_for()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Anmelden."""
    page.goto("/anmelden/")
    page.get_by_label("Benutzername").fill(name)
    page.get_by_label("Passwort oder Initialkennwort").fill(password)
    page.get_by_role("button", name="Anmelden").click()


def join(page: Page, house: House, ik: str, name: str = "Praxis am Markt", *, email: str = "") -> str:
    """Takes an institution from the directory to its signed-in owner; returns the Prüfnummer."""
    house.knows(ik, name)
    register(page, house, ik, email)
    house.works()
    initial = house.letters()["Initialkennwort"]
    house.clock.forward(days=1)
    house.works()
    pruefnummer = house.letters()["Prüfnummer"]
    sign_in(page, ik, initial)
    page.get_by_label("Prüfnummer", exact=True).fill(pruefnummer)
    page.get_by_label("Neues eigenes Passwort").fill(PASSWORD)
    page.get_by_label("Neues Passwort noch einmal").fill(PASSWORD)
    page.get_by_label("Ich bin mit den Nutzungsbedingungen einverstanden").check()
    page.get_by_role("button", name="Passwort festlegen").click()
    page.get_by_role("heading", name="Abfrage", exact=True).wait_for()
    return pruefnummer


def ask(page: Page, kvnr: str, permission: str = "mündlich, hier vor Ort", day: str | None = None) -> str:
    """One query; returns the headline of the answer."""
    page.goto("/abfrage/")
    page.get_by_label("Krankenversichertennummer").fill(kvnr)
    page.get_by_label(permission).check()
    if day is not None:
        page.get_by_label("Tag der Abgabe").fill(day)
    page.get_by_role("button", name="Abfragen").click()
    return page.get_by_role("heading", level=1).inner_text().replace("\u00a0", " ")
