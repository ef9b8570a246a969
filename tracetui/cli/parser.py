"""The options of the command line, declared: in the order of `--help`, with the limits of the settings.

An option that is a setting too has its name (`probing.interval`) as destination and no default: what is not
typed is as the configuration file says.
"""

import argparse
from pathlib import Path
from typing import Final, NoReturn

from tracetui import __version__
from tracetui.config.kinds import Whole
from tracetui.config.settings import default_of, kind_of
from tracetui.model import TracetuiError
from tracetui.option_kinds import add_switch, typed
from tracetui.ownership_options import add_ownership_options

DEFAULT_REPORT_ROUNDS: Final = 10

_DESCRIPTION: Final = """\
Find where the path to a host dies: live TCP and ICMP traces side by side, every hop with its AS.

  tracetui [TARGET ...]                open the screen; without a target it asks for one
  tracetui report TARGET ...           trace without a screen, print a report, exit
  tracetui demo [SCENARIO | FILE]      the same on a simulated internet: no privilege, no network
  tracetui asn ADDRESS ...             who owns an address, by which source (see tracetui asn --help)
  tracetui doctor                      what this machine can do, and how to get the rest
  tracetui config path|show|init       the configuration file: where it is, what holds, one to begin with
  tracetui completions bash|zsh|tcsh   a script that lets the shell complete all this
"""

_EPILOG: Final = """\
targets: example.org   example.org:25   192.0.2.1   [2001:db8::1]:443   tcp://example.org:25
         icmp://example.org   https://example.org/   mx:example.org (every mail exchanger, TCP 25)

undo what the configuration file says: --dns, --no-offline, --mouse, --no-ascii, --no-privacy

exit status of report: 0 all reached, 1 something is not, 2 usage, 3 cannot run

examples:
  tracetui mx:example.org --control example.net:25
  tracetui report 192.0.2.1 --rounds 60 -o case.md
  tracetui demo protonmail-2019
"""


class UsageError(TracetuiError):
    """The command line makes no sense; one line for the user."""


class Parser(argparse.ArgumentParser):
    """Raises UsageError where argparse would print and exit."""

    def error(self, message: str) -> NoReturn:
        """Raise."""
        raise UsageError(message)


def parser() -> Parser:
    """Return the parser of all commands but `asn`."""
    made = Parser(
        prog="tracetui",
        usage="tracetui [report | demo | asn | doctor | config | completions] [TARGET ...] [options]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    made.add_argument("words", nargs="*", metavar="TARGET", help=argparse.SUPPRESS)
    add_options(made)
    return made


def add_options(made: argparse.ArgumentParser) -> None:
    """Add all options, in their groups."""
    _add_probing(made.add_argument_group("what to trace"))
    _add_pace(made.add_argument_group("how"))
    add_ownership_options(made.add_argument_group("names and ASes"))
    _add_screen(made.add_argument_group("screen"))
    _add_output(made.add_argument_group("runs without a screen"))
    _add_demo(made.add_argument_group("demo"))
    other = made.add_argument_group("other")
    add_config_options(other)
    other.add_argument("-h", "--help", action="help", help="show this and exit")
    other.add_argument("-V", "--version", action="version", version=f"tracetui {__version__}")


def add_config_options(group: argparse._ArgumentGroup) -> None:
    """Add those that say which configuration file is read."""
    group.add_argument(
        "--config", type=Path, metavar="FILE", help="read settings from FILE (default: tracetui config path)"
    )
    group.add_argument("--no-config", action="store_true", help="read no settings from a file")


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
        dest="probing.protocols",
        type=typed(kind_of("probing.protocols")),
        metavar="LIST",
        help="tcp, icmp or both, comma-separated (default: tcp,icmp)",
    )
    group.add_argument(
        "--port",
        dest="probing.ports",
        type=typed(kind_of("probing.ports")),
        metavar="LIST",
        help="TCP ports for targets that name none (default: 443; 25 for mx:)",
    )
    group.add_argument("-4", dest="families", action="append_const", const=4, help="IPv4 addresses of names")
    group.add_argument("-6", dest="families", action="append_const", const=6, help="IPv6 addresses of names")
    group.add_argument(
        "--all-addresses", action="store_true", help="trace every address of a name, not only its first"
    )
    group.add_argument(
        "--restore", action="store_true", help="the targets and settings of the last session, too"
    )


def _add_pace(group: argparse._ArgumentGroup) -> None:
    _add_setting(
        group, "probing.interval", "-i", "--interval", metavar="S", help="seconds from round to round"
    )
    _add_setting(
        group, "probing.timeout", "--timeout", metavar="S", help="seconds until a probe counts as lost"
    )
    _add_setting(group, "probing.max-hops", "-m", "--max-hops", metavar="N", help="highest TTL")
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
        dest="probing.prober",
        choices=("auto", "raw", "rootless"),
        help="raw sockets need CAP_NET_RAW, rootless needs nothing (default: auto)",
    )


def _add_screen(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--theme",
        dest="screen.theme",
        metavar="NAME",
        help="tracetui-dark, -light, -high-contrast, ansi-dark, nord ... (default: the one chosen last)",
    )
    add_switch(group, "screen.ascii", "--ascii", "--no-ascii", help="draw with ASCII characters alone")
    add_switch(
        group, "screen.mouse", "--no-mouse", "--mouse", on=False, help="leave the mouse to the terminal"
    )
    group.add_argument(
        "--privacy",
        type=_hops,
        metavar="[N]",
        help="mask own addresses and the first N hops, in reports too (default: 1)",
    )
    group.add_argument(
        "--no-privacy", dest="privacy", action="store_const", const=False, help=argparse.SUPPRESS
    )


def _add_output(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "-r",
        "--rounds",
        type=typed(Whole(1, 1_000_000)),
        metavar="N",
        help=f"rounds to run (default: {DEFAULT_REPORT_ROUNDS})",
    )
    group.add_argument(
        "-f", "--format", choices=("markdown", "json", "text"), help="of the report (default: markdown)"
    )
    group.add_argument("-o", "--output", type=Path, metavar="FILE", help="write to FILE, not standard output")
    group.add_argument("--force", action="store_true", help="let an existing file be overwritten")


def _add_demo(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--list", action="store_true", help="the scenarios, each explained")
    group.add_argument("--headless", action="store_true", help="no screen: as report, in no time")
    group.add_argument(
        "--seed", type=typed(Whole(0, 2**32)), metavar="N", help="for loss and jitter that repeat"
    )
    group.add_argument(
        "--speed", type=typed(Whole(1, 100)), metavar="N", help="time on the screen passes N times as fast"
    )
    group.add_argument("--empty", action="store_true", help="without targets: add them yourself")


def _add_setting(group: argparse._ArgumentGroup, name: str, *flags: str, metavar: str, help: str) -> None:  # noqa: A002
    group.add_argument(
        *flags,
        dest=name,
        type=typed(kind_of(name)),
        metavar=metavar,
        help=f"{help} (default: {default_of(name):g})",
    )


def _hops(text: str) -> object:
    """Return the number of hops to mask; True where none is named: the configured number."""
    return typed(kind_of("screen.privacy-hops"))(text) if text else True


def _address(text: str) -> str:
    import ipaddress

    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an IP address of this host") from None
