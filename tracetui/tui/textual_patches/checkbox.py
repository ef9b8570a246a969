"""A checkbox whose tick can be seen without colour.

Textual 8.2: `Checkbox` shows the same X whether it is ticked or not, in another colour. And enter toggles it,
which in a dialog is to apply.
"""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Checkbox


class TickBox(Checkbox, inherit_bindings=False):
    """Shows its tick; only space toggles it."""

    BUTTON_INNER = " "

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "toggle_button", "Tick", show=False)]

    def watch_value(self) -> None:
        self.BUTTON_INNER = "✓" if self.value else " "
        super().watch_value()
