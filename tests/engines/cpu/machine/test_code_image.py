"""Object files become images that run without LLVM; others are linked by LLVM."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from steepest.engines import choose
from steepest.engines.cpu.machine import jit, processor
from steepest.engines.cpu.machine.code_image import Image, image_of
from steepest.engines.cpu.machine.compiling import object_of
from steepest.engines.cpu.machine.executable import LinkedFiles, MappedImage, ObjectFiles

HERE = processor.processor()
images = pytest.mark.skipif(
    not HERE.triple.startswith("x86_64") or "linux" not in HERE.triple,
    reason="images exist on Linux on x86-64 only",
)

# Constants of several alignments, an internal function, and functions of the C library.
CODE = """
@table = private constant [4 x double] [double 1.5, double 2.5, double 3.5, double 4.5], align 64

declare double @fmod(double, double)
declare ptr @memset(ptr, i32, i64)

define internal double @inner(i64 %i) noinline {
  %p = getelementptr [4 x double], ptr @table, i64 0, i64 %i
  %y = load double, ptr %p
  %z = fmul double %y, 2.0
  ret double %z
}
define double @rest(i64 %i, double %x) {
  %y = call double @inner(i64 %i)
  %r = call double @fmod(double %x, double %y)
  ret double %r
}
define i8 @filled(i64 %n) {
  %memory = alloca [256 x i8], align 32
  call ptr @memset(ptr %memory, i32 7, i64 %n)
  %p = getelementptr i8, ptr %memory, i64 %n
  %last = getelementptr i8, ptr %p, i64 -1
  %b = load i8, ptr %last
  ret i8 %b
}
"""


def object_file(text: str) -> bytes:
    return object_of(text, HERE).file


def rest(code: MappedImage | LinkedFiles) -> float:
    kind = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int64, ctypes.c_double)
    return float(kind(code.address("rest"))(1, 7.0))


@images
def test_an_image_runs_with_constants_and_the_c_library() -> None:
    image = image_of([object_file(CODE)])
    assert image is not None
    assert set(image.functions) == {"rest", "filled"}
    assert set(image.foreign) == {"fmod", "memset"}
    mapped = MappedImage(image)
    assert rest(mapped) == 2.0
    assert ctypes.CFUNCTYPE(ctypes.c_int8, ctypes.c_int64)(mapped.address("filled"))(100) == 7
    mapped.close()


def test_llvm_links_files_without_an_image() -> None:
    linked = LinkedFiles(ObjectFiles((object_file(CODE),), ("rest", "filled")))
    assert rest(linked) == 2.0
    linked.close()


UNSUPPORTED = {
    "memory that is written": "@n = global i64 3\ndefine ptr @f() { ret ptr @n }",
    "zero-initialised memory": "@n = internal global i64 0\ndefine ptr @f() { ret ptr @n }",
    "an unknown function": "declare void @nowhere()\n"
    "define void @f() { call void @nowhere() ret void }",
    "a foreign address": "declare double @fmod(double, double)\ndefine ptr @f() { ret ptr @fmod }",
    "an address among constants": "@t = internal constant [1 x ptr] [ptr @g]\n"
    "define void @g() { ret void }\ndefine ptr @f() { ret ptr @t }",
}


@pytest.mark.parametrize("what", UNSUPPORTED)
def test_unsupported_object_files_have_no_image(what: str) -> None:
    assert image_of([object_file(UNSUPPORTED[what])]) is None


@images
def test_another_machines_object_file_has_no_image() -> None:
    file = bytearray(object_file(CODE))
    file[18] = 183  # ARM
    assert image_of([bytes(file)]) is None


@images
def test_a_mapped_image_cannot_be_written() -> None:
    image = image_of([object_file(CODE)])
    assert image is not None
    start = MappedImage(image).address("rest") - image.functions["rest"]
    maps = Path("/proc/self/maps").read_text().splitlines()
    ranges = [line.split()[:2] for line in maps]
    containing = [
        rights
        for span, rights in ranges
        if int(span.split("-")[0], 16) <= start < int(span.split("-")[1], 16)
    ]
    assert containing == ["r-xp"]


@pytest.mark.parametrize(
    "code", [Image(b"abc", {"f": 1}, {"g": 2}), ObjectFiles((b"abc", b"de"), ("f",))]
)
def test_an_entry_is_read_as_it_was_stored(code: Image | ObjectFiles) -> None:
    entry = jit._Entry(b"a note\n", b"text", code)
    assert jit._Entry.unpacked(entry.packed()) == entry


# ---------------------------------------------------------------- a start from cached code

SCRIPT = textwrap.dedent("""
    import sys
    import numpy as np, steepest as st
    st.random.set_seed(1)
    x = np.linspace(-1, 1, 200, dtype="float32").reshape(50, 4)
    model = st.Sequential([st.layers.Dense(5, "tanh", input_shape=(4,)), st.layers.Dense(1)])
    model.compile("adam", "mse", engine="cpu")
    model.fit(x, x[:, :1], epochs=2, verbose=0)
    print(model.predict(x, verbose=0).tobytes().hex())
    print("llvmlite.binding" in sys.modules, "steepest.engines.cpu.plan" in sys.modules)
    print("libllvmlite" in open("/proc/self/maps").read(), "numpy.ma" in sys.modules)
""")


KERNELS = textwrap.dedent("""
    import sys
    import numpy as np
    from steepest.engines.cpu.kernels.epoch_orders import epoch_orders
    from steepest.engines.cpu.kernels.to_sparse import to_sparse_rows
    rows = to_sparse_rows(np.eye(40, dtype="float32"))
    print(epoch_orders(1, 0, 2, 7).tolist(), rows.indices.tolist(), rows.indptr.tolist())
    emitter = "steepest.engines.cpu.kernels.epoch_orders_code"
    print("llvmlite.binding" in sys.modules, emitter in sys.modules)
""")


def output_of_a_process(folder: Path, script: str = SCRIPT) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    environment["STEEPEST_CACHE"] = str(folder)
    ran = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    return ran.stdout.splitlines()


@images
def test_cached_code_runs_without_llvm_and_without_a_plan(tmp_path: Path) -> None:
    first, second = output_of_a_process(tmp_path), output_of_a_process(tmp_path)
    assert first[1:] == ["True True", "True False"]
    assert second[1:] == ["False False", "False False"]
    assert first[0] == second[0]


@images
def test_cached_kernels_of_orders_and_sparse_rows_run_without_emitters(tmp_path: Path) -> None:
    first, second = output_of_a_process(tmp_path, KERNELS), output_of_a_process(tmp_path, KERNELS)
    assert first[1] == "True True"
    assert second[1] == "False False"
    assert first[0] == second[0]


# ---------------------------------------------------------------- the cached processor


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path))
    monkeypatch.setattr(processor, "fingerprint", lambda: "a machine")
    return tmp_path / "code"


def test_llvm_describes_the_processor_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = processor._description()
    assert len(list(folder.glob("*.processor"))) == 1
    monkeypatch.setattr(processor, "_described_by_llvm", lambda: pytest.fail("called again"))
    assert processor._description() == first


def test_llvm_is_loaded_ahead_where_it_will_be_needed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr(processor.preload, "begin", lambda: begun.append(1))
    processor._limited.cache_clear()
    choose.expect("cpu")
    assert begun == [1]
    processor._description()
    choose.expect("cpu")
    assert begun == [1]
    processor.processor()
    monkeypatch.setattr(processor, "fingerprint", lambda: pytest.fail("read again"))
    choose.expect("cpu")


@pytest.mark.parametrize("name", ["fingerprint", "llvmlite_version"])
def test_another_machine_or_llvmlite_is_described_again(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor._description()
    monkeypatch.setattr(processor, name, lambda: "another")
    monkeypatch.setattr(processor, "_described_by_llvm", lambda: ("new", "", "", 256))
    assert processor._description() == ("new", "", "", 256)


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[:-1], lambda b: b[::-1]])
def test_a_damaged_description_is_not_used(
    damage: Callable[[bytes], bytes], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor._description()
    (entry,) = folder.glob("*.processor")
    entry.write_bytes(damage(entry.read_bytes()))
    monkeypatch.setattr(processor, "_described_by_llvm", lambda: ("new", "", "", 256))
    assert processor._description()[0] == "new"


def test_nothing_is_stored_for_a_machine_that_cannot_be_identified(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processor, "fingerprint", lambda: None)
    processor._description()
    assert not folder.exists()


CPUINFO = (
    "processor\t: 0\nmodel name\t: A\nflags\t\t: fma avx2\ncpu MHz\t\t: {}\n\nprocessor\t: 1\n"
)


def test_a_fingerprint_has_only_what_does_not_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cpuinfo"
    monkeypatch.setattr(processor, "_PROCESSORS", file)
    found = []
    other = CPUINFO.replace("fma ", "")
    for text in (CPUINFO.format(1000), CPUINFO.format(2000), other.format(1000)):
        file.write_text(text)
        found.append(processor.fingerprint())
    assert found[0] == found[1] != found[2]
    file.unlink()
    assert processor.fingerprint() is None
