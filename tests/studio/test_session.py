"""A session answers requests, refuses with the field's name, and pushes the latest frames."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

import steepest as st
from steepest.studio.frame import Frame
from steepest.studio.session import MOST_PAGES, Session
from steepest.studio.view import Opened, View, answers
from tests.studio.echo_views import PLACES, Echo


@pytest.fixture
def session():
    return Session(views=PLACES)


def ask(session, view, do, **state):
    return session.request({"view": view, "do": do, "id": 3, "with": state})


def test_a_request_is_answered_by_the_method_of_its_name(session):
    frame = ask(session, "echo", "double", value=4)
    assert (frame.kind, frame.view, frame.id, frame.data["twice"]) == ("doubled", "echo", 3, 8.0)
    assert frame.arrays["values"].tolist() == [8.0, 8.0, 8.0]
    assert ask(session, "echo", "double").data["twice"] == 2.0


@pytest.mark.parametrize(
    ("message", "field", "text"),
    [
        ({"view": "ecko", "do": "double"}, "view", "did you mean 'echo'"),
        ({"view": "echo", "do": "duoble"}, "do", "did you mean 'double'"),
        ({"view": "echo", "do": "close"}, "do", "echo has no 'close'"),
        ({"view": "echo", "do": "__init__"}, "do", "echo has no '__init__'"),
        ({"view": "echo", "do": "double", "with": {"value": 11}}, "value", "from 0 to 10"),
        ({"view": "echo", "do": "double", "with": [1]}, None, "an object was expected"),
        ({"view": "echo"}, "do", "is missing"),
        ({"view": "echo", "do": "double", "token": "a"}, "token", "unknown field"),
        ([], None, "an object was expected, got []"),
        ({"view": "echo", "do": "refuse"}, None, "units must be positive"),
        ({"view": "echo", "do": "refuse_field"}, "value", "value: is too large for this name"),
    ],
)
def test_what_is_refused_is_said_with_its_field(session, message, field, text):
    frame = session.request(message)
    assert frame.kind == "error" and frame.data["field"] == field
    assert text in frame.data["message"]


def test_a_bug_is_said_and_logged_and_the_session_goes_on(session, caplog):
    frame = ask(session, "faulty", "fail")
    assert frame.kind == "error" and "bug of steepest: KeyError" in frame.data["message"]
    assert "KeyError" in caplog.text
    assert ask(session, "echo", "double").kind == "doubled"


def test_values_nested_without_end_are_refused(session):
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    frame = session.request({"view": "echo", "do": "double", "with": {"value": deep}})
    assert frame.kind == "error" and frame.id is None


def test_a_view_is_asked_by_one_thread_at_a_time(session, caplog):
    kinds = []
    threads = [
        threading.Thread(target=lambda: kinds.append(ask(session, "echo", "double").kind))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kinds == ["doubled"] * 16


def test_hello_says_what_was_opened():
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))], name="net")
    opened = Opened(model, np.zeros((5, 2), np.float32), names=("age", "rent"), title="rows.csv")
    data = ask(Session(opened, PLACES), "session", "hello").data
    assert data["opened"] == {
        "title": "rows.csv", "model": "net", "folder": None,
        "data": {"rows": 5, "columns": ["age", "rent"], "target": None, "words": ""},
    }  # fmt: skip
    assert data["views"] == ["echo", "faulty"]


def test_the_latest_frame_of_each_kind_is_sent_once_the_one_before_was_acknowledged(session):
    woken = []
    page = session.listen("one", lambda: woken.append(1))
    for value in (1, 2, 3):
        ask(session, "echo", "report", value=value)
    assert len(woken) == 3
    first = page.take()
    assert (first.view, first.number, first.data) == ("echo", 1, {"value": 3.0})
    ask(session, "echo", "report", value=4)
    session.push(Frame("other"), "echo")
    assert page.take() is None
    assert ask(session, "session", "acknowledge", client="one", number=1).kind == "acknowledged"
    assert page.take().data == {"value": 4.0}
    page.acknowledge(99)  # of a frame that was never sent
    assert page.take().kind == "other" and page.take() is None


def test_thousands_of_frames_for_a_sleeping_page_leave_one(session):
    page = session.listen("one", lambda: None)
    for value in range(10_000):
        session.push(Frame("reported", {"value": value}), "echo")
    assert page.take().data == {"value": 9999}
    page.acknowledge(1)
    assert page.take() is None


def test_a_page_that_listens_later_gets_the_latest_frames(session):
    ask(session, "echo", "report", value=7)
    assert session.listen("late", lambda: None).take().data == {"value": 7.0}


def test_pages_are_few_and_leave(session):
    pages = [session.listen(str(each), lambda: None) for each in range(MOST_PAGES)]
    with pytest.raises(st.errors.ArgumentError, match="8 pages listen already"):
        session.listen("more", lambda: None)
    again = session.listen("3", lambda: None)  # the same page after a reload
    session.leave("3", pages[3])  # the connection before
    assert session.pages == MOST_PAGES
    session.leave("3", again)
    assert session.pages == MOST_PAGES - 1
    refused = ask(session, "session", "acknowledge", client="3", number=1)
    assert refused.data["field"] == "client"


def test_closing_closes_the_views(session):
    ask(session, "echo", "double")
    Echo.closed = False
    session.close()
    assert Echo.closed


def test_views_inherit_the_methods_that_answer():
    class Louder(Echo):
        @answers()
        def shout(self, state):
            return Frame("shouted")

    assert {"double", "shout"} <= set(Louder.handlers) and "shout" not in Echo.handlers
    assert View.handlers == {}


JSON = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats()
    | strategies.sampled_from(["echo", "double", "session", "hello", "acknowledge"])
    | strategies.text(),
    lambda inner: strategies.lists(inner) | strategies.dictionaries(
        strategies.sampled_from(["view", "do", "id", "with", "value", "name", "client", "number"]),
        inner,
    ),
)  # fmt: skip


@hypothesis.given(JSON)
def test_any_message_is_answered_by_a_frame_without_a_bug(message):
    seen = []
    handler = logging.Handler()
    handler.emit = seen.append
    logging.getLogger("steepest.studio").addHandler(handler)
    try:
        frame = Session(views=PLACES).request(message)
        Frame.from_bytes(frame.to_bytes())
    finally:
        logging.getLogger("steepest.studio").removeHandler(handler)
    assert seen == []


FIRST_REQUESTS = """
import json, threading
from steepest.studio.session import Session
from steepest.studio.views import VIEWS

session, barrier, kinds = Session(), threading.Barrier(len(VIEWS) + 1), {}

def ask(view, do):
    barrier.wait()
    kinds[view] = session.request({"view": view, "do": do}).data.get("message", "")

asked = {"session": "hello", **{view: "python" for view in VIEWS}}
threads = [threading.Thread(target=ask, args=each) for each in asked.items()]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
session.close()
print(json.dumps(kinds))
"""


def test_first_requests_may_come_from_many_threads_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_REQUESTS], capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    assert said["session"] == "" and len(said) == 7
    assert not [text for text in said.values() if "a bug of steepest" in text]
