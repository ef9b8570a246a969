"""Declares the commands and builds the parsers that `--help`, completions and the man page use, too."""

import argparse
import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from tracetui.cli.options import SECTIONS, Options
from tracetui.config.check import nearest
from tracetui.model import TracetuiError


class UsageError(TracetuiError):
    """A mistake on the command line; one line for the user."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the program."""

    name: str
    arguments: str
    """As in the usage line."""

    summary: str
    choices: tuple[str, ...] = ()
    """The words it takes, where they are known."""

    details: str = ""


SCREEN: Final = Command("screen", "[TARGET ...]", "Open the screen; without a target it asks for one.")
"""What runs without the name of a command."""

COMMANDS: Final = (
    Command("report", "TARGET ...", "Trace without a screen, print a report, exit."),
    Command("demo", "[SCENARIO | FILE]", "The same on a simulated internet: no privilege, no network."),
    Command(
        "import",
        "FILE ... | -",
        "Print, hop by hop, what is recognised in traces by other tools.",
        (),
        """\
Reads the output of traceroute, mtr, routers and other tools, alone or inside a mail, a chat or a web page,
and prints each trace as --import FILE would read it.

  tracetui import case.txt             traces in a file
  tracetui import - < case.txt         traces from standard input

exit status: 0 every file has traces, 1 a file has none or cannot be read, 2 usage error""",
    ),
    Command(
        "survey",
        "FILE ... | -",
        "Join results from many vantages: in which AS how many of how many stop.",
        (),
        """\
Reads results of RIPE Atlas and Globalping (JSON, one or many in a file, plain, .gz or .bz2), snapshots of
tracetui report --format json, and whatever tracetui import reads. A list of RIPE Atlas probes among the files
tells the probes' countries. Each vantage counts once. Addresses are looked up in AS tables only.

  tracetui survey results.json probes.json         RIPE Atlas results, and the list of the probes
  tracetui survey *.json -c 192.0.2.9 -o out.md    compared with another endpoint among the results
  tracetui survey - --format json < results        results from standard input

exit status: 0 all reached, 1 one did not or a file cannot be read, 2 usage error, 3 no trace to judge""",
    ),
    Command(
        "asn",
        "ADDRESS | NAME | - | update",
        "Show who owns an address, and according to which source.",
        ("update",),
        """\
Prints the AS of each address, its holder and prefix, the source with its date, and the PTR name.

  tracetui asn 8.8.8.8 example.org     addresses, and all addresses of names
  tracetui asn - < addresses.txt       addresses from standard input, one per line
  tracetui asn update [--from FILE]    fetch iptoasn's table of all ASes into the cache directory

exit status: 0 all found, 1 a name does not resolve or is not valid, 2 usage error, 3 cannot run""",
    ),
    Command(
        "vantage",
        "list | test NAME ...",
        "Show the places that trace for you, or try whether one works.",
        ("list", "test"),
        """\
Other hosts trace for --via NAME; [vantage.NAME] in the configuration names them.

  tracetui vantage list                    those that are configured, and how they are reached
  tracetui vantage test office             connect, and say what works there
  tracetui vantage test ssh://user@host    the same, of a place without a name

exit status: 0 all work, 2 usage error, 3 one does not""",
    ),
    Command("doctor", "", "Show what this machine can do, and how to enable the rest."),
    Command(
        "config",
        "path | show | init",
        "Print the configuration file's path or the values in effect, or write a file.",
        ("path", "show", "init"),
        """\
  tracetui config path    print where the file is
  tracetui config show    print every setting with its value and its origin, options included
  tracetui config init    write a file with every setting commented out""",
    ),
    Command(
        "completions",
        "bash | zsh | tcsh",
        "Print a script that completes commands and options in the shell.",
        ("bash", "zsh", "tcsh"),
    ),
    Command("man", "", "Print the manual page: tracetui man | man -l -"),
)
DESCRIPTION: Final = (
    "Find where the path to a host dies: live TCP and ICMP traces side by side, every hop with its AS."
)
USAGE: Final = "tracetui [TARGET ...] [options]\n       tracetui COMMAND [...] [options]"
TOPICS: Final = {
    "targets": """\
example.org   example.org:25   192.0.2.1   [2001:db8::1]:443   tcp://example.org:25
icmp://example.org   https://example.org/   mx:example.org (every mail exchanger, TCP 25)
A target named like a command goes after --: tracetui -- report""",
    "overriding the configuration file": "--dns, --no-offline, --mouse, --no-ascii, --no-privacy, --no-full",
    "exit status": "report: 0 all reached, 1 a target was not, 2 usage error, 3 cannot run",
    "examples": """\
tracetui mx:example.org --control example.net:25
tracetui report 192.0.2.1 --rounds 60 -o case.md
tracetui demo protonmail-2019""",
}
"""Sections of the help that hold no options."""


class Parser(argparse.ArgumentParser):
    """The parser of one command, or of the whole program; raises UsageError instead of exiting."""

    def __init__(self, **keywords: Any) -> None:  # noqa: ANN401  (those of argparse)
        super().__init__(
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            add_help=False,
            **keywords,
        )
        self.error_prefix = ""
        self.commands: dict[str, Parser] = {}
        self.sections: dict[str, list[argparse.Action]] = {}
        """The options by the title of their section."""

        self.words: argparse.Action | None = None

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(f"{self.error_prefix}{message}")

    def add_options(self, command: str) -> None:
        """Add the options that a command accepts; `tracetui` stands for the whole program."""
        for section in SECTIONS:
            if section.accepted_by(command):
                group = self.add_argument_group(section.title)
                listed = section.listed_by(command)
                self.sections[section.title] = [each.add_to(group, listed=listed) for each in section.options]

    def options(self) -> Iterator[argparse.Action]:
        """Yield the options of all sections."""
        return itertools.chain.from_iterable(self.sections.values())


def parse(argv: Sequence[str]) -> Options:
    """Return what was typed. Raises UsageError; prints the page and exits for --help and --version."""
    command, rest = _split_command(_with_privacy_joined(argv))
    parser = build_parser(command).commands[command]
    options = Options(command=command)
    _, unknown = parser.parse_known_intermixed_args(rest, options)
    if options.help:
        sys.stdout.write((build_parser() if command == SCREEN.name else parser).format_help())
    elif options.version:
        from tracetui.cli.versions import versions

        sys.stdout.writelines(f"{line}\n" for line in versions())
    elif unknown:
        flags = [flag for action in parser.options() for flag in action.option_strings]
        hint = nearest(unknown[0].partition("=")[0], flags, 0.8) if unknown[0].startswith("--") else ""
        parser.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")
    else:
        return options
    raise SystemExit(0)


def build_parser(only: str | None = None) -> Parser:
    """Return the program's parser with a subparser for each command.

    `only`: the command whose options are needed; adding those of all commands takes several times as long.
    """
    top = Parser(prog="tracetui", usage=USAGE, description=f"{DESCRIPTION}\n{SCREEN.summary}")
    subparsers = top.add_subparsers(title="commands", metavar="COMMAND")
    top.commands[SCREEN.name] = Parser(prog="tracetui")
    for command in COMMANDS:
        top.commands[command.name] = subparsers.add_parser(
            command.name,
            help=command.summary[0].lower() + command.summary[1:].removesuffix("."),
            usage=f"tracetui {command.name} {command.arguments}".rstrip() + " [options]",
            description=f"{command.summary}\n\n{command.details}".rstrip(),
        )
    top.commands["asn"].error_prefix = "asn: "
    for name, parser in top.commands.items():
        if only in {None, name}:
            parser.words = parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
            parser.add_options(name)
    if only is None:
        top.add_options("tracetui")
        for title, text in TOPICS.items():
            top.add_argument_group(title, text)
    return top


def _split_command(argv: Sequence[str]) -> tuple[str, list[str]]:
    """Return the command and the other words: options may stand before it."""
    finder = Parser()
    finder.add_options(SCREEN.name)
    finder.add_argument("rest", nargs=argparse.REMAINDER)
    rest: list[str] = finder.parse_known_args(argv)[0].rest
    before = list(argv[: len(argv) - len(rest)])
    if rest and rest[0] in {command.name for command in COMMANDS}:
        return rest[0], before + rest[1:]
    return SCREEN.name, before + rest


def _with_privacy_joined(argv: Sequence[str]) -> list[str]:
    """Return the words with `--privacy` and its number joined: the next word may be a target instead.

    No target is a number alone.
    """
    words = list(argv)
    end = words.index("--") if "--" in words else len(words)
    for place in [place for place in range(end) if words[place] == "--privacy"][::-1]:
        has_number = place + 1 < end and words[place + 1].lstrip("-").isdigit()
        words[place] = f"--privacy={words.pop(place + 1) if has_number else ''}"
    return words
