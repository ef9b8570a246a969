"""Finds out whether this process may open raw sockets, and gives that privilege up.

Linux capabilities belong to threads (capabilities(7)): `drop_net_raw` must run before any thread starts.
Python wraps none of this, so libc is called.
"""

import ctypes
import os
import socket
from typing import Final

CAP_NET_RAW: Final = 13
_PR_CAPBSET_DROP: Final = 24
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_LOWER = 47, 3
_CAPABILITY_VERSION_3: Final = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def can_open_raw() -> bool:
    """Tell whether this process may open raw sockets, by opening one: no other check covers all the
    reasons."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    except OSError:
        return False
    return True


def drop_net_raw() -> None:
    """Give CAP_NET_RAW up for good, in this thread, threads it starts and programs it runs. Sockets stay
    open.

    Without the capability this does nothing. Cutting the bounding set needs CAP_SETPCAP; where that is
    missing, none of the other sets holds the capability afterwards either.
    Raises OSError when the kernel refuses to take it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0)
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_LOWER, CAP_NET_RAW, 0, 0)
    header = _Header(_CAPABILITY_VERSION_3, 0)
    data = (_Data * 2)()
    _check(libc.capget(ctypes.byref(header), data))
    kept = ~(1 << CAP_NET_RAW)
    data[0].effective &= kept
    data[0].permitted &= kept
    data[0].inheritable &= kept
    _check(libc.capset(ctypes.byref(header), data))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"giving CAP_NET_RAW up: {os.strerror(number)}")
