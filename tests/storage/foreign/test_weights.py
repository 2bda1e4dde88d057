"""`st.saving.load_weights`: the kind of a file is read from its content, and layers can be left."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError
from steepest.storage.foreign.keras_archive import is_keras_archive, keras_archive

h5py: Any = pytest.importorskip("h5py")


def two(*sizes: int) -> st.Model:
    names = ("a", "b")
    layers = [st.layers.Dense(n, name=m) for n, m in zip(sizes, names, strict=True)]
    return st.Sequential([st.Input((3,)), *layers])


def ones(model: st.Model) -> st.Model:
    model.set_weights([np.ones_like(w) for w in model.get_weights()])
    return model


def hdf5(units: int = 3) -> bytes:
    """Weights of two layers `a` and `b`: twos."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name in "ab":
            file[f"layers/{name}/vars/0"] = np.full(
                (3 if name == "a" else units, units), 2.0, "float32"
            )
            file[f"layers/{name}/vars/1"] = np.full(units, 2.0, "float32")
            file[f"layers/{name}/vars"].attrs["name"] = name
    return buffer.getvalue()


def archive(path: Path, weights: bytes, config: str = "{}") -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("config.json", config)
        file.writestr("model.weights.h5", weights)


@pytest.mark.parametrize("kind", ["own", "hdf5", "archive"])
def test_layers_that_do_not_fit_can_be_left(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "weights"
    if kind == "own":
        ones(two(3, 3)).save_weights(tmp_path / "w.safetensors")
        path = tmp_path / "w.safetensors"
    elif kind == "hdf5":
        path.write_bytes(hdf5())
    else:
        archive(path, hdf5())
    model = two(3, 4)
    before = model.get_weights()
    with pytest.warns(UserWarning, match="nothing was loaded for 'b'"):
        table = st.saving.load_weights(model, path, skip_mismatch=True)
    assert [to for to, *_ in table.rows] == ["a/kernel", "a/bias"]
    found = model.get_weights()
    assert (found[0] == (1.0 if kind == "own" else 2.0)).all()
    assert np.array_equal(found[2], before[2]) and np.array_equal(found[3], before[3])


def test_layers_in_layers_of_our_own_files_can_be_left(tmp_path: Path) -> None:
    def nested(*sizes: int) -> st.Model:
        return st.Sequential([st.Input((3,)), two(*sizes)])

    ones(nested(3, 3)).save_weights(tmp_path / "w.safetensors")
    model = nested(3, 4)
    with pytest.warns(UserWarning, match="nothing was loaded for 'b'"):
        st.saving.load_weights(model, tmp_path / "w.safetensors", skip_mismatch=True)
    assert (model.get_weights()[0] == 1.0).all()


def test_names_are_for_weights_of_torch(tmp_path: Path) -> None:
    ones(two(3, 3)).save_weights(tmp_path / "w.safetensors")
    with pytest.raises(ArgumentError, match=r"names= is for weights of PyTorch, .*w\.safetensors"):
        st.saving.load_weights(two(3, 3), tmp_path / "w.safetensors", names={"a": "b"})


@pytest.mark.parametrize("name", ["none", "."])
def test_a_file_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no file"):
        st.saving.load_weights(two(3, 3), tmp_path / name)


@pytest.mark.parametrize(("head", "found"), [(b"PK", True), (b"PK3", True), (b"P", False)])
def test_the_first_two_bytes_tell_an_archive(head: bytes, found: bool, tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(head)
    assert is_keras_archive(tmp_path / "m") is found


def test_members_of_an_archive_are_read_up_to_their_limits(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    config = "{}".ljust(32_000_000)
    archive(path, hdf5(), config)
    assert keras_archive(path)[0] == {}
    archive(path, hdf5(), config + " ")
    with pytest.raises(
        DataError, match=r"config\.json of 32,000,001 bytes is larger than 32,000,0"
    ):
        keras_archive(path)
    archive(path, bytes(10_000_000))
    most = path.stat().st_size * 100
    with pytest.raises(DataError, match=f"h5 of 10,000,000 bytes is larger than {most:,}$"):
        keras_archive(path)


def test_a_model_may_have_as_many_weights_as_its_archive(tmp_path: Path) -> None:
    inner = {"module": "keras.layers", "registered_name": None}
    start = {**inner, "class_name": "InputLayer", "config": {"batch_shape": [None, 3]}}
    parts = [{**inner, "class_name": "Dense", "config": {"name": n, "units": 40}} for n in "ab"]
    stack = {
        **inner,
        "class_name": "Sequential",
        "config": {"name": "s", "layers": [start, *parts]},
    }
    archive(tmp_path / "m.keras", hdf5(40), json.dumps(stack))
    assert (st.load_model(tmp_path / "m.keras").get_weights()[0] == 2.0).all()
    wide = json.dumps(stack).replace('"units": 40', '"units": 80')
    archive(tmp_path / "m.keras", hdf5(40), wide)
    with pytest.raises(DataError, match="asks for a weight 'kernel'"):
        st.load_model(tmp_path / "m.keras")
