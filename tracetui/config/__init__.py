"""The user's settings, from the configuration file and the command line, and what is kept between runs."""

from tracetui.config.saved_state import Memory, Session, SessionTarget
from tracetui.config.settings import (
    Config,
    Details,
    Keys,
    Origin,
    OwnershipConfig,
    ProbingSettings,
    ScreenSettings,
)

__all__ = [
    "Config",
    "Details",
    "Keys",
    "Memory",
    "Origin",
    "OwnershipConfig",
    "ProbingSettings",
    "ScreenSettings",
    "Session",
    "SessionTarget",
]
