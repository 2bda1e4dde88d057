"""What the verbs say: info, datasets."""

from __future__ import annotations

import gzip
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

import steepest
from steepest.cli import extras
from steepest.cli.extras import EXTRAS
from steepest.cli.main import main
from steepest.cli.verbs import datasets
from steepest.datasets import catalog, fetch
from steepest.datasets.fetch import RemoteFile, Version
from steepest.engines import machine
from steepest.errors import EngineUnavailable
from steepest.version import VERSION

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


def result(capsys, *words: str, code: int = 0) -> dict:
    """What a command gives to a program."""
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)["result"]


def printed(capsys, *words: str, code: int = 0) -> str:
    """What a command prints."""
    assert main(words) == code
    return capsys.readouterr().out


def test_the_version_is_that_of_the_project():
    assert PROJECT["version"] == VERSION == steepest.__version__


def test_the_extras_are_those_of_the_project():
    declared = PROJECT["optional-dependencies"]
    found = {
        name: [f"{package}>={least}" for package, least in extra.packages.items()]
        for name, extra in EXTRAS.items()
    }
    other = ("all", "dev", "browser", "docs")  # all of them, and those of its developers
    assert found == {name: declared[name] for name in declared if name not in other}


def test_info_says_what_there_is(capsys, monkeypatch):
    monkeypatch.setenv("STEEPEST_DATA", "some/folder")
    found = result(capsys, "info")
    here = machine.machine()
    assert found["version"] == VERSION
    assert (found["engine"], found["vector_bits"]) == (here.engine, here.vector_bits)
    assert found["data_folder"] == "some/folder"
    assert found["packages"]["numpy"] and set(found["extras"]) == set(EXTRAS)
    text = printed(capsys, "info")
    assert f"steepest      {VERSION} in " in text and "some/folder" in text
    assert all(name in text for name in EXTRAS)


def test_info_follows_the_settings(capsys, monkeypatch):
    monkeypatch.setattr(steepest.config, "engine", "numpy")
    monkeypatch.setattr(steepest.config, "threads", 3)
    monkeypatch.setenv("STEEPEST_CACHE", "off")
    found = result(capsys, "info")
    assert (found["engine"], found["threads"], found["cache_folder"]) == ("numpy", 3, None)
    text = printed(capsys, "info")
    assert "3 (STEEPEST_THREADS), of " in text and "caching is off" in text


def test_info_says_why_there_is_no_machine_code(capsys, monkeypatch):
    from steepest.engines.cpu.machine import processor

    def absent():
        raise EngineUnavailable("llvmlite is missing")

    monkeypatch.setattr(processor, "processor", absent)
    found = result(capsys, "info")
    assert (found["engine"], found["vector_bits"], found["cache_bytes"]) == ("numpy", None, None)
    assert "numpy: NumPy; llvmlite is missing" in printed(capsys, "info")


@pytest.mark.parametrize(
    ("version", "code"), [(None, 3), ("3.8.4", 3), ("3.9", 0), ("3.10.1rc1", 0), ("4", 0)]
)
def test_a_required_extra_has_to_be_recent_enough(version, code, capsys, monkeypatch):
    monkeypatch.setattr(extras, "version_of", lambda package: version)
    found = result(capsys, "info", "--require", "plot", code=code)
    assert found["extras"]["plot"]["installed"] == (code == 0)
    assert main(["info", "--require", "plot"]) == code
    said = capsys.readouterr()
    assert ("pip install 'steepest[plot]'" in said.err) == (code == 3)
    assert "extras" in said.out


def test_several_extras_can_be_required(capsys, monkeypatch):
    monkeypatch.setattr(extras, "version_of", lambda package: None)
    assert main(["info", "--require", "plot", "--require", "tune"]) == 3
    assert capsys.readouterr().err == (
        "error: not installed: the extra plot and tune; pip install 'steepest[plot,tune]'\n"
    )


def test_the_names_are_those_of_the_library():
    assert datasets.NAMES == catalog.NAMES


def test_list_has_a_line_for_each(capsys):
    lines = printed(capsys, "datasets", "list").splitlines()
    assert [line.split()[0] for line in lines] == list(catalog.NAMES)
    found = result(capsys, "datasets", "list")["datasets"]
    assert found["xor"]["state"] == "computed" and found["xor"]["here"]
    assert found["mnist"]["state"] == "11 MB to download" and not found["mnist"]["here"]


@pytest.mark.parametrize("name", datasets.NAMES)
def test_describe_downloads_nothing(name, capsys, monkeypatch):
    monkeypatch.setattr(fetch, "download", None)
    found = result(capsys, "datasets", "describe", name)
    assert ("rows" in found) == found["here"]
    text = printed(capsys, "datasets", "describe", name)
    assert f"st.datasets.{name}.load_data()" in text
    assert ("steepest datasets fetch" in text) == (not found["here"] and bool(found["files"]))


def test_what_scikit_learn_has_needs_it(capsys, monkeypatch):
    monkeypatch.setattr(datasets, "version_of", lambda package: None)
    found = result(capsys, "datasets", "describe", "iris")
    assert (found["here"], found["state"]) == (False, "needs scikit-learn")
    assert "pip install 'steepest[sklearn]'" in printed(capsys, "datasets", "describe", "iris")


def test_describe_gives_what_load_gives(capsys):
    found = result(capsys, "datasets", "describe", "moons")
    info = steepest.datasets.load("moons", with_info=True)[1]
    assert found["rows"] == {"train": 800, "test": 200}
    assert found["features"]["features"] == {
        "shape": list(info.features["features"].shape),
        "dtype": str(info.features["features"].dtype),
    }
    assert found["description"] == info.description


@pytest.mark.parametrize(
    ("shape", "dtype", "form"),
    [
        ((), "int64", "a number, int64"),
        ((1,), "float32", "a number, float32"),
        ((30,), "float64", "30 numbers, float64"),
        ((28, 28, 1), "uint8", "28 x 28 x 1 numbers, uint8"),
        ((), "object", "a list, of any length"),
    ],
)
def test_shapes_are_said_in_words(shape, dtype, form, capsys, monkeypatch):
    feature = catalog.Feature(shape, np.dtype(dtype))
    info = catalog.Info("xor", "", {}, {"x": feature}, None)
    monkeypatch.setattr(catalog, "load", lambda name, with_info: ({}, info))
    assert f"x       {form}\n" in printed(capsys, "datasets", "describe", "xor")


@pytest.fixture
def one_file(tmp_path, monkeypatch) -> Path:
    """A data set of one file of known bytes, in a folder of data sets; the path of the file."""
    import hashlib

    held = gzip.compress(b"pixels", mtime=0)
    digest = hashlib.sha256(held).hexdigest()
    file = RemoteFile("xor", "pixels.gz", ("https://localhost:9/p",), (Version(len(held), digest),))
    monkeypatch.setattr(steepest.datasets.xor, "FILES", (file,), raising=False)
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))
    path = tmp_path / "xor" / "pixels.gz"
    path.parent.mkdir()
    path.write_bytes(held)
    return path


def test_fetch_verifies_a_copy_and_prints_its_path(one_file, capsys):
    assert printed(capsys, "datasets", "fetch", "xor") == f"{one_file}\n"
    assert result(capsys, "datasets", "fetch", "xor")["files"] == [str(one_file)]
    assert result(capsys, "datasets", "list")["datasets"]["xor"]["state"] == "downloaded"


def test_fetch_refuses_a_damaged_copy(one_file, capsys):
    one_file.write_bytes(one_file.read_bytes()[:-1])
    assert main(["datasets", "fetch", "xor"]) == 2
    assert "remove it and get it again from" in capsys.readouterr().err
    assert not result(capsys, "datasets", "list")["datasets"]["xor"]["here"]


def test_a_failed_download_says_what_to_do(one_file, capsys, monkeypatch):
    one_file.unlink()
    assert main(["datasets", "fetch", "xor"]) == 2
    said = capsys.readouterr()
    assert not said.out and said.err.count("\n") == 1
    assert f"put it at {one_file}" in said.err


def test_fetch_of_what_has_no_files_says_so(capsys):
    assert printed(capsys, "datasets", "fetch", "moons") == (
        "moons has no files of its own: computed\n"
    )
    assert "part of scikit-learn" in printed(capsys, "datasets", "fetch", "iris")
