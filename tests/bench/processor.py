"""The processor time of the house's processes: it hardly changes when others use the machine too."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """Seconds of processor time: by the portal, by PostgreSQL, and by whoever asked."""

    portal: float = 0.0
    postgres: float = 0.0
    client: float = 0.0

    @property
    def all(self) -> float:
        """All three together."""
        return self.portal + self.postgres + self.client

    def __sub__(self, before: Spent) -> Spent:
        return Spent(
            portal=self.portal - before.portal,
            postgres=self.postgres - before.postgres,
            client=self.client - before.client,
        )


def spent_so_far(*, portal: int = 0, postgres: int = 0) -> Spent:
    """What the processes with these numbers have spent; the client is a child of ours, or we ourselves."""
    ours = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Spent(
        portal=_of_tree(portal),
        postgres=_of_tree(postgres),
        client=sum(one.ru_utime + one.ru_stime for one in ours),
    )


def others_share(run: Callable[[], None]) -> float:
    """Runs something; says which share of all cores went to programs that are none of ours meanwhile."""
    began, busy, ours = time.monotonic(), _busy(), _of_tree(os.getpid())
    run()
    spent = _busy() - busy - (_of_tree(os.getpid()) - ours)
    return max(spent, 0.0) / (time.monotonic() - began) / (os.cpu_count() or 1)


def _busy() -> float:
    """Seconds in which any core worked, since the machine started."""
    user, nice, system, _idle, _waiting, *interrupts = map(
        int, Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:8]
    )
    return _TICK * (user + nice + system + sum(interrupts))


def _of_tree(process: int) -> float:
    """A process with its children, the ended ones included."""
    try:
        numbers = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        children = [
            int(child)
            for thread in Path(f"/proc/{process}/task").iterdir()
            for child in (thread / "children").read_text(encoding="ascii").split()
        ]
    except OSError:
        return 0.0
    # User and system time of the process itself, and of the children it has waited for.
    return _TICK * sum(map(int, numbers[11:15])) + sum(_of_tree(child) for child in children)
