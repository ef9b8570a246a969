"""Scenario files: what may be left out, and one line for each mistake."""

import re
from ipaddress import ip_address, ip_network

import pytest

from simulation.internet import CHAIN, DOCS, MS, S, chain, scenario
from tracetui.model import ProbeProtocol, Role, ScenarioError
from tracetui.simulation import scenario_schema
from tracetui.simulation.read_policies import CODES
from tracetui.simulation.read_scenario import read_file
from tracetui.simulation.scenario import ALWAYS, Action, Direction, LocalError, Port

TCP, ICMP = ProbeProtocol.TCP, ProbeProtocol.ICMP


def first_example() -> str:
    return re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[0]


# Defaults


def test_the_shortest_example_of_the_page_gets_what_it_leaves_out():
    made = scenario(first_example())
    assert [str(prefix) for system in made.systems for prefix in system.prefixes] == [
        "198.18.1.0/24",
        "198.18.2.0/24",
        "198.18.3.0/24",
    ]
    assert {router.name: str(router.addresses[0]) for router in made.routers} == {
        "a1": "198.18.1.1",
        "a2": "198.18.1.2",
        "b1": "198.18.2.1",
        "b2": "198.18.2.2",
        "c1": "198.18.3.1",
    }
    assert [(str(source.addresses[0]), source.name) for source in made.sources] == [("192.168.1.200", "home")]
    assert all(link.delay_ns == MS and not link.jitter_ns and not link.loss for link in made.links.values())
    suspect, control = made.demo
    assert (suspect.text, suspect.role, suspect.ports) == ("198.18.3.80", Role.SUSPECT, (443,))
    assert (control.text, control.role) == ("198.18.3.81", Role.CONTROL)
    host = made.hosts[0]
    assert host.other_ports is Port.OPEN
    assert host.ping


def test_automatic_addresses_avoid_those_in_use_and_follow_the_families():
    made = scenario(
        """
        title = "t"
        families = [4, 6]
        paths = [["home", "a", "b", "h"]]
        [as]
        64500 = { prefixes = "10.0.0.0/29", routers = ["a", "b"], hosts = "h" }
        64501 = { prefixes = "198.18.1.0/24" }
        64502 = {}
        [router]
        b = "10.0.0.1"
        """
    )
    a, b = made.routers
    assert [str(address) for address in a.addresses] == ["10.0.0.2", "2001:db8:1::1"]
    assert [str(address) for address in b.addresses] == ["10.0.0.1"], "an address given is all it has"
    assert [str(address) for address in made.hosts[0].addresses] == ["10.0.0.3", "2001:db8:1::50"]
    assert [str(prefix) for prefix in made.systems[2].prefixes] == ["198.18.2.0/24", "2001:db8:3::/48"]


def test_ports_of_a_host():
    made = chain()
    host, other = made.hosts
    assert host.ports == {25: Port.OPEN, 443: Port.OPEN, 23: Port.FILTERED}
    assert host.other_ports is Port.CLOSED
    assert other.other_ports is Port.OPEN


def test_links_take_what_is_nearest():
    made = scenario(
        """
        title = "t"
        delay_ms = 5
        loss_percent = 1
        paths = [["home", "a", "b", "h"], ["a", "c", "h"]]
        [router]
        a = {}
        b = { delay_ms = 2.5, jitter_ms = 1 }
        c = {}
        [host]
        h = { delay_ms = 7 }
        [[link]]
        between = ["h", "b"]
        delay_ms = 9
        """
    )
    assert made.links["home", "a"].delay_ns == made.links["a", "home"].delay_ns == 5 * MS
    assert (made.links["a", "b"].delay_ns, made.links["a", "b"].jitter_ns) == (2_500_000, MS)
    assert made.links["b", "h"].delay_ns == 9 * MS
    assert made.links["c", "h"].delay_ns == 7 * MS
    assert made.links["a", "b"].loss == 0.01


def test_a_policy_of_the_list_and_one_of_the_node_are_alike():
    rest = 'destination = ["host", "10.8.0.0/16", "AS64500"], from = 5, until = 7.5 }'
    prefixes = '[as]\n64500 = { prefixes = "10.7.0.0/16" }\n'
    lines = rest.removesuffix(" }").replace(", from", "\nfrom").replace(", until", "\nuntil")
    apart = chain(f'{prefixes}[[policy]]\nat = "r2"\naction = "drop"\n{lines}')
    inside = chain(
        prefixes, r2='{ address = ["10.0.2.1", "2001:db8:2::1"], policy = [{ action = "drop", ' + rest + "] }"
    )
    assert apart == inside
    (policy,) = apart.routers[1].policies
    assert policy.action is Action.DROP
    assert policy.selector.destinations == tuple(
        map(ip_network, ("10.0.9.1/32", "2001:db8:9::1/128", "10.8.0.0/16", "10.7.0.0/16"))
    )
    assert (policy.selector.from_ns, policy.selector.until_ns) == (5 * S, 7.5 * S)


def test_policies_have_their_keys():
    made = chain(
        """
        [[policy]]
        at = ["r1", "r2"]
        action = "rate_limit"
        per_second = 2
        burst = 3
        [[policy]]
        at = "r3"
        action = "reject"
        code = "host-prohibited"
        [[policy]]
        at = "r3"
        action = "drop"
        direction = "return"
        percent = 40
        """
    )
    r1, r2, r3 = made.routers
    assert r1.policies == r2.policies
    assert (r1.policies[0].per_second, r1.policies[0].burst) == (2, 3)
    reject, drop = r3.policies
    assert (reject.code, reject.code6, reject.selector.until_ns) == (10, 1, ALWAYS)
    assert (drop.direction, drop.percent) == (Direction.RETURN, 40)


def test_sources_may_fail():
    made = scenario(
        """
        title = "t"
        paths = [["home", "h"]]
        [[source.home.failure]]
        error = "network_down"
        from = 3
        [host]
        h = {}
        """
    )
    (failure,) = made.sources[0].failures
    assert failure.error is LocalError.NETWORK_DOWN
    assert failure.selector.from_ns == 3 * S


def test_hosts_have_names_and_share_them():
    made = scenario(
        """
        title = "t"
        paths = [["home", "r", "a"], ["r", "b"], ["r", "mx.Example.org"]]
        router = { r = {} }
        [host]
        a = { address = "10.0.0.1", names = ["WWW.example.org.", "a.example.org"] }
        b = { address = "10.0.0.2", names = "www.example.org", ptr = "odd\\u001b[31m" }
        "mx.Example.org" = "10.0.0.3"
        [mx]
        "Example.org" = "mx.example.org."
        "nothing.example" = []
        """
    )
    assert made.host_names["www.example.org"] == (ip_address("10.0.0.1"), ip_address("10.0.0.2"))
    assert made.mail == {"example.org": ("mx.example.org",), "nothing.example": ()}
    assert [host.pointer for host in made.hosts] == ["www.example.org", "odd�[31m", "mx.example.org"]


def test_the_demo_takes_targets_sources_and_protocols():
    made = scenario(
        """
        title = "t"
        paths = [["one", "r", "h"], ["two", "r"]]
        router = { r = {} }
        [source]
        one = "192.0.2.1"
        two = ["192.0.2.2", "2001:db8::2"]
        [host]
        h = { address = ["10.0.0.1", "2001:db8:9::1"], names = "h.example" }
        [demo]
        ports = [80]
        protocols = "tcp"
        targets = ["h", { target = "[2001:db8:9::1]:22", source = "two" }]
        controls = [
          { target = "h.example", source = ["one", "two"], protocols = ["icmp", "tcp"], ports = 25 }
        ]
        """
    )
    h, six, one, two = made.demo
    assert (h.text, h.protocols, h.ports, h.source) == ("10.0.0.1", (TCP,), (80,), None)
    assert (six.source, six.ports) == ("2001:db8::2", (22,))
    assert (one.source, two.source) == ("192.0.2.1", "192.0.2.2")
    assert (one.role, one.protocols, one.ports) == (Role.CONTROL, (ICMP, TCP), (25,))


def test_the_page_names_every_key_and_every_word():
    page = DOCS.read_text(encoding="utf-8")
    tables = [
        table
        for table in vars(scenario_schema).values()
        if isinstance(table, type) and issubclass(table, scenario_schema.Table)
    ]
    assert len(tables) > 12
    words = {key for table in tables for key in table.__struct_encode_fields__}
    words |= {word.value for kind in (Action, Direction, LocalError, Port) for word in kind} | set(CODES)
    words -= {"out"}  # the default direction: nobody writes it
    assert [word for word in sorted(words) if not re.search(rf"(?<![\w-]){word}(?![\w-])", page)] == []


# Mistakes

HOST_ONLY = '[host]\nh = "10.0.0.1"\n'
MISTAKES = [
    ("", "title: missing"),
    ("title = 3", "title: text in quotes is expected, not 3"),
    ("title = 't'\ntitl = 1", "titl: no such key; did you mean 'title'?"),
    ("title = 't", "not TOML: "),
    ("title = 't'\nstory = {}", "story: text in quotes is expected, not a table"),
    ("title = 't'\nfamilies = [5]", "families[0]: "),
    ("title = 't'\nrecorded = 2019", "recorded: text in quotes is expected, not 2019"),
    ("title = 't'\nrecorded = '2019-3'", "recorded: '2019-3' is not a date: write 2019, 2019-03"),
    ("title = 't'\nrecorded = '2019-02-30'", "recorded: '2019-02-30' is not a date"),
    ("title = 't'\ndelay_ms = -1", "delay_ms: -1 is not allowed: a number, at least 0"),
    ("title = 't'\ndelay_ms = nan", "delay_ms: nan is not allowed: a number, at least 0"),
    ("title = 't'\nloss_percent = 100.5", "loss_percent: 100.5 is not allowed: a number, at most 100"),
    ("title = 't'\n[router]\na = 3", "router.a: an address or a table is expected, not 3"),
    ("title = 't'\n[router]\na = '10.0.0'", "router.a.address: '10.0.0' is not an IP address"),
    (
        "title = 't'\n[router]\na = '10.0.0.0/8'",
        "'10.0.0.0/8' is not an IP address: a prefix, where one address",
    ),
    ("title = 't'\n[router]\na = '224.0.0.1'", "router.a.address: 224.0.0.1 is not the address of one host"),
    (
        "title = 't'\n[router]\na = ['10.0.0.1', '10.0.0.2']",
        "router.a.address[1]: one IPv4 and one IPv6 address at most; 10.0.0.2 is one too many",
    ),
    (
        "title = 't'\n[router]\na = '10.0.0.1'\nb = '10.0.0.1'",
        "router.b.address: 10.0.0.1 belongs to router.a already",
    ),
    ("title = 't'\n[router]\na = { silnt = true }", "router.a.silnt: no such key; did you mean 'silent'?"),
    (
        "title = 't'\n[router]\na = { silent = 'yes' }",
        "router.a.silent: true or false is expected, not 'yes'",
    ),
    (
        "title = 't'\n[router]\na = { initial_ttl = 0 }",
        "router.a.initial_ttl: 0 is not allowed: a number, at least 1",
    ),
    ("title = 't'\n[router]\na = { polices = [] }", "router.a.polices: no such key; did you mean 'policy'?"),
    ("title = 't'\n[router]\nx = {}\n[host]\nx = {}", "host.x: 'x' is the name of a router already"),
    ("title = 't'\n[host]\nh = []", "host.h.address: at least one is needed"),
    ("title = 't'\n[host]\nh = { open = [0] }", "host.h.open[0]: 0 is not allowed: a number, at least 1"),
    ("title = 't'\n[host]\nh = { open = [25], closed = [25] }", "host.h.closed[0]: port 25 is open already"),
    (
        "title = 't'\n[host]\nh = { other_ports = 'opne' }",
        "'opne' is not a state of ports; did you mean 'open'?",
    ),
    ("title = 't'\n[host]\nh = { names = 'a b' }", "host.h.names: 'a b' is not a host name"),
    ("title = 't'\n[as]\nx = 'X'", "as.x: 'x' is not an AS number: digits only, such as 64500"),
    ("title = 't'\n[as]\n0 = 'X'", "as.0: '0' is not an AS number"),
    ("title = 't'\n[as]\n1 = { prefixes = '10.0.0.1/8' }", "did you mean '10.0.0.0/8'?"),
    (
        "title = 't'\n[as]\n1 = { prefixes = 'ten' }",
        "as.1.prefixes: 'ten' is not a prefix, such as 198.51.100.0/24",
    ),
    (
        "title = 't'\n[as]\n1 = { routers = 'a' }\n2 = { routers = ['a'] }",
        "as.2.routers[0]: 'a' is in AS1 already",
    ),
    (
        "title = 't'\n[as]\n1 = { routers = 'a' }\n[router]\na = { as = 2 }",
        "router.a.as: AS1 lists this router, and here is 2",
    ),
    (
        "title = 't'\n[as]\n1 = { prefixes = '10.0.0.0/30', routers = ['a', 'b', 'c'] }",
        "router.c.address: missing, and no prefix of AS1 has an IPv4 address left",
    ),
    (f"title = 't'\n{HOST_ONLY}", 'source.home: on no path: write paths = [["home", ...]]'),
    (
        f"title = 't'\npaths = [['home', 'r', 'h']]\n{HOST_ONLY}",
        "paths[0][1]: no source or router or host is called 'r'",
    ),
    (f"title = 't'\npaths = [['home']]\n{HOST_ONLY}", "paths[0]: a path has two nodes at least"),
    (f"title = 't'\npaths = ['home']\n{HOST_ONLY}", "paths[0]: a list is expected, not 'home'"),
    (
        f"title = 't'\npaths = [['home', 3]]\n{HOST_ONLY}",
        "paths[0][1]: a name or a list of branches is expected, not 3",
    ),
    (
        f"title = 't'\npaths = [['home', ['h', 'h']]]\n{HOST_ONLY}",
        "paths[0][1][0]: 'h' is a host, where a router",
    ),
    (
        f"title = 't'\npaths = [['h', 'home', 'h']]\n{HOST_ONLY}",
        "paths[0][1]: 'home' is a source, where a router",
    ),
    (f"title = 't'\npaths = [['home', 'home']]\n{HOST_ONLY}", "paths[0][1]: 'home' stands twice in a row"),
    ("title = 't'\n[mx]\n'a.example' = 'mx.example'", "mx.\"a.example\": no host has the name 'mx.example'"),
    ("title = 't'\n[mx]\n'a.example' = 3", 'mx."a.example": a list of host names is expected, not 3'),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_gets_one_line(text, message):
    with pytest.raises(ScenarioError) as caught:
        scenario(text)
    line = str(caught.value)
    assert line.startswith("test.toml: ")
    assert message in line
    assert "\n" not in line


POLICY_MISTAKES = [
    ("", "policy[0].at: missing"),
    ("at = 'r4'\naction = 'drop'", "policy[0].at: no router or host is called 'r4'; did you mean 'r3'?"),
    ("at = 'r1'", "policy[0].action: missing"),
    ("at = 'r1'\naction = 'dorp'", "policy[0].action: 'dorp' is not an action; did you mean 'drop'?"),
    ("at = 'r1'\naction = 'drop'\nport = 70000", "policy[0].port: 70000 is not allowed"),
    ("at = 'r1'\naction = 'drop'\nprotocol = 'udp'", "policy[0].protocol: 'udp' is not a protocol"),
    ("at = 'r1'\naction = 'drop'\nprotocol = 'icmp'\nport = 3", "policy[0].port: ICMP has no ports"),
    ("at = 'r1'\naction = 'drop'\ncode = 3", "policy[0].code: belongs to action reject, this one is drop"),
    ("at = 'r1'\naction = 'reject'\ncode = 16", "policy[0].code: 16 is not an ICMP code from 0 to 15"),
    ("at = 'r1'\naction = 'reject'\ncode = 'admin'", "did you mean 'admin-prohibited'?"),
    ("at = 'r1'\naction = 'drop'\nuntil = 0", "policy[0].until: 0 is not after from = 0"),
    (
        "at = 'r1'\naction = 'drop'\ndestination = 'hots'",
        "'hots' is neither a prefix nor a name here; did you mean 'host'?",
    ),
    ("at = 'r1'\naction = 'drop'\ndestination = 'AS1'", "policy[0].destination: 'AS1' has no table"),
    ("at = 'r1'\naction = 'reset'\nprotocol = 'icmp'", "policy[0].protocol: reset answers TCP only"),
    (
        "at = 'r1'\naction = 'loop'",
        "policy[0].neighbour: missing: loop needs the router that sends packets back",
    ),
    ("at = 'r1'\naction = 'loop'\nneighbour = 'r1'", "policy[0].neighbour: a router cannot loop with itself"),
    ("at = 'host'\naction = 'silent'", "policy[0].action: silent is for routers; a host ends the path"),
    (
        "at = 'r1'\naction = 'reject'\ndirection = 'return'",
        "policy[0].action: on the return way only drop is possible",
    ),
    ("at = 'r1'\naction = 'drop'\ndirection = 'back'", "policy[0].direction: 'back' is not a direction"),
]


@pytest.mark.parametrize(("body", "message"), POLICY_MISTAKES, ids=range(len(POLICY_MISTAKES)))
def test_a_mistake_in_a_policy_gets_one_line(body, message):
    with pytest.raises(ScenarioError) as caught:
        chain(f"[[policy]]\n{body}")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


MORE_MISTAKES = [
    ("[[link]]\nbetween = ['r1']", "link[0].between: a list of 2 is expected, not of 1"),
    ("[[link]]\nbetween = ['r1', 'r3']", "link[0].between: 'r1' and 'r3' are neighbours on no path"),
    ("[[link]]\nbetween = ['r1', 'r9']", "link[0].between[1]: no source or router or host is called 'r9'"),
    ("[[route]]\npath = ['r1', 'r2']", "route[0].path[0]: 'r1' is a router, where a source is expected"),
    ("[[route]]\npath = ['home', 'r1']\ndestination = 'x'", "route[0].destination: 'x' is neither"),
    ("[[route]]\npath = ['home', ['r1', 'r2']]", "route[0].path[1]: a path begins and ends with one node"),
    ("[demo]\ntargets = ['']", "demo.targets[0]: an empty target"),
    ("[demo]\ntargets = [{}]", "demo.targets[0].target: missing"),
    ("[demo]\ntargets = [{ targe = 'host' }]", "demo.targets[0].targe: no such key; did you mean 'target'?"),
    (
        "[demo]\ncontrols = [{ target = 'host', source = 'hmoe' }]",
        "demo.controls[0].source: no source is called 'hmoe'; did you mean 'home'?",
    ),
    ("[demo]\nprotocols = 'udp'", "demo.protocols: 'udp' is not a protocol; it may be tcp, icmp"),
    ("[demo]\ntargetz = []", "demo.targetz: no such key; did you mean 'targets'?"),
]


@pytest.mark.parametrize(("more", "message"), MORE_MISTAKES, ids=range(len(MORE_MISTAKES)))
def test_a_mistake_elsewhere_gets_one_line(more, message):
    with pytest.raises(ScenarioError) as caught:
        chain(more)
    assert message in str(caught.value)


def test_a_name_that_no_target_can_have_gets_one_line():
    with pytest.raises(ScenarioError, match=r"^.*host.host: .*is not an IPv6 address"):
        scenario(
            "title = 't'\npaths = [['home', 'host']]\n[source.home]\n[host.host]\nnames = ['b::c.example']\n"
        )


def test_nobody_reads_a_file_without_end(tmp_path):
    huge = tmp_path / "huge.toml"
    huge.write_text("#" * 1_000_001)
    with pytest.raises(ScenarioError, match="longer than 1,000,000 characters"):
        read_file(huge)


def test_a_file_that_cannot_be_read_gets_one_line(tmp_path):
    with pytest.raises(ScenarioError, match="No such file"):
        read_file(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"title = '\xe9'")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        read_file(tmp_path / "latin.toml")


def test_adding_to_an_inline_table_gets_a_hint():
    with pytest.raises(ScenarioError, match=r"line 4.*write \[\[policy\]\] with 'at'"):
        scenario('title = "t"\n[router]\nr = {}\n[[router.r.policy]]\naction = "drop"\n')


def test_deep_nesting_gets_one_line():
    with pytest.raises(ScenarioError, match="nested too deep"):
        scenario("paths = " + "[" * 100_000)


def test_the_chain_is_sound():
    assert scenario(CHAIN).name == "test"
