"""Every setting once: its name, default, limits and meaning, for file, command line and `tracetui config`."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from tracetui.config.kinds import File, Flag, Kind, Named, Number, OneOf, Port, Server, Several, Text, Whole
from tracetui.model import HolderBook, ProbeProtocol
from tracetui.ownership.ownership_settings import SourceKind

T = TypeVar("T")


def setting(default: T, kind: Kind[T]) -> T:
    """Declare a setting."""
    value: T = field(default=default, metadata={"kind": kind})
    return value


class Details(StrEnum):
    """Where the details of a hop or lane are shown."""

    AUTO = "auto"
    """At the side where there is room, else on a screen of their own."""

    SIDE = "side"
    SCREEN = "screen"


class Origin(StrEnum):
    """Where a setting's value comes from; each wins over those before it."""

    DEFAULT = "default"
    FILE = "file"
    SESSION = "last session"
    COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class ProbingSettings:
    """What is sent, and how often."""

    interval: float = setting(1.0, Number(0.05, 3600, "seconds"))
    """Seconds from round to round, 0.05 to 3600."""

    timeout: float = setting(2.0, Number(0.05, 60, "seconds"))
    """Seconds until a probe counts as lost, 0.05 to 60."""

    max_hops: int = setting(30, Whole(1, 64))
    """Highest TTL, 1 to 64."""

    protocols: tuple[ProbeProtocol, ...] = setting(
        (ProbeProtocol.TCP, ProbeProtocol.ICMP), Several(Named(ProbeProtocol), fewest=1)
    )
    """For targets that name none: "tcp", "icmp" or both."""

    ports: tuple[int, ...] = setting((), Several(Port()))
    """TCP ports for targets that name none. Empty: 443, and 25 for mx:."""

    prober: str = setting("auto", OneOf(("auto", "raw", "rootless")))
    """How to send: "raw" sockets need CAP_NET_RAW, "rootless" needs nothing, "auto" takes what it gets."""


@dataclass(frozen=True, slots=True)
class OwnershipConfig:
    """Who owns an address, and what it is called."""

    asn_table: tuple[Path, ...] = setting((), Several(File()))  # type: ignore[arg-type]
    """Address to AS tables, plain or .gz: iptoasn, mmdb, CAIDA pfx2as, pyasn; PeeringDB ixpfx, netixlan."""

    as_source: tuple[SourceKind, ...] = setting((), Several(Named(SourceKind)))
    """Which sources to ask, of "table", "plevin" and "cymru". Empty: all."""

    as_names: Path | None = setting(None, File())  # noqa: RUF009  (a field)
    """A file with names and colours of ASes. Empty: as.toml in the configuration directory, if there."""

    dns_server: str = setting("", Server())
    """The DNS server to ask, as "192.0.2.53" or "[2001:db8::53]:5353". Empty: the system's."""

    no_dns: bool = setting(False, Flag())  # noqa: FBT003  (a default)
    """No DNS about hops: no PTR names."""

    offline: bool = setting(False, Flag())  # noqa: FBT003  (a default)
    """Nothing leaves this machine but probes: no DNS at all."""


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """What the screen looks like, and what it remembers."""

    theme: str = setting("", Text("the name of a theme"))
    """Such as "tracetui-dark", "tracetui-light", "tracetui-high-contrast". Empty: the one chosen last."""

    mouse: bool = setting(True, Flag())  # noqa: FBT003  (a default)
    """Take the mouse. Without it, the terminal's own selection works."""

    ascii: bool = setting(False, Flag())  # noqa: FBT003  (a default)
    """Draw with ASCII characters alone."""

    privacy: bool = setting(False, Flag())  # noqa: FBT003  (a default)
    """Mask this machine's addresses and the first hops, on the screen and in reports."""

    privacy_hops: int = setting(1, Whole(0, 64))
    """How many first hops privacy masks, 0 to 64."""

    remember: bool = setting(True, Flag())  # noqa: FBT003  (a default)
    """Keep targets typed, the theme chosen and the last session for next time."""

    details: Details = setting(Details.AUTO, Named(Details))  # noqa: RUF009  (a field)
    """Details of a hop: at the "side", on a "screen" of their own, or "auto" by the room there is."""


SECTIONS: Final[Mapping[str, type[Any]]] = MappingProxyType(
    {"probing": ProbingSettings, "ownership": OwnershipConfig, "screen": ScreenSettings}
)
"""The sections of settings; `[keys]` and `[as.NUMBER]` stand beside them."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that the user wants for commands, by the command's id (`add_target`)."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: str = ""
    """The file they stand in, for the line about a mistake."""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings as they hold."""

    probing: ProbingSettings = ProbingSettings()
    ownership: OwnershipConfig = OwnershipConfig()
    screen: ScreenSettings = ScreenSettings()
    keys: Keys = Keys()
    holders: HolderBook = HolderBook()  # noqa: RUF009  (frozen)
    """Names and colours of ASes below `[as.NUMBER]`."""

    file: Path | None = None
    """What was read; None: nothing."""

    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False)
    """By `SECTION.KEY`; what is not in it is a default."""

    def value(self, name: str) -> object:
        """Return the value of `SECTION.KEY`."""
        section, _, key = name.partition(".")
        value: object = getattr(getattr(self, section), attribute(key))
        return value

    def origin(self, name: str) -> Origin:
        """Tell where the value of `SECTION.KEY` comes from."""
        return self.origins.get(name, Origin.DEFAULT)

    def overridden(self, values: Mapping[str, object], origin: Origin) -> "Config":
        """Return the same with other values, checked already, by `SECTION.KEY`."""
        changed = {
            section: replace(
                getattr(self, section),
                **{
                    attribute(name.partition(".")[2]): value
                    for name, value in values.items()
                    if name.startswith(f"{section}.")
                },
            )
            for section in SECTIONS
        }
        return replace(self, **changed, origins={**self.origins, **dict.fromkeys(values, origin)})


def names() -> Iterator[str]:
    """Yield every setting as `SECTION.KEY`, in their order."""
    for section, declared in SECTIONS.items():
        for each in fields(declared):
            yield f"{section}.{each.name.replace('_', '-')}"


def kind_of(name: str) -> Kind[Any]:
    """Return the check of `SECTION.KEY`."""
    kind: Kind[Any] = _declaration(name).metadata["kind"]
    return kind


def default_of(name: str) -> object:
    """Return the default of `SECTION.KEY`."""
    default: object = _declaration(name).default
    assert default is not MISSING  # noqa: S101  (every setting has one)
    return default


def attribute(key: str) -> str:
    """Return the name of a key's attribute: `max_hops` for `max-hops`."""
    return key.replace("-", "_")


def _declaration(name: str) -> "Field[Any]":
    section, _, key = name.partition(".")
    return next(each for each in fields(SECTIONS[section]) if each.name == attribute(key))
