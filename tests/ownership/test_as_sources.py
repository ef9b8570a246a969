"""The script that says who owns the addresses in some files, and where sources disagree."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "as_sources.py"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


@pytest.fixture
def sources(tmp_path):
    def run(*words):
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
        return subprocess.run(
            [sys.executable, SCRIPT, *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run


def test_disagreements_are_printed_side_by_side(sources, tmp_path):
    (tmp_path / "trace").write_text(
        "1  8.8.8.8 (dns.google)  1.2 ms\n2 [2001:db8::1] 10:20:30 v1.2.3.4.5 9.9.9.9,\n"
    )
    (tmp_path / "table").write_text("8.8.8.0\t24\t64496_64497\n9.9.9.0\t24\t19281\n")
    done = sources("--asn-table", tmp_path / "table", tmp_path / "trace")
    assert done.returncode == 0, done.stderr
    listed, disagreed = done.stdout.split("\n\n")
    assert [line.split()[0] for line in listed.splitlines()] == ["8.8.8.8", "2001:db8::1", "9.9.9.9"]
    assert disagreed.startswith("3 addresses, 0 unknown, 1 disagreed about\n8.8.8.8")
    assert "table: AS64496 AS64497" in disagreed
    assert "plevin: AS15169" in disagreed


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples beside this repository")
def test_every_address_of_the_samples_has_an_owner_a_name_or_is_known_to_have_none(sources):
    done = sources(*sorted(path for path in SAMPLES.iterdir() if path.is_file()))
    assert done.returncode == 0, done.stdout
    assert ", 0 unknown," in done.stdout
