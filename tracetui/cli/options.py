"""Declares every option once, in the order of `--help`, and which commands list it.

An option that is also a setting has the setting's name (`probing.interval`) as destination and no default:
what is not typed comes from the configuration file.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args

from tracetui.config.check import checked
from tracetui.config.settings import SETTINGS, Prober, whole_number

if TYPE_CHECKING:
    from tracetui.investigation.bgp_routes import BgpFile
    from tracetui.investigation.moment_wanted import MomentWanted

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
def _bgp_file(text: str) -> object:
    from tracetui.investigation.bgp_routes import parse_bgp_file

    return parse_bgp_file(text)


@_argument_type
def _moment(text: str) -> object:
    from tracetui.investigation.moment_wanted import parse_moment

    return parse_moment(text)


@_argument_type
def _masked_hops(text: str) -> object:
    """Return the number of hops to mask; True where none is given: the configured number."""
    return SETTINGS["screen.privacy-hops"].parsed(text) if text else True


@dataclass(frozen=True, slots=True)
class Option:
    """One option, as argparse takes it."""

    flags: str
    keywords: Mapping[str, Any]
    undone_by: str = ""
    """The flag that stores the opposite; the help has these in their own section."""

    def add_to(self, group: argparse._ArgumentGroup, *, listed: bool) -> argparse.Action:
        """Add it to a parser's group; the help shows it if `listed`."""
        unlisted = {} if listed else {"help": argparse.SUPPRESS}
        action = group.add_argument(*self.flags.split(), **{**self.keywords, **unlisted})
        if self.undone_by:
            undo: dict[str, Any] = {"action": "store_const", "const": not self.keywords.get("const", True)}
            group.add_argument(self.undone_by, dest=action.dest, help=argparse.SUPPRESS, **undo)
        return action


def _flag(flags: str, help: str, setting: str = "", undone_by: str = "", **keywords: Any) -> Option:  # noqa: A002, ANN401
    """Return an option that takes no value: `--KEY` or `--no-KEY` of a setting, or one of its own."""
    keywords = {"action": "store_true", **keywords}
    if setting:
        const = flags.endswith(f"--{SETTINGS[setting].key}")
        keywords |= {"action": "store_const", "const": const, "dest": setting}
    return Option(flags, {"help": help, **keywords}, undone_by)


def _value(flags: str, help: str, metavar: str | None, setting: str = "", **keywords: Any) -> Option:  # noqa: A002, ANN401
    """Return an option that takes a value; that of a setting is checked as in the file."""
    if setting:
        keywords = {"dest": setting, "type": _argument_type(SETTINGS[setting].parsed), **keywords}
    return Option(flags, {"help": help, "metavar": metavar, **keywords})


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
    _value(
        "-c --control",
        "a target that should work, for comparison (repeatable)",
        "TARGET",
        action="append",
        default=[],
    ),
    _value("-p --protocol", "tcp, icmp or both (default: tcp,icmp)", "LIST", "probing.protocols"),
    _value(
        "--port", "TCP ports where a target names none (default: 443; 25 for mx:)", "LIST", "probing.ports"
    ),
    _flag("-4", "only IPv4 addresses of names", dest="families", action="append_const", const=4),
    _flag("-6", "only IPv6 addresses of names", dest="families", action="append_const", const=6),
    _flag("--all-addresses", "trace every address of a name, not only its first"),
    _flag("--check", "also check services on the TCP ports: SMTP, TLS, HTTP, DNS, MX"),
    _flag("--restore", "restore the targets and settings of the last session"),
)
_PACE: Final = (
    _value("-i --interval", "seconds between rounds (default: 1)", "S", "probing.interval"),
    _value("--timeout", "seconds until a probe counts as lost (default: 2)", "S", "probing.timeout"),
    _value("-m --max-hops", "highest TTL (default: 30)", "N", "probing.max-hops"),
    _value(
        "--max-rate",
        "packets per second of all lanes together; more would stretch the interval (default: 1000)",
        "N",
        "probing.max-rate",
    ),
    _value(
        "--max-lanes",
        "lanes of one target, such as an mx: domain, that are traced without asking (default: 32)",
        "N",
        "probing.max-lanes",
    ),
    _value(
        "--check-interval",
        "seconds between checks of a service (default: 60)",
        "S",
        type=_number(10, 240),
    ),
    _value(
        "-s --source",
        "source address (repeatable: one panel per address)",
        "ADDR",
        type=_address,
        action="append",
        default=[],
    ),
    _value("--interface", "network interface to probe from", "NAME"),
    _value(
        "--via",
        "trace from another place too: ssh://user@host, or [vantage.NAME] of the configuration; once: "
        "globalping:AS8359 or globalping:country=RU,limit=20, atlas:12345678 or its page, atlas:AS8359 "
        "(repeatable)",
        "PLACE",
        action="append",
        default=[],
    ),
    _flag("--both-ways", "vantages at or near a target trace back to this machine"),
    _value(
        "--public-address",
        "address of this machine as others see it, for traces back (repeatable; default: its own, if global)",
        "ADDR",
        type=_address,
        action="append",
        default=[],
    ),
    _value(
        "--atlas-credits",
        "credits that new measurements of RIPE Atlas may cost in all (default: 0: none is made)",
        "N",
        type=_number(0, 1_000_000),
    ),
    _value(
        "--prober",
        "raw sockets need CAP_NET_RAW, rootless needs nothing (default: auto)",
        None,
        "probing.prober",
        type=str,
        choices=get_args(Prober),
    ),
)
_ELSEWHERE: Final = (
    _value(
        "--import",
        "traces made by other tools, shown beside the live ones; - is standard input (repeatable)",
        "FILE",
        action="append",
        default=[],
        dest="imports",
    ),
    _value(
        "--import-target",
        "target of imported traces that do not state its address (default: the only suspect); repeated: one "
        "per --import",
        "HOST",
        action="append",
        default=[],
        dest="import_targets",
    ),
)
_OWNERSHIP: Final = (
    _value(
        "--asn-table",
        "IP-to-AS table, plain or .gz: iptoasn, mmdb, CAIDA pfx2as, pyasn; or exchange LANs: "
        "PeeringDB ixpfx, netixlan (repeatable)",
        "FILE",
        "ownership.asn-table",
        type=Path,
        action="append",
    ),
    _value(
        "--as-source",
        "which AS sources to ask: table, plevin, cymru, comma-separated (default: all, in this order)",
        "LIST",
        "ownership.as-source",
    ),
    _value(
        "--as-names",
        'your own names and colours of ASes: [as.8359] name = "MTS" (default: as.toml in the configuration '
        "directory, if present)",
        "FILE",
        "ownership.as-names",
    ),
    _value(
        "--dns-server", "DNS server to ask (default: the system's)", "ADDR[:PORT]", "ownership.dns-server"
    ),
    _flag("-n --no-dns", "no DNS queries about hops, so no PTR names", "ownership.no-dns", "--dns"),
    _flag(
        "--offline",
        "send nothing but probes: no DNS at all",
        "ownership.offline",
        "--no-offline",
    ),
)
_EVIDENCE: Final = (
    _value(
        "--bgp",
        "BGP routes: output of a router, a looking glass or bgpdump -m, or an MRT dump, plain, .gz or .bz2; "
        "ASN= names the router's AS (repeatable)",
        "[ASN=]FILE",
        type=_bgp_file,
        action="append",
        default=[],
    ),
    _value(
        "--register",
        "block register in which to look up every endpoint: zapret-info dump.csv, list of addresses and "
        "names, CSV, hosts, dnsmasq or RPZ file, plain or .gz (repeatable)",
        "FILE[:column=NAME]",
        "evidence.register",
        type=Path,
        action="append",
    ),
)
_SCREEN: Final = (
    _value(
        "--theme",
        "tracetui-dark, -light, -high-contrast, ansi-dark, nord ... (default: the one chosen last)",
        "NAME",
        "screen.theme",
    ),
    _flag("--ascii", "draw with ASCII characters only", "screen.ascii", "--no-ascii"),
    _flag("--no-mouse", "leave the mouse to the terminal", "screen.mouse", "--mouse"),
    replace(
        _value(
            "--privacy",
            "mask your own addresses and the first N hops, also in reports (default: 1)",
            "[N]",
            type=_masked_hops,
        ),
        undone_by="--no-privacy",
    ),
)
_LENGTH: Final = (
    _flag("--full", "Markdown with all evidence and all hops, not on one page", "report.full", "--no-full"),
)
_REPORT: Final = (
    _value(
        "-r --rounds", f"rounds to run (default: {DEFAULT_REPORT_ROUNDS})", "N", type=_number(1, 1_000_000)
    ),
    _flag("--contacts", "ask registries whom to write to: NOC and abuse of the ASes that findings point to"),
    _value(
        "--compare-with",
        "tell what differs since WHEN: last-change, +SECONDS after the start, or a time in UTC",
        "WHEN",
        type=_moment,
    ),
)
_FORMAT: Final = (
    _value(
        "-f --format",
        "format of reports and surveys (default: markdown); for import: text or json (default: text)",
        None,
        choices=("markdown", "json", "text"),
    ),
)
_OUTPUT: Final = (_value("-o --output", "write to FILE instead of standard output", "FILE", type=Path),)
_DEMO: Final = (
    _flag("--list", "list the scenarios with explanations", dest="list_scenarios"),
    _flag("--headless", "no screen: print a report immediately"),
    _value("--seed", "seed that makes loss and jitter reproducible", "N", type=_number(0, 2**32)),
    _value("--speed", "time on the screen passes N times as fast", "N", type=_number(1, 100)),
    _value("--files", "write the files of the case: traces, BGP, a register, a log", "DIR", type=Path),
    _flag("--empty", "start without targets; add them yourself"),
)
_ASN: Final = (
    _flag("-w --whois", "also ask the registry: holder, abuse contact, dates"),
    _value("-f --format", "default: text", None, choices=("text", "json")),
    _value("--from", "update: read the table from FILE", "FILE", type=Path, dest="from_file"),
)
_CONFIG: Final = (
    _value("--config", "read settings from FILE (default: tracetui config path)", "FILE", type=Path),
    _flag("--no-config", "read no settings from a file"),
)
_OTHER: Final = (
    _flag("-h --help", "show this and exit"),
    _flag("-V --version", "show the versions of all parts and exit"),
)
SECTIONS: Final = (
    Section("what to trace", _TRACING, _TARGETS),
    Section("how", _TRACING, _PACE),
    Section("traces by other tools", _TRACING, _ELSEWHERE),
    Section("names and ASes", f"{_TRACING} survey asn", _OWNERSHIP),
    Section("evidence from elsewhere", _TRACING, _EVIDENCE),
    Section("screen", _TRACING, _SCREEN),
    Section("reports", _TRACING, _LENGTH),
    Section("runs without a screen", "report demo", _REPORT),
    Section("output", "report demo import survey", _FORMAT),
    Section("output file", "report demo survey", _OUTPUT),
    Section("demo", "demo", _DEMO),
    Section("answers", "asn", _ASN),
    Section("files", "report demo survey config", (_flag("--force", "overwrite existing files"),)),
    Section("configuration", f"{_TRACING} asn import survey config vantage", _CONFIG),
    Section("other", f"{_TRACING} import survey asn vantage doctor config completions man", _OTHER),
)


class Options(argparse.Namespace):
    """What was typed; settings are in `vars()` by their names.

    Defaults stand for the options that `tracetui asn` does not have.
    """

    command: str
    words: list[str]
    control: list[str]
    imports: list[str]
    import_targets: list[str]
    families: list[int] | None = None
    all_addresses: bool = False
    check: bool = False
    check_interval: int | None = None
    restore: bool = False
    source: list[str]
    via: list[str]
    both_ways: bool = False
    public_address: list[str]
    atlas_credits: int | None = None
    bgp: "list[BgpFile]"
    interface: str | None = None
    privacy: object
    """None: not typed; False: `--no-privacy`; True: `--privacy`; else the number of hops."""

    rounds: int | None
    output: Path | None
    contacts: bool = False
    compare_with: "MomentWanted | None" = None
    list_scenarios: bool = False
    headless: bool = False
    seed: int | None
    speed: int | None
    empty: bool
    files: Path | None
    force: bool
    format: str | None
    config: Path | None
    no_config: bool
    help: bool
    version: bool
    whois: bool
    from_file: Path | None
