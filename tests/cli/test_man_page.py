"""The manual page has every command and option, is the file that is installed, and is correct roff."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tracetui.cli import main
from tracetui.cli.man_page import man_page
from tracetui.cli.parser import COMMANDS, build_parser

FILE = Path(__file__).parents[2] / "docs" / "tracetui.1"


def listed(parser):
    return {
        flag for action in parser.options() if action.help != "==SUPPRESS==" for flag in action.option_strings
    }


def test_the_file_is_the_page():
    """Where this fails: tracetui man > docs/tracetui.1."""
    assert FILE.read_text(encoding="utf-8") == man_page() + "\n"


def test_the_command_prints_the_page(capsys):
    assert main(["man"]) == 0
    assert capsys.readouterr().out == man_page() + "\n"


def test_every_command_and_listed_option_is_on_the_page():
    parser, page = build_parser(), man_page().replace("\\-", "-")
    assert [command.name for command in COMMANDS if f"\\fB{command.name}\\fR" not in page] == []
    flags = listed(parser).union(*map(listed, parser.commands.values()))
    assert len(flags) >= 50
    assert [flag for flag in flags if f"\\fB{flag}\\fR" not in page] == []


def test_no_line_is_a_request_by_accident():
    requests = {".TH", ".SH", ".SS", ".TP", ".IP", ".BR", ".nf", ".fi"}
    lines = [line for line in man_page().splitlines() if line.startswith((".", "'"))]
    assert {line.split()[0] for line in lines} <= requests


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_has_nothing_to_complain_about():
    run = subprocess.run(
        ["groff", "-man", "-ww", "-z", FILE], capture_output=True, text=True, check=False, timeout=30
    )
    assert (run.returncode, run.stderr) == (0, "")
