"""The operator's site in a process of its own, as in earnest, and a client that signs in to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from uuid import UUID

import pytest

from tests.database import HouseDatabase, TestServer
from tests.operator.role import operator_role
from zuzahlung.standards.numbers.ik import IK

ROOT = Path(__file__).parents[2]
NAME, PASSWORD = "erika.muster", "vier krumme hunde singen"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the site answered."""

    status: int
    url: str
    text: str
    headers: dict[str, str]

    @property
    def words(self) -> str:
        """The page as a reader sees it, without marks and in one line."""
        body = re.sub(r"<(script|svg|style|title)\b.*?</\1>", " ", self.text, flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&nbsp;", " ").split())


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Client:
    """A browser without script: keeps cookies, sends forms with their token, follows where it is led."""

    site: str
    jar: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str, **query: str) -> Answer:
        return self._open(path + (f"?{urllib.parse.urlencode(query)}" if query else ""), None)

    def post(self, path: str, *, at: str | None = None, **values: str | list[str]) -> Answer:
        """Sends a form as it stands on the page `at` (by default the same address)."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(at or path).text)
        assert token is not None, f"no form at {at or path}"
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **values}, doseq=True)
        return self._open(path, data.encode())

    def sign_in(self, name: str = NAME, password: str = PASSWORD) -> Answer:
        return self.post("/login/", name=name, password=password)

    def _open(self, path: str, data: bytes | None) -> Answer:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _NoRedirect)
        url = urllib.parse.urljoin(self.site, path)
        request = urllib.request.Request(url, data, headers={"Referer": url, "Origin": self.site})
        try:
            with opener.open(request, timeout=30) as response:
                return Answer(
                    status=response.status,
                    url=url,
                    text=response.read().decode(),
                    headers=dict(response.headers),
                )
        except urllib.error.HTTPError as error:
            if error.code in {301, 302, 303}:
                return self._open(error.headers["Location"], None)
            return Answer(status=error.code, url=url, text=error.read().decode(), headers=dict(error.headers))


class Servers:
    """The site with and without second factor, each started when the first test asks and kept for the others.

    Every test has a database of its own under the same address, so a server finds the one of the moment.
    """

    def __init__(self) -> None:
        self.stack = ExitStack()
        self.known: dict[tuple[str, bool], str] = {}

    def address(self, house: HouseDatabase, *, second_factor: bool) -> str:
        """Where the site is."""
        key = (house.operator, second_factor)
        if key not in self.known:
            self.known[key] = self.stack.enter_context(served(house, second_factor=second_factor))
        return self.known[key]


@pytest.fixture(scope="session")
def servers(test_server: TestServer) -> Iterator[Servers]:
    """All servers of this run, ended before their database."""
    made = Servers()
    with made.stack:
        yield made


@contextmanager
def served(house: HouseDatabase, *, second_factor: bool) -> Iterator[str]:
    """The address of the operator's site while it runs on this database."""
    environment = {
        **{
            name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DJANGO_"))
        },
        "DATABASE_OPERATOR_URL": house.operator,
        "DJANGO_SETTINGS_MODULE": "tests.operator.site_settings",
        "ZUZAHLUNG_DEMO": "0" if second_factor else "1",
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.operator.serve"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


@pytest.fixture
def operators_house(house_database: HouseDatabase) -> HouseDatabase:
    """A house with one operator in it."""
    from zuzahlung.accounts.services import operators

    with operator_role():
        assert operators.create_operator(NAME, PASSWORD, NOW) is None
    return house_database


@pytest.fixture
def site(operators_house: HouseDatabase, servers: Servers) -> str:
    """The site as in the demo, without second factor."""
    return servers.address(operators_house, second_factor=False)


@pytest.fixture
def strict_site(operators_house: HouseDatabase, servers: Servers) -> str:
    """The site as in earnest, with second factor."""
    return servers.address(operators_house, second_factor=True)


@pytest.fixture
def client(site: str) -> Client:
    """Somebody signed in, on the site without second factor."""
    made = Client(site)
    assert "Heute" in made.sign_in().words
    return made


def institution(ik: str = "260326822", **values: object) -> UUID:
    """Puts an institution into the directory."""
    from zuzahlung.accounts.models import Institution

    given = {
        "name": "Praxis am Park", "street": "Parkweg 1", "postcode": "01067", "city": "Dresden",
        "service_kinds": ["heilmittel"], **values,
    }  # fmt: skip
    with operator_role():
        return Institution.objects.create(ik=ik, **given).id


def registered(ik: str = "260326822") -> UUID:
    """Somebody asks for an account, and the request is settled as the worker does it; gives the request."""
    from zuzahlung.accounts.models import Registration
    from zuzahlung.accounts.services import registration

    registration.ask_for_account(IK(ik), email="", terms_version="2026-11", now=datetime.now(UTC))
    asked = Registration.objects.latest("asked_at").id
    registration.settle(asked, datetime.now(UTC))
    return asked
