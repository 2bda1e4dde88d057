"""SvgPicture: a picture as the text of an SVG file. Depends on the standard library only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

Data = TypeVar("Data")


@dataclass(frozen=True, repr=False)
class SvgPicture(Generic[Data]):
    """What `st.plot.network` returns: the data, and the picture as the text of an SVG file.

    `text` is one sentence that says what can be seen; the file has it as its description. Notebooks
    show the picture. It needs neither matplotlib nor fonts of its own.

    >>> picture = st.plot.network(st.Sequential([st.layers.Dense(1, input_shape=(2,))]))
    >>> picture.svg[:4], str(picture) == picture.svg
    ('<svg', True)
    """

    data: Data
    svg: str
    text: str = ""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the picture to a file, which should end in .svg."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<SvgPicture of {type(self.data).__name__}: {self.text}>"
