"""Accept TCP connections on the ports given as arguments and close them, until standard input ends.

Runs inside a host of the lab. It must accept: a full backlog would swallow SYNs.
"""

import selectors
import socket
import sys


def _listen(port: int) -> socket.socket:
    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=1024)
    listener.setblocking(False)
    return listener


def _accept(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return
        except OSError:  # reset before it was accepted
            continue
        connection.close()


def main() -> None:
    """Serve."""
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for port in map(int, sys.argv[1:]):
        selector.register(_listen(port), selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                return
            assert isinstance(key.fileobj, socket.socket)
            _accept(key.fileobj)


main()
