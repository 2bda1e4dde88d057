"""Watch writes run folders; the reader reads them, also while they grow or are damaged."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import steepest as st
from steepest.errors import DataError
from steepest.studio.runs import watch as watching
from steepest.studio.runs.format import EVENTS, HEAD, read_head
from steepest.studio.runs.reader import RunReader, run_folders
from steepest.studio.runs.watch import Watch
from steepest.studio.runs.writer import RunWriter


def network(units=3):
    st.random.set_seed(0)
    model = st.Sequential([
        st.layers.Dense(units, "relu", input_shape=(2,), name="hidden"),
        st.layers.Dense(1, name="out"),
    ])  # fmt: skip
    model.compile(st.optimizers.SGD(0.01), "mse", ["mae"])
    return model


def rows(count=64):
    x = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    return x, x[:, 0] - x[:, 1]


def fitted(folder, *callbacks, epochs=5, model=None, **watch):
    callback = Watch(folder, **watch)
    model = model or network()
    x, y = rows()
    options = {"validation_data": (x, y), "batch_size": 16, "verbose": 0, "seed": 1}
    history = model.fit(x, y, epochs=epochs, callbacks=[callback, *callbacks], **options)
    reader = RunReader(callback.writer.path)
    reader.update()
    return history, reader, model


def test_the_course_of_a_training_is_read_again(tmp_path):
    history, reader, _ = fitted(tmp_path, name="first")
    assert reader.epochs == history.epoch == [0, 1, 2, 3, 4]
    assert reader.curves == history.history
    assert reader.curves.keys() == {"loss", "mae", "val_loss", "val_mae"}
    assert (reader.step, reader.planned, reader.state) == (20, 5, "complete")
    assert reader.faults == []


def test_what_is_known_at_the_beginning_is_in_the_head(tmp_path):
    _, reader, _ = fitted(tmp_path, name="first")
    head = reader.head
    assert (head["format"], head["version"], head["name"]) == ("steepest run", 1, "first")
    assert head["model"]["layers"] == [
        {"name": "hidden", "class": "Dense", "parameters": 9},
        {"name": "out", "class": "Dense", "parameters": 4},
    ]
    assert head["optimizer"]["class_name"] == "SGD"
    assert head["fit"] == {"batch_size": 16, "seed": 1}
    assert head["process"] == os.getpid()


def test_each_training_has_a_folder_of_its_own(tmp_path):
    for name in (None, None, "adam", "adam"):
        fitted(tmp_path, epochs=1, name=name)
    names = list(run_folders(tmp_path))
    assert sorted(names) == ["adam", "adam-2", "run-1", "run-2"]
    assert list(run_folders(tmp_path / "adam")) == ["adam"]


def test_one_callback_watches_several_trainings(tmp_path):
    callback, model = Watch(tmp_path), network()
    for _ in range(2):
        model.fit(*rows(), epochs=2, callbacks=[callback], verbose=0)
    assert list(run_folders(tmp_path)) == ["run-1", "run-2"]


def test_histograms_of_weights_are_those_of_the_network(tmp_path):
    _, reader, model = fitted(tmp_path)
    last = reader.layers(max(reader.layer_files))
    assert min(reader.layer_files) == 0 and last.epochs == 5
    assert last.names[0] == "weights of hidden/kernel" and len(last.names) == 4
    kernel = model.layers[0].kernel.numpy()
    assert last.counts[0].sum() == kernel.size
    np.testing.assert_allclose(last.facts[0, :2], [kernel.mean(), kernel.std()], rtol=1e-5)
    assert last.edges[0][0] == kernel.min() and last.edges[0][-1] == kernel.max()


def test_with_rows_activations_and_gradients_are_written_too(tmp_path):
    x, y = rows()
    _, reader, _ = fitted(tmp_path, x=x, y=y)
    names = reader.layers(0).names
    assert "activations of hidden" in names and "gradients of out/kernel" in names


def test_the_weights_are_the_same_with_it_and_without(tmp_path):
    x, y = rows()
    plain = network()
    plain.fit(x, y, epochs=5, batch_size=16, verbose=0, seed=1)
    _, _, model = fitted(tmp_path, x=x, y=y)
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_many_epochs_still_run_in_one_engine_call(tmp_path):
    seen = []

    class Calls(st.callbacks.Callback):
        joins_epochs = True

        def on_event(self, event):
            seen.append(type(event).__name__)

    x, y = rows()
    model = network()
    model.fit(x, y, epochs=200, batch_size=16, verbose=0, callbacks=[Watch(tmp_path), Calls()])
    assert "EpochsDone" in seen and seen.count("EpochsDone") + seen.count("EpochDone") < 200


def test_a_run_of_very_many_epochs_has_lines_of_bounded_length(tmp_path):
    x, y = rows(4)
    model = network()
    callback = Watch(tmp_path)
    model.fit(x, y, epochs=5000, batch_size=4, verbose=0, callbacks=[callback])
    reader = RunReader(callback.writer.path)
    reader.update()
    lines = (reader.path / EVENTS).read_text().splitlines()
    counts = [len(e["epochs"]) for e in map(json.loads, lines) if e["event"] == "epochs"]
    assert max(counts) <= watching.MOST_EPOCHS
    assert reader.epochs[0] == 0 and reader.epochs[-1] == 4999 and reader.step == 5000
    assert all(a < b for a, b in zip(reader.epochs, reader.epochs[1:], strict=False))


def test_after_many_files_of_histograms_fewer_are_written(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "SHARE", 1e9)
    monkeypatch.setattr(watching, "PAUSE", 0.0)
    monkeypatch.setattr(watching, "MOST_FILES", 4)

    class Each(st.callbacks.Callback):  # so that each epoch is an engine call
        def on_epoch_end(self, epoch, logs=None): ...

    _, reader, _ = fitted(tmp_path, Each(), epochs=20)
    assert sorted(reader.layer_files) == [0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20]


def test_long_epochs_have_points_within(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "PAUSE", 0.0)
    monkeypatch.setattr(watching, "SHARE", 1e9)

    class Each(st.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None): ...

    _, reader, _ = fitted(tmp_path, Each(), epochs=2)
    assert [one["at"] for one in reader.batches] == [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]
    assert reader.batches[0]["logs"].keys() == {"loss", "mae"}


@pytest.mark.filterwarnings("ignore::steepest.errors.TrainingWarning")
def test_a_training_that_diverges_is_written_with_what_was_found(tmp_path):
    model = network()
    model.compile(st.optimizers.SGD(1e30), "mse")
    callback = Watch(tmp_path)
    with pytest.raises(st.errors.TrainingDiverged):
        model.fit(*rows(), epochs=5, verbose=0, callbacks=[callback])
    reader = RunReader(callback.writer.path)
    reader.update()
    assert reader.state == "error" and reader.reason == "error"
    assert any("diverged" in one["rule"] or "loss" in one["rule"] for one in reader.findings)
    assert not callback.writer.is_open


def test_values_that_json_does_not_have_are_written_as_text(tmp_path):
    writer = RunWriter(tmp_path, "odd", {"optimizer": {"rate": len}})
    writer.line("began", epochs=np.int64(3), batches=np.inf, other=print)
    writer.close()
    assert read_head(writer.path)["optimizer"]["rate"].startswith("<built-in")
    line = json.loads((writer.path / EVENTS).read_text())
    assert (line["epochs"], line["batches"]) == (3, None)


def test_stopping_early_is_the_reason(tmp_path):
    stop = st.callbacks.EarlyStopping("loss", min_delta=1e9, patience=0)
    _, reader, _ = fitted(tmp_path, stop)
    assert reader.state == "stop_training"


@pytest.mark.filterwarnings("ignore::steepest.errors.TrainingWarning")
def test_the_doctor_speaks_at_the_end(tmp_path):
    model = network()
    model.compile(st.optimizers.SGD(1e-9), "mse")
    _, reader, _ = fitted(tmp_path, st.doctor.Doctor(), model=model, epochs=30)
    assert not reader.proved
    found = {one["rule"]: one for one in reader.verdicts}
    assert found, "a rate of 1e-9 was not noticed"
    for one in found.values():
        assert one["sentence"] and one["status"] and "evidence" in one


@pytest.mark.filterwarnings("ignore::steepest.errors.TrainingWarning")
def test_the_doctor_proves_where_asked_to(tmp_path):
    model = network()
    model.compile(st.optimizers.SGD(1e-9), "mse")
    _, reader, _ = fitted(tmp_path, model=model, examine=True, epochs=30)
    assert reader.proved
    confirmed = [one for one in reader.verdicts if one["status"] == "confirmed"]
    assert confirmed and confirmed[0]["effect"]["low"] > 0 and confirmed[0]["diff"]
    assert reader.diff.startswith("---")


def test_a_folder_that_cannot_be_written_warns_and_trains(tmp_path):
    (tmp_path / "runs").write_text("a file")
    model = network()
    with pytest.warns(st.errors.TrainingWarning, match="no longer written"):
        model.fit(*rows(), epochs=2, verbose=0, callbacks=[Watch(tmp_path / "runs")])
    assert int(model.optimizer.iterations) == 4


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", "c:d", 3])
def test_a_name_that_leads_elsewhere_is_refused(name):
    with pytest.raises(st.errors.ArgumentError, match="name of a folder"):
        Watch("runs", name=name)


def test_targets_without_inputs_are_refused():
    with pytest.raises(st.errors.ArgumentError, match="Watch: y: give x too"):
        Watch("runs", y=[0, 1])


def test_rows_of_another_shape_are_refused_before_the_training(tmp_path):
    model = network()
    before = model.get_weights()[0].copy()
    with pytest.raises(st.errors.ShapeError, match=r"rows of shape \(2,\).*shape \(7,\)"):
        model.fit(*rows(), verbose=0, callbacks=[Watch(tmp_path, x=np.zeros((5, 7)))])
    np.testing.assert_array_equal(model.get_weights()[0], before)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(st.errors.ShapeError, match="as many targets as rows"):
        Watch(tmp_path, x=np.zeros((5, 2)), y=np.zeros(4))


# ------------------------------------------------------------ reading


def made(tmp_path, *lines, head=None):
    folder = tmp_path / "made"
    folder.mkdir()
    known = {"format": "steepest run", "version": 1, "name": "made", "process": 0, **(head or {})}
    (folder / HEAD).write_text(json.dumps(known))
    (folder / EVENTS).write_bytes(b"".join(lines))
    return folder


def epochs_line(*numbers, **logs):
    logs = {name: list(values) for name, values in logs.items()}
    event = {"event": "epochs", "epochs": numbers, "step": 8, "logs": logs}
    return json.dumps(event).encode() + b"\n"


def test_a_line_that_grows_is_read_once_it_is_whole(tmp_path):
    line = epochs_line(0, loss=[2.0])
    folder = made(tmp_path, line[:10])
    reader = RunReader(folder)
    assert reader.update() and reader.epochs == []
    with (folder / EVENTS).open("ab") as file:
        file.write(line[10:])
    assert reader.update() and reader.epochs == [0]
    assert not reader.update()


def test_metrics_that_come_later_have_none_before(tmp_path):
    lines = epochs_line(0, 1, loss=[2.0, 1.0]), epochs_line(2, loss=[0.5], val_loss=[3.0])
    reader = RunReader(made(tmp_path, *lines))
    reader.update()
    assert reader.curves == {"loss": [2.0, 1.0, 0.5], "val_loss": [None, None, 3.0]}


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"[]", b"\xff\xfe", b'{"event": "epochs"}', b'{"event": "epochs", "epochs": 3}',
        b'{"event": "epochs", "epochs": [0], "step": 1, "logs": {"loss": [1, 2]}}',
        b'{"event": "epochs", "epochs": ["a"], "step": 1, "logs": {}}',
        b'{"event": "layers", "epochs": 1, "file": "../../etc/passwd", "names": []}',
        b'{"event": "layers", "epochs": 1, "file": "layers-00000002.npz", "names": []}',
        b'{"event": "doctor", "verdicts": 3, "proved": true, "diff": ""}',
        b'{"event": "_read"}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_line_that_is_no_event_is_named_and_the_rest_is_read(tmp_path, line):
    folder = made(tmp_path, epochs_line(0, loss=[2.0]), line + b"\n", epochs_line(1, loss=[1.0]))
    reader = RunReader(folder)
    reader.update()
    assert reader.curves == {"loss": [2.0, 1.0]} and reader.layer_files == {}
    if line != b'{"event": "_read"}':
        assert "line 2" in reader.faults[0]


def test_events_of_later_versions_are_left_out(tmp_path):
    line = b'{"event": "colours", "x": 1}\n{"event": "stopped", "reason": "complete", "new": 1}\n'
    reader = RunReader(made(tmp_path, line))
    reader.update()
    assert reader.faults == [] and reader.state == "complete"


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ({"version": 2}, "version 2 of the format.*install a newer"),
        ({"format": "other"}, "not the beginning of a run"),
        ({"version": "1"}, "not the beginning of a run"),
    ],
)
def test_heads_of_other_formats_are_refused(tmp_path, head, message):
    with pytest.raises(DataError, match=message):
        RunReader(made(tmp_path, head=head))


def test_folders_without_a_head_are_no_runs(tmp_path):
    with pytest.raises(DataError, match=r"has no run\.json"):
        read_head(tmp_path)
    (tmp_path / HEAD).write_bytes(b" " * (1 << 21))
    with pytest.raises(DataError, match="at most"):
        read_head(tmp_path)


def test_a_line_without_end_is_refused(tmp_path):
    reader = RunReader(made(tmp_path, b"x" * (3 << 20)))
    with pytest.raises(DataError, match="a line of more than"):
        reader.update()


def test_histograms_that_are_damaged_or_pickled_are_refused(tmp_path):
    line = {"event": "layers", "epochs": 1, "file": "layers-00000001.npz", "names": ["a"]}
    folder = made(tmp_path, json.dumps(line).encode() + b"\n")
    reader = RunReader(folder)
    reader.update()
    with pytest.raises(DataError, match="is missing"):
        reader.layers(1)
    path = folder / "layers-00000001.npz"
    np.savez(path, facts=np.zeros((1, 4)), counts_0=np.zeros(3), edges_0=np.zeros(3))
    with pytest.raises(DataError, match="one more edge"):
        reader.layers(1)
    np.savez(path, facts=np.zeros((1, 4)))
    with pytest.raises(DataError, match="no file of histograms"):
        reader.layers(1)
    np.savez(path, facts=np.array([print], object), counts_0=np.zeros(3), edges_0=np.zeros(4))
    with pytest.raises(DataError):
        reader.layers(1)


KILLED = """
import os, sys, numpy as np, steepest as st
model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
class End(st.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 3: os.kill(os.getpid(), 9)
from steepest.studio.runs import watch
watch.PAUSE, watch.SHARE = 0.0, 1e9
both = [st.studio.Watch(sys.argv[1]), End()]
model.fit(np.eye(2), [1.0, 2.0], epochs=9, verbose=0, callbacks=both)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_a_killed_training_leaves_what_it_had_written(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True)
    assert done.returncode == -9, done.stderr
    reader = RunReader(tmp_path / "run-1")
    reader.update()
    assert reader.epochs == [0, 1, 2] and reader.state == "lost" and reader.faults == []
