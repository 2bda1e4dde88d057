"""The processor's name, vector width and caches, and the cores that this process may use.

Depends on llvmlite and on files of the operating system.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from steepest.config import config
from steepest.engines.cores import text_of, usable_cores
from steepest.engines.cpu.machine import code_cache, preload
from steepest.errors import EngineUnavailable

# The features that each vector width needs; the engine's formulas also need a fused multiply-add.
_X86_WIDTHS = (
    (512, ("avx512f", "avx512dq", "avx512bw", "avx512vl")),
    (256, ("avx2", "fma")),
)
OPTIMISATION = 3  # LLVM's level, of 0 to 3
_PROCESSORS = Path("/proc/cpuinfo")
_X86 = ("vendor_id", "cpu family", "model", "model name", "stepping", "microcode", "flags")
_ARM = (*(f"CPU {what}" for what in ("implementer", "architecture", "variant", "part")), "Features")
_IDENTIFYING = frozenset((*_X86, *_ARM))  # the lines there that identify a processor model
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
        """A text that is equal for processors that can run the same machine code."""
        return f"{self.triple} {self.name} {self.vector_bits} {self.features}"

    def lanes(self, bits: int) -> int:
        """The numbers of `bits` bits in a vector."""
        return self.vector_bits // bits

    def narrowed(self, vector_bits: int) -> Processor:
        """This processor with vectors of at most `vector_bits`; its code runs here too.

        >>> processor().narrowed(128).vector_bits
        128
        """
        bits = min(vector_bits, self.vector_bits)
        left = [f for f in self.features.split(",") if bits >= 512 or "avx512" not in f]
        off = ["-avx512f"] if bits < 512 and "avx512f" in self.features else []
        features = ",".join([*left, *off])
        return replace(self, vector_bits=bits, features=features)


def processor() -> Processor:
    """The processor that this process runs on, with vectors of `config.vector_bits` at most.

    >>> processor() is processor()
    True
    """
    return _limited(config.vector_bits)


@lru_cache
def _limited(vector_bits: int | None) -> Processor:
    name, triple, features, bits = _description()
    level1, level2, level3 = (_cache_bytes(level) for level in (1, 2, 3))
    found = Processor(
        name=name,
        triple=triple,
        features=features,
        vector_bits=bits,
        cores=usable_cores(),
        level1_bytes=level1 or 32 * 1024,
        level2_bytes=level2 or 512 * 1024,
        level3_bytes=level3 or 4 * 1024 * 1024,
    )
    return found if vector_bits is None else found.narrowed(vector_bits)


def _description() -> tuple[str, str, str, int]:
    """Name, triple, features and vector bits, from the cache or from LLVM.

    They are cached because loading LLVM takes longer than loading the code of a small network.
    """
    digest = _digest()
    if cached := digest and code_cache.load(digest, "processor"):
        name, triple, features, bits = json.loads(cached)
        return name, triple, features, bits
    found = _described_by_llvm()
    if digest:
        code_cache.store(digest, json.dumps(found).encode(), "processor")
    return found


def _digest() -> str | None:
    """The name of the cache entry for this machine and version of llvmlite."""
    version, machine = llvmlite_version(), fingerprint()
    return machine and hashlib.sha256(f"{version}\0{machine}".encode()).hexdigest()


def expect() -> None:
    """Starts to load LLVM if describing the processor will need it: a program is to be compiled."""
    if _limited.cache_info().currsize:
        return
    digest = _digest()
    if not (digest and code_cache.load(digest, "processor")):
        preload.begin()


def _described_by_llvm() -> tuple[str, str, str, int]:
    llvm = llvm_binding()
    features, triple = llvm.get_host_cpu_features(), llvm.get_process_triple()
    return llvm.get_host_cpu_name(), triple, features.flatten(), _vector_bits(triple, features)


def fingerprint() -> str | None:
    """A text that identifies the processor model and the kernel; None where it is not known.

    Equal for processors of one model under one kernel that have the same features.
    """
    first = text_of(_PROCESSORS).partition("\n\n")[0]
    pairs = [line.partition(":")[::2] for line in first.splitlines()]
    found = {key.strip(): value.strip() for key, value in pairs if key.strip() in _IDENTIFYING}
    return repr((os.uname()[2:], sorted(found.items()))) if found else None


@lru_cache(maxsize=1)
def llvm_binding() -> Any:
    """llvmlite's binding, initialised for this processor."""
    preload.finish()
    try:
        import llvmlite.binding as llvm
    except ImportError as error:
        raise _no_llvmlite(error) from error
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


def llvmlite_version() -> str:
    """The version of llvmlite; its library is not loaded for this."""
    try:
        import llvmlite
    except ImportError as error:
        raise _no_llvmlite(error) from error
    return str(llvmlite.__version__)


def target_machine(target: Processor) -> Any:
    """LLVM's target machine for a processor."""
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
        f"the cpu engine compiles with llvmlite, which is missing or broken here "
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
        f"the cpu engine supports x86-64 with AVX2 and FMA, and 64-bit ARM; this is {triple} "
        'without them; choose st.config.engine = "numpy"'
    )


def _cache_bytes(level: int) -> int | None:
    for folder in sorted(_CACHES.glob("index*")):
        kind = text_of(folder / "type").strip()
        if text_of(folder / "level").strip() == str(level) and kind in ("Data", "Unified"):
            size = text_of(folder / "size").strip()
            units, number = {"K": 1024, "M": 1024**2, "G": 1024**3}, size.rstrip("KMG")
            return int(number) * units.get(size[-1], 1) if number.isdigit() else None
    return None
