"""Training from files: the values that were written, and files greater than the memory allowed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import steepest as st
from steepest.data import Dataset
from steepest.data.columns import is_mapped
from steepest.errors import DataError

PROGRAM = """
import resource, struct, sys
import steepest as st
from steepest.data import Dataset
from steepest.data.columns import is_mapped

folder, rows, room = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with open(f"{folder}/x-idx3-ubyte", "wb") as file:
    file.write(struct.pack(">BBBBIII", 0, 0, 8, 3, rows, 28, 28))
    file.truncate(16 + rows * 784)
with open(f"{folder}/y-idx1-ubyte", "wb") as file:
    file.write(struct.pack(">BBBBI", 0, 0, 8, 1, rows))
    file.truncate(8 + rows)

def scale(x, y):
    return st.cast(x, "float32") / 255.0, y

x, y = (Dataset.from_file(f"{folder}/{name}") for name in ("x-idx3-ubyte", "y-idx1-ubyte"))
batches = Dataset.zip((x, y)).map(scale).shuffle(500).batch(500)
model = st.Sequential([
    st.layers.Flatten(input_shape=(28, 28)), st.layers.Dense(10, "softmax"),
])
model.compile("sgd", "sparse_categorical_crossentropy")
model.fit(batches.take(2), verbose=0)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
now = int(status["VmSize"].split()[0]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (now + room, now + room))
if len(sys.argv) > 4:
    st.data.files.read_idx(f"{folder}/x-idx3-ubyte")
history = model.fit(batches, verbose=0)
assert history.history["loss"][0] < 2.0
print("trained")
"""

ROWS, ROOM = 90_000, 40 * 2**20  # a file of 70 MB


def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, str(folder), str(ROWS), str(ROOM), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="no /proc to read the memory from"
)


@needs_proc
def test_a_file_greater_than_the_memory_allowed_is_trained_on(tmp_path):
    done = run(tmp_path)
    assert done.stdout == "trained\n", done.stderr[-2000:]


@needs_proc
def test_the_limit_is_one_that_reading_the_file_whole_breaks(tmp_path):
    assert "MemoryError" in run(tmp_path, "whole").stderr


TABLE = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
LABELS = (TABLE[:, 0] > 0).astype(np.int64)


def write_csv(folder: Path) -> Path:
    lines = [
        "a,b,c,y",
        *(f"{a!r},{b!r},{c!r},{y}" for (a, b, c), y in zip(TABLE.tolist(), LABELS, strict=True)),
    ]
    (folder / "t.csv").write_text("\n".join(lines) + "\n")
    return folder / "t.csv"


def write_parquet(folder: Path) -> Path:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {name: TABLE[:, place] for place, name in enumerate("abc")}
    parquet.write_table(pyarrow.table({**columns, "y": LABELS}), folder / "t.parquet")
    return folder / "t.parquet"


def write_npz(folder: Path) -> Path:
    np.savez(folder / "t.npz", x=TABLE, y=LABELS)
    return folder / "t.npz"


def write_hdf5(folder: Path) -> Path:
    h5py = pytest.importorskip("h5py")
    with h5py.File(folder / "t.h5", "w") as file:
        file["x"], file["y"] = TABLE, LABELS
    return folder / "t.h5"


@pytest.mark.parametrize("write", [write_csv, write_parquet, write_npz, write_hdf5])
def test_each_kind_of_file_gives_what_was_written(write, tmp_path):
    dataset = Dataset.from_file(write(tmp_path), label="y").batch(16)
    batches = list(dataset)
    assert [x.shape for x, _ in batches] == [(16, 3), (16, 3), (8, 3)]
    np.testing.assert_array_equal(np.concatenate([x.numpy() for x, _ in batches]), TABLE)
    np.testing.assert_array_equal(np.concatenate([y.numpy() for _, y in batches]), LABELS)
    assert dataset.element_spec[0].shape == (None, 3)


def test_a_model_trains_from_a_file_as_from_arrays(tmp_path):
    def losses(*data: object, **options: object) -> list[float]:
        st.random.set_seed(1)
        model = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(3,))])
        model.compile("adam", "binary_crossentropy")
        return model.fit(*data, epochs=3, verbose=0, **options).history["loss"]

    streamed = losses(Dataset.from_file(write_npz(tmp_path), label="y").batch(8))
    held = losses(TABLE, LABELS, batch_size=8, shuffle=False)
    np.testing.assert_allclose(streamed, held, rtol=1e-5)


def test_rows_without_a_label_are_named_columns(tmp_path):
    row = next(iter(Dataset.from_file(write_csv(tmp_path), features=["b", "y"])))
    assert sorted(row) == ["b", "y"] and row["y"].item() == LABELS[0]
    np.save(tmp_path / "x.npy", TABLE)
    assert next(iter(Dataset.from_file(tmp_path / "x.npy").batch(5))).shape == (5, 3)


def test_wrong_columns_are_named(tmp_path):
    path = write_csv(tmp_path)
    with pytest.raises(DataError, match=r"no column \['z'\]"):
        Dataset.from_file(path, label="z")
    (tmp_path / "words.csv").write_text("a,b,y\n1,red,0\n2,blue,1\n")
    with pytest.raises(DataError, match="column 'b' holds text"):
        next(iter(Dataset.from_file(tmp_path / "words.csv", label="y")))


@pytest.mark.parametrize("write", [write_npz, write_hdf5])
def test_arrays_that_lie_in_one_piece_are_read_in_place(write, tmp_path):
    dataset = Dataset.from_file(write(tmp_path), label="y")
    plan = dataset.batch(8).as_columns()
    assert plan is not None and is_mapped(plan.columns[0].array)
    train, test = dataset.split((0.75, 0.25), seed=1)
    rows = {tuple(x.tolist()) for part in (train, test) for x, _ in part}
    assert rows == set(map(tuple, TABLE.tolist()))


def test_packed_arrays_and_tables_stream(tmp_path):
    np.savez_compressed(tmp_path / "packed.npz", x=TABLE, y=LABELS)
    np.savez(tmp_path / "separate.npz", a=TABLE[:, 0], b=TABLE[:, 1], y=LABELS)
    for name in ("packed.npz", "separate.npz"):
        assert Dataset.from_file(tmp_path / name, label="y").batch(8).as_columns() is None
