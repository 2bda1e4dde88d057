"""Session: what was opened, the views, requests to them, and the frames that they push.

A server starts before the library's rooms are imported, which the first `hello` names.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from steepest.errors import SteepestError, nearest
from steepest.studio.fields import Field, FieldError, State, check, optional, text, whole
from steepest.studio.frame import Frame
from steepest.studio.outbox import Outbox
from steepest.studio.view import Opened, View, answers
from steepest.studio.views import VIEWS
from steepest.version import VERSION

if TYPE_CHECKING:
    from steepest.data.schema_reading import Table

log = logging.getLogger("steepest.studio")

ROOMS = ("steepest.neuralnet", "steepest.plot.surfaces", "steepest.studio.catalogue")
"""What the first request imports, before any view."""
_importing = threading.Lock()
MOST_PAGES = 8
MOST_TABLES = 4
MESSAGE = {
    "view": text(40),
    "do": text(40),
    "id": optional(whole(0)),
    "with": Field(lambda value, where: value, {}),  # read by the handler's own fields
}


class Session(View):
    """What was opened, and its views; of the view `session` it is the view itself.

    Any thread may call `request`; a view is asked by one at a time. `views` are names with
    "module:Class", imported at their first request.

    >>> session = Session()
    >>> frame = session.request({"view": "session", "do": "hello", "id": 1})
    >>> frame.kind, frame.id, frame.data["version"] == st.__version__
    ('hello', 1, True)
    >>> session.request({"view": "sesion", "do": "hello"}).data["message"]
    "view: unknown view 'sesion'; did you mean 'session'?"
    """

    name = "session"

    def __init__(self, opened: Opened | None = None, views: Mapping[str, str] = VIEWS) -> None:
        super().__init__(self)
        self._opened = opened or Opened()
        self._tables: dict[str, Table] = {}
        self._places = dict(views)
        self._views: dict[str, View] = {self.name: self}
        self._locks = {name: threading.RLock() for name in (*views, self.name)}
        self._pages: dict[str, Outbox] = {}
        self._latest: dict[tuple[str, str], Frame] = {}
        self._pushing = threading.Lock()
        self._has_rooms = False

    @property
    def opened(self) -> Opened:
        """What the studio was opened with."""
        return self._opened

    def view_of(self, message: Any) -> str:
        """The view that is to answer a message; the session itself if there is none of its name."""
        name = message.get("view") if isinstance(message, dict) else None
        return name if isinstance(name, str) and name in self._locks else self.name

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables that were opened or sent, by name; the last few."""
        return self._tables

    # ------------------------------------------------------------ requests

    def request(self, message: Any) -> Frame:
        """The answer to a message {"view", "do", "id", "with"}; of kind "error" if it is refused.

        A bug is answered too, and its traceback is logged.
        """
        view = id = None
        try:
            asked = check(MESSAGE, message)
            view, id = asked["view"], asked["id"]
            return replace(self._answered(view, asked["do"], asked["with"]), view=view, id=id)
        except (SteepestError, MemoryError) as error:
            return error_frame(error, view, id)
        except RecursionError:
            return error_frame(FieldError("with", "the values are nested too deeply"), view, id)
        except Exception as error:
            log.exception("the view %s failed", view)
            said = f"this is a bug of steepest: {type(error).__name__}: {error}"
            return error_frame(SteepestError(said), view, id)

    def _answered(self, view: str, do: str, given: Any) -> Frame:
        if view not in self._locks:
            raise FieldError("view", f"unknown view {view!r}; {nearest(view, self._locks)}")
        self._import_rooms()
        with self._locks[view]:
            if view not in self._views:
                module, _, name = self._places[view].partition(":")
                self._views[view] = getattr(_imported(module), name)(self)
            handlers = self._views[view].handlers
            if do not in handlers:
                raise FieldError("do", f"{view} has no {do!r}; {nearest(do, handlers)}")
            fields, method = handlers[do]
            return method(self._views[view], check(fields, given))

    def _import_rooms(self) -> None:
        if not self._has_rooms:
            for room in ROOMS:
                _imported(room)
            self._has_rooms = True

    @answers(name=text(200), text=text(20 << 20))
    def table(self, state: State) -> Frame:
        """Reads a table that is sent as a text; the answer has its columns and their kinds."""
        from steepest.studio.files import table_of_text

        name = state["name"]
        found = table_of_text(name, state["text"])
        self._tables = dict(list({**self._tables, name: found}.items())[-MOST_TABLES:])
        return Frame("table", {"name": name, **found.schema.to_dict()})

    @answers()
    def hello(self, state: State) -> Frame:
        """What a page begins with."""
        from steepest.plot.surfaces import SURFACES
        from steepest.studio.catalogue import as_json

        opened = {
            "title": self.opened.title,
            "model": getattr(self.opened.model, "name", None),
            "data": None if self.opened.x is None else {
                "rows": len(self.opened.x), "columns": list(self.opened.names),
                "target": self.opened.target, "words": self.opened.words,
            },
            "folder": self.opened.folder,
        }  # fmt: skip
        views = [name for name in self._locks if name != self.name]
        return Frame(
            "hello",
            {
                "version": VERSION,
                "opened": opened,
                "views": views,
                "surfaces": list(SURFACES),
                "catalogue": as_json(),
            },
        )

    @answers(client=text(64), number=whole(0))
    def acknowledge(self, state: State) -> Frame:
        """Notes that a page has drawn a pushed frame, so that it gets the next one."""
        page = self._pages.get(state["client"])
        if page is None:
            raise FieldError("client", "this page does not listen; it is to listen again")
        page.acknowledge(state["number"])
        return Frame("acknowledged")

    # ------------------------------------------------------------ pushed frames

    def listen(self, client: str, wake: Callable[[], None]) -> Outbox:
        """A new outbox for a page, with the latest frame of each kind."""
        page = Outbox(wake)
        with self._pushing:
            if client not in self._pages and len(self._pages) >= MOST_PAGES:
                raise FieldError("client", f"{MOST_PAGES} pages listen already; close one of them")
            for frame in self._latest.values():
                page.put(frame)
            self._pages[client] = page
        return page

    def leave(self, client: str, page: Outbox) -> None:
        """Forgets a page that no longer listens."""
        with self._pushing:
            if self._pages.get(client) is page:
                del self._pages[client]

    @property
    def pages(self) -> int:
        """The number of pages that listen."""
        return len(self._pages)

    def push(self, frame: Frame, view: str = name) -> None:
        """Sends a frame to every page that listens; a page that listens later gets the latest."""
        frame = replace(frame, view=view)
        with self._pushing:
            self._latest[view, frame.kind] = frame
            pages = list(self._pages.values())
        for page in pages:
            page.put(frame)

    def close(self) -> None:
        """Ends what the views have running."""
        for view in self._views.values():
            if view is not self:
                view.close()


def error_frame(error: BaseException, view: str | None = None, id: int | None = None) -> Frame:
    """The frame that says why something was refused, and of which field.

    >>> error_frame(FieldError("points", "a number was expected, got 'a'")).data["field"]
    'points'
    """
    sentence = str(error) or "there is not enough memory; try less"
    data = {"message": sentence, "field": getattr(error, "field", None) or None}
    return Frame("error", data, view=view, id=id)


def _imported(module: str) -> Any:
    """A module, which one thread imports at a time: of two within a circle one finds it half."""
    with _importing:
        return importlib.import_module(module)
