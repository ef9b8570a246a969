"""Files whose names are made to steer a terminal: nothing that is printed has their characters."""

import unicodedata
from pathlib import Path

import pytest

from tracetui.cli import main

NAME = "ev\x1b[31mil\u202e\x07\nx"
TRACE = """traceroute to 156.154.64.10 (156.154.64.10), 30 hops max, 60 byte packets
 1  95.165.0.1 (95.165.0.1)  0.5 ms
 2  156.154.64.10 (156.154.64.10)  1.9 ms
"""
DEMO = ("demo", "--headless", "--rounds", "2")


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """A directory with files of such names, of all kinds."""
    monkeypatch.chdir(tmp_path)
    Path(f"{NAME}.txt").write_text(TRACE)
    Path(f"{NAME}.tsv").write_text("1.0.0.0\t1.0.0.255\t64496\tZZ\tA\x1b[31mB\n")
    Path(f"{NAME}.list").write_text("156.154.64.10\n")
    Path(f"{NAME}.empty").write_text("")
    Path(f"{NAME}.bgp").write_text("BGP routing table entry for 156.154.64.0/24\n")
    Path("names.toml").write_text('[as.8359]\nname = "M\\u001b[31mT\\u202eS"\n')
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("import", ".txt"),
        ("import", ".empty"),
        ("import", "/nowhere"),
        *(("survey", "--format", form, ".txt") for form in ("markdown", "text", "json")),
        ("survey", ".empty"),
        *(
            (*DEMO, "--format", form, "--as-names", "names.toml",
             "--import", ".txt", "--register", ".list", "--asn-table", ".tsv", "--bgp", ".bgp")
            for form in ("markdown", "text", "json")
        ),
        (*DEMO, "--full", "--import", ".txt"),
        (*DEMO, "--import", ".empty"),
        (*DEMO, "--bgp", ".empty"),
        (*DEMO, "--output", ".new"),
        (*DEMO, "--output", ".list"),
        ("demo", "--files", ".list"),
        ("asn", "192.0.2.1", "--offline", "--asn-table", ".empty"),
        ("report", "192.0.2.1", "--offline", "--interface", ".x"),
        ("config", "show", "--config", ".empty"),
        ("config", "show", "--config", ".txt"),
        ("config", "show", "--config", "/nowhere"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_name_reaches_the_terminal_as_it_is(hostile, capsys, words):
    main([f"{NAME}{word}" if word.startswith((".", "/")) else word for word in words])
    told = capsys.readouterr()
    assert told.err.count("\n") <= 2, "a name makes no line of its own"
    for text in (told.out, told.err):
        odd = [one for one in text if one != "\n" and unicodedata.category(one) in {"Cc", "Cf", "Zl", "Zp"}]
        assert not odd, (odd, text)
    assert told.out or told.err
