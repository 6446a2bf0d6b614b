"""Progress is plain lines where there is no terminal, and numbers are written as Germans read them."""

from __future__ import annotations

import pytest

from zuzahlung.cli import terminal
from zuzahlung.cli.terminal import german, progress


def test_off_a_terminal_each_step_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Lesen") as advance:
        advance.step("Lesen", 0, None)
        advance.step("Index bauen", 10, 10)
        advance.step("Index bauen", 10, 10)
        advance.step("Vergleichen", 10, 10)
    assert capsys.readouterr() == ("", "Index bauen …\nVergleichen …\n")


def test_off_a_terminal_long_work_says_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "LINE_SECONDS", 0.0)
    with progress("Lesen") as advance:
        advance(20_000, 1_200_000)
        advance(40_000, None)
    assert capsys.readouterr().err == ("Lesen: 20.000 von etwa 1.200.000 Zeilen\nLesen: 40.000 Zeilen\n")


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (1_000, "1.000"), (1_234_567, "1.234.567")]
)
def test_thousands_are_set_apart_by_points(number: int, text: str) -> None:
    assert german(number) == text
