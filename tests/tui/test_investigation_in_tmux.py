"""A mail operator's ten minutes, in a real terminal and with keys only: from an empty board to the report."""

import os
import shutil
import sys

import pytest

from tui.tmux_terminal import tmux_terminal

SPEED = 20
"""Times as fast as the demo's own time: ten minutes in half a minute."""

DEMO = (sys.executable, "-m", "tracetui", "demo", "protonmail-2019",
        "--empty", "--speed", str(SPEED), "--seed", "7")  # fmt: skip

LAST_ROUTER, FIRST_ROUTER = "195.34.53.162", "94.29.124.1"
NOTE = "from our second provider both answer; ticket 4711"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    if shutil.which("tmux") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no tmux in CI: .ci/run installs it")
        pytest.skip("tmux is not installed")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))  # where a crash would be told of
    with tmux_terminal(tmp_path) as running:
        yield running


def read_report(directory):
    """The one report there, as somebody who gets it by mail reads it."""
    (path,) = directory.glob("tracetui-*.md")
    return path, path.read_text(encoding="utf-8")


def check_report(report):
    assert "\x1b" not in report
    assert not [line for line in report.splitlines() if not (line + " ").isprintable()]
    findings = report.partition("## Findings")[2].partition("## Results")[0]
    assert f"go silent after {LAST_ROUTER} (hop 4, AS8359 MTS)" in report.partition("## Findings")[0]
    assert "the control `control.neustar.example` passes it" in report.partition("## Findings")[0]
    assert "Silent after hop 4 (AS8359 MTS), control passes" in findings
    assert "so no network is named" in findings
    assert "Confidence: ●○○ low." in findings
    assert "Fisher" in report
    assert "Simulated" in report.partition("## Findings")[0]
    assert "◀ last reply" in report
    assert FIRST_ROUTER in report


def check_end(terminal, path):
    """It ended well, summed up on the normal screen, and left the terminal as it was."""
    assert terminal.wait_for_end() == 0
    assert terminal.modes() == {"alternate_on": "0", "cursor_flag": "1", "mouse_any_flag": "0"}
    assert terminal.kept_its_modes()
    left = terminal.all_lines()
    assert "Traceback" not in left
    assert path.name in left.replace("\n", "")
    assert "mail.protonmail.ch" in left
    assert "silent after hop 4" in left
    assert "low: 2 of 2 mail exchangers of protonmail.ch" in left
    assert not list(terminal.directory.glob("state/**/crash-*"))


def test_ten_minutes_from_an_empty_board_to_the_report(terminal):
    terminal.start(DEMO, 120, 40)

    # An empty board asks for a target; a slip of the finger is explained where it was made.
    terminal.wait_for("Add a target")
    terminal.type("mx:protonmail ch")
    terminal.press("Enter")
    said = terminal.wait_for("is not a host name or address")
    assert said.count("'protonmail ch'") == 1
    assert "mx:example.org" in said
    terminal.press("C-u")
    terminal.wait_without("is not a host name")
    terminal.type("mx:protonmail.ch")
    terminal.press("Enter")

    # Both exchangers fall silent after the same router. Without a control that proves little.
    terminal.wait_for("mail.protonmail.ch · 185.70.40.101")
    terminal.wait_for("mailsec.protonmail.ch · 185.70.40.102")
    terminal.wait_for("●○○ 2 of 2 mail exchangers")

    # The finding says what is missing and offers it; the operator knows of a better control.
    terminal.press("f")
    terminal.wait_for(r"add 185\.70\.40\.100 as a control over TCP/25: it is in the same /24")
    terminal.press("1")
    terminal.wait_for("Add a control")
    terminal.wait_for(r" tcp://185\.70\.40\.100:25 +▎")
    terminal.press("Escape")
    terminal.wait_without("Add a control")
    terminal.press("c")
    terminal.wait_for("host, host:port, address or mx:domain")
    terminal.type("control.neustar.example:25")
    terminal.press("Enter")
    terminal.wait_for("control · control.neustar.example · 156.154.64.10")
    terminal.wait_for("the control control.neustar.example passes it")

    # The last router that answers, in full.
    terminal.press("j", "j", "j")
    terminal.wait_for(f"hop 4 +{LAST_ROUTER}")
    terminal.press("Enter")
    details = terminal.wait_for("RTT over time")
    assert "psshag-cr03-be3.78.spb.mts-internet.net" in details
    assert "195.34.32.0/19" in details
    terminal.press("Escape")
    terminal.wait_without("RTT over time")

    # What the finding rests on.
    terminal.press("f")
    terminal.wait_for("Evidence")  # without a key
    terminal.press(*12 * "J")
    terminal.wait_for("p < 0.001")
    terminal.press("Escape")
    terminal.wait_without("J K scroll")

    # Where the paths part; what was, and back.
    terminal.press("2")
    terminal.wait_for("paths diverge: after AS8359")
    terminal.press("3")
    terminal.wait_for("s per column, UTC")
    terminal.press("Left", "Left", "Left")
    terminal.wait_for(r"UTC · \d+:\d\d ago")
    terminal.press("1")
    terminal.wait_for("hop network")
    terminal.wait_for(r"UTC · \d+:\d\d ago")
    terminal.press(".")
    terminal.wait_without(r"\d ago")

    # What else is known, and what the operator has to say.
    terminal.press("4")
    terminal.wait_for("Controls  1")
    terminal.press("N")
    terminal.wait_for("enter saves")
    terminal.type(NOTE)
    terminal.press("Enter")
    terminal.wait_for(f"Z  {NOTE}")

    # Not everybody shall see where the operator sits.
    terminal.press("1")
    terminal.wait_for(f" {FIRST_ROUTER} ")
    terminal.press("P")
    terminal.wait_without(FIRST_ROUTER.replace(".", r"\."))
    terminal.press("P")
    terminal.wait_for(f" {FIRST_ROUTER} ")

    terminal.wait_for(r"round \d+ · 1\d:\d\d")
    terminal.press("e")
    terminal.wait_for(r"wrote tracetui-\S+\.md")
    path, report = read_report(terminal.directory)
    terminal.press("q")
    check_end(terminal, path)
    check_report(report)
    assert NOTE in report.partition("## Notes")[2]


def test_the_same_in_short_on_a_small_terminal(terminal):
    terminal.start(DEMO, 80, 24)
    terminal.wait_for("Add a target")
    terminal.type("mx:protonmail.ch")
    terminal.press("Enter")
    terminal.wait_for("●○○ 2 of 2 mail")
    terminal.press("c")
    terminal.wait_for("Add a control")
    terminal.type("control.neustar.example:25")
    terminal.press("Enter")
    terminal.wait_for("control passes")
    terminal.press("f")
    terminal.wait_for("Confidence: ●○○ low, 7 explanations left")
    terminal.press("Escape")
    terminal.wait_without("Confidence: ●○○ low")
    terminal.press("e")
    terminal.wait_for(r"wrote tracetui-\S+")
    path, report = read_report(terminal.directory)
    terminal.press("q")
    check_end(terminal, path)
    check_report(report)
