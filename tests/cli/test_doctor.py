"""steepest doctor: files in, a report out, and an exit code that says whether a fault is proved."""

from __future__ import annotations

import json

import numpy as np
import pytest

import steepest as st
from steepest.cli.main import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table of classes, arrays, and models: one that learns too slowly, and it after 50 steps."""
    folder = tmp_path_factory.mktemp("doctor")
    random = np.random.default_rng(0)
    x = random.normal(size=(300, 4)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] > 0).astype(np.int64)
    np.savez(folder / "rows.npz", x=x, y=y)
    lines = [
        f"{a:.4f},{b:.4f},{'yes' if c else 'no'}" for (a, b), c in zip(x[:, :2], y, strict=True)
    ]
    (folder / "table.csv").write_text("\n".join(["one,two,kind", *lines]))
    model = st.Sequential([
        st.Input((4,)), st.layers.Dense(8, "relu"), st.layers.Dense(1, "sigmoid"),
    ])  # fmt: skip
    model.compile(st.optimizers.Adam(1e-5), "binary_crossentropy", ["accuracy"])
    model.save(folder / "new.safetensors")
    model.fit(x, y, epochs=5, seed=1, verbose=0)
    model.save(folder / "trained.safetensors")
    return folder


def document(capsys, *words, code=0):
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_data_alone_are_examined_with_a_usual_network(folder, capsys):
    words = ["doctor", str(folder / "table.csv"), "--target", "kind", "--budget", "0.01"]
    assert main([*words, "--epochs", "3"]) == 0
    said = capsys.readouterr()
    assert not said.err
    lines = said.out.splitlines()
    assert lines[0].endswith(
        "300 rows, 2 columns; the target 'kind' is one of 2 classes; 60 rows, drawn at random, are "
        "for validation."
    )
    assert lines[2] == "It was trained for 3 epochs, from new weights."
    assert lines[4].startswith("The doctor has found")


def test_a_fault_is_proved_and_fails_where_asked_to(folder, capsys):
    words = ["doctor", *(str(folder / name) for name in ("new.safetensors", "rows.npz"))]
    page = folder / "report.html"
    found = document(capsys, *words, "--fail", "--page", str(page), code=3)
    assert found["error"]["message"].startswith("faults are confirmed: ")
    result = found["result"]
    assert result["rows"] == {"training": 240, "validation": 60}
    confirmed = [one for one in result["verdicts"] if one["status"] == "confirmed"]
    assert confirmed and confirmed[0]["effect"]["low"] > 0 and result["diff"].startswith("---")
    assert page.read_text(encoding="utf-8").startswith("<!")


def test_a_trained_model_is_examined_as_it_is(folder, capsys):
    words = ["doctor", *(str(folder / name) for name in ("trained.safetensors", "rows.npz"))]
    result = document(capsys, *words, "--budget", "0.01")["result"]
    assert result["examined"] == "The model was trained for 50 steps, and is examined as it is"
    again = document(capsys, *words, "--budget", "0.01", "--epochs", "2")["result"]
    assert again["examined"] == "It was trained for 2 epochs, from new weights"


def test_data_that_fit_refuses_are_examined_all_the_same(folder, capsys):
    x, y = np.load(folder / "rows.npz")["x"], np.arange(300) % 2
    x[7, 1] = np.nan
    np.savez(folder / "gaps.npz", x=x, y=y)
    words = ["doctor", *(str(folder / name) for name in ("new.safetensors", "gaps.npz"))]
    result = document(capsys, *words, "--budget", "0.01")["result"]
    assert result["examined"] == "It could not be trained"
    assert "D1" in [one["code"] for one in result["verdicts"]]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["table.csv"], "--target COLUMN"),
        (["table.csv", "--target", "kidn"], "did you mean 'kind'"),
        (["table.csv", "--target", "kind", "--epochs", "0"], "a number from 1"),
        (["absent.csv", "--target", "kind"], "absent.csv"),
        (["rows.npz", "table.csv", "--target", "kind"], "rows.npz"),
        (["rows.npz", "--budget", "-1"], "budget"),
    ],
)
def test_what_cannot_be_done_is_said(words, message, folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    assert main(["doctor", *words]) == 2
    assert message in capsys.readouterr().err
