"""Runs the tests on other versions of Python and of the packages: `make test-versions`.

Each Python of this machine from the project's lowest on gets two environments below
`.venv-versions`: one with the lowest versions that pyproject.toml declares, one with the newest
that can be installed. `python -m scripts.versions --python 3.11 --dependencies lowest -- -k tape`
runs one of them, with options for pytest.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv-versions"
KINDS = ("lowest", "newest")
NEWEST_KNOWN = 20  # no Python 3 beyond this minor version is looked for
TOOLS = {"pytest", "pytest-xdist", "hypothesis", "ruff", "mypy"}  # of development, at any version
BINARY = ("--only-binary", ":all:", "--no-binary", "steepest")  # compiling NumPy takes minutes
_FLOOR = re.compile(r"([A-Za-z0-9_.-]+)(\[[^]]*\])?>=([0-9][0-9.]*)")


def pythons() -> dict[str, Path]:
    """The interpreters of this machine by version: on the path, then those of pyenv."""
    found: dict[str, Path] = {}
    for minor in range(lowest_minor(), NEWEST_KNOWN):
        version = f"3.{minor}"
        own = sorted(Path.home().glob(f".pyenv/versions/{version}*/bin/python"))
        for path in (shutil.which(f"python{version}"), *own):
            if path and version not in found and runs(path, version):
                found[version] = Path(path)
    return found


def runs(path: str | Path, version: str) -> bool:
    """Whether a program is a Python of a version (the commands of pyenv may be without one)."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    said = subprocess.run([path, "-c", code], capture_output=True, text=True)
    return said.returncode == 0 and said.stdout.strip() == version


def project() -> dict[str, object]:
    """The table `project` of pyproject.toml."""
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def lowest_minor() -> int:
    """The minor version of the oldest Python that the project supports."""
    return int(str(project()["requires-python"]).removeprefix(">=3."))


def floors() -> list[str]:
    """The lowest declared version of each package that tests use: `numpy==2.0`.

    >>> [floor for floor in floors() if floor.startswith("rich")]
    ['rich==13']
    """
    table = project()
    extras = table["optional-dependencies"]
    assert isinstance(extras, dict)
    own = {name for line in extras["dev"] for name in re.findall(r"\[(.*)\]", line)}
    names = [name for listed in own for name in listed.split(",")]
    lines = [*list(table["dependencies"]), *extras["dev"]]  # type: ignore[call-overload]
    lines += [line for name in names for line in extras[name]]
    matches = [match for line in lines if (match := _FLOOR.match(line))]
    return sorted({f"{m[1]}=={m[3]}" for m in matches if m[1] not in TOOLS})


def environment(version: str, python: Path, kind: str) -> Path:
    """Makes an environment, or brings it up to date; its interpreter."""
    folder = FOLDER / f"{version}-{kind}"
    inside = folder / "bin" / "python"
    if not inside.exists():
        subprocess.run([python, "-m", "venv", folder], check=True)
    wanted = floors() if kind == "lowest" else ["--upgrade", "--upgrade-strategy", "eager"]
    subprocess.run(
        [inside, "-m", "pip", "install", "--quiet", "--editable", ".[dev]", *BINARY, *wanted],
        check=True, cwd=ROOT,
    )  # fmt: skip
    return inside


def outcomes(versions: dict[str, Path], kinds: list[str], flags: list[str]) -> Iterator[str]:
    """Runs the tests in each environment; a line for each, which begins with how it ended."""
    for version, python in versions.items():
        for kind in kinds:
            name = f"Python {version} with the {kind} dependencies"
            print(f"--- {name}", flush=True)
            try:
                inside = environment(version, python, kind)
            except subprocess.CalledProcessError:
                yield f"could not install: {name}"
                continue
            # The newest packages below the lowest ones may deprecate what those use.
            quiet = ["-W", "ignore::DeprecationWarning"] if kind == "lowest" else []
            ended = subprocess.run([inside, "-m", "pytest", *quiet, *flags], cwd=ROOT).returncode
            yield f"{'failed' if ended else 'passed'}: {name}"


def main() -> int:
    """Run what is asked for, and say what could not run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help='one version as 3.11, or "oldest"; all if it is left out')
    parser.add_argument("--dependencies", choices=KINDS, help="one of the two; both by default")
    parser.add_argument("flags", nargs="*", help="options for pytest, behind --")
    given = parser.parse_args()
    found = pythons()
    if given.python == "oldest":
        given.python = next(iter(found), f"3.{lowest_minor()}")
    if given.python:
        found = {version: path for version, path in found.items() if version == given.python}
    asked = [given.dependencies] if given.dependencies else list(KINDS)
    lines = list(outcomes(found, asked, given.flags))
    newest = max((int(version[2:]) for version in found), default=lowest_minor())
    wanted = [given.python] if given.python else [
        f"3.{minor}" for minor in range(lowest_minor(), newest + 2)
    ]  # fmt: skip
    lines += [f"not on this machine: Python {one}" for one in wanted if one not in found]
    print("\n".join(lines))
    return int(not found or any(line.startswith("failed") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
