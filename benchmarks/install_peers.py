"""Makes `.venv-bench`, an environment with steepest and every peer that can be installed.

Run by `make bench-full`. A peer whose installation fails is reported and left out.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".venv-bench"

PEERS = {
    "jax": ["jax"],
    # Pinned; PIP_EXTRA_INDEX_URL may name the index of CPU-only builds.
    "torch": ["torch==2.13.0"],
    "scikit-learn": ["scikit-learn"],
    "keras": ["keras", "tensorflow"],
}


def main() -> None:
    """Makes the environment if it does not exist, and installs missing packages."""
    python = _environment()
    if not _installed(python, ["--editable", f"{ROOT}[sparse]"]):
        sys.exit("pip could not install steepest itself; see its message above")
    for name, arguments in PEERS.items():
        print(f"{name}: {'ready' if _installed(python, arguments) else 'left out'}", flush=True)


def _environment() -> Path:
    python = FOLDER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        venv.create(FOLDER, with_pip=True)
    return python


def _installed(python: Path, arguments: list[str]) -> bool:
    command = [str(python), "-m", "pip", "install", "--quiet", "--prefer-binary", *arguments]
    return subprocess.run(command).returncode == 0


if __name__ == "__main__":
    main()
