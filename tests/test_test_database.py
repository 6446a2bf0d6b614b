"""Tests run on a real PostgreSQL, as the portal's role, and see nothing that another test left."""

from __future__ import annotations

import socket
from threading import Thread

import pytest
from django.db import connection, connections

from tests.database import HouseDatabase


@pytest.mark.django_db
def test_the_default_connection_is_the_portals_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user, current_setting('is_superuser'), version()")
        user, superuser, version = cursor.fetchone()
    assert (user, superuser) == ("zuzahlung_portal", "off")
    assert version.startswith("PostgreSQL 18")


@pytest.mark.django_db(databases=["default", "operator", "owner"])
def test_operator_and_owner_have_connections_of_their_own() -> None:
    users = []
    for alias in ("operator", "owner"):
        with connections[alias].cursor() as cursor:
            cursor.execute("select current_user")
            users.append(cursor.fetchone()[0])
    assert users == ["zuzahlung_operator", "zuzahlung_owner"]


@pytest.mark.parametrize("run", [1, 2])
def test_what_one_test_commits_the_next_does_not_see(house_database: HouseDatabase, run: int) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from pg_tables where tablename = 'left_over'")
        assert cursor.fetchone() == (0,), f"run {run}"
        cursor.execute("create table left_over ()")


def test_a_thread_of_a_test_works_on_the_same_database(house_database: HouseDatabase) -> None:
    seen = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select current_database()")
            seen.append(cursor.fetchone()[0])
        connection.close()

    thread = Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [house_database.name]


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match="tests stay on this machine"):
        outside.connect(("192.0.2.1", 80))
