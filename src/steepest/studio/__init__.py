"""The studio: pages on the library itself, in a browser or a notebook."""

from __future__ import annotations
