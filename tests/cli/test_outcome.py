"""Errors have the outcome and the message that they should; results become plain values."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from steepest.cli.outcome import message_of, outcome_of, plain
from steepest.cli.verb import ConditionFailed, UsageError
from steepest.errors import DataError, MissingExtra, TrainingDiverged


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, 0),
        (ZeroDivisionError(), 1),
        (TypeError("x"), 1),
        (ImportError("x"), 1),
        (UsageError("x"), 2),
        (MissingExtra("x"), 2),
        (TrainingDiverged("x"), 2),
        (MemoryError(), 2),
        (PermissionError(13, "denied"), 2),
        (ConnectionResetError(), 2),
        (ConditionFailed("x"), 3),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_error_has_its_exit_code(error, code):
    assert outcome_of(error).exit_code == code


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyboardInterrupt(), "interrupted"),
        (PermissionError(13, "Permission denied", "a b"), "a b: Permission denied"),
        (ConnectionResetError(104, "Connection reset"), "Connection reset"),
        (OSError("no device"), "no device"),
        (MemoryError(), "there is not enough memory; try less data or a smaller network"),
        (MemoryError("6 GB"), "6 GB"),
        (DataError("a:\n b\n c"), "a: b; c"),
        (DataError(), "DataError"),
        (KeyError("x"), "this is a bug of steepest: KeyError: 'x'; run it again with --debug and "
                        "report it with the traceback"),
    ],
)  # fmt: skip
def test_messages_are_paragraphs(error, message):
    assert message_of(error) == message


def test_notes_belong_to_the_message():
    error = DataError("x has no columns")
    error.add_note("in the validation data")
    assert message_of(error) == "x has no columns; in the validation data"


def test_a_bug_names_its_line():
    with pytest.raises(ZeroDivisionError) as caught:
        1 / 0
    assert f"({__file__}:" in message_of(caught.value)


def test_results_become_valid_json():
    result = {
        "array": np.array([[1.0, np.nan], [np.inf, 2.0]]),
        "number": np.float32(0.5),
        "count": np.int64(3),
        "flag": np.bool_(True),
        "path": Path("a") / "b",
        3: (None, True, {"x"}),
    }
    text = json.dumps(plain(result), allow_nan=False)
    assert json.loads(text) == {
        "array": [[1.0, None], [None, 2.0]], "number": 0.5, "count": 3, "flag": True,
        "path": str(Path("a") / "b"), "3": [None, True, ["x"]],
    }  # fmt: skip
