"""Block registers: loading a file of 400,000 entries like the Russian one, and one of 400,000 lines."""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from table import Line, Samples
from tracetui.evidence.registers.read_register import parse_request, read_register

ENTRIES = 400_000
_CPU_S, _MEMORY_MIB = 5.0, 150.0


def dump_lines(entries: int, seed: int = 1) -> Iterator[str]:
    """Yield the lines of a register like zapret-info's: of URLs, whole domains, addresses and prefixes."""
    chance = random.Random(seed)
    words = [f"{chance.choice('бвгдклмн')}решение-{number}" for number in range(50)]
    yield "Updated: 2019-04-24 06:00:00 +0000"
    for number in range(entries):
        addresses = [
            ".".join(str(chance.randrange(1, 224)) for _ in range(4))
            for _ in range(chance.choice((1, 1, 1, 2, 3)))
        ]
        domain = f"site-{number % (entries * 3 // 4)}.{chance.choice(('com', 'net', 'org', 'xyz'))}"
        kind = number % 8
        url = ""
        if kind < 3:
            url = f"http://{domain}/path/{chance.randrange(10**6)}.html"
        elif kind == 3:
            domain = f"*.{domain}"
        elif kind == 4:
            domain = ""
        elif kind == 5:
            url = f'"https://{domain}/?a=1;b={number} | http://{domain}/second"'
        if kind == 4 and number % 4000 == 4:
            addresses = [f"{chance.randrange(1, 224)}.{chance.randrange(256)}.0.0/16"]
        date = f"201{chance.randrange(3, 9)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        decision = f"{chance.choice(words)}/{number}"
        yield f"{' | '.join(addresses)};{domain};{url};Роскомнадзор;{decision};{date}"


def list_lines(entries: int, seed: int = 1) -> Iterator[str]:
    """Yield addresses, prefixes and names, one a line."""
    chance = random.Random(seed)
    for number in range(entries):
        match number % 4:
            case 0:
                yield f"site-{number}.example{number % 50}.net"
            case 1:
                yield f"{chance.randrange(1, 224)}.{chance.randrange(256)}.{chance.randrange(256)}.0/24"
            case _:
                yield ".".join(str(chance.randrange(1, 224)) for _ in range(4))


def load(path: Path) -> tuple[float, float]:
    """Return the CPU seconds of loading a register, and the peak of this process's memory in MiB."""
    started = time.process_time()
    register = read_register(parse_request(str(path)))
    seconds = time.process_time() - started
    assert register.file.entries == ENTRIES, register.file
    status = Path("/proc/self/status").read_text()
    return seconds, int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure(repetitions: int) -> list[Line]:
    """Return CPU and memory for each kind of file, each measured in a process of its own."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register"
        for what, content, encoding in (
            ("dump.csv of zapret-info", dump_lines, "cp1251"),
            ("list of addresses and names", list_lines, "ascii"),
        ):
            data = "".join(f"{line}\n" for line in content(ENTRIES)).encode(encoding)
            path.write_bytes(data)
            remark = f"{len(data) / 2**20:.0f} MiB; the peak is that of the whole process"
            runs = [_in_a_process(path) for _ in range(repetitions)]
            seconds, peaks = (Samples(values) for values in zip(*runs, strict=True))
            name = f"{ENTRIES:,} entries, {what}"
            lines.append(Line(f"{name}: CPU", "s", seconds, budget=_CPU_S, remarks=(remark,)))
            lines.append(Line(f"{name}: memory", "MiB", peaks, budget=_MEMORY_MIB, remarks=(remark,)))
    return lines


def _in_a_process(path: Path) -> tuple[float, float]:
    ran = subprocess.run([sys.executable, __file__, path], check=True, capture_output=True, text=True)
    seconds, peak = map(float, ran.stdout.split())
    return seconds, peak


if __name__ == "__main__":
    print(*load(Path(sys.argv[1])))
