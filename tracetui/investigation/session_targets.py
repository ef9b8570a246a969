"""Converts the targets and settings of an investigation to a session that is remembered, and back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from tracetui.config import Session, SessionTarget
from tracetui.config.settings import Prober
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.services import Service, parse_services, services_of, services_text
from tracetui.model import Target, TargetError


def session_of(
    targets: Sequence[Target],
    settings: Settings,
    *,
    prober: Prober | None = None,
    interface: str | None = None,
    configured: Collection[str] = (),
) -> Session:
    """Return the session of an investigation; `prober` and `interface` as they were asked for.

    `configured`: the vantages that have a name; others are called by their address.
    """
    return Session(
        targets=tuple(
            SessionTarget(target.text, target.role, services_text(services_of(target)), target.source)
            for target in targets
        ),
        protocols=settings.protocols,
        ports=settings.ports or (),
        interval_s=settings.pace.interval_s,
        max_hops=settings.pace.max_hops,
        timeout_s=settings.pace.timeout_s,
        prober=prober,
        sources=tuple(source for source in settings.sources if source is not None),
        interface=interface,
        families=settings.families,
        all_addresses=settings.all_addresses,
        vantages=tuple(name if name in configured else f"ssh://{name}" for name in settings.vantages),
    )


def session_targets(
    session: Session,
    settings: Settings,
    *,
    own_services: bool = True,
    narrate: Callable[[str], None] = lambda _: None,
) -> list[Target]:
    """Return the targets of a session; without `own_services`, probed as `settings` say.

    A session of another version, or an edited one, may have values that cannot be parsed: such a target is
    left out, such protocols and ports are taken from `settings`, and `narrate` is told.
    """
    found = []
    for each in session.targets:
        try:
            target = replace(settings.parse(each.text), role=each.role, source=each.source)
        except TargetError as error:
            narrate(f"not restored: {error}")
            continue
        if each.services and own_services:
            try:
                target = _served(target, parse_services(each.services))
            except TargetError as error:
                narrate(f"{target.text} restored with the usual protocols and ports: {error}")
        found.append(target)
    return found


def _served(target: Target, services: Sequence[Service]) -> Target:
    ports = tuple(port for _, port in services if port is not None)
    protocols = tuple(dict.fromkeys(protocol for protocol, _ in services))
    return replace(target, protocols=protocols, ports=ports or target.ports)
