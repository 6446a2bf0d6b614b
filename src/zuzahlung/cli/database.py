"""The three database addresses a command works with: the embedded server's, or those the user named."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from zuzahlung.cli import roles
from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.places import place_for, var_folder
from zuzahlung.cli.postgres import SUPERUSER, EmbeddedPostgres

VARIABLES: Mapping[str, str] = {
    "DATABASE_URL": roles.PORTAL,
    "DATABASE_OWNER_URL": roles.OWNER,
    "DATABASE_OPERATOR_URL": roles.OPERATOR,
}


class AddressError(HouseError):
    """The user named a server of his own, but not for every role that this command needs, or not rightly."""


def is_external() -> bool:
    """Whether the user named a PostgreSQL server of his own."""
    return bool(os.environ.get("DATABASE_URL"))


def external_addresses(*needed: str) -> None:
    """Refuses to begin when an address that the command needs was not given, or is none."""
    missing = [name for name in needed if not os.environ.get(name)]
    if missing:
        raise AddressError(
            f"DATABASE_URL nennt einen eigenen Server; dieser Befehl braucht dazu noch: {', '.join(missing)}. "
            "Die Rollen legt an: zuzahlung database-roles | psql"
        )
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    for name in VARIABLES:
        try:
            conninfo_to_dict(os.environ.get(name, ""))
        except Error:
            raise AddressError(
                f"{name} ist keine Adresse, die PostgreSQL versteht. Gemeint ist etwas wie "
                "postgresql://rolle:kennwort@rechner:5432/zuzahlung?sslmode=verify-full"
            ) from None


def embedded(say: Callable[[str], None]) -> EmbeddedPostgres:
    """The server that belongs to the house's folder, not yet started."""
    return EmbeddedPostgres(place_for(var_folder() / "postgres", say=say))


def addresses(server: EmbeddedPostgres, database: str = roles.DATABASE) -> dict[str, str]:
    """What the environment says about a database of the embedded server."""
    return {name: server.url(role, database) for name, role in VARIABLES.items()}


def ensure_roles(server: EmbeddedPostgres, database: str = roles.DATABASE) -> None:
    """Makes roles and database on the embedded server, once in its life."""
    done = server.place.folder / f"roles-{database}.sql"
    if done.exists() and done.read_text(encoding="utf-8") == roles.script(database):
        return
    import psycopg

    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        roles.ensure(connection, database)
    done.write_text(roles.script(database), encoding="utf-8")


@contextmanager
def database(*needed: str, say: Callable[[str], None]) -> Iterator[None]:
    """Has a database ready for one command, with its addresses in the environment.

    Without DATABASE_URL the embedded server is used: one that runs, or one started for this command only.
    """
    if is_external():
        external_addresses(*needed)
        yield
        return
    server = embedded(say)
    server.start(hold=True)
    try:
        ensure_roles(server)
        os.environ.update(addresses(server))
        yield
    finally:
        server.stop()
