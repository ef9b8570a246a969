"""`tracetui vantage list|test`: the places that trace for the user, and what works there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tracetui.cli.arguments import Arguments
from tracetui.cli.output import ExitStatus, print_lines
from tracetui.cli.parser import UsageError
from tracetui.config.vantage_tables import VantageTable

if TYPE_CHECKING:
    from tracetui.model.remote_vantage import RemoteVantage


def run(arguments: Arguments) -> int:
    """Run the command; return its exit status. Raises UsageError, CannotRunError."""
    verb, *places = arguments.words
    known = arguments.config.vantages
    if verb == "list":
        if places:
            raise UsageError(f"vantage list takes no further words: {' '.join(places)}")
        print_lines(_listed(known))
        return ExitStatus.OK
    if not places:
        raise UsageError(
            "vantage test: name a place, such as 'tracetui vantage test ssh://user@host'"
            + (f", or one of {', '.join(known)}" if known else "")
        )
    return _test(places, arguments)


def _listed(known: Mapping[str, VantageTable]) -> Iterator[str]:
    if not known:
        yield "none: add [vantage.NAME] with ssh = \"user@host\" to the file of 'tracetui config path'"
    width = max(map(len, known), default=0)
    for name, table in known.items():
        python = "" if table.python == "python3" else f", {table.python}"
        if table.command or table.template:
            yield f"{name:{width}}  {_command_words(table)}"
            continue
        yield f"{name:{width}}  ssh {table.ssh.removeprefix('ssh://')}{python}"


def _test(places: Sequence[str], arguments: Arguments) -> int:
    from tracetui.investigation.open_vantages import open_vantages
    from tracetui.investigation.try_vantage import try_vantage
    from tracetui.model.remote_vantage import ConnectionState
    from tracetui.probing.clock import SystemClock
    from tracetui.probing.open_prober import ProberChoice
    from tracetui.probing.pace import Pace
    from tracetui.words import vantage_test_lines

    known = arguments.config.vantages
    commands = [name for name in places if name in known and (known[name].command or known[name].template)]
    commands_work = [_command_works(name, known[name]) for name in commands]
    places = [name for name in places if name not in commands]
    prober = ProberChoice(arguments.config.probing.prober)
    engines = open_vantages(places, arguments.config.vantages, SystemClock(), Pace(), prober)
    tried: list[RemoteVantage] = []
    for engine in engines:
        tried.append(try_vantage(engine))
        print_lines(vantage_test_lines(tried[-1]))
    works = all(commands_work) and all(one.state is ConnectionState.CONNECTED for one in tried)
    return ExitStatus.OK if works else ExitStatus.CANNOT_RUN


def _command_works(name: str, table: VantageTable) -> bool:
    """Trace the place's own loopback address with its command, and print what came."""
    from tracetui.investigation.open_vantages import command_of
    from tracetui.vantage.command_works import command_works

    command, works = command_of(name, table), False
    for one in command_works(command, _LOOPBACK, timeout_s=table.timeout) if command is not None else ():
        works = works or one.trace is not None
        said = one.problem or f"a trace to {_LOOPBACK} in {one.seconds:.1f} s"
        print_lines([f"{name}: {one.protocol.upper()}: {said}"])
    return works


def _command_words(table: VantageTable) -> str:
    if table.template:
        return f"{table.template} over ssh {table.ssh}"
    return table.command if isinstance(table.command, str) else " ".join(table.command)


_LOOPBACK = "127.0.0.1"
