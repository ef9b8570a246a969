"""The dialog that has public platforms trace an endpoint and its controls, and shows how far they are."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tracetui.model import TracetuiError
from tracetui.model.public_vantage import PublicVantage, VantageAsk, parse_public_vantage
from tracetui.tui.modal import Dialog, closing
from tracetui.words import ask_remarks, ask_words, cost_words

_LOOK_EVERY_S: Final = 0.5
_LINES: Final = 8
"""Questions shown, with what is missing in their answers."""

_EXPLANATION: Final = (
    "globalping:AS8359 · globalping:country=RU,city=Moscow,limit=5 · atlas:12345678 or the page of a "
    "measurement that exists · atlas:AS8359,limit=10 measures anew, with your key. The addresses and ports "
    "below are sent to the platform, where others can read what it measures."
)

Cost = Callable[[PublicVantage], int]
Ask = Callable[[PublicVantage, int], None]
"""Asks a vantage, for so many credits at most; raises TracetuiError."""


class PublicVantagesDialog(Dialog[None]):
    """A line to type a vantage in, and all questions; it stays open while they are answered."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        *closing(),
        Binding("ctrl+x", "cancel", "Cancel", priority=True),
    ]

    def __init__(
        self,
        about: Sequence[str],
        ask: Ask,
        cost: Cost,
        asks: Callable[[], Sequence[VantageAsk]],
        cancel: Callable[[], None],
        *,
        ask_balance: Callable[[], None],
        balance: Callable[[], int | None],
        typed: str = "",
    ) -> None:
        """`about`: the endpoints in words; `cost`: what a vantage costs for them in credits of RIPE Atlas;
        `ask_balance` has it tell how many the user has, which is `balance` from then on."""
        super().__init__()
        self._about = about
        self._ask = ask
        self._cost = cost
        self._asks = asks
        self._cancel = cancel
        self._ask_balance = ask_balance
        self._balance = balance
        self._typed = typed
        self._confirmed: str | None = None
        """What was typed when its cost was shown: enter accepts it."""

        self._price: tuple[int, int] | None = None
        """Probes and credits that are asked about."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog -wide") as dialog:
            dialog.border_title = "Trace from other networks"
            dialog.border_subtitle = "enter asks · ctrl+x cancels what runs · esc closes"
            yield Input(self._typed, select_on_focus=False)
            yield Static("", id="problem", markup=False)
            yield Static("", id="asks", markup=False)
            yield Static(_EXPLANATION, classes="explanation", markup=False)
            yield Static(f"Traced to: {', '.join(self._about)}", classes="explanation", markup=False)

    def on_mount(self) -> None:
        """Show the questions now and from time to time."""
        self._show()
        self.set_interval(_LOOK_EVERY_S, self._show)

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """Ask, once the cost is accepted where there is one."""
        text = event.value.strip()
        try:
            vantage = parse_public_vantage(text)
            cost = self._cost(vantage)
            if cost and self._confirmed != text:
                self._confirmed, self._price = text, (vantage.limit, cost)
                self._ask_balance()
                self._say_price()
                return
            self._price = None
            self._ask(vantage, cost)
        except TracetuiError as error:
            self._say(str(error))
            return
        self.query_one(Input).value = ""
        self._show()

    @on(Input.Changed)
    def edited(self) -> None:
        """Forget what was said of an earlier line, and that its cost was accepted."""
        self._confirmed = self._price = None
        self._say("")

    def action_cancel(self) -> None:
        """Cancel all questions that run."""
        self._cancel()

    def action_leave(self) -> None:
        self.dismiss(None)

    def _say(self, words: str) -> None:
        self.query_one("#problem", Static).update(Content(words))

    def _say_price(self) -> None:
        if self._price is not None:
            probes, cost = self._price
            told = cost_words(probes, len(self._about), cost, self._balance())
            self._say(f"{told}. Press enter again to spend them.")

    def _show(self) -> None:
        self._say_price()
        lines = []
        for ask in self._asks():
            lines.append(ask_words(ask))
            if ask.stage.is_over:
                lines += [f"  {remark}" for remark in ask_remarks(ask)[:2]]
        self.query_one("#asks", Static).update(Content("\n".join(lines[-_LINES:])))
