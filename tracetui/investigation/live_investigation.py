"""Opens a prober and assembles an investigation on this machine's network."""

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from tracetui.config.vantage_tables import VantageTable
from tracetui.evidence.registers.read_register import RegisterRequest
from tracetui.investigation.bgp_routes import BgpFile, BgpRoutes
from tracetui.investigation.investigation import Investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.open_vantages import open_vantages
from tracetui.investigation.public_vantages import PublicVantages
from tracetui.investigation.service_checks import CheckSettings, ServiceChecks
from tracetui.model import CannotRunError, Tool, Vantage
from tracetui.model.moment import moment_of
from tracetui.ownership.background_lookup import MAX_ADDRESSES
from tracetui.ownership.lookup_settings import OwnershipSettings
from tracetui.ownership.open_sources import Ownership
from tracetui.ownership.registration_lookup import RegistrationLookups
from tracetui.ownership.system_names import parse_server
from tracetui.probing.arrivals_here import ArrivalsOnTheWire
from tracetui.probing.clock import SystemClock
from tracetui.probing.engine import Engine
from tracetui.probing.interruptions import InterruptionWatch
from tracetui.probing.open_files import questions_at_once, raise_limit
from tracetui.probing.open_prober import ProberChoice, open_prober
from tracetui.vantage.command_engine import CommandEngine


def live_investigation(
    settings: Settings,
    tool: Tool,
    *,
    prober: ProberChoice,
    interface: str | None,
    ownership: OwnershipSettings,
    bgp_files: Sequence[BgpFile] = (),
    checks: CheckSettings = CheckSettings(),  # noqa: B008  (frozen)
    publish_every_s: float | None,
    via: Sequence[str] = (),
    vantages: Mapping[str, VantageTable] = MappingProxyType({}),
    public: PublicVantages | None = None,
    registers: Sequence[RegisterRequest] = (),
    narrate: Callable[[str], None],
) -> Investigation:
    """Assemble an investigation; `via` are the vantages wanted, `vantages` those that have a name.

    Raises CannotRunError, ResolutionError, TableError.
    """
    clock = SystemClock()
    remote = open_vantages(via, vantages, clock, settings.pace, prober)
    limit = raise_limit()
    arrivals = ArrivalsOnTheWire(clock) if prober is not ProberChoice.ROOTLESS else None
    try:
        opened = open_prober(prober, clock, interface)
    except CannotRunError:
        if arrivals is not None:
            arrivals.close()
        raise
    lookups = Ownership(ownership, narrate, questions_at_once=questions_at_once(limit))
    checks = replace(checks, now=lambda: moment_of(clock.unix_ns()))
    return Investigation(
        engine=Engine(
            opened,
            clock,
            settings.pace,
            publish_every_s=publish_every_s,
            watch=InterruptionWatch(clock),
        ),
        clock=clock,
        owners=lookups.owners(closing=lookups.close, most=MAX_ADDRESSES),
        names=lookups.names,
        registrations=None if ownership.offline else RegistrationLookups(),
        bgp=BgpRoutes(bgp_files, online=not ownership.offline, narrate=narrate),
        checks=None if ownership.offline else ServiceChecks(_on_this_machine(checks, ownership, interface)),
        public=public,
        settings=replace(
            settings,
            vantages=tuple(engine.name for engine in remote),
            vantage_protocols={
                engine.name: engine.protocols for engine in remote if isinstance(engine, CommandEngine)
            },
        ),
        remote=remote,
        arrivals_here=arrivals,
        open_vantage=lambda word: open_vantages([word], vantages, clock, settings.pace, prober)[0],
        tool=tool,
        vantage=Vantage(
            hostname=socket.gethostname(),
            prober=opened.name,
            kernel=f"{os.uname().sysname} {os.uname().release}",
            interface=interface,
        ),
        registers=registers,
        narrate=narrate,
    )


def _on_this_machine(
    checks: CheckSettings, ownership: OwnershipSettings, interface: str | None
) -> CheckSettings:
    """Raises ResolutionError for a DNS server that is none."""
    server = None if ownership.dns_server is None else parse_server(ownership.dns_server)
    return replace(checks, dns_server=server, interface=interface)
