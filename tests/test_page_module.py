"""The studio's page: one committed module, that of its sources, small, without other origins."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from scripts import page_module

MOST_BYTES = 90_000


def test_the_module_is_that_of_its_sources() -> None:
    committed = (page_module.PAGE / "studio.js").read_text(encoding="utf-8")
    assert committed == page_module.joined(page_module.PAGE / "source")


def test_the_whole_page_is_small() -> None:
    files = [
        page_module.PAGE / name for name in ("index.html", "studio.js", "studio.css", "icon.svg")
    ]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) <= MOST_BYTES


def test_the_page_loads_nothing_from_elsewhere_and_evaluates_no_text() -> None:
    for path in page_module.PAGE.rglob("*"):
        if path.suffix not in {".js", ".css", ".html", ".svg"}:
            continue
        text = path.read_text(encoding="utf-8")
        addresses = set(re.findall(r"https?://[^\s\"'`)]+", text))
        assert addresses <= {"http://www.w3.org/2000/svg"}, path.name
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
        ):
            assert word not in text, (path.name, word)


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder


def test_files_become_functions_in_the_order_of_their_imports(tmp_path: Path) -> None:
    write(
        tmp_path,
        main=(
            '// First.\nimport { two } from "./other.js";\n\n'
            "console.log(two);\nexport default {};\n"
        ),
        other="/** Two. */\nexport const two = 2;\n",
    )
    assert page_module.joined(tmp_path) == (
        "// Made by scripts/page_module.py from the files in source/.\n"
        "const { two } = (() => {\nconst two = 2;\nreturn { two };\n})();\n"
        "console.log(two);\nexport default {};\n"
    )


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"main": 'import { a } from "./gone.js";\n'}, "does not exist"),
        (
            {"main": 'import { a } from "./b.js";\n', "b": "export const c = 1;\n"},
            "does not export",
        ),
        ({"main": "1;\n", "b": "export const c = 1;\n"}, "no file imports b.js"),
        ({"main": 'import b from "./b.js";\n'}, "an import of another form"),
        ({"main": "const a = `one\ntwo`;\n"}, "several lines"),
        (
            {
                "main": 'import { a } from "./b.js";\nexport const a = 1;\n',
                "b": "export const a = 1;\n",
            },
            "both export a",
        ),
        (
            {
                "main": 'import { a } from "./b.js";\n',
                "b": 'import { c } from "./c.js";\nexport const a = 1;\n',
                "c": 'import { a } from "./b.js";\nexport const c = 1;\n',
            },
            "in a circle",
        ),
    ],
)
def test_what_cannot_be_joined_is_named(tmp_path: Path, texts: dict[str, str], said: str) -> None:
    with pytest.raises(page_module.PageFault, match=said):
        page_module.joined(write(tmp_path, **texts))
