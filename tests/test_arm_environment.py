"""The emulated environment is made once, and what cannot be had is named. No emulator runs here."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scripts import arm_environment as environment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the interpreter is a shell script")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "a folder"
    monkeypatch.setattr(environment, "FOLDER", folder)
    monkeypatch.setattr(environment, "SYSTEM", folder / "system")
    monkeypatch.setattr(environment, "MADE", folder / "made")
    folder.mkdir()
    return folder


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_the_interpreter_starts_the_emulator(folder: Path, monkeypatch: pytest.MonkeyPatch):
    program(folder / environment.EMULATOR, 'printf "%s|" "$@"')
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    environment.write_interpreter("python3.11")
    interpreter, system = folder / "bin/python", folder / "system"
    said = subprocess.run([interpreter, "-c", "print('a b')"], capture_output=True, text=True)
    options = ["-L", system, "-cpu", environment.PROCESSOR, "-0", interpreter]
    expected = [*options, system / "usr/bin/python3.11", "-c", "print('a b')"]
    assert said.stdout.split("|")[:-1] == [str(part) for part in expected]
    assert f"home = {system}/usr/bin\n" in (folder / "pyvenv.cfg").read_text()


def test_the_environment_is_made_again_only_if_its_recipe_changes(monkeypatch: pytest.MonkeyPatch):
    made: list[str] = []
    monkeypatch.setattr(environment.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(environment, "check_tools", lambda: None)

    def make(recipe: str) -> None:
        made.append(recipe)
        environment.MADE.write_text(recipe)

    monkeypatch.setattr(environment, "make", make)
    both = {environment.interpreter(), environment.interpreter()}
    assert both == {environment.FOLDER / "bin/python"} and len(made) == 1
    monkeypatch.setattr(environment, "requirements", lambda: ["numpy>=3"])
    environment.interpreter()
    assert len(set(made)) == 2


def test_on_arm_no_emulator_is_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(environment.platform, "machine", lambda: "aarch64")
    assert environment.interpreter() == Path(environment.sys.executable)


def test_missing_programs_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch):
    program(folder / "dpkg", "")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(environment.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(environment.sys, "platform", "linux")
    with pytest.raises(environment.Missing, match="no apt-get, dpkg-deb here"):
        environment.interpreter()


def test_the_last_lines_of_a_failed_command_are_in_the_error(folder: Path):
    program(folder / "apt", "seq 20; echo no such package >&2; exit 3")
    printed = r"^asking failed:\n  14\n(.*\n)*  no such package$"
    with pytest.raises(environment.Missing, match=printed):
        environment.run(folder / "apt", purpose="asking")
