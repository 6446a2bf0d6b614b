"""Invented insured are well formed, always the same for a seed, and shared out as promised."""

from __future__ import annotations

import gzip
import json
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from zuzahlung.cli.synthetic import CSV_HEADER, csv, insured, kvnr_at, ndjson, write_delivery
from zuzahlung.exemptions.delivery_lines import CsvReader, NdjsonReader
from zuzahlung.standards.days import eighteenth_birthday
from zuzahlung.standards.numbers import kvnr

TODAY = date(2026, 11, 22)
MANY = 20_000


def test_numbers_have_their_check_digit_begin_with_x_and_come_once() -> None:
    numbers = [one.kvnr for one in insured(MANY, today=TODAY)]
    assert all(kvnr.is_checked(number) for number in numbers)
    assert {number[0] for number in numbers} == {"X"}
    assert len(set(numbers)) == MANY
    assert numbers[17] == kvnr_at(17)


def test_the_list_of_a_seed_is_always_the_same_and_a_longer_one_begins_with_it() -> None:
    first = [ndjson(one) for one in insured(2, seed=5, today=TODAY)]
    assert first == [ndjson(one) for one in islice(insured(100, seed=5, today=TODAY), 2)]
    assert first != [ndjson(one) for one in insured(2, seed=6, today=TODAY)]
    assert [ndjson(one) for one in insured(2, today=TODAY)] == [
        '{"kvnr":"X000079196","initials":"S. F.","birthDate":"2024-02-24","periods":[]}',
        (
            '{"kvnr":"X618113183","initials":"S. B.","birthDate":"1960-01-23",'
            '"periods":[{"from":"2026-05-22","to":"2026-12-31","revokedOn":null}]}'
        ),
    ]


def test_one_in_ten_is_exempt_and_three_in_twenty_are_minors() -> None:
    people = list(insured(MANY, today=TODAY))
    exempt = sum(1 for one in people if one.periods)
    minors = sum(1 for one in people if eighteenth_birthday(one.birth_date) > TODAY)
    assert 1_800 < exempt < 2_200
    assert 2_800 < minors < 3_200


@pytest.mark.parametrize("today", [TODAY, date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31)])
def test_every_line_is_read_without_a_fault_on_any_day(today: date) -> None:
    json_reader, csv_reader = NdjsonReader(today), CsvReader(CSV_HEADER, 1, today)
    for one in insured(2_000, today=today):
        assert json_reader.read(ndjson(one))[0] == one.kvnr
        for line in csv(one).split("\n"):
            assert csv_reader.read(line)[0] == one.kvnr


def test_a_delivery_is_written_as_ndjson_or_csv_and_packed_by_its_name(tmp_path: Path) -> None:
    plain = write_delivery(tmp_path / "a.ndjson", 25_000, today=TODAY).read_text(encoding="utf-8")
    packed = write_delivery(tmp_path / "a.ndjson.gz", 25_000, today=TODAY)
    again = write_delivery(tmp_path / "b.ndjson.gz", 25_000, today=TODAY)
    assert gzip.decompress(packed.read_bytes()).decode() == plain
    assert again.read_bytes() == packed.read_bytes()
    assert len([json.loads(line) for line in plain.splitlines()]) == 25_000
    table = write_delivery(tmp_path / "a.csv", 3, today=TODAY, as_csv=True).read_text(encoding="utf-8")
    assert table == (
        "kvnr;initials;birthDate;from;to;revokedOn\n"
        "X000079196;S. F.;2024-02-24;;;\n"
        "X618113183;S. B.;1960-01-23;2026-05-22;2026-12-31;\n"
        "X236147171;K. P.;2008-09-27;;;\n"
    )
