"""Weights of other libraries: how layers are matched, and what a file cannot do."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError, ShapeError

h5py: Any = pytest.importorskip("h5py")


def dense(units: int, name: str | None = None, **options: Any) -> st.layers.Dense:
    return st.layers.Dense(units, name=name, **options)


def two(names: tuple[str | None, str | None] = (None, None)) -> st.Model:
    return st.Sequential([dense(3, names[0], input_shape=(3,)), dense(3, names[1])])


def keras_file(path: Path, names: tuple[str, str] = ("a", "b")) -> None:
    """A file as Keras writes it: two layers, whose kernels are 1 and 2."""
    with h5py.File(path, "w") as file:
        for number, (group, name) in enumerate(zip(("dense", "dense_1"), names, strict=True)):
            entry = file.create_group(f"layers/{group}/vars")
            entry.attrs["name"] = name
            entry["0"] = np.full((3, 3), number + 1.0, "float32")
            entry["1"] = np.zeros(3, "float32")
        file["optimizer/vars/0"] = np.zeros(7)


def first_numbers(model: st.Model) -> list[float]:
    return [float(layer.kernel.numpy()[0, 0]) for layer in model.layers]


def test_layers_are_matched_by_name_else_by_place(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    keras_file(path)
    model = two(("b", "a"))
    model.load_weights(path)
    assert first_numbers(model) == [2.0, 1.0]
    model = two()
    table = st.saving.load_weights(model, path)
    assert first_numbers(model) == [1.0, 2.0]
    assert [row[1] for row in table.rows] == ["a/0", "a/1", "b/0", "b/1"]


def older_file(path: Path, *weights: str) -> None:
    """A file of Keras 2: layers `a` and `b`, whose kernels are 1 and 2, below `model_weights`."""
    with h5py.File(path, "w") as file:
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [b"input_1", b"a", b"b"]
        root.create_group("input_1").attrs["weight_names"] = np.zeros(0)
        for number, name in enumerate("ab"):
            group = root.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{name}/{w}:0".encode() for w in weights]
            group[f"{name}/{name}/kernel:0"] = np.full((3, 3), number + 1.0, "float32")
            group[f"{name}/{name}/bias:0"] = np.zeros(3, "float32")


def test_files_of_older_versions_are_read_in_their_order(tmp_path: Path) -> None:
    older_file(tmp_path / "m.h5", "kernel", "bias")
    model = two()
    table = st.saving.load_weights(model, tmp_path / "m.h5")
    assert first_numbers(model) == [1.0, 2.0]
    assert [row[1] for row in table.rows] == [
        f"{n}/{n}/{w}:0" for n in "ab" for w in ("kernel", "bias")
    ]


def test_an_entry_that_an_older_file_names_and_lacks_is_named(tmp_path: Path) -> None:
    older_file(tmp_path / "m.h5", "kernel", "offset")
    with pytest.raises(DataError, match=r"m\.h5.: the entry 'a/a/offset:0' is missing"):
        two().load_weights(tmp_path / "m.h5")


def test_what_does_not_fit_changes_nothing_and_lists_both_sides(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    keras_file(path)
    wrong = st.Sequential([dense(3, input_shape=(3,)), dense(2)])
    before = wrong.get_weights()
    with pytest.raises(ShapeError, match=r"'b' does not fit the layer .*0 \(3, 3\).*kernel \(3, 2"):
        wrong.load_weights(path)
    with pytest.raises(ShapeError, match=r"cannot be matched.*The model has.*The file has: a"):
        st.Sequential([dense(3, input_shape=(3,))]).load_weights(path)
    assert all(map(np.array_equal, before, wrong.get_weights()))


def test_links_and_huge_sizes_and_texts_are_refused(tmp_path: Path) -> None:
    keras_file(tmp_path / "secret.h5")

    def linked(file: Any) -> None:
        file["layers"] = h5py.ExternalLink("secret.h5", "/layers")

    def older(file: Any) -> None:
        file["model_weights"] = h5py.ExternalLink("secret.h5", "/layers")

    def huge(file: Any) -> None:
        file.create_dataset("layers/dense/vars/0", (10**6, 10**6), "f4", compression="gzip")

    def text(file: Any) -> None:
        file["layers/dense/vars/0"] = ["a", "b"]

    def circle(file: Any) -> None:
        file["layers/again"] = file.create_group("layers")

    cases = [(linked, "is a link"), (older, "is a link"), (huge, "declares"), (text, "no")]
    for number, (write, message) in enumerate([*cases, (circle, "cannot be matched")]):
        path = tmp_path / f"{number}.weights.h5"
        with h5py.File(path, "w") as file:
            write(file)
        with pytest.raises((DataError, ShapeError), match=message):
            two().load_weights(path)


def test_an_hdf5_file_cut_short_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "m.weights.h5"
    keras_file(path)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DataError, match=r"m\.weights\.h5.*is not a sound HDF5 file"):
        two().load_weights(path)


def archive(path: Path, config: Any, weights: bool = True) -> None:
    keras_file(path.with_suffix(".h5"), ("dense_7", "dense_8"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
        if weights:
            file.write(path.with_suffix(".h5"), "model.weights.h5")


def entry(kind: str, /, **config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}


def stacked(*layers: dict[str, Any]) -> dict[str, Any]:
    start = entry("InputLayer", batch_shape=[None, 3], dtype="float32", name="x")
    return entry("Sequential", name="stack", trainable=True, layers=[start, *layers])


TWO = (entry("Dense", name="dense_7", units=3), entry("Dense", name="dense_8", units=3))


def test_an_archive_is_a_model(tmp_path: Path) -> None:
    archive(tmp_path / "m.keras", stacked(*TWO))
    model = st.load_model(tmp_path / "m.keras")
    assert first_numbers(model) == [1.0, 2.0] and not model.compiled
    other = two()
    other.load_weights(tmp_path / "m.keras")
    assert first_numbers(other) == [1.0, 2.0]


def graph(inputs: Any, outputs: Any, **calls: list[Any]) -> dict[str, Any]:
    """A functional model: for each layer an entry and the arguments of its calls."""
    layers = [entry("InputLayer", batch_shape=[None, 3], dtype="float32", name=n) for n in "ab"]
    layers += [{**layer, "inbound_nodes": nodes} for layer, *nodes in calls.values()]
    config = {"name": "graph", "trainable": True, "input_layers": inputs, "output_layers": outputs}
    named = [{"inbound_nodes": [], **layer, "name": layer["config"]["name"]} for layer in layers]
    return entry("Functional", **config, layers=named)


def call_of(*histories: Any) -> dict[str, Any]:
    """The call of a layer on results of other layers, which are a list if there are several."""
    found = [
        {"class_name": "__keras_tensor__", "config": {"keras_history": list(history)}}
        for history in histories
    ]
    return {"args": [found if len(found) > 1 else found[0]], "kwargs": {"training": None}}


SHARED = {
    "minus": [entry("Subtract", name="minus"), call_of(("dense_7", 1, 0), ("b", 0, 0))],
    "first": [TWO[0], call_of(("a", 0, 0)), call_of(("dense_8", 0, 0))],
    "second": [TWO[1], call_of(("dense_7", 0, 0))],
}
A, B = np.float32([[1, 2, 4]]), np.float32([[100, 200, 300]])


@pytest.mark.parametrize("named", [False, True])
def test_a_graph_with_a_shared_layer_is_a_model(named: bool, tmp_path: Path) -> None:
    """Kernels of ones and of twos: of the sum 7 they make 7, 42 and 126."""
    ends = {"b": ["b", 0, 0], "a": ["a", 0, 0]}
    outputs = {"end": ["minus", 0, 0], "part": ["dense_7", 0, 0]}
    if named:
        archive(tmp_path / "m.keras", graph(ends, outputs, **SHARED))
        model = st.load_model(tmp_path / "m.keras")
        found = model.predict({"a": A, "b": B}, verbose=0)
        end, part = found["end"], found["part"]
    else:
        several = graph([ends["a"], ends["b"]], list(outputs.values()), **SHARED)
        archive(tmp_path / "m.keras", several)
        end, part = st.load_model(tmp_path / "m.keras").predict([A, B], verbose=0)
    assert part.tolist() == [[7, 7, 7]]
    assert end.tolist() == [[126 - 100, 126 - 200, 126 - 300]]


def test_a_graph_of_one_input_and_one_output_is_a_model(tmp_path: Path) -> None:
    archive(tmp_path / "m.keras", graph(["a", 0, 0], ["dense_8", 0, 0], **{**SHARED, "minus": [
        entry("Subtract", name="minus"), call_of(("dense_7", 1, 0), ("a", 0, 0))]}))  # fmt: skip
    model = st.load_model(tmp_path / "m.keras")
    assert model.predict(A, verbose=0).tolist() == [[42, 42, 42]]


def test_calls_in_a_circle_are_refused(tmp_path: Path) -> None:
    calls = {"first": [TWO[0], call_of(("dense_8", 0, 0))], "second": SHARED["second"]}
    archive(tmp_path / "m.keras", graph(["a", 0, 0], ["dense_8", 0, 0], **calls))
    with pytest.raises(DataError, match="depend on each other in a circle"):
        st.load_model(tmp_path / "m.keras")


def test_an_archive_asks_for_no_more_memory_than_it_fills(tmp_path: Path) -> None:
    archive(tmp_path / "m.keras", stacked(entry("Dense", name="a", units=10**12)))
    with pytest.raises(DataError, match="asks for a weight 'kernel'"):
        st.load_model(tmp_path / "m.keras")


def test_an_archive_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    bomb = json.dumps(stacked(*TWO)) + " " * 50_000_000
    cases = [("[", True, "not a sound"), ("3", True, "configuration was expected")]
    for config, weights, message in [*cases, (bomb, True, "is larger"), ("{}", False, "has no")]:
        archive(path, config, weights)
        with pytest.raises(DataError, match=message):
            st.load_model(path)
    path.write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(DataError, match=r"not a sound \.keras archive"):
        st.load_model(path)


def test_arguments_without_a_counterpart_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    archive(path, stacked(entry("Dense", name="a", units=3, quantization_config="int8")))
    with pytest.raises(ArgumentError, match="quantization_config='int8' of Keras has no counter"):
        st.load_model(path)
    archive(path, stacked(entry("Lambda", name="code", function={"class_name": "__lambda__"})))
    with pytest.raises(ArgumentError, match="'code' is a Lambda, whose function is code"):
        st.load_model(path)


def state_file(path: Path, **arrays: np.ndarray) -> None:
    from safetensors.numpy import save_file

    save_file({key.replace("__", "."): value for key, value in arrays.items()}, path)


def layer_of(number: float, size: tuple[int, int] = (3, 3)) -> dict[str, np.ndarray]:
    return {"weight": np.full(size, number, "float32"), "bias": np.zeros(size[0], "float32")}


def state(**layers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {f"{name}__{key}": part for name, layer in layers.items() for key, part in layer.items()}


def test_numbered_layers_of_torch_are_taken_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    state_file(path, **state(net__10=layer_of(2.0), net__2=layer_of(1.0)))
    model = two()
    model.load_weights(path)
    assert first_numbers(model) == [1.0, 2.0]


def test_named_layers_of_torch_need_names_or_distinct_shapes(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    state_file(path, **state(out=layer_of(2.0, (1, 3)), hidden=layer_of(1.0)))
    model = st.Sequential([dense(3, input_shape=(3,)), dense(1)])
    model.load_weights(path)
    assert first_numbers(model) == [1.0, 2.0]
    state_file(path, **state(out=layer_of(2.0), hidden=layer_of(1.0)))
    model = two(("a", "b"))
    with pytest.raises(ShapeError, match="cannot be matched"):
        model.load_weights(path)
    st.saving.load_weights(model, path, {"a": "hidden", "b": "out"})
    assert first_numbers(model) == [1.0, 2.0]
    with pytest.raises(ArgumentError, match="nothing is named 'c' for the layer 'a'"):
        st.saving.load_weights(model, path, {"a": "c"})


def test_weights_of_torch_without_a_counterpart_are_named(tmp_path: Path) -> None:
    state_file(tmp_path / "m.safetensors", lstm__weight_ih_l0=np.zeros((4, 3), "float32"))
    with pytest.raises(DataError, match=r"'lstm\.weight_ih_l0' has no counterpart"):
        two().load_weights(tmp_path / "m.safetensors")
