"""The playground: it trains as fit does, settings change while it learns, and all can be undone."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest

import steepest as st
from steepest.studio.fields import FieldError, check
from steepest.studio.session import Session
from steepest.studio.views import playground_frames as frames
from steepest.studio.views import playground_python
from steepest.studio.views.curve import MOST_SPANS
from steepest.studio.views.playground_experiment import Experiment
from steepest.studio.views.playground_network import NETWORK, SETTINGS, classes_in, dense_layers
from tests.studio.snippets import assert_same_in_a_fresh_process

SMALL = {"data": {"name": "xor", "points": 60}, "layers": [{"units": 3}], "batch": 10}


def experiment(**state):
    return Experiment(check(NETWORK, {**SMALL, **state}))


def train(one, epochs):
    """Trains so many epochs, step by step."""
    end = one.epoch + epochs
    while one.epoch < end and not one.ended:
        one.advance(1)
    return one


def changed(one, **changes):
    one.change(check(NETWORK, {**one.state, **changes}))


def weights(one):
    return [each.copy() for each in one.model.get_weights()]


def assert_equal(ours, others):
    assert len(ours) == len(others)
    for one, other in zip(ours, others, strict=True):
        np.testing.assert_array_equal(one, other)


def fitted(one, epochs):
    """Another network of the same state, trained by one `fit`."""
    other = Experiment(one.state)
    history = other.model.fit(
        other.inputs[0], other.targets[0], epochs=epochs, batch_size=one.state["batch"],
        seed=one.state["seed"], verbose=0,
    )  # fmt: skip
    return np.float32(history.history["loss"]).tolist(), other.model.get_weights()


def losses_of(one):
    places, losses = one.losses.arrays()
    assert places.tolist() == list(range(1, len(losses) + 1))
    return losses.tolist()


def test_a_training_without_a_condition_ends_after_a_million_epochs():
    one = experiment()
    one.epoch = 10**6 - 3
    for _ in range(9):
        one.advance(None)
    assert one.epoch == 10**6 and one.ended


def test_parts_of_any_length_are_one_fit():
    one = experiment(layers=[{"units": 3, "dropout": 0.3}])
    for steps in (1, 1, None, None, 2, 7):
        one.advance(steps)
        if one.epoch > 500:
            break
    while one.step:
        one.advance(1)
    losses, trained = fitted(one, one.epoch)
    places, shown = one.losses.arrays()
    assert shown.tolist() == [losses[int(place) - 1] for place in places]
    assert_equal(weights(one), trained)


def test_steps_are_counted_within_the_epoch():
    one = experiment()
    seen = []
    for _ in range(4):
        one.advance(1)
        seen.append((one.epoch, one.step))
    assert one.steps_per_epoch == 3
    assert seen == [(0, 1), (0, 2), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    "state",
    [
        {"data": {"name": "spiral", "classes": 3, "points": 60}},
        {"data": {"name": "plane", "points": 60}},
        {"data": {"name": "gauss", "points": 60}, "loss": "Hinge"},
        {"data": {"name": "gauss", "classes": 4, "points": 60}, "loss": "CategoricalCrossentropy"},
        {"layers": []},
        {"layers": [{"units": 2, "normalisation": "batch", "activation": "relu"}]},
        {"optimizer": "LBFGS"},
        {"data": {"rows": [[0, 0, 0], [1, 1, 1], [0, 1, 1], [1, 0, 0]], "share": 1.0}},
        {"optimizer": {"name": "Adam", "options": {"learning_rate": {"name": "CosineDecay"}}}},
        {"layers": [{"regularizer": {"name": "L2", "options": {"l2": 0.1}}}]},
    ],
)
def test_each_kind_of_network_trains_and_is_shown(state):
    one = experiment(**state)
    train(one, 2)
    assert len(one.losses) == 2 and np.isfinite(losses_of(one)).all()
    shown = [
        frames.state_frame(one, False),
        frames.points_frame(one),
        frames.progress_frame(one, None),
        frames.map_frame(one, 16),
        frames.units_frame(one, 8),
    ]
    for frame in shown:
        frame.to_bytes()
    assert shown[3].arrays["map"].shape == (16, 16)
    assert len(shown[4].arrays["units"]) == sum(layer["units"] for layer in one.state["layers"])
    assert ("classes" in shown[3].arrays) == (one.points.classes > 2)


def test_the_map_and_scores_are_those_of_predict():
    one = experiment(data={"name": "gauss", "classes": 3, "points": 90})
    train(one, 10)
    grid = frames.features_of(one.state, frames.grid(16))
    outputs = one.model.predict(grid, verbose=0)
    frame = frames.map_frame(one, 16)
    np.testing.assert_array_equal(frame.arrays["classes"].ravel(), outputs.argmax(axis=1))
    np.testing.assert_array_equal(frame.arrays["map"].ravel(), np.round(255 * outputs.max(axis=1)))
    scores = frames.progress_frame(one, None).data["scores"]["train"]
    found = classes_in(one.model.predict(one.inputs[0], verbose=0))
    assert scores["accuracy"] == np.mean(found == one.points.y_train)
    table = scores["confusion"]
    assert np.trace(table) / table.sum() == scores["accuracy"]
    assert table[2].sum() == (one.points.y_train == 2).sum()


def test_r2_is_that_of_the_metric():
    one = experiment(data={"name": "plane", "points": 80})
    train(one, 5)
    metric = st.metrics.R2Score()
    metric.update_state(one.targets[1], one.model.predict(one.inputs[1], verbose=0))
    found = frames.progress_frame(one, None).data["scores"]["test"]["r2"]
    assert found == pytest.approx(metric.result().item(), abs=1e-5)


# ---------------------------------------------------------------- changes


def test_a_new_rate_batch_or_noise_keeps_weights_and_the_epoch():
    one = experiment()
    for _ in range(5):
        one.advance(1)
    before, model = weights(one), one.model
    changed(
        one,
        optimizer={"name": "SGD", "options": {"learning_rate": 0.5}},
    )
    assert one.model is model and one.model.optimizer.learning_rate.item() == 0.5
    changed(one, batch=5)
    changed(one, data={**one.state["data"], "noise": 0.2})
    assert_equal(weights(one), before)
    assert one.epoch == 1
    one.advance(1)
    assert one.step == 1 and one.steps_per_epoch == 6


def test_dropout_regularizer_and_optimizer_change_without_a_reset():
    one = experiment(optimizer={"name": "Adam", "options": {"learning_rate": 0.01}})
    train(one, 2)
    before = weights(one)
    steps = one.model.optimizer.iterations.item()
    changed(one, layers=[{"units": 3, "dropout": 0.2, "regularizer": "L1"}])
    assert_equal(weights(one), before)
    assert one.model.optimizer.iterations.item() == steps == 6
    assert any(slot.numpy().any() for slot in one.model.optimizer.variables[2:])
    changed(one, optimizer={"name": "RMSprop"})
    assert_equal(weights(one), before)
    assert one.epoch == 2


def test_a_new_unit_keeps_the_function_and_a_new_layer_the_learned_weights():
    one = experiment(layers=[{"units": 3}, {"units": 2}])
    train(one, 3)
    outputs, before = one.outputs(one.inputs[0]), weights(one)
    changed(one, layers=[{"units": 4}, {"units": 2}], features=["x", "y", "x*y"])
    np.testing.assert_allclose(one.outputs(one.inputs[0]), outputs, rtol=1e-5)
    assert dense_layers(one.model)[0].kernel.shape == (3, 4)
    changed(one, layers=[{"units": 3}, {"units": 2}, {"units": 2}], features=["x", "y"])
    assert_equal(weights(one)[:4], before[:4])
    one.advance(1)


def test_another_seed_begins_again():
    one = experiment()
    one.advance(None)
    changed(one, seed=5)
    assert one.epoch == 0 and not len(one.losses)
    assert not np.array_equal(weights(one)[0], weights(experiment())[0])


def test_undo_returns_to_the_bits_before_a_change():
    one = experiment(optimizer="Adam")
    train(one, 2)
    before, state, losses = weights(one), one.state, losses_of(one)
    changed(one, layers=[{"units": 5}], optimizer={"name": "SGD"})
    train(one, 2)
    one.undo()
    assert one.state == state and losses_of(one) == losses and one.epoch == 2
    assert_equal(weights(one), before)
    train(one, 1)
    assert losses_of(one) == fitted(one, 3)[0]
    assert not one.can_undo
    with pytest.raises(FieldError, match="nothing to undo"):
        one.undo()


def test_a_weight_can_be_edited():
    one = experiment()
    one.edit(0, 2, 1, 4.5)
    one.edit(1, 0, None, -1.0)
    assert dense_layers(one.model)[0].kernel.numpy()[1, 2] == 4.5
    assert dense_layers(one.model)[1].bias.numpy()[0] == -1.0
    one.undo()
    assert dense_layers(one.model)[1].bias.numpy()[0] == 0.0
    with pytest.raises(FieldError, match="no such unit"):
        one.edit(0, 3, 0, 1.0)
    with pytest.raises(FieldError, match="no such input"):
        one.edit(0, 0, 2, 1.0)


def test_a_divergence_is_explained_and_can_be_left():
    one = experiment(data={"name": "plane", "points": 60}, layers=[{"activation": "linear"}])
    train(one, 1)
    one.scores(1)
    one.note_finite()
    finite = weights(one)
    changed(one, optimizer={"name": "SGD", "options": {"learning_rate": 1e6}})
    train(one, 20)
    one.scores(1)
    one.note_finite()
    assert one.ended == "diverged" and one.finding.evidence["suggested"] == 0.01
    frame = frames.finding_frame(one)
    assert "learning rate 1e+06 is too high" in frame.data["message"]
    assert frame.data["suggested_rate"] == 0.01 and frame.data["can_return"]
    one.restore(one.finite)
    assert_equal(weights(one), finite)
    changed(one, optimizer={"name": "SGD", "options": {"learning_rate": 0.01}})
    train(one, 2)
    assert one.ended == ""


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ({"epochs": 4}, "4 epochs are complete"),
        ({"train_loss": 100.0}, "train_loss reached 100"),
        ({"test_loss": 100.0}, "test_loss reached 100"),
        ({"accuracy": 0.0}, "accuracy reached 0"),
    ],
)
def test_a_training_stops_at_a_condition(stop, reason):
    one = experiment(stop=stop)
    for _ in range(15):
        one.advance(1)
        one.scores(1)
    assert one.ended in (reason, "complete")
    assert one.epoch == stop.get("epochs", one.epoch) and one.epoch <= 4


# ---------------------------------------------------------------- marks


RATE = {"name": "SGD", "options": {"learning_rate": 0.1}}
LAYER = {"units": 3}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"optimizer": RATE}, "learning rate 0.03 → 0.1"),
        ({"optimizer": "Adam"}, "optimizer SGD → Adam"),
        ({"batch": 20}, "batch 10 → 20"),
        ({"layers": [{**LAYER, "regularizer": "L1"}]}, "layer 1: regularizer none → L1"),
        ({"layers": [{**LAYER, "dropout": 0.2}]}, "layer 1: dropout 0 → 0.2"),
        ({"data": {**SMALL["data"], "noise": 0.1}}, "noise 0 → 0.1"),
        ({"layers": [{"units": 4}]}, "layer 1: units 3 → 4"),
        ({"layers": [LAYER, {"units": 2}]}, "layer 2 added"),
        ({"features": ["x", "y", "x*y"]}, "feature x*y added"),
        ({"loss": "Hinge"}, "loss usual → Hinge"),
    ],
)
def test_each_change_keeps_what_was_learned_and_is_marked(changes, text):
    one = experiment()
    train(one, 3)
    kernel, losses = weights(one)[0], losses_of(one)
    changed(one, **changes)
    assert [(mark.at, mark.text) for mark in one.marks] == [(3, text)]
    rows, units = kernel.shape
    assert np.array_equal(weights(one)[0][:rows, :units], kernel)
    assert one.epoch == 3 and losses_of(one) == losses
    train(one, 1)
    assert np.isfinite(losses_of(one)).all() and one.epoch == 4
    progress = frames.progress_frame(one, None).data
    assert progress["marks"] == [{"place": 3, "text": text}]
    one.undo()
    assert not one.marks and one.epoch == 3


def test_a_setting_that_is_moved_has_one_mark_and_others_their_own():
    one = experiment()
    changed(one, batch=5)
    assert not one.marks  # there is no curve yet
    train(one, 100)
    for batch in (6, 7, 8):
        changed(one, batch=batch)
    changed(one, loss="Hinge")
    assert [mark.text for mark in one.marks] == ["batch 5 → 8", "loss usual → Hinge"]
    changed(one, loss=None)
    assert [mark.text for mark in one.marks] == ["batch 5 → 8"]
    changed(one, stop={"epochs": 500})
    train(one, 5)
    changed(one, batch=9)
    one.edit(0, 0, 0, 1.5)
    changed(one, loss="Hinge")
    assert [mark.text.split(" ")[0] for mark in one.marks] == ["batch", "batch", "a", "loss"]
    one.reset(one.state)
    assert not one.marks


def test_a_change_that_is_refused_leaves_all_as_it_was():
    one = experiment()
    train(one, 2)
    before, state = weights(one), one.state
    with pytest.raises(FieldError, match="is not here any more"):
        changed(one, data={"upload": "lost.csv"})
    assert one.state == state and one.epoch == 2 and not one.can_undo and not one.marks
    assert_equal(weights(one), before)


# ---------------------------------------------------------------- two experiments


def settings_of(one, **changes):
    return {**{name: one.state[name] for name in SETTINGS}, **changes}


def test_two_networks_learn_the_same_points_from_the_same_moment():
    one = experiment()
    train(one, 3)
    changed(one, other=settings_of(one))
    other = one.other
    assert other.epoch == 3 and losses_of(other) == losses_of(one)
    assert_equal(weights(other), weights(one))
    assert other.points.x_train.tolist() == one.points.x_train.tolist()
    assert frames.state_frame(one, False).data["differences"] == []
    changed(one, optimizer=RATE)
    train(one, 2), train(other, 2)
    assert losses_of(other) == fitted(other, 5)[0]
    assert losses_of(one)[:3] == losses_of(other)[:3] and losses_of(one)[3:] != losses_of(other)[3:]
    state = frames.state_frame(one, False).data
    assert state["differences"] == ["learning rate 0.03 → 0.1"]
    progress, shown = frames.progress_frame(one, None), frames.map_frame(one, 16)
    assert progress.data["other"]["scores"]["test"]["accuracy"] <= 1.0
    assert progress.arrays["other_train"].tolist() == losses_of(other)
    assert shown.arrays["other_map"].shape == shown.arrays["map"].shape
    one.undo()  # of the rate: both are where they were
    assert one.epoch == one.other.epoch == 3
    one.undo()
    assert one.other is None and one.epoch == 3


def test_data_and_stops_are_those_of_both_and_a_reset_begins_both_again():
    one = experiment()
    changed(one, other=settings_of(one, batch=20))
    train(one, 2), train(one.other, 2)
    changed(one, data={**one.state["data"], "noise": 0.2}, stop={"epochs": 4})
    assert one.other.points.x_train.tolist() == one.points.x_train.tolist()
    assert one.other.state["stop"]["epochs"] == 4 and one.other.epoch == 2
    one.reset(one.state)
    assert one.epoch == one.other.epoch == 0 and one.other.state["batch"] == 20
    changed(one, other=None)
    assert one.other is None
    one.undo()
    assert one.other.state["batch"] == 20


# ---------------------------------------------------------------- the snippet


def test_scripts_give_the_same_bits_in_a_fresh_process(tmp_path):
    states = [
        {"layers": [{"units": 3}, {"units": 2}], "features": ["x", "y", "sin(x)", "x*y"]},
        {"data": {"name": "spiral", "classes": 3, "points": 60}, "optimizer": "Adam"},
        {"data": {"name": "plane", "points": 60, "noise": 0.1}, "layers": []},
        {"data": {"expression": "x*y - 1", "task": "classes", "points": 60}},
        {
            "data": {"rows": [[0, 0, 1], [1, 1, 1], [0, 1, 0], [1, 0, 0]], "share": 1.0},
            "layers": [{"units": 2, "dropout": 0.25, "normalisation": "layer"}],
            "batch": 2,
        },
    ]
    cases = []
    for state in states:
        one = experiment(**state)
        train(one, 4)
        shown = frames.map_frame(one)
        kernels = frames.units_frame(one).arrays
        arrays = {
            **shown.arrays,
            "train": np.float32(losses_of(one)),
            **{name: kernels[name] for name in kernels if name.startswith(("kernel", "bias"))},
        }
        cases.append((playground_python.script(one), frames.Frame("map", {}, arrays)))
    assert_same_in_a_fresh_process(tmp_path, cases)


def test_a_script_says_that_settings_were_changed():
    one = experiment()
    assert "changed" not in playground_python.script(one)
    one.advance(3)
    changed(one, batch=20)
    assert "# Settings were changed meanwhile" in playground_python.script(one)


# ---------------------------------------------------------------- the view


class Pages:
    """A session with the playground, and the frames that it pushes."""

    def __init__(self):
        self.session = Session()
        self.latest = {}
        self.pushed = threading.Condition()
        push = self.session.push

        def noted(frame, view="session"):
            push(frame, view)
            with self.pushed:
                self.latest[frame.kind] = frame
                self.pushed.notify_all()

        self.session.push = noted

    def ask(self, do, **state):
        return self.session.request({"view": "playground", "do": do, "with": state})

    def wait_for(self, kind, holds):
        with self.pushed:
            found = self.pushed.wait_for(
                lambda: kind in self.latest and holds(self.latest[kind]), timeout=60
            )
        assert found, self.latest.get(kind)
        return self.latest[kind]


@pytest.fixture
def pages():
    made = Pages()
    yield made
    made.session.close()


def test_a_page_trains_changes_and_takes_back(pages):
    assert pages.ask("show").kind == "state"
    assert set(pages.latest) == {"state", "points", "progress", "map", "units"}
    state = pages.ask("set", changes=SMALL).data["state"]
    assert state["layers"][0]["units"] == 3 and state["optimizer"]["name"] == "SGD"
    assert pages.ask("step").data["epoch"] == 1
    pages.ask("step", steps=2)
    assert pages.latest["progress"].data["step"] == 2
    assert pages.ask("run", speed="unlimited").data["running"]
    first = pages.wait_for("progress", lambda frame: frame.data["epoch"] > 200)
    assert first.data["steps_per_second"] > 0
    assert len(first.arrays["train"]) <= 2 * MOST_SPANS + 2
    paused = pages.ask("pause").data
    assert not paused["running"] and paused["epoch"] > 200
    pages.ask("reset")
    assert pages.latest["progress"].data["epoch"] == 0
    assert pages.ask("undo").data["epoch"] == paused["epoch"]
    assert "model.fit(" in pages.ask("python").data["text"]


@pytest.mark.parametrize("speed", [7, 100])
def test_a_picture_has_the_steps_that_it_is_said_to_have(pages, speed):
    pages.ask("set", changes=SMALL)
    seen, view = [], pages.session._views["playground"]
    advance = view._advance
    view._advance = lambda run: seen.append((run.steps, advance(run), run.steps))
    pages.ask("run", speed=speed)
    pages.wait_for("progress", lambda frame: len(seen) > 5)
    pages.ask("pause")
    done = [after - before for before, _, after in seen]
    assert all(speed <= each < speed + 3 for each in done[1:4]), done  # the first one compiles


def test_a_page_trains_two_networks_together(pages):
    state = pages.ask("set", changes=SMALL).data["state"]
    settings = {name: state[name] for name in SETTINGS}
    both = pages.ask("set", changes={"other": {**settings, "batch": 2}}).data
    assert both["differences"] == ["batch 2 → 10"]
    pages.ask("run", speed="unlimited")
    pages.wait_for("progress", lambda frame: frame.data["other"]["epoch"] > 50)
    pages.ask("pause")
    progress = pages.latest["progress"].data
    assert progress["epoch"] == progress["other"]["epoch"] > 50
    pages.ask("step")
    progress = pages.latest["progress"].data
    assert progress["step"] == progress["other"]["step"] == 0
    assert progress["epoch"] == progress["other"]["epoch"]
    pages.ask("reset")
    assert pages.latest["progress"].data["other"]["epoch"] == 0
    assert pages.ask("set", changes={"other": None}).data["state"]["other"] is None
    assert "other" not in pages.latest["progress"].data


def test_one_network_goes_on_where_the_compared_one_has_diverged(pages):
    linear = {"data": {"name": "plane", "points": 60}, "layers": [{"activation": "linear"}]}
    state = pages.ask("set", changes={**SMALL, **linear, "stop": {"epochs": 40}}).data["state"]
    rate = {"name": "SGD", "options": {"learning_rate": 1e6}}
    pages.ask("set", changes={"other": {**{k: state[k] for k in SETTINGS}, "optimizer": rate}})
    pages.ask("run", speed=10)
    found = pages.wait_for("finding", lambda frame: frame.data["message"]).data
    assert found["message"].startswith("The compared network: ") and not found["can_return"]
    ended = pages.wait_for("state", lambda frame: frame.data["ended"])
    assert ended.data["epoch"] == 40 and not ended.data["running"]


def test_a_page_runs_at_a_speed_until_a_condition(pages):
    pages.ask("set", changes={**SMALL, "stop": {"epochs": 3}})
    pages.ask("run", speed=2)
    frame = pages.wait_for("state", lambda frame: frame.data["ended"])
    assert frame.data["epoch"] == 3 and not frame.data["running"]


def test_a_finding_comes_after_the_state_that_the_training_has_ended(pages):
    rate = {"optimizer": {"name": "SGD", "options": {"learning_rate": 1e6}}}
    linear = {"data": {"name": "plane", "points": 60}, "layers": [{"activation": "linear"}]}
    pages.ask("set", changes={**SMALL, **linear, **rate})
    running, push = [], pages.session.push

    def noted(frame, view="session"):
        if frame.kind == "finding" and frame.data["message"]:
            running.append(pages.latest["state"].data["running"])
        push(frame, view)

    pages.session.push = noted
    pages.ask("run", speed="unlimited")
    pages.wait_for("finding", lambda frame: frame.data["message"])
    assert running == [False]


def test_a_page_goes_back_after_a_divergence(pages):
    rate = {"optimizer": {"name": "SGD", "options": {"learning_rate": 1e6}}}
    linear = {"data": {"name": "plane", "points": 60}, "layers": [{"activation": "linear"}]}
    pages.ask("set", changes={**SMALL, **linear, **rate})
    pages.ask("run", speed="unlimited")
    finding = pages.wait_for("finding", lambda frame: frame.data["message"])
    pages.wait_for("state", lambda frame: frame.data["ended"] == "diverged")
    refused = pages.ask("run")
    assert refused.kind == "error" and "go back, or reset" in refused.data["message"]
    back = pages.ask("back", rate=finding.data["suggested_rate"]).data
    assert back["state"]["optimizer"]["options"]["learning_rate"] == 0.01
    assert pages.latest["finding"].data["message"] == ""
    assert pages.ask("step").data["ended"] == ""


@pytest.mark.parametrize("pushed", [30_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_frames_are_dropped_and_memory_stays_flat(pushed):
    session, one = Session(), experiment()
    drawn = [frames.state_frame(one, True), frames.progress_frame(one, None),
             frames.map_frame(one), frames.units_frame(one)]  # fmt: skip
    slow, quick = session.listen("slow", lambda: None), session.listen("quick", lambda: None)
    taken, blocks = 0, []
    for count in range(pushed):
        session.push(drawn[count % 4], "playground")
        if count % 100 == 0 and (frame := quick.take()) is not None:
            quick.acknowledge(frame.number)
            taken += 1
        if count % 10_000 == 9_999:
            blocks.append(sys.getallocatedblocks())
    assert max(blocks) - blocks[0] < 5_000, blocks  # of a queue they grow with all frames
    assert taken == pushed // 100
    waiting = [frame.kind for frame in iter(slow.take, None)]  # one, as it acknowledges nothing
    assert len(waiting) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"batch": 0}, "batch"),
        ({"layers": [{"units": 99}]}, "layers.0.units"),
        ({"features": ["x", "z"]}, "features.1"),
        ({"optimizer": "SDG"}, "optimizer.name"),
        ({"data": {"table": "a"}}, "data.table"),
        (3, "changes"),
    ],
)
def test_a_wrong_change_is_refused_and_nothing_is_lost(pages, changes, field):
    before = pages.ask("show").data["state"]
    refused = pages.ask("set", changes=changes)
    assert refused.kind == "error" and refused.data["field"] == field
    assert pages.ask("show").data["state"] == before
