"""Declares every option once, in the order of `--help`, and which commands list it.

An option that is also a setting has the setting's name (`probing.interval`) as destination and no default:
what is not typed comes from the configuration file.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from tracetui.cli.option import (
    Section,
    bgp_file,
    flag,
    masked_hops,
    moment,
    number,
    own_address,
    value,
)
from tracetui.config.settings import Prober

if TYPE_CHECKING:
    from tracetui.investigation.bgp_routes import BgpFile
    from tracetui.investigation.moment_wanted import MomentWanted

DEFAULT_REPORT_ROUNDS: Final = 10


_TRACING: Final = "screen report demo"
_TARGETS: Final = (
    value(
        "-c --control",
        "a target that should work, for comparison (repeatable)",
        "TARGET",
        action="append",
        default=[],
    ),
    value("-p --protocol", "tcp, icmp or both (default: tcp,icmp)", "LIST", "probing.protocols"),
    value(
        "--port", "TCP ports where a target names none (default: 443; 25 for mx:)", "LIST", "probing.ports"
    ),
    flag("-4", "only IPv4 addresses of names", dest="families", action="append_const", const=4),
    flag("-6", "only IPv6 addresses of names", dest="families", action="append_const", const=6),
    flag("--all-addresses", "trace every address of a name, not only its first"),
    flag("--check", "also check services on the TCP ports: SMTP, TLS, HTTP, DNS, MX"),
    flag("--restore", "restore the targets and settings of the last session"),
)
_PACE: Final = (
    value("-i --interval", "seconds between rounds (default: 1)", "S", "probing.interval"),
    value("--timeout", "seconds until a probe counts as lost (default: 2)", "S", "probing.timeout"),
    value("-m --max-hops", "highest TTL (default: 30)", "N", "probing.max-hops"),
    value(
        "--max-rate",
        "packets per second of all lanes together; more would stretch the interval (default: 1000)",
        "N",
        "probing.max-rate",
    ),
    value(
        "--max-lanes",
        "lanes of one target, such as an mx: domain, that are traced without asking (default: 32)",
        "N",
        "probing.max-lanes",
    ),
    value(
        "--check-interval",
        "seconds between checks of a service (default: 60)",
        "S",
        type=number(10, 240),
    ),
    value(
        "-s --source",
        "source address (repeatable: one panel per address)",
        "ADDR",
        type=own_address,
        action="append",
        default=[],
    ),
    value("--interface", "network interface to probe from", "NAME"),
    value(
        "--via",
        "trace from another place too: ssh://user@host, or [vantage.NAME] of the configuration; once: "
        "globalping:AS8359 or globalping:country=RU,limit=20, atlas:12345678 or its page, atlas:AS8359 "
        "(repeatable)",
        "PLACE",
        action="append",
        default=[],
    ),
    flag("--both-ways", "vantages at or near a target trace back to this machine"),
    value(
        "--public-address",
        "address of this machine as others see it, for traces back (repeatable; default: its own, if global)",
        "ADDR",
        type=own_address,
        action="append",
        default=[],
    ),
    value(
        "--atlas-credits",
        "credits that new measurements of RIPE Atlas may cost in all (default: 0: none is made)",
        "N",
        type=number(0, 1_000_000),
    ),
    value(
        "--prober",
        "raw sockets need CAP_NET_RAW, rootless needs nothing (default: auto)",
        None,
        "probing.prober",
        type=str,
        choices=get_args(Prober),
    ),
)
_ELSEWHERE: Final = (
    value(
        "--import",
        "traces made by other tools, shown beside the live ones; - is standard input (repeatable)",
        "FILE",
        action="append",
        default=[],
        dest="imports",
    ),
    value(
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
    value(
        "--asn-table",
        "IP-to-AS table, plain or .gz: iptoasn, mmdb, CAIDA pfx2as, pyasn; or exchange LANs: "
        "PeeringDB ixpfx, netixlan (repeatable)",
        "FILE",
        "ownership.asn-table",
        type=Path,
        action="append",
    ),
    value(
        "--as-source",
        "which AS sources to ask: table, plevin, cymru, comma-separated (default: all, in this order)",
        "LIST",
        "ownership.as-source",
    ),
    value(
        "--as-names",
        'your own names and colours of ASes: [as.8359] name = "MTS" (default: as.toml in the configuration '
        "directory, if present)",
        "FILE",
        "ownership.as-names",
    ),
    value("--dns-server", "DNS server to ask (default: the system's)", "ADDR[:PORT]", "ownership.dns-server"),
    flag("-n --no-dns", "no DNS queries about hops, so no PTR names", "ownership.no-dns", "--dns"),
    flag(
        "--offline",
        "send nothing but probes: no DNS at all",
        "ownership.offline",
        "--no-offline",
    ),
)
_EVIDENCE: Final = (
    value(
        "--bgp",
        "BGP routes: output of a router, a looking glass or bgpdump -m, or an MRT dump, plain, .gz or .bz2; "
        "ASN= names the router's AS (repeatable)",
        "[ASN=]FILE",
        type=bgp_file,
        action="append",
        default=[],
    ),
    value(
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
    value(
        "--theme",
        "tracetui-dark, -light, -high-contrast, ansi-dark, nord ... (default: the one chosen last)",
        "NAME",
        "screen.theme",
    ),
    flag("--ascii", "draw with ASCII characters only", "screen.ascii", "--no-ascii"),
    flag("--no-mouse", "leave the mouse to the terminal", "screen.mouse", "--mouse"),
    replace(
        value(
            "--privacy",
            "mask your own addresses and the first N hops, also in reports (default: 1)",
            "[N]",
            type=masked_hops,
        ),
        undone_by="--no-privacy",
    ),
)
_LENGTH: Final = (
    flag("--full", "Markdown with all evidence and all hops, not on one page", "report.full", "--no-full"),
)
_REPORT: Final = (
    value("-r --rounds", f"rounds to run (default: {DEFAULT_REPORT_ROUNDS})", "N", type=number(1, 1_000_000)),
    flag("--contacts", "ask registries whom to write to: NOC and abuse of the ASes that findings point to"),
    value(
        "--compare-with",
        "tell what differs since WHEN: last-change, +SECONDS after the start, or a time in UTC",
        "WHEN",
        type=moment,
    ),
)
_FORMAT: Final = (
    value(
        "-f --format",
        "format of reports and surveys (default: markdown); for import: text or json (default: text)",
        None,
        choices=("markdown", "json", "text"),
    ),
)
_OUTPUT: Final = (value("-o --output", "write to FILE instead of standard output", "FILE", type=Path),)
_DEMO: Final = (
    flag("--list", "list the scenarios with explanations", dest="list_scenarios"),
    flag("--headless", "no screen: print a report immediately"),
    value("--seed", "seed that makes loss and jitter reproducible", "N", type=number(0, 2**32)),
    value("--speed", "time on the screen passes N times as fast", "N", type=number(1, 100)),
    value("--files", "write the files of the case: traces, BGP, a register, a log", "DIR", type=Path),
    flag("--empty", "start without targets; add them yourself"),
)
_ASN: Final = (
    flag("-w --whois", "also ask the registry: holder, abuse contact, dates"),
    value("-f --format", "default: text", None, choices=("text", "json")),
    value("--from", "update: read the table from FILE", "FILE", type=Path, dest="from_file"),
)
_CONFIG: Final = (
    value("--config", "read settings from FILE (default: tracetui config path)", "FILE", type=Path),
    flag("--no-config", "read no settings from a file"),
)
_OTHER: Final = (
    flag("-h --help", "show this and exit"),
    flag("-V --version", "show the versions of all parts and exit"),
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
    Section("files", "report demo survey config", (flag("--force", "overwrite existing files"),)),
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
