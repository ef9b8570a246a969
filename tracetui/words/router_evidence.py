"""Evidence about routers and this machine, each kind as a sentence without its full stop."""

from tracetui.model import Address, Snapshot, Standing, counted
from tracetui.model.evidence import (
    EndsAt,
    LoopSeen,
    NothingBehind,
    PassesRouter,
    RouterMessage,
    RouterOwner,
    SystemRefuses,
)
from tracetui.words.icmp import icmp_words
from tracetui.words.names import (
    asn_words,
    compared_words,
    duration_words,
    lane_of,
    lane_words,
    listed,
    router_words,
    times_words,
)


def router_owner(one: RouterOwner, snapshot: Snapshot) -> str:
    """Whose a router is, and how firmly."""
    router = router_words(one.router, snapshot, system=False)
    origins = [asn_words(asn, snapshot) for asn in one.origins]
    owners = listed((asn_words(asn, snapshot) for asn in one.owners), last="or")
    if one.standing is Standing.UNKNOWN or not one.owners:
        return f"the address of {router} does not tell whose router it is"
    announced = (
        f"{router} is announced by {listed(origins)}" if origins else f"{router} is on an exchange LAN"
    )
    several = " (MOAS)" if len(origins) > 1 else ""
    match one.standing:
        case Standing.FIRM if not origins:
            return f"{announced}, where that address is the port of {owners}"
        case Standing.FIRM:
            return f"{announced}{several}, and the path goes on in it, so the router belongs to {owners}"
        case Standing.LOOSE:
            return (
                f"{announced}{several}, as is the hop before, but not the next: a link is numbered from one "
                f"of its two networks, so the router belongs to {owners}{_or_the_next(one)}"
            )
        case Standing.EDGE:
            return (
                f"{announced}{several}, as is the endpoint right behind it, but not the hop before: a link "
                f"is numbered from one of its two networks, so the router belongs to {owners}"
            )
        case _:
            return (
                f"{announced}{several}, and the hops next to it do not show that the path crosses that "
                f"network: the router may belong to {owners} or to a third party"
            )


def _or_the_next(one: RouterOwner) -> str:
    return " or to the network that follows" if set(one.owners) <= set(one.origins) else ""


def router_message(one: RouterMessage, snapshot: Snapshot) -> str:
    """How often a router said something."""
    words = icmp_words(one.icmp_type, one.icmp_code, _family(one.lane, one.router, snapshot))
    return (
        f"{lane_words(one.lane, snapshot)}: {one.router or 'a hidden router'} answered with “{words}” "
        f"{times_words(one.messages)} in {counted(one.rounds, 'round')}"
    )


def passes_router(one: PassesRouter, snapshot: Snapshot) -> str:
    """That the router forwards something else."""
    behind = ", and another router shows behind it" if one.router_behind else ""
    router = one.router or "the same router"
    return f"{compared_words(one.lane, snapshot)} passes {router} (its hop {one.ttl}){behind}"


def nothing_behind(one: NothingBehind, _: Snapshot) -> str:
    """That the router may be the last before its hosts."""
    router = one.router or "that one"
    return (
        f"no path traced here, to the same address or one near it, shows a router behind {router}, so it may "
        "be the last before its hosts"
    )


def loop_seen(one: LoopSeen, snapshot: Snapshot) -> str:
    """In how many rounds routers answered again."""
    return (
        f"{lane_words(one.lane, snapshot)}: the same routers answered again at higher TTLs in {one.rounds} "
        f"of {counted(one.of_rounds, 'round')}, for {duration_words(one.seconds)}"
    )


def ends_at(one: EndsAt, snapshot: Snapshot) -> str:
    """Where a lane ends."""
    lane = lane_words(one.lane, snapshot)
    rounds = counted(one.rounds, "round")
    if one.last is None:
        return f"{lane}: nothing answered in {rounds}" if one.rounds else f"{lane}: could not be sent"
    router = router_words(one.last, snapshot)
    if one.icmp_type is not None:
        words = icmp_words(one.icmp_type, one.icmp_code, _family(one.lane, one.last.address, snapshot))
        return f"{lane}: {router} answered with “{words}”"
    return f"{lane}: the last reply came from {router} in {rounds}"


def system_refuses(one: SystemRefuses, _: Snapshot) -> str:
    """Why the local system does not send, in its own words."""
    return f"this system says: {one.reason.rstrip('.') or 'nothing'}"


def _family(lane: str, router: Address | None, snapshot: Snapshot) -> int:
    known = lane_of(lane, snapshot)
    if known is not None:
        return known.lane.family
    return 6 if ":" in (router or "") else 4
