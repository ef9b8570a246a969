"""A question to a platform, and all that comes of it."""

import threading
import time
from collections.abc import Callable, Sequence

from tracetui.evidence.platforms.platform_job import PlatformJob
from tracetui.model import ProbeProtocol
from tracetui.model.imported_trace import ImportedTrace
from tracetui.model.public_vantage import PublicVantage, VantageAsk, WantedTrace

PATIENCE_S = 20
TCP = WantedTrace("185.70.40.101", ProbeProtocol.TCP, 25)
TCP_CONTROL = WantedTrace("156.154.64.10", ProbeProtocol.TCP, 25)


class Asked:
    """Keeps what a job tells and takes."""

    def __init__(self, vantage: PublicVantage, traces: Sequence[WantedTrace]) -> None:
        self.told: list[VantageAsk] = []
        self.taken: list[Sequence[ImportedTrace]] = []
        self.measured: list[str] = []
        self.job = PlatformJob(VantageAsk(vantage, tuple(traces)), self.told.append, self._take)

    def _take(self, traces: Sequence[ImportedTrace], measured: str) -> None:
        self.taken.append(traces)
        self.measured.append(measured)


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until
        threading.Event().wait(0.01)
