"""The lanes of endpoints: one for each source address, protocol and port."""

from collections.abc import Iterator, Sequence

from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.services import Service, services_of
from tracetui.model import Endpoint, Lane, ProbeProtocol


def endpoint_lanes(endpoints: Sequence[Endpoint], settings: Settings) -> list[Lane]:
    """Return the lanes, each from its target's own source, or from the settings' sources of its family, and
    from every remote vantage."""
    return [lane for endpoint in endpoints for lane in _lanes(endpoint, settings)]


def _lanes(endpoint: Endpoint, settings: Settings) -> Iterator[Lane]:
    target, sources = endpoint.target, settings.sources
    if target.via is not None:
        for protocol, port in services_of(target):
            yield Lane(
                target.text, endpoint.host, endpoint.address, protocol, port, target.role, via=target.via
            )
        return
    family_mark = ":" in endpoint.address
    fitting = [source for source in sources if source is None or (":" in source) == family_mark]
    for source in (target.source,) if target.source else fitting or [None]:
        for protocol, port in services_of(target):
            yield Lane(target.text, endpoint.host, endpoint.address, protocol, port, target.role, source)
    for via in settings.vantages:
        for protocol, port in _services_at(via, services_of(target), settings):
            yield Lane(target.text, endpoint.host, endpoint.address, protocol, port, target.role, via=via)


def _services_at(via: str, wanted: Sequence[Service], settings: Settings) -> Sequence[Service]:
    """Return what a vantage probes an endpoint with: what is wanted and can be done there, else what is usual
    there. TCP to a port that nobody asked for is not probed."""
    able = settings.vantage_protocols.get(via)
    if able is None:
        return wanted
    usual = next((protocol for protocol in able if protocol is not ProbeProtocol.TCP), None)
    done = [service for service in wanted if service[0] in able]
    return done or ([(usual, None)] if usual is not None else [])
