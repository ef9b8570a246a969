"""Hostile scenario files: whatever is wrong with them is said in one line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.internet import HOST, answers, echo, syn
from tracetui.model import ScenarioError
from tracetui.simulation.read_scenario import read_text
from tracetui.simulation.scenario import Scenario

KEYS = st.sampled_from(
    """title story families delay_ms jitter_ms loss_percent paths source router host link route policy as mx
    demo
    home r1 r2 h address ptr at action destination protocol port from until code percent passes initial_ttl
    per_second burst neighbour before_ttl direction names open closed filtered other_ports ping down control
    return_hops mpls quote rate_limit prefixes routers hosts name path between targets controls target ports
    protocols failure error silent 64500 reply_address""".split()  # noqa: SIM905  (a list of words)
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
WORDS = st.sampled_from(
    """home r1 r2 h drop reject reset answer loop silent rate_limit return out tcp icmp open closed filtered
    10.0.0.1 10.0.0.0/8 10.0.0.1/8 2001:db8::1 2001:db8::/32 AS64500 64500 mx:h h.example no_route
    admin-prohibited ::ffff:10.0.0.1 fe80::1%eth0 0.0.0.0 255.255.255.255 ff02::1 AS AS0""".split()  # noqa: SIM905  (a list of words)
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LEAVES = st.one_of(
    WORDS,
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([0, 1, 25, 443, 64500]),
    st.floats(),
    st.booleans(),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)

SOUND = {
    "title": "t",
    "paths": [["home", "r1", ["r2", "r3"], "r4", "h"]],
    "source": {"home": {"address": "192.0.2.1", "failure": [{"error": "no_route", "from": 1.5}]}},
    "router": {
        "r1": "10.0.0.1",
        "r2": {},
        "r3": {"mpls": 3},
        "r4": {"policy": [{"action": "drop", "port": 25}]},
    },
    "host": {"h": {"names": ["h.example"], "open": [25]}},
    "as": {"64500": {"name": "A", "routers": ["r2", "r3"], "prefixes": "10.7.0.0/24"}},
    "mx": {"example.org": ["h.example"]},
    "link": [{"between": ["r1", "r2"], "delay_ms": 3}],
    "route": [{"path": ["home", "r1"], "destination": "h", "until": 4}],
    "policy": [{"at": "r1", "action": "loop", "neighbour": "r2"}],
    "demo": {"targets": ["h.example", {"target": "h", "source": "home"}], "controls": ["10.0.0.1"]},
}


def toml(value: object) -> str:
    """Write a value as inline TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(c if c.isalnum() or c in " .:/-_" else f"\\U{ord(c):08x}" for c in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + " }"
    return str(value)


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place in a tree."""
    found = [path] if path else []
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            found += places(item, (*path, key))
    return found


def changed(value: object, path: tuple[object, ...], new: object) -> object:
    """A copy of the tree with `new` at `path`; KeyError takes a dictionary's entry out."""
    if not path:
        return new
    if isinstance(value, list):
        return [changed(item, path[1:], new) if i == path[0] else item for i, item in enumerate(value)]
    assert isinstance(value, dict)
    if len(path) == 1 and new is KeyError:
        return {key: item for key, item in value.items() if key != path[0]}
    return {key: changed(item, path[1:], new) if key == path[0] else item for key, item in value.items()}


def judge(text: str) -> Scenario | None:
    """Read a file; whatever is wrong with it, it must be said in one line."""
    try:
        return read_text(text, "name", "the file.toml")
    except ScenarioError as error:
        line = str(error)
        assert line.startswith("the file.toml: ")
        assert line.isprintable()
        assert len(line) <= 400
        return None


def test_the_sound_file_is_sound():
    assert judge("\n".join(f"{toml(key)} = {toml(value)}" for key, value in SOUND.items())) is not None


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_a_file_with_anything_anywhere_gets_one_line_or_works(data):
    tree: object = SOUND
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(tree)))
        tree = changed(
            tree,
            path,
            data.draw(
                st.just(KeyError) if data.draw(st.booleans()) and isinstance(path[-1], str) else VALUES
            ),
        )
    assert isinstance(tree, dict)
    made = judge("\n".join(f"{toml(key)} = {toml(value)}" for key, value in tree.items()))
    if made is not None:
        for source in made.sources:
            for address in source.addresses:
                to = HOST[address.version]
                answers(made, echo(to, 3, source=str(address)))
                for host in made.hosts:
                    for end in host.addresses:
                        if end.version == address.version:
                            answers(made, syn(str(end), 9, source=str(address)))


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_a_file_of_anything_gets_one_line_or_works(tree):
    judge("\n".join(f"{toml(key)} = {toml(value)}" for key, value in {"title": "t", **tree}.items()))


@settings(max_examples=400, deadline=None)
@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_text_that_is_no_toml_gets_one_line(text):
    judge(text)


@pytest.mark.parametrize("name", ["\x1b[31m", "a\nb", "\u202e", "x" * 500, "`{error}`"])
def test_hostile_words_are_made_safe_in_messages(name):
    judge(f'title = "t"\n[router]\n{toml(name)} = {{ {toml(name)} = 1 }}')
    judge(f'title = "t"\npaths = [[{toml(name)}]]')
    judge(f"{toml(name)} = 1")
