"""The themes of the program: dark, light and high contrast."""

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="tracetui-dark",
    primary="#9fb4d0",
    secondary="#7f8ea3",
    accent="#c3d1e6",
    foreground="#d6d9de",
    background="#14161a",
    surface="#1a1d22",
    panel="#20242a",
    warning="#e0b060",
    error="#f0605c",
    success="#b9c2cd",
    dark=True,
)

LIGHT: Final = Theme(
    name="tracetui-light",
    primary="#3d5a80",
    secondary="#6b7a8f",
    accent="#1f3a5f",
    foreground="#24282e",
    background="#f7f7f5",
    surface="#eeeeeb",
    panel="#e6e6e2",
    warning="#9a6700",
    error="#c2281d",
    success="#4a5563",
    dark=False,
)

HIGH_CONTRAST: Final = Theme(
    name="tracetui-high-contrast",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#ffff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    warning="#ffd75f",
    error="#ff8f8f",
    success="#ffffff",
    dark=True,
)
"""White, yellow and a light red on black: 9 to 1 at the least."""

THEMES: Final = (DARK, LIGHT, HIGH_CONTRAST)
