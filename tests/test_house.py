"""The rules of the house hold: imports lead down, names stay private, imports and functions small.

Each rule is also seen to fail, on a small made-up package that breaks it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import house, reference
from scripts.source import read_package

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "steepest"

BODY_OF_41 = "".join(f"    print({n})\n" for n in range(41))


def test_the_house_stands():
    assert [str(fault) for fault in house.faults_of(PACKAGE)] == []


def test_every_floor_names_a_room_once():
    rooms = [room for floor in house.FLOORS for room in floor]
    assert len(rooms) == len(set(rooms))


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of CONTRIBUTING.md, without its head."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_for_contributors_lists_the_floors():
    floors = [tuple(re.findall(r"`(\w+)`", cells[0])) for cells in rows_of("The map of the house")]
    assert floors == list(reversed(house.FLOORS))


@pytest.mark.parametrize("cells", rows_of("Where to find things"), ids=lambda cells: cells[0])
def test_what_is_looked_for_is_where_the_page_says(cells: list[str]):
    _, path, name = (cell.strip("`") for cell in cells)
    assert name in (PACKAGE / path).read_text(encoding="utf-8")


def make_package(folder: Path, files: dict[str, str]) -> Path:
    """Writes the files of a package called steepest and returns its folder."""
    package = folder / "steepest"
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return package


def faults(folder: Path, files: dict[str, str]) -> list[str]:
    """The faults of a made-up package, one line each: file:line: fault."""
    found = house.faults_of(make_package(folder, files))
    return [str(f).splitlines()[0].replace(f"{folder / 'steepest'}/", "") for f in found]


BROKEN = {
    "upward": (
        {"core/tensor.py": "x = 1\nfrom steepest.layers.core import Dense\n"},
        "core/tensor.py:2: core imports steepest.layers.core.Dense, above it",
    ),
    "upward, relative": (
        {"core/tensor.py": "from ..layers import core\n"},
        "core/tensor.py:1: core imports steepest.layers.core, above it",
    ),
    "upward, inside a function": (
        {"core/tensor.py": "def f():\n    import steepest.engines.cpu\n"},
        "core/tensor.py:2: core imports steepest.engines.cpu, above it",
    ),
    "sideways": (
        {"layers/core.py": "from steepest import losses\n"},
        "layers/core.py:1: layers imports steepest.losses, beside it",
    ),
    "front door": (
        {"layers/core.py": "from steepest import Tensor\n"},
        "layers/core.py:1: layers imports steepest.Tensor",
    ),
    "no floor": (
        {"cellar/wine.py": ""},
        "cellar/wine.py:1: the room 'cellar' stands on no floor",
    ),
    "leans on one thing alone": (
        {
            "layers/core.py": '"""A layer. Leans on core alone."""\n'
            "from steepest.core import ops\nfrom steepest.program import graph\n"
        },
        'layers/core.py:3: the head says "Leans on core alone", and steepest.program.graph is '
        "imported",
    ),
    "leans on nothing": (
        {"core/tree.py": '"""Nests.\n\nLeans on\nnothing.\n"""\nimport numpy as np\n'},
        'core/tree.py:6: the head says "Leans on nothing", and numpy is imported',
    ),
    "leans on nothing but one thing": (
        {
            "core/ops.py": '"""Operations. It leans on nothing but the tensor."""\n'
            "from steepest.core import dtype, tensor\n"
        },
        'core/ops.py:2: the head says "leans on nothing but the tensor", and steepest.core.dtype '
        "is imported",
    ),
    "private name": (
        {"layers/core.py": "from steepest.core.tensor import _raw\n"},
        "layers/core.py:1: steepest.core.tensor._raw is private to core",
    ),
    "private module": (
        {"layers/core.py": "from steepest.core._bits import raw\n"},
        "layers/core.py:1: steepest.core._bits.raw is private to core",
    ),
    "private attribute": (
        {"layers/core.py": "from steepest.core import tensor as t\n\nt._raw()\n"},
        "layers/core.py:3: t._raw is private to core",
    ),
    "an engine from outside": (
        {"data/dates.py": "def f():\n    from steepest.engines.cpu.digest import digest\n"},
        "data/dates.py:2: data imports steepest.engines.cpu.digest.digest, which only engines/ may",
    ),
    "an engine from outside, as a whole": (
        {"neuralnet/model.py": "from steepest.engines import cpu\n"},
        "neuralnet/model.py:1: neuralnet imports steepest.engines.cpu, which only engines/ may",
    ),
    "an engine from outside, for types": (
        {
            "data/packing.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
            "    import steepest.engines.cpu.engine\n"
        },
        "data/packing.py:4: data imports steepest.engines.cpu.engine, which only engines/ may",
    ),
    "heavy": (
        {"data/files.py": "import h5py\n"},
        "data/files.py:1: h5py is imported at the top of steepest.data.files",
    ),
    "heavy, under try": (
        {"plot/curves.py": "try:\n    from matplotlib import pyplot\nexcept ImportError:\n    0\n"},
        "plot/curves.py:2: matplotlib is imported at the top of steepest.plot.curves",
    ),
    "heavy, through a room that needs it": (
        {"cli/open.py": "from steepest.studio.server.start import StudioServer\n"},
        "cli/open.py:1: steepest.studio.server.start.StudioServer is imported at the top of "
        "steepest.cli.open",
    ),
    "heavy, in a room that needs another": (
        {"studio/server/app.py": "import matplotlib\n"},
        "studio/server/app.py:1: matplotlib is imported at the top of steepest.studio.server.app",
    ),
    "heavy, a part of it": (
        {"engines/cpu/emit.py": "from llvmlite import ir\n"},
        "engines/cpu/emit.py:1: llvmlite is imported at the top of steepest.engines.cpu.emit",
    ),
}


CIRCLES = {
    "two files": {"core/a.py": "from .b import x\n", "core/b.py": "from steepest.core import a\n"},
    "inside a function": {
        "core/a.py": "from steepest.core.b import x\n",
        "core/b.py": "def f():\n    from steepest.core import a\n",
    },
    "two folders": {
        "core/a/x.py": "from steepest.core.b.y import y\n",
        "core/b/y.py": "y = 1\n",
        "core/b/z.py": "from steepest.core.a import x\n",
    },
}


@pytest.mark.parametrize("case", CIRCLES)
def test_a_circle_of_imports_is_found(case: str, tmp_path: Path):
    (found,) = faults(tmp_path, {**CIRCLES[case], "core/__init__.py": ""})
    assert found.startswith("core/__init__.py:1: a circle of imports in steepest.core: ")


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found(rule: str, tmp_path: Path):
    files, expected = BROKEN[rule]
    assert faults(tmp_path, files) == [expected]


SOUND = {
    "downward": {"layers/core.py": "from steepest.core.tensor import Tensor\n"},
    "within a room": {"core/ops.py": "from .tensor import _raw\n\n_raw()\n"},
    "an engine within the room": {
        "engines/orders.py": "def f():\n    from steepest.engines.cpu import ordering\n"
    },
    "what every engine offers": {"data/packing.py": "from steepest.engines.cpus import x\n"},
    "basement": {"core/ops.py": "from steepest.errors import ShapeError\n"},
    "names for types only": {
        "callbacks/callback.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
        "    import h5py\n    from steepest.neuralnet import Model\n"
    },
    "heavy where it is used": {"data/files.py": "def read():\n    import h5py\n"},
    "heavy in a room that is imported late": {
        "studio/server/app.py": "import uvicorn\nfrom steepest.studio.server.guard import Guard\n",
        "studio/opening.py": "def serve():\n    from steepest.studio.server import app\n",
    },
    "what the head names": {
        "layers/core.py": '"""A layer. Leans on core/ and NumPy only; see ops."""\n'
        "import math\nimport numpy as np\nfrom steepest.core import ops\n"
        "from steepest.errors import ShapeError\n"
    },
    "a head that names more": {
        "layers/core.py": '"""A layer. Leans on core, and on NumPy alone for lists."""\n'
        "from steepest.program import graph\n"
    },
    "an optional package in a function": {
        "data/net.py": '"""Leans on urllib alone."""\ndef f():\n    import rich\n'
    },
    "a package and its own modules": {
        "layers/__init__.py": '"""Leans on nothing."""\nfrom steepest.layers.core import Dense\n',
        "layers/core.py": "class Dense:\n    pass\n",
    },
    "the roof": {"__init__.py": "from steepest.core import Tensor\nfrom .cli import main\n"},
    "the folder's own front door": {
        "core/__init__.py": "from .a import x\n",
        "core/a.py": "x = 1\n",
        "core/b.py": "from steepest.core import x\nfrom .a import x as y\n",
    },
    "dunder names": {"cli/main.py": "from steepest.core import tensor\n\ntensor.__name__\n"},
}


@pytest.mark.parametrize("case", SOUND)
def test_a_followed_rule_is_not_a_fault(case: str, tmp_path: Path):
    assert faults(tmp_path, SOUND[case]) == []


def test_a_long_body_needs_a_reason(tmp_path: Path):
    short = "def g():\n    return 1\n\n\n" * 2
    long = f'{short}def f(\n    x,\n):\n    """Docstring."""\n\n{BODY_OF_41}'
    found = faults(tmp_path, {"core/ops.py": long})
    assert found == ["core/ops.py:9: f has a body of 41 lines"]
    excused = long.replace("def f(", "def f(  # long: one table")
    assert faults(tmp_path, {"core/ops.py": excused}) == []


def test_a_long_median_is_a_fault(tmp_path: Path):
    body = "".join(f"    print({n})\n" for n in range(6))
    found = faults(tmp_path, {"core/ops.py": f"def f():\n{body}"})
    assert found == [f"{tmp_path}/steepest:1: the median function body has 6 lines, not at most 5"]


def test_many_thin_functions_are_a_fault(tmp_path: Path):
    thin = "".join(f"def _f{n}():\n    return 1\n\n\n_f{n}()\n" for n in range(80))
    files = {"core/ops.py": thin + "def g():\n" + BODY_OF_41[: 15 * 20]}
    (found,) = faults(tmp_path, files)
    assert found.endswith(
        "80 private functions of at most 3 lines have a single caller, not under 80"
    )
    twice = thin.replace("\n_f0()\n", "\n_f0()\n_f0()\n")
    assert faults(tmp_path, {"core/ops.py": twice}) == []


def test_thin_functions_have_one_use_and_a_short_body(tmp_path: Path):
    text = (
        "def _once():\n    return 1\n\n\ndef _twice():\n    return 1\n\n\ndef public():\n"
        "    return _once() + _twice() + _twice()\n\n\ndef _long():\n"
        "    x = 1\n    y = 2\n    z = 3\n    return x + y + z\n\n\n_long()\npublic()\n"
    )
    modules = read_package(make_package(tmp_path, {"core/ops.py": text}))
    assert [function.name for function in house.thin_functions(modules)] == ["_once"]


def test_length_leaves_out_docstring_and_blank_lines(tmp_path: Path):
    text = 'def f():\n    """Two\n\n    lines."""\n    x = 1\n\n    return x\n'
    (module,) = read_package(make_package(tmp_path, {"core/ops.py": text}))
    assert [f.length for f in module.functions] == [2]


def run_python(code: str) -> str:
    """The output of a new interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_importing_steepest_loads_nothing_heavy():
    loaded = json.loads(run_python("import sys, json, steepest; print(json.dumps([*sys.modules]))"))
    assert "numpy" in loaded
    assert sorted(house.HEAVY & set(loaded)) == []


def test_importing_a_module_of_a_package_looks_for_its_name_nowhere_else():
    code = "import sys, steepest; from steepest.neuralnet import inspection; print(*sys.modules)"
    assert "steepest.classroom" not in run_python(code).split()


def test_the_reference_lists_the_public_names():
    import steepest

    assert reference.PAGE.read_text() == reference.page(steepest), "run `make reference`"


def test_every_public_namespace_lists_its_names_once():
    import steepest

    for short, namespace in reference.namespaces(steepest):
        names = [name for name, _ in reference.public_names(namespace)]
        assert len(names) == len(set(names)), short


def test_dir_shows_the_public_names():
    import steepest

    shown = [name for name in dir(steepest) if not name.startswith("_")]
    assert shown == sorted(steepest.__all__)
