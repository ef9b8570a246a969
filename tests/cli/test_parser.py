"""Help and versions: each command lists its own options, all accept what an alias may add."""

import subprocess
import sys
from importlib import metadata

import pytest

from tracetui.cli import main
from tracetui.cli.arguments import parse_arguments
from tracetui.cli.parser import COMMANDS, UsageError, build_parser
from tracetui.config import ProbingSettings, ScreenSettings


def page(capsys, *line):
    with pytest.raises(SystemExit) as caught:
        main(line)
    assert caught.value.code == 0
    told = capsys.readouterr()
    assert told.err == ""
    return told.out


@pytest.mark.parametrize(
    ("command", "has", "lacks"),
    [
        ("report", "--rounds", "--seed"),
        ("demo", "--seed", "--whois"),
        ("asn", "--whois", "--rounds"),
        ("config", "--force", "--rounds"),
        ("doctor", "--help", "--rounds"),
        ("man", "--help", "--interval"),
    ],
)
def test_each_command_has_its_own_page(capsys, command, has, lacks):
    text = page(capsys, command, "--help")
    assert text == page(capsys, "--help", command)
    assert text.startswith(f"usage: tracetui {command}")
    assert has in text
    assert lacks not in text


@pytest.mark.parametrize("line", ["--help", "-h", "example.org -h", "--ascii --help"])
def test_the_programs_page_has_all_commands_and_options(capsys, line):
    text = page(capsys, *line.split())
    assert all(f"\n    {command.name} " in text for command in COMMANDS)
    assert all(option in text for option in ("--control", "--rounds", "--seed", "mx:example.org"))


@pytest.mark.parametrize("command", [command.name for command in COMMANDS if command.name != "asn"])
def test_an_alias_with_options_works_with_all_commands(command):
    words = {"report": "x", "config": "path", "completions": "bash", "vantage": "list"}.get(command, "")
    arguments = parse_arguments(f"--ascii -n {command} {words}".split())
    assert (arguments.command, arguments.config.screen.ascii) == (command, True)


def test_a_value_called_like_a_command_is_a_value():
    arguments = parse_arguments(["--theme", "demo", "-c", "report", "x"])
    assert (arguments.command, arguments.config.screen.theme) == ("screen", "demo")
    assert arguments.options.control == ["report"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x --intervall 5", "unrecognized arguments: --intervall 5; did you mean '--interval'?"),
        ("asn 192.0.2.1 --whoist", "asn: unrecognized arguments: --whoist; did you mean '--whois'?"),
        ("x --bogus=3", "unrecognized arguments: --bogus=3"),
    ],
)
def test_an_unknown_option_names_the_nearest(line, said):
    with pytest.raises(UsageError) as caught:
        parse_arguments(line.split())
    assert str(caught.value) == said


def test_the_help_has_the_defaults_of_the_settings(capsys):
    text = " ".join(page(capsys, "--help").split())
    default = ProbingSettings()
    for said in (
        f"between rounds (default: {default.interval:g})",
        f"lost (default: {default.timeout:g})",
        f"TTL (default: {default.max_hops})",
        f"(default: {','.join(default.protocols)})",
        f"nothing (default: {default.prober})",
        f"also in reports (default: {ScreenSettings().privacy_hops})",
    ):
        assert said in text


def test_no_option_means_two_things():
    parser = build_parser()
    for made in (parser, *parser.commands.values()):
        flags = [
            flag for actions in made.sections.values() for each in actions for flag in each.option_strings
        ]
        assert len(flags) == len(set(flags))


def test_versions_of_the_parts(capsys):
    lines = page(capsys, "--version").splitlines()
    assert lines[1].startswith("Python 3.")
    assert f"textual {metadata.version('textual')}" in lines
    assert f"AS table plevin {metadata.version('plevin-db-network')}" in lines


def test_versions_are_found_without_importing_the_parts():
    program = (
        "import sys\n"
        "from tracetui.cli.versions import versions\n"
        "print(*versions(), sep='\\n')\n"
        "print(*sys.modules)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = run.stdout.splitlines()[-1].split()
    assert not {"textual", "rich", "scapy", "dns", "maxminddb", "plevin"} & set(modules)
