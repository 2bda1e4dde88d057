"""Picture: the data of a picture, and the axes where they were drawn."""

from __future__ import annotations

import base64
import io
import os
from dataclasses import dataclass, field
from html import escape
from typing import Any, Generic, TypeVar

Data = TypeVar("Data")


@dataclass(frozen=True, repr=False)
class Picture(Generic[Data]):
    """What a function of `st.plot` returns: the numbers that were drawn, and where.

    `data` holds the numbers as NumPy arrays, `axes` the matplotlib axes in the order of reading,
    `text` one sentence that says what can be seen, for readers who cannot see it. Notebooks show
    the picture with this sentence.

    >>> picture = st.plot.schedules({"constant": 0.1}, steps=3)
    >>> picture.data.rates["constant"]
    array([0.1, 0.1, 0.1])
    >>> picture.ax.get_xlabel()
    'step'
    """

    data: Data
    axes: list[Any] = field(default_factory=list)
    text: str = ""

    @property
    def ax(self) -> Any:
        """The first axes."""
        return self.axes[0]

    @property
    def figure(self) -> Any:
        """The matplotlib figure that holds the axes."""
        return self.ax.get_figure(root=True)

    def save(self, path: str | os.PathLike[str], dpi: float = 150) -> None:
        """Writes the figure to a file; the ending gives the format: .png, .svg, .pdf."""
        self.figure.savefig(path, dpi=dpi, facecolor=self.figure.get_facecolor())

    def png(self, dpi: float = 100) -> bytes:
        """The figure as the bytes of a PNG file."""
        file = io.BytesIO()
        self.figure.savefig(file, format="png", dpi=dpi, facecolor=self.figure.get_facecolor())
        return file.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png()

    def _repr_html_(self) -> str:
        packed = base64.b64encode(self.png()).decode()
        return f'<img alt="{escape(self.text)}" src="data:image/png;base64,{packed}">'

    def __repr__(self) -> str:
        return f"<Picture of {type(self.data).__name__}: {self.text}>"
