"""The check digit of the IK holds on the Kostenträgerdateien that funds publish."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zuzahlung.standards.numbers import ik

pytestmark = pytest.mark.official

SAMPLES = Path(__file__).parents[3] / "shared" / "domain" / "samples"


@pytest.mark.parametrize(
    ("file", "different"), [("EK05Q425.ke0", 261), ("AO05Q323.ke0", 206)], ids=["Ersatzkassen", "AOK"]
)
def test_every_ik_of_a_published_file_is_valid(file: str, different: int) -> None:
    if not (SAMPLES / file).exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    text = (SAMPLES / file).read_text(encoding="iso-8859-1")
    # IDK names the body itself, VKG (after its kind of link) the body it is linked to.
    named = set(re.findall(r"'\s*IDK\+([^+:']*)", text)) | set(
        re.findall(r"'\s*VKG\+[0-9]+\+([^+:']*)", text)
    )
    assert len(named) == different
    assert sorted(number for number in named if not ik.is_valid(number)) == []
