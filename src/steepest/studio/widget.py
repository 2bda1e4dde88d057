"""StudioWidget: the page as a widget of a notebook, by custom messages; there is no server.

Depends on anywidget, traitlets and session.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from steepest.studio.frame import Frame
from steepest.studio.session import Session
from steepest.studio.workers import Workers

PAGE = Path(__file__).parent / "page"
MOST_PER_SECOND = 30
CLIENT = "widget"


class StudioWidget(anywidget.AnyWidget):  # type: ignore[misc] # anywidget is optional
    """The page of one session; `close` ends its threads.

    A message of the page is that of the server's page, and so is the answer: the head of a frame,
    with its arrays as buffers.

    >>> widget = StudioWidget(Session(), view="landscape")
    >>> widget.view
    'landscape'
    >>> widget.close()
    """

    _esm = PAGE / "studio.js"
    _css = PAGE / "studio.css"
    view = traitlets.Unicode(allow_none=True).tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(
        self, session: Session, view: str | None = None, state: dict[str, Any] | None = None
    ) -> None:
        super().__init__(view=view, state=state or {})
        self.session = session
        self._ended = threading.Event()
        self._bell = threading.Event()
        self._outbox = session.listen(CLIENT, self._bell.set)
        self._workers = Workers()
        self.on_msg(self._received)
        threading.Thread(target=self._push, name="studio widget", daemon=True).start()

    def _received(self, _: Any, message: Any, buffers: Any) -> None:
        """Has a message of the page answered by the thread of its view."""
        worker = self.session.name
        if isinstance(message, dict):
            given = message.get("with")
            if message.get("do") == "acknowledge" and isinstance(given, dict):
                message = {**message, "with": {"client": CLIENT, **given}}
            worker = self.session.view_of(message)
        self._workers.do(worker, lambda: self._show_frame(self.session.request(message)))

    def _push(self) -> None:
        """Sends pushed frames, each after the page has acknowledged the one before."""
        while not self._ended.is_set():
            self._bell.wait()
            self._bell.clear()
            frame = self._outbox.take()
            if frame is not None and not self._ended.is_set():
                self._show_frame(frame)
                self._ended.wait(1 / MOST_PER_SECOND)

    def _show_frame(self, frame: Frame) -> None:
        head, arrays = frame.to_message()
        self.send(head, [array.view(np.uint8).data if array.size else b"" for array in arrays])

    def close(self) -> None:
        """Closes the widget, and ends what the session has running."""
        self._ended.set()
        self._bell.set()
        self._workers.close()
        self.session.close()
        super().close()
