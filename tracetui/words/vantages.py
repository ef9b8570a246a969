"""Sentences about places elsewhere that trace for us."""

from datetime import UTC, datetime

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
