"""summary: its columns, inner models, which layers train, and parts of a model."""

from __future__ import annotations

from typing import Any

import pytest

import steepest as st
from steepest.neuralnet.summary import _bytes

layers = st.layers


def nested() -> Any:
    inner = st.Sequential([layers.Dense(4, name="hidden"), layers.ReLU(name="relu")], name="inner")
    return st.Sequential(
        [
            layers.Dense(3, input_shape=(2,), name="first"),
            inner,
            layers.Dropout(0.1, name="noise"),
            layers.Dense(1, name="last", trainable=False),
        ],
        name="outer",
    )


def lines_of(**options: Any) -> list[str]:
    lines: list[str] = []
    nested().summary(print_fn=lines.append, **options)
    return lines


def test_expand_nested_and_show_trainable() -> None:
    assert lines_of(expand_nested=True, show_trainable=True) == [
        "Model: outer",
        "Layer (type)        Output shape  Parameters  Trainable",
        "------------------  ------------  ----------  ---------",
        "first (Dense)       (batch, 3)             9        yes",
        "inner (Sequential)  (batch, 4)            16        yes",
        "  hidden (Dense)    (batch, 4)            16        yes",
        "  relu (ReLU)       (batch, 4)             0          -",
        "noise (Dropout)     (batch, 4)             0          -",
        "last (Dense)        (batch, 1)             5         no",
        "",
        "Total params: 30 (120 B)",
        "Trainable params: 25",
        "Non-trainable params: 5",
    ]


def test_layer_range_shows_the_layers_between_two_names() -> None:
    shown = lines_of(layer_range=["inner", "noi.*"])
    assert [line.split()[0] for line in shown[3:5]] == ["inner", "noise"]
    assert shown[5] == ""
    with pytest.raises(st.errors.ArgumentError, match="no layer is named 'nosie': did you mean"):
        lines_of(layer_range=["first", "nosie"])
    with pytest.raises(st.errors.ArgumentError, match="the first and the last layer"):
        lines_of(layer_range="first")


@pytest.mark.parametrize("positions", [[0.5, 0.75, 1.0], [40, 60, 80]])
def test_positions_are_the_ends_of_the_columns(positions: list[float]) -> None:
    lines = lines_of(line_length=80, positions=positions)
    assert [len(part) for part in lines[2].split()] == [40, 18, 18]
    assert len(lines[1]) == 80
    assert lines[1].index("Output shape") == 42


def test_columns_are_never_narrower_than_their_texts() -> None:
    assert lines_of(positions=[1, 2, 3]) == lines_of()


def test_misspelt_arguments_name_the_nearest() -> None:
    with pytest.raises(TypeError, match=r"summary takes no argument 'line_lenght': did you mean"):
        nested().summary(line_lenght=3)


@pytest.mark.parametrize(
    "size, shown",
    [
        (0, "0 B"), (1023, "1023 B"), (1024, "1 KB"), (1536, "1.5 KB"), (1024**2, "1 MB"),
        (1024**3, "1 GB"), (2**40, "1024 GB"),
    ],
)  # fmt: skip
def test_sizes_have_units(size: int, shown: str) -> None:
    assert _bytes(size) == shown
