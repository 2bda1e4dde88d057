"""The widget: messages of the page in, frames out, and nothing left when it is closed."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

import steepest as st
from steepest.studio.frame import Frame
from steepest.studio.session import Session
from steepest.studio.widget import StudioWidget
from tests.studio.echo_views import PLACES

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Page:
    """A widget whose messages are collected instead of sent."""

    def __init__(self, session=None):
        self.widget = StudioWidget(session or Session(views=PLACES))
        self.sent = []
        self.widget.send = lambda head, buffers: self.sent.append((head, buffers))

    def message(self, view, do, id=1, **state):
        """Has the widget receive a message, as a front end sends it."""
        content = {"view": view, "do": do, "id": id, "with": state}
        self.widget._handle_custom_msg(content, [])

    def next(self):
        """The next message that was sent."""
        end = time.monotonic() + 20
        while not self.sent:
            assert time.monotonic() < end, "nothing was sent"
            time.sleep(0.005)
        return self.sent.pop(0)


@pytest.fixture
def page():
    page = Page()
    yield page
    page.widget.close()


def test_a_message_is_answered_by_a_head_and_buffers(page):
    page.message("echo", "double", id=7, value=4)
    head, buffers = page.next()
    assert (head["kind"], head["view"], head["id"], head["data"]["twice"]) == (
        "doubled", "echo", 7, 8.0,
    )  # fmt: skip
    assert head["arrays"] == [{"name": "values", "dtype": "float32", "shape": [3]}]
    assert np.frombuffer(buffers[0], "<f4").tolist() == [8, 8, 8]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"view": "echo", "do": "double", "with": {"value": 11}}, "value"),
        ({"view": "os", "do": "double"}, "view"),
        ({"view": "echo", "do": "close"}, "do"),
        ({"view": "session", "do": "acknowledge", "with": 3}, None),
        ({}, "view"), ([1], None), ("x", None), (None, None),
    ],
)  # fmt: skip
def test_attack_20_messages_are_checked_by_the_same_fields(page, content, field):
    page.widget._handle_custom_msg(content, [])
    head, _ = page.next()
    assert head["kind"] == "error" and head["data"]["field"] == field


def test_pushed_frames_wait_for_the_acknowledgement(page):
    page.message("echo", "report", value=1)
    heads = [page.next()[0] for _ in range(2)]
    pushed = next(head for head in heads if head["kind"] == "reported")
    assert pushed["number"] == 1
    for value in range(2, 20):
        page.message("echo", "report", value=value)
        assert page.next()[0]["kind"] == "done"
    page.message("session", "acknowledge", id=None, number=1)
    heads = [page.next()[0] for _ in range(2)]
    assert {"value": 19.0} in [head["data"] for head in heads if head["number"] == 2]


def test_a_table_is_sent_as_a_message(page):
    page.message("session", "table", name="t", text="a,b\n1,2\n3,4\n")
    head, _ = page.next()
    assert head["kind"] == "table" and head["data"]["rows"] == 2


def test_empty_arrays_are_sent(page):
    page.widget.session.push(Frame("none", {}, {"x": np.zeros((0, 2), np.int32)}), "echo")
    head, buffers = page.next()
    assert head["arrays"][0]["shape"] == [0, 2] and len(buffers[0]) == 0


def test_three_widgets_share_nothing():
    pages = [Page() for _ in range(3)]
    pages[0].widget.session.push(Frame("shown"), "echo")
    assert pages[0].next()[0]["kind"] == "shown"
    assert pages[1].sent == pages[2].sent == []
    for page in pages:
        page.widget.close()


def test_closing_ends_its_threads():
    before = set(threading.enumerate())
    page = Page()
    page.message("echo", "double")
    page.next()
    assert set(threading.enumerate()) - before
    page.widget.close()
    end = time.monotonic() + 20
    while set(threading.enumerate()) - before:
        assert time.monotonic() < end
        time.sleep(0.005)
    page.message("echo", "double")  # a late message of the front end
    assert page.sent == []


def test_show_has_what_it_is_given():
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))], name="net")
    widget = st.studio.show(model, np.zeros((5, 2)), [0, 1, 0, 1, 0], "training", {"runs": []})
    assert (widget.view, widget.state) == ("training", {"runs": []})
    opened = widget.session.opened
    assert (
        opened.model is model and opened.x.shape == (5, 2) and opened.y.tolist() == [0, 1, 0, 1, 0]
    )
    widget.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": 3}, "model: a model was expected, got 3"),
        ({"x": "abc"}, "x: rows of numbers were expected, got 'abc'"),
        ({"x": [[1.0]], "y": [1, 2]}, "x has 1 rows and y 2"),
        ({"y": [1, 2]}, "y: give x too"),
        ({"view": "trainings"}, "view: one of .*training.* was expected, got 'trainings'"),
        ({"view": ["training"]}, r"view: one of .* was expected, got \['training'\]"),
        (
            {"model": st.Sequential([st.layers.Dense(1, input_shape=(2,))]), "x": [[1.0]]},
            r"takes rows of shape \(2,\), and those of x have the shape \(1,\)",
        ),
        ({"state": 3}, "state: a dictionary of a view's values was expected, got 3"),
        ({"x": [[1, 2], [3]]}, r"x: rows of numbers were expected, got \[\[1, 2\], \[3\]\]"),
        ({"folder": "absent"}, "folder: 'absent' is no folder"),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(arguments, message):
    with pytest.raises(st.errors.SteepestError, match=message):
        st.studio.show(**arguments)
