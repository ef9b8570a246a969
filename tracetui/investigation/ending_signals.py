"""The signals that would end the process where it stands; report and screen end in good order instead."""

import signal
from typing import Final

ENDING: Final = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGABRT,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
    signal.SIGTERM,
    signal.SIGXCPU,
    signal.SIGVTALRM,
    signal.SIGPROF,
    signal.SIGIO,
    signal.SIGPWR,
)
"""Without those of a fault in the process itself, such as SIGSEGV, after which nothing can go on."""
