"""The command line, parsed: which command, targets and options; what is not typed is as configured."""

import argparse
import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tracetui.config import Config, Origin, ScreenSettings, Session
from tracetui.config.settings import names
from tracetui.model import ProbeProtocol
from tracetui.options import DEFAULT_REPORT_ROUNDS, Parser, UsageError, parser
from tracetui.ownership.settings import OwnershipSettings
from tracetui.ownership_options import ownership_settings

__all__ = ["COMMANDS", "Arguments", "UsageError", "given_settings", "parse_arguments", "take_command"]

COMMANDS: Final = ("report", "demo", "asn", "doctor", "config", "completions")
CONFIG_WORDS: Final = ("path", "show", "init")
SHELLS: Final = ("bash", "zsh", "tcsh")

LoadConfig = Callable[[Path | None], Config]
"""Reads the configuration: that file, or the user's own. Raises ConfigError."""

Recall = Callable[[Config], Session | None]
"""Returns the last session that is remembered."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What is to be done, checked as far as it can be without touching the machine."""

    command: str
    """`screen`, or one of `COMMANDS`."""

    words: tuple[str, ...]
    """Targets; for `demo`, the scenario; for `config` and `completions`, what is to be printed."""

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
    speed: int
    empty: bool
    config: Config
    """All settings as they hold, with where each comes from."""

    config_file: Path | None
    """The file that `--config` named."""

    restored: Session | None
    """The session that `--restore` brings back."""

    @property
    def screen(self) -> ScreenSettings:
        """What the screen looks like."""
        return self.config.screen


def parse_arguments(
    argv: Sequence[str],
    load: LoadConfig = lambda _: Config(),
    recall: Recall = lambda _: None,
) -> Arguments:
    """Parse a command line (without the program's name).

    Raises UsageError, and ConfigError from `load`; exits the process for --help and --version.
    """
    made = parser()
    command, rest = _take_command(made, argv)
    options = made.parse_intermixed_args(rest)
    headless = command == "report" or options.headless
    _check(command, options, headless=headless)
    config = load(options.config) if _reads_config(command, options) else Config()
    restored = recall(config) if options.restore else None
    if restored is not None:
        config = config.overridden(_settings_of(restored), Origin.SESSION)
    elif options.restore:
        raise UsageError("--restore: no session is remembered yet: sessions on the screen are, as they end")
    config = config.overridden(given_settings(options), Origin.COMMAND_LINE)
    kept = restored or Session((), ())
    return Arguments(
        command=command,
        words=tuple(options.words),
        controls=tuple(options.control),
        protocols=config.probing.protocols,
        ports=config.probing.ports or None,
        families=tuple(dict.fromkeys(options.families or kept.families or (4, 6))),
        all_addresses=options.all_addresses or kept.all_addresses,
        interval_s=config.probing.interval,
        timeout_s=config.probing.timeout,
        max_hops=config.probing.max_hops,
        rounds=(options.rounds or DEFAULT_REPORT_ROUNDS) if headless else None,
        sources=tuple(options.source) or kept.sources or (None,),
        interface=options.interface or kept.interface,
        prober=config.probing.prober,
        ownership=ownership_settings(config),
        output=options.output,
        output_format=options.format or "markdown",
        force=options.force,
        headless=headless,
        list_scenarios=options.list,
        seed=options.seed,
        speed=options.speed or 1,
        empty=options.empty,
        config=config,
        config_file=options.config,
        restored=restored,
    )


def given_settings(options: argparse.Namespace) -> dict[str, object]:
    """Return the settings that were typed, by `SECTION.KEY`."""
    typed: dict[str, Any] = vars(options)
    given: dict[str, object] = {name: typed[name] for name in names() if typed.get(name) is not None}
    if "ownership.asn-table" in given:
        given["ownership.asn-table"] = tuple(typed["ownership.asn-table"])
    privacy = typed.get("privacy")
    if privacy is not None:
        given["screen.privacy"] = privacy is not False
        if not isinstance(privacy, bool):
            given["screen.privacy-hops"] = privacy
    return given


def take_command(argv: Sequence[str]) -> tuple[str, list[str]]:
    """Return the command (`screen` when none is named) and the rest of the command line."""
    return _take_command(parser(), argv)


def _settings_of(session: Session) -> dict[str, object]:
    return {
        "probing.protocols": session.protocols,
        "probing.ports": session.ports,
        "probing.interval": session.interval_s,
        "probing.max-hops": session.max_hops,
        **({} if session.timeout_s is None else {"probing.timeout": session.timeout_s}),
        **({} if session.prober is None else {"probing.prober": session.prober}),
    }


def _reads_config(command: str, options: argparse.Namespace) -> bool:
    """Tell whether a mistake in the file is this command's business: it must not keep one from mending it."""
    if options.no_config or command in {"doctor", "completions"} or options.list:
        return False
    return command != "config" or options.words == ["show"]


def _check(command: str, options: argparse.Namespace, *, headless: bool) -> None:
    """Raise UsageError for options and words that do not go together."""
    _check_options(command, options, headless=headless)
    words: list[str] = options.words
    if command == "report" and not (words or options.restore):
        raise UsageError("report: no target: give one or more, such as 'tracetui report example.org'")
    if command == "demo" and len(words) > 1:
        raise UsageError(f"demo takes one scenario, not {len(words)}: {' '.join(words)}")
    if command == "doctor" and words:
        raise UsageError(f"doctor takes no targets: {' '.join(words)}")
    for name, known in (("config", CONFIG_WORDS), ("completions", SHELLS)):
        if command == name and (len(words) != 1 or words[0] not in known):
            near = difflib.get_close_matches(words[0], known, 1, 0.5) if len(words) == 1 else []
            hint = f"did you mean 'tracetui {name} {near[0]}'?" if near else f"one of {', '.join(known)}"
            raise UsageError(f"{name} {' '.join(words)}".strip() + f": {hint}")


def _check_options(command: str, options: argparse.Namespace, *, headless: bool) -> None:
    if options.config is not None and options.no_config:
        raise UsageError("--config and --no-config do not go together")
    if options.restore and command not in {"screen", "report"}:
        raise UsageError(f"--restore does not go with 'tracetui {command}'")
    if command != "demo":
        for flag, given in (
            ("--headless", options.headless),
            ("--list", options.list),
            ("--seed", options.seed),
            ("--speed", options.speed),
            ("--empty", options.empty),
        ):
            if given:
                raise UsageError(f"{flag} goes with 'tracetui demo'")
    if command == "demo" and headless and (options.speed or options.empty):
        raise UsageError("--speed and --empty are for the screen: without one, time passes as fast as it can")
    if not headless:
        for flag, given in (
            ("--rounds", options.rounds),
            ("--output", options.output),
            ("--format", options.format),
        ):
            if given:
                hint = "add --headless" if command == "demo" else "use 'tracetui report'"
                raise UsageError(f"{flag} is for runs without a screen: {hint}")


def _take_command(made: Parser, argv: Sequence[str]) -> tuple[str, list[str]]:
    """Return the command and the rest: options may stand before it."""
    words = _privacy_whole(argv)
    index = 0
    while index < len(words):
        word = words[index]
        if word == "--":
            break
        if not word.startswith("-") or word == "-":
            if word in COMMANDS:
                return word, words[:index] + words[index + 1 :]
            break
        index += 2 if _takes_value(made, word) else 1
    return "screen", words


def _privacy_whole(argv: Sequence[str]) -> list[str]:
    """Return the words with `--privacy` and its number in one: without a number, it must not take a target.

    No target is a number alone.
    """
    words: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return [*words, word, *rest]
        if word == "--privacy":
            number = rest.pop(0) if rest and rest[0].lstrip("-").isdigit() else ""
            word = f"--privacy={number}"
        words.append(word)
    return words


def _takes_value(made: Parser, word: str) -> bool:
    if "=" in word or (not word.startswith("--") and len(word) > 2):
        return False
    actions = made._option_string_actions  # noqa: SLF001  (argparse has no public look-up)
    return word in actions and actions[word].nargs != 0
