"""Our Zuzahlungskennzeichen are word for word those printed in TA3 V21, 8.1.3."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zuzahlung.standards.keys.zuzahlung import Zuzahlungskennzeichen

pytestmark = pytest.mark.official

TA3 = Path(__file__).parents[3] / "shared" / "domain" / "sources" / "Anlage_3_TP5_V21_20250919.txt"


def test_the_keys_are_those_printed() -> None:
    if not TA3.exists():
        pytest.skip("not run: the folder with official texts is not beside the repository")
    text = TA3.read_text(encoding="utf-8")
    chapter = text.split("\n8.1.3 Schlüssel Zuzahlung\n")[1].split("\n8.1.4 ")[0]
    printed = re.findall(r"([0-9]) = (.+?)[ *]*\n", chapter)
    # The document begins 1 and 3 with a capital letter and the others not.
    ours = [(str(key.value), key.bedeutung.casefold()) for key in Zuzahlungskennzeichen]
    assert [(code, meaning.casefold()) for code, meaning in printed] == ours
