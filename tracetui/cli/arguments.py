"""Turns a command line into checked arguments: options over the last session over the configuration file."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracetui.cli.options import DEFAULT_REPORT_ROUNDS, Options
from tracetui.cli.parser import COMMANDS, SCREEN, UsageError, parse
from tracetui.config import Config, Origin, Session
from tracetui.config.settings import SETTINGS
from tracetui.model.public_vantage import is_public_vantage, parse_public_vantage

LoadConfig = Callable[[Path | None], Config]
"""Reads the configuration: that file, or the user's own. Raises ConfigError."""

LoadSession = Callable[[Config], Session | None]
"""Returns the last session, if one was kept."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What is to be done, checked as far as it can be without touching the machine."""

    command: str
    """One of `COMMANDS`, or `screen`."""

    words: tuple[str, ...]
    """Targets; the scenario of `demo`; what `config` and `completions` are to print."""

    options: Options
    """What was typed."""

    config: Config
    """All settings in effect, and where each comes from."""

    headless: bool
    """Whether a report is printed instead of opening the screen."""

    families: tuple[int, ...]
    all_addresses: bool
    sources: tuple[str | None, ...]
    interface: str | None
    via: tuple[str, ...]
    """The vantages, as they were named."""

    restored: Session | None
    """The session that `--restore` brings back."""

    @property
    def rounds(self) -> int | None:
        """How many rounds to run; None: until the user leaves."""
        return (self.options.rounds or DEFAULT_REPORT_ROUNDS) if self.headless else None


def parse_arguments(
    argv: Sequence[str],
    load_config: LoadConfig = lambda _: Config(),
    load_session: LoadSession = lambda _: None,
) -> Arguments:
    """Parse a command line (without the program's name).

    Raises UsageError, and ConfigError from the loaders; exits the process for --help and --version.
    """
    options = parse(argv)
    headless = options.command == "report" or options.headless
    if options.command != "asn":
        _check(options, headless=headless)
    config = load_config(options.config) if _reads_config(options) else Config()
    restored = load_session(config) if options.restore else None
    if restored is not None:
        config = config.overridden(_settings_of(restored), Origin.SESSION)
    elif options.restore:
        raise UsageError("--restore: no session is saved yet: the screen saves one when it ends")
    session = restored or Session((), ())
    return Arguments(
        options.command,
        tuple(options.words),
        options,
        config.overridden(_typed_settings(options), Origin.COMMAND_LINE),
        headless,
        families=tuple(dict.fromkeys(options.families or session.families or (4, 6))),
        all_addresses=options.all_addresses or session.all_addresses,
        sources=tuple(getattr(options, "source", ())) or session.sources or (None,),
        interface=options.interface or session.interface,
        via=tuple(getattr(options, "via", ())) or session.vantages,
        restored=restored,
    )


def _typed_settings(options: Options) -> dict[str, object]:
    """Return the settings that were typed, by `SECTION.KEY`."""
    typed: dict[str, Any] = vars(options)
    given: dict[str, object] = {name: typed[name] for name in SETTINGS if typed.get(name) is not None}
    for name in ("ownership.asn-table", "evidence.register"):
        if name in given:
            given[name] = tuple(typed[name])
    privacy = typed.get("privacy")
    if privacy is not None:
        given["screen.privacy"] = privacy is not False
        if not isinstance(privacy, bool):
            given["screen.privacy-hops"] = privacy
    return given


def _settings_of(session: Session) -> dict[str, object]:
    values = {
        "probing.protocols": session.protocols,
        "probing.ports": session.ports,
        "probing.interval": session.interval_s,
        "probing.max-hops": session.max_hops,
        "probing.timeout": session.timeout_s,
        "probing.prober": session.prober,
    }
    return {name: value for name, value in values.items() if value is not None}


def _reads_config(options: Options) -> bool:
    """Tell whether the command needs the file: a mistake in it must not block those that help to fix it."""
    if options.no_config or options.command in {"import", "doctor", "completions", "man"}:
        return False
    if options.command == "config":
        return options.words == ["show"]
    return options.command == "asn" or not options.list_scenarios


def _check(options: Options, *, headless: bool) -> None:
    """Raise UsageError for options and words that cannot be combined."""
    command, words = options.command, options.words
    if options.config is not None and options.no_config:
        raise UsageError("--config and --no-config cannot be combined")
    _check_options(options, headless=headless)
    if command == "report" and not (words or options.restore or options.imports or _has_results(options)):
        raise UsageError("report: no target: give one or more, such as 'tracetui report example.org'")
    if command == "demo" and len(words) > 1:
        raise UsageError(f"demo takes one scenario, not {len(words)}: {' '.join(words)}")
    if command in {"doctor", "man"} and words:
        raise UsageError(f"{command} takes no targets: {' '.join(words)}")
    choices = next((each.choices for each in COMMANDS if each.name == command), ())
    single = command != "vantage"
    if choices and ((single and len(words) != 1) or not words or words[0] not in choices):
        near = difflib.get_close_matches(words[0], choices, 1, 0.5) if len(words) == 1 else []
        hint = f"did you mean 'tracetui {command} {near[0]}'?" if near else f"one of {', '.join(choices)}"
        raise UsageError(f"{command} {' '.join(words)}".strip() + f": {hint}")


def _has_results(options: Options) -> bool:
    """Tell whether a vantage is a measurement that exists: it has its own target."""
    return any(
        parse_public_vantage(word).measurement is not None
        for word in getattr(options, "via", ())
        if is_public_vantage(word)
    )


def _check_options(options: Options, *, headless: bool) -> None:
    command, demo = options.command, options.command == "demo"
    if options.restore and command not in {SCREEN.name, "report"}:
        raise UsageError(f"--restore cannot be used with 'tracetui {command}'")
    if options.check and command not in {SCREEN.name, "report"}:
        raise UsageError("--check is for live traces: a simulated internet has no services")
    for name in ("headless", "list_scenarios", "seed", "speed", "empty", "files"):
        if getattr(options, name) and not demo:
            raise UsageError(f"--{name.partition('_')[0]} is only for 'tracetui demo'")
    if options.imports.count("-") > 1:
        raise UsageError("--import: standard input can be read once")
    if len(options.import_targets) not in {0, 1, len(options.imports)} or (
        options.import_targets and not options.imports
    ):
        raise UsageError("--import-target needs --import FILE: give it once, or once per --import")
    if options.imports and command not in {SCREEN.name, "report", "demo"}:
        raise UsageError(f"--import cannot be used with 'tracetui {command}'")
    if command == "import" and options.format == "markdown":
        raise UsageError("import: --format is text or json")
    if headless and (options.speed or options.empty):
        raise UsageError("--speed and --empty are for the screen; without it, time runs at full speed")
    takes = {"import": {"format"}, "survey": {"format", "output"}}.get(command, set())
    for name in ("rounds", "output", "compare_with", "format", "contacts"):
        if getattr(options, name) and not headless and name not in takes:
            hint = "add --headless" if demo else "use 'tracetui report'"
            raise UsageError(f"--{name.replace('_', '-')} is only for runs without a screen: {hint}")
