"""What the user has settled once: a configuration file, and what the program remembers from run to run.

The command line wins over the file, the file over what the program remembers and over defaults.
"""

from tracetui.config.memory import Memory, Session, SessionTarget
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
