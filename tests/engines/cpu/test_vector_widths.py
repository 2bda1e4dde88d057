"""The agreement with NumPy again, in processes whose machine code has narrower vectors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from steepest.engines.cpu.machine.processor import processor

ROOT = Path(__file__).resolve().parents[3]
FILES = [f"tests/agreement/test_{name}.py" for name in ("cpu", "odd_programs", "storage")]
NARROWER = [bits for bits in (128, 256) if bits < processor().vector_bits]
SHOW = "import steepest.engines.cpu.machine.processor as p; print(p.processor().vector_bits)"


def run(bits: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "STEEPEST_VECTOR_BITS": bits}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True
    )


@pytest.mark.parametrize("bits", NARROWER)
def test_programs_agree_with_numpy(bits: int) -> None:
    done = run(str(bits), "-m", "pytest", "-q", "-p", "no:cacheprovider", *FILES)
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout


@pytest.mark.parametrize("bits", [128, 512])
def test_the_setting_is_the_most_that_is_used(bits: int) -> None:
    assert int(run(str(bits), "-c", SHOW).stdout) == min(bits, processor().vector_bits)


def test_other_widths_are_refused() -> None:
    assert "128, 256, 512 or None was expected, got 64" in run("64", "-c", SHOW).stderr
    assert "STEEPEST_VECTOR_BITS: 128, 256 or 512, or auto" in run("wide", "-c", SHOW).stderr
