"""An investigation on this machine's network."""

import os
import socket
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from tracetui.investigation.investigation import Investigation
from tracetui.investigation.settings import Settings
from tracetui.model import CannotRunError, Tool, Vantage
from tracetui.ownership.background import BackgroundOwners
from tracetui.ownership.dns import OfflineNames, SystemNames
from tracetui.ownership.source import AttributionSource, NameSource
from tracetui.probing.clock import Clock, SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.prober import Prober


class ProberChoice(StrEnum):
    """How to send probes."""

    AUTO = "auto"
    """Raw sockets where this process may open them, else rootless."""

    RAW = "raw"
    ROOTLESS = "rootless"


def open_prober(choice: ProberChoice, clock: Clock, interface: str | None) -> Prober:
    """Open the prober's sockets and, after raw ones, give the privilege up for good.

    Must run before any thread starts: capabilities belong to threads. Raises CannotRunError.
    """
    if not hasattr(socket, "IP_RECVERR") and os.uname().sysname != "Linux":
        raise CannotRunError(f"live traces need Linux, this is {os.uname().sysname}: try 'tracetui demo'")
    from tracetui.probing import privilege

    if choice is ProberChoice.ROOTLESS or (choice is ProberChoice.AUTO and not privilege.can_open_raw()):
        from tracetui.probing.rootless import RootlessProber

        prober: Prober = RootlessProber(clock, interface)
    else:
        from tracetui.probing.packet_prober import PacketProber
        from tracetui.probing.raw import RawWire

        prober = PacketProber(RawWire(clock, interface), clock)
    privilege.drop_net_raw()
    return prober


def attribution_sources(table: Path | None) -> list[AttributionSource]:
    """Return the AS sources in the order they are asked: the user's table, else plevin."""
    if table is not None:
        from tracetui.ownership.tables import open_tables

        tables = open_tables([table])
        return [*tables.exchanges, *tables.origins]
    from tracetui.ownership.plevin_table import PlevinTable

    return [PlevinTable()]


def live_investigation(
    settings: Settings,
    tool: Tool,
    *,
    prober: ProberChoice,
    interface: str | None,
    table: Path | None,
    pointers: bool,
    offline: bool,
    publish_every_s: float | None,
    narrate: Callable[[str], None],
) -> Investigation:
    """Put an investigation together.

    `pointers`: ask for PTR names. `offline`: no DNS at all, targets must be addresses.
    Raises CannotRunError, TableError.
    """
    clock = SystemClock()
    opened = open_prober(prober, clock, interface)
    names: NameSource = OfflineNames() if offline else SystemNames()
    return Investigation(
        engine=Engine(opened, clock, settings.pace, publish_every_s=publish_every_s),
        clock=clock,
        owners=BackgroundOwners(attribution_sources(table), names if pointers and not offline else None),
        names=names,
        settings=settings,
        tool=tool,
        vantage=Vantage(
            hostname=socket.gethostname(),
            prober=opened.name,
            kernel=f"{os.uname().sysname} {os.uname().release}",
            interface=interface,
        ),
        narrate=narrate,
    )
