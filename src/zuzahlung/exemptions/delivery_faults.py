"""The faulty lines of a delivery: all of them in a file for the fund, the first ones and their number at hand."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from zuzahlung.exemptions.deliveries import Refused

SHOWN = 50
MOST = 1_000_000


class FaultList:
    """Notes line numbers and reasons; the file is for its owner alone and appears with the first fault."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.first: list[tuple[int, str]] = []
        self.reasons: Counter[str] = Counter()
        self._file: IO[str] | None = None

    def add(self, line: int, reason: str) -> None:
        """Notes one faulty line; refuses a delivery that consists of little else."""
        self.count += 1
        if self.count > MOST:
            raise Refused(f"Mehr als {MOST} Zeilen sind fehlerhaft.", line=line)
        if len(self.first) < SHOWN:
            self.first.append((line, reason))
        self.reasons[reason] += 1
        if self._file is None:
            self._file = self._open()
        self._file.write(f"{line};{reason}\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> IO[str]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        file = os.fdopen(handle, "w", encoding="utf-8")
        file.write("Zeile;Grund\n")
        return file
