"""Options that are settings: checked as in the configuration file."""

import argparse
from collections.abc import Callable
from typing import Any

from tracetui.config.kinds import Kind


def typed(kind: Kind[Any]) -> Callable[[str], object]:
    """Return an option's type for argparse."""

    def parse(text: str) -> object:
        try:
            return kind.parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


def add_switch(
    group: argparse._ArgumentGroup,
    name: str,
    flag: str,
    opposite: str,
    *,
    on: bool = True,
    help: str,  # noqa: A002
) -> None:
    """Add a flag (`-n/--no-dns`) that sets `name` to `on`, and its opposite, listed elsewhere in `--help`."""
    group.add_argument(*flag.split("/"), dest=name, action="store_const", const=on, help=help)
    group.add_argument(opposite, dest=name, action="store_const", const=not on, help=argparse.SUPPRESS)
