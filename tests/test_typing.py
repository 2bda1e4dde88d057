"""The types of public names, under mypy's strict rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import steepest as st
from steepest.functions import public

CODE = """\
import steepest as st
from steepest import GradientTape, Sequential, exp, layers

one: st.Tensor = exp(1.0) + st.exp(1.0) + st.math.exp(1.0) + st.abs(1.0) + st.nn.softmax([1.0])
model: Sequential = st.Sequential([layers.Dense(1), st.keras.layers.Dense(1)])
rows: st.data.Dataset = st.data.Dataset.range(3)
found: st.data.Schema = st.data.schema({"a": [1]})
loss: st.losses.MeanSquaredError = st.losses.MeanSquaredError()
kind: type[st.models.Model] = st.Model
st.exp(object())
st.expp
st.math.expp
st.layerz
"""


def test_mypy_sees_every_public_namespace(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    path = tmp_path / "user.py"
    path.write_text(CODE)
    source = Path(st.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", f"--cache-dir={tmp_path}",
         "--ignore-missing-imports", str(path)],
        capture_output=True, text=True, cwd=tmp_path, env={"MYPYPATH": str(source), "PATH": ""},
    )  # fmt: skip
    lines = [line.split(": ", 2) for line in done.stdout.splitlines()]
    wrong = {int(place.split(":")[1]) for place, kind, _ in lines if "user.py" in place}
    assert wrong == {10, 11, 12, 13}, done.stdout + done.stderr


def test_names_are_public_by_the_file_that_defines_them() -> None:
    """The public names are those of the `__all__` of the files, and those listed here."""
    own = set("abs convert_to_tensor floordiv floormod mod pow reverse truediv l2_normalize "
              "log_sigmoid log_softmax sigmoid softmax softplus".split())  # fmt: skip
    homes = {sys.modules[getattr(public, name).__module__] for name in public.__all__}
    listed = [getattr(home, "__all__", ()) for home in homes - {st.nn}]
    assert set(public.__all__) == own.union(*listed) <= set(st.__all__)
