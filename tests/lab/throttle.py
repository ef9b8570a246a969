"""Connects to HOST PORT for ssh (ProxyCommand), BYTES a second each way, and no more on the way than that."""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable


def carry(take: Callable[[int], bytes], give: Callable[[bytes], object], rate: float) -> None:
    """Copy until the end, a tenth of a second's worth at a time."""
    while piece := take(max(1, int(rate / 10))):
        time.sleep(len(piece) / rate)
        give(piece)
    os._exit(0)


def main() -> None:
    """Carry both ways."""
    host, port, rate = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    connection.connect((host, port))
    back = threading.Thread(target=carry, args=(connection.recv, lambda data: os.write(1, data), rate))
    back.start()
    carry(lambda size: os.read(0, size), connection.sendall, rate)


if __name__ == "__main__":
    main()
