"""The innermost line of the call stack outside of steepest, for messages."""

from __future__ import annotations

import os
import sys
from types import FrameType

_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def user_frame() -> FrameType | None:
    """The frame of the innermost call outside of steepest, if there is one.

    >>> user_frame().f_code.co_name
    '<module>'
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_HOME):
        frame = frame.f_back
    return frame


def user_place() -> str:
    """The user's line as messages print it: file and line number.

    >>> user_place().endswith(":1")
    True
    """
    frame = user_frame()
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}" if frame else ""
