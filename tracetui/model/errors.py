"""The errors a user can meet: one small tree, each message one line that says what, where and what to do.

TracetuiError
├── TargetError        a target, option or address that cannot be understood
├── ResolutionError    a name that has no answer, or no resolver that gives one
├── ScenarioError      a scenario file with a mistake
├── TableError         an AS table that is not one
├── ConfigError        a configuration file with a mistake
└── CannotRunError     this machine does not let us do it (privilege, sockets, files)
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
    """A file that was to be an AS table and is none."""


class ConfigError(TracetuiError):
    """A configuration file with a mistake: file, key, what is wrong, the nearest right word."""


class CannotRunError(TracetuiError):
    """The machine refuses: no privilege, no socket, no file."""
