"""Makes the pictures and the report of docs/case-2019.md: `make case`.

The case is run in the simulated internet with the files that `tracetui demo protonmail-2019 --files` writes,
on a virtual clock: the same pictures and the same report every time.
"""

import asyncio
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from make import FOLDER, SEED, draw_app

from tracetui.evidence.registers.read_register import parse_request
from tracetui.evidence.traces.read_traces import read_traces
from tracetui.investigation.bgp_routes import parse_bgp_file
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation import Investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.model import Tool
from tracetui.probing.pace import Pace
from tracetui.report import render
from tracetui.simulation.scenario_files import write_files

SCENARIO: Final = "protonmail-2019"
ROUNDS: Final = 120
WRITTEN: Final = datetime(2019, 3, 7, 23, 0, tzinfo=UTC)
"""The time of the files, which the report tells."""

TRACES: Final = ("cisco-blocked.txt", "cisco-control.txt", "bsd-other-provider.txt")
ROUTER: Final = "57681"
"""The AS whose routes the router of the case has: those of its provider."""

NOTES: Final = ("mail.log: connections to both exchangers time out, since 2019-03-07 12:04 UTC",)
REPORT: Final = FOLDER.parent / "docs" / "case-2019-report.md"
COMMAND: Final = " ".join(
    (
        f"tracetui demo {SCENARIO} --headless --rounds {ROUNDS}",
        *(f"--import {name}" for name in TRACES),
        f"--bgp AS{ROUTER}=show-ip-bgp.txt --register dump.csv",
    )
)

PICTURES: Final = {
    "case-live": ((140, 40), ("j", "j", "j"), False),
    "case-all": ((140, 56), (), True),
    "case-evidence": ((130, 60), ("4",), True),
    "case-findings": ((110, 60), ("f",), True),
}
"""By name: size, keys, and whether what others saw is there already."""


def investigate(folder: Path, *, elsewhere: bool) -> Investigation:
    """Run the case; `elsewhere`: with the traces, the routes and the register in `folder`."""
    investigation, run_rounds = demo_investigation(
        SCENARIO,
        Settings(pace=Pace(rounds=ROUNDS)),
        Tool("demo", COMMAND),
        controls=(),
        pointers=True,
        virtual=True,
        seed=SEED,
        bgp_files=[parse_bgp_file(f"AS{ROUTER}={folder / 'show-ip-bgp.txt'}")] if elsewhere else (),
        registers=[parse_request(str(folder / "dump.csv"))] if elsewhere else (),
    )
    if elsewhere:
        investigation.wait_resolved()
        for name in TRACES:
            investigation.import_traces(read_traces((folder / name).read_bytes()).traces, name)
        for note in NOTES:
            investigation.add_note(note)
    run_rounds(lambda: False)
    return investigation


def main() -> None:
    """Write the report and draw the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in write_files(SCENARIO, folder, overwrite=False):
            os.utime(path, (WRITTEN.timestamp(),) * 2)
        made = {elsewhere: investigate(folder, elsewhere=elsewhere) for elsewhere in (False, True)}
        REPORT.write_text(render(made[True].snapshot(), "markdown"), encoding="utf-8")
        print(REPORT.relative_to(FOLDER.parent))
        for picture, (size, keys, elsewhere) in PICTURES.items():
            asyncio.run(draw_app(made[elsewhere], picture, size, keys))


if __name__ == "__main__":
    main()
