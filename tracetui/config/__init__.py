"""The user's settings, from the configuration file and the command line, and what is kept between runs."""

from tracetui.config.saved_state import SavedState, Session, SessionTarget
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
    "Origin",
    "OwnershipConfig",
    "ProbingSettings",
    "SavedState",
    "ScreenSettings",
    "Session",
    "SessionTarget",
]
