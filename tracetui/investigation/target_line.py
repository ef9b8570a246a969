"""Parses a line typed on the board: targets with the options that the command line has for them."""

import getopt
import ipaddress
import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from tracetui.config.settings import SETTINGS
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Role, Target, TargetError

OPTIONS: Final = "-c TARGET   -p tcp,icmp   --port 25,443   -s ADDRESS"
"""The options allowed: a control, what to probe with, and the source address."""


def targets_of(text: str, settings: Settings, role: Role = Role.SUSPECT) -> list[Target]:
    """Return the targets of a line such as `a.example -c b.example --port 25 -s 192.0.2.1`.

    Options apply to all targets and may stand before or after them; `role` is that of targets without `-c`.
    `settings` give the defaults. Raises TargetError.
    """
    if len(text.split()) < 2:
        return [replace(settings.parse(text), role=role)]
    try:
        options, words = getopt.gnu_getopt(
            shlex.split(text), "c:p:s:", ["control=", "protocol=", "port=", "source="]
        )
    except (getopt.GetoptError, ValueError) as error:  # ValueError: a quote that is never closed
        raise TargetError(f"{text!r}: {str(error).lower()}; allowed beside targets: {OPTIONS}") from None
    if len(words) > 1 and not all("." in word or ":" in word for word in words):
        words = [" ".join(words)]  # a stray space must not make two targets of one
    named = [(word, role) for word in words]
    named += [(value, Role.CONTROL) for option, value in options if option in {"-c", "--control"}]
    if not named:
        raise TargetError(f"{text!r}: no target in it")
    own = _own_settings(options, settings)
    sources: list[str | None] = [_source(value) for option, value in options if option in {"-s", "--source"}]
    found = [replace(own.parse(word), role=each) for word, each in named]
    return [_from(target, source) for target in found for source in sources or [None]]


def _own_settings(options: list[tuple[str, str]], settings: Settings) -> Settings:
    typed = dict(_checked(options))
    return replace(
        settings,
        protocols=typed.get("probing.protocols", settings.protocols),
        ports=typed.get("probing.ports", settings.ports),
    )


def _checked(options: list[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    names = {"-p": "probing.protocols", "--protocol": "probing.protocols", "--port": "probing.ports"}
    for option, value in options:
        if option in names:
            try:
                yield names[option], SETTINGS[names[option]].parsed(value)
            except ValueError as error:
                raise TargetError(f"{option}: {error}") from None


def _source(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise TargetError(f"-s: {text!r} is not an IP address of this host") from None


def _from(target: Target, source: str | None) -> Target:
    """Return the target, probed from `source`. Raises TargetError where it cannot be."""
    if source is not None and target.address is not None and (":" in source) != (":" in target.address):
        raise TargetError(f"{target.text!r} cannot be probed from {source}: one is IPv4, the other IPv6")
    return replace(target, source=source)
