"""The program's entry point: runs the command that was typed, and turns errors into one line and a status.

What is slow to import is imported by the command that needs it.
"""

import shlex
import signal
import sys
from collections.abc import Sequence

from tracetui import __version__
from tracetui.cli.arguments import Arguments, parse_arguments
from tracetui.cli.output import ExitStatus, flush_output, narrate, prepare_streams, print_lines
from tracetui.cli.parser import UsageError
from tracetui.config import Config, SavedState, Session
from tracetui.config.config_file import load_config
from tracetui.config.paths import user_paths
from tracetui.model import ConfigError, TargetError, Tool, TracetuiError, safe_line


def main(argv: Sequence[str] | None = None) -> int:
    """Run `tracetui` with `argv` (default: the process's); return its exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    prepare_streams()
    try:
        arguments = parse_arguments(words, lambda file: load_config(file, user_paths()), load_session)
        return _run(arguments, Tool(__version__, safe_line(shlex.join(["tracetui", *words]))))
    except BrokenPipeError:  # the reader of our output is gone (`tracetui report | head`)
        return ExitStatus.CANNOT_RUN
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:  # noqa: BLE001  (whatever it is, a user gets one line)
        return _complain(error)
    finally:
        flush_output()


def load_session(config: Config) -> Session | None:
    """Return the last session that was kept. Raises ConfigError where its file cannot be read."""
    saved_state = SavedState.of_user(user_paths(), remember=config.screen.remember)
    if saved_state.session is None and saved_state.problem:
        raise ConfigError(f"--restore: {saved_state.problem}")
    return saved_state.session


def _run(arguments: Arguments, tool: Tool) -> int:
    match arguments.command:
        case "asn":
            from tracetui.cli.asn_command import run

            return run(arguments)
        case "import":
            from tracetui.cli.import_command import run as run_import

            return run_import(arguments)
        case "survey":
            from tracetui.cli.survey_command import run as run_survey

            return run_survey(arguments, tool)
        case "doctor":
            from tracetui.investigation.doctor import examine

            print_lines(examine())
        case "config":
            from tracetui.cli.config_command import config_lines

            print_lines(config_lines(arguments, user_paths()))
        case "vantage":
            from tracetui.cli.vantage_command import run as run_vantage

            return run_vantage(arguments)
        case "completions":
            from tracetui.cli.completions import completion_script

            print_lines([completion_script(arguments.words[0])])
        case "man":
            from tracetui.cli.man_page import man_page

            print_lines([man_page()])
        case _:
            from tracetui.cli.trace_command import trace

            return trace(arguments, tool)
    return ExitStatus.OK


def _complain(error: Exception) -> int:
    """Say in one line what went wrong; return the exit status that goes with it."""
    words = str(error)
    if not isinstance(error, TracetuiError):
        try:
            from tracetui.config.crash_report import write_crash_report

            words = write_crash_report(error)
        except Exception:  # noqa: BLE001  (no memory, no descriptor: even then a user gets one line)
            words = f"an error in tracetui itself ({type(error).__name__}); please report it"
    narrate(f"tracetui: {words}")
    usage = isinstance(error, UsageError | TargetError | ConfigError)
    return ExitStatus.USAGE if usage else ExitStatus.CANNOT_RUN
