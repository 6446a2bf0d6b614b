"""The processes of the house: the command of each, and only the database addresses that it may know."""

from __future__ import annotations

import errno
import signal
import socket
import sys
from pathlib import Path

from zuzahlung.cli.errors import HouseError
from zuzahlung.cli.preparation import OPERATOR_SETTINGS, PORTAL_SETTINGS
from zuzahlung.cli.supervisor import Program

WSGI = "zuzahlung.site.wsgi:application"
# Run with -m the module would be loaded twice, once under its own name.
WORKER = "from zuzahlung.site.worker import main; main()"


def portal(host: str, port: int, *, threads: int = 4, log: Path | None = None) -> Program:
    """The portal's web server; it knows neither the owner's nor the operator's way into the database."""
    return Program(
        name="Das Portal",
        command=_granian(host, port, threads),
        environment={
            "DJANGO_SETTINGS_MODULE": PORTAL_SETTINGS,
            "DATABASE_OWNER_URL": None,
            "DATABASE_OPERATOR_URL": None,
        },
        log=log,
    )


def operator_site(host: str, port: int, *, threads: int = 2, log: Path | None = None) -> Program:
    """The operator's web server, on the operator's database role."""
    return Program(
        name="Die Betreiberseite",
        command=_granian(host, port, threads),
        environment={"DJANGO_SETTINGS_MODULE": OPERATOR_SETTINGS, "DATABASE_OWNER_URL": None},
        log=log,
    )


def worker(*, log: Path | None = None) -> Program:
    """The process that works while nobody waits."""
    return Program(
        name="Der Arbeiter",
        command=[sys.executable, "-c", WORKER],
        environment={"DJANGO_SETTINGS_MODULE": PORTAL_SETTINGS, "DATABASE_OWNER_URL": None},
        log=log,
        # The embedded database goes at the same moment, and a worker that stops gently would wait for it.
        # Killed it loses nothing: its tasks are taken up again.
        orphaned=signal.SIGKILL,
    )


def refuse_used_port(host: str, port: int, *, option: str = "--port") -> None:
    """Says so when somebody else already listens there, or nobody can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise HouseError(_why_not_bound(error, host, port, option)) from error


def _why_not_bound(error: OSError, host: str, port: int, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Auf {host}:{port} läuft schon etwas. Bitte beenden Sie es oder wählen Sie mit {option} einen "
            "anderen Anschluss."
        )
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} ist keine Adresse dieses Rechners."
    if error.errno == errno.EACCES:
        return f"Den Anschluss {port} darf hier nur root öffnen. Bitte wählen Sie mit {option} einen ab 1024."
    return f"{host}:{port} lässt sich nicht öffnen: {error.strerror}."


def _granian(host: str, port: int, threads: int) -> list[str]:
    """The web server; it keeps no access log, since addresses of people and links with codes would be in it."""
    return [
        sys.executable, "-m", "granian",
        "--interface", "wsgi", "--http", "1", "--no-ws",
        "--host", host, "--port", str(port),
        "--workers", "1", "--blocking-threads", str(threads),
        # All headers of a request together: a browser's take a few thousand bytes.
        "--http1-buffer-size", "65536",
        "--respawn-failed-workers", "--workers-kill-timeout", "20",
        WSGI,
    ]  # fmt: skip
