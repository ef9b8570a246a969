"""`tracetui asn`: rows, JSON, pipes, exit statuses."""

import io
import json
import os
import subprocess
import sys

import pytest

from ownership.dns_server import DnsServer, records
from ownership.http_server import HttpServer, Page
from tracetui.cli import main

TABLE = (
    "9.0.0.0\t9.0.255.255\t64496\tZZ\tHolder with a name that is much too long for a column\n"
    "9.1.0.0\t9.1.0.255\t0\tNone\tNot routed\n"
)
SECOND = "9.0.0.0\t16\t64497_64498\n9.1.0.0\t24\t64499\n9.2.0.0\t24\t64501_64500\n"


@pytest.fixture
def asn(tmp_path, monkeypatch, capsys):
    """Run the command on two tables; return exit status, lines of output and of narration."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "one").write_text(TABLE)
    (tmp_path / "two").write_text(SECOND)
    tables = [
        "--asn-table",
        str(tmp_path / "one"),
        "--asn-table",
        str(tmp_path / "two"),
        "--as-source",
        "table",
    ]

    def ask(*words, stdin=b"", given=tables):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = main(["asn", *words, *given])
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err.splitlines()

    return ask


def test_a_table_with_what_there_is_to_say(asn):
    status, lines, said = asn("9.0.0.1", "9.1.0.1", "9.2.0.1", "10.0.0.1", "9.9.9.9", "--offline")
    assert (status, said) == (0, [])
    assert lines[0].split() == ["ADDRESS", "AS", "HOLDER", "PREFIX", "SOURCE", "DATE", "NAME"]
    text = "\n".join(lines)
    rows = {line.split()[0]: line for line in lines[1:] if not line.startswith(" ")}
    assert rows["9.0.0.1"].split()[1:5] == ["64496", "Holder", "with", "a"]
    assert "9.0.0.0/16" in rows["9.0.0.1"]
    assert "    Holder with a name that is much too long for a column" in lines
    assert "disagrees: two of" in text
    assert "says AS64497 AS64498" in text
    assert "not announced" in rows["9.1.0.1"]
    assert "says AS64499" in text
    assert rows["9.2.0.1"].split()[1:3] == ["64501", "64500"]
    assert "announced by 2 ASes (MOAS)" in text
    assert "private-use (RFC 1918)" in rows["10.0.0.1"]
    assert "unknown: no source has it" in rows["9.9.9.9"]


def test_json_is_one_array(asn):
    status, lines, _ = asn("9.0.0.1", "9.1.0.1", "64:ff9b::900:1", "--offline", "--format", "json")
    first, second, third = json.loads("\n".join(lines))
    assert status == 0
    assert (first["asns"], first["prefix"], first["source"]) == ([64496], "9.0.0.0/16", "one")
    assert first["disagree"][0]["asns"] == [64497, 64498]
    assert (second["unannounced"], second["known"], second["asns"]) == (True, True, [])
    assert (third["asns"], third["special"]) == ([64496], "NAT64 of 9.0.0.1")


def test_nothing_to_say_is_an_empty_array(asn):
    assert asn("-", "--format", "json", "--offline")[:2] == (0, ["[]"])


def test_names_are_resolved_and_pointers_confirmed(asn):
    zone = {
        ("www.example", "A"): records("A 9.0.0.1", "A 9.0.0.2"),
        ("www.example", "AAAA"): records("AAAA 2600::1"),
        ("1.0.0.9.in-addr.arpa", "PTR"): records("PTR www.example."),
        ("2.0.0.9.in-addr.arpa", "PTR"): records("PTR liar.example."),
        ("liar.example", "A"): records("A 9.9.9.9"),
    }
    with DnsServer(zone) as server:
        status, lines, said = asn("www.example", "gone.example", "--dns-server", server.spelled)
        assert status == 1
        assert said == ["tracetui: gone.example: no such name (NXDOMAIN)"]
        rows = [line for line in lines if line[0] != " "]
        assert [row.split()[0] for row in rows[1:]] == ["9.0.0.1", "9.0.0.2", "2600::1"]
        assert rows[1].endswith("www.example (confirmed)")
        assert rows[2].endswith("liar.example (does not have this address)")
        assert lines.count("    an address of www.example") == 3
        server.asked.clear()
        status, lines, _ = asn("9.0.0.1", "--no-dns", "--dns-server", server.spelled)
        assert (status, server.asked) == (0, [])


def test_a_pipe_of_anything(asn):
    lines = (
        b"9.0.0.1\n\n# comment\n  9.0.0.2 with words behind\nnonsense\n\xff\xfe\x00\n[2600::1]\n"
        + b"9" * 100_000
    )
    status, out, said = asn("-", "--offline", stdin=lines)
    assert status == 1
    assert [line.split()[0] for line in out[1:] if line[0] != " "] == ["9.0.0.1", "9.0.0.2", "2600::1"]
    assert len(said) == 1
    assert "are not addresses and were skipped, the first is line 5" in said[0]


def test_a_pipe_is_read_as_it_comes_and_nothing_is_held(asn, monkeypatch):
    made = []

    class Endless(io.BufferedIOBase):
        """Fails when it is read far ahead of what has been printed."""

        count = 0

        def read1(self, size=-1):
            self.count += 100
            if self.count > 5000:
                return b""
            assert self.count - len(made) <= 2100
            return b"".join(b"9.0.%d.%d\n" % divmod(self.count + place, 250) for place in range(100))

    class Out(io.StringIO):
        def write(self, text):
            made.append(text)
            return len(text)

    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": Endless()})())
    monkeypatch.setattr(sys, "stdout", Out())
    assert main(["asn", "-", "--offline", "--as-source", "plevin"]) == 0
    assert len(made) == 5001


def test_what_came_through_a_pipe_is_answered_while_more_is_to_come(tmp_path):
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    argv = [sys.executable, "-m", "tracetui", "asn", "-", "--offline", "--as-source", "plevin"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as running:
        running.stdin.write(b"9.0.0.1\n9.0.0.2\n9.0.0.3")
        running.stdin.flush()
        lines = [running.stdout.readline().split()[0] for _ in range(3)]
        assert lines == [b"ADDRESS", b"9.0.0.1", b"9.0.0.2"]
        rest, _ = running.communicate(b"3\n")
        assert rest.split()[0] == b"9.0.0.33"


@pytest.mark.parametrize(
    ("word", "address"),
    [("9.0.0.1:443", "9.0.0.1"), ("https://9.0.0.1/x", "9.0.0.1"), ("[2600::1]:25", "2600::1")],
)
def test_an_address_within_a_target_will_do(asn, word, address):
    status, lines, said = asn(word, "--offline")
    assert (status, said) == (0, [])
    assert lines[1].split()[0] == address
    assert lines[2] == f"    an address of {word}"


@pytest.mark.parametrize("word", ["008.8.8.8", "9.0.0.0/24", "1.2.3", "", "a b", "::g"])
def test_what_is_neither_address_nor_name_is_said_to_be_none(asn, word):
    status, _, said = asn(word, "--offline")
    assert status == 1
    assert len(said) == 1
    assert "is not" in said[0] or "empty" in said[0]


def test_whois_stands_below(asn, monkeypatch):
    network = {
        "handle": "N", "name": "NINE", "startAddress": "9.0.0.0", "endAddress": "9.0.0.255",
        "ipVersion": "v4", "country": "ZZ",
        "events": [{"eventAction": "registration", "eventDate": "2001-02-03T00:00:00Z"}],
    }  # fmt: skip
    with HttpServer(lambda path: Page(json.dumps(network).encode())) as server:
        monkeypatch.setattr("ipwhois.rdap.BOOTSTRAP_URL", server.url)
        status, lines, _ = asn("9.0.0.1", "10.0.0.1", "--whois", "--no-dns")
        assert status == 0
        assert "    registered to NINE, ZZ, says 127.0.0.1" in lines
        assert "    range 9.0.0.0 - 9.0.0.255, registered 2001-02-03, changed -" in lines
        assert any("registry: no registration to ask for" in line for line in lines)
        _, lines, _ = asn("9.0.0.1", "10.0.0.1", "--whois", "--no-dns", "-f", "json")
        first, second = json.loads("\n".join(lines))
        assert first["whois"]["network"] == "NINE"
        assert "no registration" in second["whois"]["problem"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], "nothing to look up"),
        (["x", "--bogus"], "--bogus"),
        (["9.0.0.1", "--whois", "--offline"], "remove --offline"),
        (["9.0.0.1", "--as-source", "plevin,google"], "is not one of table, plevin, cymru"),
        (["9.0.0.1", "--dns-server", "dns.example"], "is not the address of a DNS server"),
        (["update", "--offline"], "give --from FILE"),
    ],
)
def test_mistakes_are_one_line_and_usage(asn, words, line):
    status, lines, said = asn(*words, given=[])
    assert (status, lines, len(said)) == (2, [], 1)
    assert said[0].startswith("tracetui: asn: ")
    assert line in said[0]


def test_a_table_that_is_none_cannot_run(asn, tmp_path):
    (tmp_path / "bad").write_text("hello\n")
    status, _, said = asn("9.0.0.1", given=["--asn-table", str(tmp_path / "bad")])
    assert (status, len(said)) == (3, 1)
    status, _, said = asn("9.0.0.1", given=["--as-source", "table"])
    assert (status, len(said)) == (3, 1)
    assert "no AS table to ask" in said[0]


def test_options_stand_before_the_command_too(asn):
    assert main(["--offline", "asn", "9.0.0.1"]) == 0


def test_help_says_how(asn, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["asn", "--help"])
    assert caught.value.code == 0
    assert "tracetui asn update" in capsys.readouterr().out
