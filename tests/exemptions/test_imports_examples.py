"""What the fund is told about its file is true: the examples of the format are read as they stand there."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from zuzahlung.exemptions.deliveries import open_delivery
from zuzahlung.exemptions.delivery_lines import reader_for

DOCUMENT = Path(__file__).parents[2] / "docs" / "formats" / "exemptions.md"


@pytest.mark.parametrize(("heading", "count"), [("NDJSON", 3), ("CSV", 4)])
def test_the_examples_are_read_without_a_fault(tmp_path: Path, heading: str, count: int) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(rf"^## {heading}:.*?^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    file = tmp_path / "example"
    file.write_text(found[1], encoding="utf-8")
    with open_delivery(file, most_bytes=10_000) as delivery:
        reader = reader_for(delivery, today=date(2026, 11, 22))
        assert delivery.format == heading
        assert len([reader.read(line) for block in delivery.blocks() for line in block.lines]) == count
