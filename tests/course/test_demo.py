"""The demo runs from the data to the page, which shows what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

import steepest as st
from tests.page.validator import faults_of, texts_of


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("sklearn", reason="missing peer: pip install scikit-learn")
    from examples import demo

    monkeypatch.setattr(st.config, "bias_variance_advice", True)  # restored afterwards
    return demo


def test_the_demo_reads_digits_and_shows_how(
    demo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accuracy = demo.main(tmp_path)
    printed = capsys.readouterr().out
    assert accuracy > 0.95 and f"accuracy {accuracy:.1%}" in printed
    assert "Epoch 30/30" in printed and "high variance" in printed
    assert printed.endswith(f"The page about it: {tmp_path / 'demo.html'}\n")
    page = (tmp_path / "demo.html").read_text()
    assert faults_of(page) == [] and len(page) < 100_000
    texts = texts_of(page)
    for part in ("Loss by epoch", "What each digit is read as", "surest mistakes", "Weights of"):
        assert part in texts


def test_the_lines_for_going_on_run(demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib", reason="missing peer: pip install matplotlib")
    monkeypatch.chdir(tmp_path)
    demo.build().save("digits.safetensors")
    exec(demo.GO_ON, {})
    assert (tmp_path / "mistakes.png").exists()
