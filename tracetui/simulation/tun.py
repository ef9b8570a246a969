"""A simulated internet behind a TUN device (Linux): packets cross the kernel, and any program can trace it.

    unshare -r -n python -m tracetui.simulation.tun port-filter -- mtr --report 198.18.3.80

The device is made in the network namespace of this process and gets the scenario's source addresses and the
default routes: use a separate namespace. Local failures of sources are not simulated: the kernel is real.
"""

import argparse
import fcntl
import heapq
import os
import select
import struct
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from tracetui.model import CannotRunError, TracetuiError
from tracetui.probing.clock import Clock, SystemClock
from tracetui.simulation.catalogue import load
from tracetui.simulation.network import Network
from tracetui.simulation.scenario import Scenario

_TUNSETIFF: Final = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 1, 0x1000
_DEVICE: Final = "/dev/net/tun"
_MAX_PACKET: Final = 65536
_NS: Final = 1_000_000_000


class TunDevice:
    """A TUN device: what the kernel routes to it is read, what is written to it has arrived.

    linux/Documentation/networking/tuntap.rst; no packet information header (`IFF_NO_PI`).
    """

    def __init__(self, name: str) -> None:
        """Make the device. Raises CannotRunError."""
        self.name = name
        try:
            self._file = os.open(_DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise CannotRunError(f"{_DEVICE}: {error.strerror}: the kernel's TUN driver is needed") from None
        try:
            fcntl.ioctl(self._file, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
        except OSError as error:
            os.close(self._file)
            raise CannotRunError(
                f"no TUN device {name}: {error.strerror}: CAP_NET_ADMIN is needed, as in 'unshare -r -n'"
            ) from None

    def fileno(self) -> int:
        """Return the descriptor, for waiting."""
        return self._file

    def read(self) -> bytes | None:
        """Return the next packet; None when there is none."""
        try:
            return os.read(self._file, _MAX_PACKET)
        except BlockingIOError:
            return None

    def write(self, packet: bytes) -> None:
        """Let a packet arrive; what the kernel does not want is dropped, as on any network."""
        try:
            os.write(self._file, packet)
        except OSError:
            return

    def set_up(self, scenario: Scenario) -> None:
        """Give it the sources' addresses and the default routes, with iproute2. Raises CannotRunError."""
        lines = ["link set lo up", f"link set {self.name} up"]
        for version in (4, 6):
            own = [a for source in scenario.sources for a in source.addresses if a.version == version]
            length, duplicates = (32, "") if version == 4 else (128, " nodad")
            lines += [f"addr add {address}/{length} dev {self.name}{duplicates}" for address in own]
            if own:
                default = "default" if version == 4 else "::/0"
                lines.append(f"route add {default} dev {self.name} src {own[0]}")
        try:
            done = subprocess.run(
                ["ip", "-batch", "-"],  # noqa: S607  (where it stands differs)
                input="\n".join(lines),
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise CannotRunError(f"ip: {error.strerror}: iproute2 is needed") from None
        if done.returncode:
            raise CannotRunError(f"ip: {' '.join(done.stderr.split())}")

    def close(self) -> None:
        """Remove the device."""
        os.close(self._file)


def serve(device: TunDevice, network: Network, clock: Clock, stop: int) -> None:
    """Answer what comes out of the device, each answer at its time, until descriptor `stop` is readable."""
    started_ns = clock.monotonic_ns()
    due: list[tuple[int, int, bytes]] = []
    order = 0
    while True:
        timeout_s = max(0, due[0][0] - clock.monotonic_ns()) / _NS if due else None
        ready, _, _ = select.select([device.fileno(), stop], [], [], timeout_s)
        if stop in ready:
            return
        while (packet := device.read()) is not None:
            now_ns = clock.monotonic_ns()
            for arrival in network.carry(packet, now_ns - started_ns):
                order += 1
                heapq.heappush(due, (now_ns + arrival.delay_ns, order, arrival.packet()))
        while due and due[0][0] <= clock.monotonic_ns():
            device.write(heapq.heappop(due)[2])


def main(argv: Sequence[str]) -> int:
    """Serve a scenario until the command after `--` ends, or standard input does; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tracetui.simulation.tun", description=__doc__)
    parser.add_argument("scenario", help="a scenario's name, or a file")
    parser.add_argument("--device", default="demo0", help="name of the device (default: demo0)")
    parser.add_argument("--seed", type=int, default=0, help="for loss and jitter that repeat")
    parser.add_argument("command", nargs="*", help="what to run while the device is there")
    options = parser.parse_args(argv)
    try:
        scenario = load(options.scenario)
        device = TunDevice(options.device)
        device.set_up(scenario)
    except TracetuiError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    network = Network(scenario, options.seed)
    if not options.command:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        serve(device, network, SystemClock(), sys.stdin.fileno())
        return 0
    with subprocess.Popen(options.command) as command:  # noqa: S603  (the user's own command)
        ended = os.pidfd_open(command.pid)
        serve(device, network, SystemClock(), ended)
        os.close(ended)
    return command.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
