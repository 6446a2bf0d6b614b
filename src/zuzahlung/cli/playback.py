"""A backup played into an empty database as SQL in one transaction, on every PostgreSQL from 15 on."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

# pg_restore of version 17 and later writes this for every server, and servers before 17 do not know the setting.
YOUNG_SETTING = b"SET transaction_timeout = 0;\n"
SETTING_WHERE_KNOWN = (
    b"SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings"
    b" WHERE name = 'transaction_timeout';\n"
)
_PREAMBLE = (b"\n", b"--", b"\\restrict ", b"SET ", b"SELECT pg_catalog.set_config(")


class NotPlayed(Exception):
    """The backup was not played in, and nothing of it remains; the text is what PostgreSQL's program said."""


def play(file: Path, *, binaries: Path, address: str, environment: Mapping[str, str]) -> None:
    """Plays the file in wholly, or raises NotPlayed: what was begun ends with the connection."""
    reads = [str(binaries / "pg_restore"), "--no-comments", "--file=-", str(file)]
    # Faults are told without their context, in which psql would show rows.
    quiet = ["--no-psqlrc", "--quiet", "--set=VERBOSITY=terse", "--set=SHOW_CONTEXT=never"]
    plays = [str(binaries / "psql"), *quiet, "--set=ON_ERROR_STOP=1", f"--dbname={address}"]
    with (
        _program(reads, environment, stdout=subprocess.PIPE) as (reader, reader_said),
        _program(plays, environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as (psql, psql_said),
    ):
        try:
            _hand_over(reader, psql)
        except BrokenPipeError:
            # What psql stumbled over stands in its own words.
            reader.kill()
        faults = ((reader.wait() > 0, "pg_restore", reader_said), (psql.wait() != 0, "psql", psql_said))
        for is_fault, program, said in faults:
            if is_fault:
                raise NotPlayed(f"{program} sagt: {_words(said)}")


def _hand_over(reader: subprocess.Popen[bytes], psql: subprocess.Popen[bytes]) -> None:
    """Hands the script on; what nobody commits, because the file broke off, ends with psql's connection."""
    script, orders = cast("IO[bytes]", reader.stdout), cast("IO[bytes]", psql.stdin)
    orders.write(b"begin;\n")
    orders.writelines(preamble_for_every_server(script))
    shutil.copyfileobj(script, orders, 1 << 20)
    if reader.wait() == 0:
        orders.write(b"commit;\n")
    orders.close()


def preamble_for_every_server(script: IO[bytes]) -> Iterator[bytes]:
    """The lines up to the first real statement, with the one setting asked for only where the server knows it.

    What follows stays in the file: there a line may be the data of a table.
    """
    for line in script:
        yield SETTING_WHERE_KNOWN if line == YOUNG_SETTING else line
        if not line.startswith(_PREAMBLE):
            return


@contextmanager
def _program(
    words: list[str], environment: Mapping[str, str], **streams: int
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """A running program and what it says; it is ended with us, however we end."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, env=environment, stderr=said, **streams)  # type: ignore[call-overload]
        try:
            yield process, said
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    _close(stream)


def _close(stream: IO[bytes]) -> None:
    """Closes our end; what was still to be written to a dead program is lost anyhow."""
    try:
        stream.close()
    except BrokenPipeError:
        return


def _words(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read(4000).decode("utf-8", "replace").strip()
