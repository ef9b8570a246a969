"""A trace that another tool made, as far as its output tells: vantage, time, target, replies to each TTL."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tracetui.model.lane import ProbeProtocol
from tracetui.model.reply import ReplyKind

_NO_ADDRESS: Final = "no-address-"


class Untold(StrEnum):
    """What the output of a tool leaves open; the findings treat it as not looked at."""

    ADDRESSES = "addresses"
    """Hops show a name or an AS instead of an address."""

    MESSAGES = "messages"
    """The kind of a reply is not kept: every answer may be an ICMP unreachable or the endpoint's own."""

    PROBES = "probes"
    """Only sums over the probes of a hop are kept."""

    LOST_PROBES = "lost_probes"
    """Probes without an answer are not shown."""

    END = "end"
    """The trace may go on: it was cut off, or one row stands for all hops that are left."""

    TARGET = "target"
    """The target's address is missing."""

    PROTOCOL = "protocol"
    """The protocol or the port that was probed is missing."""

    TIME = "time"
    """When it was made is missing."""


@dataclass(frozen=True, slots=True)
class ImportedResponder:
    """Who answered, as the tool wrote it. At least one of address, name and ASes is known."""

    address: str | None = None
    """Canonical text; an IPv4-mapped address as IPv4."""

    name: str = ""
    """Safe text; it may be cut off by the tool."""

    asns: tuple[int, ...] = ()
    """As the tool printed them; AS0 is left out."""

    mpls: tuple[int, ...] = ()
    """Labels, outermost first."""


@dataclass(frozen=True, slots=True)
class ImportedReply:
    """The answer to one probe."""

    responder: ImportedResponder
    rtt_ns: int | None = None
    kind: ReplyKind | None = None
    """None where the output does not tell."""

    icmp_type: int | None = None
    icmp_code: int | None = None
    reply_ttl: int | None = None
    """TTL that the reply arrived with."""


@dataclass(frozen=True, slots=True)
class CountedReply:
    """How many answers of one kind one responder sent."""

    responder: ImportedResponder
    count: int
    kind: ReplyKind
    icmp_type: int | None = None
    icmp_code: int | None = None


@dataclass(frozen=True, slots=True)
class HopFigures:
    """Sums over the probes of one TTL, where a tool keeps no single probes. Times in nanoseconds."""

    sent: int
    lost: int
    responders: tuple[ImportedResponder, ...] = ()
    """Most replies first; none for a silent hop."""

    last_ns: int | None = None
    best_ns: int | None = None
    mean_ns: int | None = None
    worst_ns: int | None = None
    stdev_ns: int | None = None
    replies: tuple[CountedReply, ...] = ()
    """Answers by responder and kind, where the output tells kinds."""


@dataclass(frozen=True, slots=True)
class ImportedHop:
    """One TTL: its probes one by one, or else their sums."""

    ttl: int
    probes: tuple[ImportedReply | None, ...] = ()
    """In the order they were sent; None for a lost one."""

    figures: HopFigures | None = None
    """Set where single probes are not kept; `probes` is empty then."""

    @property
    def responders(self) -> tuple[ImportedResponder, ...]:
        """All that answered, each once, in the order of the output."""
        if self.figures is not None:
            return self.figures.responders
        return tuple(dict.fromkeys(reply.responder for reply in self.probes if reply is not None))

    @property
    def sent(self) -> int:
        """Probes sent, as far as the output shows them."""
        return self.figures.sent if self.figures is not None else len(self.probes)

    @property
    def lost(self) -> int:
        """Probes without an answer."""
        return self.figures.lost if self.figures is not None else self.probes.count(None)


@dataclass(frozen=True, slots=True)
class ImportedTrace:
    """One trace."""

    tool: str
    """What made it, as people call it: `Cisco IOS`, `mtr`, `RIPE Atlas`."""

    hops: tuple[ImportedHop, ...]
    """By rising TTL, without duplicates; TTLs that the output leaves out are missing here too."""

    target: str = ""
    """Name or address that was asked for; "" where the output does not say. Safe text."""

    address: str | None = None
    """The target's address, canonical text."""

    protocol: ProbeProtocol | None = None
    port: int | None = None
    """Destination port, where the output tells it."""

    flow_id: str = ""
    """What identifies the flow, in words: `source port 33434`; "" where the output does not say."""

    vantage: str = ""
    """Where it was made, as the output names it: `GW-Core-R3`, `probe 6012, AS3333`; safe text."""

    is_one_probe: bool = False
    """True where `vantage` names one probe of a platform: traces with the same name are from the same one."""

    source: str | None = None
    """Address that the probes left from."""

    source_asn: int | None = None
    source_country: str = ""
    """Two letters (ISO 3166); "" where the output does not say."""

    started_at: datetime | None = None
    """Aware; UTC where the output names no zone that is known."""

    untold: frozenset[Untold] = frozenset()
    """What this output leaves open."""

    max_hops: int | None = None
    """Highest TTL that the tool was to probe."""

    lines: tuple[int, int] = (0, 0)
    """First and last line of the text that it was read from, from 1; (0, 0) for a document without lines."""

    remarks: tuple[str, ...] = ()
    """What was odd in it, one line each, for the person who imports it: a line that was not understood."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the measurements of an imported lane come from, and what they leave open."""

    tool: str
    text: str
    """What it was read from: a file's name, or `pasted text`. Safe text."""

    place: str
    """The vantage, as far as the output tells: lanes with the same one were traced from the same place."""

    vantage: str = ""
    """As the output names it; "" where it does not."""

    source_asn: int | None = None
    source_country: str = ""
    """Two letters (ISO 3166); "" where the output does not say."""

    started_at: datetime | None = None
    """Aware; None where the output does not tell, whatever times the rounds have."""

    untold: frozenset[Untold] = frozenset()
    max_hops: int | None = None
    lines: tuple[int, int] = (0, 0)
    remarks: tuple[str, ...] = ()
    """What was odd in the text, one line each."""

    every_s: float | None = None
    """Seconds between the runs of a command that a vantage runs again and again, so that its rounds have
    times; None for a trace that was read once."""


def stand_in(trace_number: int, ttl: int, index: int) -> str:
    """Return the word that takes the place of an address which a trace does not show.

    It is no address and unlike every other one: nothing says that two such routers are the same.
    """
    return f"{_NO_ADDRESS}{trace_number}-{ttl}" + (f"-{index + 1}" if index else "")


def is_stand_in(address: str | None) -> bool:
    """Tell whether `address` is the word for an address that an imported trace does not show."""
    return address is not None and address.startswith(_NO_ADDRESS)
