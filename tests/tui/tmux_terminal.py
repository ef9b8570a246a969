"""A program in a terminal of tmux's: keys go in, and what a user would see comes out."""

import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 60
"""For one step, on a machine that does much else."""

LOOK_EVERY_S = 0.05


class TmuxTerminal:
    """One pane of a tmux server of its own, with the program in it; `directory` is where it runs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._tmux = ("tmux", "-u", "-S", str(directory / "tmux"), "-f", "/dev/null")

    def start(self, command: Sequence[str], columns: int, rows: int) -> None:
        """Run `command`; keep its exit status, the modes before and after, and the pane beyond its end."""
        script = f"stty -g >before; {shlex.join(command)}; echo $? >status; stty -g >after; exec sleep 600"
        self._ask("start-server", ";", "set-option", "-g", "status", "off", ";",
                  "new-session", "-d", "-x", str(columns), "-y", str(rows), script)  # fmt: skip

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: `Enter`, `Left`, `a`."""
        self._ask("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type some text."""
        self._ask("send-keys", "-l", text)

    def screen(self) -> str:
        """What is seen now."""
        return self._ask("capture-pane", "-p")

    def all_lines(self) -> str:
        """What is seen, and what has gone up out of sight."""
        return self._ask("capture-pane", "-p", "-S", "-")

    def modes(self) -> dict[str, str]:
        """Whether the pane is on the alternate screen, shows its cursor, and reports the mouse."""
        names = ("alternate_on", "cursor_flag", "mouse_any_flag")
        said = self._ask("display-message", "-p", " ".join(f"#{{{name}}}" for name in names))
        return dict(zip(names, said.split(), strict=True))

    def wait_for(self, pattern: str) -> str:
        """Wait until a regular expression is found on the screen; return the screen."""
        return self._wait(lambda screen: re.search(pattern, screen) is not None, f"no {pattern!r}")

    def wait_without(self, pattern: str) -> str:
        """Wait until a regular expression is not found on the screen any more; return the screen."""
        return self._wait(lambda screen: re.search(pattern, screen) is None, f"still {pattern!r}")

    def wait_for_end(self) -> int:
        """Wait until the program has ended, return its exit status."""
        after = self.directory / "after"
        self._wait(lambda _: after.exists() and after.read_text().endswith("\n"), "still running")
        return int((self.directory / "status").read_text())

    def kept_its_modes(self) -> bool:
        """Tell whether the terminal is in the modes that it was in before the program."""
        return (self.directory / "before").read_text() == (self.directory / "after").read_text()

    def close(self) -> None:
        """End the server and what runs in it."""
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)

    def _wait(self, seen, problem: str) -> str:
        until = time.monotonic() + PATIENCE_S
        while not seen(screen := self.screen()):
            assert time.monotonic() < until, f"{problem} after {PATIENCE_S} s, but:\n{screen}"
            time.sleep(LOOK_EVERY_S)
        return screen

    def _ask(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words],
            check=False,
            cwd=self.directory,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, f"tmux {words[0]}: {done.stderr}"
        return done.stdout


@contextmanager
def tmux_terminal(directory: Path) -> Iterator[TmuxTerminal]:
    terminal = TmuxTerminal(directory)
    try:
        yield terminal
    finally:
        terminal.close()
