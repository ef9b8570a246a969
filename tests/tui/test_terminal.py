"""The program on a real terminal: what it leaves behind when it ends, however it ends."""

import contextlib
import os
import pty
import re
import select
import shlex
import shutil
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from fcntl import ioctl

import pytest

from tracetui.investigation.ending_signals import ENDING
from tui.tmux_terminal import tmux_terminal

PATIENCE_S = 30
ALTERNATE_SCREEN, MOUSE, CURSOR_HIDDEN = b"\x1b[?1049", b"\x1b[?1000", b"\x1b[?25"


class Terminal:
    """`tracetui demo` on a pseudo-terminal of 80 × 24."""

    def __init__(self, *options: str, patch: str = "", errors: str = "") -> None:
        """`patch`: Python that is run first. `errors`: the file that standard error goes to."""
        self.drawn = b""
        self.status: int | None = None
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            os.environ.update(TERM="xterm-256color", COLORTERM="")
            if errors:
                os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT, 0o600), 2)
            program = f"{patch}\nimport sys\nfrom tracetui.cli import main\nsys.exit(main())"
            os.execv(sys.executable, [sys.executable, "-c", program, "demo", "--seed", "1", *options])
        self.before = termios.tcgetattr(self.end)

    def wait_for(self, text: bytes) -> None:
        until = time.monotonic() + PATIENCE_S
        while text not in self.drawn:
            assert self.read(until), f"no {text!r} in {self.drawn[-400:]!r}"

    def wait_for_end(self) -> int:
        until = time.monotonic() + PATIENCE_S
        while self.read(until):
            pass
        assert time.monotonic() < until, f"still running: {self.drawn[-400:]!r}"
        _, status = os.waitpid(self.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def read(self, until: float) -> bool:
        """Read a piece; False at the end, or when time is over."""
        if not select.select([self.end], [], [], max(0, until - time.monotonic()))[0]:
            return False
        with contextlib.suppress(OSError):  # EIO: nobody is on the terminal any more
            piece = os.read(self.end, 65536)
            self.drawn += piece
            return bool(piece)
        return False

    @property
    def left_behind(self) -> str:
        """What is on the normal screen."""
        return self.drawn.rpartition(ALTERNATE_SCREEN + b"l")[2].decode()

    def last_switch(self, mode: bytes) -> bytes:
        """`h` when a mode was switched on last, `l` when off."""
        return re.findall(re.escape(mode) + b"([hl])", self.drawn)[-1]


@pytest.fixture
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    with on_terminal(*getattr(request, "param", ())) as running:
        yield running


@contextlib.contextmanager
def on_terminal(*options: str, patch: str = "", errors: str = "") -> Iterator[Terminal]:
    running = Terminal(*options, patch=patch, errors=errors)
    try:
        yield running
    finally:
        if running.status is None:
            os.kill(running.pid, signal.SIGKILL)
            os.waitpid(running.pid, 0)
        os.close(running.end)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (b"q", 0),
        (b"\x03", 0),
        *((number, 128 + number) for number in ENDING),
    ],
    ids=["q", "ctrl+c", *(number.name for number in ENDING)],
)
def test_the_terminal_is_as_it_was(terminal, end, status):
    terminal.wait_for(b"hop")
    if isinstance(end, bytes):
        os.write(terminal.end, end)
    else:
        os.kill(terminal.pid, end)
    assert terminal.wait_for_end() == status
    assert terminal.last_switch(ALTERNATE_SCREEN) == b"l"
    assert terminal.last_switch(MOUSE) == b"l"
    assert terminal.last_switch(CURSOR_HIDDEN) == b"h"
    after = termios.tcgetattr(terminal.end)
    assert after[:4] == terminal.before[:4]
    assert b"Traceback" not in terminal.drawn
    assert "control.neustar.example" in terminal.left_behind
    assert "--restore" not in terminal.left_behind  # nobody can go on with a demo


@pytest.mark.parametrize("terminal", [("--no-mouse", "--ascii")], indirect=True)
def test_a_plain_terminal_gets_ascii_and_keeps_its_mouse(terminal):
    terminal.wait_for(b"hop")
    os.write(terminal.end, b"q")
    assert terminal.wait_for_end() == 0
    assert MOUSE + b"h" not in terminal.drawn
    assert "control.neustar.example" in terminal.left_behind
    assert terminal.drawn.isascii()


def test_standard_error_in_a_file_gets_narration_and_the_terminal_the_screen(tmp_path):
    with on_terminal(errors=str(tmp_path / "errors")) as terminal:
        terminal.wait_for(b"hop")
        os.write(terminal.end, b"q")
        assert terminal.wait_for_end() == 0
        assert terminal.last_switch(ALTERNATE_SCREEN) == b"l"
    said = (tmp_path / "errors").read_text()
    assert "control.neustar.example" in said
    assert "\x1b" not in said


def test_a_program_that_was_stopped_and_continued_ends_as_any_other(terminal):
    """SIGSTOP gives no time to give the terminal back first."""
    terminal.wait_for(b"hop")
    os.kill(terminal.pid, signal.SIGSTOP)
    os.waitpid(terminal.pid, os.WUNTRACED)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.drawn = b""
    terminal.wait_for(ALTERNATE_SCREEN + b"h")
    terminal.wait_for(b"hop")
    os.write(terminal.end, b"q")
    assert terminal.wait_for_end() == 0
    assert termios.tcgetattr(terminal.end)[:4] == terminal.before[:4]
    assert terminal.last_switch(ALTERNATE_SCREEN) == b"l"


@pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT])
def test_a_suspended_program_that_is_told_to_end_ends(tmp_path, number):
    """A shell continues such a program in the background, where it must not touch the terminal."""
    with tmux_terminal(tmp_path) as terminal:
        terminal.start(["bash", "--norc", "-i"], 80, 24)
        program = f"echo $$ >pid; exec {shlex.quote(sys.executable)} -P -m tracetui demo --seed 1"
        terminal.type(f"sh -c {shlex.quote(program)}\n")
        terminal.wait_for("hop +network")
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGTSTP)
        terminal.wait_for("Stopped")
        terminal.type("fg\n")
        terminal.wait_for("hop +network")
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGTSTP)
        terminal.wait_for("Stopped")
        terminal.type(f"kill -{int(number)} %1; kill -CONT %1; wait %1; echo status=$?\n")
        terminal.wait_for(f"status={128 + number}")
        assert "error in tracetui itself" not in terminal.screen()
        assert terminal.modes()["alternate_on"] == "0"


BREAKS_IN_A_VIEW = """
from tracetui.tui.timeline.timeline_view import TimelineView
def broken(self, scene):
    raise RuntimeError("odd thing")
TimelineView.show = broken
"""
BREAKS_IN_THE_ENGINE = """
from tracetui.probing.lane_schedule import LaneSchedule
count = LaneSchedule.count_sent
def broken(self, probe, *known):
    if probe.round > 1:
        raise RuntimeError("odd thing")
    count(self, probe, *known)
LaneSchedule.count_sent = broken
"""


@pytest.mark.parametrize(
    ("patch", "key"), [(BREAKS_IN_A_VIEW, b"3"), (BREAKS_IN_THE_ENGINE, b"")], ids=["view", "engine"]
)
def test_a_crash_leaves_what_was_measured_and_one_line(patch, key, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with on_terminal(patch=patch) as terminal:
        terminal.wait_for(b"hop")
        os.write(terminal.end, key)
        assert terminal.wait_for_end() == 3
        assert terminal.last_switch(ALTERNATE_SCREEN) == b"l"
        assert terminal.last_switch(MOUSE) == b"l"
        assert termios.tcgetattr(terminal.end)[:4] == terminal.before[:4]
        assert "control.neustar.example" in terminal.left_behind
        said = [line for line in terminal.left_behind.splitlines() if "odd thing" in line]
        assert len(said) == 1
        assert "Traceback" not in terminal.left_behind


def test_a_terminal_that_is_gone_is_no_crash(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with on_terminal() as terminal:
        terminal.wait_for(b"hop")
        os.close(terminal.end)
        _, status = os.waitpid(terminal.pid, 0)
        terminal.status = os.waitstatus_to_exitcode(status)
        terminal.end = os.open(os.devnull, os.O_RDONLY)
    assert terminal.status == 128 + signal.SIGHUP
    assert not list(tmp_path.rglob("crash-*"))
