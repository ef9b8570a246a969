"""Examines what this machine can do and how to enable the rest, for `tracetui doctor`."""

import os
import platform
import socket
from collections.abc import Iterator
from pathlib import Path

from tracetui import __version__
from tracetui.files.read_file import read_file
from tracetui.model import CannotRunError

_PING_RANGE = Path("/proc/sys/net/ipv4/ping_group_range")


def examine() -> Iterator[str]:
    """Yield the lines of `tracetui doctor`. Sends nothing and changes nothing."""
    system = f"{platform.system()} {platform.release()}"
    yield f"tracetui {__version__} · Python {platform.python_version()} · {system}"
    if platform.system() != "Linux":
        yield "live traces   no: they need Linux's error queue; 'tracetui demo' runs anywhere"
        return
    yield _raw()
    yield "rootless TCP  yes: connect() and the socket error queue; one source port per hop, flow varies"
    yield _ping()
    yield from _families()
    yield _open_files()
    yield _as_data()


def _raw() -> str:
    from tracetui.probing.privilege import can_open_raw

    if can_open_raw():
        return (
            "raw sockets   yes: the default; one flow per lane, the capability is dropped once they are open"
        )
    return (
        "raw sockets   no: CAP_NET_RAW is missing, so traces are rootless; "
        "with 'sudo tracetui ...' every probe of a lane keeps one flow"
    )


def _ping() -> str:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
    except OSError:
        try:
            allowed = " ".join(read_file(_PING_RANGE, 100).decode().split())
        except OSError:
            allowed = "unknown"
        return (
            f"rootless ICMP no: your groups are not in net.ipv4.ping_group_range, which is '{allowed}'; "
            "allow them with 'sudo sysctl net.ipv4.ping_group_range=\"0 2147483647\"', or use raw sockets"
        )
    return "rootless ICMP yes: datagram sockets (net.ipv4.ping_group_range)"


def _families() -> Iterator[str]:
    for family, name, address in (
        (socket.AF_INET, "IPv4", "192.0.2.1"),
        (socket.AF_INET6, "IPv6", "2001:db8::1"),
    ):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))  # sends nothing: it only asks the routing table
                source = probe.getsockname()[0]
        except OSError as error:
            yield f"{name} route    no: {os.strerror(error.errno or 0).lower()}"
        else:
            yield f"{name} route    yes, from {source}"


def _open_files() -> str:
    import resource

    from tracetui.probing.open_files import probe_sockets

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        return "open files    no limit"
    return (
        f"open files    {hard}: up to {probe_sockets(hard)} sockets for probes; rootless TCP takes one "
        "a hop and lane, and lanes wait when none is left"
    )


def _as_data() -> str:
    from tracetui.ownership.plevin_table import PlevinTable

    try:
        info = PlevinTable().open()
    except CannotRunError as error:
        return f"AS data       no: {error}"
    return (
        f"AS data       {info.name} of {info.date or 'unknown date'}, offline; --asn-table FILE uses another"
    )
