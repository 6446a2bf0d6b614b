"""The three database roles and the database itself: as SQL to read, and made on the embedded server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

DATABASE = "zuzahlung"
OWNER = "zuzahlung_owner"
PORTAL = "zuzahlung_portal"
OPERATOR = "zuzahlung_operator"

PAGE_SECONDS = 15
"""How long a statement of the portal may take: whoever waits for a page has given up by then."""

ROLES = f"""\
do $$
declare
  role_name text;
begin
  foreach role_name in array array['{OWNER}', '{PORTAL}', '{OPERATOR}'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I', role_name);
    end if;
    execute format(
      'alter role %I with login nosuperuser nobypassrls nocreatedb nocreaterole noreplication inherit', role_name
    );
  end loop;
end
$$;
alter role {PORTAL} set statement_timeout = '{PAGE_SECONDS}s';
"""


def grants(database: str) -> str:
    """Who may enter a database: the owner by owning it, portal and operator by name, nobody else."""
    return f"""\
revoke all on database {database} from public;
grant connect on database {database} to {PORTAL};
grant connect, temporary on database {database} to {OPERATOR};
"""


def create_database(database: str) -> str:
    """The statement for an empty database; names are sorted in Python, so it needs no German collation."""
    return f"create database {database} owner {OWNER} template template0 encoding 'UTF8'"


def script(database: str = DATABASE) -> str:
    """Everything as one script for psql, for a server that the house does not start itself."""
    return f"""\
-- Rollen und Datenbank für zuzahlung: einmal als Verwalter ausführen, gern auch wiederholt, zum Beispiel so:
--   zuzahlung database-roles | psql --username postgres --set ON_ERROR_STOP=1
-- {OWNER}: ihm gehören die Tabellen, nur „zuzahlung migrate“ und die Sicherung melden sich so an.
-- {PORTAL}: Portal, JSON-Schnittstelle und Arbeiter; sieht nur Zeilen der gerade handelnden Einrichtung, und
--   keine Seite hält die Datenbank länger als {PAGE_SECONDS} Sekunden fest.
-- {OPERATOR}: Seite des Betreibers, Importe und Schlüsselwechsel; der Arbeiter braucht sie dazu, weil nur sie
--   abgelaufene Einträge des Journals löschen darf.
-- Kennwörter vergeben Sie danach selbst, jeder Rolle ein eigenes, etwa mit: \\password {OWNER}

{ROLES}
select $make$
{create_database(database)}
$make$ where not exists (select from pg_database where datname = '{database}') \\gexec

{grants(database)}"""


def ensure(connection: psycopg.Connection, database: str = DATABASE) -> None:
    """Makes roles and database where they are missing; needs a superuser's connection in autocommit."""
    connection.execute(ROLES)
    found = connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone()
    if not found:
        connection.execute(create_database(database).encode())
    connection.execute(grants(database).encode())
