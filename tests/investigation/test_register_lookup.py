"""Registers are read in the background, and asked about every endpoint that is or comes on the board."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from investigation.test_demo import demo
from tracetui.evidence.registers.read_register import RegisterRequest, parse_request
from tracetui.investigation.demo_investigation import demo_investigation
from tracetui.investigation.investigation_settings import Settings
from tracetui.investigation.register_lookup import RegisterLookup, endpoints_of
from tracetui.model import EvidenceError, Lane, ProbeProtocol, Tool
from tracetui.model.evidence import RegisterEntry
from tracetui.model.outside_evidence import NOTHING_FROM_OUTSIDE
from tracetui.model.register_answer import Listing
from tracetui.privacy.mask import Mask, masked
from tracetui.probing.pace import Pace
from tracetui.report import json_text, markdown, text

ENDPOINTS = {"203.0.113.7": ("mail.example", "example"), "192.0.2.1": ()}


def request_for(path: Path, content: str) -> RegisterRequest:
    path.write_text(content)
    return parse_request(str(path))


def listings(lookup: RegisterLookup) -> list[tuple[str, str, Listing]]:
    answers = lookup.add_to(NOTHING_FROM_OUTSIDE).registers
    return [(one.register.name, one.address, one.listing) for one in answers]


@pytest.fixture
def lookup(tmp_path):
    found = RegisterLookup(
        [
            request_for(tmp_path / "a.txt", "203.0.113.0/24\n"),
            request_for(tmp_path / "b.txt", "what is this?\n"),
            parse_request(str(tmp_path / "missing.txt")),
        ]
    )
    found.settle(20)
    yield found
    found.close()


def test_each_register_answers_for_each_endpoint(lookup):
    lookup.want(ENDPOINTS)
    assert listings(lookup) == [
        ("a.txt", "203.0.113.7", Listing.LISTED),
        ("a.txt", "192.0.2.1", Listing.NOT_LISTED),
        ("b.txt", "203.0.113.7", Listing.NOT_CHECKED),
        ("b.txt", "192.0.2.1", Listing.NOT_CHECKED),
        ("missing.txt", "203.0.113.7", Listing.NOT_CHECKED),
        ("missing.txt", "192.0.2.1", Listing.NOT_CHECKED),
    ]
    files = lookup.add_to(NOTHING_FROM_OUTSIDE).register_files
    assert [file.is_read for file in files] == [True, False, False]
    assert str(files[1].problem).startswith("not a block register: looked for")
    assert files[2].problem == "cannot be read (no such file or directory): give another file"


def test_nothing_new_is_the_same_object(lookup):
    lookup.want(ENDPOINTS)
    version, evidence = lookup.version, lookup.add_to(NOTHING_FROM_OUTSIDE)
    lookup.want(dict(ENDPOINTS))
    assert (lookup.version, lookup.add_to(evidence)) == (version, evidence)
    assert lookup.add_to(evidence) is evidence
    lookup.want({**ENDPOINTS, "198.51.100.1": ()})
    assert lookup.version > version
    assert len(listings(lookup)) == 9


def test_a_register_is_added_or_read_again_later(lookup, tmp_path):
    lookup.want(ENDPOINTS)
    wanted = request_for(tmp_path / "late.txt", "mail.example\n")
    lookup.add(wanted)
    lookup.settle(20)
    assert ("late.txt", "203.0.113.7", Listing.LISTED) in listings(lookup)
    lookup.add(request_for(tmp_path / "late.txt", "other.example\n"))
    lookup.settle(20)
    assert ("late.txt", "203.0.113.7", Listing.NOT_LISTED) in listings(lookup)
    with pytest.raises(EvidenceError, match="cannot be read"):
        lookup.add(parse_request(str(tmp_path / "nowhere.txt")))
    assert "nowhere.txt" not in {name for name, _, _ in listings(lookup)}


def test_a_mail_exchanger_is_looked_up_with_the_domain_whose_mail_it_takes():
    tcp = ProbeProtocol.TCP
    lanes = [
        Lane("mx:Example.org", "mx1.example.org", "192.0.2.1", tcp, 25),
        Lane("mx1.example.org", "mx1.example.org", "192.0.2.1", tcp, 443),
        Lane("192.0.2.2", "192.0.2.2", "192.0.2.2", tcp, 443),
        Lane("mx:", "strange", "192.0.2.3", tcp, 25),
    ]
    assert endpoints_of(lanes) == {
        "192.0.2.1": ("mx1.example.org", "example.org"),
        "192.0.2.2": (),
        "192.0.2.3": ("strange",),
    }


def run(registers=(), rounds=12):
    investigation, run_rounds = demo_investigation(
        "protonmail-2019",
        Settings(pace=Pace(rounds=rounds)),
        Tool("0", "tracetui demo"),
        controls=(),
        pointers=True,
        virtual=True,
        seed=3,
        registers=registers,
    )
    try:
        return run_rounds(lambda: False)
    finally:
        investigation.close()


@pytest.fixture(scope="module")
def registers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registers")
    dump = (
        "Updated: 2019-03-13 06:00:00 +0000\n"
        "185.70.40.101;mail.protonmail.ch;http://protonmail.ch/a;ФСБ;12/Т/3/1-94;2019-02-25\n"
        "185.70.40.0/24;;;ФСБ;12/Т/3/1-95;2019-02-26\n"
    )
    return [
        request_for(folder / "dump.csv", dump),
        request_for(folder / "list.txt", "198.51.100.1\n"),
        parse_request(str(folder / "none.csv")),
    ]


@pytest.fixture(scope="module")
def with_registers(registers):
    return run(registers)


def test_registers_change_nothing_in_findings_but_their_evidence(with_registers):
    without = run()
    assert len(without.findings) == len(with_registers.findings)
    added = 0
    for plain, finding in zip(without.findings, with_registers.findings, strict=True):
        entries = [one for one in finding.evidence if isinstance(one, RegisterEntry)]
        added += len(entries)
        assert finding.evidence[len(finding.evidence) - len(entries) :] == tuple(entries)
        kept = tuple(one for one in finding.evidence if not isinstance(one, RegisterEntry))
        assert replace(finding, evidence=kept) == plain
        if finding.as_expected:
            assert not entries
        else:
            lanes = [lane.lane for lane in with_registers.lanes if lane.id in finding.lanes]
            addresses = {lane.address for lane in lanes}
            assert {one.answer.address for one in entries} == addresses
            assert len(entries) == 3 * len(addresses)
    assert added


def test_a_seed_is_a_run_with_registers_too(with_registers, registers):
    assert json_text(run(registers)) == json_text(with_registers)


def test_the_reports_tell_which_entry_in_which_file_and_what_does_not_follow(with_registers):
    for written in (markdown(with_registers), text(with_registers)):
        plain = " ".join(written.replace("`", "").split())
        assert "dump.csv, as of 2019-03-13 06:00:00 +0000" in plain
        assert "line 2 has exactly 185.70.40.101; authority “ФСБ”; decision “12/Т/3/1-94”" in plain
        assert "line 3 has 185.70.40.0/24, which contains 185.70.40.101" in plain
        assert "an entry for URLs does not justify blocking the address" in plain
        assert "lists none of 185.70.40.101, mail.protonmail.ch and protonmail.ch; another edition" in plain
        assert "none.csv: cannot be read (no such file or directory)" in plain
        assert "illegal" not in plain
    told = json.loads(json_text(with_registers))["registers"]
    assert [one["format"] for one in told] == ["dump.csv of zapret-info", "list", None]
    answer = next(one for one in told[0]["answers"] if one["address"] == "185.70.40.101")
    assert [(entry["match"], entry["line"], entry["looked_up"]) for entry in answer["entries"]] == [
        ("address", 2, "185.70.40.101"),
        ("prefix", 3, "185.70.40.101"),
        ("domain", 2, "mail.protonmail.ch"),
        ("url_only", 2, "protonmail.ch"),
    ]
    assert {one["listing"] for one in told[2]["answers"]} == {"not_checked"}


def test_a_mask_hides_what_registers_say_of_hidden_endpoints(with_registers):
    snapshot = masked(with_registers, 1)
    assert [one.address for one in snapshot.outside.registers] == [
        one.address for one in with_registers.outside.registers
    ]
    mask = Mask(1)
    mask._hide("185.70.40.101")
    written = markdown(mask.apply(with_registers))
    assert "185.70.40.101" not in written
    assert "185.70.40.0/24, which" not in written.partition("## Block registers")[2].partition("hidden")[0]
    assert "a mask hides the entry" in written


def test_later_endpoints_are_looked_up_too(registers):
    investigation, _ = demo(rounds=2)
    try:
        investigation.add_register(str(registers[0].path))
        investigation.wait_files(20)
        before = {one.address for one in investigation.snapshot().outside.registers}
        investigation.add("185.70.40.99")
        investigation.wait_resolved()
        answers = investigation.snapshot().outside.registers
        assert {one.address for one in answers} - before == {"185.70.40.99"}
        assert answers[-1].listing is Listing.LISTED
    finally:
        investigation.close()
