"""The screen, `tracetui report` and `tracetui demo`: traces the targets and shows or reports the results."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tracetui.cli.arguments import Arguments
from tracetui.cli.ask_vantages import (
    ask_later,
    ask_public_vantages,
    open_public_vantages,
    private_vantages,
    wait_for_public_vantages,
)
from tracetui.cli.interruption import exit_status, interruptible
from tracetui.cli.output import ExitStatus, narrate, print_lines, takes_everything, write_output
from tracetui.cli.ownership_settings import own_holders, ownership_settings
from tracetui.config import Origin, SavedState
from tracetui.config.paths import user_paths
from tracetui.files.read_file import open_file
from tracetui.model import CannotRunError, PathState, Snapshot, Target, TargetError, Tool
from tracetui.probing.open_files import Reserve, check_limit

if TYPE_CHECKING:
    from tracetui.evidence.registers.read_register import RegisterRequest
    from tracetui.evidence.traces.read_traces import ReadTraces
    from tracetui.investigation.investigation import Investigation
    from tracetui.investigation.investigation_settings import Settings
    from tracetui.tui import ScreenResult


def trace(arguments: Arguments, tool: Tool) -> int:
    """Open the screen or print a report, live or simulated; return the exit status."""
    options = arguments.options
    if options.output is not None:
        from tracetui.investigation.write_report import check_report

        check_report(options.output, overwrite=options.force)
    for file in options.bgp:
        check_readable(file.path)
    if options.list_scenarios:
        print_lines(_scenarios())
        return ExitStatus.OK
    if options.files is not None:
        print_lines(_written_files(arguments))
        return ExitStatus.OK
    if arguments.command == "demo":
        return _demo(arguments, tool)
    check_limit()
    targets = requested_targets(arguments)
    imports = _imports(arguments)
    investigation = _live(arguments, tool)
    reserve = Reserve()
    try:
        for target in targets:
            investigation.add_target(target)
        _import(investigation, imports, arguments)
        if arguments.headless:
            return _report(investigation, arguments, reserve)
        return _screen(investigation, arguments)
    finally:
        reserve.release()
        investigation.close()


def check_readable(path: Path) -> None:
    """Raise CannotRunError for a file that cannot be opened, before anything is traced."""
    try:
        open_file(path, sys.maxsize).close()
    except OSError as error:
        raise CannotRunError(f"cannot read {path}: {error.strerror}") from None


def investigation_settings(arguments: Arguments) -> "Settings":
    """Return the settings of the investigation. Raises TableError."""
    from tracetui.investigation.investigation_settings import Settings
    from tracetui.probing.pace import Pace

    probing = arguments.config.probing
    return Settings(
        pace=Pace(
            probing.interval,
            probing.timeout,
            probing.max_hops,
            max_rate=probing.max_rate,
            rounds=arguments.rounds,
        ),
        max_lanes=probing.max_lanes,
        protocols=probing.protocols,
        ports=probing.ports or None,
        families=arguments.families,
        all_addresses=arguments.all_addresses,
        holders=own_holders(arguments.config),
        sources=arguments.sources,
        both_ways=arguments.options.both_ways,
        public_addresses=tuple(arguments.options.public_address),
    )


def requested_targets(arguments: Arguments) -> list[Target]:
    """Return all targets of the command line, equal ones once. Raises TargetError."""
    settings = investigation_settings(arguments)
    suspects = [settings.parse(word) for word in arguments.words]
    controls = [settings.parse(word).as_control() for word in arguments.options.control]
    restored = []
    if arguments.restored is not None:
        from tracetui.investigation.session_targets import session_targets

        typed = (arguments.config.origin(f"probing.{name}") for name in ("protocols", "ports"))
        restored = session_targets(
            arguments.restored, settings, own_services=Origin.COMMAND_LINE not in typed, narrate=narrate
        )
    return list(dict.fromkeys(restored + suspects + controls))


def _live(arguments: Arguments, tool: Tool) -> "Investigation":
    from tracetui.investigation.live_investigation import live_investigation
    from tracetui.investigation.service_checks import CHECK_EVERY_S, CheckSettings
    from tracetui.probing.open_prober import ProberChoice

    options = arguments.options
    if options.check and arguments.config.ownership.offline:
        raise CannotRunError("--check cannot be combined with --offline, which allows probes only")
    via = private_vantages(arguments)
    return live_investigation(
        investigation_settings(arguments),
        tool,
        prober=ProberChoice(arguments.config.probing.prober),
        interface=arguments.interface,
        checks=CheckSettings(automatic=options.check, every_s=options.check_interval or CHECK_EVERY_S),
        ownership=ownership_settings(arguments.config),
        bgp_files=arguments.options.bgp,
        # Without a screen, only who asks vantages what they see has to know where lanes start.
        publish_every_s=0.2 if not arguments.headless else 0.5 if via else None,
        via=via,
        public=open_public_vantages(arguments),
        vantages=arguments.config.vantages,
        registers=_registers(arguments.config.evidence.register),
        narrate=narrate if arguments.headless else lambda _: None,
    )


def _demo(arguments: Arguments, tool: Tool) -> int:
    from tracetui.investigation.demo_investigation import demo_investigation

    options = arguments.options
    imports = _imports(arguments)
    investigation, run_rounds = demo_investigation(
        arguments.words[0] if arguments.words else None,
        investigation_settings(arguments),
        tool,
        controls=options.control,
        pointers=not arguments.config.ownership.no_dns,
        virtual=arguments.headless,
        seed=options.seed,
        speed=options.speed or 1,
        empty=options.empty,
        bgp_files=arguments.options.bgp,
        tables=_typed(arguments, "ownership.asn-table"),
        registers=_registers(_typed(arguments, "evidence.register")),
        narrate=narrate,
    )
    try:
        _import(investigation, imports, arguments)
        if not arguments.headless:
            return _screen(investigation, arguments)
        with interruptible() as stopped:
            status = _print_report(run_rounds(lambda: bool(stopped)), arguments)
        return exit_status(status, stopped)
    finally:
        investigation.close()


def _typed(arguments: Arguments, setting: str) -> Sequence[Path]:
    """Return the files of a setting on the command line; those of the configuration are not for a demo."""
    files = arguments.config.value(setting)
    typed = arguments.config.origin(setting) is Origin.COMMAND_LINE
    return files if typed and isinstance(files, tuple) else ()


def _registers(files: Sequence[Path]) -> "list[RegisterRequest]":
    from tracetui.evidence.registers.read_register import parse_request

    return [parse_request(str(file)) for file in files]


def _imports(arguments: Arguments) -> "list[tuple[str, ReadTraces]]":
    """Return the traces of all files of `--import`, with their names. Raises EvidenceError."""
    from tracetui.cli.import_command import STANDARD_INPUT, give_terminal_back, read_source, source_name

    words = arguments.options.imports
    found = [(source_name(word), read_source(word)) for word in words]
    if STANDARD_INPUT in words and not arguments.headless:
        give_terminal_back()
    return found


def _import(
    investigation: "Investigation", imports: "list[tuple[str, ReadTraces]]", arguments: Arguments
) -> None:
    """Import traces, once the names are resolved that they may be about. Raises TargetError."""
    if imports:
        investigation.wait_resolved()
    targets = arguments.options.import_targets
    for place, (name, read) in enumerate(imports):
        about = targets[min(place, len(targets) - 1)] if targets else ""
        for remark in read.remarks:
            narrate(f"tracetui: {name}: {remark}")
        try:
            investigation.import_traces(read.traces, name, about)
        except TargetError as error:
            raise TargetError(f"{name}: {error} (--import-target HOST)") from None


def _scenarios() -> Iterator[str]:
    import textwrap

    from tracetui.simulation.catalogue import available

    for scenario in available():
        yield f"{scenario.name}\n  {scenario.title}"
        yield textwrap.indent(textwrap.fill(scenario.story, 96), "    ") + "\n"


def _written_files(arguments: Arguments) -> Iterator[str]:
    from tracetui.simulation.catalogue import DEFAULT
    from tracetui.simulation.scenario_files import write_files

    scenario = arguments.words[0] if arguments.words else DEFAULT
    for path in write_files(scenario, arguments.options.files or Path(), overwrite=arguments.options.force):
        yield str(path)


def _report(investigation: "Investigation", arguments: Arguments, reserve: Reserve) -> int:
    from tracetui.investigation.run_headless import run_live, settle

    failures = investigation.wait_resolved()
    for failure in failures:
        narrate(f"tracetui: {failure.problem}")
    ask_public_vantages(investigation, arguments)
    if not investigation.has_lanes and not investigation.public.asks:
        raise CannotRunError("no target resolved: nothing to trace")
    if not investigation.targets():
        reserve.release()
        with interruptible(investigation.public.cancel) as stopped:
            wait_for_public_vantages(investigation.public, lambda: bool(stopped))
            if not investigation.has_lanes:
                raise CannotRunError("there is no trace to report")
            status = _print_report(settle(investigation), arguments)
        return exit_status(status, stopped)
    with interruptible(investigation.engine.stop) as stopped:
        try:
            snapshot = run_live(investigation, lambda: bool(stopped), _progress, wait_for_public_vantages)
        except CannotRunError as error:  # the measurements are not lost
            narrate(f"tracetui: {error}")
            reserve.release()
            _print_report(investigation.last_snapshot, arguments)
            return ExitStatus.CANNOT_RUN
        reserve.release()
        status = _print_report(snapshot, arguments)
    return exit_status(status, stopped)


def _print_report(snapshot: Snapshot, arguments: Arguments) -> int:
    from tracetui.report import render

    if arguments.options.compare_with is not None:
        from tracetui.investigation.moment_wanted import compared_with

        snapshot, problem = compared_with(snapshot, arguments.options.compare_with)
        if problem:
            narrate(f"tracetui: --compare-with: {problem}")
    if arguments.config.screen.privacy:
        from tracetui.privacy.mask import masked

        snapshot = masked(snapshot, arguments.config.screen.privacy_hops)
    if arguments.options.contacts:
        snapshot = _with_contacts(snapshot, arguments)
    for register in snapshot.outside.register_files:
        if register.problem is not None:
            narrate(f"tracetui: {register.name}: {register.problem}")
    output_format = arguments.options.format or "markdown"
    text = render(snapshot, output_format, full=arguments.config.report.full)
    if arguments.options.output is None:
        if not takes_everything(sys.stdout):
            narrate(
                f"standard output is in {sys.stdout.encoding}: what it lacks is written as \\uXXXX;"
                " with -o FILE the report is in UTF-8"
            )
        write_output(text)
    else:
        from tracetui.investigation.write_report import write_report

        try:
            narrate(
                f"wrote {write_report(arguments.options.output, text, overwrite=arguments.options.force)}"
            )
        except CannotRunError:
            write_output(text)  # the measurements are not lost
            raise
    reached = not snapshot.unresolved and all(
        lane.verdict.state is PathState.REACHED for lane in snapshot.probed
    )
    return ExitStatus.OK if reached else ExitStatus.NOT_REACHED


def _with_contacts(snapshot: Snapshot, arguments: Arguments) -> Snapshot:
    from tracetui.investigation.as_contacts import with_contacts

    why_not = "--offline" if arguments.config.ownership.offline else ""
    return with_contacts(
        snapshot, why_not="the internet is simulated" if arguments.command == "demo" else why_not
    )


def _screen(investigation: "Investigation", arguments: Arguments) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CannotRunError(
            "the screen needs a terminal: use 'tracetui report', or 'tracetui demo --headless'"
        )
    from tracetui.tui import run

    demo = arguments.command == "demo"
    saved_state = SavedState.of_user(
        user_paths(), remember=arguments.config.screen.remember, targets=not demo
    )
    if not demo:
        for word in reversed((*arguments.words, *arguments.options.control)):
            saved_state.remember_target(word)
    _remember_session(investigation, saved_state, arguments)
    investigation.engine.start()
    ask_later(investigation, arguments)
    outcome = run(
        investigation,
        export_directory=Path.cwd(),
        full_reports=arguments.config.report.full,
        screen=arguments.config.screen,
        keys=arguments.config.keys,
        saved_state=saved_state,
    )
    _remember_session(investigation, saved_state, arguments)
    _print_summary(_newest_snapshot(investigation), outcome, arguments, go_on=saved_state.kept and not demo)
    if outcome.exit_message is not None:
        narrate(f"tracetui: {outcome.exit_message}")
    return outcome.status


def _newest_snapshot(investigation: "Investigation") -> Snapshot:
    """Return the newest snapshot; after a failure of probing, the last one before it."""
    try:
        return investigation.snapshot()
    except Exception:  # noqa: BLE001  (the screen has reported it already)
        return investigation.last_snapshot


def _remember_session(investigation: "Investigation", saved_state: SavedState, arguments: Arguments) -> None:
    """Keep what is traced now; an empty board does not replace the last session."""
    from tracetui.investigation.session_targets import session_of

    targets = investigation.targets()
    if targets:
        saved_state.remember_session(
            session_of(
                targets,
                investigation.settings,
                prober=arguments.config.probing.prober,
                interface=arguments.interface,
                configured=arguments.config.vantages,
            )
        )


def _print_summary(snapshot: Snapshot, outcome: "ScreenResult", arguments: Arguments, *, go_on: bool) -> None:
    """Print the closing summary on standard error: it is narration, not data."""
    import shutil

    from tracetui.cli.closing_summary import closing_summary
    from tracetui.tui.paint.ascii_filter import ascii_of

    screen = arguments.config.screen
    if outcome.private:
        from tracetui.privacy.mask import masked

        snapshot = masked(snapshot, screen.privacy_hops)
    restore = "tracetui --restore" if go_on else ""
    width = shutil.get_terminal_size().columns
    for line in closing_summary(snapshot, outcome.reports, continue_with=restore, width=width):
        narrate(ascii_of(line) if screen.ascii else line)


def _progress(snapshot: Snapshot) -> None:
    if sys.stderr.isatty():
        print(f"\rround {snapshot.rounds} ...", end="\r", file=sys.stderr)  # noqa: T201  (narration)
