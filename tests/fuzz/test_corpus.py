"""Every input the fuzzer found worth keeping still ends in findings, and in nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import everything

CORPUS = sorted((Path(__file__).parent / "corpus").iterdir())


def test_there_is_a_corpus() -> None:
    assert len(CORPUS) >= 50


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name[:12])
def test_an_input_of_the_fuzzer_breaks_no_promise(file: Path) -> None:
    everything(file.read_bytes())
