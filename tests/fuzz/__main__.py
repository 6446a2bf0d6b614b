"""`make fuzz`: bytes made by a coverage-guided fuzzer, for ten minutes, against everything a stranger's file meets.

What it finds worth keeping goes into `corpus/` and is run as a test from then on; a crash is written to `crashes/`.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
CRASHES = HERE / "crashes"
LONGEST = 4096
"""Bytes of an input; more finds nothing new and takes longer."""

_WORKER = """
import os
import sys
import atheris
# To merge, the fuzzer starts itself anew by this name.
sys.argv[0] = os.environ["FUZZ_WORKER"]
with atheris.instrument_imports(include=["zuzahlung"]):
    from tests.fuzz.targets import everything
atheris.Setup(sys.argv, everything)
atheris.Fuzz()
"""


def main() -> int:
    """Fuzzes for the given time, then keeps of what was found only what covers something new."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    given = parser.parse_args()
    CRASHES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        worker, found = Path(folder) / "worker", Path(folder) / "found"
        found.mkdir()
        worker.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c {shlex.quote(_WORKER)} "$@"\n')
        worker.chmod(0o700)
        fuzzed = _run(
            worker,
            str(found),
            str(CORPUS),
            f"-max_total_time={given.seconds}",
            f"-max_len={LONGEST}",
            f"-dict={HERE / 'words.dict'}",
            f"-artifact_prefix={CRASHES}/",
            "-print_final_stats=1",
        )
        if fuzzed == 0:
            _run(worker, "-set_cover_merge=1", str(CORPUS), str(found), f"-max_len={LONGEST}")
    if not any(CRASHES.iterdir()):
        CRASHES.rmdir()
    return fuzzed


def _run(worker: Path, *arguments: str) -> int:
    surroundings = {**os.environ, "FUZZ_WORKER": str(worker)}
    return subprocess.run([str(worker), *arguments], check=False, env=surroundings).returncode


if __name__ == "__main__":
    sys.exit(main())
