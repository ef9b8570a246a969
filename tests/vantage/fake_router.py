"""A router that answers a traceroute command with the text of a real one; run by tests as a command.

`fake_router.py STYLE ADDRESS`; the hops of every trace are those of `hops`.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

HOPS = ("10.0.0.1", "10.0.1.1")


def ios(address: str) -> None:
    print("Type escape sequence to abort.")
    print(f"Tracing the route to {address}")
    print("VRF info: (vrf in name/id, vrf out name/id)")
    for ttl, hop in enumerate((*HOPS, address), start=1):
        print(f"  {ttl} {hop} {ttl * 4} msec")


def silent_ios(address: str) -> None:
    print("Type escape sequence to abort.")
    print(f"Tracing the route to {address}")
    for ttl, hop in enumerate(HOPS, start=1):
        print(f"  {ttl} {hop} {ttl * 4} msec")
    for ttl in range(3, 31):
        print(f"  {ttl}  * ")


def junos(address: str) -> None:
    print(f"traceroute to {address} ({address}), 30 hops max, 52 byte packets")
    for ttl, hop in enumerate((*HOPS, address), start=1):
        print(f" {ttl}  {hop}  {ttl}.100 ms  {ttl}.200 ms  {ttl}.300 ms")


def routeros(address: str) -> None:
    print("  #  ADDRESS                          LOSS SENT    LAST     AVG    BEST   WORST STD-DEV STATUS")
    for ttl, hop in enumerate((*HOPS, address), start=1):
        print(f"  {ttl}  {hop:<32}   0%    1   {ttl}.5ms     {ttl}.5     {ttl}.5     {ttl}.5       0")


def vrp(address: str) -> None:
    print(f" traceroute to {address}({address}), max hops: 30 ,packet length: 40,press CTRL_C to break")
    for ttl, hop in enumerate((*HOPS, address), start=1):
        print(f" {ttl} {hop} {ttl} ms")


def pager(address: str) -> None:
    print("Type escape sequence to abort.")
    print(" --More-- ", end="", flush=True)
    time.sleep(600)


def password(_: str) -> None:
    print("Password: ", end="", flush=True)
    if not sys.stdin.read():
        print("\n% Login invalid")
        sys.exit(1)


def hanging(address: str) -> None:
    """Print two hops, and stay, with a child of its own."""
    print(f"Tracing the route to {address}")
    for ttl, hop in enumerate(HOPS, start=1):
        print(f"  {ttl} {hop} {ttl * 4} msec")
    print("  3 10.0.2", end="", flush=True)
    child = subprocess.Popen(["sleep", "600"])
    with Path(os.environ["CHILD"]).open("w", encoding="utf-8") as file:
        print(child.pid, file=file)
    time.sleep(600)


def stubborn(address: str) -> None:
    """Let nothing end it but SIGKILL."""
    import signal

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    hanging(address)


def garbage(_: str) -> None:
    sys.stdout.buffer.write(bytes(range(256)) * 40)
    print("\nERR \x1b[31mno such *command*")


def huge(_: str) -> None:
    while True:
        print("x" * 1000)


def other(_: str) -> None:
    ios("203.0.113.99")


def refused(_: str) -> None:
    print("ssh: connect to host r1 port 22: Connection refused", file=sys.stderr)
    sys.exit(255)


def nothing(_: str) -> None:
    pass


def slow(address: str) -> None:
    """Note when it runs, so that runs at the same time show."""
    with Path(os.environ["RUNS"]).open("a", encoding="utf-8") as file:
        print("begin", file=file, flush=True)
        time.sleep(0.05)
        print("end", file=file, flush=True)
    ios(address)


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
