"""Opens a browser at an address with a token, which no other user of the machine can read.

The address is in a file that only its owner can read: a process list shows that file's name.
Depends on the standard library.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import threading
import webbrowser
from pathlib import Path


class AddressFile:
    """A page that leads to the address; `remove` may be called again.

    >>> file = AddressFile("http://127.0.0.1:8765/#token=abc")
    >>> os.stat(file.path).st_mode & 0o777 == 0o600 or os.name == "nt"
    True
    >>> file.remove(); file.path.exists()
    False
    """

    def __init__(self, address: str) -> None:
        self.folder = tempfile.mkdtemp(prefix="steepest-studio-")  # for its owner only
        self.path = Path(self.folder) / "open.html"
        text = (
            '<!DOCTYPE html><meta charset="utf-8"><title>steepest studio</title>'
            f'<meta http-equiv="refresh" content="0; url={address}">'
            f'<a href="{address}">steepest studio</a>\n'
        )
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(self.path, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)

    def remove(self) -> None:
        """Removes the file and its folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def has_browser() -> bool:
    """Whether a browser could show a page here: not on a machine without a screen.

    >>> has_browser() in (True, False)
    True
    """
    variables = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    return not sys.platform.startswith("linux") or any(map(os.environ.get, variables))


def open_browser(path: Path) -> None:
    """Opens a file in the browser from another thread, as some return only when closed."""

    def open_it() -> None:
        with contextlib.suppress(webbrowser.Error, OSError):
            webbrowser.open(path.as_uri())

    threading.Thread(target=open_it, name="studio browser", daemon=True).start()
