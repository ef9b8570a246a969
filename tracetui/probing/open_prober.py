"""Opens the prober that this process may have: raw sockets with the privilege for it, else rootless."""

import os
import socket
from enum import StrEnum

from tracetui.model import CannotRunError
from tracetui.probing.clock import Clock
from tracetui.probing.prober import Prober


class ProberChoice(StrEnum):
    """How to send probes."""

    AUTO = "auto"
    """Raw sockets where this process may open them, else rootless."""

    RAW = "raw"
    ROOTLESS = "rootless"


def open_prober(choice: ProberChoice, clock: Clock, interface: str | None) -> Prober:
    """Open the prober's sockets, then give the privilege for raw sockets up for good.

    Must run before any thread starts: capabilities belong to threads. Raises CannotRunError.
    """
    if not hasattr(socket, "IP_RECVERR") and os.uname().sysname != "Linux":
        raise CannotRunError(f"live traces need Linux, this is {os.uname().sysname}: try 'tracetui demo'")
    from tracetui.probing import privilege

    if choice is ProberChoice.ROOTLESS or (choice is ProberChoice.AUTO and not privilege.can_open_raw()):
        from tracetui.probing.rootless_prober import RootlessProber

        prober: Prober = RootlessProber(clock, interface)
    else:
        from tracetui.probing.packet_prober import PacketProber
        from tracetui.probing.raw_wire import RawWire

        prober = PacketProber(RawWire(clock, interface), clock)
    privilege.drop_net_raw()
    return prober
