"""What the measurements rest on is right: percentiles, the table, the peer's values, and that a refusal is noticed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.bench.bare import Recorded, Task, questions_of
from tests.bench.figures import HEADINGS, Figure, MeasurementFailed, Times, table
from tests.bench.load import Questions, paced

INSTITUTION, KEY, ENTRY = UUID(int=1), UUID(int=2), UUID(int=3)
OTHER_INSTITUTION, OTHER_KEY = UUID(int=11), UUID(int=12)


def test_a_percentile_is_the_time_within_which_that_share_was_done() -> None:
    times = Times(seconds=[number / 1000 for number in range(100, 0, -1)])
    assert (times.percentile(50), times.percentile(95), times.percentile(99), times.longest) == (
        50,
        95,
        99,
        100,
    )


def test_a_missed_target_stands_out_and_a_figure_without_one_says_nothing() -> None:
    rows = [
        Figure(
            name="queries", value="1,000/s", peer="bare 2,000/s", ratio=0.5, target="≥ 1,770/s", reached=False
        ),
        Figure(name="memory", value="105 MB", target="< 300 MB", reached=True),
        Figure(name="list", value="60 ms"),
    ]
    assert table([HEADINGS, *(row.cells for row in rows)]) == (
        "figure   value    peer          ratio  target     reached\n"
        "-------  -------  ------------  -----  ---------  -------\n"
        "queries  1,000/s  bare 2,000/s  0.50   ≥ 1,770/s  NO\n"
        "memory   105 MB                        < 300 MB   yes\n"
        "list     60 ms"
    )


def test_the_bare_loop_sends_what_the_portal_sent_with_another_key_insured_and_id() -> None:
    recorded = Recorded(
        open_sql="select * from opening(%s, %s, %s)",
        open_arguments=(b"hash", [1], [b"digest of sixteen"[:16]]),
        write_sql="select * from writing(%s, %s, %s, %s, %s)",
        write_arguments=(ENTRY, INSTITUTION, KEY, b"digest of sixteen"[:16], "in-person"),
        token_hash=b"hash",
        institution=INSTITUTION,
        key=KEY,
        entry=ENTRY,
        digest=b"digest of sixteen"[:16],
    )
    task = Task(
        address="",
        recorded=recorded,
        keys=[(b"other hash", OTHER_INSTITUTION, OTHER_KEY)],
        digests=b"another insured!",
        seconds=0,
        one_round_trip=False,
        seed=1,
    )
    opening, (entry, *writing) = next(questions_of(task, 1))
    assert opening == (b"other hash", [1], [b"another insured!"])
    assert writing == [OTHER_INSTITUTION, OTHER_KEY, b"another insured!", "in-person"]
    assert entry != ENTRY


@pytest.fixture
def refusing_server() -> Iterator[int]:
    """Answers whatever comes with 429."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_refuse, args=[server])
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _refuse(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            if connection.recv(65_536):
                connection.sendall(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n")


def test_an_answer_that_is_not_200_ends_the_measurement(refusing_server: int) -> None:
    questions = Questions(
        host="127.0.0.1",
        port=refusing_server,
        path="/",
        tokens=["token"],
        numbers=b"A123456780",
        before="{",
        after="}",
    )
    with pytest.raises(MeasurementFailed, match="429 Too Many Requests"):
        paced(questions, rate=100, seconds=0.02, seed=1)
