"""What this processor can do: its name, its vectors, the cores this process may use, its caches.

Leans on llvmlite's knowledge of processors and on what the operating system tells.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from steepest.engines.cores import text_of, usable_cores
from steepest.engines.cpu.machine import code_cache, preload
from steepest.errors import EngineUnavailable

# What each width of vector needs; the engine's formulas also need a fused multiply-add.
_X86_WIDTHS = (
    (512, ("avx512f", "avx512dq", "avx512bw", "avx512vl")),
    (256, ("avx2", "fma")),
)
OPTIMISATION = 3  # LLVM's level, of 0 to 3
_PROCESSORS = Path("/proc/cpuinfo")
_X86 = ("vendor_id", "cpu family", "model", "model name", "stepping", "microcode", "flags")
_ARM = (*(f"CPU {what}" for what in ("implementer", "architecture", "variant", "part")), "Features")
_TELLING = frozenset((*_X86, *_ARM))  # the lines there that tell one kind from another
_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


@dataclass(frozen=True)
class Processor:
    """A processor as the code generator sees it; `cores` are those this process may use.

    >>> machine = processor()
    >>> machine.vector_bits in (128, 256, 512) and machine.cores >= 1
    True
    >>> machine.lanes(32) == machine.vector_bits // 32
    True
    """

    name: str
    triple: str
    features: str
    vector_bits: int
    cores: int
    level1_bytes: int
    level2_bytes: int
    level3_bytes: int

    @property
    def key(self) -> str:
        """Equal for processors on which the same machine code may run."""
        return f"{self.triple} {self.name} {self.vector_bits} {self.features}"

    def lanes(self, bits: int) -> int:
        """How many numbers of so many bits fill a vector."""
        return self.vector_bits // bits

    def narrowed(self, vector_bits: int) -> Processor:
        """The same processor without its wider vectors: what is made for it runs here too.

        >>> processor().narrowed(128).vector_bits
        128
        """
        bits = min(vector_bits, self.vector_bits)
        kept = [f for f in self.features.split(",") if bits >= 512 or "avx512" not in f]
        off = ["-avx512f"] if bits < 512 and "avx512f" in self.features else []
        features = ",".join([*kept, *off])
        return replace(self, vector_bits=bits, features=features)


@lru_cache(maxsize=1)
def processor() -> Processor:
    """The processor that this process runs on.

    >>> processor() is processor()
    True
    """
    name, triple, features, bits = _known_to_llvm()
    level1, level2, level3 = (_cache_bytes(level) for level in (1, 2, 3))
    return Processor(
        name=name,
        triple=triple,
        features=features,
        vector_bits=bits,
        cores=usable_cores(),
        level1_bytes=level1 or 32 * 1024,
        level2_bytes=level2 or 512 * 1024,
        level3_bytes=level3 or 4 * 1024 * 1024,
    )


def _known_to_llvm() -> tuple[str, str, str, int]:
    """Name, triple, features and vector bits: LLVM is asked once for each kind of machine.

    To load it takes longer than to load the code for a small network.
    """
    digest = _digest()
    if kept := digest and code_cache.load(digest, "processor"):
        name, triple, features, bits = json.loads(kept)
        return name, triple, features, bits
    found = _asked_of_llvm()
    if digest:
        code_cache.store(digest, json.dumps(found).encode(), "processor")
    return found


def _digest() -> str | None:
    """The name under which what LLVM knows of this machine is kept."""
    version, machine = llvmlite_version(), fingerprint()
    return machine and hashlib.sha256(f"{version}\0{machine}".encode()).hexdigest()


def expect() -> None:
    """A program will be asked for: begin to load LLVM if it has to tell the processor first."""
    if processor.cache_info().currsize:
        return
    digest = _digest()
    if not (digest and code_cache.load(digest, "processor")):
        preload.begin()


def _asked_of_llvm() -> tuple[str, str, str, int]:
    llvm = llvm_binding()
    features, triple = llvm.get_host_cpu_features(), llvm.get_process_triple()
    return llvm.get_host_cpu_name(), triple, features.flatten(), _vector_bits(triple, features)


def fingerprint() -> str | None:
    """What the system tells of the processor and of itself, in one text; None where it does not.

    Equal for processors of one model under one kernel that have the same features.
    """
    first = text_of(_PROCESSORS).partition("\n\n")[0]
    pairs = [line.partition(":")[::2] for line in first.splitlines()]
    told = {key.strip(): value.strip() for key, value in pairs if key.strip() in _TELLING}
    return repr((os.uname()[2:], sorted(told.items()))) if told else None


@lru_cache(maxsize=1)
def llvm_binding() -> Any:
    """llvmlite's binding, ready to make code for this processor."""
    preload.finish()
    try:
        import llvmlite.binding as llvm
    except ImportError as error:
        raise _no_llvmlite(error) from error
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


def llvmlite_version() -> str:
    """The version of llvmlite, whose library is not loaded to tell it."""
    try:
        import llvmlite
    except ImportError as error:
        raise _no_llvmlite(error) from error
    return str(llvmlite.__version__)


def target_machine(target: Processor) -> Any:
    """LLVM's description of a processor to make code for."""
    return (
        llvm_binding()
        .Target.from_triple(target.triple)
        .create_target_machine(
            cpu=target.name,
            features=target.features,
            opt=OPTIMISATION,
            reloc="pic",
            codemodel="small",
            jit=True,
        )
    )


def _no_llvmlite(error: ImportError) -> EngineUnavailable:
    return EngineUnavailable(
        f"the cpu engine makes machine code with llvmlite, which is missing or broken here "
        f'({error}); `pip install llvmlite`, or choose st.config.engine = "numpy"'
    )


def _vector_bits(triple: str, features: dict[str, bool]) -> int:
    family = triple.split("-")[0].lower()
    if family in ("aarch64", "arm64"):
        return 128
    if family in ("x86_64", "amd64"):
        for bits, needed in _X86_WIDTHS:
            if all(features.get(feature) for feature in needed):
                return bits
    raise EngineUnavailable(
        f"the cpu engine knows x86-64 with AVX2 and FMA, and 64-bit ARM; this is {triple} without "
        'them; choose st.config.engine = "numpy"'
    )


def _cache_bytes(level: int) -> int | None:
    for folder in sorted(_CACHES.glob("index*")):
        kind = text_of(folder / "type").strip()
        if text_of(folder / "level").strip() == str(level) and kind in ("Data", "Unified"):
            return _size(text_of(folder / "size").strip())
    return None


def _size(text: str) -> int | None:
    units = {"K": 1024, "M": 1024**2, "G": 1024**3}
    number = text.rstrip("KMG")
    return int(number) * units.get(text[-1], 1) if number.isdigit() else None
