"""A terminal that goes away while something is drawn."""

import errno
import io
from typing import Any

from textual.driver import Driver

from tracetui.tui.textual_patches.lost_terminal import TolerantFile, surviving_driver


class Gone(io.StringIO):
    """Takes two pieces, then has nobody to show them to."""

    tries = 0

    def write(self, text):
        self.tries += 1
        if self.tries > 2:
            raise OSError(errno.EIO, "gone")
        return super().write(text)


def test_what_nobody_can_read_is_dropped():
    terminal = Gone()
    file = TolerantFile(terminal)
    for _ in range(50):
        file.write("x")
        file.flush()
    assert terminal.getvalue() == "xx"
    assert terminal.tries == 3
    assert file.lost


def test_a_driver_writes_to_a_forgiving_file():
    class Writes(Driver):
        _file: object

        def __init__(self):
            self._file = Gone()

        def write(self, data): ...

        def start_application_mode(self): ...

        def disable_input(self): ...

        def stop_application_mode(self): ...

    make: Any = surviving_driver(Writes)
    assert isinstance(make()._file, TolerantFile)
