"""The sample files pass through JSON and come back byte for byte, and no segment of theirs needs its own text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.sgbv302.as_json import to_json
from zuzahlung.standards.sgbv302.from_json import from_json

pytestmark = pytest.mark.official

SAMPLES = Path(__file__).parents[3] / "shared" / "domain" / "samples"


@pytest.fixture(
    params=[
        ("s01_vkz01_einzelrechnung.esol", 64),
        ("s02_vkz01_sammelrechnung.esol", 55),
        ("s04_vkz03_zuzahlungsforderung.esol", 39),
    ],
    ids=lambda sample: sample[0][:3],
)
def sample(request: pytest.FixtureRequest) -> tuple[bytes, int]:
    name, count = request.param
    if not (SAMPLES / name).exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    return (SAMPLES / name).read_bytes(), count


def test_a_sample_comes_back_byte_for_byte(sample: tuple[bytes, int]) -> None:
    data, count = sample
    document = b"".join(to_json([data], Charset.I1))
    assert b"".join(from_json([document])) == data
    shown = json.loads(document)
    assert (shown["charset"], shown["line_end"], len(shown["segments"])) == ("I1", "\r\n", count)
    assert [segment for segment in shown["segments"] if {"wire", "after"} & segment.keys()] == []


def test_a_sample_written_anew_by_another_program_comes_back_byte_for_byte(
    sample: tuple[bytes, int],
) -> None:
    data, _ = sample
    document = json.loads(b"".join(to_json([data], Charset.I1)))
    sorted_and_indented = json.dumps(document, indent=4, sort_keys=True)
    assert b"".join(from_json([sorted_and_indented.encode()])) == data


def test_a_changed_amount_changes_its_digits_and_nothing_else(sample: tuple[bytes, int]) -> None:
    data, _ = sample
    document = json.loads(b"".join(to_json([data], Charset.I1)))
    item = next(segment for segment in document["segments"] if segment["segment"] == "EHE")
    assert item["einzelbetrag"] == "29.63"
    item["einzelbetrag"] = "30.00"
    written = b"".join(from_json([json.dumps(document).encode()]))
    assert written == data.replace(b"+29,63+", b"+30,00+", 1)
