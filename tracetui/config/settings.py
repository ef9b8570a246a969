"""Declares every setting once, with type, limits, default and meaning, for the file and the command line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tracetui.config.check import DnsServer, checked
from tracetui.config.vantage_tables import VantageTable
from tracetui.model import PROBED, HolderBook, ProbeProtocol
from tracetui.ownership.lookup_settings import SourceKind


def _seconds(low: float, high: float) -> Meta:
    return Meta(ge=low, le=high, description=f"a number of seconds from {low:g} to {high:g}")


def whole_number(low: int, high: int) -> Meta:
    """Return the limits of an `int`."""
    return Meta(ge=low, le=high, description=f"a whole number from {low} to {high}")


def _text(what: str) -> Meta:
    return Meta(max_length=1000, description=f"{what}: write it in quotes, on one line")


Interval = Annotated[float, _seconds(0.05, 3600)]
Timeout = Annotated[float, _seconds(0.05, 60)]
MaxHops = Annotated[int, whole_number(1, 64)]
MaxRate = Annotated[int, whole_number(1, 1_000_000)]
MaxLanes = Annotated[int, whole_number(1, 100_000)]
Protocols = Annotated[tuple[Annotated[ProbeProtocol, Meta(extra={"only": PROBED})], ...], Meta(min_length=1)]
Ports = tuple[Annotated[int, Meta(ge=1, le=65535, title="port", description="a number from 1 to 65535")], ...]
Prober = Literal["auto", "raw", "rootless"]
File = Annotated[Path, Meta(description="a path: write it in quotes, on one line")]


class Details(StrEnum):
    """Where the details of a hop or lane are shown."""

    AUTO = "auto"
    """At the side where there is room, else on their own screen."""

    SIDE = "side"
    SCREEN = "screen"


class Origin(StrEnum):
    """Where a setting's value comes from; each wins over those before it."""

    DEFAULT = "default"
    FILE = "file"
    SESSION = "last session"
    COMMAND_LINE = "command line"


class ProbingSettings(Struct, frozen=True, kw_only=True, rename="kebab"):
    """What is sent, and how often."""

    interval: Interval = 1.0
    """Interval between rounds in seconds, 0.05 to 3600."""

    timeout: Timeout = 2.0
    """Seconds until a probe counts as lost, 0.05 to 60."""

    max_hops: MaxHops = 30
    """Highest TTL, 1 to 64."""

    max_rate: MaxRate = 1000
    """Packets per second of all lanes together. Where rounds would need more, intervals are stretched."""

    max_lanes: MaxLanes = 32
    """Lanes of one target that are traced without asking: an MX record may have hundreds of names."""

    protocols: Protocols = PROBED
    """For targets that name none: "tcp", "icmp" or both."""

    ports: Ports = ()
    """TCP ports for targets that name none. Empty: 443, and 25 for mx:."""

    prober: Prober = "auto"
    """How to send: "raw" sockets need CAP_NET_RAW, "rootless" needs nothing, "auto" tries raw first."""


class OwnershipConfig(Struct, frozen=True, kw_only=True, rename="kebab"):
    """Who owns an address, and what it is called."""

    asn_table: tuple[File, ...] = ()
    """IP-to-AS tables, plain or .gz: iptoasn, mmdb, CAIDA pfx2as, pyasn; PeeringDB ixpfx, netixlan."""

    as_source: tuple[SourceKind, ...] = ()
    """Which sources to ask, of "table", "plevin" and "cymru". Empty: all."""

    as_names: File | None = None
    """File with your names and colours of ASes. Empty: as.toml in the configuration directory, if present."""

    dns_server: DnsServer = DnsServer()
    """The DNS server to ask, as "192.0.2.53" or "[2001:db8::53]:5353". Empty: the system's."""

    no_dns: bool = False
    """No DNS queries about hops, so no PTR names."""

    offline: bool = False
    """Send nothing but probes: no DNS at all."""


class Figure(StrEnum):
    """A figure of a hop that a wide panel has a column for, beside the last RTT and the loss."""

    SENT = "sent"
    MEAN = "mean"
    BEST = "best"
    WORST = "worst"
    STDEV = "stdev"
    JITTER = "jitter"


class EvidenceSettings(Struct, frozen=True, kw_only=True, rename="kebab"):
    """Evidence about the targets besides the traces."""

    register: tuple[File, ...] = ()
    """Block registers in which endpoints are looked up; "FILE:column=NAME" for a column of a CSV file."""

    atlas_key_file: File | None = None
    """File with your key for new measurements of RIPE Atlas. RIPE_ATLAS_KEY in the environment wins."""


class ReportSettings(Struct, frozen=True, kw_only=True, rename="kebab"):
    """What reports tell."""

    full: bool = False
    """Markdown reports with all evidence and all hops, not on one page; on the screen, too."""


class ScreenSettings(Struct, frozen=True, kw_only=True, rename="kebab"):
    """What the screen looks like, and what it remembers."""

    theme: Annotated[str, _text("the name of a theme")] = ""
    """Such as "tracetui-dark", "tracetui-light", "tracetui-high-contrast". Empty: the one chosen last."""

    mouse: bool = True
    """Use the mouse. If false, the terminal's own selection works."""

    ascii: bool = False
    """Draw with ASCII characters only."""

    privacy: bool = False
    """Mask this machine's addresses and the first hops, on the screen and in reports."""

    privacy_hops: Annotated[int, whole_number(0, 64)] = 1
    """How many first hops privacy masks, 0 to 64."""

    remember: bool = True
    """Remember targets typed, the theme chosen and the last session."""

    columns: tuple[Figure, ...] = (Figure.SENT, Figure.MEAN, Figure.BEST, Figure.WORST, Figure.STDEV)
    """Further columns of wide panels: "sent", "mean", "best", "worst", "stdev", "jitter", in this order."""

    details: Details = Details.AUTO
    """Details of a hop: at the "side", on their own "screen", or "auto", depending on the room."""


SECTIONS: Final[Mapping[str, type[Struct]]] = MappingProxyType(
    {
        "probing": ProbingSettings,
        "ownership": OwnershipConfig,
        "evidence": EvidenceSettings,
        "report": ReportSettings,
        "screen": ScreenSettings,
    }
)
"""The sections of settings; `[keys]` and `[as.NUMBER]` stand beside them."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as the file, the command line and the template need it."""

    section: str
    key: str
    """As in the file: `max-hops`."""

    attribute: str
    """As in the section's class: `max_hops`."""

    type: Any
    default: Any

    def checked(self, value: object) -> Any:  # noqa: ANN401  (each setting has its own type)
        """Return a value of a TOML file as this setting's type. Raises ValueError, saying what it is not."""
        return checked(value, self.type)

    def parsed(self, text: str) -> Any:  # noqa: ANN401
        """Return what was typed as this setting's type. Raises ValueError, saying what it is not."""
        return checked(text, self.type, typed=True)


def _declared() -> Iterator[tuple[str, Setting]]:
    for section, declared in SECTIONS.items():
        for each in msgspec.structs.fields(declared):
            name = f"{section}.{each.encode_name}"
            yield name, Setting(section, each.encode_name, each.name, each.type, each.default)


SETTINGS: Final[Mapping[str, Setting]] = MappingProxyType(dict(_declared()))
"""Every setting by `SECTION.KEY`, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that the user wants for commands, by the command's id (`add_target`)."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: str = ""
    """The file they stand in, for the line about a mistake."""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings in effect."""

    probing: ProbingSettings = ProbingSettings()  # noqa: RUF009  (frozen)
    ownership: OwnershipConfig = OwnershipConfig()  # noqa: RUF009  (frozen)
    evidence: EvidenceSettings = EvidenceSettings()  # noqa: RUF009  (frozen)
    report: ReportSettings = ReportSettings()  # noqa: RUF009  (frozen)
    screen: ScreenSettings = ScreenSettings()  # noqa: RUF009  (frozen)
    keys: Keys = Keys()
    holders: HolderBook = HolderBook()  # noqa: RUF009  (frozen)
    """Names and colours of ASes below `[as.NUMBER]`."""

    vantages: Mapping[str, VantageTable] = field(default_factory=dict)
    """Places that trace for the user, by the name in `[vantage.NAME]`."""

    file: Path | None = None
    """The file that was read; None: no file."""

    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False)
    """By `SECTION.KEY`; what is not in it is a default."""

    def value(self, name: str) -> object:
        """Return the value of `SECTION.KEY`."""
        setting = SETTINGS[name]
        value: object = getattr(getattr(self, setting.section), setting.attribute)
        return value

    def origin(self, name: str) -> Origin:
        """Return where the value of `SECTION.KEY` comes from."""
        return self.origins.get(name, Origin.DEFAULT)

    def overridden(self, values: Mapping[str, object], origin: Origin) -> "Config":
        """Return a copy with other values by `SECTION.KEY`, which have been checked."""
        sections = {section: getattr(self, section) for section in SECTIONS}
        for name, value in values.items():
            setting = SETTINGS[name]
            changed = {setting.attribute: value}
            sections[setting.section] = msgspec.structs.replace(sections[setting.section], **changed)
        return replace(self, **sections, origins={**self.origins, **dict.fromkeys(values, origin)})
