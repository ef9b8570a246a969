"""The layers: what may import what, by contract and as it turns out at run time."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import tracetui

PROJECT = Path(__file__).parents[1]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
CORE = (
    "model",
    "packet",
    "probing",
    "ownership",
    "analysis",
    "report",
    "config",
    "simulation",
    "investigation",
)
LATE = {"textual", "rich", "scapy", "dns", "plevin"}
"""The first two belong to `tui` alone; the others are slow to import, and imported when they are needed."""

DNSPYTHONS = "tracetui.ownership.dns_resolver"
"""The one module built on dnspython's classes; what uses it imports it late."""


def core_modules() -> list[str]:
    modules = pkgutil.walk_packages(tracetui.__path__, "tracetui.")
    return [module.name for module in modules if module.name.split(".")[1] in CORE]


@pytest.mark.skipif(not LINT_IMPORTS.is_file(), reason="import-linter is not installed; make check has it")
def test_contracts_hold():
    run = subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_importing_the_core_loads_no_screen_and_nothing_slow():
    modules = [name for name in core_modules() if name != DNSPYTHONS]
    assert {name.split(".")[1] for name in modules} == set(CORE)
    program = (
        "import sys\n"
        f"for name in {modules!r}:\n"
        "    __import__(name)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert LATE.isdisjoint(run.stdout.split())
