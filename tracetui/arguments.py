"""The command line, parsed: which command, which targets, which options."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from tracetui import __version__
from tracetui.model import ProbeProtocol, TargetError
from tracetui.model.target import parse_port
from tracetui.ownership.settings import OwnershipSettings
from tracetui.ownership_options import add_ownership_options, ownership_settings

COMMANDS: Final = ("report", "demo", "asn", "doctor")

DEFAULT_REPORT_ROUNDS: Final = 10

_DESCRIPTION: Final = """\
Find where the path to a host dies: live TCP and ICMP traces side by side, every hop with its AS.

  tracetui [TARGET ...]                open the screen; without a target it asks for one
  tracetui report TARGET ...           trace without a screen, print a report, exit
  tracetui demo [SCENARIO | FILE]      the same on a simulated internet: no privilege, no network
  tracetui asn ADDRESS ...             who owns an address, by which source (see tracetui asn --help)
  tracetui doctor                      what this machine can do, and how to get the rest
"""

_EPILOG: Final = """\
targets: example.org   example.org:25   192.0.2.1   [2001:db8::1]:443   tcp://example.org:25
         icmp://example.org   https://example.org/   mx:example.org (every mail exchanger, TCP 25)

exit status of report: 0 all reached, 1 something is not, 2 usage, 3 cannot run

examples:
  tracetui mx:example.org --control example.net:25
  tracetui report 192.0.2.1 --rounds 60 -o case.md
  tracetui demo protonmail-2019
"""


class UsageError(Exception):
    """The command line makes no sense; one line for the user."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was typed, checked as far as it can be without touching the machine."""

    command: str
    """`screen`, or one of `COMMANDS`."""

    words: tuple[str, ...]
    """Targets; for `demo`, the scenario."""

    controls: tuple[str, ...]
    protocols: tuple[ProbeProtocol, ...]
    ports: tuple[int, ...] | None
    families: tuple[int, ...]
    all_addresses: bool
    interval_s: float
    timeout_s: float
    max_hops: int
    rounds: int | None
    sources: tuple[str | None, ...]
    interface: str | None
    prober: str
    ownership: OwnershipSettings
    output: Path | None
    output_format: str
    force: bool
    headless: bool
    list_scenarios: bool
    seed: int | None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """Parse a command line (without the program's name).

    Raises UsageError; exits the process for --help and --version.
    """
    parser = _parser()
    command, rest = _take_command(parser, list(argv))
    options = parser.parse_intermixed_args(rest)
    headless = command == "report" or options.headless
    if command != "demo":
        for flag, given in (
            ("--headless", options.headless),
            ("--list", options.list),
            ("--seed", options.seed),
        ):
            if given:
                raise UsageError(f"{flag} goes with 'tracetui demo'")
    if not headless:
        for flag, given in (
            ("--rounds", options.rounds),
            ("--output", options.output),
            ("--format", options.format),
        ):
            if given:
                hint = "add --headless" if command == "demo" else "use 'tracetui report'"
                raise UsageError(f"{flag} is for runs without a screen: {hint}")
    if command == "report" and not options.words:
        raise UsageError("report: no target: give one or more, such as 'tracetui report example.org'")
    if command == "demo" and len(options.words) > 1:
        raise UsageError(f"demo takes one scenario, not {len(options.words)}: {' '.join(options.words)}")
    if command == "doctor" and options.words:
        raise UsageError(f"doctor takes no targets: {' '.join(options.words)}")
    families = tuple(dict.fromkeys(options.families or (4, 6)))
    return Arguments(
        command=command,
        words=tuple(options.words),
        controls=tuple(options.control),
        protocols=options.protocol,
        ports=options.port,
        families=families,
        all_addresses=options.all_addresses,
        interval_s=options.interval,
        timeout_s=options.timeout,
        max_hops=options.max_hops,
        rounds=(options.rounds or DEFAULT_REPORT_ROUNDS) if headless else None,
        sources=tuple(options.source) or (None,),
        interface=options.interface,
        prober=options.prober,
        ownership=ownership_settings(options),
        output=options.output,
        output_format=options.format or "markdown",
        force=options.force,
        headless=headless,
        list_scenarios=options.list,
        seed=options.seed,
    )


def take_command(argv: Sequence[str]) -> tuple[str, list[str]]:
    """Return the command (`screen` when none is named) and the rest of the command line."""
    return _take_command(_parser(), list(argv))


def _take_command(parser: argparse.ArgumentParser, argv: list[str]) -> tuple[str, list[str]]:
    """Return the command and the rest: options may stand before it."""
    index = 0
    while index < len(argv):
        word = argv[index]
        if word == "--":
            break
        if not word.startswith("-") or word == "-":
            if word in COMMANDS:
                return word, argv[:index] + argv[index + 1 :]
            break
        index += 2 if _takes_value(parser, word) else 1
    return "screen", argv


def _takes_value(parser: argparse.ArgumentParser, word: str) -> bool:
    if "=" in word or (not word.startswith("--") and len(word) > 2):
        return False
    actions = parser._option_string_actions  # noqa: SLF001  (argparse has no public look-up)
    return word in actions and actions[word].nargs != 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tracetui",
        usage="tracetui [report | demo | asn | doctor] [TARGET ...] [options]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("words", nargs="*", metavar="TARGET", help=argparse.SUPPRESS)
    _add_probing(parser.add_argument_group("what to trace"))
    _add_pace(parser.add_argument_group("how"))
    add_ownership_options(parser.add_argument_group("names and ASes"))
    _add_output(parser.add_argument_group("runs without a screen"))
    _add_demo(parser.add_argument_group("demo"))
    other = parser.add_argument_group("other")
    other.add_argument("-h", "--help", action="help", help="show this and exit")
    other.add_argument("-V", "--version", action="version", version=f"tracetui {__version__}")
    return parser


def _add_probing(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "-c",
        "--control",
        action="append",
        default=[],
        metavar="TARGET",
        help="a target that is expected to work, for comparison (repeatable)",
    )
    group.add_argument(
        "-p",
        "--protocol",
        type=_protocols,
        default=(ProbeProtocol.TCP, ProbeProtocol.ICMP),
        metavar="LIST",
        help="tcp, icmp or both, comma-separated (default: tcp,icmp)",
    )
    group.add_argument(
        "--port",
        type=_ports,
        metavar="LIST",
        help="TCP ports for targets that name none (default: 443; 25 for mx:)",
    )
    group.add_argument("-4", dest="families", action="append_const", const=4, help="IPv4 addresses of names")
    group.add_argument("-6", dest="families", action="append_const", const=6, help="IPv6 addresses of names")
    group.add_argument(
        "--all-addresses", action="store_true", help="trace every address of a name, not only its first"
    )


def _add_pace(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "-i",
        "--interval",
        type=_seconds(0.05, 3600),
        default=1.0,
        metavar="S",
        help="seconds from round to round (default: 1)",
    )
    group.add_argument(
        "--timeout",
        type=_seconds(0.05, 60),
        default=2.0,
        metavar="S",
        help="seconds until a probe counts as lost (default: 2)",
    )
    group.add_argument(
        "-m", "--max-hops", type=_count(1, 64), default=30, metavar="N", help="highest TTL (default: 30)"
    )
    group.add_argument(
        "-s",
        "--source",
        action="append",
        default=[],
        type=_address,
        metavar="ADDR",
        help="source address to probe from (repeatable: a panel each)",
    )
    group.add_argument("--interface", metavar="NAME", help="network interface to probe from")
    group.add_argument(
        "--prober",
        choices=("auto", "raw", "rootless"),
        default="auto",
        help="raw sockets need CAP_NET_RAW, rootless needs nothing (default: auto)",
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "-r",
        "--rounds",
        type=_count(1, 1_000_000),
        metavar="N",
        help=f"rounds to run (default: {DEFAULT_REPORT_ROUNDS})",
    )
    group.add_argument(
        "-f", "--format", choices=("markdown", "json", "text"), help="of the report (default: markdown)"
    )
    group.add_argument("-o", "--output", type=Path, metavar="FILE", help="write to FILE, not standard output")
    group.add_argument("--force", action="store_true", help="let --output overwrite an existing file")


def _add_demo(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--list", action="store_true", help="the scenarios, each explained")
    group.add_argument("--headless", action="store_true", help="no screen: as report, in no time")
    group.add_argument("--seed", type=_count(0, 2**32), metavar="N", help="for loss and jitter that repeat")


def _protocols(text: str) -> tuple[ProbeProtocol, ...]:
    words = [word.strip().lower() for word in text.split(",")]
    try:
        return tuple(dict.fromkeys(ProbeProtocol(word) for word in words))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not tcp, icmp or tcp,icmp") from None


def _ports(text: str) -> tuple[int, ...]:
    try:
        return tuple(dict.fromkeys(parse_port(word.strip(), text) for word in text.split(",")))
    except TargetError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _address(text: str) -> str:
    import ipaddress

    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an IP address of this host") from None


class _seconds:  # noqa: N801  (argparse prints the type's name)
    def __init__(self, low: float, high: float) -> None:
        self._low, self._high = low, high

    def __call__(self, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not self._low <= value <= self._high:
            limits = f"from {self._low:g} to {self._high:g}"
            raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds {limits}")
        return value


class _count:  # noqa: N801  (argparse prints the type's name)
    def __init__(self, low: int, high: int) -> None:
        self._low, self._high = low, high

    def __call__(self, text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = self._low - 1
        if not self._low <= value <= self._high:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a whole number from {self._low} to {self._high}"
            )
        return value
