"""The description of a processor: widths by features, narrower vectors, sizes of caches."""

from __future__ import annotations

from pathlib import Path

import pytest

import steepest as st
from steepest.engines.cpu.machine import processor as file
from steepest.engines.cpu.machine.processor import Processor, _vector_bits

LINUX = "x86_64-unknown-linux-gnu"
AVX2 = ("avx2", "fma")
AVX512 = ("avx512f", "avx512dq", "avx512bw", "avx512vl")
WIDE = Processor("chip", LINUX, "+avx2,+avx512f,-sse4a,+avx512vl", 512, 8, 1, 2, 3)


@pytest.mark.parametrize(
    ("triple", "features", "bits"),
    [
        (LINUX, (*AVX2, *AVX512), 512),
        (LINUX, AVX512, 512),
        (LINUX, (*AVX2, *AVX512[:3]), 256),
        (LINUX, AVX2, 256),
        ("AMD64-pc-windows-msvc", AVX2, 256),
        ("aarch64-unknown-linux-gnu", (), 128),
        ("arm64-apple-darwin", (), 128),
    ],
)
def test_vectors_are_as_wide_as_the_features_allow(
    triple: str, features: tuple[str, ...], bits: int
) -> None:
    absent = dict.fromkeys((*AVX2, *AVX512), False)
    assert _vector_bits(triple, absent | dict.fromkeys(features, True)) == bits


@pytest.mark.parametrize("missing", AVX2)
def test_each_feature_of_the_narrowest_vectors_is_needed(missing: str) -> None:
    features = {feature: feature != missing for feature in AVX2}
    with pytest.raises(st.errors.EngineUnavailable, match=f"this is {LINUX} without them"):
        _vector_bits(LINUX, features)


@pytest.mark.parametrize(
    ("bits", "width", "features"),
    [
        (1024, 512, "+avx2,+avx512f,-sse4a,+avx512vl"),
        (512, 512, "+avx2,+avx512f,-sse4a,+avx512vl"),
        (256, 256, "+avx2,-sse4a,-avx512f"),
        (128, 128, "+avx2,-sse4a,-avx512f"),
    ],
)
def test_a_narrowed_processor_has_no_features_of_wider_vectors(
    bits: int, width: int, features: str
) -> None:
    found = WIDE.narrowed(bits)
    assert (found.vector_bits, found.features) == (width, features)
    assert (found.name, found.cores, found.level3_bytes) == ("chip", 8, 3)
    assert found.lanes(32) == width // 32


def test_without_wide_vectors_none_are_turned_off() -> None:
    narrow = Processor("chip", LINUX, "+avx2", 256, 8, 1, 2, 3)
    assert narrow.narrowed(128).features == "+avx2"


def caches(folder: Path, *rows: tuple[str, str, str]) -> None:
    for number, (level, kind, size) in enumerate(rows):
        entry = folder / f"index{number}"
        entry.mkdir()
        for name, text in (("level", level), ("type", kind), ("size", size)):
            (entry / name).write_text(f"{text}\n")


def test_sizes_of_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_CACHES", tmp_path)
    caches(
        tmp_path,
        ("1", "Instruction", "64K"),
        ("1", "Data", "48K"),
        ("2", "Unified", "2M"),
        ("3", "Unified", "1G"),
        ("4", "Unified", "4096"),
        ("5", "Unified", "much"),
    )
    sizes = [file._cache_bytes(level) for level in range(1, 7)]
    assert sizes == [48 * 1024, 2 * 1024**2, 1024**3, 4096, None, None]
