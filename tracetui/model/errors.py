"""The errors shown to users: a small tree, each message one line that says what, where and what to do.

TracetuiError
├── TargetError        a target, option or address that cannot be understood
├── ResolutionError    a name without an answer, or no resolver that answers
├── ScenarioError      a scenario file with a mistake
├── TableError         a file that is no AS table
├── ConfigError        a configuration file with a mistake
├── EvidenceError      text or a file from elsewhere that cannot be read
└── CannotRunError     this machine does not allow it (privilege, sockets, files)
"""


class TracetuiError(Exception):
    """The root; `str(error)` is one line meant for the user."""


class TargetError(TracetuiError):
    """A target that cannot be understood."""


class ResolutionError(TracetuiError):
    """A name that did not resolve."""


class ScenarioError(TracetuiError):
    """A scenario file with a mistake: file, key, what is wrong, the nearest right word."""


class TableError(TracetuiError):
    """A file that is no AS table."""


class ConfigError(TracetuiError):
    """A configuration file with a mistake: file, key, what is wrong, the nearest right word."""


class EvidenceError(TracetuiError):
    """Text or a file from elsewhere that cannot be read."""


class CannotRunError(TracetuiError):
    """This machine does not allow it: no privilege, no socket, no file."""
