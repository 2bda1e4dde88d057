"""The studio: pages on the library itself, in a browser or a notebook.

`serve` opens a page in the browser, as `steepest studio` does, `show` gives the same page as a
widget of a notebook, and the callback `Watch` writes a training to a folder that both can show.
"""

from __future__ import annotations

from steepest.errors import suggest_names
from steepest.studio.opening import serve, show
from steepest.studio.runs.watch import Watch

__all__ = ["Watch", "serve", "show"]

suggest_names(__name__)
