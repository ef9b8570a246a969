"""The parts that options are declared with: an option, a section of the help, the types of arguments."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from tracetui.config.check import checked
from tracetui.config.settings import SETTINGS, whole_number


def argument_type(parse: Callable[[str], object]) -> Callable[[str], object]:
    """Return `parse` as argparse wants it: its errors then name the option."""

    def convert(text: str) -> object:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return convert


def number(low: int, high: int) -> Callable[[str], object]:
    """Return the type of whole numbers from `low` to `high`."""
    wanted = Annotated[int, whole_number(low, high)]
    return argument_type(lambda text: checked(text, wanted, typed=True))


@argument_type
def own_address(text: str) -> str:
    """Parse an IP address of this host."""
    import ipaddress

    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError(f"{text!r} is not an IP address of this host") from None


@argument_type
def bgp_file(text: str) -> object:
    """Parse what names a file of BGP routes."""
    from tracetui.investigation.bgp_routes import parse_bgp_file

    return parse_bgp_file(text)


@argument_type
def moment(text: str) -> object:
    """Parse a moment of the run."""
    from tracetui.investigation.moment_wanted import parse_moment

    return parse_moment(text)


@argument_type
def masked_hops(text: str) -> object:
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


def flag(flags: str, help: str, setting: str = "", undone_by: str = "", **keywords: Any) -> Option:  # noqa: A002, ANN401
    """Return an option that takes no value: `--KEY` or `--no-KEY` of a setting, or one of its own."""
    keywords = {"action": "store_true", **keywords}
    if setting:
        const = flags.endswith(f"--{SETTINGS[setting].key}")
        keywords |= {"action": "store_const", "const": const, "dest": setting}
    return Option(flags, {"help": help, **keywords}, undone_by)


def value(flags: str, help: str, metavar: str | None, setting: str = "", **keywords: Any) -> Option:  # noqa: A002, ANN401
    """Return an option that takes a value; that of a setting is checked as in the file."""
    if setting:
        keywords = {"dest": setting, "type": argument_type(SETTINGS[setting].parsed), **keywords}
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
