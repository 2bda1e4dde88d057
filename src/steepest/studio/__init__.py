"""The studio: pages on the library itself, in a browser or a notebook.

`serve` opens a page in the browser, as `steepest studio` does, `show` gives the same page as a
widget of a notebook, and the callback `Watch` writes a training to a folder that both can show and
`save_page` writes as one file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from steepest.errors import suggest_names

if TYPE_CHECKING:
    from steepest.studio.opening import serve as serve
    from steepest.studio.opening import show as show
    from steepest.studio.runs.page import save_page as save_page
    from steepest.studio.runs.watch import Watch as Watch

__all__ = ["Watch", "save_page", "serve", "show"]

LATER = {
    "Watch": "steepest.studio.runs.watch:Watch",
    "save_page": "steepest.studio.runs.page:save_page",
    "serve": "steepest.studio.opening:serve",
    "show": "steepest.studio.opening:show",
}
"""Where the names are; a server starts without the rooms that watch trainings."""

suggest_names(__name__, later=LATER)
