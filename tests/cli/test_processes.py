"""The program as a process: what it imports, its exit codes, pipes, signals and terminals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import steepest
import steepest_command

ROOT = Path(steepest.__file__).parents[1]
SCRIPT = "import sys; from steepest_command import main; sys.exit(main())"  # as pip writes it
STARTS = {
    "script": [sys.executable, "-c", SCRIPT],
    "module": [sys.executable, "-m", "steepest"],
}
INTERRUPTED = """
import sys
sys.path.insert(0, {tests!r})
import steepest_command
from tests.cli.tables import ENDINGS, doing
from steepest.cli.main import main
sys.exit(main(sys.argv[1:], doing(ENDINGS["late interrupt"][0])))
"""


def run(start: list[str], *words: str, **options) -> subprocess.CompletedProcess[str]:
    """A process of the program, with this package, Python's own signals and no terminal."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run(
        [*start, *words], text=True, env=environment, stdin=subprocess.DEVNULL, timeout=120,
        **{"capture_output": True, **options},
    )  # fmt: skip


@pytest.fixture(params=STARTS)
def start(request) -> list[str]:
    """How the program is started."""
    return STARTS[request.param]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 0),
        (["--help"], 0),
        (["--version"], 0),
        (["datasets", "fetch", "-h"], 0),
        (["completion", "bash"], 0),
        (["help", "info"], 0),
        (["doctor", "--help"], 0),
        (["datasets", "fetch", "mnst"], 2),
        (["inof", "--json"], 2),
    ],
)
def test_what_needs_no_numpy_does_not_import_it(start, words, code):
    done = run([start[0], "-X", "importtime", *start[1:]], *words)
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert done.returncode == code
    assert "steepest.cli.main" in imported
    assert not {"numpy", "steepest.core", "llvmlite", "rich", "argparse"} & imported


def test_a_verb_that_needs_the_library_has_it(start):
    done = run(start, "datasets", "describe", "xor", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["result"]["rows"] == {"train": 4, "test": 4}


def test_a_broken_numpy_is_named_with_its_cure(start, tmp_path):
    (tmp_path / "numpy.py").write_text("raise ImportError('no library', name='numpy')\n")
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    assert run(start, "--help", env={"PYTHONPATH": path}).returncode == 0
    done = run(start, "info", env={"PYTHONPATH": path})
    assert (done.returncode, done.stdout) == (2, "")
    assert "'numpy'" in done.stderr and "pip install --force-reinstall numpy" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", ["--wrong", "info --json --wrong", "datasets --json"])
def test_both_starts_say_the_same(words):
    both = [run(one, *words.split()) for one in STARTS.values()]
    assert len({(one.returncode, one.stdout, one.stderr) for one in both}) == 1
    assert both[0].returncode == 2


EARLY = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

start, module, *words = sys.argv[1:]
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupting())
sys.modules.pop(module, None)
if start == "script":
    from steepest_command import main
    sys.argv = ["steepest", *words]
    sys.exit(main())
sys.orig_argv, sys.argv = ["python", "-m", "steepest", *words], ["-m", *words]
import steepest
"""


@pytest.mark.parametrize("begun", ["script", "module"])
@pytest.mark.parametrize("module", ["importlib.util", "steepest.cli.main", "steepest.cli.table"])
def test_ctrl_c_while_the_command_line_is_imported_is_reported(begun, module):
    done = run([sys.executable, "-c", EARLY, begun, module], "info")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "error: interrupted\n")
    done = run([sys.executable, "-c", EARLY, begun, module], "info", "--json")
    assert done.returncode == 130 and done.stderr == ""
    found = json.loads(done.stdout)
    assert (found["outcome"], found["exit_code"]) == ("interrupted", 130)


def test_ctrl_c_is_left_to_a_program_that_ignores_it_or_has_a_thread_of_its_own():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        steepest_command.hold_interrupts()()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_module_can_be_run_by_other_programs():
    code = "import runpy; runpy.run_module('steepest', run_name='__main__')"
    done = run([sys.executable, "-c", code, "--version"])
    assert (done.returncode, done.stdout) == (0, f"steepest {steepest.__version__}\n")


def test_importing_steepest_in_another_module_is_no_command(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "__init__.py").write_text("import steepest\n")
    (tmp_path / "other" / "__main__.py").write_text("import steepest\nprint(steepest.newaxis)\n")
    done = run([sys.executable, "-m", "other"], "-m", "steepest", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "None\n"), done.stderr


@pytest.mark.parametrize(
    ("words", "module"),
    [
        ("-m steepest --help", "steepest"),
        ("-msteepest", "steepest"),
        ("-Im steepest", "steepest"),
        ("-X importtime -W error::X -m steepest", "steepest"),
        ("-Ximporttime -m other -m steepest", "other"),
        ("-Werror::mine.m -c pass", ""),
        ("-m", ""),
    ],
)
def test_the_started_module_is_read_from_pythons_options(words, module):
    assert steepest_command.module_started(words.split()) == module


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals of POSIX")
class TestPosix:
    def test_a_reader_that_ends_early_is_no_error(self, start):
        reader, writer = os.pipe()
        os.close(reader)
        done = run(
            start, "datasets", "list", capture_output=False, stdout=writer, stderr=subprocess.PIPE
        )
        os.close(writer)
        assert (done.returncode, done.stderr) == (0, "")

    @pytest.mark.parametrize("words", ["--help", "info --json", "datasets list"])
    def test_a_full_disk_is_an_error(self, words):
        if not os.path.exists("/dev/full"):
            pytest.skip("needs /dev/full")
        with open("/dev/full", "w") as full:
            done = run(
                STARTS["script"], *words.split(),
                capture_output=False, stdout=full, stderr=subprocess.PIPE,
            )  # fmt: skip
        assert done.returncode == 2
        assert done.stderr.startswith("error: the output could not be written: No space left")
        assert done.stderr.count("\n") == 1

    def test_closed_streams_are_no_error(self):
        shell = f"{sys.executable} -m steepest --help >&- 2>&-"
        assert run(["sh", "-c", shell]).returncode == 0

    @pytest.mark.parametrize("as_json", [False, True])
    def test_control_c_ends_with_130(self, as_json):
        text = INTERRUPTED.format(tests=str(Path(__file__).parents[2]))
        words = ["info", *["--json"] * as_json]
        done = run(
            [sys.executable, "-c", text], *words,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        assert done.returncode == 130, done.stderr
        if as_json:
            found = json.loads(done.stdout)
            assert (found["outcome"], found["result"]) == ("interrupted", {"half": True})
            assert not done.stderr
        else:
            assert (done.stdout, done.stderr) == ("one line\n", "error: interrupted\n")

    @pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
    def test_colours_are_for_terminals_without_no_color(self, environment):
        text = in_terminal("--help", env={"NO_COLOR": "", "TERM": "xterm", **environment})
        wrong = in_terminal("inof", env={"NO_COLOR": "", "TERM": "xterm", **environment})
        coloured = not environment
        assert ("\x1b[1mExamples\x1b[0m" in text) == coloured
        assert ("\x1b[1;31merror\x1b[0m" in wrong) == coloured
        assert ("\x1b" in text + wrong) == coloured

    def test_a_pipe_gets_no_colours(self):
        text = run(STARTS["script"], "--help", env={"TERM": "xterm", "NO_COLOR": ""})
        assert "\x1b" not in text.stdout

    def test_text_is_as_wide_as_its_terminal(self):
        text = in_terminal("--help", columns=40)
        assert max(map(len, text.splitlines())) <= 40
        assert max(map(len, in_terminal("--help", columns=80).splitlines())) > 60


def in_terminal(*words: str, columns: int = 80, env: dict[str, str] | None = None) -> str:
    """What the program shows on a terminal."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    environment.pop("COLUMNS", None)
    child = subprocess.Popen(
        [*STARTS["script"], *words], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 1 << 16):
            shown += block
    except OSError:  # Linux says so that the other side is closed
        pass
    child.wait()
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")
