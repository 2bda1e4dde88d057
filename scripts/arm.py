"""Runs tests as code for ARM, in an emulator where the machine is none: `make test-arm`.

`.arm/bin/python -m pytest FILE` runs other tests, once the environment is there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from scripts.arm_environment import ROOT, Missing, interpreter, run

# What is compiled and how it runs: vector functions, kernels, agreement, threads, bits.
SELECTION = [
    "tests/engines/cpu/vectormath",
    "tests/engines/cpu/gemm",
    "tests/engines/cpu/kernels",
    "tests/engines/cpu/emit",
    "tests/engines/cpu/machine/test_compiling.py",
    "tests/engines/cpu/machine/test_jit.py",
    "tests/engines/cpu/run",
    "tests/engines/cpu/test_bits.py",
    "tests/agreement",
]
HELLO = """\
from steepest.engines.cpu.machine.processor import processor
here = processor()
print(f"{here.triple}, {here.name}, vectors of {here.vector_bits} bits, {here.cores} cores")
"""


def main() -> int:
    """Run the selection, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("flags", nargs="*", help="options for pytest, behind --")
    flags = parser.parse_args().flags
    try:
        python = interpreter()
        print(run(python, "-c", HELLO, purpose="starting the Python for ARM"), end="", flush=True)
    except Missing as problem:
        print(f"cannot run the tests on ARM: {problem}", file=sys.stderr)
        return 1
    start = time.monotonic()
    options = ["-p", "no:cacheprovider", "-n", "auto"]
    command = [python, "-m", "pytest", *options, *SELECTION, *flags]
    ended = subprocess.run(command, cwd=ROOT).returncode
    print(f"{(time.monotonic() - start) / 60:.0f} minutes")
    return ended


if __name__ == "__main__":
    sys.exit(main())
