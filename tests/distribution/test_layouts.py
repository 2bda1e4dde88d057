"""Meshes, layouts and strategies: how arrays are cut, without any device."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.distribution import (
    DataParallel,
    DeviceMesh,
    LayoutMap,
    ModelParallel,
    TensorLayout,
    set_distribution,
)
from steepest.engines.choose import engine_for
from steepest.errors import ArgumentError

EIGHT = [f"gpu:{number}" for number in range(8)]


def grid() -> DeviceMesh:
    return DeviceMesh((4, 2), ["data", "model"], EIGHT)


@pytest.fixture(autouse=True)
def one_device():
    """Ends the distribution of a test."""
    yield
    set_distribution(None)
    st.config.engine = "auto"


class Named:
    """What a layout reads of a variable."""

    def __init__(self, path: str, shape: tuple[int, ...]) -> None:
        self.path, self.shape = path, shape


def test_a_mesh_has_a_size_along_each_axis():
    mesh = grid()
    assert (mesh.shape, mesh.axis_names, mesh.devices) == ((4, 2), ("data", "model"), EIGHT)
    assert (mesh.size("data"), mesh.size("model"), mesh.size(None)) == (4, 2, 1)
    assert repr(mesh) == "DeviceMesh(data=4, model=2)"


def test_a_mesh_of_another_number_of_devices_is_refused():
    with pytest.raises(ArgumentError, match=r"4 x 2 are 8 devices, and there are 3: gpu:0, gpu:1"):
        DeviceMesh((4, 2), ["data", "model"], EIGHT[:3])
    for names in (["data"], ["data", "data"]):
        with pytest.raises(ArgumentError, match="a name of its own for each axis"):
            DeviceMesh((4, 2), names, EIGHT)
    with pytest.raises(ArgumentError, match="shape"):
        DeviceMesh((0,), ["data"], [])


def test_what_is_no_mesh_is_refused():
    with pytest.raises(ArgumentError, match="DataParallel: a DeviceMesh was expected, got 'gpu'"):
        DataParallel("gpu")


def test_an_axis_that_the_mesh_lacks_is_refused():
    with pytest.raises(ArgumentError, match=r"no axis 'rows'; its axes: data, model"):
        TensorLayout(("rows", None), grid())


def test_batches_are_cut_by_rows():
    cut = DataParallel(grid())
    assert cut.get_data_layout((64, 28, 28)).axes == ("data", None, None)
    assert cut.get_data_layout((64,)).axes == ("data",)
    assert cut.get_variable_layout(Named("dense/kernel", (784, 4096))).axes == ()
    assert cut.num_model_replicas == 4
    assert DataParallel(devices=EIGHT).device_mesh.shape == (8,)


def test_the_batch_may_be_another_axis_of_the_mesh():
    cut = ModelParallel(device_mesh=grid(), batch_dim_name="model")
    assert (cut.get_data_layout((6,)).axes, cut.num_model_replicas) == (("model",), 2)
    with pytest.raises(ArgumentError, match="no axis 'rows'"):
        ModelParallel(device_mesh=grid(), batch_dim_name="rows")


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((784, 512), (None, "model")),
        ((512,), ("model",)),
        ((784, 511), ()),  # narrow
        ((784, 513), ()),  # 2 devices do not divide it
        ((512, 10), ()),
        ((), ()),
        ((3, 512, 512), ()),
    ],
)
def test_wide_weights_are_cut_by_columns(shape, axes):
    assert ModelParallel(device_mesh=grid()).get_variable_layout(Named("w", shape)).axes == axes


def test_a_layout_map_finds_weights_and_their_slots_by_path():
    layouts = LayoutMap(grid())
    layouts["dense.*/kernel"] = (None, "model")
    layouts["dense_1/bias"] = TensorLayout(("model",), layouts.device_mesh)
    cut = ModelParallel(layouts)

    def axes(path: str, shape: tuple[int, ...]) -> tuple:
        return cut.get_variable_layout(Named(path, shape)).axes

    assert axes("dense/kernel", (3, 4)) == axes("adam/v/dense/kernel", (3, 4)) == (None, "model")
    assert axes("dense_1/bias", (4,)) == axes("adam/m/dense_1/bias", (4,)) == ("model",)
    assert axes("dense/bias", (4,)) == axes("adam/iterations", ()) == ()
    assert len(layouts) == 2 and [*layouts] == ["dense.*/kernel", "dense_1/bias"]
    with pytest.raises(KeyError):
        layouts["dense/bias"]


def test_what_a_layout_map_does_not_fit_is_named():
    layouts = LayoutMap(grid())
    layouts["dense/kernel"] = (None, "model")
    with pytest.raises(ArgumentError, match=r"'dense/kernel' has the shape \(3, 5\).*equal parts"):
        ModelParallel(layouts).get_variable_layout(Named("dense/kernel", (3, 5)))
    layouts["den.*"] = ("model",)
    layouts[".*bias"] = ("model",)
    with pytest.raises(ArgumentError, match=r"all match the variable 'dense/bias'"):
        layouts.find("dense/bias")
    with pytest.raises(ArgumentError, match="a LayoutMap was expected"):
        ModelParallel({"dense/kernel": (None, "model")})
    with pytest.raises(ArgumentError, match="give a layout_map"):
        ModelParallel()


def test_a_distribution_is_current_until_it_is_replaced():
    cut, other = DataParallel(grid()), DataParallel(grid())
    set_distribution(cut)
    with other.scope():
        assert st.distribution.distribution() is other
    assert st.distribution.distribution() is cut
    set_distribution(None)
    assert st.distribution.distribution() is None
    with pytest.raises(ArgumentError, match="a DataParallel or ModelParallel was expected"):
        set_distribution("data")


def test_an_engine_of_one_processor_is_refused():
    st.config.engine = "numpy"
    with pytest.raises(ArgumentError, match="the engine is 'numpy', which computes on one"):
        set_distribution(DataParallel(grid()))


def test_the_engine_that_is_chosen_by_itself_is_that_of_the_devices():
    graph = st.trace(lambda x: x + 1.0, [st.TensorSpec((None,))])
    before = engine_for(graph).name
    with DataParallel(grid()).scope():
        assert engine_for(graph).name == "xla"
        assert engine_for(graph, "numpy").name == "numpy"
    assert engine_for(graph).name == before
