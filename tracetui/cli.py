"""The command: arguments to a screen, a report, a demo or a look at the machine.

Standard output is data, standard error is narration. What is slow to import is imported by the command that
needs it.
"""

import contextlib
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from tracetui import __version__
from tracetui.arguments import Arguments, UsageError, parse_arguments, take_command
from tracetui.model import CannotRunError, PathState, Snapshot, Target, TargetError, Tool, TracetuiError

if TYPE_CHECKING:
    from tracetui.investigation.investigation import Investigation
    from tracetui.investigation.settings import Settings

ALL_REACHED: Final = 0
NOT_REACHED: Final = 1
USAGE: Final = 2
CANNOT_RUN: Final = 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run `tracetui` with `argv` (default: the process's); return its exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        return _dispatch(words)
    except BrokenPipeError:
        # The reader of our output went away (`tracetui report | head`): no complaint, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANNOT_RUN
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:  # noqa: BLE001  (whatever it is, a user gets one line)
        return _complain(error)


def _complain(error: Exception) -> int:
    """Say in one line what went wrong; return the exit status that goes with it."""
    words = str(error)
    if not isinstance(error, UsageError | TracetuiError):
        from tracetui import crash

        words = crash.keep(error)
    _say(f"tracetui: {words}")
    return USAGE if isinstance(error, UsageError | TargetError) else CANNOT_RUN


def _dispatch(words: Sequence[str]) -> int:
    command, rest = take_command(words)
    if command == "asn":
        from tracetui.asn_command import run

        return int(run(rest, _say))
    return _run(parse_arguments(words), Tool(__version__, shlex.join(["tracetui", *words])))


def _run(arguments: Arguments, tool: Tool) -> int:
    if arguments.output is not None:
        from tracetui.investigation.export import check_report

        check_report(arguments.output, overwrite=arguments.force)
    if arguments.list_scenarios:
        return _list_scenarios()
    if arguments.command == "doctor":
        from tracetui.investigation.doctor import examine

        for line in examine():
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
        return _screen(investigation)
    finally:
        investigation.close()


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
        holders=own_holders(arguments.ownership.names_file),
        sources=arguments.sources,
    )


def _targets(arguments: Arguments) -> list[Target]:
    """Return all targets of the command line, equal ones once. Raises TargetError."""
    settings = _settings(arguments)
    suspects = [settings.parse(word) for word in arguments.words]
    controls = [settings.parse(word).as_control() for word in arguments.controls]
    return list(dict.fromkeys(suspects + controls))


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
    )
    try:
        if not arguments.headless:
            return _screen(investigation)
        with _interrupt() as stopped:
            return _print_report(run_rounds(lambda: bool(stopped)), arguments)
    finally:
        investigation.close()


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

    text = render(snapshot, arguments.output_format)
    if arguments.output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
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


def _screen(investigation: "Investigation") -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CannotRunError(
            "the screen needs a terminal: use 'tracetui report', or 'tracetui demo --headless'"
        )
    from tracetui.tui import run

    investigation.engine.start()
    outcome = run(investigation, export_directory=Path.cwd())
    if outcome.last_words is not None:
        _say(f"tracetui: {outcome.last_words}")
    return outcome.status


def _progress(snapshot: Snapshot) -> None:
    if sys.stderr.isatty():
        print(f"\rround {snapshot.rounds} ...", end="\r", file=sys.stderr)  # noqa: T201  (narration)


def _say(line: str) -> None:
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
