"""Masks a snapshot: first hops and the user's own addresses become placeholders on screen and in exports.

Everything that draws or writes takes the masked snapshot instead of the real one, so nothing has to remember
to hide anything. `Mask.reveal` leads from what is shown back to what is meant, for commands.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from tracetui.analysis.cache import Cache, Remembered
from tracetui.analysis.lanes.responders import Responders
from tracetui.analysis.rounds.lazy_hops import LazyHops
from tracetui.model import (
    Address,
    Asn,
    Event,
    Finding,
    ForeignText,
    Hop,
    LaneId,
    LaneSnapshot,
    Prefix,
    ReplyKind,
    RoundOutcome,
    Snapshot,
)
from tracetui.model.event import FindingChange, HopMoved
from tracetui.model.lazy_tuple import UNSHARED, Guard
from tracetui.model.reference import Reference, replace_references
from tracetui.model.remote_vantage import RemoteVantage
from tracetui.privacy.mask_bgp import without_ases
from tracetui.privacy.mask_comparison import first_hops_then
from tracetui.privacy.mask_lane import LaneMasker
from tracetui.privacy.mask_owners import without_owner
from tracetui.privacy.mask_registers import without_entries
from tracetui.privacy.mask_services import without_clients
from tracetui.privacy.mask_shared import Shared, shared_masked
from tracetui.privacy.mask_text import (
    HIDDEN,
    HIDDEN_WORD,
    Secrets,
    Wording,
    hidden_word,
)
from tracetui.privacy.own_network import own_network

_WORD: Final = re.compile(rf"\b{HIDDEN_WORD}\b")
_GENERATION: Final = 8
"""Snapshots masked before what none of them needed is forgotten."""

_V = TypeVar("_V")


def masked(snapshot: Snapshot, first_hops: int) -> Snapshot:
    """Return `snapshot` without what tells where the user sits; see `Mask`."""
    return Mask(first_hops).apply(snapshot)


class Mask:
    """Hides own addresses and the routers of the first hops, the same address behind the same word for good.

    Hidden are: source addresses, host name and interface; where imported traces were made; who answers the
    first `first_hops` TTLs of any lane, wherever else it appears (address, PTR name, AS, holder and prefix,
    in sentences and the command line too); an AS that no other hop and no endpoint is in. Endpoints stay,
    they are what was asked for; but not those that forward packets in the first hops themselves, or are
    reached over a named interface.

    What has not changed since the last snapshot is not made again: equal parts stay the same objects.
    Not for several threads at once.
    """

    def __init__(self, first_hops: int, guard: Guard = UNSHARED) -> None:
        """`guard` is held while rounds are masked, when somebody looks at them."""
        self._guard = guard
        self.first_hops = first_hops
        self._words: dict[str, str] = {}
        self._seen: frozenset[str] = frozenset()
        self._read_until: dict[str, int] = {}
        self._applied = 0
        self.rest()

    def rest(self) -> None:
        """Let go of all snapshots it was given; words keep their meaning."""
        self._responders = Responders()
        self._shared = Remembered[Shared]()
        self._masker = LaneMasker({}, Wording(Secrets()), guard=self._guard)
        self._maskers = Remembered[LaneMasker]()
        self._parts = Cache()
        self._events = Remembered[tuple[Event, ...]]()
        self._shown = Cache()

    def reveal(self, text: str) -> str:
        """Return `text` with every word of this mask turned back into the address it stands for."""
        meant = {word: address for address, word in self._words.items()}
        return _WORD.sub(lambda found: meant.get(found[0], found[0]), text)

    def reveal_panel(self, panel: tuple[str, str | None]) -> tuple[str, str | None]:
        """Return the real panel (address and vantage) of one of a masked snapshot."""
        address, vantage = panel
        return self.reveal(address), None if vantage is None else self.reveal(vantage)

    def apply(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot to show; the same object for the same snapshot while nothing more is hidden."""
        self._read(snapshot)
        shared = self._mask_shared(snapshot)
        return self._shown.get(id(snapshot), (snapshot, shared), lambda: self._apply(snapshot, shared))

    def _apply(self, snapshot: Snapshot, shared: Shared) -> Snapshot:
        self._shown.next_generation()
        self._applied += 1
        if not self._applied % _GENERATION:
            self._parts.next_generation()
        wording, masker = shared.wording, self._masker

        def once(part: _V, make: Callable[[_V], _V]) -> _V:
            return self._parts.get(id(part), (part, masker), lambda: make(part))

        lanes = tuple([once(lane, masker.lane) for lane in snapshot.lanes])
        ids = {old.id: new.id for old, new in zip(snapshot.lanes, lanes, strict=True)}
        vantage = snapshot.vantage
        swap = self._swap(ids, shared)

        without_owner = partial(self._without_owner, hidden=shared.hidden_ases)

        def shown(facts: _V) -> _V:
            return replace_references(facts, swap, without_owner)

        # There may be a thousand, and rarely a new one. Each generation asks for them, to keep them.
        events = self._events.get(
            (masker, *snapshot.events),
            lambda: tuple([once(event, shown) for event in snapshot.events]),
            equal=(self._applied // _GENERATION,),
        )

        return replace(
            snapshot,
            tool=replace(snapshot.tool, command=wording.command(snapshot.tool.command)),
            vantage=replace(
                vantage,
                hostname=HIDDEN,
                interface=None,
                source=None if vantage.source is None else self._words[vantage.source],
            ),
            vantages=tuple([self._vantage(one) for one in snapshot.vantages]),
            public_addresses=tuple([self._words[address] for address in snapshot.public_addresses]),
            lanes=lanes,
            owners=shared.owners,
            names=shared.names,
            confirmations=shared.confirmations,
            registrations=shared.registrations,
            recorded=shared.recorded,
            ases=tuple(system for system in snapshot.ases if system.asn not in shared.hidden_ases),
            unresolved=tuple(
                replace(
                    one,
                    target=wording.typed(one.target),
                    problem=None if one.problem is None else wording.typed(one.problem),
                )
                for one in snapshot.unresolved
            ),
            events=events,
            notes=tuple(replace(note, text=wording.typed(note.text)) for note in snapshot.notes),
            addresses={
                wording.said(host): tuple(self._words.get(address, address) for address in addresses)
                for host, addresses in snapshot.addresses.items()
            },
            title=wording.said(snapshot.title),
            outside=once(snapshot.outside, shown),
            masked_hops=self.first_hops,
            arrivals=(),  # findings have what they show
            findings=tuple([once(one, shown) for one in snapshot.findings]),
            controls=tuple([once(one, shown) for one in snapshot.controls]),
            comparison=None if snapshot.comparison is None else once(snapshot.comparison, shown),
        )

    # What is to be hidden

    def _vantage(self, vantage: RemoteVantage) -> RemoteVantage:
        """Return a vantage without what says whose it is."""
        name = self._words.get(vantage.name, HIDDEN)
        cut = tuple(replace(one, reason=HIDDEN) for one in vantage.interruptions)
        hostname = HIDDEN if vantage.hostname else ""
        return replace(
            vantage,
            name=name,
            how=HIDDEN,
            hostname=hostname,
            sees_us_as="",
            asn=None,
            country="",
            interruptions=cut,
        )

    def _hide(self, address: str | None) -> None:
        if address and address not in self._words:
            self._words[address] = hidden_word(address, len(self._words) + 1)

    def _read(self, snapshot: Snapshot) -> None:
        for lane in snapshot.lanes:
            self._read_lane(lane)
        for address in (*snapshot.public_addresses, *own_network(snapshot, self.first_hops)):
            self._hide(address)
        self._hide(snapshot.vantage.source)
        self._see(snapshot)
        for series in snapshot.outside.services:
            self._hide(series.vantage)
            for check in series.checks:
                self._hide(check.source)
                cause = check.failure.icmp if check.failure is not None else None
                if cause is not None and cause.sender not in self._seen:  # it may be a first hop
                    self._hide(cause.sender)
        for event in snapshot.events:
            facts = event.facts
            if isinstance(facts, HopMoved) and facts.ttl <= self.first_hops:
                self._hide(facts.now)
                self._hide(facts.before)
            if isinstance(facts, FindingChange):
                self._read_findings([facts.now, facts.before])

        if snapshot.comparison is not None:
            endpoints = {lane.lane.address for lane in snapshot.lanes}
            for address in first_hops_then(snapshot.comparison, self.first_hops, endpoints):
                self._hide(address)

    def _read_findings(self, findings: Iterable[Finding | None]) -> None:
        """Hide the first hops that past findings speak of: their lanes may be gone."""
        for finding in findings:
            for router in finding.candidates if finding is not None else ():
                if 0 < router.ttl <= self.first_hops:
                    self._hide(router.address)

    def _read_lane(self, lane: LaneSnapshot) -> None:
        trace, endpoint = lane.trace, lane.lane.address
        self._hide(lane.lane.vantage)
        self._hide(lane.lane.via)
        self._hide(trace.source)
        self._hide(lane.lane.imported)
        if trace.provenance is not None:
            self._hide(trace.provenance.vantage)
        if "%" in endpoint:
            self._hide(endpoint)
        if not isinstance(trace.hops, LazyHops):  # those have nobody that the rounds do not have
            self._read_hops(trace.hops[: self.first_hops], endpoint)
        read_until = self._read_until.get(lane.id, -1)
        before: RoundOutcome | None = None
        for outcome in reversed(trace.outcomes):
            if outcome.started_ns <= read_until:
                break
            if before is None or outcome.refusal is not None or not _alike(outcome, before):
                self._read_outcome(outcome, endpoint)
            before = outcome
        if trace.outcomes:
            self._read_until[lane.id] = max(read_until, trace.outcomes[-1].started_ns)

    def _read_hops(self, hops: Sequence[Hop], endpoint: str) -> None:
        for hop in hops:
            for responder in hop.responders:
                if responder.address != endpoint or ReplyKind.TIME_EXCEEDED.value in responder.replies:
                    self._hide(responder.address)

    def _read_outcome(self, outcome: RoundOutcome, endpoint: str) -> None:
        for address, kind in zip(outcome.path[: self.first_hops], outcome.kinds, strict=False):
            if address != endpoint or kind is ReplyKind.TIME_EXCEEDED:
                self._hide(address)
        for at, address, _ in outcome.late:
            if at <= self.first_hops and address != endpoint:
                self._hide(address)
        reply, ttl = outcome.refusal, outcome.refusal_ttl
        if reply is not None and reply.address != endpoint and ttl is not None and ttl <= self.first_hops:
            self._hide(reply.address)

    def _mask_shared(self, snapshot: Snapshot) -> Shared:
        self._see(snapshot)
        visible = self._seen - self._words.keys()
        hosts = tuple(dict.fromkeys((lane.lane.address, lane.lane.host) for lane in snapshot.lanes))
        shared = self._shared.get(
            (
                snapshot.owners,
                snapshot.names,
                snapshot.confirmations,
                snapshot.registrations,
                snapshot.recorded,
                snapshot.ases,
            ),
            lambda: shared_masked(snapshot, self._words, visible),
            equal=(visible, hosts, len(self._words), snapshot.vantage),
        )
        self._masker = self._maskers.get(
            (),
            lambda: LaneMasker(self._words, shared.wording, shared.owners, self._masker, self._guard),
            equal=(shared.wording.secrets, shared.owners),
        )
        return shared

    def _see(self, snapshot: Snapshot) -> None:
        """Note all addresses, of past and present, so that one look back changes nothing."""
        found = {address for addresses in snapshot.addresses.values() for address in addresses}
        found.update(lane.lane.address for lane in snapshot.lanes)
        responders = self._responders.update({lane.id: lane.trace for lane in snapshot.lanes})
        found.update(*[responders[lane_id] for lane_id in self._responders.changed])
        if not found <= self._seen:
            self._seen |= found

    # How the rest is shown

    def _without_owner(self, facts: object, hidden: frozenset[int]) -> object:
        """Leave out whose a hidden router is, and what registers, servers and BGP say of what is hidden."""
        facts = without_entries(without_owner(facts, self._words), self._words)
        return without_ases(without_clients(facts), hidden)

    def _swap(self, ids: Mapping[str, str], shared: Shared) -> Callable[[Reference], Reference | None]:
        """Return how the references in facts are shown; `ids` are those of masked lanes."""
        hidden, typed = shared.hidden_ases, self._masker.wording.typed

        def swap(reference: Reference) -> Reference | None:
            match reference:
                case LaneId():
                    known = ids.get(reference)
                    return LaneId(known if known is not None else typed(reference))
                case Address():
                    word = self._words.get(reference)
                    return reference if word is None else Address(word)
                case Asn():
                    return None if reference in hidden else reference
                case Prefix():
                    shown = typed(reference)
                    return reference if shown == reference else Prefix(shown)
                case _:
                    shown = typed(reference)
                    return reference if shown == reference else ForeignText(shown)

        return swap


def _alike(one: RoundOutcome, other: RoundOutcome) -> bool:
    """A round with the same replies as the one before shares its tuples."""
    return one.path is other.path and one.kinds is other.kinds
