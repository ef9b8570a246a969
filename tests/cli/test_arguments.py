"""The command line: what it takes, in what order, and what it says to the rest."""

from pathlib import Path

import pytest

from tracetui.cli import main
from tracetui.cli.arguments import parse_arguments
from tracetui.cli.ownership_settings import ownership_settings
from tracetui.cli.parser import UsageError
from tracetui.model import ProbeProtocol

TCP, ICMP = ProbeProtocol.TCP, ProbeProtocol.ICMP


@pytest.mark.parametrize(
    "line",
    [
        "report a.example b.example --rounds 5 --interval 0.2 --control c.example",
        "--rounds 5 report --interval 0.2 a.example --control c.example b.example",
        "--interval=0.2 --control c.example report a.example b.example --rounds=5",
        "-i0.2 -c c.example report -r5 a.example b.example",
        "report -i 0.2 a.example -r 5 -c c.example -- b.example",
    ],
)
def test_options_stand_anywhere(line):
    arguments = parse_arguments(line.split())
    assert arguments.command == "report"
    assert arguments.words == ("a.example", "b.example")
    assert arguments.options.control == ["c.example"]
    assert (arguments.rounds, arguments.config.probing.interval) == (5, 0.2)


def test_without_a_command_the_words_are_targets():
    arguments = parse_arguments(["example.org", "mx:example.net", "-4"])
    assert (arguments.command, arguments.words) == ("screen", ("example.org", "mx:example.net"))
    assert (arguments.families, arguments.headless, arguments.rounds) == ((4,), False, None)
    assert parse_arguments([]).words == ()


def test_a_host_that_is_named_like_a_command_is_a_target_behind_another():
    assert parse_arguments(["example.org", "demo"]).words == ("example.org", "demo")
    assert parse_arguments(["--", "report"]).words == ("report",)


def test_defaults():
    arguments = parse_arguments(["report", "x.example"])
    assert arguments.config.probing.protocols == (TCP, ICMP)
    assert (arguments.config.probing.ports, arguments.families, arguments.sources) == ((), (4, 6), (None,))
    assert (arguments.rounds, arguments.config.probing.timeout, arguments.config.probing.max_hops) == (
        10,
        2.0,
        30,
    )
    assert (
        (arguments.options.format or "markdown"),
        ownership_settings(arguments.config).pointers,
        arguments.config.ownership.offline,
    ) == (
        "markdown",
        True,
        False,
    )


def test_lists_and_paths():
    line = (
        "report x -p icmp,TCP --port 25,443,25 -s 192.0.2.1 -s 2001:db8::1 -o out.md --asn-table t.gz -6 -4"
    )
    arguments = parse_arguments(line.split())
    assert arguments.config.probing.protocols == (ICMP, TCP)
    assert arguments.config.probing.ports == (25, 443)
    assert arguments.sources == ("192.0.2.1", "2001:db8::1")
    assert (arguments.options.output, ownership_settings(arguments.config).tables) == (
        Path("out.md"),
        (Path("t.gz"),),
    )
    assert arguments.families == (6, 4)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("report", "no target"),
        ("report x --rounds 0", "whole number"),
        ("report x --rounds five", "'five'"),
        ("report x --interval 0", "number of seconds"),
        ("report x --interval nan", "number of seconds"),
        ("report x --max-hops 65", "from 1 to 64"),
        ("report x --check --check-interval 5", "from 10 to 240"),
        ("demo --check", "a simulated internet has no services"),
        ("report x --port 0", "port '0'"),
        ("report x --port 25,,443", "port ''"),
        ("report x -p udp", '"udp" is not one of tcp, icmp'),
        ("report x --source eth0", "not an IP address"),
        ("report x --prober fast", "invalid choice"),
        ("report x --bogus", "--bogus"),
        ("x --rounds 5", "use 'tracetui report'"),
        ("x --format json", "use 'tracetui report'"),
        ("demo --rounds 5", "add --headless"),
        ("demo --compare-with last-change", "--compare-with is only for runs without a screen"),
        ("report x --compare-with yesterday", "'yesterday' is no moment"),
        ("demo a b", "one scenario"),
        ("report x --list", "is only for 'tracetui demo'"),
        ("doctor x", "no targets"),
    ],
)
def test_mistakes_are_one_line_and_usage(line, words, capsys):
    with pytest.raises(UsageError) as caught:
        parse_arguments(line.split())
    assert words in str(caught.value)
    assert main(line.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert captured.err.startswith("tracetui: ")


def test_a_bad_target_is_usage_and_found_before_anything_is_opened(capsys):
    assert main(["report", "bad host name"]) == 2
    assert "'bad host name'" in capsys.readouterr().err


def test_version_and_help_are_data(capsys):
    for flag in ("--version", "--help"):
        with pytest.raises(SystemExit) as caught:
            main([flag])
        assert caught.value.code == 0
    assert "tracetui" in capsys.readouterr().out
