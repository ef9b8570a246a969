"""The ready-made lab: eight routers in four ASes, the way of a mail in 2019, and what can go wrong.

    here ─ r1 ─ r2 ─ r3 ─ r4 ─ r5 ─ r6 ─ r7 ─ r8 ─ hosts
           57681 └──────── 8359 ────────┘ 22822 19905

Addresses are public ones of these networks, chosen to look right; nothing leaves the lab.

As a program it runs a command at `here`, a shell without one:

    python -m tests.lab.eight_routers [--nobody] [--limits] [--table FILE] [COMMAND ...]
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from .routers import Lab, LabUnavailableError, Topology, host, router

VANTAGE: Final = "here"
SOURCE: Final = "95.165.0.10"
SOURCE_V6: Final = "2a00:1370:8100::10"
ROUTERS: Final = (
    router("r1", "95.165.0.1", "2a00:1370:8100::1"),
    router("r2", "195.34.49.1", "2a02:28:1::1"),
    router("r3", "212.188.1.6", "2a02:28:2::1"),
    router("r4", "212.188.2.37", "2a02:28:3::1"),
    router("r5", "212.188.28.81", "2a02:28:4::1"),
    router("r6", "195.34.53.206", "2a02:28:5::1"),
    router("r7", "68.142.82.9", "2607:f4e8:1::1"),
    router("r8", "156.154.0.1", "2610:a1:1::1"),
)
HOP_ADDRESSES: Final = tuple(each.addresses[0] for each in ROUTERS)
"""What TTL 1 to 8 answer from, IPv4."""

HOP_ADDRESSES_V6: Final = tuple(each.addresses[1] for each in ROUTERS)

OPEN_PORTS: Final = (25, 443)
CLOSED_PORT: Final = 80
"""Every endpoint refuses it."""

REACHED: Final = "156.154.65.20"
REACHED_V6: Final = "2610:a1:1011::20"
CONTROL: Final = "156.154.64.10"
CONTROL_V6: Final = "2610:a1:1010::10"
BLACKHOLED: Final = "185.70.40.101"
"""Dropped by r5's routing table: r4, TTL 4, is the last to answer."""

BLACKHOLED_V6: Final = "2a06:4000:40::101"
FORWARD_DROPPED: Final = "185.70.40.102"
"""Dropped by r5's forward filter: r5, TTL 5, is the last to answer."""

REJECTED: Final = "156.154.66.30"
"""r6 refuses it: ICMP 3/13, from TTL 7 on."""

REJECTED_V6: Final = "2610:a1:1012::30"
LOOPED: Final = "156.154.67.40"
"""r6 and r7 send it to each other."""

RESET: Final = "156.154.68.50"
"""r5 resets TCP to it, from TTL 6 on; ICMP passes."""

ENDPOINTS: Final = (REACHED, CONTROL, BLACKHOLED, FORWARD_DROPPED, REJECTED, LOOPED, RESET)

ASN_TABLE: Final = "".join(
    "\t".join(row) + "\n"
    for row in (
        ("68.142.64.0", "68.142.127.255", "22822", "US", "LLNW"),
        ("95.165.0.0", "95.165.255.255", "57681", "RU", "MGTS-MPTN-AS"),
        ("156.154.0.0", "156.154.255.255", "19905", "US", "NEUSTAR-AS6"),
        ("185.70.40.0", "185.70.43.255", "19905", "US", "NEUSTAR-AS6"),
        ("195.34.32.0", "195.34.63.255", "8359", "RU", "MTS"),
        ("212.188.0.0", "212.188.63.255", "8359", "RU", "MTS"),
        ("2607:f4e8::", "2607:f4e8:ffff:ffff:ffff:ffff:ffff:ffff", "22822", "US", "LLNW"),
        ("2610:a1::", "2610:a1:ffff:ffff:ffff:ffff:ffff:ffff", "19905", "US", "NEUSTAR-AS6"),
        ("2a00:1370:8100::", "2a00:1370:81ff:ffff:ffff:ffff:ffff:ffff", "57681", "RU", "MGTS-MPTN-AS"),
        ("2a02:28::", "2a02:28:ffff:ffff:ffff:ffff:ffff:ffff", "8359", "RU", "MTS"),
        ("2a06:4000::", "2a06:4007:ffff:ffff:ffff:ffff:ffff:ffff", "19905", "US", "NEUSTAR-AS6"),
    )
)
"""start, end, AS number, country, holder: the form of iptoasn's tables."""

CROWD: Final = "156.154.128.0/17"
"""A whole prefix that answers: as many endpoints as a benchmark wants."""

_HOSTS: Final = {
    host("control", CONTROL, CONTROL_V6, listens=OPEN_PORTS): None,
    host("web", REACHED, REACHED_V6, CROWD, listens=OPEN_PORTS): None,
    host("mx", BLACKHOLED, BLACKHOLED_V6, FORWARD_DROPPED, listens=OPEN_PORTS): None,
    host("refused", REJECTED, REJECTED_V6, RESET, LOOPED, listens=OPEN_PORTS): None,
}


def eight_routers(*, icmp_ratelimit_ms: int | None = 0) -> Lab:
    """Build it, with every policy in force.

    The routers' ICMP limits are lifted, as several lanes share them; None keeps Linux's own. Every user at
    `here` may open ICMP datagram sockets; `lab.forbid_ping("here")` takes that away. Raises
    LabUnavailableError.
    """
    vantage = host(VANTAGE, SOURCE, SOURCE_V6)
    lab = Lab(Topology.chain(vantage, ROUTERS, _HOSTS), icmp_ratelimit_ms=icmp_ratelimit_ms)
    try:
        lab.blackhole("r5", BLACKHOLED)
        lab.blackhole("r5", BLACKHOLED_V6)
        lab.forward_drop("r5", FORWARD_DROPPED)
        lab.reject("r6", REJECTED, "admin-prohibited")
        lab.reject("r6", REJECTED_V6, "admin-prohibited")
        lab.loop(LOOPED, "r6", "r7")
        lab.tcp_reset("r5", RESET)
        lab.allow_ping(VANTAGE)
    except BaseException:
        lab.close()
        raise
    return lab


def main() -> int:
    """Run a command in the lab."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.lab.eight_routers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--nobody", action="store_true", help="run the command without any rights")
    parser.add_argument("--limits", action="store_true", help="keep Linux's limits on ICMP errors")
    parser.add_argument("--table", type=Path, help="write the AS table here first")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if arguments.table:
        arguments.table.write_text(ASN_TABLE, encoding="utf-8")
    try:
        lab = eight_routers(icmp_ratelimit_ms=None if arguments.limits else 0)
    except LabUnavailableError as error:
        sys.exit(str(error))
    with lab:
        command = arguments.command or [os.environ.get("SHELL", "sh")]
        argv = lab.command(VANTAGE, command, nobody=arguments.nobody)
        return subprocess.call(argv, env=lab.world.environment)


if __name__ == "__main__":
    sys.exit(main())
