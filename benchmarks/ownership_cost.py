"""Cost of looking owners up: the table in memory, addresses cold through the default chain, a pipe.

python benchmarks/ownership_cost.py [--quick]
"""

import argparse
import ipaddress
import random
import resource
import subprocess
import sys
import threading
import time

from tracetui.ownership.chain import Ownership
from tracetui.ownership.settings import OwnershipSettings
from tracetui.ownership.table import RangeTable, TableBuilder


def random_addresses(count: int) -> list[str]:
    drawn = random.Random(7)
    return [str(ipaddress.IPv4Address(drawn.getrandbits(32))) for _ in range(count)]


def full_table() -> RangeTable:
    """Half a million ranges, as many as the internet's."""
    drawn, builder, first = random.Random(8), TableBuilder(), 0
    while first < (1 << 32) - 20_000:
        size = drawn.randint(256, 16_000)
        builder.add(4, first, first + size - 1, (drawn.randint(1, 65_000),), "holder")
        first += size
    return builder.build()


def table_rate(count: int) -> float:
    """Lookups a second in the in-memory table."""
    table, addresses = full_table(), random_addresses(count)
    started = time.perf_counter()
    for address in addresses:
        table.lookup(address)
    return count / (time.perf_counter() - started)


def cold(count: int) -> tuple[float, float]:
    """Seconds for addresses through the chain, offline; how late a 10 ms clock was meanwhile."""
    late = [0.0]
    stop = threading.Event()

    def tick() -> None:
        due = time.perf_counter()
        while not stop.is_set():
            due += 0.01
            time.sleep(max(0.0, due - time.perf_counter()))
            late[0] = max(late[0], time.perf_counter() - due)
            due = max(due, time.perf_counter())

    ownership = Ownership(OwnershipSettings(pointers=False, offline=True))
    owners = ownership.owners()
    clock = threading.Thread(target=tick)
    clock.start()
    started = time.perf_counter()
    owners.want(random_addresses(count))
    owners.settle(60)
    took = time.perf_counter() - started
    stop.set()
    clock.join()
    owners.close()
    ownership.close()
    return took, late[0]


def pipe(count: int) -> tuple[float, int]:
    """Seconds for `tracetui asn - --offline`, and its memory in MiB."""
    text = "\n".join(random_addresses(count)) + "\n"
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "tracetui", "asn", "-", "--offline"],
        input=text,
        text=True,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    count = 10 if parser.parse_args().quick else 1
    print(f"in-memory table      {table_rate(1_000_000 // count):>12,.0f} lookups/s   (budget 300,000)")
    took, late = cold(1000)
    print(f"1,000 cold           {took:>12.2f} s           (budget 3)")
    print(f"  latest wake-up     {late * 1e3:>12.1f} ms          (budget 50)")
    took, memory = pipe(100_000 // count)
    print(f"{100_000 // count:,} from a pipe {took:>12.2f} s           (budget 10 for 100,000), {memory} MiB")


if __name__ == "__main__":
    main()
