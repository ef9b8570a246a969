"""The ticket: six lines that say what fails, since when, from where, the last hop, what is asked."""

import pytest

from analysis.findings.simulated import shipped
from tracetui.analysis.findings.what_fails import ticket_finding
from tracetui.report.excerpt import ticket_text
from tracetui.report.markdown_report import markdown
from tracetui.simulation.catalogue import available
from tracetui.tui.dialogs.copy import copyable
from tracetui.words import ticket_lines

NAMES = ["What", "Since", "From", "Last hop", "Control", "Asked"]


def ticket(name: str) -> dict[str, str]:
    snapshot = shipped(name, 70)
    finding = ticket_finding(snapshot)
    assert finding is not None
    lines = ticket_lines(finding, snapshot)
    assert [line for line, _ in lines] == NAMES
    return dict(lines)


@pytest.mark.parametrize("name", [scenario.name for scenario in available()])
def test_whatever_fails_has_a_ticket_of_six_lines(name):
    snapshot = shipped(name, 20)
    finding = ticket_finding(snapshot)
    report = markdown(snapshot)
    assert ("## Ticket" in report) is (finding is not None)
    if finding is None:
        return
    lines = ticket_lines(finding, snapshot)
    assert [line for line, _ in lines] == NAMES
    assert all(words and "\n" not in words for _, words in lines)
    pasted = ticket_text(finding, snapshot)
    assert [line.partition(":")[0] for line in pasted.splitlines()[:6]] == NAMES
    assert "Simulated: no packet crossed a real network." in pasted


def test_a_silence_that_the_control_passes():
    lines = ticket("protonmail-2019")
    assert "mail.protonmail.ch" in lines["What"]
    assert "(the first round), for 1 min" in lines["Since"]
    assert lines["From"].startswith("95.47.236.10 to mail.protonmail.ch (185.70.40.101): TCP/25 source port ")
    assert lines["Last hop"] == "195.34.53.162 (hop 4, AS8359 MTS); nothing answers beyond it"
    assert lines["Control"].endswith(
        "control.neustar.example (156.154.64.10): reached at hop 9, through that same hop, in the same rounds"
    )
    assert lines["Asked"].startswith("AS8359 MTS: do packets to 185.70.40.101 leave 195.34.53.162")
    assert lines["Asked"].endswith("explanations left: the cause may lie elsewhere.")


def test_a_network_is_asked_for_the_cause_only_where_it_is_named():
    lines = ticket("admin-reject")
    assert lines["Asked"].startswith("AS64501 National Carrier: why does 198.18.2.2 refuse packets to ")
    assert "Confidence medium: the one explanation left lies there." in lines["Asked"]
    assert lines["Control"].endswith(": reached at hop 6, through that same hop")


def test_a_loop_and_what_else_was_traced():
    lines = ticket("routing-loop")
    assert "hop 2" in lines["Last hop"]
    assert lines["Control"] == "TCP/443 and ICMP to found.example.org (198.18.2.80): reached at hop 5"


def test_a_ticket_about_this_machine_asks_whoever_runs_it():
    lines = ticket("local-firewall")
    assert lines["Last hop"] == "none: ICMP cannot be sent at all"
    assert lines["Control"] == "none; TCP/443 to the same address: reached at hop 4"
    assert lines["Asked"].startswith("please check the firewall, gateway and uplink of this machine.")
    assert ticket("home-outage")["Control"] == "fails in the same way"


def test_a_control_that_cannot_serve_is_told_with_why():
    said = ticket("silent-endpoint")["Control"]
    assert said.startswith(
        "TCP/443 and ICMP to lobby.example.com (198.18.3.81): reached at hop 6; no comparison"
    )


def test_what_answers_in_somebody_elses_name_is_asked_for():
    lines = ticket("injected-reset")
    assert lines["Last hop"].endswith("; the answer comes from behind it")
    assert lines["Asked"].startswith(
        "AS64501 National Carrier: what answers in the name of 198.18.3.80 behind"
    )


def test_the_title_names_what_fails_and_no_control():
    report = markdown(shipped("protonmail-2019", 20))
    assert report.splitlines()[0] == "# Path report: `mail.protonmail.ch`, `mailsec.protonmail.ch`"
    home = markdown(shipped("home-outage", 20))
    assert home.splitlines()[0] == "# Path report: `www.example.org`", "though the control fails too"


def test_it_is_the_first_thing_to_copy():
    snapshot = shipped("protonmail-2019", 20)
    first = copyable(snapshot, snapshot.lanes[:1], 1)[0]
    assert first.words == "ticket as text"
    assert first.make().startswith("What:")
    healthy = shipped("closed-port", 20)
    assert copyable(healthy, healthy.lanes[:1], 1)[0].words.startswith("hop 1")
