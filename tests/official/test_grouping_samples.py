"""The three sample files come out of plain cases byte for byte: grouped, added up, counted and written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases.interchanges import samples
from zuzahlung.standards.edifact.charsets import Charset
from zuzahlung.standards.sgbv302 import files
from zuzahlung.standards.sgbv302.files import Nutzdaten

pytestmark = pytest.mark.official

SAMPLES = Path(__file__).parents[3] / "shared" / "domain" / "samples"


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("s01_vkz01_einzelrechnung.esol", samples.s01),
        ("s02_vkz01_sammelrechnung.esol", samples.s02),
        ("s04_vkz03_zuzahlungsforderung.esol", samples.s04),
    ],
)
def test_a_sample_is_written_from_plain_cases_byte_for_byte(name: str, made: Callable[[], Nutzdaten]) -> None:
    if not (SAMPLES / name).exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    expected = (SAMPLES / name).read_bytes()
    assert Charset.I1.encode_lossless(files.write(made())) == expected
