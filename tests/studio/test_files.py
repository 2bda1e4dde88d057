"""What the studio is opened with: models, data, runs, and clear sentences about all else."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import DataError, SteepestError
from steepest.studio import files
from steepest.studio.files import opened, table_of_text
from steepest.studio.runs.watch import Watch
from steepest.studio.session import Session

CSV = "name,age,town,rent\n" + "".join(
    f"person {at},{20 + at % 50},{'Bonn' if at % 2 else 'Ulm'},{at}\n" for at in range(200)
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(CSV)
    x = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    np.savez(tmp_path / "wide.npz", x=np.zeros((40, 3)), y=np.arange(40) % 2)
    np.savez(tmp_path / "rows.npz", x=x, y=(x[:, 0] > 0).astype(np.int64))
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))], name="net")
    model.compile("sgd", "mse")
    model.save(tmp_path / "net.safetensors")
    model.fit(x, x[:, 0], epochs=1, verbose=0, callbacks=[Watch(tmp_path / "runs")])
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("a")
    (tmp_path / "nothing.csv").write_text("")
    return tmp_path


def test_a_table_without_its_texts_is_opened(folder):
    found = opened("people.csv", target="rent")
    assert found.names == ("age", "town=Bonn", "town=Ulm") and found.target == "rent"
    assert len(found.x) == 160 and len(found.validation[0]) == 40
    assert "left out: 'name' (" in found.words


def test_rows_of_pictures_in_a_file_of_arrays_are_shown_as_pictures(folder):
    x = np.random.default_rng(0).random((12, 64)).astype(np.float32)
    np.savez("digits.npz", x=x, y=np.arange(12.0))
    model = st.Sequential([st.layers.Dense(2, input_shape=(64,)), st.layers.Dense(1)])
    model.save("digits.keras")
    session = Session(opened("digits.keras", "digits.npz"))
    described = session.request({"view": "model", "do": "describe", "with": {}})
    assert described.data["picture"] == (8, 8), described.data


def test_arrays_a_model_and_runs_are_opened(folder):
    assert opened("rows.npz").names == () and opened("rows.npz").x.shape == (32, 2)
    both = opened("net.safetensors", "rows.npz")
    assert both.model.name == "net" and len(both.x) == 32
    alone = opened("net.safetensors")
    assert alone.x is None and alone.title == "net.safetensors"
    assert opened("runs").folder == "runs" and opened("runs/run-1").folder == "runs/run-1"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["absent.csv"], "absent.csv: there is no such file or folder"),
        (["empty"], r"empty: is a folder without runs; st\.studio\.Watch"),
        (
            ["notes.txt"],
            r"notes.txt: a model \(.*\), a table or arrays \(.*\), or a folder of runs",
        ),
        (["people.csv"], r"which column is to be predicted\? .*--target COLUMN \(name, age"),
        (["people.csv", None, "rend"], "did you mean 'rent'"),
        (["people.csv", None, "name"], "the target 'name' holds"),
        (["people.csv", "rows.npz"], r"people.csv: a model \(.*\) was expected beside rows.npz"),
        (["rows.npz", "net.safetensors"], "comes first: steepest studio net.safetensors rows.npz"),
        (["net.safetensors", None, "y"], "net.safetensors: --target y needs data"),
        (["runs", "rows.npz"], "runs: a folder of runs is shown by itself"),
        (["runs", None, "y"], "runs: a folder of runs is shown by itself"),
        (
            ["net.safetensors", "wide.npz"],
            r"takes rows of shape \(2,\), and those of x have the shape \(3,\)",
        ),
        (["nothing.csv", None, "y"], "nothing.csv: the file is empty"),
        (["rows.npz", None, "z"], "rows.npz: has no array 'z'"),
    ],
)
def test_what_cannot_be_opened_is_said(folder, words, message):
    with pytest.raises(SteepestError, match=message):
        opened(*words)


def test_files_that_are_too_large_are_refused_by_their_size(folder):
    with (folder / "huge.csv").open("wb") as file:
        file.truncate(10 << 30)  # of 10 GB, of which the disk holds none
    with pytest.raises(SteepestError, match=r"10,737,418,240 bytes; .* at most 524,288,000"):
        opened("huge.csv", target="y")


def test_tables_of_too_many_columns_are_refused(folder):
    names = ",".join(f"c{at}" for at in range(10_000))
    (folder / "wide.csv").write_text(f"{names}\n{','.join(['1'] * 10_000)}\n")
    with pytest.raises(SteepestError, match=r"10,000 columns; .* at most .* 1,000 columns"):
        opened("wide.csv", target="c0")


def test_tables_of_too_many_rows_are_refused(folder, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 100)
    with pytest.raises(SteepestError, match="200 rows and 4 columns"):
        opened("people.csv", target="rent")


def test_a_table_is_sent_as_a_text(folder):
    session = Session()
    sent = {"view": "session", "do": "table", "with": {"name": "people", "text": CSV}}
    frame = session.request(sent)
    assert frame.data["rows"] == 200
    kinds = {one["name"]: one["kind"] for one in frame.data["columns"]}
    assert kinds["age"] == "number" and kinds["town"] == "category" and kinds["name"] != "number"
    assert session.tables["people"].columns["age"][0] == 20


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "people"), ("a,b\n1\n", "people"), ("a,a\n1,2\n", "people")],
)
def test_a_text_that_is_no_table_is_refused_by_its_name(text, message):
    with pytest.raises(SteepestError, match=message) as caught:
        table_of_text("people", text)
    assert "/tmp" not in str(caught.value)


def test_the_last_tables_are_held():
    session = Session()
    for at in range(6):
        given = {"name": f"t{at}", "text": "a,b\n1,2\n3,4\n"}
        session.request({"view": "session", "do": "table", "with": given})
    assert list(session.tables) == ["t2", "t3", "t4", "t5"]


def test_a_target_that_is_missing_everywhere_is_refused(tmp_path):
    path = tmp_path / "towns.csv"
    path.write_text("age,rent\n" + "36,\n41,\n" * 5)
    with pytest.raises(DataError, match="target 'rent' is missing in all rows; name another"):
        opened(str(path), target="rent")


def test_rows_that_are_not_as_many_as_targets_name_the_file(tmp_path):
    path = str(tmp_path / "rows.npz")
    np.savez(path, x=np.zeros((8, 3)), y=np.zeros(7))
    with pytest.raises(DataError, match=r"rows\.npz: x has 8 rows and y 7"):
        opened(path)
