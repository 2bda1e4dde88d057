"""Parts of a run of batches, and the rows that each of several processes uploads of them."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.batches import Batches
from steepest.engines.xla import columns as on_device
from steepest.engines.xla import device_memory
from steepest.engines.xla.columns import BY_BATCH, Share, source_of
from steepest.engines.xla.parts import Part, cut_into_parts

ORDER = np.array([6, 5, 4, 3, 2, 1, 0])


def test_parts_are_consecutive_batches():
    parts = cut_into_parts(Batches(7, 2, 7), 3)
    assert [ORDER[part.rows].tolist() for part in parts] == [[6, 5, 4, 3, 2, 1], [0]]
    assert [part.starts.tolist() for part in parts] == [[0, 2, 4, 6], [0, 1]]


def test_a_grid_has_a_line_for_each_batch():
    whole = Part(Batches(7, 2, 7), 0, 4)
    assert whole.grid(ORDER, 4).tolist() == [
        [6, 5, 6, 6], [4, 3, 4, 4], [2, 1, 2, 2], [0, 0, 0, 0],
    ]  # fmt: skip
    assert Part(Batches(7, 2, 7), 0, 3).grid(ORDER, 2)[:3].tolist() == [[6, 5], [4, 3], [2, 1]]
    assert len(Part(Batches(7, 2, 7), 0, 3).grid(ORDER, 2)) == 4  # a power of two


class Column(DenseColumn):
    """Records the rows that are taken of it."""

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Those rows."""
        self.taken = rows.tolist()
        return super().take(rows)


def test_a_process_reads_the_rows_of_its_devices_only(monkeypatch):
    column = Column(np.arange(14.0, dtype=np.float32).reshape(7, 2))
    graph = st.trace(lambda x: x * 2.0, [st.TensorSpec((None, 2))])
    asked = []
    monkeypatch.setattr(
        on_device.jax, "make_array_from_callback", lambda *given: asked.append(given), raising=False
    )
    source = Share(graph.inputs, [column], ORDER, 2)
    assert (source.dense, source.in_place) == (BY_BATCH, False)
    source.rows(Part(Batches(7, 2, 7), 0, 2))
    ((shape, _, read),) = asked
    assert shape == (2, 2, 2)
    half = read((slice(0, 2), slice(1, 2), slice(None)))  # the second row of each batch
    assert column.taken == [5, 3]
    assert half.tolist() == [[[10.0, 11.0]], [[6.0, 7.0]]]


@pytest.mark.parametrize(("processes", "fits"), [(1, True), (1, False), (2, True), (2, False)])
def test_each_of_several_processes_has_a_share_of_what_the_chief_has_no_room_for(
    processes, fits, monkeypatch
):
    monkeypatch.setattr(on_device, "num_processes", lambda: processes)
    monkeypatch.setattr(on_device, "from_chief", lambda own: fits)
    monkeypatch.setattr(device_memory, "free_bytes", lambda: None if fits else 0)
    column = DenseColumn(np.zeros((7, 2), np.float32))
    graph = st.trace(lambda x: x * 2.0, [st.TensorSpec((None, 2))])
    source = source_of(graph.inputs, [column], ORDER, 2)
    assert isinstance(source, Share) == (processes > 1 and not fits)
    assert source.in_place == fits


def test_processes_do_as_the_chief_whatever_their_own_memory(monkeypatch):
    monkeypatch.setattr(on_device, "num_processes", lambda: 2)
    column = DenseColumn(np.zeros((7, 2), np.float32))
    graph = st.trace(lambda x: x * 2.0, [st.TensorSpec((None, 2))])
    for chief_fits, own_free in ((False, None), (True, 0)):
        monkeypatch.setattr(on_device, "from_chief", lambda own, said=chief_fits: said)
        monkeypatch.setattr(device_memory, "free_bytes", lambda free=own_free: free)
        source = source_of(graph.inputs, [column], ORDER, 2)
        assert isinstance(source, Share) != chief_fits


def test_batches_by_batch_give_what_rows_give():
    from steepest.distribution import DataParallel
    from steepest.engines.choose import bind
    from steepest.program.trace import record

    total = st.Variable(np.zeros(2, np.float32))
    column = DenseColumn(np.arange(14.0, dtype=np.float32).reshape(7, 2))
    found = []
    for source in (on_device.Source, Share):
        total.assign(np.zeros(2))

        def made(nodes, columns, order, size, source=source):
            return source(nodes, columns, order, *([size] if source is Share else []))

        with DataParallel(devices=["cpu:0"]).scope(), pytest.MonkeyPatch.context() as patch:
            patch.setattr("steepest.engines.xla.compiled.source_of", made)
            step = record(
                lambda x: total.assign(total * 0.5 + st.reduce_sum(x, 0)).value,
                [st.TensorSpec((None, 2))],
            )
            done = bind(step).run([column], ORDER, 2)
        found.append((done.batches, done.outputs[0].tolist(), total.numpy().tolist()))
    assert found[0] == found[1] and found[0][0] == 4
