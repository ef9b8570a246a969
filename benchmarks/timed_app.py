"""The screen, and in its stream a sign after all that a key asked for has been drawn."""

# ruff: noqa: SLF001  (Textual has no public word for "all is drawn")

import asyncio
from pathlib import Path
from typing import Final

from textual import events

from tracetui import tui
from tracetui.tui.app import TracetuiApp

DRAWN: Final = "\x1b]7777;drawn\x07"
"""An operating system command that no terminal knows: it draws nothing."""

_STILL_MS: Final = 6
"""For so long nothing is waiting to be handled or drawn, then a key has been answered."""


class TimedApp(TracetuiApp):
    """Says in the stream when what a key asked for has been drawn."""

    CSS_PATH = str(Path(tui.__file__).with_name("tracetui.tcss"))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._telling = asyncio.create_task(self._tell_when_drawn())
        await super().on_event(event)

    async def _tell_when_drawn(self) -> None:
        still_ms = 0
        while still_ms < _STILL_MS:
            await asyncio.sleep(0.001)
            still_ms = 0 if self._has_work() else still_ms + 1
        if self._driver is not None:
            self._driver.write(DRAWN)

    def _has_work(self) -> bool:
        screen = self.screen
        return bool(
            screen._layout_required
            or screen._repaint_required
            or screen._dirty_widgets
            or screen._callbacks
            or any(
                pump._message_queue.qsize() or pump._next_callbacks
                for pump in (self, screen, self.focused)
                if pump is not None
            )
        )
