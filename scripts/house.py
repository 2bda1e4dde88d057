"""The rules of the house, read from the source: who may import whom, what may be heavy, how long.

Run `python -m scripts.house`; it prints every fault with its remedy and fails if there is one.
With `--thin` it lists the private functions of a few lines that have a single caller instead.
Depends on the standard library and `source.py` beside it, so that it runs before any installation.
"""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from scripts.source import (
    Function,
    Import,
    Module,
    names_used,
    read_package,
)

# Lowest first. A room imports from floors below its own; rooms beside each other do not meet.
# A new file or folder of src/steepest is entered here, on the lowest floor that holds it.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "former_arguments", "processes", "second_names", "upper_rooms", "version"),
    ("arguments", "changes", "figure_style", "finding", "intervals", "user_objects"),
    ("constructors",),
    ("config", "registry", "events"),
    ("configurable", "distribution"),
    ("core",),
    ("functions", "backend", "mixed_precision", "strings"),
    ("program",),
    ("engines",),
    ("activations", "initializers", "regularizers", "constraints", "labels", "schedules"),
    ("data",),
    ("layers", "losses", "io"),
    ("metrics", "optimizers", "protocols"),
    ("datasets", "ops", "storage"),
    ("callbacks", "diagnosis", "page"),
    ("neuralnet",),
    ("evaluate", "plot"),
    ("classroom", "tabular", "tune", "doctor", "export", "saving", "utils"),
    ("preprocessing",),
    ("studio",),
    ("cli",),
    ("__main__",),
)
HEIGHT = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}

# What only its own room may import: other rooms reach engines through the files of `engines/`.
INNER = ("steepest.engines.cpu",)

# What `import steepest` must not pay for.
HEAVY = frozenset(
    """anywidget h5py jax llvmlite matplotlib onnx onnxruntime optuna pandas PIL polars
    pyarrow rich scipy sklearn starlette torch uvicorn""".split()
)

# What other rooms import inside functions only, and what it may itself import at the top.
LATE = {
    "steepest.studio.server": frozenset({"starlette", "uvicorn"}),
    "steepest.studio.widget": frozenset({"anywidget"}),
}

# What the head of a file says of all that it needs.
ALONE = re.compile(
    r"(?:[Ll]eans|[Dd]epends) on (?:(?P<alone>[^.,;:]+?) (?:alone|only)"
    r"|nothing(?: but (?P<but>[^.,;:]+))?)"
    r"(?=[.,;:]|$)"
)

LONGEST_BODY = 40
MEDIAN_BODY = 5
SECOND_LOOK = 400
THIN_BODY = 3  # lines of a private function that may say no more than its name
MOST_THIN = 80  # in a package of up to 5,600 functions; of a larger one, one in 70
FUNCTIONS_A_THIN_ONE = 70


@dataclass(frozen=True)
class Fault:
    """One broken rule: where it is, what was found and what to do instead."""

    path: Path
    line: int
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.found}\n    {self.remedy}"


def floor_faults(module: Module) -> Iterator[Fault]:
    """Imports that do not lead to a lower floor."""
    if module.is_roof:
        return
    if module.room not in HEIGHT:
        found = f"the room {module.room!r} stands on no floor"
        remedy = "enter it in FLOORS of scripts/house.py, on the lowest floor that holds it"
        yield Fault(module.path, 1, found, remedy)
        return
    for imported in module.imports:
        if not imported.for_types and imported.is_ours and imported.room != module.room:
            yield from _climb(module, imported)


def _climb(module: Module, imported: Import) -> Iterator[Fault]:
    found = f"{module.room} imports {imported.target}"
    if imported.room not in HEIGHT:
        remedy = "import from the room that defines the name, not from the package's front door"
        yield Fault(module.path, imported.line, found, remedy)
    elif HEIGHT[imported.room] >= HEIGHT[module.room]:
        way = "beside it" if HEIGHT[imported.room] == HEIGHT[module.room] else "above it"
        remedy = "move what both need down a floor, or let the upper room hand it in (an argument)"
        yield Fault(module.path, imported.line, f"{found}, {way}", remedy)


def circle_faults(modules: list[Module]) -> Iterator[Fault]:
    """Files or folders of one folder that import each other in a circle."""
    paths = {module.name: module.path for module in modules}
    arrows: dict[str, dict[str, set[str]]] = {}
    for module in modules:
        for imported in module.imports:
            if imported.is_ours and not imported.for_types:
                target = imported.target if imported.target in paths else imported.origin
                _note_arrow(arrows, module.name, target)
    for folder, inside in sorted(arrows.items()):
        try:
            TopologicalSorter(inside).prepare()
        except CycleError as error:
            found = f"a circle of imports in {folder}: {' <- '.join(error.args[1])}"
            remedy = "move what both need into a file below them, or hand it in (an argument)"
            yield Fault(paths[folder], 1, found, remedy)


def _note_arrow(arrows: dict[str, dict[str, set[str]]], user: str, used: str) -> None:
    """Enter an import into the graph of the innermost folder that holds both ends."""
    ours, theirs = user.split("."), used.split(".")
    shared = 0
    while ours[shared : shared + 1] == theirs[shared : shared + 1] != []:
        shared += 1
    if 1 < shared < min(len(ours), len(theirs)):
        inside = arrows.setdefault(".".join(ours[:shared]), {})
        inside.setdefault(ours[shared], set()).add(theirs[shared])


def private_faults(module: Module) -> Iterator[Fault]:
    """Underscore names of another room, imported or reached through an imported name."""
    guests = [i for i in module.imports if i.is_ours and i.room != module.room]
    remedy = "make the name public where it lives, or use a public one"
    for imported in guests:
        if any(_is_private(part) for part in imported.target.split(".")):
            found = f"{imported.target} is private to {imported.room}"
            yield Fault(module.path, imported.line, found, remedy)
    rooms = {imported.bound: imported.room for imported in guests}
    for line, owner, name in names_used(module.tree):
        if owner in rooms and _is_private(name):
            found = f"{owner}.{name} is private to {rooms[owner]}"
            yield Fault(module.path, line, found, remedy)


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def inner_faults(module: Module) -> Iterator[Fault]:
    """Imports of one engine from outside of the engines' room, those for types too."""
    remedy = "ask for it in a file of engines/ that works on every engine, and import that"
    for imported in module.imports:
        inner = any(f"{imported.target}.".startswith(f"{path}.") for path in INNER)
        climbs = HEIGHT.get(module.room, len(FLOORS)) < HEIGHT.get(imported.room, 0)
        is_known = climbs and not imported.for_types  # as a step up
        if inner and imported.room != module.room and not is_known:
            found = f"{module.room} imports {imported.target}, which only engines/ may"
            yield Fault(module.path, imported.line, found, remedy)


def leaning_faults(module: Module) -> Iterator[Fault]:
    """Imports that the head of a file rules out: "leans on core alone", "leans on nothing".

    What the sentence names may be imported, by any part of its dotted name; so may the standard
    library, the errors, and other packages inside functions. A package may import its own modules.
    """
    head = " ".join((ast.get_docstring(module.tree) or "").split())
    said = ALONE.search(head)
    if said is None:
        return
    named = {"errors", *re.findall(r"\w+", (said["alone"] or said["but"] or "").lower())}
    inner = f"{module.name}." if module.path.name == "__init__.py" else " "
    remedy = "name it in that sentence, or end the sentence without `alone`, `only` and `nothing`"
    for imported in module.imports:
        free = imported.package in sys.stdlib_module_names or imported.target.startswith(inner)
        if imported.for_types or free or not (imported.is_ours or imported.eager):
            continue
        parts = imported.target.lower().split(".")
        if not named & set(parts[1:] if imported.is_ours else parts[:1]):
            found = f'the head says "{said[0]}", and {imported.target} is imported'
            yield Fault(module.path, imported.line, found, remedy)


def heavy_faults(modules: list[Module]) -> Iterator[Fault]:
    """Heavy packages, and rooms that need them, imported at the top of a file."""
    remedy = "import it inside the function that uses it: `import steepest` stays light"
    for module in modules:
        own = next((room for room in LATE if _is_within(module.name, room)), None)
        for imported in module.imports:
            heavy = imported.package in HEAVY and imported.package not in LATE.get(own or "", ())
            late = any(room != own and _is_within(imported.target, room) for room in LATE)
            if imported.eager and (heavy or late):
                name = imported.target if late else imported.package
                found = f"{name} is imported at the top of {module.name}"
                yield Fault(module.path, imported.line, found, remedy)


def _is_within(name: str, room: str) -> bool:
    return f"{name}.".startswith(f"{room}.")


def length_faults(functions: list[Function]) -> Iterator[Fault]:
    """Bodies over 40 lines that give no reason."""
    for function in functions:
        if function.length > LONGEST_BODY and not function.reason:
            found = f"{function.name} has a body of {function.length} lines"
            remedy = "split it, or write `# long: the reason` on its def line"
            yield Fault(function.path, function.line, found, remedy)


def median_faults(package: Path, functions: list[Function]) -> Iterator[Fault]:
    """The package as a whole, when its typical function has grown."""
    median = statistics.median([f.length for f in functions] or [0])
    if median > MEDIAN_BODY:
        found = f"the median function body has {median:g} lines, not at most {MEDIAN_BODY}"
        yield Fault(package, 1, found, "give the steps of the longest functions names of their own")


def thin_functions(modules: list[Module]) -> list[Function]:
    """Private functions of at most three lines that are used in one place of their file."""
    return [
        function
        for module in modules
        for function in module.functions
        if _is_private(function.name)
        and function.length <= THIN_BODY
        and module.uses[function.name] == 1
    ]


def thin_faults(package: Path, modules: list[Module]) -> Iterator[Fault]:
    """The package as a whole, when too many thoughts are cut into functions of a few lines."""
    thin = thin_functions(modules)
    count = sum(len(module.functions) for module in modules)
    most = max(MOST_THIN, count // FUNCTIONS_A_THIN_ONE)
    if len(thin) >= most:
        found = f"{len(thin)} private functions of at most {THIN_BODY} lines have a single caller"
        remedy = "join those whose body says as much as their name: --thin lists them"
        yield Fault(package, 1, f"{found}, not under {most}", remedy)


def faults_of(package: Path) -> list[Fault]:
    """Every broken rule under the folder of a package."""
    return faults_in(package, read_package(package))


def faults_in(package: Path, modules: list[Module]) -> list[Fault]:
    """Every broken rule in the modules of a package."""
    functions = [function for module in modules for function in module.functions]
    rules = (floor_faults, private_faults, inner_faults, leaning_faults)
    found = [fault for module in modules for rule in rules for fault in rule(module)]
    found += [*circle_faults(modules), *heavy_faults(modules), *length_faults(functions)]
    return [*found, *median_faults(package, functions), *thin_faults(package, modules)]


def statistics_of(modules: list[Module]) -> str:
    """The lengths of functions and files in a few lines of text."""
    functions = [function for module in modules for function in module.functions]
    lengths = [function.length for function in functions] or [0]
    lines = [
        f"{len(modules)} files, {sum(m.lines for m in modules)} lines, {len(functions)} functions;"
        f" median body {statistics.median(lengths):g} lines, longest {max(lengths)},"
        f" {len(thin_functions(modules))} thin"
    ]
    long = [f for f in functions if f.length > LONGEST_BODY]
    lines += [f"  {f.path}:{f.line}: {f.name}, {f.length} lines: {f.reason}" for f in long]
    large = [m for m in modules if m.lines > SECOND_LOOK]
    lines += [f"  {m.path}: {m.lines} lines; over {SECOND_LOOK}, look again" for m in large]
    return "\n".join(lines)


def main() -> int:
    """Check src/steepest, print what was found, and say by the exit code whether it holds."""
    package = Path(__file__).resolve().parent.parent / "src" / "steepest"
    modules = read_package(package)
    if "--thin" in sys.argv[1:]:
        print(*[f"{f.path}:{f.line}: {f.name}" for f in thin_functions(modules)], sep="\n")
        return 0
    faults = faults_in(package, modules)
    for fault in faults:
        print(fault)
    print(statistics_of(modules))
    print(f"house: {len(faults)} faults")
    return min(len(faults), 1)


if __name__ == "__main__":
    sys.exit(main())
