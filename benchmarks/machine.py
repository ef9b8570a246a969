"""What the figures were measured on."""

import os
import platform
from pathlib import Path


def machine() -> str:
    """Processor, cores, system and Python, in one line."""
    return ", ".join(
        (
            _processor(),
            f"{len(os.sched_getaffinity(0))} cores",
            f"Linux {platform.release().partition('-')[0]}",
            f"Python {platform.python_version()}",
        )
    )


def busy() -> str:
    """How busy the machine was with other work, by its load average; "" where it was idle."""
    load = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0))
    return f"busy, load {load:.1f} on {cores} cores" if load > cores / 2 else ""


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in {"model name", "Model"}:
            return " ".join(value.split())
    return platform.machine()
