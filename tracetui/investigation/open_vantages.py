"""Makes the engines of the vantages that the user names."""

from collections.abc import Mapping, Sequence

from tracetui.config.vantage_tables import VantageTable
from tracetui.model import CannotRunError, safe_text
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.probing.clock import Clock
from tracetui.probing.open_prober import ProberChoice
from tracetui.probing.pace import Pace
from tracetui.vantage.archive import far_command
from tracetui.vantage.remote_engine import RemoteEngine
from tracetui.vantage.ssh_command import parse_ssh


def open_vantages(
    words: Sequence[str], known: Mapping[str, VantageTable], clock: Clock, pace: Pace, prober: ProberChoice
) -> list[RemoteEngine]:
    """Return an engine for each vantage, not started.

    A word is the name of a `[vantage.NAME]` table (`known`) or an ssh address. Raises CannotRunError.
    """
    return [_open(word, known, clock, pace, prober) for word in dict.fromkeys(words)]


def vantage_name(word: str) -> str:
    """Return what a vantage is called: `office`, or of an address `user@host`."""
    return word.removeprefix("ssh://").rstrip("/")


def _open(
    word: str, known: Mapping[str, VantageTable], clock: Clock, pace: Pace, prober: ProberChoice
) -> RemoteEngine:
    table = known.get(word)
    if table is None and "://" not in word and "@" not in word:
        names = ", ".join(known) or "none is configured"
        raise CannotRunError(
            f"--via {safe_text(word, limit=80)!r}: no such vantage ({names}): "
            f"give one of them, or an address such as ssh://user@host"
        )
    table = table or VantageTable(ssh=word)
    address = parse_ssh(table.ssh)
    return RemoteEngine(
        RemoteVantage(vantage_name(word), f"ssh {address}"),
        address.command(far_command(table.python)),
        clock,
        pace,
        prober,
    )
