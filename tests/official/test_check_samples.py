"""The check finds nothing in the samples, whichever way they come in."""

from __future__ import annotations

from pathlib import Path

import pytest

from zuzahlung.standards.sgbv302.checks.flow import check

pytestmark = pytest.mark.official

SAMPLES = Path(__file__).parents[3] / "shared" / "domain" / "samples"
NAMES = ("s01_vkz01_einzelrechnung", "s02_vkz01_sammelrechnung", "s04_vkz03_zuzahlungsforderung")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n", b""], ids=["CRLF", "LF", "none"])
def test_a_sample_has_no_finding_of_any_severity(name: str, line_end: bytes) -> None:
    file = SAMPLES / f"{name}.esol"
    if not file.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    data = file.read_bytes().replace(b"\r\n", line_end)
    assert list(check([data])) == []
    assert list(check(data[at : at + 11] for at in range(0, len(data), 11))) == []
