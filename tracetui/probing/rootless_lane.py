"""What rootless TCP and ICMP lanes share: a source address that is looked up periodically."""

from typing import Final

from tracetui.model import Lane
from tracetui.probing.prober import ProbeNotSentError
from tracetui.probing.rootless_sockets import Sockets
from tracetui.probing.send_errors import send_error
from tracetui.probing.source_address import source_for

SOURCE_CHECK_NS: Final = 5_000_000_000
"""How long a lane's source address is shown before it is looked up again. The kernel chooses it for each
probe; the look-up also tells why there is no route."""


class RootlessLane:
    """A lane and the source address of its probes."""

    def __init__(self, lane: Lane, sockets: Sockets) -> None:
        self.source: str | None = None
        """None while there is none."""
        self.flow_id = ""
        """What makes the flow of its probes reproducible, in a few words."""
        self.flow_numbers: tuple[int, ...] = ()
        """Source ports or identifiers of its probes."""
        self.lane: Final = lane
        self.sockets: Final = sockets
        self._check_due_ns = 0

    def open(self) -> None:
        """Find the source address. Raises ProbeNotSentError."""
        self.source = None
        self._check_due_ns = 0
        self.source = source_for(self.lane.address, self.lane.vantage, self.sockets.interface)
        self._check_due_ns = self.sockets.clock.monotonic_ns() + SOURCE_CHECK_NS

    def check_source(self, now_ns: int) -> None:
        """Open again when the source address is old or a send has failed. Raises ProbeNotSentError."""
        if now_ns >= self._check_due_ns:
            self.open()

    def send_error(self, error: OSError) -> ProbeNotSentError:
        """Return the error to raise for a failed send; the next send looks the source address up again."""
        self._check_due_ns = 0
        return send_error(error, self.lane.address, self.sockets.interface)
