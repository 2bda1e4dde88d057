"""`steepest datasets`: lists the data sets known by name, downloads and describes them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from steepest.cli.extras import EXTRAS, version_of
from steepest.cli.terminal import size_of, table, width, wrapped
from steepest.cli.verb import Answer, Argument, Verb

if TYPE_CHECKING:
    from steepest.datasets.catalog import Info

NAMES = (
    "mnist", "fashion_mnist", "imdb", "cats",
    "reuters", "cifar10", "cifar100", "boston_housing", "california_housing",
    "iris", "wine", "breast_cancer", "digits", "diabetes",
    "xor", "moons", "circles", "spirals", "blobs", "softmax_table", "stocks",
)  # fmt: skip
"""Those of `datasets.catalog`, which imports NumPy."""


def list_all() -> Answer:
    """Every data set with its description and where it comes from."""
    sets = {name: _known(name) for name in NAMES}
    return Answer({"datasets": sets}, _listed(sets))


def _listed(sets: dict[str, dict[str, Any]]) -> Iterator[str]:
    rows = [(name, one["state"], one["description"]) for name, one in sets.items()]
    yield from table(rows, width(sys.stdout, without=1000), "")


def fetch(name: str) -> Answer:
    """Downloads the files that are not here, and verifies those that are."""
    from steepest.datasets.catalog import files
    from steepest.datasets.fetch import locate

    paths: list[str] = []

    def lines() -> Iterator[str]:
        for file in files(name):
            paths.append(str(locate(file)))
            yield paths[-1]
        if not paths:
            yield f"{name} has no files of its own: {_known(name)['state']}"

    return Answer({"name": name, "files": paths}, lines())


def describe(name: str) -> Answer:
    """The sizes, shapes, dtypes and classes of a data set, if it can be read without a download."""
    from steepest.datasets.catalog import load

    result = {"name": name, **_known(name)}
    if result["here"]:
        result |= _measured(load(name, with_info=True)[1])
    return Answer(result, _described(result))


def _measured(info: Info) -> dict[str, Any]:
    return {
        "rows": {part: split.num_examples for part, split in info.splits.items()},
        "features": {
            part: {"shape": feature.shape, "dtype": str(feature.dtype)}
            for part, feature in info.features.items()
        },
        "class_names": info.class_names,
    }


def _described(result: dict[str, Any]) -> Iterator[str]:
    columns, name = width(sys.stdout, without=1000), result["name"]
    yield from wrapped(f"{name}: {result['description']}", columns)
    yield ""
    rows = [(part, f"{count:,} rows") for part, count in result.get("rows", {}).items()]
    for part, feature in result.get("features", {}).items():
        rows.append((part, _form(feature["shape"], feature["dtype"])))
    if classes := result.get("class_names"):
        rows.append(("classes", ", ".join(classes)))
    rows.append(("state", result["state"]))
    rows += [("file", place) for place in result["files"]]
    if not result["here"]:
        cure = f"steepest datasets fetch {name}" if result["files"] else INSTALL
        rows.append(("to get it", cure))
    code = f"(x_train, y_train), (x_test, y_test) = st.datasets.{name}.load_data()"
    yield from table([*rows, ("Python", code)], columns)


def _form(shape: tuple[int, ...], dtype: str) -> str:
    """What one example of a part is, in words."""
    if dtype == "object":
        return "a list, of any length"
    if len(shape) > 1:
        return f"{' x '.join(map(str, shape))} numbers, {dtype}"
    return f"{shape[0]} numbers, {dtype}" if shape and shape[0] != 1 else f"a number, {dtype}"


def _known(name: str) -> dict[str, Any]:
    """What is known of a data set before it is read."""
    from steepest.datasets.catalog import FROM_SKLEARN, description, files
    from steepest.datasets.fetch import local_copy

    needed = files(name)
    copies = [local_copy(file) for file in needed]
    here = all(copies)
    if needed:
        sizes = [file.versions[0].size for file in needed]
        total = size_of(sum(size or 0 for size in sizes)) if all(sizes) else "a file"
        state = "downloaded" if here else f"{total} to download"
    elif name in FROM_SKLEARN:
        here = version_of(*EXTRAS["sklearn"].packages) is not None
        state = "part of scikit-learn" if here else "needs scikit-learn"
    else:
        state = "computed"
    places = [str(copy or file.place) for file, copy in zip(needed, copies, strict=True)]
    return {
        "description": description(name), "state": state, "here": here, "files": places,
    }  # fmt: skip


INSTALL = "pip install 'steepest[sklearn]'"
NAME = Argument("NAME", "the data set", choices=NAMES)
LIST = Verb(
    name="list",
    summary="lists the data sets that are known by name",
    examples=(
        ("steepest datasets list", "lists them, with those that are downloaded"),
        ("steepest datasets list | grep download", "shows those that are files"),
    ),
    run=list_all,
)
FETCH = Verb(
    name="fetch",
    summary="downloads the files of a data set and verifies them",
    examples=(
        ("steepest datasets fetch mnist", "downloads it, or goes on with an earlier download"),
        ("STEEPEST_DATA=data steepest datasets fetch mnist", "verifies the copy in a folder"),
    ),
    arguments=(NAME,),
    run=fetch,
)
DESCRIBE = Verb(
    name="describe",
    summary="shows the sizes, shapes and classes of a data set",
    examples=(
        ("steepest datasets describe xor", "shows them, and the line of Python that loads it"),
        ("steepest datasets describe digits --json", "gives them to a program"),
    ),
    arguments=(NAME,),
    run=describe,
)
VERB = Verb(
    name="datasets",
    summary="lists, downloads and describes data sets",
    examples=(*LIST.examples[:1], *FETCH.examples[:1], *DESCRIBE.examples[:1]),
    verbs=(LIST, FETCH, DESCRIBE),
)
