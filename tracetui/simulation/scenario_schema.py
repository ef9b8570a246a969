"""The keys and values allowed in a scenario file, and the message for each mistake.

`docs/scenarios.md` explains the keys. Words in values (actions, protocols, routers) are checked by the
`read_*` modules, which know what they may be; they also convert lists of tables, to name the index of a
mistake.
"""

import difflib
import math
import re
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, field

from tracetui.model import ScenarioError, safe_text

Milliseconds = Annotated[float, Meta(ge=0, le=60_000)]
Seconds = Annotated[float, Meta(ge=0, le=1_000_000_000)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Ttl = Annotated[int, Meta(ge=1, le=255)]
PortNumber = Annotated[int, Meta(ge=1, le=65535)]
Asn = Annotated[int, Meta(ge=1, le=4_294_967_295)]
Label = Annotated[int, Meta(ge=0, le=1_048_575)]
Hops = Annotated[int, Meta(ge=0, le=60)]
Words = str | tuple[str, ...]


class Table(msgspec.Struct, forbid_unknown_fields=True):
    """A table of the file; an unknown key is an error."""


class WindowKeys(Table, kw_only=True):
    """To which destinations, and when: keys that policies, failures and routes share."""

    destination: Words = ()
    from_s: Seconds = field(name="from", default=0)
    until_s: Seconds | None = field(name="until", default=None)


class SelectorKeys(WindowKeys, kw_only=True):
    """Which packets: keys that policies and failures share."""

    source: Words = ()
    protocol: Words = ()
    port: PortNumber | tuple[PortNumber, ...] = ()


class PolicyTable(SelectorKeys, kw_only=True):
    """`[[router.NAME.policy]]`, `[[host.NAME.policy]]`."""

    action: str
    direction: str = "out"
    before_ttl: bool = False
    code: int | str | None = None
    percent: Percent | None = None
    passes: bool = False
    initial_ttl: Ttl | None = None
    per_second: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None
    burst: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    neighbour: Words | None = None


class PlaceTable(Table, kw_only=True):
    """`[[policy]]`, apart from the policy itself: the nodes that have it."""

    at: Words


class FailureTable(SelectorKeys, kw_only=True):
    """`[[source.NAME.failure]]`."""

    error: str


class SourceTable(Table, kw_only=True):
    """`[source.NAME]`."""

    address: Words | None = None
    asn: Asn | None = field(name="as", default=None)
    ptr: str | None = None
    country: str = ""
    ping: bool = True
    failure: list[Any] = []


class ArrivalKeys(Table, kw_only=True):
    """Keys of the link by which packets arrive at a node."""

    delay_ms: Milliseconds | None = None
    jitter_ms: Milliseconds | None = None
    loss_percent: Percent | None = None


class NodeKeys(ArrivalKeys, kw_only=True):
    """Keys that routers and hosts share."""

    address: Words | None = None
    asn: Asn | None = field(name="as", default=None)
    ptr: str | None = None
    ping: bool = True
    reply_delay_ms: Milliseconds = 0
    return_hops: Hops = 0
    return_delay_ms: Milliseconds = 0
    policy: list[Any] = []


class RouterTable(NodeKeys, kw_only=True):
    """`[router.NAME]`."""

    reply_address: Words = ()
    initial_ttl: Ttl = 255
    silent: bool = False
    mpls: Label | tuple[Label, ...] = ()
    quote: Annotated[int, Meta(ge=8, le=1400)] | None = None
    rate_limit: Annotated[float, Meta(gt=0, le=1_000_000)] | None = None


class HostTable(NodeKeys, kw_only=True):
    """`[host.NAME]`."""

    names: Words = ()
    open: tuple[PortNumber, ...] = ()
    closed: tuple[PortNumber, ...] = ()
    filtered: tuple[PortNumber, ...] = ()
    other_ports: str | None = None
    down: bool = False
    control: bool = False
    initial_ttl: Ttl = 64


class LinkTable(ArrivalKeys, kw_only=True):
    """`[[link]]`."""

    between: tuple[str, str]


class RouteTable(WindowKeys, kw_only=True):
    """`[[route]]`."""

    path: list[Any]


class SystemTable(Table, kw_only=True):
    """`[as.NUMBER]`."""

    name: str = ""
    prefixes: Words = ()
    routers: Words = ()
    hosts: Words = ()


class DemoTargetTable(Table, kw_only=True):
    """A table in `demo.targets`."""

    target: str
    source: Words = ()
    protocols: Words | None = None
    ports: PortNumber | tuple[PortNumber, ...] | None = None


class DemoTable(Table, kw_only=True):
    """`[demo]`."""

    targets: tuple[str | DemoTargetTable, ...] = ()
    controls: tuple[str | DemoTargetTable, ...] = ()
    protocols: Words | None = None
    ports: PortNumber | tuple[PortNumber, ...] | None = None
    vantages: Words = ()
    both_ways: bool = False


class FileTable(Table, kw_only=True):
    """The whole file; sections with names of their own are converted entry by entry."""

    title: str
    story: str = ""
    recorded: str | None = None
    delay_ms: Milliseconds = 1
    jitter_ms: Milliseconds = 0
    loss_percent: Percent = 0
    families: tuple[Literal[4, 6], ...] = (4,)
    paths: tuple[list[Any], ...] = ()
    source: dict[str, Any] = {}
    router: dict[str, Any] = {}
    host: dict[str, Any] = {}
    link: list[Any] = []
    route: list[Any] = []
    policy: list[Any] = []
    systems: dict[str, Any] = field(name="as", default={})
    mx: dict[str, Any] = {}
    demo: dict[str, Any] = {}


class InvalidKeyError(Exception):
    """A mistake at one place in the file, a key such as `router.r3.policy[0].action`.

    It becomes a ScenarioError once the file's name is known.
    """

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(place, problem)
        self.place = place
        self.problem = problem

    def in_file(self, file: str) -> ScenarioError:
        """Return the error for the user."""
        where = f"{self.place}: " if self.place else ""
        return ScenarioError(safe_text(f"{file}: {where}{self.problem}", limit=400))


T = TypeVar("T", bound=Table)

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_AT: Final = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_UNKNOWN: Final = re.compile(r"unknown field `(.*)`")
_MISSING: Final = re.compile(r"missing required field `(.*)`")
_GOT: Final = re.compile(r"Expected `(.*)`, got `(.*)`")
_LENGTH: Final = re.compile(r"Expected `array` of length (\d+), got (\d+)")
_BOUND: Final = re.compile(r"Expected `.*` (<=|>=|<|>) (\S+)")
_TYPES: Final = {
    "int": "a whole number",
    "float": "a number",
    "str": "text in quotes",
    "array": "a list",
    "object": "a table",
    "bool": "true or false",
}


def convert(raw: object, table: type[T], place: str) -> T:
    """Return `raw` as a `table`; raises InvalidKeyError with the exact place."""
    try:
        value = msgspec.convert(raw, table)
    except msgspec.ValidationError as error:
        raise _invalid_key(str(error), raw, table, place) from None
    return value


def quoted(key: str) -> str:
    """Return a key as TOML writes it: bare where it can be."""
    return key if _BARE.fullmatch(key) else f'"{key}"'


def join(place: str, key: str) -> str:
    """Return the place of `key` (already quoted, or an index in brackets) inside `place`."""
    if not place or key.startswith("["):
        return place + key
    return f"{place}.{key}" if key else place


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return a hint that ends a message: the nearest of `words`, or all of them when they are few."""
    known = [str(other) for other in words]
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5) or [
        other for other in known if word and other.startswith(word)
    ]
    if close:
        return f"; did you mean {close[0]!r}?"
    if 0 < len(known) <= 8:
        return f"; it may be {', '.join(known)}"
    return ""


def _invalid_key(message: str, raw: object, table: type[Table], place: str) -> InvalidKeyError:
    match = _AT.match(message)
    what, path = (match["what"], match["path"] or "") if match else (message, "")
    place = join(place, path)
    if unknown := _UNKNOWN.search(what):
        keys = DemoTargetTable if table is DemoTable and path else table
        return InvalidKeyError(
            join(place, unknown[1]), "no such key" + did_you_mean(unknown[1], keys.__struct_encode_fields__)
        )
    if missing := _MISSING.search(what):
        return InvalidKeyError(join(place, missing[1]), "missing")
    if length := _LENGTH.search(what):
        return InvalidKeyError(place, f"a list of {length[1]} is expected, not of {length[2]}")
    if bound := _BOUND.search(what):
        relation = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}[bound[1]]
        value = _value(raw, path)
        return InvalidKeyError(place, f"{value} is not allowed: a number, {relation} {float(bound[2]):.10g}")
    if got := _GOT.search(what):
        wanted = " or ".join(
            dict.fromkeys(_TYPES[name] for name in got[1].split(" | ") if name in _TYPES)
        ).replace("a whole number or a number", "a number")
        found = _value(raw, path)
        return InvalidKeyError(place, f"{wanted} is expected, not {found}" if wanted else what)
    return InvalidKeyError(place, what)


def _value(raw: object, path: str) -> str:
    """Return what stands at msgspec's `path` inside `raw`, as the file could say it."""
    value: Any = raw
    try:
        for key, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
            value = value[int(index)] if index else value[key]
    except (LookupError, TypeError):
        return "that"
    return shown(value)


def shown(value: object) -> str:
    """Return a value as a message shows it, short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
