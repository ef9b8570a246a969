"""Words that findings are made of. They say what was measured; causes stand apart, as possibilities.

Ground rules: no router is called the one that drops; nothing is "censored" or "blocked by"; deliberate
filtering is named only where `may_be_deliberate` allows it.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.analysis.findings.controls import Comparison, Kinship
from tracetui.analysis.findings.reading import Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.fisher import rate_bound
from tracetui.analysis.words import as_words
from tracetui.model import Candidate, Confidence, FindingKind, Role

DELIBERATE: Final = (
    "This is consistent with deliberate filtering; it shows no intent, and a mistake can look the same."
)
UNKNOWN_DIRECTION: Final = (
    "Direction unknown: the probes may be lost on their way out, or the answers on their way back."
)
_NAMED: Final = 3
"""Hosts named before the rest is counted."""


def may_be_deliberate(kind: FindingKind, confidence: Confidence) -> bool:
    """Tell whether a finding may speak of deliberate filtering."""
    if kind is FindingKind.BLACKHOLE_IN_AS:
        return confidence is Confidence.HIGH
    return kind in {
        FindingKind.EXPLICIT_FILTER,
        FindingKind.RESET_INJECTED,
        FindingKind.PORT_OR_PROTOCOL_FILTER,
    }


def listed(words: Iterable[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def p_words(p_value: float) -> str:
    """Return `p < 0.001` or `p = 0.004`."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def as_name(scene: Scene, asn: int) -> str:
    """Return `AS8359 MTS`."""
    owners = scene.snapshot.owners
    address = next((address for address, owner in owners.items() if asn in owner.asns), None)
    return as_words(address, scene.snapshot, asn) if address is not None else f"AS{asn}"


def as_path_words(path: Sequence[int]) -> str:
    """Return `AS49063, AS20764 and AS22822`."""
    return listed(f"AS{asn}" for asn in path)


def router_words(candidate: Candidate, *, system: bool = True) -> str:
    """Return `195.34.53.206 (hop 4, AS8359)`, without the AS unless `system`; a silent one by its place."""
    if candidate.address is None:
        return f"the router after it (hop {candidate.ttl}), which does not show itself"
    owner = f", AS{candidate.asn}" if system and candidate.asn is not None else ""
    return f"{candidate.address} (hop {candidate.ttl}{owner})"


def services(readings: Iterable[Reading]) -> str:
    """Return `TCP/25 and ICMP`."""
    return listed(dict.fromkeys(reading.lane.label for reading in readings))


def hosts(readings: Iterable[Reading]) -> str:
    """Return the endpoints' names, each once; where one name has several endpoints, their addresses."""
    by_address = {reading.lane.address: reading.lane.host for reading in readings}
    names = list(by_address.values())
    shown = [
        host if names.count(host) == 1 or host == address else f"{host} ({address})"
        for address, host in by_address.items()
    ]
    if len(shown) > _NAMED:
        shown = [*shown[: _NAMED - 1], f"{len(shown) - _NAMED + 1} more"]
    return listed(shown)


class Subject:
    """The lanes a sentence speaks of."""

    def __init__(self, scene: Scene, readings: Sequence[Reading]) -> None:
        self._readings = readings
        first = readings[0]
        self._addresses = {reading.lane.address for reading in readings}
        place = f" from {first.place}" if scene.has_other_places(first) and first.place else ""
        exchangers = self._exchangers(scene)
        labels = {reading.lane.label for reading in readings}
        self._one = len(self._addresses) == 1 and (exchangers is not None or len(labels) == 1)
        if exchangers:
            self.words = f"{exchangers} ({services(readings)}){place}"
        else:
            self.words = f"{services(readings)} to {hosts(readings)}{place}"

    def _exchangers(self, scene: Scene) -> str | None:
        target = self._readings[0].lane.target
        if not target.lower().startswith("mx:") or any(r.lane.target != target for r in self._readings):
            return None
        total = {
            other.lane.address
            for other in scene.from_same_place(self._readings[0])
            if other.lane.target == target
        }
        if len(total) < 2:
            return None
        return f"{len(self._addresses)} of {len(total)} mail exchangers of {target[3:]}"

    def verb(self, plural: str, singular: str) -> str:
        """Return the form of a verb that fits."""
        return singular if self._one else plural

    @property
    def sentence(self) -> str:
        """The words as a sentence begins."""
        return self.words[0].upper() + self.words[1:]


def controls_pass(comparisons: Sequence[Comparison]) -> str:
    """Return `the control web.example passes it`, `both controls pass it`, `all 3 controls pass it`."""
    named = [one.control for one in comparisons if one.control.lane.role is Role.CONTROL]
    addresses = {reading.lane.address for reading in named}
    if len(addresses) > 1:
        return f"{'both' if len(addresses) == 2 else f'all {len(addresses)}'} controls pass it"
    if addresses:
        return f"the control {hosts(named)} passes it"
    others = [one.control for one in comparisons]
    return (
        f"{hosts(others)} passes it"
        if len({r.lane.address for r in others}) == 1
        else f"{hosts(others)} pass it"
    )


def flows_words(stops: int, passes: int) -> str:
    """Return `1 flow stops and 3 pass`."""
    stop = "flow stops" if stops == 1 else "flows stop"
    return f"{stops} {stop} and {passes} {'passes' if passes == 1 else 'pass'}"


def silence_evidence(readings: Sequence[Reading], rounds: int, ttl: int) -> str:
    """Return how silent some lanes are, with the bound that silence puts on the rate of answers."""
    bound = f"at most {100 * rate_bound(rounds):.2g} % of rounds can have an answer there (95 %)"
    place = f"beyond hop {ttl}" if ttl else "at all"
    each = " on each lane" if len(readings) > 1 else ""
    return f"{names(readings)}: nothing answered {place} in {rounds} of {rounds} rounds{each}, so {bound}."


def comparison_evidence(scene: Scene, one: Comparison) -> str:
    """Return what a comparison shows, and what kind of control it is."""
    kind = kinship_words(scene, one)
    role = "control" if one.control.lane.role is Role.CONTROL else "lane"
    beyond = f"beyond hop {one.ttl}" if one.ttl else "on the way"
    return (
        f"The {role} {name(one.control)} ({kind}) was answered from {beyond} in {one.control_hits} of "
        f"{one.control_rounds} of the same rounds: {p_words(one.p_value)} (Fisher's exact test, one-sided)."
    )


def kinship_words(scene: Scene, one: Comparison) -> str:
    """Return what kind of control it is."""
    lane = one.control.lane
    match one.kinship:
        case Kinship.SAME_ADDRESS:
            return "the same address"
        case Kinship.SAME_NEIGHBOURHOOD:
            return "the same /24" if lane.family == 4 else "the same /48"
        case Kinship.SAME_PREFIX:
            owner = scene.owner(lane.address)
            return f"the same prefix {owner.prefix}" if owner is not None else "the same prefix"
        case Kinship.SAME_ORIGIN:
            origins = scene.origins(lane.address)
            return f"the same origin AS{origins[0]}" if origins else "the same origin AS"
        case _:
            return "in another network"


def name(reading: Reading) -> str:
    """Return `TCP/25 to mail.example (203.0.113.80)`."""
    return f"{reading.lane.label} to {_endpoint(reading)}"


def _endpoint(reading: Reading) -> str:
    lane = reading.lane
    return lane.host if lane.host == lane.address else f"{lane.host} ({lane.address})"


def names(readings: Sequence[Reading]) -> str:
    """Return `TCP/25 and ICMP to mail.example (203.0.113.80)`, endpoint by endpoint; the rest counted."""
    together: dict[str, list[Reading]] = {}
    for reading in readings:
        together.setdefault(reading.lane.address, []).append(reading)
    shown = [f"{services(lanes)} to {_endpoint(lanes[0])}" for lanes in together.values()]
    if len(shown) > _NAMED:
        shown = [*shown[: _NAMED - 1], f"{len(shown) - _NAMED + 1} more endpoints"]
    return "; ".join(shown)
