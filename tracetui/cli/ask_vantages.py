"""Asks the public vantages of the command line, and tells on standard error how far they are."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tracetui.cli.arguments import Arguments
from tracetui.cli.output import narrate
from tracetui.model import CannotRunError
from tracetui.model.public_vantage import (
    PublicVantage,
    VantageAsk,
    is_public_vantage,
    parse_public_vantage,
)

if TYPE_CHECKING:
    from tracetui.investigation.investigation import Investigation
    from tracetui.investigation.public_vantages import PublicVantages

_LOOK_EVERY_S: Final = 0.5


def private_vantages(arguments: Arguments) -> list[str]:
    """Return the words of `--via` that stand for places of the user's own."""
    return [word for word in arguments.via if not is_public_vantage(word)]


def open_public_vantages(arguments: Arguments) -> "PublicVantages":
    """Return what asks public platforms. Raises CannotRunError where one is wanted that may not be asked."""
    from tracetui.evidence.platforms.atlas_key import find_key
    from tracetui.investigation.public_vantages import PublicVantages

    offline, key_file = arguments.config.ownership.offline, arguments.config.evidence.atlas_key_file
    for vantage in public_vantages(arguments):
        if offline:
            raise CannotRunError(f"--via {vantage.text} cannot be combined with --offline: probes only")
    return PublicVantages(online=not offline, key=lambda: find_key(os.environ, key_file))


def public_vantages(arguments: Arguments) -> list[PublicVantage]:
    """Return the public vantages of `--via`, equal ones once. Raises CannotRunError."""
    words = [word for word in arguments.via if is_public_vantage(word)]
    return list(dict.fromkeys(map(parse_public_vantage, words)))


def ask_public_vantages(investigation: "Investigation", arguments: Arguments) -> None:
    """Ask all of them, whose answers come while tracing. Raises CannotRunError; then nobody was asked."""
    vantages = public_vantages(arguments)
    allowed = arguments.options.atlas_credits or 0
    public = investigation.public
    for vantage in vantages:
        public.check(vantage, allowed=allowed)
        allowed -= public.credits_for(vantage)
    for vantage in vantages:
        public.ask(vantage, allowed=public.credits_for(vantage))


def ask_later(investigation: "Investigation", arguments: Arguments) -> None:
    """Ask all of them once targets are resolved; the screen shows what comes of it."""
    vantages = public_vantages(arguments)
    if vantages:
        allowed = arguments.options.atlas_credits or 0
        investigation.public.ask_later(vantages, investigation.wait_resolved, allowed=allowed)


def wait_for_public_vantages(public: "PublicVantages", stopped: Callable[[], bool]) -> None:
    """Wait for all answers; `stopped` ends it, and what arrived is kept."""
    from tracetui.words import ask_remarks, ask_words

    told: dict[int, str] = {}
    is_over = False
    while not is_over:
        if stopped():
            public.cancel()
        is_over = public.settle(_LOOK_EVERY_S)
        for place, ask in enumerate(public.asks):
            line = ask_words(ask)
            if told.get(place) != line and (ask.stage.is_over or _shows_progress(ask)):
                told[place] = line
                narrate(line)
                for remark in ask_remarks(ask) if ask.stage.is_over else ():
                    narrate(f"  {remark}")


def _shows_progress(ask: VantageAsk) -> bool:
    """Tell whether an unfinished question is worth a line: for somebody who watches, or at every pause."""
    return sys.stderr.isatty() or ask.waits_until is not None
