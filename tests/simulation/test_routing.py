"""Ways: shortest paths, balanced branches, routes and their times."""

from collections import Counter
from typing import Any

import pytest

from simulation.internet import answers, one, scenario, syn
from simulation.test_network import sender
from tracetui.simulation.network import Network
from tracetui.simulation.scenario import Scenario

HEAD = 'title = "t"\nsource = { home = "192.0.2.1" }\n'


def way(made: Scenario, to: str, at_s: float = 0, hops: int = 12, **flow: Any) -> list[str]:
    """The last octets but one of the routers that answer, 9 for the host."""
    found = []
    for ttl in range(1, hops + 1):
        arrivals = answers(made, syn(to, ttl, **flow), at_s)
        found.append(sender(arrivals[0]).split(".")[2] if arrivals else "*")
        if found[-1] == "9":
            break
    return found


def routers(*names: str) -> str:
    entries = ", ".join(f'{name} = "10.0.{number}.1"' for number, name in enumerate(names, 1))
    return f"router = {{ {entries} }}\n"


def test_packets_take_the_fewest_hops_and_of_equals_the_first_written():
    made = scenario(
        HEAD
        + routers("a", "b", "c", "d")
        + """
        paths = [["home", "a", "b", "c", "h"], ["a", "d", "h"], ["a", "c"]]
        host = { h = "10.0.9.1" }
        """
    )
    assert way(made, "10.0.9.1") == ["1", "4", "9"]


def test_hosts_and_sources_forward_nothing():
    made = scenario(
        HEAD.replace('home = "192.0.2.1"', 'home = "192.0.2.1", second = "192.0.2.2"')
        + routers("a", "b", "c", "d")
        + """
        paths = [["home", "a", "b", "d", "c", "h"], ["home", "a", "m"], ["c", "m"],
          ["second", "a"], ["second", "c"]]
        host = { h = "10.0.9.1", m = "10.0.8.1" }
        """
    )
    assert way(made, "10.0.9.1") == ["1", "2", "4", "3", "9"]


def test_flows_spread_over_branches_and_stay_on_theirs():
    made = scenario(
        HEAD
        + routers("a", "x", "y", "z", "b")
        + """
        paths = [["home", "a", ["x", "y", "z"], "b", "h"]]
        host = { h = "10.0.9.1" }
        """
    )
    network = Network(made)
    taken = Counter(
        sender(network.carry(syn("10.0.9.1", 2, source_port=port), 0)[0]) for port in range(20000, 20600)
    )
    assert len(taken) == 3
    assert min(taken.values()) > 150
    ways = {tuple(way(made, "10.0.9.1", source_port=40001)) for _ in range(5)}
    assert len(ways) == 1


def test_two_balancers_do_not_choose_alike():
    made = scenario(
        HEAD
        + routers("a", "b", "c", "d", "e", "f", "g")
        + """
        paths = [["home", "a", ["b", "c"], "d", ["e", "f"], "g", "h"]]
        host = { h = "10.0.9.1" }
        """
    )
    network = Network(made)
    pairs = Counter(
        tuple(sender(network.carry(syn("10.0.9.1", ttl, source_port=port), 0)[0]) for ttl in (2, 4))
        for port in range(20000, 20400)
    )
    assert len(pairs) == 4
    assert min(pairs.values()) > 50


def test_branches_may_be_of_unequal_length_and_hold_for_what_joins_the_path_later():
    made = scenario(
        HEAD
        + routers("a", "x", "y", "z", "b", "c")
        + """
        paths = [["home", "a", [["x", "y"], "z"], "b", "g"], ["b", "c", "h"]]
        host = { h = "10.0.9.1", g = "10.0.8.1" }
        """
    )
    ways = {tuple(way(made, "10.0.9.1", source_port=port)) for port in range(20000, 20040)}
    assert ways == {("1", "2", "3", "5", "6", "9"), ("1", "4", "5", "6", "9")}


def test_branches_are_passed_backwards_too():
    made = scenario(
        HEAD
        + routers("b", "y", "x", "a")
        + """
        paths = [["g", "a", [["x", "y"]], "b", "home"]]
        host = { g = "10.0.9.1" }
        """
    )
    assert way(made, "10.0.9.1") == ["1", "2", "3", "4", "9"]


def test_what_hangs_on_one_branch_is_reached_through_it():
    made = scenario(
        HEAD
        + routers("a", "x", "y", "b")
        + """
        paths = [["home", "a", ["x", "y"], "b", "g"], ["y", "h"]]
        host = { h = "10.0.9.1", g = "10.0.8.1" }
        """
    )
    assert {tuple(way(made, "10.0.9.1", source_port=port)) for port in range(20000, 20020)} == {
        ("1", "3", "9")
    }


def test_routes_hold_for_their_destinations_and_their_time():
    made = scenario(
        HEAD
        + routers("a", "b", "c", "d")
        + """
        paths = [["home", "a", "b", "h"], ["a", "c", "d", "b"], ["b", "g"]]
        host = { h = "10.0.9.1", g = "10.0.8.1" }
        [[route]]
        path = ["home", "a", "c", "d", "b"]
        destination = "h"
        from = 10
        until = 20
        """
    )
    assert [way(made, "10.0.9.1", at) for at in (0, 10, 19.9, 20)] == [
        ["1", "2", "9"],
        ["1", "3", "4", "2", "9"],
        ["1", "3", "4", "2", "9"],
        ["1", "2", "9"],
    ]
    assert way(made, "10.0.8.1", 15)[:3] == ["1", "2", "8"]
    network = Network(made)
    assert [sender(network.carry(syn("10.0.9.1", 2), at)[0]) for at in (0, 10 * 10**9, 20 * 10**9)] == [
        "10.0.2.1",
        "10.0.3.1",
        "10.0.2.1",
    ], "what is remembered of a flow ends with a route"


def test_the_longest_prefix_wins_and_then_the_last_route():
    made = scenario(
        HEAD
        + routers("a", "b", "c", "d")
        + """
        paths = [["home", "a", "h"], ["a", "b", "h"], ["a", "c", "h"], ["a", "d", "h"]]
        host = { h = "10.0.9.1" }
        [[route]]
        path = ["home", "a", "b"]
        destination = "10.0.9.0/24"
        [[route]]
        path = ["home", "a", "c"]
        destination = "10.0.9.0/24"
        [[route]]
        path = ["home", "a", "d"]
        destination = "10.0.0.0/8"
        [[route]]
        path = ["home", "a"]
        """
    )
    assert way(made, "10.0.9.1") == ["1", "3", "9"]


def test_a_route_to_a_host_is_for_that_host():
    made = scenario(
        HEAD
        + routers("a", "b")
        + """
        paths = [["home", "a", "h"], ["a", "b", "h"], ["a", "g"]]
        host = { h = "10.0.9.1", g = "10.0.8.1" }
        [[route]]
        path = ["home", "a", "b", "h"]
        """
    )
    assert way(made, "10.0.9.1") == ["1", "2", "9"]
    assert sender(one(made, syn("10.0.8.1", 2))) == "10.0.8.1"


def test_sources_have_ways_of_their_own():
    made = scenario(
        """
        title = "t"
        source = { one = "192.0.2.1", two = "192.0.2.2" }
        paths = [["one", "a", "c", "h"], ["two", "b", "c"]]
        host = { h = "10.0.9.1" }
        """
        + routers("a", "b", "c")
    )
    assert [sender(one(made, syn("10.0.9.1", 1, source=s))) for s in ("192.0.2.1", "192.0.2.2")] == [
        "10.0.1.1",
        "10.0.2.1",
    ]


@pytest.mark.parametrize("ttl", [1, 2, 30])
def test_a_host_without_a_way_there_is_unreachable(ttl):
    made = scenario(
        """
        title = "t"
        source = { one = "192.0.2.1", two = "192.0.2.2" }
        paths = [["one", "a", "h"], ["two", "b", "g"]]
        host = { h = "10.0.9.1", g = "10.0.8.1" }
        """
        + routers("a", "b")
    )
    arrival = one(made, syn("10.0.8.1", ttl))
    assert (sender(arrival), arrival.payload[0], arrival.payload[1]) == ("10.0.1.1", 3, 0)
