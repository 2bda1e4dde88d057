"""Arguments of older versions and other libraries: the error names the present one."""

from __future__ import annotations

import pytest

import steepest as st
from steepest import layers, optimizers
from steepest.errors import ArgumentError


@pytest.mark.parametrize(
    ("call", "advice"),
    [
        (lambda: optimizers.Adam(lr=0.1), "learning_rate now"),
        (lambda: optimizers.SGD(decay=0.1), "schedules.InverseTimeDecay"),
        (lambda: optimizers.Adam(loss_scale_factor=2.0), "leave it out"),
        (lambda: layers.LayerNormalization(rms_scaling=True), "RMSNormalization"),
        (lambda: layers.BatchNormalization(renorm=True), "larger batches"),
        (lambda: layers.BatchNormalization(synchronized=True), "leave it out"),
        (lambda: st.callbacks.ModelCheckpoint("m", period=3), "save_freq now"),
        (lambda: st.Sequential().save("m", save_format="h5"), "format is safetensors"),
        (lambda: st.Sequential().fit([1.0], workers=2), r"PyDataset\(workers=2\)"),
        (lambda: layers.Dense(3, init="zeros"), "kernel_initializer now"),
    ],
)
def test_the_error_says_what_to_use(call, advice) -> None:
    with pytest.raises(ArgumentError, match=advice):
        call()


def test_arguments_that_are_still_taken() -> None:
    assert layers.Dense(3, input_dim=2).input_shape == (None, 2)
    assert layers.LeakyReLU(alpha=0.5)([[-1.0]]).tolist() == [[-0.5]]
    assert (
        st.Sequential([layers.InputLayer(input_shape=(4,)), layers.Dense(2)]).count_params() == 10
    )
    assert layers.InputLayer(batch_shape=(None, 3)).shape == (3,)


def test_their_configuration_uses_the_present_names() -> None:
    config = layers.Dense(3, input_dim=2).get_config()
    assert config["input_shape"] == [2]
    assert (
        layers.LeakyReLU.from_config(layers.LeakyReLU(alpha=0.5).get_config()).negative_slope == 0.5
    )
