"""Parses and prints what an endpoint is probed with, such as `tcp/25,443 icmp`."""

from collections.abc import Sequence
from typing import Final

from tracetui.model import ProbeProtocol, Target, TargetError
from tracetui.model.target import parse_port

Service = tuple[ProbeProtocol, int | None]
"""Protocol and TCP port; the port is None for ICMP."""

_FORM: Final = "write them as in 'tcp/25,443 icmp'"


def parse_services(text: str) -> tuple[Service, ...]:
    """Return the services named in `text`, in its order, each once. Raises TargetError."""
    found: list[Service] = []
    for word in text.lower().replace("+", " ").split():
        protocol, slash, ports = word.partition("/")
        if protocol == ProbeProtocol.ICMP:
            if slash:
                raise TargetError(f"{word!r}: ICMP has no ports; {_FORM}")
            found.append((ProbeProtocol.ICMP, None))
        elif protocol == ProbeProtocol.TCP and ports:
            found += [(ProbeProtocol.TCP, parse_port(port, word)) for port in ports.split(",") if port]
        else:
            raise TargetError(f"{word!r} is not a probe; {_FORM}")
    if not found:
        raise TargetError(f"no probe in {text!r}; {_FORM}")
    return tuple(dict.fromkeys(found))


def services_of(target: Target) -> tuple[Service, ...]:
    """Return what a target is probed with."""
    return tuple(
        (protocol, port)
        for protocol in target.protocols
        for port in (target.ports if protocol is ProbeProtocol.TCP else (None,))
    )


def services_text(services: Sequence[Service]) -> str:
    """Return services as `parse_services` reads them."""
    ports = [str(port) for protocol, port in services if protocol is ProbeProtocol.TCP]
    words = [f"tcp/{','.join(ports)}"] if ports else []
    if any(protocol is ProbeProtocol.ICMP for protocol, _ in services):
        words.append("icmp")
    return " ".join(words)
