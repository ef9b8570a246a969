"""A screen that resolves the theme's styles once, for all widgets that paint their own cells."""

from typing import ClassVar, Final

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color
from textual.screen import Screen
from textual.theme import Theme

from tracetui.tui.paint.ink import ROLES, Ink
from tracetui.tui.textual_patches.dirty_widgets import patch_partial_updates
from tracetui.tui.textual_patches.line_caches import patch_line_caches

_SIXTEEN: Final = frozenset({"standard", "windows"})


class InkedScreen(Screen[None]):
    """Provides the styles; everything is painted again when the theme changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"ink--{role}" for role in (*ROLES, "cursor")}

    def __init__(self) -> None:
        super().__init__()
        patch_line_caches()
        patch_partial_updates()
        self._ink: Ink | None = None

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def on_unmount(self) -> None:
        """Unsubscribe: else the signal would keep this screen, and all that it shows, alive."""
        self.app.theme_changed_signal.unsubscribe(self)

    @property
    def ink(self) -> Ink:
        """The styles of this theme on this terminal."""
        if self._ink is None:
            paper = self.background_colors[1]
            if (
                self.app.native_ansi_color
            ):  # the terminal's own background: only the theme says what it is like
                paper = Color.parse("black" if self.app.current_theme.dark else "white")
            self._ink = Ink(self._style_of, paper, sixteen=self._sixteen)
        return self._ink

    @property
    def cursor_paper(self) -> RichColor | None:
        """Background of the chosen row; None on the terminal's own colours, where grey would vanish."""
        if self._sixteen or self.app.native_ansi_color:
            return None
        return self.get_component_rich_style("ink--cursor").bgcolor

    def repaint(self) -> None:
        """Paint everything again, in new colours."""

    @property
    def _sixteen(self) -> bool:
        return self.app.console.color_system in _SIXTEEN

    def _style_of(self, role: str) -> Style:
        style = self.get_component_rich_style(f"ink--{role}")
        keep = style.bgcolor if role == "chosen" else None
        return Style(color=style.color, bgcolor=keep, bold=style.bold, dim=style.dim, italic=style.italic)

    def _theme_changed(self, _theme: Theme) -> None:
        self.call_after_refresh(self._change_ink)

    def _change_ink(self) -> None:
        self._ink = None
        self.repaint()
