"""Sentences about places elsewhere that trace for us."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from tracetui.model import Snapshot
from tracetui.model.remote_vantage import ConnectionState, Interruption, RemoteVantage


def vantage_words(vantage: RemoteVantage) -> str:
    """Return `office (mx1, Linux 6.18, raw prober, ssh office, clocks agree within 0.1 ms)`, or why it is not
    there."""
    if vantage.every_s is not None:
        return _command_words(vantage, vantage.every_s)
    if vantage.state is ConnectionState.CONNECTING:
        return f"{vantage.name}: connecting ({vantage.how})"
    if vantage.state is ConnectionState.LOST:
        return f"{vantage.name}: no connection ({vantage.how}): {vantage.reason}"
    parts = [vantage.hostname, vantage.kernel, f"{vantage.prober} prober", vantage.how]
    return f"{vantage.name} ({', '.join(filter(None, parts))}{_clock_words(vantage)})"


def vantage_states_words(snapshot: Snapshot) -> str:
    """Return what the first line says of vantages that do not measure now: `office: no connection`,
    `2 of 3 vantages: no connection`; "" where all do."""
    for state, words in ((ConnectionState.LOST, "no connection"), (ConnectionState.CONNECTING, "connecting")):
        names = [vantage.name for vantage in snapshot.vantages if vantage.state is state]
        if len(names) == 1:
            return f"{names[0]}: {words}"
        if names:
            return f"{len(names)} of {len(snapshot.vantages)} vantages: {words}"
    return ""


def vantage_test_lines(vantage: RemoteVantage) -> Iterator[str]:
    """Yield what `tracetui vantage test` prints of a vantage: what works there, or why nothing does and what
    to do about it."""
    if vantage.state is not ConnectionState.CONNECTED:
        reason = vantage.reason or "no answer"
        yield f"{vantage.name}: no connection ({vantage.how}): {reason}"
        hint = next((hint for sign, hint in _HINTS.items() if sign in reason), None)
        if hint:
            yield f"  {hint}"
        return
    yield f"{vantage.name}: connected ({vantage.how})"
    user = "root" if vantage.user_id == 0 else f"user {vantage.user_id}"
    yield f"  host    {vantage.hostname}, {vantage.kernel}, Python {vantage.python}, {user}"
    yield f"  prober  {vantage.prober}: {_prober_words(vantage)}"
    families = [name for key, name in _FAMILIES.items() if key not in vantage.lacks]
    missing = [name for key, name in _FAMILIES.items() if key in vantage.lacks]
    without = f", no route for {' and '.join(missing)}" if missing else ""
    yield f"  routes  {' and '.join(families) or 'none'}{without}"
    yield f"  clock   {_clock_words(vantage).removeprefix(', ') or 'not compared'}"


def _prober_words(vantage: RemoteVantage) -> str:
    if vantage.prober == "raw":
        return "TCP and ICMP, one flow per lane"
    if "icmp" not in vantage.lacks:
        return "TCP and ICMP; flow varies per hop in TCP"
    return "TCP only; ICMP needs 'sysctl net.ipv4.ping_group_range=\"0 2147483647\"' there, or root"


_FAMILIES: Final = {"ipv4": "IPv4", "ipv6": "IPv6"}
_HINTS: Final = {
    "Host key verification failed": "ssh to it once by hand, compare the key that it shows, and accept it",
    "Permission denied": "no password is asked for: ssh needs a key there, or an agent",
    "Could not resolve": "give an address, a DNS name, or a Host of ~/.ssh/config",
    "python": 'name one with python = "python3.12" in its [vantage.NAME] table',
    "cannot run ssh": "install an ssh client",
}


def _command_words(vantage: RemoteVantage, every_s: float) -> str:
    """Return `r1 (Cisco IOS, every 30 s: cisco-ios over ssh r1)`."""
    if vantage.state is ConnectionState.CONNECTING:
        return f"{vantage.name}: first run ({vantage.how})"
    if vantage.state is ConnectionState.LOST:
        return f"{vantage.name}: no trace ({vantage.how}): {vantage.reason}"
    return f"{vantage.name} ({vantage.prober}, every {every_s:g} s: {vantage.how})"


def _clock_words(vantage: RemoteVantage) -> str:
    if vantage.clock_offset_ns is None or vantage.clock_error_ns is None:
        return ""
    offset_ms, error_ms = -vantage.clock_offset_ns / 1e6, vantage.clock_error_ns / 1e6
    if abs(offset_ms) <= error_ms:
        return f", clocks agree within {error_ms:.1f} ms"
    ahead = "ahead" if offset_ms > 0 else "behind"
    return f", its clock {abs(offset_ms):.1f} ms {ahead} (within {error_ms:.1f} ms; corrected)"


def interruption_words(interruption: Interruption) -> str:
    """Return `not measured from 12:04:07 to 12:04:31 UTC: the connection ended`."""
    end = "" if interruption.end is None else f" to {_clock(interruption.end)}"
    since = "from" if interruption.end is not None else "since"
    return f"not measured {since} {_clock(interruption.begin)}{end} UTC: {interruption.reason}"


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M:%S}"
