"""The one-page report: what a stranger finds at once, and how it looks as text and as HTML."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from analysis.findings.simulated import run, shipped
from report.checked_services import with_services
from tracetui.analysis.findings.what_fails import failing, ticket_finding
from tracetui.model import Note, Snapshot
from tracetui.privacy.mask import masked
from tracetui.report import markdown, one_page, render
from tracetui.report.alike_lanes import alike_lanes, shared_rows
from tracetui.report.markdown_escape import inert
from tracetui.report.markdown_table import display_width
from tracetui.simulation.catalogue import available, load

SCENARIOS = [scenario.name for scenario in available()]
TICKET = ("What", "Since", "From", "Last hop", "Control", "Asked")
SCREENFUL = 36
"""Lines of Markdown that a stranger sees first."""

MANY_HOSTS = [f"h{number}.example.net" for number in range(1, 16)]
MANY = f"""
title = "Fifteen endpoints, four of them fail"
paths = [
  ["home", "a1", "a2", "b1", "b2", "c1", "{MANY_HOSTS[0]}"],
  {" ".join(f'["c1", "{host}"],' for host in MANY_HOSTS[1:])}
]
[as]
64500 = {{ name = "Alpha", routers = ["a1", "a2"] }}
64501 = {{ name = "Beta", routers = ["b1", "b2"] }}
64502 = {{ name = "Gamma", routers = ["c1"], hosts = [{", ".join(f'"{host}"' for host in MANY_HOSTS)}] }}
[host]
"h14.example.net" = {{ control = true }}
"h15.example.net" = {{ control = true }}
[[policy]]
at = "b1"
action = "drop"
destination = ["h1.example.net", "h2.example.net"]
[[policy]]
at = "b2"
action = "drop"
destination = "h3.example.net"
protocol = "tcp"
[[policy]]
at = "a2"
action = "reject"
destination = "h4.example.net"
"""


@pytest.fixture(scope="module")
def fifteen(tmp_path_factory) -> Snapshot:
    path = tmp_path_factory.mktemp("scenarios") / "fifteen.toml"
    path.write_text(MANY, encoding="utf-8")
    return run(load(str(path)), rounds=40)


# What is found at once


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_first_screenful_answers_a_stranger(name):
    snapshot = shipped(name, 40)
    first = "\n".join(one_page(snapshot).splitlines()[:SCREENFUL])
    found = ticket_finding(snapshot)
    if found is None:
        assert (
            "Nothing fails from here, in 40 rounds until 2019-03-" in first
            or "is refused by the endpoint" in first
        )
        return
    for line in TICKET:
        assert f"- {line}: " in first, line
    assert f"Confidence: {'●' * found.confidence.level}" in first
    assert ("- Left: " in first) is bool(found.left)
    assert "Next steps:\n1. " in first


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_is_one_page_of_narrow_tables(name):
    snapshot = shipped(name, 40)
    lines = one_page(snapshot).splitlines()
    assert len(lines) <= 76
    origins = {lane.trace.source for lane in snapshot.lanes if lane.trace.source}
    widest = max(display_width(line) for line in lines if line.startswith("|"))
    assert widest <= (100 if len(origins) == 1 else 106)


def test_every_row_of_a_table_is_as_wide_as_its_header():
    for name in SCENARIOS:
        for part in one_page(shipped(name, 40)).split("\n\n"):
            rows = [line for line in part.splitlines() if line.startswith("|")]
            assert len({display_width(row) for row in rows}) <= 1, part


def test_fifteen_endpoints_are_one_page(fifteen):
    page = one_page(fifteen)
    assert len(page.splitlines()) <= 74
    title = page.splitlines()[0]
    assert title == "# Path report: `h1.example.net`, `h2.example.net`, `h3.example.net`, 1 more"
    results = page.partition("## Results")[2].partition("## Hops")[0]
    for host in MANY_HOSTS[:4]:
        assert f"| `{host}` " in results, "each that fails has a row"
    assert "| `h5.example.net` and 8 more " in results
    assert "(control)" in results
    assert page.count("## Hops to ") == 2
    assert "\nAlso:\n- TCP/443 to `h3.example.net` goes silent after" in page
    assert "- TCP/443 and ICMP to `h4.example.net` are answered with" in page


def test_a_second_finding_tells_what_differs():
    page = one_page(shipped("protonmail-2019", 40))
    also = page.partition("\nAlso:\n")[2].partition("\n\n")[0]
    assert "Left: as for finding 1, and that the endpoint, its firewall or CPE is silent" in also
    assert also.count("\n") == 0


def test_where_nothing_fails_that_stands_first():
    page = one_page(shipped("mpls", 40))
    assert "## Ticket" not in page
    assert "Nothing fails from here, in 40 rounds until 2019-03-" in page
    assert "- TCP/443 and ICMP to `www.example.org` are reached." in page
    assert "MPLS" in page.partition("## Hops to")[2]


def test_p_and_its_test_stand_in_one_place():
    for name in ("border-drop", "protonmail-2019", "port-filter"):
        assert one_page(shipped(name, 40)).count("p < 0.001") == 1
        for report in (one_page(shipped(name, 40)), markdown(shipped(name, 40))):
            assert report.count("Fisher") == 1
    assert "Fisher" not in one_page(shipped("routing-loop", 40))
    assert inert("p = 0.001, p < 0.001") == "p = 0.001, p < 0.001"
    assert inert("=") == "`=`"


def test_no_grade_of_an_as_and_no_doubt_twice():
    for name in SCENARIOS:
        page = one_page(shipped(name, 40))
        assert "grade" not in page
        explained = re.findall(r"^- Left: (.*)$", page, re.MULTILINE)
        assert len(explained) == len(set(explained))
        for words in explained:
            assert page.count(words) == 1, words


# Hop tables


def tables(page: str) -> list[str]:
    return re.findall(r"^## (Hops to .*)$", page, re.MULTILINE)


def test_lanes_alike_share_a_table_and_others_do_not():
    drop = shipped("border-drop", 40)
    assert tables(one_page(drop)) == [
        "Hops to `shop.example.net` (198.18.4.80), TCP/443 and ICMP: silent after hop 4",
        "Hops to control `blog.example.net` (198.18.4.81), TCP/443 and ICMP: reached at hop 9",
    ]
    box = shipped("middlebox", 40)
    groups = alike_lanes(box.lanes[:2])
    assert [len(group) for group in groups] == [1, 1], "one answers early, the other does not"
    branches = shipped("ecmp-dead-branch", 40)
    answered = [lane for lane in branches.lanes if lane.verdict.destination_ttl]
    for group in alike_lanes(answered):
        hops = {tuple(row.address for row in shared_rows([lane], branches)) for lane in group}
        assert len(hops) == 1


def test_the_figures_are_those_of_all_lanes_in_it():
    snapshot = shipped("rate-limited-router", 40)
    (group,) = alike_lanes(snapshot.lanes[:2])
    limited = next(row for row in shared_rows(group, snapshot) if "rate-limited" in row.notes)
    answered = [hop for lane in group if (hop := lane.hops[int(limited.hop) - 1]).answered]
    losses = sorted({round(hop.loss_percent or 0) for hop in answered})
    assert limited.loss == f"{'–'.join(map(str, (losses[0], losses[-1])[: len(losses)]))} %"
    last = list(shared_rows(group, snapshot))[-1]
    assert {"SYN/ACK", "echo reply"} <= set(last.notes)
    measured = [rtt for lane in group if (rtt := lane.hops[-1].rtt) is not None]
    assert len(measured) == 2
    total = sum(rtt.count * rtt.mean_ns for rtt in measured)
    assert last.mean_ns == pytest.approx(total / sum(rtt.count for rtt in measured))


def test_what_the_control_shares_with_the_suspect_is_not_told_twice():
    control = one_page(shipped("border-drop", 40)).split("## Hops to ")[2]
    assert "|  1–3 |" in control.replace("| 1–3 |", "|  1–3 |")
    assert "as above" in control
    assert "| 198.18.2.3 " in control, "the last hop that both have"
    assert "198.18.2.2" not in control


def test_loss_at_the_endpoint_is_a_result():
    snapshot = shipped("border-drop", 40)
    control = snapshot.lanes[-1]
    last = replace(control.hops[-1], lost=control.hops[-1].received)
    lossy = replace(control, hops=(*control.hops[:-1], last))
    changed = replace(snapshot, lanes=(*snapshot.lanes[:-1], lossy))
    page = one_page(changed)
    assert re.search(r"\| TCP/443 +\| reached at hop 9 +\|", page)
    assert re.search(r"\| ICMP +\| reached at hop 9, with loss +\|", page)
    assert "ICMP to `blog.example.net` (198.18.4.81): reached at hop 9, with loss, through" in page


def test_of_a_loop_two_turns_are_told():
    first = one_page(shipped("routing-loop", 40)).split("## Hops to ")[1]
    assert "loop begins" in first
    assert re.search(r"^\| 6–30 +\|.*the loop goes on", first, re.MULTILINE)


# What else is known


def test_other_evidence_notes_and_the_mask_are_on_the_page():
    page = one_page(with_services(shipped("border-drop", 40)))
    assert "## Other evidence\n" in page
    assert len(page.partition("## Other evidence\n")[2].partition("\n## ")[0].splitlines()) < 12
    noted = replace(shipped("border-drop", 40), notes=(Note(shipped("border-drop", 40).created_at, "seen"),))
    assert "## Notes\n" in one_page(noted)
    assert "- Hidden: at the request" in one_page(masked(noted, 1))


def test_full_is_longer_and_tells_all_of_it():
    snapshot = shipped("border-drop", 40)
    page, full = render(snapshot, "markdown"), render(snapshot, "markdown", full=True)
    assert (page, full) == (one_page(snapshot), markdown(snapshot))
    assert "**Evidence**" in full
    assert "**Evidence**" not in page
    assert "`--full`" in page
    assert next(failing(snapshot)).evidence
    assert render(snapshot, "json", full=True) == render(snapshot, "json")


# As HTML


class Rendered(HTMLParser):
    """Cells of each row of each table, and all text outside code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[int]] = []
        self.text: list[str] = []
        self._code = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.rows.append([])
        elif tag == "tr":
            self.rows[-1].append(0)
        elif tag in {"td", "th"}:
            self.rows[-1][-1] += 1
        self._code += tag == "code"

    def handle_endtag(self, tag):
        self._code -= tag == "code"

    def handle_data(self, data):
        if not self._code:
            self.text.append(data)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", SCENARIOS)
def test_rendered_as_html_nothing_of_the_markup_is_left(name, full):
    report = render(shipped(name, 40), "markdown", full=full)
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(report)
    shown = Rendered(html)
    headers = [line for line in report.splitlines() if re.match(r"\|( :?-+:? \|)+$", line)]
    assert len(shown.rows) == len(headers)
    for rows in shown.rows:
        assert len(set(rows)) == 1
    text = "".join(shown.text)
    assert not re.search(r"[`|\\*_<>]|&[a-z]+;", text.replace("p < 0.001", "").replace("<1 %", "")), text
    assert not re.search(r"^(#|- )", text, re.MULTILINE)
    assert html.count("<li>") == len(re.findall(r"^ *(?:-|\d+\.) ", report, re.MULTILINE))
