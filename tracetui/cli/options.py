"""Declares every option once, in the order of `--help`, and which commands list it.

An option that is also a setting has the setting's name (`probing.interval`) as destination and no default:
what is not typed comes from the configuration file.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, get_args

from tracetui.config.check import checked
from tracetui.config.settings import SETTINGS, Prober, whole_number

DEFAULT_REPORT_ROUNDS: Final = 10


def _argument_type(parse: Callable[[str], object]) -> Callable[[str], object]:
    """Return `parse` as argparse wants it: its errors then name the option."""

    def convert(text: str) -> object:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return convert


def _number(low: int, high: int) -> Callable[[str], object]:
    wanted = Annotated[int, whole_number(low, high)]
    return _argument_type(lambda text: checked(text, wanted, typed=True))


@_argument_type
def _address(text: str) -> str:
    import ipaddress

    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError(f"{text!r} is not an IP address of this host") from None


@_argument_type
def _masked_hops(text: str) -> object:
    """Return the number of hops to mask; True where none is given: the configured number."""
    return SETTINGS["screen.privacy-hops"].parsed(text) if text else True


@dataclass(frozen=True, slots=True)
class Option:
    """One option; without `metavar` and `choices` it takes no value."""

    flags: str
    help: str
    metavar: str | None = None
    setting: str = ""
    """The setting that it overrides; it checks the value, unless `type` does."""

    type: Callable[[str], object] | None = None
    choices: tuple[str, ...] | None = None
    repeatable: bool = False
    const: object = True
    """What an option without a value stores."""

    undone_by: str = ""
    """The flag that stores the opposite."""

    name: str | None = None
    """The attribute of `Options`, where it is not called like the flag."""

    def add_to(self, group: argparse._ArgumentGroup, *, listed: bool) -> argparse.Action:
        """Add it, and the flag that undoes it, to a parser's group; the help shows it if `listed`."""
        keywords: dict[str, Any] = {"help": self.help if listed else argparse.SUPPRESS}
        if self.setting or self.name:
            keywords["dest"] = self.setting or self.name
        flags = self.flags.split()
        if self.metavar or self.choices:
            parse = (
                _argument_type(SETTINGS[self.setting].parsed) if self.setting and not self.choices else None
            )
            keywords |= {"metavar": self.metavar, "choices": self.choices, "type": self.type or parse}
            keywords |= {"action": "append" if self.repeatable else "store"}
            keywords |= {"default": [] if self.repeatable and not self.setting else None}
        elif self.setting:
            const = flags[-1] == f"--{SETTINGS[self.setting].key}"  # else it is --no-KEY
            keywords |= {"action": "store_const", "const": const}
        else:
            keywords |= {"action": "append_const" if self.repeatable else "store_const", "const": self.const}
            keywords |= {"default": None if self.repeatable else False}
        action = group.add_argument(*flags, **keywords)
        if self.undone_by:
            const = not keywords.get("const", True)
            group.add_argument(
                self.undone_by, dest=action.dest, action="store_const", const=const, help=argparse.SUPPRESS
            )
        return action


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the help."""

    title: str
    commands: str
    """Those whose help has it, `screen` among them."""

    options: tuple[Option, ...]

    def accepted_by(self, command: str) -> bool:
        """Tell whether the parser of a command has the options; `tracetui` stands for the whole program.

        All but `asn` have each other's options: an alias for `tracetui --ascii` must work with every command.
        """
        return "asn" in self.commands.split() if command == "asn" else self.commands != "asn"

    def listed_by(self, command: str) -> bool:
        """Tell whether the help of a command shows the options."""
        return command == "tracetui" or command in self.commands.split()


_TRACING: Final = "screen report demo"
_TARGETS: Final = (
    Option(
        "-c --control", "a target that should work, for comparison (repeatable)", "TARGET", repeatable=True
    ),
    Option("-p --protocol", "tcp, icmp or both (default: tcp,icmp)", "LIST", "probing.protocols"),
    Option("--port", "for targets that name none (default: 443; 25 for mx:)", "LIST", "probing.ports"),
    Option("-4", "IPv4 addresses of names", name="families", const=4, repeatable=True),
    Option("-6", "IPv6 addresses of names", name="families", const=6, repeatable=True),
    Option("--all-addresses", "trace every address of a name, not only its first"),
    Option("--restore", "the targets and settings of the last session, too"),
)
_PACE: Final = (
    Option("-i --interval", "seconds from round to round (default: 1)", "S", "probing.interval"),
    Option("--timeout", "seconds until a probe counts as lost (default: 2)", "S", "probing.timeout"),
    Option("-m --max-hops", "highest TTL (default: 30)", "N", "probing.max-hops"),
    Option(
        "-s --source", "source address (repeatable: a panel each)", "ADDR", type=_address, repeatable=True
    ),
    Option("--interface", "network interface to probe from", "NAME"),
    Option(
        "--prober",
        "raw sockets need CAP_NET_RAW, rootless needs nothing (default: auto)",
        setting="probing.prober",
        choices=get_args(Prober),
    ),
)
_OWNERSHIP: Final = (
    Option(
        "--asn-table",
        "address to AS table, plain or .gz: iptoasn, mmdb, CAIDA pfx2as, pyasn; or exchanges' LANs: "
        "PeeringDB ixpfx, netixlan (repeatable)",
        "FILE",
        "ownership.asn-table",
        type=Path,
        repeatable=True,
    ),
    Option(
        "--as-source",
        "which AS sources to ask: table, plevin, cymru, comma-separated (default: all, in this order)",
        "LIST",
        "ownership.as-source",
    ),
    Option(
        "--as-names",
        'your own names and colours of ASes: [as.8359] name = "MTS" (default: as.toml in the configuration '
        "directory, if it is there)",
        "FILE",
        "ownership.as-names",
    ),
    Option(
        "--dns-server", "DNS server to ask (default: the system's)", "ADDR[:PORT]", "ownership.dns-server"
    ),
    Option("-n --no-dns", "no DNS about hops: no PTR names", setting="ownership.no-dns", undone_by="--dns"),
    Option(
        "--offline",
        "nothing leaves this machine but probes: no DNS at all",
        setting="ownership.offline",
        undone_by="--no-offline",
    ),
)
_SCREEN: Final = (
    Option(
        "--theme",
        "tracetui-dark, -light, -high-contrast, ansi-dark, nord ... (default: the one chosen last)",
        "NAME",
        "screen.theme",
    ),
    Option("--ascii", "draw with ASCII characters only", setting="screen.ascii", undone_by="--no-ascii"),
    Option(
        "--no-mouse",
        "leave the mouse to the terminal",
        setting="screen.mouse",
        const=False,
        undone_by="--mouse",
    ),
    Option(
        "--privacy",
        "mask own addresses and the first N hops, in reports too (default: 1)",
        "[N]",
        type=_masked_hops,
        undone_by="--no-privacy",
    ),
)
_REPORT: Final = (
    Option("-r --rounds", f"how many (default: {DEFAULT_REPORT_ROUNDS})", "N", type=_number(1, 1_000_000)),
    Option("-f --format", "of the report (default: markdown)", choices=("markdown", "json", "text")),
    Option("-o --output", "write to FILE, not standard output", "FILE", type=Path),
)
_DEMO: Final = (
    Option("--list", "print the scenarios", name="list_scenarios"),
    Option("--headless", "no screen: print a report, in no time"),
    Option("--seed", "make loss and jitter repeatable", "N", type=_number(0, 2**32)),
    Option("--speed", "time on the screen passes N times as fast", "N", type=_number(1, 100)),
    Option("--empty", "without targets: add them yourself"),
)
_ASN: Final = (
    Option("-w --whois", "ask the registry too: holder, abuse contact, dates"),
    Option("-f --format", "default: text", choices=("text", "json")),
    Option("--from", "update: take the table from FILE", "FILE", type=Path, name="from_file"),
)
_CONFIG: Final = (
    Option("--config", "read settings from FILE (default: tracetui config path)", "FILE", type=Path),
    Option("--no-config", "read no settings from a file"),
)
_OTHER: Final = (
    Option("-h --help", "show this and exit"),
    Option("-V --version", "show the versions of all parts and exit"),
)
SECTIONS: Final = (
    Section("what to trace", _TRACING, _TARGETS),
    Section("how", _TRACING, _PACE),
    Section("names and ASes", f"{_TRACING} asn", _OWNERSHIP),
    Section("screen", _TRACING, _SCREEN),
    Section("runs without a screen", "report demo", _REPORT),
    Section("demo", "demo", _DEMO),
    Section("answers", "asn", _ASN),
    Section("files", "report demo config", (Option("--force", "overwrite an existing file"),)),
    Section("configuration", f"{_TRACING} asn config", _CONFIG),
    Section("other", f"{_TRACING} asn doctor config completions man", _OTHER),
)


class Options(argparse.Namespace):
    """What was typed; settings are in `vars()` by their names.

    Defaults stand for the options that `tracetui asn` does not have.
    """

    command: str
    words: list[str]
    control: list[str]
    families: list[int] | None = None
    all_addresses: bool = False
    restore: bool = False
    source: list[str]
    interface: str | None = None
    privacy: object
    """None: not typed; False: `--no-privacy`; True: `--privacy`; else the number of hops."""

    rounds: int | None
    output: Path | None
    list_scenarios: bool = False
    headless: bool = False
    seed: int | None
    speed: int | None
    empty: bool
    force: bool
    format: str | None
    config: Path | None
    no_config: bool
    help: bool
    version: bool
    whois: bool
    from_file: Path | None
