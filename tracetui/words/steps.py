"""Next steps in words: what to measure or ask, as an instruction without a full stop."""

from collections.abc import Callable, Mapping
from typing import Final

from tracetui.model import (
    Explanation,
    ExplanationState,
    Finding,
    NextStep,
    ProbeProtocol,
    Relation,
    Snapshot,
    StepKind,
)
from tracetui.words.names import asn_words, duration_words, lane_of, printable

S = StepKind

_KINDS: Final[Mapping[StepKind, str]] = {
    S.KEEP_RUNNING: "more rounds",
    S.RUN_AGAIN: "longer run",
    S.ADD_CONTROL: "closer control",
    S.MARK_CONTROL: "closer control",
    S.CONTROL_SERVICE: "same port on the control",
    S.ADD_SERVICE: "another port or protocol",
    S.ADD_VANTAGE: "second vantage",
    S.VANTAGE_INSIDE: "vantage inside",
    S.BGP_PATH: "BGP path",
    S.REVERSE_TRACE: "trace back",
    S.ASK_OPERATOR: "operator's answer",
    S.RAISE_TIMEOUT: "longer timeout",
    S.RAISE_MAX_HOPS: "more hops",
    S.CHECK_HOME: "local check",
    S.CAPTURE_BOTH_SIDES: "capture at both ends",
}


_SAID: Final[Mapping[StepKind, str]] = {
    S.RUN_AGAIN: "run again with more rounds",
    S.ADD_VANTAGE: "trace from another provider's network",
    S.CHECK_HOME: "check the firewall, gateway and uplink here",
    S.CAPTURE_BOTH_SIDES: "capture packets at both ends, to see what the endpoint receives and sends",
}
"""Steps that are the same in every finding."""


def tells_words(explanation: Explanation, finding: Finding) -> str:
    """Return what would tell whether an explanation holds: `second vantage, BGP path`.

    Of the finding's own next steps, where any of them does. "" for an explanation that is ruled out.
    """
    if explanation.state is ExplanationState.RULED_OUT:
        return ""
    offered = {step.kind for step in finding.next_steps}
    telling = [kind for kind in explanation.would_tell if kind in offered] or explanation.would_tell
    return ", ".join(dict.fromkeys(_KINDS[kind] for kind in telling))


def step_words(step: NextStep, snapshot: Snapshot) -> str:
    """Return the instruction: `trace from inside AS8359 MTS`."""
    made = _MADE.get(step.kind)
    return printable(_SAID[step.kind] if made is None else made(step, snapshot))


def relation_words(relation: Relation | None, *, ipv6: bool) -> str:
    """Return what an endpoint has in common with the suspect's: `in the same /24`; "" if not known."""
    match relation:
        case Relation.SAME_ADDRESS:
            return "to the same address"
        case Relation.NEIGHBOUR:
            return f"in the same /{48 if ipv6 else 24}"
        case Relation.SAME_PREFIX:
            return "in the same prefix"
        case Relation.SAME_ORIGIN:
            return "announced by the same AS"
        case Relation.OTHER:
            return "in another network"
        case None:
            return ""


def _keep_running(step: NextStep, _: Snapshot) -> str:
    return "keep running" if step.seconds is None else f"keep running for {duration_words(step.seconds)} more"


def _add_control(step: NextStep, snapshot: Snapshot) -> str:
    if step.address is None:
        where = "another network that is known to work" if step.prefix is None else step.prefix
        return f"add a control in {where}"
    why = relation_words(step.relation, ipv6=":" in step.address)
    over = f" over {_service(step)}" if step.protocol is not None else ""
    return f"add {_endpoint(step, snapshot)} as a control{over}{f': it is {why}' if why else ''}"


def _mark_control(step: NextStep, snapshot: Snapshot) -> str:
    why = relation_words(step.relation, ipv6=step.address is not None and ":" in step.address)
    also = f", and is {why}" if step.relation else ""
    return f"mark {_endpoint(step, snapshot)} as a control: it answers{also}"


def _control_service(step: NextStep, snapshot: Snapshot) -> str:
    return f"also trace the control {_endpoint(step, snapshot)} over {_service(step)}"


def _add_service(step: NextStep, snapshot: Snapshot) -> str:
    return f"also trace {_endpoint(step, snapshot)} over {_service(step)}"


def _vantage_inside(step: NextStep, snapshot: Snapshot) -> str:
    return f"trace from inside {asn_words(step.asn, snapshot)}"


def _bgp_path(step: NextStep, snapshot: Snapshot) -> str:
    prefix = step.prefix or "the endpoint's prefix"
    whose = "" if step.asn is None else f" as seen by {asn_words(step.asn, snapshot)}"
    return f"look up the BGP path to {prefix}{whose}"


def _reverse_trace(step: NextStep, snapshot: Snapshot) -> str:
    lane = lane_of(step.lane, snapshot)
    whose = "the endpoint" if lane is None else lane.lane.host
    if step.via is not None:
        return f"trace back from {step.via} to this address"
    return f"ask the operator of {whose} for a trace back to this address"


def _ask_operator(step: NextStep, snapshot: Snapshot) -> str:
    who = "the network that answers" if step.asn is None else asn_words(step.asn, snapshot)
    return f"ask {who} what its router does"


def _raise_timeout(_: NextStep, snapshot: Snapshot) -> str:
    return f"raise --timeout above {snapshot.timeout_s:g}: answers arrive, but too late to count"


def _raise_max_hops(_: NextStep, snapshot: Snapshot) -> str:
    return f"raise --max-hops above {snapshot.max_hops}"


def _service(step: NextStep) -> str:
    return f"TCP/{step.port}" if step.protocol is ProbeProtocol.TCP else "ICMP"


def _endpoint(step: NextStep, snapshot: Snapshot) -> str:
    """Return the host that the address is traced as, with the address."""
    address = step.address or "the endpoint"
    host = next((one.lane.host for one in snapshot.lanes if one.lane.address == address), address)
    return str(address) if host == address else f"{host} ({address})"


_MADE: Final[Mapping[StepKind, Callable[[NextStep, Snapshot], str]]] = {
    S.KEEP_RUNNING: _keep_running,
    S.ADD_CONTROL: _add_control,
    S.MARK_CONTROL: _mark_control,
    S.CONTROL_SERVICE: _control_service,
    S.ADD_SERVICE: _add_service,
    S.VANTAGE_INSIDE: _vantage_inside,
    S.BGP_PATH: _bgp_path,
    S.REVERSE_TRACE: _reverse_trace,
    S.ASK_OPERATOR: _ask_operator,
    S.RAISE_TIMEOUT: _raise_timeout,
    S.RAISE_MAX_HOPS: _raise_max_hops,
}
