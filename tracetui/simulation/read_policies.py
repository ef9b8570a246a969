"""Reads and checks the policies and local failures of a scenario file."""

from collections.abc import Mapping, Sequence
from typing import Final

from tracetui.model import PROBED, ProbeProtocol
from tracetui.simulation.scenario import (
    ALWAYS,
    Action,
    Direction,
    LocalError,
    LocalFailure,
    Policy,
    Selector,
)
from tracetui.simulation.scenario_names import HOST, ROUTER, Names, choice, placed
from tracetui.simulation.scenario_schema import (
    FailureTable,
    InvalidKeyError,
    PlaceTable,
    PolicyTable,
    SelectorKeys,
    Words,
    convert,
    did_you_mean,
    shown,
)

MS: Final = 1_000_000
SECOND: Final = 1_000_000_000

CODES: Final = {
    "net-unreachable": (0, 0),
    "host-unreachable": (1, 3),
    "port-unreachable": (3, 4),
    "net-prohibited": (9, 1),
    "host-prohibited": (10, 1),
    "admin-prohibited": (13, 1),
    "policy-failed": (13, 5),
    "reject-route": (13, 6),
}
"""Codes of ICMP type 3 (RFC 792, RFC 1812 section 5.2.7.1) and ICMPv6 type 1 (RFC 4443 section 3.1)."""

_ONLY_WITH: Final = {
    "code": (Action.REJECT,),
    "percent": (Action.DROP,),
    "passes": (Action.RESET, Action.ANSWER),
    "initial_ttl": (Action.RESET, Action.ANSWER),
    "per_second": (Action.RATE_LIMIT,),
    "burst": (Action.RATE_LIMIT,),
    "neighbour": (Action.LOOP,),
    "before_ttl": (Action.DROP, Action.REJECT, Action.RESET, Action.ANSWER),
}


Rules = Mapping[str, tuple[Policy, ...]]
"""Name of a node to the policies that stand in their own list."""


def read_policies(raw: Sequence[object], names: Names, owner: str, place: str) -> tuple[Policy, ...]:
    """Return the policies of the node `owner`; `raw` is its `policy` list. Raises InvalidKeyError."""
    return tuple(_policy(table, names, owner, f"{place}[{index}]") for index, table in enumerate(raw))


def read_rules(raw: Sequence[object], names: Names) -> Rules:
    """Return the policies of the file's own `policy` list, each with `at`. Raises InvalidKeyError."""
    rules: dict[str, tuple[Policy, ...]] = {}
    for index, item in enumerate(raw):
        place = f"policy[{index}]"
        if not isinstance(item, dict):
            raise InvalidKeyError(place, f"a table is expected, not {shown(item)}")
        nodes = convert({key: value for key, value in item.items() if key == "at"}, PlaceTable, place).at
        table = {key: value for key, value in item.items() if key != "at"}
        for word, where in placed(nodes, f"{place}.at"):
            name = names.node(word, (ROUTER, HOST), where)
            rules[name] = (*rules.get(name, ()), _policy(table, names, name, place))
    return rules


def read_failures(raw: Sequence[object], names: Names, place: str) -> tuple[LocalFailure, ...]:
    """Return the local failures of a source; `raw` is its `failure` list. Raises InvalidKeyError."""
    failures = []
    for index, item in enumerate(raw):
        where = f"{place}[{index}]"
        table = convert(item, FailureTable, where)
        error = choice(table.error, list(LocalError), f"{where}.error", "an error")
        failures.append(LocalFailure(LocalError(error), _selector(table, names, where)))
    return tuple(failures)


def read_protocols(words: Words, place: str) -> tuple[ProbeProtocol, ...]:
    """Return protocols, each once. Raises InvalidKeyError."""
    known = list(PROBED)
    return tuple(
        dict.fromkeys(
            ProbeProtocol(choice(word, known, where, "a protocol")) for word, where in placed(words, place)
        )
    )


def read_ports(ports: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return one port or several as a tuple, each once."""
    return (ports,) if isinstance(ports, int) else tuple(dict.fromkeys(ports))


def read_window(from_s: float, until_s: float | None, place: str) -> tuple[int, int]:
    """Return a time window in nanoseconds. Raises InvalidKeyError when it is empty."""
    if until_s is not None and until_s <= from_s:
        raise InvalidKeyError(f"{place}.until", f"{until_s:g} is not after from = {from_s:g}")
    return round(from_s * SECOND), ALWAYS if until_s is None else round(until_s * SECOND)


def _policy(raw: object, names: Names, owner: str, place: str) -> Policy:
    table = convert(raw, PolicyTable, place)
    action = Action(choice(table.action, list(Action), f"{place}.action", "an action"))
    direction = Direction(choice(table.direction, list(Direction), f"{place}.direction", "a direction"))
    _check_keys(table, action, direction, place)
    selector = _selector(table, names, place)
    if names.kinds[owner] == HOST and action in (Action.LOOP, Action.RATE_LIMIT, Action.SILENT):
        raise InvalidKeyError(f"{place}.action", f"{action} is for routers; a host ends the path")
    if action is Action.RESET and selector.protocols == (ProbeProtocol.ICMP,):
        raise InvalidKeyError(f"{place}.protocol", "reset answers TCP only")
    code, code6 = _codes(table.code, f"{place}.code")
    return Policy(
        action=action,
        selector=selector,
        direction=direction,
        before_ttl=table.before_ttl,
        code=code,
        code6=code6,
        percent=100.0 if table.percent is None else table.percent,
        passes=table.passes,
        initial_ttl=table.initial_ttl or 64,
        per_second=table.per_second or 1.0,
        burst=table.burst or 6,
        neighbours=_neighbours(table.neighbour, names, owner, action, place),
    )


def _check_keys(table: PolicyTable, action: Action, direction: Direction, place: str) -> None:
    for key, actions in _ONLY_WITH.items():
        if getattr(table, key) not in (None, False) and action not in actions:
            raise InvalidKeyError(
                f"{place}.{key}", f"belongs to action {' or '.join(actions)}, this one is {action}"
            )
    if direction is Direction.RETURN and (action is not Action.DROP or table.before_ttl):
        key = "before_ttl" if table.before_ttl else "action"
        raise InvalidKeyError(
            f"{place}.{key}", "on the return way only drop is possible, and TTLs are not looked at"
        )


def _codes(code: int | str | None, place: str) -> tuple[int, int]:
    if code is None:
        return CODES["admin-prohibited"]
    if isinstance(code, int):
        if not 0 <= code <= 15:
            raise InvalidKeyError(place, f"{code} is not an ICMP code from 0 to 15")
        return code, code
    if code not in CODES:
        raise InvalidKeyError(place, f"{code!r} is not an ICMP code's name{did_you_mean(code, CODES)}")
    return CODES[code]


def _neighbours(words: Words | None, names: Names, owner: str, action: Action, place: str) -> tuple[str, ...]:
    if action is not Action.LOOP:
        return ()
    where = f"{place}.neighbour"
    if words is None or not words:
        raise InvalidKeyError(where, "missing: loop needs the router that sends packets back")
    found = []
    for word, at in placed(words, where):
        if names.node(word, (ROUTER,), at) == owner:
            raise InvalidKeyError(at, "a router cannot loop with itself")
        found.append(word)
    return tuple(found)


def _selector(table: SelectorKeys, names: Names, place: str) -> Selector:
    protocols = read_protocols(table.protocol, f"{place}.protocol")
    ports = read_ports(table.port)
    if ports and protocols == (ProbeProtocol.ICMP,):
        raise InvalidKeyError(f"{place}.port", "ICMP has no ports")
    from_ns, until_ns = read_window(table.from_s, table.until_s, place)
    return Selector(
        destinations=names.prefixes(table.destination, f"{place}.destination"),
        sources=names.prefixes(table.source, f"{place}.source"),
        protocols=protocols,
        ports=ports,
        from_ns=from_ns,
        until_ns=until_ns,
    )
