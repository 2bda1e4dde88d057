"""Makes a Python for ARM that runs in the emulator QEMU, without root.

The folder `.arm` gets Debian's packages for ARM, extracted and not installed, wheels for ARM, and
QEMU where the machine has none. The interpreter `.arm/bin/python` is a shell script that starts the
emulator, so that processes which a program starts as `sys.executable` are emulated too.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".arm"
SYSTEM = FOLDER / "system"  # the files of Debian's packages for ARM
MADE = FOLDER / "made"  # the digest of the recipe by which the folder was made
EMULATOR = "qemu-aarch64-static"
PROCESSOR = "neoverse-n1"
DEBIAN = ("python3:arm64", "libstdc++6:arm64")
NEWEST_GLIBC = 36  # of Debian 12: wheels for newer versions of it would not load

# LLVM reads the processor's name and features here; QEMU would show it the file of this machine.
CPUINFO = """\
processor\t: 0
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc \
dcpop asimddp
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x3
CPU part\t: 0xd0c
CPU revision\t: 1

"""


class Missing(Exception):
    """Something that the emulated environment needs could not be had."""


def run(*command: str | Path, purpose: str) -> str:
    """Runs a command and returns what it printed; its last lines are in the error if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        raise Missing("\n".join([f"{purpose} failed:", *(f"  {line}" for line in lines[-8:])]))
    return done.stdout


def check_tools() -> None:
    """Raises an error that names the commands that are missing here."""
    if sys.platform != "linux":
        raise Missing(f"QEMU emulates programs on Linux only, and this is {sys.platform}")
    absent = [name for name in ("apt-get", "dpkg", "dpkg-deb") if not shutil.which(name)]
    if absent:
        made_of = "the Python for ARM is made of Debian's packages"
        raise Missing(f"no {', '.join(absent)} here: {made_of}")


def make(recipe: str) -> None:
    """Makes the folder by a recipe, whose digest is written last."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    extract(downloaded())
    python = (SYSTEM / "usr/bin/python3").readlink().name
    write_interpreter(python)
    install_wheels(python)
    shutil.rmtree(FOLDER / "apt")
    MADE.write_text(recipe)


def downloaded() -> list[Path]:
    """The packages for ARM, and the emulator's if the machine has none.

    A state of apt's own, in which nothing is installed, gives all that they depend on; the sources
    are those of this machine.
    """
    apt = FOLDER / "apt"
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True)
    (apt / "status").touch()
    host = run("dpkg", "--print-architecture", purpose="asking for this machine's architecture")
    options = {
        "Dir::State": apt / "state",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "root",
        "APT::Architectures": f"{host.strip()},arm64",
    }
    settings = [f"--option={name}={value}" for name, value in options.items()]
    emulator = [] if shutil.which(EMULATOR) else ["qemu-user-static"]
    run("apt-get", *settings, "update", purpose="reading the lists of Debian's packages")
    run(
        "apt-get", *settings, "install", "--yes", "--download-only", "--no-install-recommends",
        *DEBIAN, *emulator, purpose="downloading Debian's packages for arm64",
    )  # fmt: skip
    return sorted((apt / "cache/archives").glob("*.deb"))


def extract(packages: list[Path]) -> None:
    """Extracts packages; of the emulators, only the one for ARM."""
    for package in packages:
        target = FOLDER / "emulator" if package.name.startswith("qemu") else SYSTEM
        run("dpkg-deb", "--extract", package, target, purpose=f"extracting {package.name}")
    for emulator in (FOLDER / "emulator/usr/bin").glob("qemu-*"):
        if emulator.name != EMULATOR:
            emulator.unlink()
    (SYSTEM / "proc").mkdir()
    (SYSTEM / "proc/cpuinfo").write_text(CPUINFO)


def write_interpreter(python: str) -> None:
    """Writes the script that starts the emulator, as the interpreter of a virtual environment."""
    home, interpreter = SYSTEM / "usr/bin", FOLDER / "bin/python"
    emulator = shutil.which(EMULATOR) or FOLDER / "emulator/usr/bin" / EMULATOR
    options = f"-L '{SYSTEM}' -cpu {PROCESSOR} -0 '{interpreter}'"
    interpreter.parent.mkdir()
    interpreter.write_text(f"#!/bin/sh\nexec '{emulator}' {options} '{home / python}' \"$@\"\n")
    interpreter.chmod(0o755)
    (FOLDER / "pyvenv.cfg").write_text(f"home = {home}\ninclude-system-site-packages = false\n")


def install_wheels(python: str) -> None:
    """Installs the packages that the library and its tests need, as wheels for ARM."""
    packages = FOLDER / "lib" / python / "site-packages"
    version = python.removeprefix("python")
    abi = f"cp{version.replace('.', '')}"
    platforms = [f"manylinux_2_{minor}_aarch64" for minor in range(17, NEWEST_GLIBC + 1)]
    run(
        sys.executable, "-m", "pip", "install", "--quiet", "--target", packages,
        "--only-binary", ":all:", "--implementation", "cp", "--python-version", version,
        *(f"--abi={one}" for one in (abi, "abi3", "none")),
        *(f"--platform={one}" for one in ("manylinux2014_aarch64", *platforms)),
        *requirements(), purpose="installing wheels for ARM",
    )  # fmt: skip
    (packages / "steepest.pth").write_text(f"{ROOT / 'src'}\n")


def requirements() -> list[str]:
    """What the library depends on, and the packages that run tests.

    >>> [line.partition(">")[0] for line in requirements()][-3:]
    ['pytest', 'pytest-xdist', 'hypothesis']
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    tools = project["optional-dependencies"]["dev"]
    return [*project["dependencies"], *(t for t in tools if t.startswith(("pytest", "hypothesis")))]


def recipe() -> str:
    """A digest of what the folder is made from: this file and the names of the packages."""
    parts = [Path(__file__).read_text(), *requirements(), str(FOLDER)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def interpreter() -> Path:
    """A Python for ARM: of this machine if it is one, else the emulated one, made if needed."""
    if platform.machine().lower() in ("aarch64", "arm64"):
        return Path(sys.executable)
    wanted = recipe()
    if not MADE.exists() or MADE.read_text() != wanted:
        check_tools()
        print(f"making {FOLDER} from about 200 MB of packages", flush=True)
        make(wanted)
    return FOLDER / "bin/python"
