"""Makes the engines of the vantages that the user names."""

from collections.abc import Mapping, Sequence
from functools import partial

from tracetui.config.vantage_tables import VantageTable
from tracetui.model import CannotRunError, safe_text
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.probing.clock import Clock
from tracetui.probing.open_prober import ProberChoice
from tracetui.probing.pace import Pace
from tracetui.vantage.archive import far_command
from tracetui.vantage.command_engine import CommandEngine, CommandPace
from tracetui.vantage.remote_engine import RemoteEngine
from tracetui.vantage.ssh_command import parse_ssh
from tracetui.vantage.tools_there import SshEngine
from tracetui.vantage.trace_command import TraceCommand, own_command, template_command
from tracetui.vantage.vantage_engine import VantageEngine


def open_vantages(
    words: Sequence[str], known: Mapping[str, VantageTable], clock: Clock, pace: Pace, prober: ProberChoice
) -> list[VantageEngine]:
    """Return an engine for each vantage, not started.

    A word is the name of a `[vantage.NAME]` table (`known`) or an ssh address. Raises CannotRunError.
    """
    return [_open(word, known, clock, pace, prober) for word in dict.fromkeys(words)]


def vantage_name(word: str) -> str:
    """Return what a vantage is called: `office`, or of an address `user@host`."""
    return word.removeprefix("ssh://").rstrip("/")


def command_of(name: str, table: VantageTable) -> TraceCommand | None:
    """Return the command that traces at a vantage; None where this program probes there itself.

    Raises CannotRunError.
    """
    try:
        if table.template:
            return template_command(table.template, parse_ssh(table.ssh))
        return own_command(table.command, table.protocol) if table.command else None
    except CannotRunError as error:
        raise CannotRunError(f"vantage.{name}: {error}") from None


def _open(
    word: str, known: Mapping[str, VantageTable], clock: Clock, pace: Pace, prober: ProberChoice
) -> VantageEngine:
    table = known.get(word)
    if table is None and "://" not in word and "@" not in word:
        names = ", ".join(known) or "none is configured"
        raise CannotRunError(
            f"--via {safe_text(word, limit=80)!r}: no such vantage ({names}): "
            f"give one of them, or an address such as ssh://user@host"
        )
    table = table or VantageTable(ssh=word)
    name = vantage_name(word)
    command = command_of(name, table)
    own_pace = CommandPace(table.every, table.timeout, table.at_once)
    place = partial(RemoteVantage, name, asn=table.asn, country=table.country)
    if command is not None:
        return CommandEngine(place(command.how), command, clock, pace, own_pace)
    address = parse_ssh(table.ssh)
    far = address.command(far_command(table.python))
    remote = RemoteEngine(place(f"ssh {address}"), far, clock, pace, prober, sees_us=address.has_no_proxy)
    return SshEngine(remote, address, clock, own_pace)
