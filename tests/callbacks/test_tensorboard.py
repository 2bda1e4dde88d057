"""TensorBoard: what the event files hold, read back message by message."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.callbacks.event_files import checksum, histogram, image
from steepest.errors import ArgumentError

X = np.random.default_rng(0).standard_normal((24, 3)).astype("float32")
Y = X @ np.ones((3, 1), "float32")


def drawn() -> Any:
    x = st.Input((3,), name="x")
    both = [st.layers.Dense(1, name="left")(x), st.layers.Dense(1, name="right")(x)]
    return st.Model(x, st.layers.Add(name="sum")(both))


def trained(folder: Path, model: Any = None, **options: Any) -> Any:
    model = model or drawn()
    model.compile("sgd", "mse")
    board = st.callbacks.TensorBoard(folder, **options)
    return model.fit(X, Y, 8, 3, 0, [board], validation_data=(X, Y))


# ---------------------------------------------------------------- reading


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """(number, value) of each field of a message."""
    while message:
        key, message = varint(message)
        number, form = key >> 3, key & 7
        if form == 0:
            value, message = varint(message)
        else:
            size = {1: 8, 5: 4}.get(form)
            if size is None:
                size, message = varint(message)
            value, message = message[:size], message[size:]
        yield number, value


def varint(content: bytes) -> tuple[int, bytes]:
    value = place = 0
    while True:
        byte, content = content[0], content[1:]
        value |= (byte & 0x7F) << place
        place += 7
        if byte < 0x80:
            return value, content


def events(folder: Path) -> list[dict[int, Any]]:
    """The messages of a run's one file; every checksum is verified."""
    (path,) = folder.iterdir()
    content, found = path.read_bytes(), []
    while content:
        length = struct.unpack("<Q", content[:8])[0]
        verify(content[:8], content[8:12])
        verify(content[12 : 12 + length], content[12 + length : 16 + length])
        found.append(dict(fields(content[12 : 12 + length])))
        content = content[16 + length :]
    return found


def verify(part: bytes, stored: bytes) -> None:
    value = checksum(part)
    masked = (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF
    assert struct.pack("<I", masked) == stored


def summaries(folder: Path) -> list[tuple[str, int, dict[int, Any]]]:
    """(tag, step, value) of each summary of a run."""
    found = []
    for event in events(folder):
        if 5 in event:
            value = dict(fields(dict(fields(event[5]))[1]))
            found.append((value[1].decode(), event.get(2, 0), value))
    return found


def number(value: dict[int, Any]) -> float:
    return struct.unpack("<f", value[2])[0]


# ---------------------------------------------------------------- what is there


def test_the_checksum_is_castagnolis():
    assert checksum(b"123456789") == 0xE3069283


def test_each_epoch_tells_the_numbers_of_both_runs(tmp_path):
    history = trained(tmp_path).history
    for run, name in (("train", "loss"), ("validation", "val_loss")):
        written = summaries(tmp_path / run)
        assert [(tag, step) for tag, step, _ in written] == [("epoch_loss", n) for n in range(3)]
        assert [number(value) for _, _, value in written] == pytest.approx(history[name])


def test_the_graph_is_that_of_the_layers(tmp_path):
    trained(tmp_path)
    (event,) = [event for event in events(tmp_path / "train") if 4 in event]
    assert event.get(2, 0) == 0  # the step
    nodes = []
    for _, node in fields(event[4]):
        parts = list(fields(node))
        read = [value.decode() for place, value in parts if place == 3]
        nodes.append((*(value.decode() for place, value in parts if place < 3), read))
    assert nodes == [
        ("x", "InputLayer", []),
        ("left", "Dense", ["x"]),
        ("right", "Dense", ["x"]),
        ("sum", "Add", ["left", "right"]),
    ]
    trained(tmp_path / "none", write_graph=False)
    assert not any(4 in event for event in events(tmp_path / "none" / "train"))


def test_a_chain_is_drawn_as_one_and_a_subclass_without_arrows(tmp_path):
    class Own(st.Model):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = st.layers.Dense(1, name="one"), st.layers.Dense(1, name="two")

        def call(self, x: Any) -> Any:
            return self.two(self.one(x))

    chain = st.Sequential([st.layers.Dense(1, name="one"), st.layers.Dense(1, name="two")])
    for model, arrows in ((chain, 1), (Own(), 0)):
        folder = tmp_path / str(arrows)
        trained(folder, model)
        (drawing,) = [event[4] for event in events(folder / "train") if 4 in event]
        read = [value for _, node in fields(drawing) for place, value in fields(node) if place == 3]
        assert read == [b"one"] * arrows


def test_histograms_come_every_so_many_epochs(tmp_path):
    trained(tmp_path, histogram_freq=2)
    written = [(tag, step) for tag, step, value in summaries(tmp_path / "train") if 5 in value]
    names = [
        f"{layer}/{part}/histogram" for layer in ("left", "right") for part in ("kernel", "bias")
    ]
    assert written == [(name, step) for step in (0, 2) for name in names]


def test_a_histogram_counts_every_value():
    values = np.float32([-1.0, 0.0, 0.5, 2.0])
    ((_, content),) = fields(histogram(values))
    parts = dict(fields(content))
    facts = [struct.unpack("<d", parts[place])[0] for place in range(1, 6)]
    assert facts == [-1.0, 2.0, 4.0, 1.5, 5.25]  # least, most, number, sum, sum of squares
    limits, counts = np.frombuffer(parts[6]), np.frombuffer(parts[7])
    assert len(limits) == len(counts) == 30 and limits[-1] == 2.0
    assert counts.sum() == 4 and counts[0] == counts[-1] == 1


def test_weights_that_are_not_finite_are_left_out(tmp_path):
    model = drawn()
    board = st.callbacks.TensorBoard(tmp_path, histogram_freq=1)
    board.set_model(model)
    model.set_weights([np.full(w.shape, np.nan) for w in model.weights])
    board.on_epoch_end(0, {})
    board.close()
    assert not list(tmp_path.iterdir())


def test_numbers_between_epochs_are_written_where_asked_for(tmp_path):
    assert not st.callbacks.TensorBoard(tmp_path).wants_batches
    trained(tmp_path, update_freq=2)
    steps = [step for tag, step, _ in summaries(tmp_path / "train") if tag == "batch_loss"]
    assert steps == [2, 4, 6, 8]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"histogram_freq": -1}, "a number of epochs was expected, or 0"),
        ({"histogram_freq": 1.5}, "a number of epochs was expected, or 0"),
        ({"update_freq": 0}, "'epoch', 'batch' or a number of batches"),
        ({"update_freq": "step"}, "'epoch', 'batch' or a number of batches"),
    ],
)
def test_frequencies_of_no_meaning_are_refused(tmp_path, options, message):
    with pytest.raises(st.errors.ArgumentError, match=message):
        st.callbacks.TensorBoard(tmp_path, **options)


def test_weights_are_written_as_pictures_and_the_speed_as_a_number(tmp_path: Path) -> None:
    trained(tmp_path, histogram_freq=1, write_images=True, write_steps_per_second=True)
    content = next((tmp_path / "train").iterdir()).read_bytes()
    assert content.count(b"left/kernel/image") == 3
    assert content.count(b"epoch_steps_per_second") == 3


def test_a_picture_is_a_png_with_the_least_value_black() -> None:
    PIL = pytest.importorskip("PIL.Image")
    encoded = dict(fields(dict(fields(image(np.array([[0.0, 1.0, 2.0]]))))[4]))
    assert (encoded[1], encoded[2], encoded[3]) == (1, 3, 1)
    picture = np.asarray(PIL.open(io.BytesIO(encoded[4])))
    assert picture.tolist() == [[0, 128, 255]]


@pytest.mark.parametrize("options", [{"profile_batch": 2}, {"embeddings_freq": 1}])
def test_what_is_not_written_is_refused(tmp_path: Path, options: Any) -> None:
    with pytest.raises(ArgumentError, match="TensorBoard: "):
        st.callbacks.TensorBoard(tmp_path, **options)
