"""Keras's HDF5 files: which groups are weights, in which order, and whose they are."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import DataError, ShapeError
from steepest.storage.foreign.keras_hdf5 import DEEPEST, KerasWeights, read_keras_weights

h5py: Any = pytest.importorskip("h5py")


def weights_in(write: Any, **attributes: Any) -> KerasWeights:
    """The weights in a file that `write` fills."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write(file)
        file.attrs.update(attributes)
    return read_keras_weights(buffer, "'m.h5'")


def test_groups_are_read_to_a_limit_of_depth() -> None:
    assert DEEPEST == 24

    def write(file: Any) -> None:
        file["/".join(["g"] * 24) + "/vars/0"] = np.ones(1)
        file["/".join(["h"] * 25) + "/vars/0"] = np.ones(1)

    assert list(weights_in(write).sources) == ["/".join(["g"] * 24)]


def test_weights_are_ordered_by_number_and_named_by_layer_else_by_path() -> None:
    def write(file: Any) -> None:
        for number in (10, 9, 0):
            file[f"layers/dense/vars/{number}"] = np.full(1, number, "float32")
        file["layers/dense/vars"].attrs["name"] = "first"
        file["layers/other/vars/0"] = np.zeros(2, bool)
        file.create_group("layers/none/vars")
        file["layers/number"] = 3.0
        for left_out in ("optimizer", "seed_generator", "metrics/mean", "loss_tracker", "metric_a"):
            file[f"{left_out}/vars/0"] = np.ones(1)
        file["layers/optimizer_like/vars/0"] = np.ones(1)

    found = weights_in(write)
    assert not found.in_order
    assert {path: source.name for path, source in found.sources.items()} == {
        "layers/dense": "first",
        "layers/optimizer_like": "layers/optimizer_like",
        "layers/other": "layers/other",
    }
    assert {n: a.tolist() for n, a in found.sources["layers/dense"].arrays.items()} == {
        "0": [0.0], "9": [9.0], "10": [10.0]
    }  # fmt: skip
    assert found.sources["layers/other"].arrays["0"].dtype == bool


def test_older_files_name_their_layers_as_bytes_or_texts() -> None:
    def write(file: Any) -> None:
        file["a/kernel:0"], file["b/inner/bias:0"] = np.ones((2, 1), "float32"), np.zeros(1, "i4")
        file["a"].attrs["weight_names"], file["b"].attrs["weight_names"] = (
            [b"kernel:0"], ["inner/bias:0"]
        )  # fmt: skip
        file.create_group("c")

    found = weights_in(write, layer_names=["b", "c", "a"])
    assert found.in_order
    assert {n: list(source.arrays) for n, source in found.sources.items()} == {
        "b": ["inner/bias:0"], "a": ["kernel:0"]
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["group", "text", "complex"])
def test_an_entry_that_is_no_array_of_numbers_is_named(kind: str) -> None:
    def write(file: Any) -> None:
        if kind == "group":
            file.create_group("layers/dense/vars/0")
        else:
            file["layers/dense/vars/0"] = [b"a"] if kind == "text" else np.ones(2, "complex64")

    with pytest.raises(DataError, match=r"m\.h5.: the entry /layers/dense/vars/0 is not an array"):
        weights_in(write)


def test_values_in_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(bytes(16))
    outside = [(str(tmp_path / "raw"), 0, 16)]

    def external(file: Any) -> None:
        file.create_group("layers/dense/vars").create_dataset("0", (4,), "f4", external=outside)

    def virtual(file: Any) -> None:
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource(str(tmp_path / "raw"), "x", (4,))
        file.create_group("layers/dense/vars").create_virtual_dataset("0", layout)

    for write in (external, virtual):
        with pytest.raises(DataError, match="has its values in other files"):
            weights_in(write)


class Block(st.layers.Layer):
    def __init__(self) -> None:
        super().__init__()
        self.inner = st.layers.Dense(3)
        self.parts = [st.layers.Dropout(0.1), 3, st.layers.Dense(3), st.layers.Dense(3)]

    def build(self, shape: Any) -> None:
        self.scale = self.add_weight(shape=(3,))

    def call(self, x: Any) -> Any:
        for part in (self.inner, *self.parts[2:]):
            x = part(x)
        return x * self.scale


class Net(st.Model):
    """A block and a tuple of layers; Keras has these under `layers`, which is before `rest`."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes = [3, 3]
        self.rest = (st.layers.Dense(3), st.layers.Dropout(0.1), st.layers.Dense(3))
        self.block = Block()

    def call(self, x: Any) -> Any:
        for layer in (self.block, *self.rest):
            x = layer(x)
        return x


def write_layers(file: Any, *paths: str) -> None:
    """A layer of kernel and bias at each path; kernels are 1, 2 and so on."""
    for number, path in enumerate(paths):
        file[f"{path}/vars/0"] = np.full((3, 3), number + 1.0, "float32")
        file[f"{path}/vars/1"] = np.zeros(3, "float32")


def test_layers_of_a_subclass_are_found_by_attributes_and_numbers_of_their_class(
    tmp_path: Path,
) -> None:
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w") as file:
        paths = "layers/dense_1", "layers/dense", "block/inner", "block/parts/dense_1"
        write_layers(file, *paths, "block/parts/dense")
        file["block/vars/0"] = np.full(3, 9.0, "float32")
    model = Net()
    model(np.zeros((1, 3)))
    model.load_weights(path)
    assert model.block.scale.numpy().tolist() == [9.0] * 3
    layers = model.block.inner, *model.block.parts[2:], *model.rest[::2]
    assert [layer.kernel.numpy()[0, 0] for layer in layers] == [3.0, 5.0, 4.0, 2.0, 1.0]


@pytest.mark.parametrize("folder", ["layers", "_layer_checkpoint_dependencies"])
def test_layers_of_nested_models_are_found_by_path(folder: str, tmp_path: Path) -> None:
    inner = st.Sequential([st.layers.Dense(3, input_shape=(3,)), st.layers.Dense(3)])
    x = st.Input((3,))
    model = st.Model(x, st.layers.Dense(3)(inner(st.layers.Dense(3)(x))))
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w") as file:
        paths = "dense_1", "sequential/layers/dense_1", "sequential/layers/dense", "dense"
        write_layers(file, *(f"{folder}/{each}".replace("layers/", f"{folder}/") for each in paths))
    model.load_weights(path)
    kernels = [float(w.numpy()[0, 0]) for w in model.weights if w.ndim == 2]
    assert sorted(kernels) == [1.0, 2.0, 3.0, 4.0]
    first, last = (layer for layer in model.layers if isinstance(layer, st.layers.Dense))
    assert [first.kernel.numpy()[0, 0], last.kernel.numpy()[0, 0]] == [4.0, 1.0]
    assert [layer.kernel.numpy()[0, 0] for layer in inner.layers] == [3.0, 2.0]


def test_a_path_that_the_model_lacks_lists_both_sides(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w") as file:
        write_layers(file, "layers/dense", "layers/other")
    model = st.Sequential([st.layers.Dense(3, input_shape=(3,)), st.layers.Dense(3)])
    with pytest.raises(ShapeError, match="cannot be matched"):
        model.load_weights(path)


def test_normalizations_with_given_constants_have_no_weights_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w") as file:
        write_layers(file, "layers/dense")
    scale = st.layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 1.0, 1.0])
    model = st.Sequential([st.Input((3,)), scale, st.layers.Dense(3)])
    model.load_weights(path)
    assert model.layers[-1].kernel.numpy()[0, 0] == 1.0
