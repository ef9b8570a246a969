"""The script that says who owns the addresses in some files, and where sources disagree."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ownership.mmdb import mmdb

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "as_sources.py"


@pytest.fixture
def sources(tmp_path):
    def run(*words):
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(SCRIPT.parent)}
        return subprocess.run(
            [sys.executable, SCRIPT, *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run


TABLES = {
    "pfx2as": b"8.8.8.0\t24\t64496_64497\n9.9.9.0\t24\t19281\n",
    "iptoasn": b"8.8.8.0\t8.8.8.255\t64496\tZZ\tELSEWHERE\n9.9.9.0\t9.9.9.255\t19281\tUS\tQUAD9-AS-1\n",
    "pyasn": b"; IP-ASN32-DAT file\n8.8.8.0/24\t64496\n9.9.9.0/24\t19281\n",
    "mmdb": mmdb(
        {
            "8.8.8.0/24": {"autonomous_system_number": 64496, "autonomous_system_organization": "Elsewhere"},
            "9.9.9.0/24": {"autonomous_system_number": 19281, "autonomous_system_organization": "Quad9"},
        }
    ),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_second_table_of_any_kind_is_set_beside_plevin(sources, tmp_path, kind):
    (tmp_path / "trace").write_text(
        "1  8.8.8.8 (dns.google)  1.2 ms\n2 [2001:db8::1] 10:20:30 v1.2.3.4.5 9.9.9.9,\n"
    )
    (tmp_path / "second").write_bytes(TABLES[kind])
    done = sources("--asn-table", tmp_path / "second", tmp_path / "trace")
    assert done.returncode == 0, done.stderr
    listed, counted, disagreed = done.stdout.split("\n\n")
    assert [line.split()[0] for line in listed.splitlines()] == ["8.8.8.8", "2001:db8::1", "9.9.9.9"]
    assert counted.startswith("3 addresses, 0 unknown, 1 disagreed about\n")
    assert re.search(r"^second of .* knows 2 of", counted, re.MULTILINE)
    assert re.search(r"^plevin of 20.* knows 2 of", counted, re.MULTILINE)
    first, second = ([cell.strip() for cell in row.split("│")] for row in disagreed.splitlines()[2:])
    assert first[:2] == ["8.8.8.8", "second"]
    assert first[2] == ("AS64496 AS64497" if kind == "pfx2as" else "AS64496")
    assert second[:3] == ["", "plevin", "AS15169"]
