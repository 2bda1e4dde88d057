"""Views for tests of the session: one that answers and pushes, one with a bug."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from steepest.errors import ArgumentError
from steepest.studio.fields import FieldError, number, text
from steepest.studio.frame import Frame
from steepest.studio.view import View, answers

PLACES = {name: f"{__name__}:{name.capitalize()}" for name in ("echo", "faulty")}


class Echo(View):
    """Answers with what it was given."""

    name = "echo"
    closed = False

    def __init__(self, host: Any) -> None:
        super().__init__(host)
        self.inside = 0
        self.lock = threading.Lock()

    @answers(value=number(0, 10, 1.0), name=text(1000, ""))
    def double(self, state: dict[str, Any]) -> Frame:
        """Twice the value, and an array of it."""
        with self.lock:
            self.inside += 1
        assert self.inside == 1, "two threads are in one view"
        self.inside -= 1
        twice = 2 * state["value"]
        data = {"twice": twice, "name": state["name"]}
        return Frame("doubled", data, {"values": np.full(3, twice, np.float32)})

    @answers(value=number(0, 1e9))
    def report(self, state: dict[str, Any]) -> Frame:
        """Pushes a frame."""
        self.push(Frame("reported", {"value": state["value"]}))
        return Frame("done")

    @answers()
    def refuse(self, state: dict[str, Any]) -> Frame:
        """Refuses, as the library does for a wrong argument."""
        raise ArgumentError("units must be positive")

    @answers()
    def refuse_field(self, state: dict[str, Any]) -> Frame:
        """Refuses a field that is wrong beside another."""
        raise FieldError("value", "is too large for this name")

    def close(self) -> None:
        """Notes that it was closed."""
        Echo.closed = True


class Faulty(View):
    """Has a bug."""

    name = "faulty"

    @answers()
    def fail(self, state: dict[str, Any]) -> Frame:
        """Raises an error that is no refusal."""
        raise KeyError("x")
