"""Run a program with few open files beside a DNS server that knows many names; print the outcome as JSON.

    few_files.py FILES PROGRAM ARGUMENT ...

`hN.example` has the address 198.18.X.Y with 256 X + Y = N, `mxN.example` the exchangers h1 to hN. "DNS" in an
argument stands for the server's address.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

from ownership.dns_server import NXDOMAIN, DnsServer, Reply, records


def zone(name: str, kind: str) -> Reply:
    first = name.partition(".")[0]
    if kind == "MX" and first.startswith("mx"):
        return records(*(f"MX 10 h{number}.example." for number in range(1, int(first[2:]) + 1)))
    if kind == "A" and first.startswith("h"):
        number = int(first[1:])
        return records(f"A 198.18.{number >> 8}.{number & 255}")
    return NXDOMAIN


def main(files: int, argv: list[str]) -> None:
    with DnsServer(zone) as server:
        started = time.monotonic()
        done = subprocess.run(
            [word.replace("DNS", f"127.0.0.1:{server.port}") for word in argv],
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
        )
        found = {
            "status": done.returncode,
            "stdout": done.stdout,
            "stderr": done.stderr,
            "took_s": time.monotonic() - started,
            "asked": len(server.asked),
            "most_at_once": server.most_at_once,
            "max_rss_kib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
