"""The dialog that asks for an endpoint's protocols and ports, the interval and the highest TTL."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static

from tracetui.model import TargetError
from tracetui.tui.modal import Dialog, closing
from tracetui.tui.textual_patches.checkbox import TickBox


@dataclass(frozen=True, slots=True)
class Probes:
    """What the dialog asks for."""

    services: str
    """`tcp/25,443 icmp`."""

    everywhere: bool
    """True: the services are those of every endpoint."""

    interval_s: float
    max_hops: int


class ProbesDialog(Dialog[None]):
    """Asks for probes; stays open until the input is valid."""

    AUTO_FOCUS = "#services"
    BINDINGS: ClassVar[list[BindingType]] = [
        *closing(),
        Binding("enter", "apply", "Apply", show=False),
    ]

    def __init__(self, host: str, now: Probes, take: Callable[[Probes], None]) -> None:
        """`take` gets what is wanted and raises TargetError with what is wrong with it."""
        super().__init__()
        self._host = host
        self._now = now
        self._take = take

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Probes"
            dialog.border_subtitle = "tab next field · enter applies · esc closes"
            yield Label(f"Protocols and TCP ports of {self._host}", markup=False)
            yield Input(self._now.services, id="services", select_on_focus=False)
            yield TickBox("for every endpoint", id="everywhere")
            yield Label("Interval (s), 0.05 to 3600, for all endpoints")
            yield Input(f"{self._now.interval_s:g}", id="interval", select_on_focus=False)
            yield Label("Highest TTL, 1 to 64, for all endpoints")
            yield Input(str(self._now.max_hops), id="max-hops", select_on_focus=False)
            yield Static("", id="problem", markup=False)
            yield Static(
                "Measurements are kept; a port that is added again gets its figures back.",
                classes="explanation",
                markup=False,
            )

    @on(Input.Submitted)
    def action_apply(self) -> None:
        """Apply, or say what is wrong."""
        try:
            self._take(
                Probes(
                    self.query_one("#services", Input).value,
                    everywhere=self.query_one("#everywhere", TickBox).value,
                    interval_s=self._number("interval", 0.05, 3600),
                    max_hops=int(self._number("max-hops", 1, 64)),
                )
            )
        except TargetError as error:
            problem = self.query_one("#problem", Static)
            problem.update(Content(str(error)))
            self.call_after_refresh(problem.scroll_visible, animate=False)
            return
        self.dismiss(None)

    def _number(self, name: str, low: float, high: float) -> float:
        text = self.query_one(f"#{name}", Input).value.strip()
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise TargetError(f"{text!r} is not a number from {low:g} to {high:g}")
        return value

    def action_leave(self) -> None:
        self.dismiss(None)
