"""Weights of another model, and formats that a model is not written in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import steepest as st
from steepest.errors import ShapeError, SteepestError


def model(units: int, name: str = "last") -> st.Sequential:
    first = st.layers.Dense(3, input_shape=(2,), name="first")
    return st.Sequential([first, st.layers.Dense(units, name=name)])


@pytest.fixture
def stored(tmp_path: Path) -> tuple[str, list[np.ndarray]]:
    written = model(1)
    written.save_weights(tmp_path / "w.safetensors")
    return str(tmp_path / "w.safetensors"), written.get_weights()


def test_layers_that_do_not_fit_are_skipped_with_a_warning(stored: tuple) -> None:
    path, weights = stored
    other = model(4)
    before = other.get_weights()
    with pytest.raises(ShapeError):
        other.load_weights(path)
    with pytest.warns(UserWarning, match="nothing was loaded for 'last'"):
        other.load_weights(path, skip_mismatch=True)
    found = other.get_weights()
    np.testing.assert_array_equal(found[0], weights[0])
    for now, then in zip(found[2:], before[2:], strict=True):
        np.testing.assert_array_equal(now, then)


def test_layers_of_other_names_are_skipped_and_more_in_the_file_is_ignored(stored: tuple) -> None:
    path, weights = stored
    with pytest.warns(UserWarning, match="nothing was loaded for 'other'"):
        model(1, name="other").load_weights(path, skip_mismatch=True)
    fewer = st.Sequential([st.layers.Dense(3, input_shape=(2,), name="first")])
    fewer.load_weights(path, skip_mismatch=True)
    np.testing.assert_array_equal(fewer.get_weights()[0], weights[0])


def test_without_a_common_name_places_count(stored: tuple) -> None:
    path, weights = stored
    other = st.Sequential([st.layers.Dense(3, input_shape=(2,)), st.layers.Dense(1)])
    table = st.saving.load_weights(other, path, skip_mismatch=True)
    assert len(table.rows) == 4
    np.testing.assert_array_equal(other.get_weights()[2], weights[2])


def test_a_state_of_pytorch_is_loaded_where_it_fits(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    arrays = {
        "first.weight": np.ones((3, 2), np.float32), "first.bias": np.ones(3, np.float32),
        "last.weight": np.ones((9, 3), np.float32), "last.bias": np.ones(9, np.float32),
    }  # fmt: skip
    save_file(arrays, tmp_path / "torch.safetensors")
    other = model(4)
    with pytest.warns(UserWarning, match="'last'"):
        other.load_weights(tmp_path / "torch.safetensors", skip_mismatch=True)
    assert other.get_weights()[0].tolist() == [[1.0] * 3] * 2


def test_export_says_what_to_do_instead() -> None:
    with pytest.raises(SteepestError, match=r"cannot be written as 'onnx': .*model.save"):
        model(1).export("model.onnx", format="onnx")
