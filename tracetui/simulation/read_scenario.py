"""Reads and validates a scenario file: text in, a checked `Scenario` out."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from tracetui.files.parse_toml import parse_toml
from tracetui.files.read_file import read_file as read_file_bytes
from tracetui.model import ScenarioError, safe_text
from tracetui.simulation.read_ases import read_systems
from tracetui.simulation.read_demo_targets import read_demo, read_vantages
from tracetui.simulation.read_nodes import Nodes
from tracetui.simulation.read_paths import check_on_paths, read_links, read_paths, read_routes
from tracetui.simulation.read_policies import read_rules
from tracetui.simulation.scenario import Scenario
from tracetui.simulation.scenario_names import Names, placed
from tracetui.simulation.scenario_schema import (
    DemoTable,
    FileTable,
    InvalidKeyError,
    convert,
    did_you_mean,
    join,
    quoted,
    shown,
)

MAX_CHARACTERS: Final = 1_000_000
"""Characters of a scenario file; no scenario is as long."""

_MOMENT: Final = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def read_file(path: Path) -> Scenario:
    """Read a scenario file. Raises ScenarioError: file, key, what is wrong, the nearest right word."""
    try:
        text = read_file_bytes(path, 4 * MAX_CHARACTERS, pipes=True).decode()
    except OSError as error:
        raise ScenarioError(safe_text(f"{path}: {error.strerror or error}", limit=400)) from None
    except ValueError:
        raise ScenarioError(safe_text(f"{path}: not UTF-8 text, and so not TOML", limit=400)) from None
    return read_text(text, path.stem, str(path))


def read_text(text: str, name: str, file: str) -> Scenario:
    """Read a scenario from TOML; `file` is what messages call it. Raises ScenarioError."""
    if len(text) > MAX_CHARACTERS:
        raise ScenarioError(safe_text(f"{file}: longer than {MAX_CHARACTERS:,} characters", limit=400))
    try:
        raw = parse_toml(text)
    except ValueError as error:
        reason = str(error)
        if "immutable namespace" in reason:
            reason += ": nothing can be added to { ... }; write [[policy]] with 'at', or the key inside"
        raise ScenarioError(safe_text(f"{file}: not TOML: {reason}", limit=400)) from None
    try:
        return _scenario(raw, name)
    except InvalidKeyError as error:
        raise error.in_file(file) from None


def _scenario(raw: Mapping[str, Any], name: str) -> Scenario:
    file = convert(raw, FileTable, "")
    systems = read_systems(file.systems, file.families)
    names = Names(systems=systems.by_number)
    nodes = Nodes(file, names, systems)
    paths = read_paths(file, names)
    routes = read_routes(file, names)
    rules = read_rules(file.policy, names)
    hosts, routers = nodes.hosts(rules), nodes.routers(rules)
    sources, demo = nodes.sources(), convert(file.demo, DemoTable, "demo")
    made = Scenario(
        name=safe_text(name),
        title=safe_text(file.title),
        story=safe_text(file.story, limit=2000),
        sources=sources,
        routers=routers,
        hosts=hosts,
        paths=paths,
        links=read_links(
            file,
            (*paths, *(route.path for route in routes)),
            {**nodes.router_tables, **nodes.host_tables},
            names,
        ),
        routes=routes,
        systems=tuple(systems.by_number.values()),
        mail=_mail(file.mx, names),
        host_names=names.hosts,
        demo=read_demo(demo, hosts, names),
        vantages=read_vantages(demo, sources, hosts, names),
        both_ways=demo.both_ways,
        recorded=_recorded(file.recorded),
    )
    check_on_paths(names, (*paths, *(route.path for route in routes)), routers)
    return made


def _recorded(word: str | None) -> str | None:
    """Return when the ASes were recorded. Raises InvalidKeyError."""
    if word is None or (_MOMENT.fullmatch(word) and _is_date(f"{word}-01-01"[:10])):
        return word
    raise InvalidKeyError("recorded", f"{shown(word)} is not a date: write 2019, 2019-03 or 2019-03-12")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _mail(entries: Mapping[str, Any], names: Names) -> dict[str, tuple[str, ...]]:
    mail = {}
    for domain, words in entries.items():
        place = join("mx", quoted(domain))
        if not (
            isinstance(words, str) or (isinstance(words, list) and all(isinstance(w, str) for w in words))
        ):
            raise InvalidKeyError(place, f"a list of host names is expected, not {shown(words)}")
        exchangers = []
        for word, where in placed(words, place):
            key = word.lower().removesuffix(".")
            if key not in names.hosts:
                raise InvalidKeyError(where, f"no host has the name {word!r}{did_you_mean(key, names.hosts)}")
            exchangers.append(key)
        mail[domain.lower().removesuffix(".")] = tuple(exchangers)
    return mail
