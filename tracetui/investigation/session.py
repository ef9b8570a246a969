"""What is traced, as a session to be remembered, and back."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tracetui.config import Session, SessionTarget
from tracetui.investigation.services import Service, parse_services, services_text
from tracetui.investigation.settings import Settings
from tracetui.model import ProbeProtocol, Target


def session_of(targets: Sequence[Target], settings: Settings) -> Session:
    """Return the session of an investigation."""
    return Session(
        targets=tuple(
            SessionTarget(target.text, target.role, services_text(list(_services(target))))
            for target in targets
        ),
        protocols=settings.protocols,
        ports=settings.ports or (),
        interval_s=settings.pace.interval_s,
        max_hops=settings.pace.max_hops,
    )


def session_targets(session: Session, settings: Settings, *, own_services: bool = True) -> list[Target]:
    """Return the targets of a session; without `own_services`, probed as `settings` say.

    Raises TargetError.
    """
    found = []
    for each in session.targets:
        target = replace(settings.parse(each.text), role=each.role)
        if each.services and own_services:
            services = parse_services(each.services)
            ports = tuple(port for _, port in services if port is not None)
            target = replace(
                target,
                protocols=tuple(dict.fromkeys(protocol for protocol, _ in services)),
                ports=ports or target.ports,
            )
        found.append(target)
    return found


def _services(target: Target) -> Iterator[Service]:
    for protocol in target.protocols:
        if protocol is ProbeProtocol.TCP:
            yield from ((protocol, port) for port in target.ports)
        else:
            yield protocol, None
