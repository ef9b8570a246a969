"""The command: arguments to a screen, a report, a demo or a look at the machine.

Standard output is data, standard error is narration. What is slow to import is imported by the command that
needs it.
"""

import contextlib
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from tracetui import __version__
from tracetui.arguments import Arguments, UsageError, parse_arguments, take_command
from tracetui.config import Config, Memory, Origin, Session
from tracetui.config.paths import user_paths
from tracetui.model import (
    CannotRunError,
    ConfigError,
    PathState,
    Snapshot,
    Target,
    TargetError,
    Tool,
    TracetuiError,
)

if TYPE_CHECKING:
    from tracetui.investigation.investigation import Investigation
    from tracetui.investigation.settings import Settings
    from tracetui.tui import ScreenResult

ALL_REACHED: Final = 0
NOT_REACHED: Final = 1
USAGE: Final = 2
CANNOT_RUN: Final = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run `tracetui` with `argv` (default: the process's); return its exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        return _dispatch(words)
    except BrokenPipeError:  # the reader of our output went away (`tracetui report | head`)
        return CANNOT_RUN
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:  # noqa: BLE001  (whatever it is, a user gets one line)
        return _complain(error)
    finally:
        _write_out()


def _write_out() -> None:
    """Write out what is buffered, so that the interpreter does not complain at exit where nobody reads it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with contextlib.suppress(OSError, ValueError):  # not a file at all
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _complain(error: Exception) -> int:
    """Say in one line what went wrong; return the exit status that goes with it."""
    words = str(error)
    if not isinstance(error, TracetuiError):
        from tracetui import crash

        words = crash.keep(error)
    _say(f"tracetui: {words}")
    return USAGE if isinstance(error, UsageError | TargetError | ConfigError) else CANNOT_RUN


def _dispatch(words: Sequence[str]) -> int:
    command, rest = take_command(words)
    if command == "asn":
        from tracetui.asn_command import run

        return int(run(rest, _say, _load_config))
    return _run(
        parse_arguments(words, _load_config, _recall), Tool(__version__, shlex.join(["tracetui", *words]))
    )


def _load_config(file: Path | None) -> Config:
    from tracetui.config.read import load_config

    return load_config(file, user_paths())


def _recall(config: Config) -> Session | None:
    memory = Memory.of_user(user_paths(), remember=config.screen.remember)
    if memory.session is None and memory.problem:
        raise ConfigError(f"--restore: {memory.problem}")
    return memory.session


def _run(arguments: Arguments, tool: Tool) -> int:
    if arguments.output is not None:
        from tracetui.investigation.export import check_report

        check_report(arguments.output, overwrite=arguments.force)
    if arguments.list_scenarios:
        return _list_scenarios()
    if arguments.command in {"doctor", "config", "completions"}:
        for line in _printed(arguments):
            print(line)  # noqa: T201  (standard output is data)
        return ALL_REACHED
    if arguments.command == "demo":
        return _demo(arguments, tool)
    targets = _targets(arguments)
    investigation = _live(arguments, tool)
    try:
        for target in targets:
            investigation.add_target(target)
        if arguments.headless:
            return _report(investigation, arguments)
        return _screen(investigation, arguments)
    finally:
        investigation.close()


def _printed(arguments: Arguments) -> Iterable[str]:
    """Return the lines of a command that only prints."""
    if arguments.command == "doctor":
        from tracetui.investigation.doctor import examine

        return examine()
    if arguments.command == "completions":
        from tracetui.completions import script

        return [script(arguments.words[0])]
    from tracetui import config_command

    paths = user_paths()
    match arguments.words[0]:
        case "path":
            return [str(arguments.config_file or paths.config_file)]
        case "init":
            _say(f"wrote {config_command.init(arguments.config_file, paths, force=arguments.force)}")
            return []
        case _:
            return config_command.shown(arguments.config)


def _settings(arguments: Arguments) -> "Settings":
    from tracetui.investigation.settings import Settings
    from tracetui.ownership_options import own_holders
    from tracetui.probing.pace import Pace

    return Settings(
        pace=Pace(arguments.interval_s, arguments.timeout_s, arguments.max_hops, arguments.rounds),
        protocols=arguments.protocols,
        ports=arguments.ports,
        families=arguments.families,
        all_addresses=arguments.all_addresses,
        holders=own_holders(arguments.config),
        sources=arguments.sources,
    )


def _targets(arguments: Arguments) -> list[Target]:
    """Return all targets of the command line, equal ones once. Raises TargetError."""
    settings = _settings(arguments)
    suspects = [settings.parse(word) for word in arguments.words]
    controls = [settings.parse(word).as_control() for word in arguments.controls]
    restored = []
    if arguments.restored is not None:
        from tracetui.investigation.session import session_targets

        typed = (arguments.config.origin(f"probing.{name}") for name in ("protocols", "ports"))
        restored = session_targets(
            arguments.restored, settings, own_services=Origin.COMMAND_LINE not in typed, narrate=_say
        )
    return list(dict.fromkeys(restored + suspects + controls))


def _live(arguments: Arguments, tool: Tool) -> "Investigation":
    from tracetui.investigation.live import ProberChoice, live_investigation

    return live_investigation(
        _settings(arguments),
        tool,
        prober=ProberChoice(arguments.prober),
        interface=arguments.interface,
        ownership=arguments.ownership,
        publish_every_s=None if arguments.headless else 0.2,
        narrate=_say if arguments.headless else lambda _: None,
    )


def _demo(arguments: Arguments, tool: Tool) -> int:
    from tracetui.investigation.demo import demo_investigation

    investigation, run_rounds = demo_investigation(
        arguments.words[0] if arguments.words else None,
        _settings(arguments),
        tool,
        controls=arguments.controls,
        pointers=arguments.ownership.pointers,
        virtual=arguments.headless,
        seed=arguments.seed,
        speed=arguments.speed,
        empty=arguments.empty,
        tables=_typed_tables(arguments),
        narrate=_say,
    )
    try:
        if not arguments.headless:
            return _screen(investigation, arguments)
        with _interrupt() as stopped:
            return _print_report(run_rounds(lambda: bool(stopped)), arguments)
    finally:
        investigation.close()


def _typed_tables(arguments: Arguments) -> Sequence[Path]:
    """Return the AS tables of the command line: those of the configuration change no demo."""
    typed = arguments.config.origin("ownership.asn-table") is Origin.COMMAND_LINE
    return arguments.ownership.tables if typed else ()


def _list_scenarios() -> int:
    import textwrap

    from tracetui.simulation.catalogue import available

    for scenario in available():
        print(f"{scenario.name}\n  {scenario.title}")  # noqa: T201  (standard output is data)
        print(textwrap.indent(textwrap.fill(scenario.story, 96), "    "), end="\n\n")  # noqa: T201  (as above)
    return ALL_REACHED


def _report(investigation: "Investigation", arguments: Arguments) -> int:
    from tracetui.investigation.headless import run_live

    failures = investigation.wait_resolved()
    for failure in failures:
        _say(f"tracetui: {failure.problem}")
    if not investigation.has_lanes:
        raise CannotRunError("no target resolved, nothing to trace")
    with _interrupt(investigation.engine.stop) as stopped:
        snapshot = run_live(investigation, lambda: bool(stopped), _progress)
    return _print_report(snapshot, arguments)


def _print_report(snapshot: Snapshot, arguments: Arguments) -> int:
    from tracetui.report import render

    if arguments.screen.privacy:
        from tracetui.analysis.privacy import masked

        snapshot = masked(snapshot, arguments.screen.privacy_hops)
    text = render(snapshot, arguments.output_format)
    if arguments.output is None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CannotRunError(f"cannot write the report to standard output: {error.strerror}") from None
    else:
        from tracetui.investigation.export import write_report

        try:
            _say(f"wrote {write_report(arguments.output, text, overwrite=arguments.force)}")
        except CannotRunError:
            sys.stdout.write(text)  # what was measured is not lost
            raise
    reached = not snapshot.unresolved and all(
        lane.verdict.state is PathState.REACHED for lane in snapshot.lanes
    )
    return ALL_REACHED if reached else NOT_REACHED


def _screen(investigation: "Investigation", arguments: Arguments) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CannotRunError(
            "the screen needs a terminal: use 'tracetui report', or 'tracetui demo --headless'"
        )
    from tracetui.tui import run

    demo = arguments.command == "demo"
    memory = Memory.of_user(user_paths(), remember=arguments.screen.remember, targets=not demo)
    if not demo:
        for word in reversed((*arguments.words, *arguments.controls)):
            memory.remember_target(word)
    _remember_session(investigation, memory, arguments)
    investigation.engine.start()
    outcome = run(
        investigation,
        export_directory=Path.cwd(),
        screen=arguments.screen,
        keys=arguments.config.keys,
        memory=memory,
    )
    _remember_session(investigation, memory, arguments)
    _say_farewell(_newest(investigation), outcome, arguments)
    if outcome.exit_message is not None:
        _say(f"tracetui: {outcome.exit_message}")
    return outcome.status


def _newest(investigation: "Investigation") -> Snapshot:
    """Return the newest snapshot; where probing has broken down, the last one made before."""
    try:
        return investigation.snapshot()
    except Exception:  # noqa: BLE001  (the screen has said what it was; what was measured is not lost)
        return investigation.last_snapshot


def _remember_session(investigation: "Investigation", memory: Memory, arguments: Arguments) -> None:
    """Keep what is traced now; an empty board does not make one forget the last session."""
    from tracetui.investigation.session import session_of

    targets = investigation.targets()
    if targets:
        memory.remember_session(
            session_of(
                targets, investigation.settings, prober=arguments.prober, interface=arguments.interface
            )
        )


def _say_farewell(snapshot: Snapshot, outcome: "ScreenResult", arguments: Arguments) -> None:
    """Sum up on standard error: it is narration, and what the screen showed was no data either."""
    import shutil

    from tracetui.farewell import farewell
    from tracetui.tui.paint.ascii_filter import ascii_of

    screen = arguments.screen
    if outcome.private:
        from tracetui.analysis.privacy import masked

        snapshot = masked(snapshot, screen.privacy_hops)
    come_back = "tracetui --restore" if screen.remember and arguments.command != "demo" else ""
    width = shutil.get_terminal_size().columns
    for line in farewell(snapshot, outcome.reports, come_back=come_back, width=width):
        _say(ascii_of(line) if screen.ascii else line)


def _progress(snapshot: Snapshot) -> None:
    if sys.stderr.isatty():
        print(f"\rround {snapshot.rounds} ...", end="\r", file=sys.stderr)  # noqa: T201  (narration)


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # the terminal has gone, and with it whoever would read this
        print(line, file=sys.stderr)  # noqa: T201  (narration)


@contextlib.contextmanager
def _interrupt(stop: Callable[[], object] = lambda: None) -> Iterator[list[int]]:
    """Give a list that fills on the first SIGINT or SIGTERM: the report then covers what was measured.

    `stop` is called then too.
    """
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)
        stop()
        _say("\rstopping; the report covers what was measured so far (once more to give up)")

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
