"""Makes the command that traces one lane at a vantage: the user's own, or that of a ready template."""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.evidence.traces.command_line import find_command
from tracetui.evidence.traces.source_text import Line
from tracetui.model import CannotRunError, Lane, ProbeProtocol, safe_text
from tracetui.vantage.ssh_command import SshAddress

TCP, ICMP, UDP = ProbeProtocol.TCP, ProbeProtocol.ICMP, ProbeProtocol.UDP

PLACEHOLDERS: Final = ("address", "port", "protocol", "max_hops", "family")

_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")
_TOOL: Final = re.compile(
    r"(?:^|[\s;])(?:\S*/)?((?:traceroute6?|tracert6?|tracepath6?|mtr|tcptraceroute)\s.*)"
)


@dataclass(frozen=True, slots=True)
class Template:
    """How one tool is called, over ssh."""

    tool: str
    """As people call it; "" where the output tells it well enough."""

    protocols: tuple[ProbeProtocol, ...]
    """What it probes with, the usual one first."""

    line: Callable[[Lane, int], str]
    """Returns the command for the far shell, from the lane and the highest TTL."""


def _linux(lane: Lane, max_hops: int) -> str:
    how = {ICMP: " -I", TCP: f" -T -p {lane.port}", UDP: ""}[lane.protocol]
    return f"traceroute -{lane.family} -n -q 1 -w 2 -m {max_hops}{how} {lane.address}"


def _mtr(lane: Lane, max_hops: int) -> str:
    how = {ICMP: "", TCP: f" -T -P {lane.port}", UDP: " -u"}[lane.protocol]
    return f"mtr --raw -{lane.family} -n -c 1 -G 2 -m {max_hops}{how} {lane.address}"


def _tracepath(lane: Lane, max_hops: int) -> str:
    return f"tracepath -{lane.family} -n -m {max_hops} {lane.address}"


def _ios(lane: Lane, max_hops: int) -> str:
    family = "ip" if lane.family == 4 else "ipv6"
    return f"traceroute {family} {lane.address} numeric timeout 2 probe 1 ttl 1 {max_hops}"


def _ios_xr(lane: Lane, max_hops: int) -> str:
    return f"traceroute ipv{lane.family} {lane.address} numeric timeout 2 probe 1 maxttl {max_hops}"


def _junos(lane: Lane, max_hops: int) -> str:
    return f"traceroute {lane.address} no-resolve wait 2 ttl {max_hops}"


def _vrp(lane: Lane, max_hops: int) -> str:
    family = "" if lane.family == 4 else " ipv6"
    return f"tracert{family} -m {max_hops} -q 1 -w 2000 {lane.address}"


def _routeros(lane: Lane, max_hops: int) -> str:
    return (
        f"/tool traceroute address={lane.address} count=1 timeout=2s max-hops={max_hops} use-dns=no "
        f"protocol={lane.protocol}"
    )


def _frr(lane: Lane, _: int) -> str:
    family = "" if lane.family == 4 else "ipv6 "
    return f"vtysh -c {shlex.quote(f'traceroute {family}{lane.address}')}"


TEMPLATES: Final[Mapping[str, Template]] = {
    "linux-traceroute": Template("traceroute", (UDP, ICMP, TCP), _linux),
    "mtr": Template("mtr", (ICMP, TCP, UDP), _mtr),
    "tracepath": Template("tracepath", (UDP,), _tracepath),
    "cisco-ios": Template("Cisco IOS", (UDP,), _ios),
    "ios-xr": Template("Cisco IOS-XR", (UDP,), _ios_xr),
    "junos": Template("Juniper", (UDP,), _junos),
    "vrp": Template("Huawei VRP", (UDP,), _vrp),
    "routeros": Template("MikroTik RouterOS", (ICMP, UDP), _routeros),
    "frr-host": Template("traceroute", (UDP,), _frr),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a command."""

    argv: tuple[str, ...]
    line: str
    """What the tool itself is called with, as its readers look for it before its output; "" if unknown."""


class TraceCommand:
    """The command of one vantage."""

    def __init__(
        self, how: str, protocols: Sequence[ProbeProtocol], call: Callable[[Lane, int], Call], tool: str = ""
    ) -> None:
        self.how = how
        """In words, for the user: the command with its placeholders, or the template and where it runs."""

        self.protocols = tuple(protocols)
        """What it can probe with, the usual one first."""

        self.tool = tool
        """What the output is of; "" where only the output tells it."""

        self._call = call

    def call(self, lane: Lane, max_hops: int) -> Call:
        """Return the call that traces `lane` once."""
        return self._call(lane, max_hops)


def template_command(name: str, ssh: SshAddress, *, before: str = "") -> TraceCommand:
    """Return the command of a template, run over ssh. `name` is one of TEMPLATES; `before` is what the far
    shell reads before the command."""
    template = TEMPLATES[name]

    def call(lane: Lane, max_hops: int) -> Call:
        line = template.line(lane, max_hops)
        return Call(tuple(ssh.command(before + line)), line)

    return TraceCommand(f"{name} over ssh {ssh}", template.protocols, call, template.tool)


def own_command(command: str | Sequence[str], protocol: str | None) -> TraceCommand:
    """Return a command that the user wrote: arguments, or one string that is split as a shell splits it.

    `protocol`: what it probes with, where it has no {protocol}; None: what it looks like. Raises
    CannotRunError for a placeholder that is none, or where {address} is missing.
    """
    try:
        parts = shlex.split(command) if isinstance(command, str) else list(command)
    except ValueError as error:
        raise CannotRunError(f"{safe_text(str(command), limit=80)}: {safe_text(str(error))}") from None
    names = {found for part in parts for found in _PLACEHOLDER.findall(part)}
    unknown = sorted(names - set(PLACEHOLDERS))
    if unknown:
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise CannotRunError(f"{{{safe_text(unknown[0], limit=40)}}} is no placeholder ({known})")
    if "address" not in names:
        raise CannotRunError("nothing says what to trace: write {address} where the address belongs")
    protocols: tuple[ProbeProtocol, ...] = (ICMP, TCP, UDP) if "protocol" in names else ()
    if protocol is not None or not protocols:
        protocols = (ProbeProtocol(protocol) if protocol is not None else _looks_like(parts),)

    def call(lane: Lane, max_hops: int) -> Call:
        values = {
            "address": lane.address,
            "port": "" if lane.port is None else str(lane.port),
            "protocol": lane.protocol.value,
            "max_hops": str(max_hops),
            "family": str(lane.family),
        }
        filled = [_PLACEHOLDER.sub(lambda found: values[found[1]], part) for part in parts]
        return Call(tuple(filled), _tool_line(filled))

    return TraceCommand(" ".join(parts), protocols, call)


def _looks_like(parts: Sequence[str]) -> ProbeProtocol:
    """Return the protocol that a command line asks for, or that its tool usually has."""
    line = _tool_line(parts)
    told = find_command([Line(1, f"$ {line}")]).protocol
    if told is not None:
        return told
    if line.startswith("mtr"):
        words = line.split()
        return TCP if {"-T", "--tcp"} & set(words) else UDP if {"-u", "--udp"} & set(words) else ICMP
    return TCP if line.startswith("tcptraceroute") else UDP


def _tool_line(parts: Sequence[str]) -> str:
    """Return the call of the tool itself within a command: what ssh runs there."""
    found = _TOOL.search(" ".join(parts))
    return found[1] if found is not None else ""
