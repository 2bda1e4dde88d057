"""Progbar: means over steps, the last line, and what is printed where."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.callbacks import progbar


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progbar.time, "perf_counter", lambda: 0.0)


def test_the_line_at_the_end_has_means_over_steps(capsys: pytest.CaptureFixture[str]) -> None:
    bar = st.utils.Progbar(4, stateful_metrics=["rate"])
    bar.update(1, [("loss", 1.0), ("rate", 0.5)])
    bar.update(4, [("loss", 3.0), ("rate", 0.25)])
    line = f"4/4 {'━' * 20} 0s 0ms/step - loss: 2.5000 - rate: 0.2500\n"
    assert capsys.readouterr().out == line


def test_a_terminal_shows_the_bar_as_it_grows(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progbar.sys.stdout, "isatty", lambda: True)
    bar = st.utils.Progbar(2, width=4, interval=0.0, unit_name="row")
    bar.add(1)
    bar.add(1)
    assert capsys.readouterr().out == "\r1/2 ━━── 0s 0ms/row\r2/2 ━━━━ 0s 0ms/row\n"


def test_an_unknown_target_ends_by_finalize(capsys: pytest.CaptureFixture[str]) -> None:
    bar = st.utils.Progbar(None)
    bar.add(3)
    bar.update(5, finalize=True)
    assert capsys.readouterr().out == "5 0s 0ms/step\n"


def test_verbose_0_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    st.utils.Progbar(1, verbose=0).add(1)
    assert capsys.readouterr().out == ""
    with pytest.raises(st.errors.ArgumentError, match="verbose"):
        st.utils.Progbar(1, verbose=5)
