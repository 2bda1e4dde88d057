"""From LLVM text to machine code: it runs, it is cached, and damaged code is never loaded."""

from __future__ import annotations

import ctypes
import gc
import itertools
import multiprocessing
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.engines.cpu import ir
from steepest.engines.cpu.machine import code_cache, jit, processor
from steepest.errors import EngineUnavailable
from tests.engines.cpu.child import end_of, fork, forking, needs_fork

NEXT = "define i64 @next(i64 %n) {{ %m = add i64 %n, {step}\n ret i64 %m }}"


def text(step: int = 1) -> str:
    return NEXT.format(step=step)


def run(module: jit.CompiledModule, n: int, name: str = "next") -> int:
    return ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(module.address(name))(n)


def counted(before: dict[str, int]) -> dict[str, int]:
    """The counts of compiled and found modules since `before`, without zeros."""
    return {kind: n - before[kind] for kind, n in jit.compilations().items() if n > before[kind]}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache on disk and nothing in memory."""
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path))
    jit.forget()
    yield tmp_path / "code"
    jit.forget()


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.code"))


# ---------------------------------------------------------------- code


def test_code_runs():
    assert run(jit.compile_module(text(5)), 37) == 42


def test_code_may_use_constants_and_the_c_library():
    module = jit.compile_module(
        """@table = private constant [2 x double] [double 1.5, double 2.5]
        define double @rest(i64 %i, double %x) {
          %p = getelementptr [2 x double], ptr @table, i64 0, i64 %i
          %y = load double, ptr %p
          %r = frem double %x, %y
          ret double %r
        }"""
    )
    kind = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int64, ctypes.c_double)
    assert kind(module.address("rest"))(1, 7.0) == 2.0


def test_the_error_for_an_unknown_function_lists_the_known_ones():
    with pytest.raises(KeyError, match="no function 'first'; it has next"):
        jit.compile_module(text()).address("first")


def test_wrong_text_is_an_error_and_not_counted(folder: Path):
    before = jit.compilations()
    with pytest.raises(RuntimeError, match="parsing error"):
        jit.compile_module("define i64 @next(")
    assert counted(before) == {}
    assert entries(folder) == []


def test_cached_code_has_its_text_and_assembly():
    jit.compile_module(text(3))
    jit.forget()
    module = jit.compile_module(text(3))
    assert "ret i64" in module.ir
    assert "next:" in module.assembly.replace("_next:", "next:")


def test_code_for_narrower_vectors_has_no_wider_ones():
    sum_of_16 = """define void @twice(ptr %p) {
      %x = load <16 x float>, ptr %p, align 4
      %y = fadd <16 x float> %x, %x
      store <16 x float> %y, ptr %p, align 4
      ret void }"""
    narrow = processor.processor().narrowed(256)
    assert "zmm" not in jit.compile_module(sum_of_16, target=narrow).assembly
    if processor.processor().vector_bits == 512:
        assert "zmm" in jit.compile_module(sum_of_16).assembly


# ---------------------------------------------------------------- caching


def test_a_second_request_is_met_from_memory():
    before = jit.compilations()
    first, second = jit.compile_module(text()), jit.compile_module(text())
    assert first is second
    assert counted(before) == {"compiled": 1, "from_memory": 1}


def test_another_process_finds_the_code_on_disk():
    code = f"from steepest.engines.cpu.machine import jit; jit.compile_module({text()!r})"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    before = jit.compilations()
    assert run(jit.compile_module(text()), 1) == 2
    assert counted(before) == {"from_disk": 1}


def test_a_source_is_not_called_for_cached_code():
    jit.compile_module(lambda: text(), key="a key")
    jit.forget()
    module = jit.compile_module(lambda: pytest.fail("called"), key="a key")
    assert run(module, 1) == 2


def test_processors_do_not_share_code():
    before = jit.compilations()
    jit.compile_module(text())
    jit.compile_module(text(), target=processor.processor().narrowed(128))
    assert counted(before) == {"compiled": 2}


def test_a_key_is_valid_for_one_version_of_the_sources(monkeypatch: pytest.MonkeyPatch):
    jit.compile_module(text, key="a key")
    monkeypatch.setattr(jit, "_sources_stamp", lambda: "another version")
    before = jit.compilations()
    jit.compile_module(text, key="a key")
    assert counted(before) == {"compiled": 1}


def test_the_cache_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("STEEPEST_CACHE", "off")
    monkeypatch.chdir(tmp_path)
    before = jit.compilations()
    jit.compile_module(text())
    jit.forget()
    jit.compile_module(text())
    assert counted(before) == {"compiled": 2}
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- damaged or foreign entries


def flip_a_bit(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)


DAMAGES = {
    "one bit": flip_a_bit,
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-7]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "empty": lambda path: path.write_bytes(b""),
    "something else": lambda path: path.write_text("not code"),
}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_entry_is_compiled_again_and_replaced(folder: Path, how: str):
    jit.compile_module(text())
    (entry,) = entries(folder)
    sound = entry.read_bytes()
    DAMAGES[how](entry)
    jit.forget()
    before = jit.compilations()
    assert run(jit.compile_module(text()), 1) == 2
    assert counted(before) == {"compiled": 1}
    assert code_cache.load(entry.stem) is not None
    assert entry.read_bytes()[:30] == sound[:30]


def test_an_entry_of_another_name_is_not_loaded(folder: Path):
    jit.compile_module(text(1))
    (one,) = entries(folder)
    jit.compile_module(text(2))
    (two,) = set(entries(folder)) - {one}
    two.write_bytes(one.read_bytes())
    jit.forget()
    assert run(jit.compile_module(text(2)), 1) == 3


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")
def test_files_that_other_users_can_write_are_not_loaded(folder: Path):
    jit.compile_module(text())
    (entry,) = entries(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    assert code_cache.load(entry.stem) is None
    folder.chmod(0o700)
    entry.chmod(0o666)
    assert code_cache.load(entry.stem) is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")
def test_files_of_another_user_are_not_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch):
    jit.compile_module(text())
    (entry,) = entries(folder)
    mine = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: mine + 1)
    assert code_cache.load(entry.stem) is None


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="needs O_NOFOLLOW")
def test_links_are_not_followed(folder: Path, tmp_path: Path):
    jit.compile_module(text())
    (entry,) = entries(folder)
    entry.rename(tmp_path / "elsewhere")
    entry.symlink_to(tmp_path / "elsewhere")
    assert code_cache.load(entry.stem) is None


# ---------------------------------------------------------------- folders that fail


def test_a_full_disk_is_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert run(jit.compile_module(text()), 1) == 2
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "a file"))
    assert run(jit.compile_module(text()), 1) == 2


def test_the_oldest_entries_are_removed_first(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(code_cache, "_STORES_BETWEEN_SWEEPS", 1)
    for age, name in enumerate("abc"):
        code_cache.store(name, b"x" * 100)
        os.utime(folder / f"{name}.code", (1000 + age, 1000 + age))
    assert code_cache.load("a") is not None  # which makes it the youngest
    monkeypatch.setattr(code_cache, "_BOUND_BYTES", 3 * (folder / "a.code").stat().st_size)
    code_cache.store("d", b"x" * 100)
    assert [path.stem for path in entries(folder)] == ["a", "c", "d"]


def test_entries_within_the_bound_stay(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Of an excess of one byte only the oldest entry goes."""
    for age, name in enumerate("abc"):
        code_cache.store(name, b"x" * 100)
        os.utime(folder / f"{name}.code", (1000 + age, 1000 + age))
    whole = sum(entry.stat().st_size for entry in entries(folder))
    for bound, left in ((whole, "abc"), (whole - 1, "bc")):
        monkeypatch.setattr(code_cache, "_BOUND_BYTES", bound)
        code_cache._remove_oldest(folder)
        assert [entry.stem for entry in entries(folder)] == list(left)


def test_the_folder_is_swept_after_so_many_stores(folder: Path, monkeypatch: pytest.MonkeyPatch):
    swept: list[int] = []
    monkeypatch.setattr(code_cache, "_stores", itertools.count())
    monkeypatch.setattr(code_cache, "_STORES_BETWEEN_SWEEPS", 3)
    for number in range(8):
        monkeypatch.setattr(code_cache, "_remove_oldest", lambda _, now=number: swept.append(now))
        code_cache.store("a", b"x")
    assert swept == [0, 3, 6]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")
@pytest.mark.parametrize(
    ("mode", "found"), [(0o600, True), (0o644, True), (0o620, False), (0o602, False)]
)
def test_only_what_no_other_user_can_write_is_loaded(folder: Path, mode: int, found: bool):
    code_cache.store("a", b"x")
    (folder / "a.code").chmod(mode)
    assert (code_cache.load("a") == b"x") is found


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")
def test_nothing_is_stored_where_other_users_can_write(folder: Path):
    code_cache.store("a", b"x")
    folder.chmod(0o770)
    code_cache.store("b", b"x")
    assert [entry.stem for entry in entries(folder)] == ["a"]


def test_kinds_of_one_digest_are_different_entries(folder: Path):
    code_cache.store("a", b"code")
    code_cache.store("a", b"words", "processor")
    assert (code_cache.load("a"), code_cache.load("a", "processor")) == (b"code", b"words")
    assert code_cache.load("a", "other") is None


def test_modules_used_least_recently_leave_memory_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jit, "_MODULES_IN_MEMORY", 2)
    for step in (1, 2, 1, 3):
        jit.compile_module(text(step))
    before = jit.compilations()
    for step in (1, 3):
        jit.compile_module(text(step))
    assert counted(before) == {"from_memory": 2}
    jit.compile_module(text(2))
    assert counted(before) == {"from_memory": 2, "from_disk": 1}


@pytest.mark.parametrize(
    ("threads", "length", "parts"), [(4, 1, 4), (2, 1, 2), (1, 1, 1), (4, None, 2), (4, 10**6, 1)]
)
def test_long_texts_are_compiled_in_parts(
    threads: int, length: int | None, parts: int, monkeypatch: pytest.MonkeyPatch
):
    """As many as threads, but none shorter than what is worth a thread."""
    module = ir.Module()
    for number in range(6):
        kind = ir.FunctionType(ir.IntType(64), [ir.IntType(64)])
        function = ir.Function(module, kind, f"same_{number}")
        ir.IRBuilder(function.append_basic_block()).ret(function.args[0])
    monkeypatch.setattr(jit, "most_threads", lambda cores: threads)
    monkeypatch.setattr(jit, "_PART_LENGTH", length or len(str(module)) // 2)
    assert len(jit._texts(module)) == parts
    assert jit._texts(str(module)) == [str(module)]


def test_partial_files_of_killed_writers_are_removed(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(code_cache, "_STORES_BETWEEN_SWEEPS", 1)
    code_cache.store("a", b"x")
    old, new = folder / ".part-old", folder / ".part-new"
    old.write_bytes(b"")
    new.write_bytes(b"")
    os.utime(old, (1000, 1000))
    code_cache.store("b", b"x")
    assert not old.exists()
    assert new.exists()


# ---------------------------------------------------------------- several processes and threads


def write_and_read(number: int) -> bool:
    """Stores entries that name the writer; whether every entry that was read came from one."""
    for _ in range(200):
        code_cache.store("contested", bytes([number]) * 5000)
        found = code_cache.load("contested")
        if found is not None and (len(found) != 5000 or len(set(found)) != 1):
            return False
    return True


def test_writers_of_several_processes_never_mix(folder: Path):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert all(pool.map(write_and_read, range(3)))
    assert len(list(folder.iterdir())) == 1


def test_threads_that_need_the_same_code_compile_it_once():
    before = jit.compilations()
    found: list[jit.CompiledModule] = []
    ask = [
        threading.Thread(target=lambda: found.append(jit.compile_module(text(9)))) for _ in "abcd"
    ]
    for thread in ask:
        thread.start()
    for thread in ask:
        thread.join()
    assert len({id(module) for module in found}) == 1
    assert counted(before) == {"compiled": 1, "from_memory": 3}


@needs_fork
@forking
def test_a_child_forked_while_code_is_written_collects_garbage() -> None:
    def see() -> None:
        assert gc.isenabled()

    with jit._collector_paused():
        assert not gc.isenabled()
        child = fork(see)
    assert end_of(child) == 0
    assert gc.isenabled()


def test_a_collector_that_the_user_turned_off_stays_off() -> None:
    gc.disable()
    try:
        with jit._collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


@needs_fork
@forking
def test_a_forked_child_runs_and_compiles():
    module = jit.compile_module(text(1))
    held, release = threading.Event(), threading.Event()

    def compile_for_long() -> None:
        with jit._lock:
            held.set()
            release.wait()

    other = threading.Thread(target=compile_for_long)
    other.start()
    held.wait()

    def runs() -> None:
        assert run(module, 1) == 2
        assert run(jit.compile_module(text(2)), 1) == 3

    code = end_of(fork(runs, seconds=20))
    release.set()
    other.join()
    assert code == 0


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def grown_by(count: int, start: int) -> int:
    """The bytes by which this process grew while it built and dropped `count` modules."""
    before = resident_bytes()
    for step in range(start, start + count):
        assert run(jit.compile_module(text(step)), 1) == 1 + step
    gc.collect()
    return resident_bytes() - before


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc")
def test_dropped_programs_leave_no_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jit, "_MODULES_IN_MEMORY", 4)
    grown_by(30, 0)
    assert grown_by(100, 1000) < 2_000_000  # one that leaked its passes took 5 MB


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc")
def test_a_thousand_dropped_programs_leave_no_memory():
    grown_by(300, 0)
    assert grown_by(1000, 1000) < 8_000_000
    grown_by(300, 0)
    assert grown_by(1000, 1000) < 1_000_000  # from disk


# ---------------------------------------------------------------- the processor


def test_a_processors_key_depends_on_its_vectors():
    here = processor.processor()
    assert here.key != here.narrowed(128).key
    assert here.lanes(32) == 2 * here.lanes(64)
    assert here.level1_bytes <= here.level2_bytes <= max(here.level2_bytes, here.level3_bytes)


def test_caches_of_unknown_size_are_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that does not tell its caches gets tiles that fit almost any."""
    monkeypatch.setattr(processor, "_CACHES", tmp_path)
    here = processor._limited.__wrapped__(None)
    assert (here.level1_bytes, here.level2_bytes, here.level3_bytes) == (2**15, 2**19, 2**22)


@pytest.mark.parametrize(
    ("triple", "features"),
    [
        ("x86_64-unknown-linux-gnu", {"sse4.2": True, "avx": True, "avx2": False, "fma": False}),
        ("x86_64-unknown-linux-gnu", {"avx2": True}),
        ("riscv64-unknown-linux-gnu", {"v": True}),
    ],
)
def test_the_error_for_an_unsupported_processor_names_it(triple: str, features: dict[str, bool]):
    with pytest.raises(EngineUnavailable, match=rf'{triple}.*st.config.engine = "numpy"'):
        processor._vector_bits(triple, features)


def test_without_llvmlite_the_error_says_what_to_do():
    code = (
        "import sys; sys.modules['llvmlite'] = None\n"
        "from steepest.engines.cpu.machine import jit\n"
        "from steepest.errors import EngineUnavailable\n"
        "try: jit.compile_module('')\n"
        "except EngineUnavailable as error: print(error)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env=environment, capture_output=True, text=True
    )
    assert "pip install llvmlite" in done.stdout
