"""Hooks of mkdocs: the site also has the reference, the README and the pictures of its examples.

After a block opened with ```python picture, the variable `picture` is a picture of `st.plot`; the
site shows it below the block, with its sentence. The blocks of such a page are run in order.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

import steepest
from scripts import docs_reference

ROOT = Path(__file__).resolve().parent.parent
OUTER = {
    "README.md": "readme.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md",
    "benchmarks/measurements.md": "measurements.md",
}  # fmt: skip
SHOWN = {
    "LICENSE": "files/license.txt",
    "examples/many_devices.py": "files/many_devices.txt",
    "examples/slurm.sbatch": "files/slurm.txt",
}
"""Files that pages link to, under the names that a browser shows as text."""
BLOCK = re.compile(r"^```python([^\n]*)\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
PICTURE = "picture"


def on_config(config: Any) -> Any:
    """Adds the pages that are made here to the navigation."""
    reference = [{short: name} for name, (short, _) in docs_reference.pages(steepest).items()]
    config.nav += [
        {"Reference": ["reference.md", *reference]},
        {"The project": [{"README": "readme.md"}, {"Contributing": "contributing.md"},
                         {"Changes": "changelog.md"}, {"Measurements": "measurements.md"}]},
    ]  # fmt: skip
    return config


def on_files(files: Files, config: Any) -> Files:
    """Adds the pages of the reference, and what pages show of the rest of the repository."""
    for name, (_, text) in docs_reference.pages(steepest).items():
        files.append(File.generated(config, name, content=text))
    for outer, name in OUTER.items():
        text = (ROOT / outer).read_text(encoding="utf-8").replace("](docs/", "](")
        files.append(File.generated(config, name, content=_to_site(text)))
    for outer, name in SHOWN.items():
        text = (ROOT / outer).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Links to the root's pages as to those of the site; shows the pictures of a page's blocks."""
    if any(block[1].strip() == PICTURE for block in BLOCK.finditer(markdown)):
        markdown = _with_pictures(markdown, page, config, files)
    markdown = BLOCK.sub(lambda block: f"```python\n{block[2]}```", markdown)
    return _to_site(markdown.replace("```text printed", "```text"))


def _to_site(markdown: str) -> str:
    """Links to files in the root of the repository become links to those of the site."""
    for outer, name in (OUTER | SHOWN).items():
        markdown = re.sub(
            rf"\]\((?:\.\./)*{re.escape(outer)}(#[^)]*)?\)", rf"]({name}\1)", markdown
        )
    return markdown


def _with_pictures(markdown: str, page: Any, config: Any, files: Files) -> str:
    """The page with each picture after its block, in its light and its dark form."""
    draws = config.extra.get("pictures", True) and os.environ.get("STEEPEST_DOCS_PICTURES") != "0"
    stem = page.file.src_uri.removesuffix(".md").replace("/", "_")
    names: dict[str, Any] = {"__name__": "__main__"}
    parts, end = [], 0
    with _scratch_folder(draws):
        for number, block in enumerate(BLOCK.finditer(markdown), 1):
            parts += [markdown[end : block.start()], f"```python\n{block[2]}```"]
            end = block.end()
            if not draws or block[1].strip() == "no-run":
                continue
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(block[2], page.file.src_uri, "exec"), names)
            if block[1].strip() == PICTURE:
                picture = names[PICTURE]
                uri = f"pictures/{stem}_{number}.{'svg' if hasattr(picture, 'svg') else 'png'}"
                files.append(File.generated(config, uri, content=_content(picture)))
                depth = page.file.src_uri.count("/")
                parts.append(f"\n\n![{picture.text}]({'../' * depth}{uri})")
    return "".join([*parts, markdown[end:]])


def _content(picture: Any) -> str | bytes:
    return picture.svg if hasattr(picture, "svg") else picture.png(dpi=110)


@contextlib.contextmanager
def _scratch_folder(needed: bool) -> Any:
    """A folder for the files that examples write."""
    if not needed:
        yield
        return
    import matplotlib

    matplotlib.use("Agg")
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield
