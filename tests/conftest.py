"""What every test may count on: a real PostgreSQL, the portal's database role, and no network."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from pytest_django import DjangoDbBlocker

from tests.database import TEMPLATE, HouseDatabase, TestServer, house_environment, run_folder
from zuzahlung.vault import keyfile

# How long a machine takes says nothing about our code.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
# For `make check`, which runs before every commit; `make test` looks everywhere.
hypothesis.settings.register_profile("quick", hypothesis.settings.get_profile("house"), max_examples=10)
hypothesis.settings.load_profile("house")

SERVER = pytest.StashKey[TestServer]()
# Law, numbers and the command line know no Django: tests of these folders alone start without it.
WITHOUT_DJANGO = ("tests/standards", "tests/official", "tests/fuzz", "tests/cli", "src/zuzahlung/standards")


def pytest_configure(config: pytest.Config) -> None:
    """Tells Django where the database will be; the server itself starts when the first test needs it.

    This runs before pytest-django sets Django up, so the settings read the same variables as in earnest.
    """
    root = config.rootpath
    pure = tuple(str(root / folder) for folder in WITHOUT_DJANGO)
    if config.args and all(str((Path.cwd() / given).resolve()).startswith(pure) for given in config.args):
        return
    given = getattr(config, "workerinput", {})
    folder = Path(given["folder"]) if "folder" in given else run_folder()
    server = TestServer(folder, cache=root / ".pytest_cache" / "postgres", root=root)
    config.stash[SERVER] = server
    for name in [name for name in os.environ if name.startswith(("ZUZAHLUNG_", "DATABASE_"))]:
        del os.environ[name]
    os.environ.update(house_environment(server, database_name(config)))
    # pytest-django sets Django up after this hook, but only where the settings were read.
    from django.conf import settings

    assert settings.DATABASES
    # Tests inside this process take style sheets and scripts from the sources; nothing is collected for them.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    with server.lock("keys"):
        if not settings.VAULT_KEYS.exists():
            keyfile.create(settings.VAULT_KEYS, datetime.now(UTC))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells each process of a parallel run where the run's server is."""
    server = node.config.stash.get(SERVER, None)
    if server is not None:
        node.workerinput["folder"] = str(server.folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the server and leaves nothing behind."""
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.stop()
        if not hasattr(config, "workerinput"):
            shutil.rmtree(server.folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that need database or browser, so that the quick check can leave them out."""
    for item in items:
        needed = getattr(item, "fixturenames", ())
        if item.get_closest_marker("django_db") or "test_server" in needed:
            item.add_marker("database")
        if "browser" in needed:
            item.add_marker("browser")


def database_name(config: pytest.Config) -> str:
    """The name of the database that one process of the run works on."""
    worker = getattr(config, "workerinput", {}).get("workerid", "main")
    return f"zuzahlung_test_{worker}"


@pytest.fixture(scope="session")
def test_server(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> TestServer:
    """The running server of this run, with the migrated template."""
    server = request.config.stash[SERVER]
    with django_db_blocker.unblock():
        server.ensure(migrate_template)
    return server


def migrate_template() -> None:
    """Runs all migrations as the owner into the template."""
    from django.core.management import call_command

    with connections_to(TEMPLATE):
        call_command("migrate", database="owner", verbosity=0, interactive=False)


class connections_to:  # noqa: N801 - reads as a statement: with connections_to(name)
    """Points all of Django's connections, in every thread, at another database for a while."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.before: dict[str, str] = {}

    def __enter__(self) -> None:
        from django.db import connections

        for alias in connections:
            connections[alias].close()
            self.before[alias] = connections.settings[alias]["NAME"]
            connections.settings[alias]["NAME"] = self.name

    def __exit__(self, *_: object) -> None:
        from django.db import connections

        for alias, name in self.before.items():
            connections[alias].close()
            connections.settings[alias]["NAME"] = name


@contextmanager
def moved_into(server: TestServer, blocker: DjangoDbBlocker, name: str) -> Iterator[HouseDatabase]:
    """A database of this name, at which Django's connections and the environment point meanwhile."""
    with (
        server.clone(name) as house,
        blocker.unblock(),
        connections_to(house.name),
        pytest.MonkeyPatch.context() as patch,
    ):
        for variable, value in house.environment.items():
            patch.setenv(variable, value)
        yield house


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    test_server: TestServer,
    django_test_environment: None,
) -> Iterator[None]:
    """The database of tests marked `django_db`: each runs in a transaction that is rolled back."""
    name = database_name(request.config)
    # A process of a parallel run may have read the settings before it knew its own name.
    with test_server.clone(name), connections_to(name):
        yield


@pytest.fixture
def house_database(test_server: TestServer, django_db_blocker: DjangoDbBlocker) -> Iterator[HouseDatabase]:
    """A database of the test's own, where commits stay: for threads, processes and several roles at once.

    Django's connections and the environment point at it during the test. Not to be used together with
    the mark `django_db`.
    """
    with moved_into(test_server, django_db_blocker, f"zuzahlung_house_{os.getpid()}") as house:
        yield house


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuses every connection that would leave this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse_other_machines(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse_other_machines(self, address)
        return connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        yield


def refuse_other_machines(used: socket.socket, address: Any) -> None:
    """Lets sockets through that end on this machine."""
    if used.family == socket.AF_UNIX:
        return
    host = str(address[0])
    if not (host in {"localhost", "::1"} or host.startswith("127.")):
        raise AssertionError(f"a test wanted to connect to {host}; tests stay on this machine")
