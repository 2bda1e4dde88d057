"""Modules by their second names, and where a name is that was looked for elsewhere."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any

import pytest

import steepest as st

LINES = (
    ("from steepest.models import Sequential", "Sequential", "st.Sequential"),
    ("import steepest.keras.layers as layers", "layers", "st.layers"),
    ("from steepest.keras import layers", "layers", "st.layers"),
    ("from steepest.optimizers.schedules import ExponentialDecay as E", "E",
     "st.schedules.ExponentialDecay"),
    ("from steepest.keras.optimizers.schedules import ExponentialDecay as E", "E",
     "st.schedules.ExponentialDecay"),
    ("from steepest.keras.datasets import mnist", "mnist", "st.datasets.mnist"),
    ("import steepest.keras.datasets.mnist as m", "m", "st.datasets.mnist"),
    ("from steepest.keras.layers import Dense", "Dense", "st.layers.Dense"),
    ("import steepest.keras as keras", "keras", "st"),
    ("from steepest.utils import to_categorical as f", "f", "st.utils.to_categorical"),
    ("from steepest.keras.random import SeedGenerator as s", "s", "st.random.SeedGenerator"),
    ("from steepest.nn import relu", "relu", "st.nn.relu"),
    ("import steepest.linalg as linalg", "linalg", "st.linalg"),
    ("from steepest.math import argmax", "argmax", "st.math.argmax"),
    ("from steepest.keras.preprocessing.sequence import pad_sequences as f", "f",
     "st.utils.pad_sequences"),
)  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=[line[0] for line in LINES])
def test_import_lines_of_keras(line: tuple[str, str, str]) -> None:
    names: dict[str, object] = {}
    exec(line[0], names)
    assert names[line[1]] is eval(line[2], {"st": st})


def test_an_import_line_works_in_a_new_process_and_loads_a_module_once() -> None:
    code = (
        "from steepest.keras.layers import Dense; import steepest as st, sys; "
        "assert Dense is st.layers.Dense; assert st.layers.__spec__.name == 'steepest.layers'; "
        "assert 'steepest.neuralnet' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_functions_of_config_are_imported() -> None:
    names: dict[str, Any] = {}
    exec("from steepest.keras.config import floatx", names)
    assert names["floatx"]() == "float32" and not isinstance(st.config, type(st))


def test_unknown_modules_stay_unknown() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"steepest\.nothing"):
        importlib.import_module("steepest.keras.nothing")
    assert importlib.util.find_spec("steepest.layers").name == "steepest.layers"


@pytest.mark.parametrize(
    ("where", "name", "words"),
    [
        (st, "EarlyStopping", "it is st.callbacks.EarlyStopping"),
        (st.layers, "softmax", "it is st.softmax or st.math.softmax"),
        (st.nn, "Dense", "it is st.layers.Dense"),
        (st.layers, "Densse", "did you mean 'Dense'"),
        (st.layers, "Conv2D", "no convolutions"),
        (st, "Session", "TensorFlow 1's"),
        (st, "train", "optimizers are in st.optimizers"),
        (st, "RaggedTensor", "pad_sequences"),
        (st.preprocessing, "Tokenizer", "TextVectorization"),
        (st.data, "TFRecordDataset", "Dataset.from_file"),
    ],
)
def test_an_unknown_name_says_where_it_is(where, name: str, words: str) -> None:
    with pytest.raises(AttributeError, match=words):
        getattr(where, name)


def test_no_far_fetched_name_is_suggested() -> None:
    with pytest.raises(AttributeError) as raised:
        _ = st.cose
    assert "'cos'" in str(raised.value)
    with pytest.raises(AttributeError) as raised:
        _ = st.opz
    assert "did you mean" not in str(raised.value)
