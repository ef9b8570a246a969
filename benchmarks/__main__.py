"""The budgets, measured: one table, peers side by side in the same run.

    python benchmarks [--quick] [--json FILE] [--write] [PART ...]

A part that cannot run here says why and is left out. Figures decide no test: they depend on the machine.
"""

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # for the lab of real routers
os.environ["PATH"] += ":/usr/sbin:/sbin"

import page
from machine import busy, machine
from table import Line, Table


@dataclass(frozen=True, slots=True)
class Part:
    """One file of this folder, and how much of it a run does."""

    name: str
    module: str
    usual: dict[str, object]
    quick: dict[str, object]


PARTS: Final = (
    Part("start-up", "start_up", {"repetitions": 9}, {"repetitions": 3}),
    Part("repaint", "board_repaint", {"repetitions": 5}, {"repetitions": 1}),
    Part("engine", "engine_cost", {"repetitions": 5}, {"repetitions": 2}),
    Part("judging", "judging_cost", {"minutes": 12}, {"minutes": 3}),
    Part(
        "probes",
        "probe_cost",
        {"repetitions": 3, "paces": ((1.0, 20), (0.1, 10))},
        {"repetitions": 1, "paces": ((1.0, 6),)},
    ),
    Part("screen", "screen_cost", {"repetitions": 3, "seconds": 20}, {"repetitions": 1, "seconds": 6}),
    Part("profile", "engine_profile", {"interval_s": 0.1, "seconds": 20}, {"interval_s": 0.1, "seconds": 5}),
    Part("growth", "growth", {"repetitions": 3, "seconds": 60}, {"repetitions": 1, "seconds": 10}),
    Part("keys", "key_latency", {"repetitions": 4, "minutes": 10}, {"repetitions": 1, "minutes": 1}),
    Part("vantages", "vantage_cost", {"repetitions": 9}, {"repetitions": 3}),
    Part(
        "vantage-screen",
        "vantage_screen",
        {"seconds": 30, "repetitions": 2},
        {"seconds": 10, "repetitions": 1},
    ),
    Part(
        "dead-network",
        "dead_network",
        {"repetitions": 9, "rounds": 8},
        {"repetitions": 3, "rounds": 6},
    ),
    Part("ownership", "ownership_cost", {"repetitions": 5}, {"repetitions": 1}),
    Part("registers", "register_load", {"repetitions": 5}, {"repetitions": 1}),
    Part("rtt", "rtt_error", {"seconds": 25}, {"seconds": 6}),
    Part("endpoints", "many_endpoints", {"seconds": 30}, {"seconds": 5}),
    Part("use", "long_use", {"minutes": 30}, {"minutes": 10}),
    Part("memory", "memory_growth", {"rounds": 10_000}, {"rounds": 1_000}),
)


def main(arguments: Sequence[str]) -> int:
    """Measure the parts asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(part.name for part in PARTS))
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs: wider spread")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to FILE too")
    parser.add_argument(
        "--write", action="store_true", help="write the figures of these parts into docs/benchmarks.md"
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - {part.name for part in PARTS}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")

    table = Table()
    by_part: dict[str, list[Line]] = {}
    left_out: dict[str, str] = {}
    for part in PARTS:
        if options.parts and part.name not in options.parts:
            continue
        started = time.perf_counter()
        print(f"{part.name} …", end=" ", file=sys.stderr, flush=True)
        try:
            measure: Callable[..., list[Line]] = importlib.import_module(part.module).measure
            by_part[part.name] = measure(**(part.quick if options.quick else part.usual))
            table.lines += by_part[part.name]
        except Exception as error:  # noqa: BLE001  (the other parts' figures shall not be lost with it)
            left_out[part.name] = f"{type(error).__name__}: {error}"
        print(f"{time.perf_counter() - started:.0f} s", file=sys.stderr)

    print(f"{machine()}; median (lowest–highest)\n")
    print(table.text())
    for name, reason in left_out.items():
        print(f"left out: {name}: {reason}")
    if options.write:
        remarks = filter(None, ("short runs" if options.quick else "", busy()))
        page.write(by_part, [part.name for part in PARTS], how=", ".join(remarks))
    if options.json:
        figures = {
            "machine": machine(),
            "lines": [each.as_json() for each in table.lines],
            "left_out": left_out,
        }
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
