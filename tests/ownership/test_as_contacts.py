"""Contacts of the ASes that findings turn to, from a registry on loopback; nobody is asked unasked."""

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from analysis.findings.simulated import run
from ownership.http_server import Page
from ownership.rdap_server import page
from tracetui.cli import main
from tracetui.investigation.as_contacts import with_contacts
from tracetui.model.as_contact import AsContacts
from tracetui.privacy.mask import masked
from tracetui.report import json_text, markdown, one_page, text
from tracetui.simulation.catalogue import load

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text())
HOSTILE = "](http://evil.example) <script>x</script> **b** |\x1b[31m"


def contact(role, mail, name=""):
    card = [["version", {}, "text", "4.0"], ["fn", {}, "text", name], ["email", {}, "text", mail]]
    return {"roles": [role], "vcardArray": ["vcard", card]}


def autnum(*entities):
    return {"objectClassName": "autnum", "handle": "AS64501", "name": "WEST-AS", "entities": list(entities)}


ANSWER = autnum(
    {
        **contact("registrant", "", "West Carrier Ltd"),
        "entities": [contact("abuse", "abuse@west.example"), contact("technical", "tech@west.example")],
    },
    contact("noc", "noc@west.example"),
)


@pytest.fixture(scope="module")
def dropped():
    return run(load("border-drop"), rounds=20)


def test_the_as_that_the_ticket_turns_to_is_asked_about(registry, dropped):
    server = registry(page(ANSWER))
    found = with_contacts(dropped)
    assert server.asked == ["/autnum/64501"], "the AS alone, and once"
    assert found.outside.contacts == (
        AsContacts(
            64501, "West Carrier Ltd", ("noc@west.example",), ("abuse@west.example",), source="127.0.0.1"
        ),
    )
    said = (
        "AS64501 West Carrier: NOC noc@west.example, abuse abuse@west.example (registered to West Carrier "
        "Ltd, says 127.0.0.1)"
    )
    for report in (one_page(found), markdown(found), text(found)):
        assert said in " ".join(report.replace("`", "").split())
    assert one_page(found).index("## Findings") < one_page(found).index("## Contacts")
    value = json.loads(json_text(found))
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    assert value["contacts"][0]["noc"] == ["noc@west.example"]


def test_technical_contacts_stand_in_for_a_noc(registry, dropped):
    registry(page(autnum(contact("technical", "tech@west.example"))))
    (found,) = with_contacts(dropped).outside.contacts
    assert (found.holder, found.noc, found.abuse) == ("WEST-AS", ("tech@west.example",), ())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Page(status=404), "the registry has no such AS"),
        (Page(status=429), "asked too often"),
        (Page(status=500), "no answer from RDAP (HTTP status 500)"),
        (Page(b"<html>"), "no answer from RDAP (no JSON)"),
        (page([1, 2]), "no answer from RDAP (malformed answer"),
    ],
)
def test_each_failure_is_one_line_and_the_report_is_made(registry, dropped, answer, words):
    registry(answer)
    (found,) = with_contacts(dropped).outside.contacts
    assert words in found.problem
    assert words in one_page(with_contacts(dropped)).replace("`", "")


def test_text_of_a_registry_is_inert(registry, dropped):
    registry(page(autnum(contact("registrant", HOSTILE, HOSTILE), *[contact("abuse", HOSTILE)] * 9)))
    found = with_contacts(dropped)
    for report in (one_page(found), markdown(found)):
        outside = re.sub(r"(`+).*?\1", "", report.partition("## Contacts")[2].partition("\n## ")[0])
        assert not re.search(r"<script|\]\(|\*\*", outside)
        assert "\x1b" not in report
    assert "\x1b" not in text(found)
    many = [contact("abuse", f"a{number}@west.example") for number in range(9)]
    registry(page(autnum(*many)))
    assert len(with_contacts(dropped).outside.contacts[0].abuse) == 3


def test_nobody_is_asked_offline_nor_where_nothing_fails(registry, dropped):
    server = registry(page(ANSWER))
    (offline,) = with_contacts(dropped, why_not="--offline").outside.contacts
    assert (offline.asn, offline.problem) == (64501, "no registry was asked: --offline")
    (nothing,) = with_contacts(replace(dropped, findings=())).outside.contacts
    assert nothing.problem == "no registry was asked: no finding points to an AS"
    assert server.asked == []


def test_a_demo_says_that_nobody_was_asked(registry, capsys):
    server = registry(page(ANSWER))
    main(["demo", "border-drop", "--headless", "--rounds", "12", "--contacts"])
    said = capsys.readouterr().out.partition("## Contacts\n")[2]
    assert said.strip().startswith("- AS64501 West Carrier: no registry was asked: the internet is simulated")
    main(["demo", "border-drop", "--headless", "--rounds", "12"])
    assert "Contacts" not in capsys.readouterr().out
    assert server.asked == []


def test_nobody_is_asked_about_what_a_mask_hides(registry, dropped):
    server = registry(page(ANSWER))
    (found,) = with_contacts(masked(dropped, 4)).outside.contacts
    assert found.asn is None
    assert server.asked == []
